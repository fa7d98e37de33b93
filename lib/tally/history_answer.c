/*
 * Answers a question by rows of the history.  The keys of a table decide which
 * kind of rows it needs.  A condition on addresses needs the rows of pairs of
 * hosts, except that totals of one host need only its own row.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "query/where.h"
#include "history_answer.h"
#include "history_segment.h"
#include "history_source.h"
#include "history_top.h"

struct answering {
	struct history			*h;
	const struct history_account	*a;
	const struct question		*q;
	struct tally			*t;
	bool				 pairs;		/* read these only */
	const struct history_row	*host;		/* its row only */
	struct history_row		 host_row;
	size_t				 table;		/* the current one */
	struct tops			*tops;		/* of it, or NULL */
	struct tally_count		 total;
	struct tally_count		 untagged; /* the rest of it */
	bool				 any;
	uint64_t			 blocks;	/* of the segment */
	uint64_t			 number;	/* of its last block */
	struct history_answered		*answered;
	bool				 alone;	/* this segment has all hosts */
	uint64_t			 texts;
};

static bool
cannot(char why[HISTORY_WHY_LEN], const char *text)
{
	(void)snprintf(why, HISTORY_WHY_LEN, "%s", text);
	return (false);
}

/* ---- kinds of rows ---- */

/* Choose the rows to read; false, with why, if no kind has all keys. */
static bool
choose(struct answering *w, char why[HISTORY_WHY_LEN])
{
	const struct question	*q = w->q;
	struct flow_key		 k;

	if (q->permille > 0 || question_has_key(q, "block"))
		return (cannot(why, "it does not store single blocks"));
	if (question_has_key(q, "minute"))
		return (cannot(why, "it stores hours, not minutes"));
	if (sources_have(q, FROM_FILES))
		return (cannot(why, "it does not store these keys together"));
	if (q->where != NULL && !where_is_addresses(q->where))
		return (cannot(why, "it supports conditions on addresses "
		    "only"));
	if (q->where != NULL && !q->in && !q->out && q->local == NULL &&
	    sources_within(q, FROM_TOTALS) && where_is_host(q->where, &k)) {
		history_subject_src(&w->host_row, &k);
		w->host = &w->host_row;
		return (true);
	}
	w->pairs = q->where != NULL || q->in || q->out || q->local != NULL ||
	    sources_have(q, FROM_PAIRS);
	if (w->pairs && !sources_within(q, FROM_PAIRS))
		return (cannot(why, sources_have(q, FROM_VLANS) ?
		    "it does not store VLANs per address" :
		    "it does not store services per address"));
	return (true);
}

bool
history_can_answer(const struct history_account *a, const struct question *q,
    char why[HISTORY_WHY_LEN])
{
	struct answering	w = { .a = a, .q = q };

	return (choose(&w, why) &&
	    segments_are_kept(a, q, why, HISTORY_WHY_LEN));
}

/* ---- blocks ---- */

/* Add a block, or the sum of the blocks of a period as if it were one. */
static int
add_block(void *arg, const struct history_totals *t)
{
	struct answering	*w = arg;
	struct block_info	 b;
	int			 rc;

	memset(&b, 0, sizeof(b));
	b.kind = BLOCK_SAVE;
	b.begin_ns = t->begin_ns;
	b.end_ns = t->end_ns;
	b.duration_ns = t->duration_ns;
	b.rows = t->rows;
	b.total = t->total;
	b.ledger = t->ledger;
	if (history_texts(w->h, t->texts, &b) == -1)
		return (-1);
	if (w->blocks > 0 && w->texts != t->texts)
		w->texts = HISTORY_MANY_TEXTS;
	else
		w->texts = t->texts;
	w->blocks += t->blocks;
	w->number++;
	rc = t->blocks > 1 ? tally_sum(w->t, &b, w->number,
	    t->texts != HISTORY_MANY_TEXTS) :
	    tally_block(w->t, &b, w->number);
	if (rc == 1)
		w->answered->blocks += t->blocks;
	return (rc == -1 ? -1 : 0);
}

/* Add pruned periods, which have only sums, and then single blocks. */
static int
add_blocks(struct answering *w, struct history_range s)
{
	struct history_totals	t;
	struct history_range	r;
	enum history_grain	grain;

	w->blocks = 0;
	while (s.from < s.until && s.from < w->a->kept[HISTORY_HOUR]) {
		grain = s.from < w->a->kept[HISTORY_DAY] ? HISTORY_MONTH :
		    HISTORY_DAY;
		r.from = s.from;
		s.from = r.until = history_period_next(grain, s.from);
		if (history_total(w->h, w->a, r, &t) == -1 ||
		    (t.blocks > 0 && add_block(w, &t) == -1))
			return (-1);
	}
	return (history_blocks(w->h, w->a, s, add_block, w));
}

/* ---- rows ---- */

static void
add_count(struct tally_count *c, const struct flow_count *f, uint64_t sign)
{
	c->octets += sign * f->ip;
	c->data += sign * f->data;
	c->packets += sign * f->packets;
}

