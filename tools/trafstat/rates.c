/*
 * Rates for trafstat --top.  A daemon gives sums per group (host, pair, ...);
 * the difference of two answers, divided by the time between them, is a rate.
 * For each daemon (struct source) the sums of the last answer are kept and
 * their differences in the last ticks, in the order of their keys, so that
 * the next answer is merged in one pass.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "top.h"

/*
 * Number of groups to ask for: those with the most bytes since the last save.
 * It grows while too much of the new traffic belongs to none of them: in a
 * large account a host that has just begun is far from the largest.
 */
#define GROUPS		8192
#define GROUPS_STEP	4
#define GROUPS_MOST	(GROUPS * GROUPS_STEP * GROUPS_STEP)

/* At most 1/OTHERS_PART of a tick's bytes may belong to other groups. */
#define OTHERS_PART	8

/* A daemon that takes longer is not shown until it answers again. */
#define ANSWER_MS	5000


struct entry {
	struct flow_key	key;
	uint64_t	last;			/* IP bytes */
	uint64_t	sent;
	uint64_t	added[TOP_TICKS];	/* [0]: in the last tick */
};

struct source {
	char		 ext[INSTANCE_LEN];
	struct entry	*entry;
	size_t		 n;
	uint32_t	 groups;		/* to ask for; 0: GROUPS */
	uint64_t	 least;			/* most that others can have */
	unsigned int	 ticks;			/* answers so far */
	uint64_t	 at_ns;			/* of the last, monotonic */
	double		 seconds[TOP_TICKS];	/* length of each tick */
	bool		 alive;
	bool		 owned;			/* its rows have owners */
	uint64_t	 seen_bytes, seen_packets;
	uint64_t	 bytes[TOP_TICKS];
	uint64_t	 packets;		/* in the last tick */
	uint64_t	 rows, max_rows;
};

struct rates {
	const struct options	*opt;
	struct source		*source;
	size_t			 n;
	int			 by;
	struct owners		*owners;	/* all that were in keys */
	char			 error[CONTROL_ERRLEN];
};

static const double	spans[TOP_SPANS] = { 2, 10, 40 };	/* seconds */

/* ---- the daemons ---- */

static bool
add_source(void *arg, const char *ext)
{
	struct rates	*r = arg;
	struct source	*list;

	list = reallocarray(r->source, r->n + 1, sizeof(*list));
	if (list == NULL)
		return (false);
	r->source = list;
	memset(&list[r->n], 0, sizeof(*list));
	(void)strlcpy(list[r->n++].ext, ext, sizeof(list->ext));
	return (true);
}

struct rates *
rates_new(const struct options *opt)
{
	struct control_client	 c;
	struct rates		*r = calloc(1, sizeof(*r));
	char			 ext[INSTANCE_LEN];

	if (r == NULL) {
		log_error("rates");
		return (NULL);
	}
	r->opt = opt;
	r->by = opt->by;
	if ((r->owners = owners_new()) == NULL) {
		log_error("rates");
		rates_free(r);
		return (NULL);
	}
	if (opt->iface != NULL)
		(void)add_source(r, opt->iface);
	else if (owned_is(r->by))
		(void)add_source(r, OWNER_ACCOUNT);
	else
		(void)control_instances(opt->run_dir, add_source, r);
	rates_update(r, r->by);
	if (owned_is(r->by) && opt->iface != NULL && r->n > 0 &&
	    r->source[0].alive && !r->source[0].owned) {
		log_errorx("no owners: %s: this daemon does not know whose "
		    "packets they are; trafd -i " OWNER_ACCOUNT " does",
		    opt->iface);
		rates_free(r);
		return (NULL);
	}
	if (r->n > 0 && r->error[0] == '\0')
		return (r);
	if (r->n > 0 && opt->iface == NULL)	/* some may have answered */
		return (r);
	if (r->error[0] != '\0')
		log_errorx("%s", r->error);
	else
		(void)instance_find(opt, &c, ext);
	rates_free(r);
	return (NULL);
}

void
rates_free(struct rates *r)
{
	size_t	i;

	for (i = 0; i < r->n; i++)
		free(r->source[i].entry);
	owners_free(r->owners);
	free(r->source);
	free(r);
}

size_t
rates_sources(const struct rates *r)
{
	return (r->n);
}

const char *
rates_source(const struct rates *r, size_t i)
{
	return (r->source[i].ext);
}

const struct owners *
rates_owners(const struct rates *r)
{
	return (r->owners);
}

const char *
rates_error(const struct rates *r)
{
	return (r->error);
}

/* ---- one more tick ---- */

/* If the sum is smaller than before, a save has restarted it from 0. */
static uint64_t
added(uint64_t before, uint64_t now)
{
	return (now >= before ? now - before : now);
}

static void
shift(uint64_t ring[TOP_TICKS], uint64_t newest)
{
	memmove(&ring[1], &ring[0], (TOP_TICKS - 1) * sizeof(ring[0]));
	ring[0] = newest;
}

