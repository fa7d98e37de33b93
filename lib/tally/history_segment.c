/*
 * Divides the time of a question into segments: adjacent hours that lie in the
 * same periods of all its tables.
 */
#include <stdio.h>
#include <string.h>

#include "base/when.h"
#include "history_segment.h"

struct history_range
segments_of(const struct history_account *a, const struct question *q)
{
	struct history_range	r;
	uint32_t		from = history_period(HISTORY_MONTH, a->first);
	uint32_t		until = history_period_next(HISTORY_MONTH,
				    a->last);

	r.from = (uint32_t)(q->since_ns / HISTORY_HOUR_NS);
	if (r.from < from)
		r.from = from;
	r.until = until;
	if (q->until_ns / HISTORY_HOUR_NS < until)
		r.until = (uint32_t)(q->until_ns / HISTORY_HOUR_NS +
		    (q->until_ns % HISTORY_HOUR_NS != 0));
	return (r);
}

int
segments_skip(struct history *h, const struct history_account *a,
    struct history_range *r)
{
	uint32_t	month = history_period(HISTORY_MONTH, r->from);
	int		rc = history_skip(h, a, HISTORY_MONTH, &month);

	if (rc == 0 || month > r->until)
		month = r->until;
	if (month > r->from)
		r->from = month;
	return (rc == -1 ? -1 : 0);
}

size_t
segment_octets(const struct question *q, uint64_t ns,
    uint8_t to[SEGMENT_OCTETS_MAX])
{
	struct key_block	 b = { 0, ns, ns, ns };
	const struct key	*k;
	size_t			 i, j, n = 0;

	for (i = 0; i < q->ntables; i++)
		for (j = 0; j < q->table[i].nkeys; j++) {
			k = &q->table[i].key[j];
			if (!key_is_time(k))
				continue;
			k->ops->block(k, &b, to + n);
			n += k->ops->width;
		}
	return (n);
}

static bool
is_within(uint64_t ns, uint32_t hour)
{
	return (ns / HISTORY_HOUR_NS == hour && ns % HISTORY_HOUR_NS != 0);
}

bool
segment_is_torn(const struct question *q, uint32_t hour)
{
	uint8_t	first[SEGMENT_OCTETS_MAX], last[SEGMENT_OCTETS_MAX];
	size_t	n;
	uint64_t	begin = hour * HISTORY_HOUR_NS;
	uint64_t	end = begin + HISTORY_HOUR_NS - 1;

	if (is_within(q->since_ns, hour) || (q->until_ns != UINT64_MAX &&
	    is_within(q->until_ns, hour)))
		return (true);
	n = segment_octets(q, begin, first);
	/* The last hour of all is not a whole one. */
	(void)segment_octets(q, end < begin ? UINT64_MAX : end, last);
	return (memcmp(first, last, n) != 0);
}

bool
segment_next(const struct question *q, struct history_range *r,
    struct history_range *s)
{
	uint8_t	first[SEGMENT_OCTETS_MAX], at[SEGMENT_OCTETS_MAX];
	size_t	n;
	bool	torn;

	if (r->from >= r->until)
		return (false);
	s->from = r->from;
	n = segment_octets(q, r->from * HISTORY_HOUR_NS, first);
	torn = segment_is_torn(q, r->from);
	for (r->from++; !torn && r->from < r->until; r->from++) {
		(void)segment_octets(q, r->from * HISTORY_HOUR_NS, at);
		if (memcmp(first, at, n) != 0 || segment_is_torn(q, r->from))
			break;
	}
	s->until = r->from;
	return (true);
}

static bool
is_kept(const struct history_account *a, const struct history_range *s,
    char *why, size_t len)
{
	struct history_range	asked = *s;
	enum history_grain	lost;
	char			when[WHEN_LEN];

	if (history_answers(a, &asked))
		return (true);
	lost = s->from < a->kept[HISTORY_DAY] ? HISTORY_DAY : HISTORY_HOUR;
	(void)snprintf(why, len, "detail pruned: before %s only "
	    "UTC %s remain; use --tz=UTC%s",
	    when_iso(a->kept[lost] * HISTORY_HOUR_NS, when),
	    lost == HISTORY_DAY ? "months" : "days",
	    lost == HISTORY_DAY ? " --by=month" : " --by=day");
	return (false);
}

bool
segments_are_kept(const struct history_account *a, const struct question *q,
    char *why, size_t len)
{
	struct history_range	r = segments_of(a, q), s;
	char			when[WHEN_LEN];

	if (a->any && r.from < r.until && r.from < a->kept[HISTORY_MONTH]) {
		(void)when_iso(a->kept[HISTORY_MONTH] * HISTORY_HOUR_NS, when);
		(void)snprintf(why, len, "months pruned: before %s nothing "
		    "remains; use --since=%s", when, when);
		return (false);
	}
	/* What is behind is kept as finely as it came. */
	while (r.from < a->kept[HISTORY_HOUR] && segment_next(q, &r, &s))
		if (!is_kept(a, &s, why, len))
			return (false);
	return (true);
}