/* The octets of the table's keys for a flow. */
static void
key_octets(const struct question_table *t, const struct flow_key *f,
    uint8_t *to)
{
	size_t	i;

	for (i = 0; i < t->nkeys; i++)
		if (!key_is_time(&t->key[i])) {
			t->key[i].ops->row(&t->key[i], f, false, to);
			to += t->key[i].ops->width;
		}
}

static int
add_group(struct answering *w, enum history_kind kind,
    const struct history_row *row, const struct tally_count *c)
{
	uint8_t		octets[QUESTION_KEYS_MAX * KEY_WIDTH_MAX];
	struct flow	f[2];

	(void)history_flows(kind, row, f);
	key_octets(&w->q->table[w->table], &f[0].key, octets);
	if (w->tops == NULL)
		return (tally_add(w->t, w->table, octets, c));
	return (tops_add(w->tops, octets, c));
}

static struct tally_count
count_of_host(const struct history_row *row)
{
	struct tally_count	c = { 0 };

	add_count(&c, &row->count[HISTORY_IN], 1);
	add_count(&c, &row->count[HISTORY_OUT], 1);
	add_count(&c, &row->count[HISTORY_SELF], UINT64_MAX);
	return (c);
}

static int
on_host(void *arg, const struct history_row *row)
{
	struct tally_count	c = count_of_host(row);
	struct flow		f[2];

	/* An owner is no host. */
	(void)history_flows(HISTORY_HOST, row, f);
	if (owner_is(f[0].key.src) && f[0].key.family != FLOW_FAMILY_NONE)
		return (0);
	c.in = row->count[HISTORY_IN].ip;
	c.out = row->count[HISTORY_OUT].ip;
	return (add_group(arg, HISTORY_HOST, row, &c));
}

static int
on_service(void *arg, const struct history_row *row)
{
	struct tally_count	c = { 0 };

	add_count(&c, &row->count[0], 1);
	c.in = row->in;
	c.out = row->out;
	return (add_group(arg, HISTORY_SERVICE, row, &c));
}

static int
on_vlan(void *arg, const struct history_row *row)
{
	struct answering	*w = arg;
	struct tally_count	 c = { 0 };

	add_count(&c, &row->count[0], 1);
	add_count(&w->untagged, &row->count[0], UINT64_MAX);
	c.in = row->in;
	c.out = row->out;
	w->untagged.in -= row->in;
	w->untagged.out -= row->out;
	return (add_group(w, HISTORY_VLAN, row, &c));
}

/* Add to the total: the rows of all services, or those of one host. */
static int
on_total(void *arg, const struct history_row *row)
{
	struct answering	*w = arg;
	struct tally_count	 c = { 0 };

	if (w->host != NULL)
		c = count_of_host(row);
	else
		add_count(&c, &row->count[0], 1);
	w->total.octets += c.octets;
	w->total.data += c.data;
	w->total.packets += c.packets;
	w->total.in += row->in;
	w->total.out += row->out;
	w->any = true;
	return (0);
}

static int
on_pair(void *arg, const struct history_row *row)
{
	struct answering	*w = arg;
	struct flow		 f[2];
	unsigned		 n = history_flows(HISTORY_PAIR, row, f);

	return (tally_rows(w->t, f, n));
}

static int
add_totals(struct answering *w, struct history_range s)
{
	size_t	i;

	memset(&w->total, 0, sizeof(w->total));
	w->any = false;
	if (history_each(w->h, w->a, w->host != NULL ? HISTORY_HOST :
	    HISTORY_SERVICE, s, w->host, on_total, w) == -1)
		return (-1);
	if (!w->any)
		return (0);
	for (i = 0; i < w->q->ntables; i++)
		if (source_of_table(&w->q->table[i]) == FROM_TOTALS &&
		    tally_add(w->t, i, (const uint8_t *)"", &w->total) == -1)
			return (-1);
	return (tally_add_total(w->t, &w->total));
}

/* A month may have very many hosts: keep only those that --top asks for. */
static int
add_hosts(struct answering *w, struct history_range s)
{
	int	rc;

	if (!w->alone || !tops_fit(w->t, w->q, w->table,
	    w->answered->networks))
		return (history_each(w->h, w->a, HISTORY_HOST, s, NULL, on_host,
		    w));
	if ((w->tops = tops_new(w->t, w->q, w->table,
	    w->answered->hosts)) == NULL)
		return (-1);
	rc = history_each_once(w->h, w->a, HISTORY_HOST, s, on_host, w);
	if (rc == 0)
		rc = tops_tell(w->tops);
	tops_free(w->tops);
	w->tops = NULL;
	return (rc);
}

/* What has no tag is what is left of the total. */
static int
add_vlans(struct answering *w, struct history_range s)
{
	uint8_t			octets[QUESTION_KEYS_MAX * KEY_WIDTH_MAX];
	struct flow_key		none = { .vlan = FLOW_VLAN_NONE };

	w->untagged = w->total;
	if (history_each(w->h, w->a, HISTORY_VLAN, s, NULL, on_vlan, w) == -1)
		return (-1);
	if (w->untagged.packets == 0 && w->untagged.octets == 0)
		return (0);
	key_octets(&w->q->table[w->table], &none, octets);
	return (tally_add(w->t, w->table, octets, &w->untagged));
}

