/*
 * The rows of a table in the order of their keys.  A million rows lie all
 * over memory, so what is sorted are two words for each: the begin of its
 * key, and its number.  Sorted by radix, in place: linear whatever the keys
 * are.  The rows are looked at only to put those in order that the words do
 * not tell apart.
 *
 * Several threads sort a run each.  Then each merges the part of all runs
 * that lies between two words.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/endian.h"
#include "base/parallel.h"
#include "table.h"

#define ROW_BITS	26
#define ROW_MASK	(((uint64_t)1 << ROW_BITS) - 1)
#define DIGITS		16		/* octets of both words */
#define FEW		24		/* entries not worth a radix pass */
#define RUN_LEAST	((size_t)8192)	/* entries worth a thread */

_Static_assert(TABLE_ROWS_MOST + 256 <= ROW_MASK,
    "row numbers do not fit a word");

/* Never greater for the lesser of two keys. */
struct entry {
	uint64_t	first;
	uint64_t	second;		/* above the number of the row */
};

/* Before, among or behind the IPv4 addresses: 0, 1, 2. */
static uint64_t
mapped_class(const uint8_t a[16])
{
	static const uint8_t	prefix[12] = { [10] = 0xff, [11] = 0xff };
	int			d = memcmp(a, prefix, sizeof(prefix));

	return (d < 0 ? 0 : d == 0 ? 1 : 2);
}

/*
 * Class and 32 bits of the source, class and 28 bits of the destination;
 * then 38 bits: what remains of it, protocol, port, begin of the other port.
 * A side that was folded has no IPv4 address: there the words end.
 */
static void
rank_ip4(const struct flow_key *k, struct entry *e)
{
	uint64_t	src = mapped_class(k->src), dst = mapped_class(k->dst);
	uint64_t	addr = get_be32(k->dst + 12);

	e->first = src << 62;
	e->second = 0;
	if (src != 1)
		return;
	e->first |= (uint64_t)get_be32(k->src + 12) << 30 | dst << 28;
	if (dst != 1)
		return;
	e->first |= addr >> 4;
	e->second = (addr & 15) << 60 | (uint64_t)k->proto << 52 |
	    (uint64_t)k->sport << 36 |
	    (uint64_t)(k->dport >> 6) << ROW_BITS;
}

/*
 * Behind all classes above: 100 bits of the source.  Rows without a family
 * are the last.
 */
static void
rank_other(const struct flow_key *k, struct entry *e)
{
	uint64_t	high = get_be64(k->src);

	e->first = UINT64_MAX;
	e->second = ~ROW_MASK;
	if (k->family == FLOW_FAMILY_NONE)
		return;
	e->first = UINT64_C(3) << 62 | high >> 2;
	e->second = (high << 62 | get_be64(k->src + 8) >> 2) & ~ROW_MASK;
}

static inline unsigned
digit(const struct entry *e, unsigned d)
{
	uint64_t	word = d < 8 ? e->first : e->second;

	return ((unsigned)(word >> (56 - 8 * (d % 8))) & 255);
}

static inline bool
before(const struct entry *a, const struct entry *b)
{
	return (a->first < b->first ||
	    (a->first == b->first && a->second < b->second));
}

static void
sort_few(struct entry *e, size_t n)
{
	struct entry	x;
	size_t		i, at;

	for (i = 1; i < n; i++) {
		x = e[i];
		for (at = i; at > 0 && before(&x, &e[at - 1]); at--)
			e[at] = e[at - 1];
		e[at] = x;
	}
}

/* Every entry to the part of its digit; next[] is where each part begins. */
static void
permute(struct entry *e, unsigned d, size_t next[256], const size_t end[256])
{
	struct entry	x, swap;
	unsigned	part, to;

	for (part = 0; part < 256; part++)
		while (next[part] < end[part]) {
			x = e[next[part]];
			while ((to = digit(&x, d)) != part) {
				swap = e[next[to]];
				e[next[to]++] = x;
				x = swap;
			}
			e[next[part]++] = x;
		}
}

/* Entries that agree in all digits before d: recursion no deeper than them. */
static void
sort_from(struct entry *e, size_t n, unsigned d)
{
	size_t		next[256], end[256], i, begin;
	unsigned	part;

	if (n <= FEW || d == DIGITS) {
		sort_few(e, n);
		return;
	}
	memset(end, 0, sizeof(end));
	for (i = 0; i < n; i++)
		end[digit(&e[i], d)]++;
	if (end[digit(&e[0], d)] == n) {
		sort_from(e, n, d + 1);
		return;
	}
	for (part = 0, begin = 0; part < 256; part++) {
		next[part] = begin;
		begin = end[part] += begin;
	}
	permute(e, d, next, end);
	for (part = 0, begin = 0; part < 256; begin = end[part++])
		sort_from(e + begin, end[part] - begin, d + 1);
}

/* Where the rows come from. */
typedef const struct flow	*row_fn(const void *from, size_t i);

static const struct flow *
row_of_table(const void *from, size_t i)
{
	return (table_row(from, i));
}

static const struct flow *
row_of_array(const void *from, size_t i)
{
	const struct flow *const	*rows = from;

	return (rows[i]);
}

