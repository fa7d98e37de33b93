/*
 * Composes the answer to `stat'.
 */
#include "config.h"

#include <sys/resource.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "daemon_stat.h"

void
stat_init(struct daemon_stat *st, const struct control_stat *facts)
{
	memset(st, 0, sizeof(*st));
	if (facts != NULL)
		st->s = *facts;
}

/* The clock was set: all times that were taken from it follow. */
static void
follow_clock(struct daemon_stat *st, int64_t shifted)
{
	uint64_t	*v = st->s.v;
	uint64_t	*times[] = { &v[CONTROL_STARTED],
			    &v[CONTROL_DUMP_TIME], &v[CONTROL_SAVE_TIME],
			    &st->lent_begin };
	size_t		 i;

	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		if (*times[i] != 0)
			*times[i] = clock_shifted(*times[i],
			    shifted - st->shifted);
	st->shifted = shifted;
	v[CONTROL_CLOCK_SET_NS] = (uint64_t)shifted;
}

void
stat_frozen(struct daemon_stat *st, const struct generation *g)
{
	struct flow_count	folded = table_folded(g->table);

	follow_clock(st, g->shifted_ns);
	st->lent = g->ledger;
	st->lent.v[LEDGER_FOLD_PACKETS] += folded.packets;
	st->lent.v[LEDGER_FOLD_BYTES] += folded.ip;
	st->lent_begin = g->begin_ns;
	st->lent_rows = table_rows(g->table);
	st->out = true;
}

void
stat_saved(struct daemon_stat *st)
{
	if (st->any)
		ledger_add(&st->saved, &st->lent);
	else
		st->saved = st->lent;	/* not added to zeros: a sum has
					   the begin of its first ledger */
	st->any = true;
	st->out = false;
}

void
stat_merged(struct daemon_stat *st)
{
	st->out = false;
	st->returns++;
}

void
stat_job(struct daemon_stat *st, enum writer_job job,
    const struct writer_result *r, uint64_t took_ns)
{
	uint64_t	*v = st->s.v;
	bool		 dump = job == WRITER_DUMP;

	v[dump ? CONTROL_DUMP_FAILED : CONTROL_SAVE_FAILED] = r->rc != 0;
	v[CONTROL_WORST_PROBE] = r->probe;
	if (r->rc != 0) {
		(void)snprintf(st->s.text[CONTROL_TEXT_ERROR],
		    CONTROL_TEXT_LEN, "%s", r->error);
		return;
	}
	v[dump ? CONTROL_DUMP_TIME : CONTROL_SAVE_TIME] = now_wall();
	v[dump ? CONTROL_DUMP_TOOK_NS : CONTROL_SAVE_TOOK_NS] = took_ns;
	if (dump)
		return;
	v[CONTROL_SAVED_ROWS] += r->wrote.rows;
	v[CONTROL_SAVED_PACKETS] += r->wrote.total.packets;
	v[CONTROL_SAVED_BYTES] += r->wrote.total.ip;
}

static uint64_t
microseconds(const struct timeval *tv)
{
	return ((uint64_t)tv->tv_sec * 1000000u + (uint64_t)tv->tv_usec);
}

static void
put_usage(uint64_t *v)
{
	struct rusage	ru;

	if (getrusage(RUSAGE_SELF, &ru) == -1)
		return;
	v[CONTROL_CPU_USER_US] = microseconds(&ru.ru_utime);
	v[CONTROL_CPU_SYSTEM_US] = microseconds(&ru.ru_stime);
	v[CONTROL_MEMORY] = (uint64_t)ru.ru_maxrss * 1024;
}

static void
put_status(struct control_stat *s, const struct run_status *status)
{
	s->v[CONTROL_DUMPS] = status->dump.done;
	s->v[CONTROL_DUMPS_FAILED] = status->dump.failed;
	s->v[CONTROL_SAVES] = status->save.done;
	s->v[CONTROL_SAVES_FAILED] = status->save.failed;
}

static void
put_live_sums(struct control_stat *s, const struct live_sums *g)
{
	uint64_t	*v = s->v;

	v[CONTROL_SOURCE_STATE] = g->away ? 2 : g->down ? 1 : 0;
	v[CONTROL_BEGIN] = g->begin_ns;
	v[CONTROL_ROWS] = g->rows;
	v[CONTROL_TABLE_MEMORY] = g->memory;
	v[CONTROL_FREEZES] = g->freezes;
	v[CONTROL_FREEZE_LAST_NS] = g->freeze_last_ns;
	v[CONTROL_FREEZE_WORST_NS] = g->freeze_worst_ns;
	v[CONTROL_SEEN_FRAMES] = g->frames;
	v[CONTROL_SEEN_PACKETS] = g->packets;
	v[CONTROL_SEEN_BYTES] = g->bytes;
	s->ledger = g->ledger;
	s->proto = g->proto;
	v[CONTROL_PROTOSTAT_KNOWN] = g->proto_known;
	(void)snprintf(s->text[CONTROL_TEXT_LINK], CONTROL_TEXT_LEN, "%s",
	    g->link_name);
	(void)snprintf(s->text[CONTROL_TEXT_SOURCE], CONTROL_TEXT_LEN, "%s",
	    g->source_name);
	v[CONTROL_BUFFER] = g->buffer;
}

/*
 * Add the frozen generation if the live sums do not include it: the writer
 * has it, or the capturer had not yet merged it when it took the sums.
 */
static void
add_lent(struct daemon_stat *st, uint64_t merges)
{
	struct ledger	sum = st->lent;

	if (!st->out && merges == st->returns)
		return;
	ledger_add(&sum, &st->s.ledger);
	st->s.ledger = sum;
	st->s.v[CONTROL_BEGIN] = st->lent_begin;
	st->s.v[CONTROL_ROWS] += st->lent_rows;
}

const struct control_stat *
stat_now(struct daemon_stat *st, const struct live_sums *g,
    const struct run_status *status, const struct control_counts *counts)
{
	uint64_t	*v = st->s.v;

	v[CONTROL_NOW] = now_wall();
	follow_clock(st, g->shifted_ns);
	put_live_sums(&st->s, g);
	put_usage(v);
	put_status(&st->s, status);
	add_lent(st, g->merges);
	st->s.total = st->any ? st->saved : st->s.ledger;
	if (st->any)
		ledger_add(&st->s.total, &st->s.ledger);
	v[CONTROL_CLIENTS] = counts->clients;
	v[CONTROL_REQUESTS] = counts->requests;
	v[CONTROL_REFUSED] = counts->refused;
	return (&st->s);
}
