/*
 * Feeds blocks: in one transaction, notes which blocks they are, sums up their
 * rows by hour, and updates the account.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "packet/nets.h"
#include "history_impl.h"

/* The most rows of all kinds in memory before they are written: 40 MB. */
#define SUMS_ROWS	((size_t)192 * 1024)

struct history_feed {
	struct history_account	 account;
	uint32_t		 hour;		/* of the sums */
	size_t			 rows;		/* fed so far */
	struct row_sums		*sums[HISTORY_KINDS + 1];	/* by kind */
	struct nets		*local;		/* of the current block */
	struct feed_owners	*owners;
	char			 networks[BLOCK_TEXT_MAX];
};

uint32_t
history_hour(const struct block_info *b)
{
	uint64_t	length = b->end_ns > b->begin_ns ?
	    b->end_ns - b->begin_ns : 0;

	return ((uint32_t)((b->begin_ns + length / 2) / HISTORY_HOUR_NS));
}

/* ---- begin and end ---- */

static void
feed_free(struct history *h)
{
	int	k;

	if (h->feed == NULL)
		return;
	for (k = 1; k <= HISTORY_KINDS; k++)
		row_sums_free(h->feed->sums[k]);
	nets_free(h->feed->local);
	feed_owners_free(h->feed->owners);
	free(h->feed);
	h->feed = NULL;
}

/* Replace the sums by empty ones. */
static int
sums_reset(struct history_feed *f)
{
	int	k;

	for (k = 1; k <= HISTORY_KINDS; k++) {
		row_sums_free(f->sums[k]);
		if ((f->sums[k] = row_sums_new()) == NULL)
			return (-1);
	}
	return (0);
}

static int
feed_new(struct history *h)
{
	if ((h->feed = calloc(1, sizeof(*h->feed))) == NULL)
		return (-1);
	if (sums_reset(h->feed) == 0)
		return (0);
	feed_free(h);
	return (-1);
}

int
history_feed_begin(struct history *h, const char *name)
{
	int	rc;

	if (feed_new(h) == -1)
		return (history_fail(h, ENOMEM, "out of memory"));
	if (store_begin(h->store) == -1) {
		feed_free(h);
		return (-1);
	}
	rc = history_account(h, name, &h->feed->account);
	if (rc == 0)
		rc = account_new(h, name, &h->feed->account);
	if (rc == -1)
		history_feed_abort(h);
	return (rc == -1 ? -1 : 0);
}

void
history_feed_abort(struct history *h)
{
	store_abort(h->store);
	feed_free(h);
}

enum history_known
history_feed_known(struct history *h, const struct block_info *b)
{
	return (history_knows(h, &h->feed->account, b));
}

/* ---- writing the sums ---- */

static int
write_sums(struct history *h, enum history_kind kind, enum history_grain grain)
{
	const struct row_sums	*sums = h->feed->sums[kind];
	struct sorted_run	 run = { h->feed->account.id, kind, grain,
				    0, 0 };
	struct run_writer	*w;
	size_t			 i, n = row_sums_count(sums);
	int			 rc = 0;

	if (n == 0)
		return (0);
	run.period = history_period(grain, h->feed->hour);
	if (run_new(h, &run) == -1 || (w = run_begin(h, &run)) == NULL)
		return (-1);
	for (i = 0; i < n && rc == 0; i++)
		rc = run_put(w, row_sums_at(sums, i));
	return (run_end(w, rc == 0));
}

/*
 * Are rows of this hour written to that grain?  Hours get all rows.  Days and
 * months are made from hours when they are over; only rows that come after
 * that are added to them, too.
 */
static bool
has_grain(const struct history_account *a, enum history_grain grain,
    uint32_t hour)
{
	if (hour < a->kept[grain])
		return (false);
	return (grain == HISTORY_HOUR ||
	    history_period_next(grain, hour) <= a->closed);
}

static int
write_grain(struct history *h, enum history_grain grain)
{
	struct history_feed	*f = h->feed;
	int			 k;

	if (!has_grain(&f->account, grain, f->hour))
		return (0);
	for (k = 1; k <= HISTORY_KINDS; k++)
		if (write_sums(h, (enum history_kind)k, grain) == -1)
			return (-1);
	return (history_limit_runs(h, f->account.id, grain,
	    history_period(grain, f->hour)));
}

static int
flush(struct history *h)
{
	struct history_feed	*f = h->feed;
	int			 g, k;

	if (row_sums_count(f->sums[HISTORY_HOST]) == 0)
		return (0);
	for (k = 1; k <= HISTORY_KINDS; k++)
		if (row_sums_sort(f->sums[k]) == -1)
			return (history_fail(h, ENOMEM, "out of memory"));
	if (history_close_for(h, &f->account, f->hour) == -1)
		return (-1);
	for (g = HISTORY_HOUR; g <= HISTORY_MONTH; g++)
		if (write_grain(h, (enum history_grain)g) == -1)
			return (-1);
	return (sums_reset(f) == 0 ? 0 : history_fail(h, ENOMEM,
	    "out of memory"));
}

/* ---- blocks ---- */

static int
add_totals(struct history *h, uint32_t hour, const struct block_info *b)
{
	struct history_totals	block = { 0 }, sum;
	uint32_t		account = h->feed->account.id, period;
	int			g;

	block.blocks = 1;
	block.rows = b->rows;
	block.duration_ns = b->duration_ns;
	block.begin_ns = b->begin_ns;
	block.end_ns = b->end_ns;
	block.checksum = history_checksum(b);
	block.total = b->total;
	block.ledger = b->ledger;
	if (texts_put(h, b, &block.texts) == -1 ||
	    (hour >= h->feed->account.kept[HISTORY_HOUR] &&
	    block_put(h, account, hour, &block) == -1))
		return (-1);
	for (g = HISTORY_HOUR; g <= HISTORY_MONTH; g++) {
		if (hour < h->feed->account.kept[g])
			continue;
		period = history_period((enum history_grain)g, hour);
		if (totals_get(h, account, (enum history_grain)g, period,
		    &sum) == -1)
			return (-1);
		totals_add(&sum, &block);
		if (totals_put(h, account, (enum history_grain)g, period,
		    &sum) == -1)
			return (-1);
	}
	return (0);
}

