/*
 * Counting, what blocks say about themselves: when they were, what they lack,
 * what was local, and to which periods they belong.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "packet/nets.h"
#include "packet/pace.h"
#include "device_map.h"
#include "owner_book.h"
#include "tally_impl.h"

static uint64_t
duration_of(const struct block_info *b)
{
	if (b->duration_ns > 0)
		return (b->duration_ns);
	return (b->end_ns > b->begin_ns ? b->end_ns - b->begin_ns : 0);
}

static struct period
times_of(const struct block_info *b)
{
	struct period	p = { .duration_ns = duration_of(b) };

	p.accounted_ns = pace_accounted(b->end_ns > b->begin_ns ?
	    b->end_ns - b->begin_ns : 0, b->duration_ns, &b->ledger);
	return (p);
}

static void
add_times(struct period *to, const struct period *p)
{
	to->duration_ns += p->duration_ns;
	to->accounted_ns += p->accounted_ns;
}

void *
tally_grow(void *list, size_t n, size_t size)
{
	if (n != 0 && (n < 16 || (n & (n - 1)) != 0))
		return (list);
	return (reallocarray(list, n == 0 ? 16 : n * 2, size));
}

static int
add_hole(struct tally *t, const struct hole *h)
{
	struct hole	*holes;

	holes = tally_grow(t->holes, t->nholes, sizeof(*holes));
	if (holes == NULL)
		return (-1);
	t->holes = holes;
	t->holes[t->nholes++] = *h;
	return (0);
}

/* What is missing between the last block and this one. */
static int
note_absence(struct tally *t, const struct block_info *b)
{
	struct hole	h = { .what = "no block" };

	if (t->nblocks == 0 || b->begin_ns < t->last_end_ns + NS_PER_S)
		return (0);
	h.begin_ns = t->last_end_ns;
	h.end_ns = b->begin_ns;
	h.away_ns = h.end_ns - h.begin_ns;
	return (add_hole(t, &h));
}

/* Something in this block: packets, or a time in which there were none. */
static int
note_loss(struct tally *t, const struct block_info *b, const char *what,
    uint64_t packets, uint64_t away_ns)
{
	struct hole	h = { .begin_ns = b->begin_ns, .end_ns = b->end_ns,
			    .packets = packets, .away_ns = away_ns,
			    .what = what };

	return (packets == 0 && away_ns == 0 ? 0 : add_hole(t, &h));
}

/* What this block itself lacks. */
static int
note_losses(struct tally *t, const struct block_info *b)
{
	const struct ledger	*l = &b->ledger;
	uint64_t		 down = l->v[LEDGER_DOWN_NS];
	uint64_t		 asleep = l->v[LEDGER_SUSPENDED_NS];
	uint64_t		 away = l->v[LEDGER_AWAY_NS];
	uint64_t		 gap = l->v[LEDGER_GAP_NS];

	/* Older blocks do not say why. */
	gap -= down + asleep + away <= gap ? down + asleep + away : gap;
	return (note_loss(t, b, "dropped", ledger_dropped(l), 0) == -1 ||
	    note_loss(t, b, "no trafd running", 0, down) == -1 ||
	    note_loss(t, b, "machine suspended", 0, asleep) == -1 ||
	    note_loss(t, b, "interface missing", 0, away) == -1 ||
	    note_loss(t, b, "not counted", 0, gap) == -1 ? -1 : 0);
}

/* Blocks of BPFT's layouts do not say. */
static bool
is_other(const char *first, const char *name)
{
	return (first[0] != '\0' && name[0] != '\0' &&
	    strcmp(first, name) != 0);
}

/* Of which interface and host is it? */
static void
note_origin(struct tally *t, const struct block_info *b)
{
	if (t->nblocks == 0) {
		t->first = *b;
		t->begin_ns = b->begin_ns;
		if (t->q->devices != NULL)
			device_map_set_local(t->q->devices, b->networks);
		return;
	}
	if (is_other(t->first.ifname, b->ifname) ||
	    is_other(t->first.host, b->host))
		t->several = true;
	if (t->first.ifname[0] == '\0')
		(void)strlcpy(t->first.ifname, b->ifname,
		    sizeof(t->first.ifname));
	if (t->first.host[0] == '\0')
		(void)strlcpy(t->first.host, b->host, sizeof(t->first.host));
}

static int
note_block(struct tally *t, const struct block_info *b)
{
	struct period	times = times_of(b);

	if (note_absence(t, b) == -1 || note_losses(t, b) == -1)
		return (-1);
	note_origin(t, b);
	t->any = t->any || b->total.packets > 0;
	t->unknown = t->unknown || block_is_guess(b);
	if (t->nblocks > 0 && b->begin_ns + NS_PER_S < t->last_end_ns)
		t->overlap = true;
	if (b->begin_ns < t->begin_ns)
		t->begin_ns = b->begin_ns;
	if (b->end_ns > t->end_ns)
		t->end_ns = b->end_ns;
	t->last_end_ns = b->end_ns;
	add_times(&t->whole, &times);
	t->duration_ns = t->whole.duration_ns;
	ledger_add(&t->ledger, &b->ledger);
	t->nblocks++;
	return (0);
}