struct sorting {
	row_fn		 *row;
	const void	 *from;
	size_t		  n;
	unsigned	  runs;
	struct entry	 *e;		/* n of them, in so many runs */
	const struct flow **list;	/* what is made */
};

static size_t
run_begin(const struct sorting *s, unsigned run)
{
	return (s->n / s->runs * run +
	    (run == s->runs ? s->n % s->runs : 0));
}

static void
sort_run(void *arg, unsigned run)
{
	const struct sorting	*s = arg;
	size_t			 begin = run_begin(s, run);
	size_t			 end = run_begin(s, run + 1), i;
	const struct flow_key	*k;

	for (i = begin; i < end; i++) {
		k = &s->row(s->from, i)->key;
		if (k->family == FLOW_FAMILY_IP4)
			rank_ip4(k, &s->e[i]);
		else
			rank_other(k, &s->e[i]);
		s->e[i].second |= i;
	}
	sort_from(s->e + begin, end - begin, 0);
}

/*
 * Where in a run the part begins: parts are as long as those of the first
 * run, whose rows are like all others.  Entries of equal rank stay together.
 */
static const struct entry *
part_begin(const struct sorting *s, unsigned run, unsigned part)
{
	size_t		low = run_begin(s, run), high = run_begin(s, run + 1);
	size_t		middle;
	struct entry	bound;

	if (part == 0 || part == s->runs)
		return (s->e + (part == 0 ? low : high));
	bound = s->e[run_begin(s, 1) / s->runs * part];
	bound.second &= ~ROW_MASK;
	while (low < high) {
		middle = low + (high - low) / 2;
		if (before(&s->e[middle], &bound))
			low = middle + 1;
		else
			high = middle;
	}
	return (s->e + low);
}

/* What is left of one part of all runs. */
struct merging {
	const struct entry	*at[PARALLEL_MOST];
	const struct entry	*end[PARALLEL_MOST];
	unsigned		 n;
};

/* Returns how many entries of other parts come before it. */
static size_t
merge_begin(struct merging *m, const struct sorting *s, unsigned part)
{
	size_t		passed = 0;
	unsigned	run;

	m->n = 0;
	for (run = 0; run < s->runs; run++) {
		m->at[m->n] = part_begin(s, run, part);
		m->end[m->n] = part_begin(s, run, part + 1);
		passed += (size_t)(m->at[m->n] - s->e) - run_begin(s, run);
		if (m->at[m->n] < m->end[m->n])
			m->n++;
	}
	return (passed);
}

static const struct entry *
merge_next(struct merging *m)
{
	const struct entry	*e;
	unsigned		 i, least = 0;

	for (i = 1; i < m->n; i++)
		if (before(m->at[i], m->at[least]))
			least = i;
	e = m->at[least]++;
	if (m->at[least] == m->end[least]) {
		m->n--;
		m->at[least] = m->at[m->n];
		m->end[least] = m->end[m->n];
	}
	return (e);
}

static int
compare_rows(const void *a, const void *b)
{
	const struct flow *const	*x = a, *const *y = b;

	return (flow_key_cmp(&(*x)->key, &(*y)->key));
}

static bool
same_rank(const struct entry *a, const struct entry *b)
{
	return (a->first == b->first && (a->second ^ b->second) <= ROW_MASK);
}

/* Rows that the words do not tell apart. */
static void
order_equal(const struct flow **first, const struct flow **end)
{
	if (end - first > 1)
		qsort(first, (size_t)(end - first), sizeof(*first),
		    compare_rows);
}

static void
list_part(void *arg, unsigned part)
{
	const struct sorting	 *s = arg;
	struct merging		  m;
	const struct flow	**to = s->list + merge_begin(&m, s, part);
	const struct flow	**first = to;	/* of those of equal rank */
	const struct entry	 *e, *last = NULL;

	for (; m.n > 0; last = e, to++) {
		e = merge_next(&m);
		if (last != NULL && !same_rank(last, e)) {
			order_equal(first, to);
			first = to;
		}
		*to = s->row(s->from, (size_t)(e->second & ROW_MASK));
	}
	order_equal(first, to);
}

static const struct flow **
sorted(row_fn *row, const void *from, size_t n, unsigned threads)
{
	struct sorting	s = { .row = row, .from = from, .n = n };

	s.runs = n / RUN_LEAST < threads ? (unsigned)(n / RUN_LEAST) : threads;
	if (s.runs == 0)
		s.runs = 1;
	s.e = malloc((n + 1) * sizeof(*s.e));
	s.list = malloc((n + 1) * sizeof(*s.list));
	if (s.e == NULL || s.list == NULL) {
		free(s.e);
		free(s.list);
		errno = ENOMEM;
		return (NULL);
	}
	parallel_run(sort_run, &s, s.runs);
	parallel_run(list_part, &s, s.runs);
	free(s.e);
	return (s.list);
}

const struct flow **
table_sorted(const struct table *t)
{
	return (sorted(row_of_table, t, table_rows(t), 1));
}

const struct flow **
table_sorted_rows(const struct flow *const *rows, size_t n,
    unsigned int threads)
{
	return (sorted(row_of_array, rows, n, threads));
}