static bool
is_idle(const struct entry *e)
{
	size_t	i;

	for (i = 0; i < TOP_TICKS; i++)
		if (e->added[i] != 0)
			return (false);
	return (true);
}

/*
 * Continue the entry with this row, or without one (NULL).  A group that was
 * not in the last answer had at most `least' bytes then, so at least the
 * difference to that is new.
 */
static void
advance(struct entry *to, const struct entry *from, const struct flow *row,
    uint64_t least)
{
	uint64_t	now, before;

	if (from != NULL)
		*to = *from;
	else
		memset(to, 0, sizeof(*to));
	if (row == NULL) {
		shift(to->added, 0);
		return;
	}
	now = row->count.ip;
	before = from != NULL ? from->last : now < least ? now : least;
	to->key = row->key;
	to->last = now;
	to->sent = row->count.data;
	shift(to->added, added(before, now));
}

/* Merge an answer into the entries; both are ordered by key.  -1 with errno. */
static int
merge(struct source *s, const struct control_table *t)
{
	struct entry	*list = calloc(s->n + t->n + 1, sizeof(*list));
	uint64_t	 least = s->ticks == 0 ? UINT64_MAX : s->least;
	size_t		 i = 0, j = 0, n = 0;
	int		 c;

	if (list == NULL)
		return (-1);
	while (i < s->n || j < t->n) {
		c = i == s->n ? 1 : j == t->n ? -1 :
		    flow_key_cmp(&s->entry[i].key, &t->rows[j].key);
		advance(&list[n], c <= 0 ? &s->entry[i] : NULL,
		    c >= 0 ? &t->rows[j] : NULL, least);
		i += c <= 0;
		j += c >= 0;
		n += c >= 0 || !is_idle(&list[n]);
	}
	free(s->entry);
	s->entry = list;
	s->n = n;
	return (0);
}

/*
 * The smallest sum of the answer, which groups outside it cannot exceed; 0 if
 * the answer has all groups.
 */
static uint64_t
least_of(const struct control_table *t, uint32_t groups)
{
	uint64_t	least = UINT64_MAX;
	size_t		i;

	if (t->n < groups)
		return (0);
	for (i = 0; i < t->n; i++)
		if (t->rows[i].count.ip < least)
			least = t->rows[i].count.ip;
	return (least);
}

/* Ask for more groups if too much of this tick belongs to none of them. */
static void
widen(struct source *s, int by)
{
	uint64_t	all = s->bytes[0], theirs = 0;
	size_t		i;

	for (i = 0; i < s->n; i++)
		theirs += s->entry[i].added[0];
	if (by == CONTROL_BY_HOST && !s->owned)
		all *= 2;	/* a packet counts for two hosts */
	if (s->least > 0 && s->ticks > 0 && s->groups < GROUPS_MOST &&
	    theirs < all - all / OTHERS_PART)
		s->groups *= GROUPS_STEP;
}

/* Note the time and the totals of an answer, and the difference to the last. */
static void
note_tick(struct source *s, const struct control_stat *st)
{
	uint64_t	now = now_mono();

	memmove(&s->seconds[1], &s->seconds[0],
	    (TOP_TICKS - 1) * sizeof(s->seconds[0]));
	s->seconds[0] = s->ticks == 0 ? 0 : (double)(now - s->at_ns) /
	    (double)NS_PER_S;
	s->at_ns = now;
	shift(s->bytes, s->ticks == 0 ? 0 : added(s->seen_bytes,
	    st->v[CONTROL_SEEN_BYTES]));
	s->packets = s->ticks == 0 ? 0 : added(s->seen_packets,
	    st->v[CONTROL_SEEN_PACKETS]);
	s->seen_bytes = st->v[CONTROL_SEEN_BYTES];
	s->seen_packets = st->v[CONTROL_SEEN_PACKETS];
	s->rows = st->v[CONTROL_ROWS];
	s->max_rows = st->v[CONTROL_MAX_ROWS];
}

static void
forget(struct source *s)
{
	free(s->entry);
	s->entry = NULL;
	s->n = 0;
	s->ticks = 0;
	s->groups = 0;
	memset(s->seconds, 0, sizeof(s->seconds));
	memset(s->bytes, 0, sizeof(s->bytes));
}

static void
update(struct rates *r, struct source *s)
{
	static struct control_query	q;
	static struct control_stat	st;
	struct control_client		c = { .run_dir = r->opt->run_dir,
	    .ext = s->ext, .timeout_ms = ANSWER_MS };
	struct control_table		t;

	q.by = owned_is(r->by) ? CONTROL_BY_HOST : (enum control_by)r->by;
	if (s->groups == 0)
		s->groups = GROUPS;
	q.top = s->groups;
	s->alive = false;
	if (control_table(&c, &q, &t) == CONTROL_DONE) {
		uint64_t	least = least_of(&t, s->groups);

		s->owned = t.owners != NULL ||
		    strcmp(s->ext, OWNER_ACCOUNT) == 0;
		if (control_stat(&c, &st) == CONTROL_DONE &&
		    owned_take(&t, r->by, r->owners) == 0 &&
		    merge(s, &t) == 0) {
			note_tick(s, &st);
			s->least = least;
			widen(s, r->by);
			s->ticks++;
			s->alive = true;
		}
		control_table_free(&t);
	}
	if (s->alive)
		return;
	forget(s);
	(void)strlcpy(r->error, c.err, sizeof(r->error));
}