/* What was local when the block was made. */
static int
set_local(struct tally *t, const struct block_info *b)
{
	if ((t->local = t->q->local) != NULL)
		return (0);
	if (t->recorded == NULL || strcmp(t->networks, b->networks) != 0) {
		nets_free(t->recorded);
		if ((t->recorded = nets_recorded(b->networks)) == NULL)
			return (-1);
		strlcpy(t->networks, b->networks, sizeof(t->networks));
	}
	t->local = t->recorded;
	return (0);
}

void
tally_time_octets(const struct tally_table *t, const uint8_t *key,
    uint8_t to[TALLY_WIDTH_MAX])
{
	const struct key	*k = t->asked->key;
	size_t			 i, n = 0;

	for (i = 0; i < t->asked->nkeys; i++)
		if (key_is_time(&k[i])) {
			memcpy(to + n, key + t->offset[i], k[i].ops->width);
			n += k[i].ops->width;
		}
}

/* Is the block longer than the period that it is counted in? */
static bool
is_longer(const struct key *k, const struct key_block *b)
{
	enum calendar_grain	grain = k->ops->columns[0].grain;
	struct calendar_period	p;

	if (grain == CALENDAR_INSTANT)
		return (false);
	calendar_period(grain, b->instant_ns, &p);
	return (b->end_ns > b->begin_ns &&
	    b->end_ns - b->begin_ns > p.end_ns - p.begin_ns);
}

static int
table_block(struct tally_table *t, const struct key_block *b,
    const struct period *times, bool *longer)
{
	const struct key	*k = t->asked->key;
	uint8_t			 octets[TALLY_WIDTH_MAX];
	size_t			 i;

	for (i = 0; i < t->asked->nkeys; i++)
		if (key_is_time(&k[i])) {
			k[i].ops->block(&k[i], b, t->key[0] + t->offset[i]);
			k[i].ops->block(&k[i], b, t->key[1] + t->offset[i]);
			*longer = *longer || is_longer(&k[i], b);
		}
	t->last[0] = t->last[1] = NULL;
	tally_time_octets(t, t->key[0], octets);
	if ((t->period = groups_get(t->periods, octets)) == NULL)
		return (-1);
	add_times(t->period, times);
	return (0);
}

/* For percentiles: of which period a block is, and how long. */
static int
note_period(struct tally_table *t, size_t block)
{
	struct period	**of_block;

	of_block = tally_grow(t->of_block, block, sizeof(*of_block));
	if (of_block == NULL)
		return (-1);
	t->of_block = of_block;
	t->of_block[block] = t->period;
	return (0);
}

static int
note_span(struct tally *t, const struct block_info *b)
{
	struct tally_span	*spans;
	size_t			 i;

	spans = tally_grow(t->spans, t->nblocks, sizeof(*spans));
	if (spans == NULL)
		return (-1);
	t->spans = spans;
	t->spans[t->nblocks].begin_ns = b->begin_ns;
	t->spans[t->nblocks].duration_ns = duration_of(b);
	for (i = 0; i < t->q->ntables; i++)
		if (note_period(&t->table[i], t->nblocks) == -1)
			return (-1);
	return (0);
}

/* Set what its rows belong to.  The times are 0 if they were added before. */
static int
begin_block(struct tally *t, const struct block_info *b, uint64_t number,
    const struct period *times, bool count_longer)
{
	struct key_block	k = { number, b->begin_ns, b->end_ns, 0 };
	bool			longer;
	size_t			i;

	k.instant_ns = question_instant(b->begin_ns, b->end_ns);
	if (b->owners != NULL && tally_owners(t, b->owners) == -1)
		return (-1);
	for (i = 0; i < t->q->ntables; i++) {
		longer = false;
		if (table_block(&t->table[i], &k, times, &longer) == -1)
			return (-1);
		t->table[i].longer += longer && count_longer;
	}
	return (set_local(t, b));
}

static int
add_block(struct tally *t, const struct block_info *b, uint64_t number,
    bool single)
{
	struct period	times = times_of(b);

	if (!question_in_period(t->q, b->begin_ns, b->end_ns))
		return (0);
	if (begin_block(t, b, number, &times, single) == -1 ||
	    (t->q->permille > 0 && note_span(t, b) == -1) ||
	    note_block(t, b) == -1)
		return (-1);
	return (1);
}

int
tally_owners(struct tally *t, const struct owners *o)
{
	t->owned = true;
	return (t->q->book == NULL ? 0 : owner_book_add(t->q->book, o));
}

bool
tally_has_owners(const struct tally *t)
{
	return (t->owned);
}

bool
tally_has_rows(const struct tally *t)
{
	return (t->any);
}

int
tally_block(struct tally *t, const struct block_info *b, uint64_t number)
{
	return (add_block(t, b, number, true));
}

int
tally_sum(struct tally *t, const struct block_info *b, uint64_t number,
    bool alike)
{
	bool	unknown = t->unknown;
	int	rc = add_block(t, b, number, false);

	/* Such a sum has no networks because its blocks have several. */
	if (!alike)
		t->unknown = unknown;
	return (rc);
}

int
tally_again(struct tally *t, const struct block_info *b, uint64_t number)
{
	static const struct period	counted = { .duration_ns = 0 };

	if (!question_in_period(t->q, b->begin_ns, b->end_ns))
		return (0);
	return (begin_block(t, b, number, &counted, false) == -1 ? -1 : 1);
}

void
tally_damaged(struct tally *t)
{
	t->damaged++;
}

void
tally_interrupted(struct tally *t)
{
	t->interrupted = true;
}
