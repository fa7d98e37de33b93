/*
 * How much of what a daemon has saved the history (trafdb(8)) has taken in:
 * read from the history itself, which may be absent, unreadable or busy.
 * Then nothing is known, which is no fault.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "history/history.h"
#include "traffic.h"
#include "stats.h"

/* Seconds to wait while it is written. */
#define WAIT	1

/* Hours before the start that are looked at first; then twice as many. */
#define BEFORE_HOURS	24

struct sum {
	struct fed	*fed;
	uint64_t	 started;
	uint64_t	 met;		/* blocks looked at */
};

static int
add_block(void *arg, const struct history_totals *t)
{
	struct sum	*s = arg;

	s->met++;
	s->fed->any = true;
	if (t->end_ns > s->fed->end_ns)
		s->fed->end_ns = t->end_ns;
	if (t->end_ns <= s->started)
		return (0);
	s->fed->blocks++;
	s->fed->rows += t->rows;
	s->fed->packets += t->total.packets;
	return (0);
}

/*
 * What was fed of the blocks since the start, and of the one before them,
 * however long ago that was: the daemon may have resumed it.
 */
static int
add_blocks(struct history *h, const struct history_account *a,
    uint32_t start, struct sum *sum)
{
	struct history_range	range = { start, UINT32_MAX };
	uint32_t		hours = BEFORE_HOURS;

	if (history_blocks(h, a, range, add_block, sum) == -1)
		return (-1);
	sum->met = 0;
	while (sum->met == 0 && range.from > a->first) {
		range.until = range.from;
		range.from = range.until > hours ? range.until - hours : 0;
		hours *= 2;
		if (history_blocks(h, a, range, add_block, sum) == -1)
			return (-1);
	}
	return (0);
}

/* Blocks are kept as long as their hours: without those nothing is known. */
static bool
ask(struct history *h, const char *ext, const struct control_stat *s,
    struct fed *fed)
{
	struct history_account	a;
	struct sum		sum = { fed, s->v[CONTROL_STARTED], 0 };
	uint32_t		start = (uint32_t)(sum.started /
	    HISTORY_HOUR_NS);
	int			rc = history_account(h, ext, &a);

	if (rc != 1)
		return (rc == 0);	/* nothing of it is there yet */
	return (add_blocks(h, &a, start, &sum) == 0 &&
	    a.kept[HISTORY_HOUR] <= start);
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
