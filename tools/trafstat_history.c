/*
 * How much of what a daemon has saved the history (trafdb(8)) has taken in:
 * read from the history itself, which may be absent, unreadable or busy.
 * Then nothing is known, which is no fault.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "history.h"
#include "traffic.h"
#include "trafstat_stats.h"

/* Seconds to wait while it is written. */
#define WAIT	1

/* A block that was begun before the daemon: what it has resumed. */
#define RESUMED_HOURS	(62 * 24)

struct sum {
	struct fed	*fed;
	uint64_t	 started;
};

static int
add_block(void *arg, const struct history_totals *t)
{
	struct sum	*s = arg;

	s->fed->blocks++;
	s->fed->rows += t->rows;
	if (t->end_ns > s->fed->end_ns)
		s->fed->end_ns = t->end_ns;
	if (t->end_ns > s->started)
		s->fed->packets += t->total.packets;
	return (0);
}

static bool
ask(struct history *h, const char *ext, const struct control_stat *s,
    struct fed *fed)
{
	struct history_account	a;
	struct history_range	range = { 0, UINT32_MAX };
	struct sum		sum = { fed, s->v[CONTROL_STARTED] };
	uint32_t		hour = (uint32_t)(sum.started /
	    HISTORY_HOUR_NS);
	int			rc = history_account(h, ext, &a);

	if (rc != 1)
		return (rc == 0);	/* nothing of it is there yet */
	if (hour > RESUMED_HOURS)
		range.from = hour - RESUMED_HOURS;
	return (history_blocks(h, &a, range, add_block, &sum) == 0);
}

/* The directory that has the save file of an account, below which it is. */
static bool
state_dir(const char *ext, const struct control_stat *s,
    char dir[CONTROL_TEXT_LEN])
{
	char	*name;

	(void)memcpy(dir, s->text[CONTROL_TEXT_SAVE_FILE], CONTROL_TEXT_LEN);
	if (dir[0] != '/' || (name = strrchr(dir, '/')) == dir)
		return (false);
	*name++ = '\0';
	return (strncmp(name, TRAFD_PREFIX, sizeof(TRAFD_PREFIX) - 1) == 0 &&
	    strcmp(name + sizeof(TRAFD_PREFIX) - 1, ext) == 0);
}

void
standing_ask_history(struct standing *st)
{
	char		 dir[CONTROL_TEXT_LEN], err[HISTORY_ERROR_LEN];
	struct history	*h;
	uint64_t	 saved = st->s.v[CONTROL_SAVED_PACKETS];

	st->fed = (struct fed){ .known = false };
	if (!state_dir(st->ext, &st->s, dir) || (h = history_open(dir,
	    HISTORY_READ, WAIT, err)) == NULL)
		return;
	st->fed.known = ask(h, st->ext, &st->s, &st->fed);
	st->fed.unfed = saved > st->fed.packets ?
	    saved - st->fed.packets : 0;
	if (history_close(h) == -1)
		st->fed.known = false;
}
