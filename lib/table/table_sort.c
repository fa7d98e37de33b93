/*
 * Sorts the rows of a table by key.  A million rows are spread over memory, so
 * two words are sorted for each row: the first bits of its key, and its
 * number.  In-place radix sort: linear for all keys.  Rows themselves are read
 * only to order those whose words are equal.
 *
 * Each of several threads sorts one run, a part of the entries.  Then each
 * merges, from all sorted runs, the entries between two bounds.
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
#define DIGITS		16		/* octets of the two words */
#define FEW		24		/* too few for a radix pass */
#define RUN_LEAST	((size_t)8192)	/* entries: too few for a thread */

_Static_assert(TABLE_ROWS_MOST + 256 <= ROW_MASK,
    "row numbers do not fit a word");

/* The words order entries as flow_key_cmp() orders keys, or are equal. */
struct entry {
	uint64_t	first;
	uint64_t	second;		/* lowest bits: the row's number */
};

/* Does it sort before (0), among (1) or after (2) the IPv4 addresses? */
static uint64_t
mapped_class(const uint8_t a[16])
{
	static const uint8_t	prefix[12] = { [10] = 0xff, [11] = 0xff };
	int			d = memcmp(a, prefix, sizeof(prefix));

	return (d < 0 ? 0 : d == 0 ? 1 : 2);
}

/*
 * Class and 32 bits of the source, class and 28 bits of the destination; then
 * 38 bits: the rest of the destination, protocol, source port, first bits of
 * the destination port.  A side that lost its address is no IPv4 address: the
 * words end there.
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
 * After all IPv4 rows: 100 bits of the source.  Rows without a family are
 * last.
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

/* Move each entry to the part of its digit; next[]: where each part starts. */
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

/* Sort entries equal in the digits before d: recursion at most DIGITS deep. */
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

/* Row i of a table or of an array. */
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
	struct entry	 *e;		/* n entries, in `runs' runs */
	const struct flow **list;	/* the result */
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
 * The first entry of a run that belongs to a part.  The bounds of parts divide
 * the first run evenly, assuming that the others are distributed alike.
 * Entries of equal rank are in the same part.
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

/* The entries of one part not merged yet, by run. */
struct merging {
	const struct entry	*at[PARALLEL_MOST];
	const struct entry	*end[PARALLEL_MOST];
	unsigned		 n;
};

/* Returns how many entries belong to the parts before this one. */
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

/* Sort rows whose words are equal by their whole keys. */
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