static int
add_rows(struct answering *w, struct history_range s)
{
	enum source	from;
	int		rc;

	if (w->pairs)
		return (history_each(w->h, w->a, HISTORY_PAIR, s, NULL,
		    on_pair, w));
	rc = add_totals(w, s);
	for (w->table = 0; w->table < w->q->ntables && rc == 0; w->table++) {
		from = source_of_table(&w->q->table[w->table]);
		if (from == FROM_HOSTS)
			rc = add_hosts(w, s);
		else if (from == FROM_SERVICES)
			rc = history_each(w->h, w->a, HISTORY_SERVICE, s,
			    NULL, on_service, w);
		else if (from == FROM_VLANS)
			rc = add_vlans(w, s);
	}
	return (rc);
}

/* ---- split hours ---- */

/* Do all blocks of an hour belong to the same periods? */
struct instants {
	const struct question	*q;
	uint8_t			 first[SEGMENT_OCTETS_MAX];
	bool			 in_period;	/* is the first block in it? */
	bool			 any;
	bool			 differ;
	struct history_torn	 torn;		/* the blocks asked for */
};

static int
look_at_instant(void *arg, const struct history_totals *t)
{
	struct instants	*i = arg;
	uint64_t	 ns = question_instant(t->begin_ns, t->end_ns);
	bool		 in = question_in_period(i->q, t->begin_ns,
				    t->end_ns);
	uint8_t		 at[SEGMENT_OCTETS_MAX];
	size_t		 n = segment_octets(i->q, ns, at);

	if (!i->any) {
		memcpy(i->first, at, n);
		i->in_period = in;
	} else if (in != i->in_period || memcmp(i->first, at, n) != 0)
		i->differ = true;
	i->any = true;
	if (in) {
		i->torn.blocks++;
		i->torn.checksum += t->checksum;
	}
	return (0);
}

/* Record the hour: the caller must supply its rows from the save files. */
static int
leave(struct history_answered *answered, const struct history_torn *torn)
{
	struct history_torn	*list;

	list = reallocarray(answered->torn, answered->ntorn + 1,
	    sizeof(*list));
	if (list == NULL)
		return (-1);
	answered->torn = list;
	list[answered->ntorn++] = *torn;
	return (0);
}

/* 1: the hour is not split, answer it as others; 0: done; -1 with errno. */
static int
try_torn(struct answering *w, struct history_range s)
{
	struct instants	i = { .q = w->q, .torn.hour = s.from };

	if (history_blocks(w->h, w->a, s, look_at_instant, &i) == -1)
		return (-1);
	if (!i.differ)
		return (i.any && i.in_period);
	w->blocks = 0;
	if (history_blocks(w->h, w->a, s, add_block, w) == -1)
		return (-1);
	return (leave(w->answered, &i.torn));
}

/* ---- segments ---- */

/* 1: answered; 0: not possible, with why; -1 with errno. */
static int
answer_segment(struct answering *w, struct history_range s,
    char why[HISTORY_WHY_LEN])
{
	int	rc;

	if (segment_is_torn(w->q, s.from) && (rc = try_torn(w, s)) != 1)
		return (rc == 0 ? 1 : -1);
	if (add_blocks(w, s) == -1)
		return (-1);
	if (w->blocks == 0)
		return (1);
	if (w->pairs && w->q->local == NULL &&
	    w->texts == HISTORY_MANY_TEXTS)
		return (cannot(why, "the networks of the interface changed "
		    "in that time"));
	w->answered->grains |= history_grains(w->a, s);
	return (add_rows(w, s) == -1 ? -1 : 1);
}

/* Names of the owners in rows of this account, if it has any. */
static int
add_owners(struct answering *w)
{
	struct owners	*o;
	int		 rc = history_owners(w->h, w->a, &o);

	if (rc == 1)
		rc = tally_owners(w->t, o);
	owners_free(o);
	return (rc == -1 ? -1 : 0);
}

int
history_answer(struct history *h, const struct history_account *a,
    const struct question *q, struct tally *t, struct history_answered *out,
    char why[HISTORY_WHY_LEN])
{
	struct answering	w = { .h = h, .a = a, .q = q, .t = t,
				    .answered = out };
	struct history_range	r = segments_of(a, q), all, s;
	int			rc = 1;

	if (!choose(&w, why))
		return (0);
	if (add_owners(&w) == -1 || segments_skip(h, a, &r) == -1)
		return (-1);
	for (all = r; rc == 1 && segment_next(q, &r, &s);) {
		w.alone = (!out->rest || out->hosts != NULL) &&
		    s.from == all.from &&
		    s.until == all.until;
		rc = answer_segment(&w, s, why);
		if (rc == 1 && segments_skip(h, a, &r) == -1)
			rc = -1;
	}
	return (rc);
}

void
history_answered_free(struct history_answered *answered)
{
	free(answered->torn);
	answered->torn = NULL;
	answered->ntorn = 0;
}
