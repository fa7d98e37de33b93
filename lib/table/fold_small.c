/*
 * The small rows of a block.  Those of two hosts and a protocol stand together,
 * so that the first step needs no table.  What each step leaves small takes
 * the next one, in a table that adds up equal keys.  Sums of local hosts are
 * exact in every step.
 */
#include <stdlib.h>
#include <string.h>

#include "packet/nets.h"
#include "fold.h"
#include "groups.h"
#include "table.h"

/*
 * The most small rows of the first step: 100 MB.  If there are more, the table
 * takes the next steps by itself.
 */
#define SMALL_MOST	((size_t)1 << 20)

/* How many rows later the next ones are needed. */
#define AHEAD		16

/* Family and address of a host. */
#define HOST_WIDTH	17

struct fold {
	const struct nets	 *local;
	uint64_t		  minsize;
	struct flow		 *group;	/* two hosts and a protocol */
	size_t			  ngroup, room;
	struct table		 *step[3];	/* what each of them made */
	struct groups		 *sums;		/* bytes of hosts, no local */
	struct groups		 *small;	/* small rows of local hosts */
	struct flow		  rest;		/* the `other' row */
	uint64_t		  bytes;	/* of all small rows */
	const struct flow	**big;		/* rows that were not small */
	size_t			  nbig;
	const struct flow	**made;		/* rows of the steps */
	size_t			  nmade;
	const struct flow	**rows;		/* both, in order */
	size_t			  n;
	struct flow		 *merged;	/* rows of equal keys */
	size_t			  nmerged;
};

/* Rows on their way to a table, which takes them in batches. */
struct batch {
	struct table	*to;
	struct flow	 flow[TABLE_BATCH];
	size_t		 n;
};

static void
batch_end(struct batch *b)
{
	table_add(b->to, b->flow, b->n);
	b->n = 0;
}

static void
batch_put(struct batch *b, const struct flow *f)
{
	b->flow[b->n++] = *f;
	if (b->n == TABLE_BATCH)
		batch_end(b);
}

static bool
is_small(const struct fold *f, const struct flow *row)
{
	return (row->count.ip < f->minsize && !flow_is_other(&row->key));
}

static void
keep(struct fold *f, const struct flow *row)
{
	f->made[f->nmade++] = row;
}

static void
host_key(uint8_t key[HOST_WIDTH], const struct flow_key *k, bool dst)
{
	key[0] = k->family;
	memcpy(key + 1, dst ? k->dst : k->src, 16);
}

/* Add to the number of one host.  Returns 0, or -1 with errno. */
static int
host_add(struct groups *g, const struct flow_key *k, bool dst, uint64_t add)
{
	uint8_t		 key[HOST_WIDTH];
	uint64_t	*sum;

	host_key(key, k, dst);
	if ((sum = groups_get(g, key)) == NULL)
		return (-1);
	*sum += add;
	return (0);
}

/* The number of a host that was added. */
static uint64_t
host_sum(struct groups *g, const struct flow_key *k, bool dst)
{
	uint8_t		 key[HOST_WIDTH];
	uint64_t	*sum;

	host_key(key, k, dst);
	return ((sum = groups_get(g, key)) == NULL ? 0 : *sum);
}

/* ---- 1: without the port of the client ---- */

static bool
same_hosts(const struct flow_key *a, const struct flow_key *b)
{
	return (a->proto == b->proto && a->family == b->family &&
	    memcmp(a->src, b->src, sizeof(a->src)) == 0 &&
	    memcmp(a->dst, b->dst, sizeof(a->dst)) == 0);
}

/* Add up the group.  What is small now and has a local side takes step 2. */
static void
end_group(struct fold *f, struct batch *first, struct batch *second)
{
	struct fold_sides	s;
	size_t			i;

	if (f->ngroup == 0)
		return;
	s = fold_sides(&f->group[0].key, f->local);
	for (i = 0; i < f->ngroup; i++)
		fold_key(&f->group[i].key, s, FOLD_CLIENT);
	if (f->ngroup > 1)
		f->ngroup = flow_merge(f->group, f->ngroup);
	for (i = 0; i < f->ngroup; i++) {
		if (!is_small(f, &f->group[i]) || (!s.src && !s.dst)) {
			batch_put(first, &f->group[i]);
			continue;
		}
		fold_key(&f->group[i].key, s, FOLD_REMOTE);
		batch_put(second, &f->group[i]);
	}
	f->ngroup = 0;
}

static int
add_to_group(struct fold *f, const struct flow *row)
{
	struct flow	*more;
	size_t		 room = f->room == 0 ? 256 : f->room * 2;

	if (f->ngroup == f->room) {
		if ((more = reallocarray(f->group, room, sizeof(*more))) ==
		    NULL)
			return (-1);
		f->group = more;
		f->room = room;
	}
	f->group[f->ngroup++] = *row;
	return (0);
}