/* Set the networks that were local when the block was made, as traflog does. */
static int
set_local(struct history_feed *f, const struct block_info *b)
{
	if (f->local != NULL && strcmp(f->networks, b->networks) == 0)
		return (0);
	nets_free(f->local);
	if ((f->local = nets_recorded(b->networks)) == NULL)
		return (-1);
	(void)strlcpy(f->networks, b->networks, sizeof(f->networks));
	return (0);
}

int
history_feed_block(struct history *h, const struct block_info *b)
{
	struct history_account	*a = &h->feed->account;
	uint32_t		 hour = history_hour(b);

	if (hour != h->feed->hour && flush(h) == -1)
		return (-1);
	h->feed->hour = hour;
	h->blocks_fed++;
	if (!a->any || hour < a->first)
		a->first = hour;
	if (!a->any || hour > a->last)
		a->last = hour;
	a->any = true;
	if (set_local(h->feed, b) == -1)
		return (history_fail(h, ENOMEM, "out of memory"));
	if (known_add(h, a, b) == -1 || feed_owners_block(h, a->id,
	    &h->feed->owners, b->owners, hour) == -1)
		return (-1);
	return (add_totals(h, hour, b));
}

int
history_feed_interfaces(struct history *h, const struct owners *from)
{
	return (feed_owners_interfaces(h, h->feed->account.id,
	    &h->feed->owners, from));
}

static int
add_row(struct row_sums *sums, const struct history_row *row)
{
	struct history_row	*to = row_sums_row(sums, row);

	if (to == NULL)
		return (-1);
	history_row_add(to, row);
	return (0);
}

static int
add_hosts(struct row_sums *hosts, const struct flow *flow,
    const struct history_row *sides)
{
	struct history_row	d = *sides, s = *sides;

	history_subject_dst(&d, &flow->key);
	d.count[HISTORY_IN] = flow->count;
	history_subject_src(&s, &flow->key);
	if (history_subject_cmp(&s, &d) == 0) {
		d.count[HISTORY_OUT] = d.count[HISTORY_SELF] = flow->count;
		return (add_row(hosts, &d));
	}
	s.count[HISTORY_OUT] = flow->count;
	return (add_row(hosts, &d) == -1 ? -1 : add_row(hosts, &s));
}

static int
add_vlan(struct row_sums *vlans, const struct flow *flow,
    const struct history_row *sides)
{
	struct history_row	row = *sides;

	history_subject_vlan(&row, &flow->key);
	row.count[0] = flow->count;
	return (add_row(vlans, &row));
}

static int
add_flow(struct history_feed *f, const struct flow *flow)
{
	struct history_row	sides = { .len = 0 }, row;
	enum flow_direction	d = nets_direction(f->local, &flow->key);

	if (d == FLOW_IN)
		sides.in = flow->count.ip;
	if (d == FLOW_OUT)
		sides.out = flow->count.ip;
	if (add_hosts(f->sums[HISTORY_HOST], flow, &sides) == -1)
		return (-1);
	row = sides;
	row.count[0] = flow->count;
	history_subject_service(&row, &flow->key);
	if (add_row(f->sums[HISTORY_SERVICE], &row) == -1)
		return (-1);
	if (flow->key.vlan != FLOW_VLAN_NONE &&
	    add_vlan(f->sums[HISTORY_VLAN], flow, &sides) == -1)
		return (-1);
	memset(&row, 0, sizeof(row));
	row.count[history_subject_pair(&row, &flow->key)] = flow->count;
	return (add_row(f->sums[HISTORY_PAIR], &row));
}

static bool
is_full(const struct history_feed *f)
{
	return (row_sums_count(f->sums[HISTORY_HOST]) +
	    row_sums_count(f->sums[HISTORY_SERVICE]) +
	    row_sums_count(f->sums[HISTORY_PAIR]) >= SUMS_ROWS);
}

int
history_feed_rows(struct history *h, const struct flow *rows, size_t n)
{
	struct flow	row;
	size_t		i;

	h->feed->rows += n;
	for (i = 0; i < n; i++) {
		if (is_full(h->feed) && flush(h) == -1)
			return (-1);
		row = rows[i];
		feed_owners_row(h->feed->owners, &row);
		if (add_flow(h->feed, &row) == -1)
			return (history_fail(h, ENOMEM, "out of memory"));
	}
	return (0);
}

/* How many rows this feed may read to close periods that are over. */
static size_t
close_rows(const struct history *h)
{
	return (h->blocks_fed > h->close_blocks ? SIZE_MAX :
	    h->close_rows + h->close_rows_each * h->feed->rows);
}

int
history_feed_commit(struct history *h, const struct blocks_mark *place)
{
	struct history_account	*a = &h->feed->account;
	int			 rc;

	if (place != NULL)
		a->place = *place;
	rc = flush(h);
	if (rc == 0)
		rc = roll_up_periods(h, a, close_rows(h));
	if (rc == 0)
		rc = account_put(h, a);
	if (rc == -1) {
		history_feed_abort(h);
		return (-1);
	}
	feed_free(h);
	return (store_commit(h->store));
}
