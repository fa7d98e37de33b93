/*
 * Answers queries about a frozen table.  Rows that match are offered to a
 * selection, which keeps all of them or, in a heap, the greatest ones.  Sums
 * are first collected in a table of their own, whose rows are then offered.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/heap.h"
#include "table_query.h"

/* Row numbers that a selection has room for at first. */
#define SELECTION_LEAST	1024

/* Row numbers of a table: all that are offered, or the greatest ones. */
struct selection {
	const struct table	*table;
	/* Or of a list by key, where row i and its like stand for a flow. */
	const struct flow	**list;
	size_t			 nlist;
	struct heap		 heap;		/* only built when full */
	size_t			 room;
	size_t			 top;		/* 0: all */
	enum control_order	 order;
};

/* ---- the greatest ---- */

static uint64_t
weight(const struct selection *s, const struct flow *f)
{
	switch (s->order) {
	case CONTROL_ORDER_DATA:
		return (f->count.data);
	case CONTROL_ORDER_PACKETS:
		return (f->count.packets);
	default:
		return (f->count.ip);
	}
}

/* Does a come before b?  If equal, the key decides: the order is fixed. */
static bool
greater(const struct selection *s, const struct flow *a, const struct flow *b)
{
	uint64_t	x = weight(s, a), y = weight(s, b);

	return (x != y ? x > y : flow_key_cmp(&a->key, &b->key) < 0);
}

/* Do the keys differ in nothing but the VLAN? */
static bool
same_flow(const struct flow_key *a, const struct flow_key *b)
{
	struct flow_key	k = *a;

	k.vlan = b->vlan;
	return (flow_key_cmp(&k, b) == 0);
}

/* Where the rows of the next flow begin in the list. */
static size_t
next_flow(const struct selection *s, size_t i)
{
	size_t	first = i;

	while (++i < s->nlist &&
	    same_flow(&s->list[first]->key, &s->list[i]->key))
		;
	return (i);
}

static struct flow
row_at(const struct selection *s, size_t i)
{
	struct flow	f;
	size_t		end;

	if (s->list == NULL)
		return (*table_row(s->table, i));
	end = next_flow(s, i);
	for (f = *s->list[i]; ++i < end;)
		flow_count_add(&f.count, &s->list[i]->count);
	return (f);
}

static bool
is_less(const void *arg, size_t a, size_t b)
{
	const struct selection	*s = arg;
	struct flow		 x = row_at(s, a), y = row_at(s, b);

	return (greater(s, &y, &x));
}

static int
grow(struct selection *s)
{
	size_t	room = s->room == 0 ? SELECTION_LEAST : 2 * s->room, *item;

	if ((item = reallocarray(s->heap.item, room, sizeof(*item))) == NULL)
		return (-1);
	s->heap.item = item;
	s->room = room;
	return (0);
}

static int
offer(struct selection *s, size_t i, const struct flow *row)
{
	struct heap	*h = &s->heap;
	struct flow	 least;

	if (s->top != 0 && h->n == s->top) {
		least = row_at(s, h->item[0]);
		if (greater(s, row, &least)) {
			h->item[0] = i;
			heap_sink(h);
		}
		return (0);
	}
	if (h->n == s->room && grow(s) == -1)
		return (-1);
	h->item[h->n++] = i;
	if (h->n == s->top)
		heap_build(h);
	return (0);
}

static int
by_key(const void *a, const void *b)
{
	const struct flow *const	*x = a, *const *y = b;

	return (flow_key_cmp(&(*x)->key, &(*y)->key));
}

/* ---- sums ---- */

/* A table of sums; flows are added to it a batch at a time. */
struct sums {
	struct table	*table;
	size_t		 n;
	struct flow	 batch[TABLE_BATCH];
};

static void
flush(struct sums *s)
{
	(void)table_add(s->table, s->batch, s->n);
	s->n = 0;
}

/*
 * Add the counts of f to the batch; the caller sets the key that is returned.
 * The data column of a sum is the IP bytes sent: all of f's if `sent', or 0.
 */
static struct flow_key *
add(struct sums *s, const struct flow *f, bool sent)
{
	struct flow	*to;

	if (s->n == TABLE_BATCH)
		flush(s);
	to = &s->batch[s->n++];
	memset(&to->key, 0, sizeof(to->key));
	to->count = f->count;
	to->count.data = sent ? f->count.ip : 0;
	return (&to->key);
}

/* A host whose address the full table lost gets the empty key. */
static void
add_host(struct sums *s, const struct flow *f, const uint8_t addr[16],
    bool sent, uint16_t folded)
{
	struct flow_key	*k = add(s, f, sent);

	if (f->key.flags & folded)
		return;
	memcpy(k->src, addr, sizeof(k->src));
	k->family = f->key.family;
}

static void
add_hosts(struct sums *s, const struct flow *f)
{
	add_host(s, f, f->key.src, true, FLOW_NO_SRC);
	add_host(s, f, f->key.dst, false, FLOW_NO_DST);
}

static void
add_pair(struct sums *s, const struct flow *f)
{
	bool		 forth = memcmp(f->key.src, f->key.dst, 16) <= 0;
	struct flow_key	*k = add(s, f, forth);

	memcpy(forth ? k->src : k->dst, f->key.src, 16);
	memcpy(forth ? k->dst : k->src, f->key.dst, 16);
	k->family = f->key.family;
}