static int
first_step(struct fold *f, const struct flow *const *rows, size_t n)
{
	struct batch	first = { .to = f->step[0] };
	struct batch	second = { .to = f->step[1] };
	size_t		i;

	for (i = 0; i < n; i++) {
		/* In this order the rows are anywhere in memory. */
		__builtin_prefetch(rows[i + AHEAD < n ? i + AHEAD : i]);
		if (!is_small(f, rows[i])) {
			f->big[f->nbig++] = rows[i];
			continue;
		}
		f->bytes += rows[i]->count.ip;
		if (f->ngroup > 0 &&
		    !same_hosts(&f->group[0].key, &rows[i]->key))
			end_group(f, &first, &second);
		if (add_to_group(f, rows[i]) == -1)
			return (-1);
	}
	end_group(f, &first, &second);
	batch_end(&first);
	batch_end(&second);
	return (0);
}

/* ---- 2: without the remote host ---- */

/* Sum up the hosts of small rows: those of step 1 have no local side. */
static int
sum_hosts(struct fold *f)
{
	const struct flow	*row;
	size_t			 i;

	for (i = 0; i < table_rows(f->step[0]); i++) {
		row = table_row(f->step[0], i);
		if (is_small(f, row) &&
		    (host_add(f->sums, &row->key, false, row->count.ip) == -1 ||
		    host_add(f->sums, &row->key, true, row->count.ip) == -1))
			return (-1);
	}
	return (0);
}

/* Neither side is local: the host with the smaller sum is the remote one. */
static struct fold_sides
larger_side(struct fold *f, const struct flow_key *k)
{
	bool	dst = host_sum(f->sums, k, true) > host_sum(f->sums, k, false);

	return ((struct fold_sides){ .src = !dst, .dst = dst });
}

static int
second_step(struct fold *f)
{
	struct batch		 b = { .to = f->step[1] };
	const struct flow	*row;
	struct flow		 c;
	size_t			 i;

	if (sum_hosts(f) == -1)
		return (-1);
	for (i = 0; i < table_rows(f->step[0]); i++) {
		row = table_row(f->step[0], i);
		if (!is_small(f, row))
			continue;
		c = *row;
		fold_key(&c.key, larger_side(f, &c.key), FOLD_REMOTE);
		batch_put(&b, &c);
	}
	batch_end(&b);
	return (0);
}

/* ---- 3: without the service, if a host has too many ---- */

static int
count_small(struct fold *f)
{
	const struct flow	*row;
	struct fold_sides	 s;
	size_t			 i;

	for (i = 0; i < table_rows(f->step[1]); i++) {
		row = table_row(f->step[1], i);
		if (!is_small(f, row))
			continue;
		s = fold_sides(&row->key, f->local);
		if ((s.src && host_add(f->small, &row->key, false, 1) == -1) ||
		    (s.dst && host_add(f->small, &row->key, true, 1) == -1))
			return (-1);
	}
	return (0);
}

static bool
has_too_many(struct fold *f, const struct flow_key *k, struct fold_sides s)
{
	return ((s.src && host_sum(f->small, k, false) > FOLD_HOST_ROWS) ||
	    (s.dst && host_sum(f->small, k, true) > FOLD_HOST_ROWS));
}

static int
third_step(struct fold *f)
{
	struct batch		 b = { .to = f->step[2] };
	const struct flow	*row;
	struct fold_sides	 s;
	struct flow		 c;
	size_t			 i;

	if (count_small(f) == -1)
		return (-1);
	for (i = 0; i < table_rows(f->step[1]); i++) {
		row = table_row(f->step[1], i);
		s = fold_sides(&row->key, f->local);
		if (!is_small(f, row) || ((s.src || s.dst) &&
		    !has_too_many(f, &row->key, s))) {
			keep(f, row);
			continue;
		}
		if (!s.src && !s.dst) {
			flow_count_add(&f->rest.count, &row->count);
			continue;
		}
		c = *row;
		fold_key(&c.key, s, FOLD_SERVICE);
		batch_put(&b, &c);
	}
	batch_end(&b);
	return (0);
}

/* ---- all of it ---- */

/* Add a row, whose key may be that of the last one. */
static int
put_row(struct fold *f, const struct flow *row)
{
	struct flow	*sum;

	if (f->n == 0 ||
	    flow_key_cmp(&f->rows[f->n - 1]->key, &row->key) != 0) {
		f->rows[f->n++] = row;
		return (0);
	}
	/* --max-flows had folded the one, and -m the other one. */
	if (f->merged == NULL && (f->merged = calloc(f->nmade + 1,
	    sizeof(*f->merged))) == NULL)
		return (-1);
	sum = &f->merged[f->nmerged++];
	*sum = *f->rows[f->n - 1];
	flow_count_add(&sum->count, &row->count);
	f->rows[f->n - 1] = sum;
	return (0);
}

