/*
 * How much of the saved traffic is in the history (trafdb(8)).  Read from the
 * history itself; if that is absent, unreadable or locked, the numbers are
 * unknown, which is no error.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "history/history.h"
#include "stats.h"
#include "traffic.h"

/* Seconds to wait for the history's lock. */
#define WAIT	1

/* Hours before the daemon's start to search first; doubled each time. */
#define BEFORE_HOURS	24

struct sum {
	struct fed	*fed;
	uint64_t	 started;	/* blocks count from here */
	uint64_t	 now;		/* until here */
	uint64_t	 met;		/* blocks found */
};

static int
add_block(void *arg, const struct history_totals *t)
{
	struct sum	*s = arg;

	s->met++;
	s->fed->any = true;
	if (t->end_ns > s->fed->end_ns)
		s->fed->end_ns = t->end_ns;
	if (t->end_ns <= s->started || t->end_ns > s->now + NS_PER_S)
		return (0);
	s->fed->blocks++;
	s->fed->rows += t->rows;
	s->fed->packets += t->total.packets;
	return (0);
}

/*
 * Add the blocks that end after the daemon's start.  Blocks are found by the
 * hour in which they begin.  If the daemon has resumed a dump, its first block
 * begins before the start: search back to the last block that does.
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

/* If the clock was set, blocks saved before have the times it had then. */
static void
set_span(struct sum *sum, const struct control_stat *s)
{
	int64_t	was = -(int64_t)s->v[CONTROL_CLOCK_SET_NS];

	sum->started = clock_shifted(s->v[CONTROL_STARTED], was < 0 ? was : 0);
	sum->now = clock_shifted(s->v[CONTROL_NOW], was > 0 ? was : 0);
}

/*
 * Sum up what the history has of the account.  Block records are pruned with
 * their hours, so if hours after the start were pruned the sum is unknown.
 */
static bool
ask(struct history *h, const char *ext, const struct control_stat *s,
    struct fed *fed)
{
	struct history_account	a;
	struct sum		sum = { .fed = fed };
	uint32_t		start;
	int			rc = history_account(h, ext, &a);

	set_span(&sum, s);
	start = (uint32_t)(sum.started / HISTORY_HOUR_NS);

	if (rc != 1)
		return (rc == 0);	/* 0: nothing was fed yet */
	return (add_blocks(h, &a, start, &sum) == 0 &&
	    a.kept[HISTORY_HOUR] <= start);
}

/* The state directory, from the save file's path: the history is in it. */
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