/* Sent means: by the server.  Without ports there is no server. */
static void
add_service(struct sums *s, const struct flow *f)
{
	bool		 ports = f->key.sport != 0 || f->key.dport != 0;
	struct flow_key	*k = add(s, f, ports && flow_source_serves(&f->key));

	k->proto = f->key.proto;
	k->sport = flow_server_port(&f->key);
}

static void
add_protocol(struct sums *s, const struct flow *f)
{
	struct flow_key	*k = add(s, f, false);

	k->proto = f->key.proto;
	s->batch[s->n - 1].count.data = f->count.data;
}

static int
sum_up(struct sums *s, const struct control_query *q, const struct table *t)
{
	static void	(*const add_row[CONTROL_BYS])(struct sums *,
			    const struct flow *) = {
		[CONTROL_BY_HOST] = add_hosts,
		[CONTROL_BY_PAIR] = add_pair,
		[CONTROL_BY_SERVICE] = add_service,
		[CONTROL_BY_PROTOCOL] = add_protocol,
	};
	size_t		i, n = table_rows(t);

	s->table = table_new(2 * n < QUERY_GROUPS ? 2 * n : QUERY_GROUPS,
	    NULL);
	if (s->table == NULL)
		return (-1);
	for (i = 0; i < n; i++)
		if (control_query_match(q, &table_row(t, i)->key))
			add_row[q->by](s, table_row(t, i));
	flush(s);
	return (0);
}

/* ---- the answer ---- */

/* The rows that were chosen, by key.  The caller frees the array. */
static const struct flow **
sorted(const struct selection *s)
{
	size_t			  i, n = s->heap.n;
	const struct flow	**rows;

	if ((rows = reallocarray(NULL, n + 1, sizeof(*rows))) == NULL)
		return (NULL);
	for (i = 0; i < n; i++)
		rows[i] = table_row(s->table, s->heap.item[i]);
	qsort(rows, n, sizeof(*rows), by_key);
	return (rows);
}

/*
 * The rows of t that match q, or the `top' greatest of them, by key: *n of
 * them.  The caller frees the array.  NULL with errno.
 */
static const struct flow **
choose(const struct control_query *q, size_t top, const struct table *t,
    size_t *n)
{
	struct selection	  s = { .table = t, .top = top,
				      .order = q->order };
	const struct flow	**rows = NULL, *row;
	size_t			  i;

	*n = table_rows(t);
	if (top == 0 && q->nrules == 0)
		return (table_sorted(t));
	s.heap.before = is_less;
	s.heap.arg = &s;
	for (i = 0; i < *n; i++) {
		row = table_row(t, i);
		if (control_query_match(q, &row->key) &&
		    offer(&s, i, row) == -1)
			break;
	}
	if (i == *n)
		rows = sorted(&s);
	*n = s.heap.n;
	free(s.heap.item);
	return (rows);
}

static bool
has_vlans(const struct table *t)
{
	size_t	i, n = table_rows(t);

	for (i = 0; i < n; i++)
		if (table_row(t, i)->key.vlan != FLOW_VLAN_NONE)
			return (true);
	return (false);
}

/* The rows of the flows that were chosen from the list. */
static const struct flow **
rows_of_flows(const struct selection *s, size_t *n)
{
	const struct flow	**rows;
	size_t			  i, k, end;

	*n = 0;
	if ((rows = reallocarray(NULL, s->nlist + 1, sizeof(*rows))) == NULL)
		return (NULL);
	for (i = 0; i < s->heap.n; i++) {
		end = next_flow(s, s->heap.item[i]);
		for (k = s->heap.item[i]; k < end; k++)
			rows[(*n)++] = s->list[k];
	}
	qsort(rows, *n, sizeof(*rows), by_key);
	return (rows);
}

/*
 * As choose(), but the greatest flows, whatever VLANs they are in: the rows of
 * each of them.  The client adds these up.
 */
static const struct flow **
choose_flows(const struct control_query *q, const struct table *t, size_t *n)
{
	struct selection	  s = { .top = q->top, .order = q->order };
	const struct flow	**rows = NULL;
	struct flow		  sum;
	size_t			  i;

	if ((s.list = choose(q, 0, t, &s.nlist)) == NULL)
		return (NULL);
	s.heap.before = is_less;
	s.heap.arg = &s;
	for (i = 0; i < s.nlist; i = next_flow(&s, i)) {
		sum = row_at(&s, i);
		if (offer(&s, i, &sum) == -1)
			break;
	}
	if (i == s.nlist)
		rows = rows_of_flows(&s, n);
	free(s.heap.item);
	free(s.list);
	return (rows);
}

int64_t
query_run(const struct control_query *q, const struct table *t,
    struct block_info *info, int fd)
{
	/* Sums have no addresses that rules could match. */
	const struct control_query	  all = { .top = q->top,
					      .order = q->order };
	const struct flow		**rows = NULL;
	struct sums			 *sums = NULL;
	int64_t				  length = -1;
	size_t				  n = 0;

	if (q->by == CONTROL_BY_ROW)
		rows = q->top != 0 && has_vlans(t) ? choose_flows(q, t, &n) :
		    choose(q, q->top, t, &n);
	else {
		if ((sums = calloc(1, sizeof(*sums))) == NULL)
			return (-1);
		if (sum_up(sums, q, t) == 0)
			rows = choose(&all, q->top, sums->table, &n);
	}
	if (rows != NULL)
		length = block_write(fd, 0, info, rows, n);
	free(rows);
	if (sums != NULL)
		table_free(sums->table);
	free(sums);
	return (length);
}