/* Sort what the steps made, and merge it with the other rows. */
static int
merge_rows(struct fold *f)
{
	const struct flow	**made;
	size_t			  i = 0, j = 0;
	bool			  first;

	made = table_sorted_rows(f->made, f->nmade, 1);
	if (made == NULL)
		return (-1);
	free(f->made);
	f->made = made;
	while (i < f->nbig || j < f->nmade) {
		first = j == f->nmade || (i < f->nbig &&
		    flow_key_cmp(&f->big[i]->key, &made[j]->key) <= 0);
		if (put_row(f, first ? f->big[i++] : made[j++]) == -1)
			return (-1);
	}
	return (0);
}

/* For so many rows of the steps, and `other'. */
static int
make_room(struct fold *f, size_t n)
{
	f->made = reallocarray(NULL, n + 1, sizeof(*f->made));
	return (f->made == NULL ? -1 : 0);
}

static int
finish(struct fold *f)
{
	if (f->rest.count.packets > 0)
		keep(f, &f->rest);
	f->rows = reallocarray(NULL, f->nbig + f->nmade + 1,
	    sizeof(*f->rows));
	return (f->rows == NULL ? -1 : merge_rows(f));
}

/* Tables that hold so many rows without losing detail. */
static int
make_tables(struct fold *f, size_t n)
{
	size_t	i;

	if (n > SMALL_MOST)
		n = SMALL_MOST;
	for (i = 0; i < 3; i++)
		if ((f->step[i] = table_new(n + n / 3 +
		    TABLE_ROWS_LEAST, f->local)) == NULL)
			return (-1);
	f->sums = groups_new(HOST_WIDTH, sizeof(uint64_t));
	f->small = groups_new(HOST_WIDTH, sizeof(uint64_t));
	return (f->sums == NULL || f->small == NULL ? -1 : 0);
}

/* Nothing is small: the rows are as they were. */
static int
keep_big(struct fold *f)
{
	f->rows = f->big;
	f->n = f->nbig;
	f->big = NULL;
	return (0);
}

static int
fold_all(struct fold *f, const struct flow *const *rows, size_t n)
{
	size_t	i;

	if (make_tables(f, n) == -1 || first_step(f, rows, n) == -1)
		return (-1);
	if (f->nbig == n)
		return (keep_big(f));
	if (second_step(f) == -1 || make_room(f, table_rows(f->step[0]) +
	    2 * table_rows(f->step[1])) == -1 || third_step(f) == -1)
		return (-1);
	for (i = 0; i < table_rows(f->step[0]); i++)
		if (!is_small(f, table_row(f->step[0], i)))
			keep(f, table_row(f->step[0], i));
	for (i = 0; i < table_rows(f->step[2]); i++)
		keep(f, table_row(f->step[2], i));
	return (finish(f));
}

static struct fold *
new_fold(size_t n, uint64_t minsize, const struct nets *local)
{
	struct fold	*f;

	if ((f = calloc(1, sizeof(*f))) == NULL)
		return (NULL);
	f->local = local;
	f->minsize = minsize;
	flow_key_other(&f->rest.key, 0);
	f->big = reallocarray(NULL, n + 1, sizeof(*f->big));
	if (f->big != NULL)
		return (f);
	fold_free(f);
	return (NULL);
}

struct fold *
fold_small(const struct flow *const *rows, size_t n, uint64_t minsize,
    const struct nets *local)
{
	struct fold	*f;

	if ((f = new_fold(n, minsize, local)) == NULL)
		return (NULL);
	if (fold_all(f, rows, n) == 0)
		return (f);
	fold_free(f);
	return (NULL);
}

struct fold *
fold_to_other(const struct flow *const *rows, size_t n, uint64_t minsize)
{
	struct fold	*f;
	size_t		 i;

	if ((f = new_fold(n, minsize, NULL)) == NULL)
		return (NULL);
	for (i = 0; i < n; i++)
		if (rows[i]->count.ip < minsize ||
		    (flow_is_other(&rows[i]->key) && rows[i]->key.proto == 0))
			flow_count_add(&f->rest.count, &rows[i]->count);
		else
			f->big[f->nbig++] = rows[i];
	f->bytes = f->rest.count.ip;
	if (make_room(f, 0) == 0 && finish(f) == 0)
		return (f);
	fold_free(f);
	return (NULL);
}

uint64_t
fold_bytes(const struct fold *f)
{
	return (f->bytes);
}

const struct flow *const *
fold_rows(const struct fold *f, size_t *n)
{
	*n = f->n;
	return (f->rows);
}

void
fold_free(struct fold *f)
{
	size_t	i;

	if (f == NULL)
		return;
	for (i = 0; i < 3; i++)
		table_free(f->step[i]);
	groups_free(f->sums);
	groups_free(f->small);
	free(f->group);
	free(f->big);
	free(f->made);
	free(f->merged);
	free(f->rows);
	free(f);
}