void
rates_update(struct rates *r, int by)
{
	size_t	i;

	if (by != r->by)
		for (i = 0; i < r->n; i++)
			forget(&r->source[i]);
	r->by = by;
	r->error[0] = '\0';
	for (i = 0; i < r->n; i++)
		update(r, &r->source[i]);
}

/* ---- results ---- */

/*
 * Bytes per second in the last tick, and in those before it that are for the
 * larger part within the span.
 */
static double
rate(const struct source *s, const uint64_t ring[TOP_TICKS], enum top_span n)
{
	double		bytes = 0, seconds = 0;
	unsigned int	i;

	for (i = 0; i < TOP_TICKS && (i == 0 ||
	    seconds + s->seconds[i] / 2 < spans[n]); i++) {
		bytes += (double)ring[i];
		seconds += s->seconds[i];
	}
	return (seconds > 0 ? bytes / seconds : 0);
}

static void
add_entry(struct top_row *row, const struct source *s, const struct entry *e)
{
	int	n;

	row->key = e->key;
	row->total += e->last;
	row->sent += e->sent;
	for (n = 0; n < TOP_SPANS; n++)
		row->rate[n] += rate(s, e->added, (enum top_span)n);
}

static int
by_key(const void *a, const void *b)
{
	const struct top_row	*x = a, *y = b;

	return (flow_key_cmp(&x->key, &y->key));
}

/* Add up rows with the same key from several daemons. */
static void
unite(struct top_rows *rows)
{
	size_t	i, n = 0;
	int	j;

	qsort(rows->row, rows->n, sizeof(*rows->row), by_key);
	for (i = 1; i < rows->n; i++) {
		if (by_key(&rows->row[n], &rows->row[i]) != 0) {
			rows->row[++n] = rows->row[i];
			continue;
		}
		rows->row[n].total += rows->row[i].total;
		rows->row[n].sent += rows->row[i].sent;
		for (j = 0; j < TOP_SPANS; j++)
			rows->row[n].rate[j] += rows->row[i].rate[j];
	}
	if (rows->n > 0)
		rows->n = n + 1;
}

static int
greater(double a, double b, const struct top_row *x, const struct top_row *y)
{
	if (a != b)
		return (a > b ? -1 : 1);
	if (x->total != y->total)
		return (x->total > y->total ? -1 : 1);
	return (by_key(x, y));
}

#define COMPARE(name, field)						\
static int								\
name(const void *a, const void *b)					\
{									\
	const struct top_row	*x = a, *y = b;				\
									\
	return (greater((double)x->field, (double)y->field, x, y));	\
}

COMPARE(by_2, rate[TOP_SPAN_2])
COMPARE(by_10, rate[TOP_SPAN_10])
COMPARE(by_40, rate[TOP_SPAN_40])
COMPARE(by_total, total)

static int	(*const compare[TOP_ORDERS])(const void *, const void *) = {
	by_2, by_10, by_40, by_total
};

int
rates_rows(const struct rates *r, int only, enum top_order order,
    struct top_rows *rows)
{
	const struct source	*s;
	size_t			 i, j, n = 0;

	for (i = 0; i < r->n; i++)
		n += r->source[i].n;
	rows->n = 0;
	if ((rows->row = calloc(n + 1, sizeof(*rows->row))) == NULL)
		return (-1);
	for (i = 0; i < r->n; i++) {
		s = &r->source[i];
		for (j = 0; (only == -1 || only == (int)i) && j < s->n; j++)
			add_entry(&rows->row[rows->n++], s, &s->entry[j]);
	}
	if (only == -1 && r->n > 1)
		unite(rows);
	qsort(rows->row, rows->n, sizeof(*rows->row), compare[order]);
	return (0);
}

void
rates_sum(const struct rates *r, int only, struct top_sum *sum)
{
	const struct source	*s;
	size_t			 i;
	int			 n;

	memset(sum, 0, sizeof(*sum));
	for (i = 0; i < r->n; i++) {
		s = &r->source[i];
		if ((only != -1 && only != (int)i) || !s->alive ||
		    (owned_is(r->by) && !s->owned))
			continue;
		for (n = 0; n < TOP_SPANS; n++)
			sum->bytes[n] += rate(s, s->bytes, (enum top_span)n);
		if (s->seconds[0] > 0)
			sum->packets += (double)s->packets / s->seconds[0];
		sum->rows += s->rows;
		sum->max_rows += s->max_rows;
		sum->alive++;
	}
}
