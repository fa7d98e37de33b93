/*
 * Encodes and decodes the messages of the control protocol.  Pure functions.
 * Input is untrusted: nothing outside it is read.
 */
#include "config.h"

#include <string.h>

#include "base/endian.h"
#include "control.h"

#define REQUEST_MAGIC	0x51465254	/* "TRFQ" */
#define ANSWER_MAGIC	0x41465254	/* "TRFA" */

static const char *const names[CONTROL_COMMANDS] = {
	[CONTROL_ASK_VERSION] = "version",
	[CONTROL_ASK_STAT] = "stat",
	[CONTROL_ASK_LEDGER] = "ledger",
	[CONTROL_ASK_TABLE] = "table",
	[CONTROL_ASK_DUMP] = "dump",
	[CONTROL_ASK_SAVE] = "save",
	[CONTROL_ASK_QUIT] = "quit",
};

int
control_command_find(const char *name)
{
	int	i;

	for (i = 1; i < CONTROL_COMMANDS; i++)
		if (strcmp(names[i], name) == 0)
			return (i);
	return (-1);
}

/* ---- lists of numbers ---- */

static uint8_t *
put_numbers(uint8_t *to, const uint64_t *v, size_t n)
{
	size_t	i;

	for (i = 0; i < n; i++)
		put_le64(to + 8 * i, v[i]);
	return (to + 8 * n);
}

/* Read `have' numbers into v, which has `want': skip more, fill up with 0. */
static const uint8_t *
get_numbers(const uint8_t *from, size_t have, uint64_t *v, size_t want)
{
	size_t	i;

	for (i = 0; i < want; i++)
		v[i] = i < have ? get_le64(from + 8 * i) : 0;
	return (from + 8 * have);
}

/* ---- headers ---- */

void
control_put_request(uint8_t to[CONTROL_REQUEST_HEAD],
    const struct control_request *r)
{
	put_le32(to, REQUEST_MAGIC);
	put_le16(to + 4, CONTROL_VERSION);
	put_le16(to + 6, r->command);
	put_le32(to + 8, r->length);
	put_le32(to + 12, 0);
}

void
control_put_answer(uint8_t to[CONTROL_ANSWER_HEAD],
    const struct control_answer *a)
{
	put_le32(to, ANSWER_MAGIC);
	put_le16(to + 4, CONTROL_VERSION);
	put_le16(to + 6, a->command);
	put_le32(to + 8, (uint32_t)a->status);
	put_le32(to + 12, 0);
	put_le64(to + 16, a->length);
}

int
control_get_request(const uint8_t from[CONTROL_REQUEST_HEAD],
    struct control_request *r)
{
	r->command = get_le16(from + 6);
	r->length = get_le32(from + 8);
	return (get_le32(from) == REQUEST_MAGIC &&
	    get_le16(from + 4) == CONTROL_VERSION && get_le32(from + 12) == 0 ?
	    0 : -1);
}

int
control_get_answer(const uint8_t from[CONTROL_ANSWER_HEAD],
    struct control_answer *a)
{
	uint32_t	status = get_le32(from + 8);

	if (get_le32(from) != ANSWER_MAGIC ||
	    get_le16(from + 4) != CONTROL_VERSION || get_le32(from + 12) != 0)
		return (-1);
	a->command = get_le16(from + 6);
	a->length = get_le64(from + 16);
	/* A status that is not known here means some failure. */
	a->status = status > CONTROL_FAILED ? CONTROL_FAILED :
	    (enum control_status)status;
	return (0);
}

/* ---- bodies of a fixed length ---- */

void
control_put_version(uint8_t to[CONTROL_VERSION_BODY], uint32_t pid,
    const char *text)
{
	memset(to, 0, CONTROL_VERSION_BODY);
	put_le16(to, CONTROL_VERSION);
	put_le32(to + 4, pid);
	(void)strlcpy((char *)to + 8, text, CONTROL_VERSION_BODY - 8);
}

void
control_put_done(uint8_t to[CONTROL_DONE_BODY], const struct control_done *d)
{
	put_le64(to, d->rows);
	put_le64(to + 8, d->duration_ns);
}

int
control_get_done(const uint8_t *from, size_t len, struct control_done *d)
{
	if (len != CONTROL_DONE_BODY)
		return (-1);
	d->rows = get_le64(from);
	d->duration_ns = get_le64(from + 8);
	return (0);
}

void
control_put_ledger(uint8_t to[CONTROL_LEDGER_BODY], const struct ledger *l,
    uint64_t begin_ns, uint64_t now_ns)
{
	put_le64(to, begin_ns);
	put_le64(to + 8, now_ns);
	put_le32(to + 16, LEDGER_ENTRIES);
	put_le32(to + 20, 0);
	(void)put_numbers(to + 24, l->v, LEDGER_ENTRIES);
}

int
control_get_ledger(const uint8_t *from, size_t len, struct ledger *l,
    uint64_t *begin_ns)
{
	size_t	have;

	if (len < 24 || (have = get_le32(from + 16)) != (len - 24) / 8 ||
	    len % 8 != 0)
		return (-1);
	*begin_ns = get_le64(from);
	(void)get_numbers(from + 24, have, l->v, LEDGER_ENTRIES);
	return (0);
}

/* ---- table ---- */

static void
put_rule(uint8_t to[CONTROL_RULE], const struct control_rule *r)
{
	memset(to, 0, CONTROL_RULE);
	memcpy(to, r->src, 16);
	memcpy(to + 16, r->dst, 16);
	to[32] = r->src_bits;
	to[33] = r->dst_bits;
	put_le16(to + 34, r->port);
	to[36] = r->proto;
	to[37] = r->flags;
}

static int
get_rule(const uint8_t from[CONTROL_RULE], struct control_rule *r)
{
	memcpy(r->src, from, 16);
	memcpy(r->dst, from + 16, 16);
	r->src_bits = from[32];
	r->dst_bits = from[33];
	r->port = get_le16(from + 34);
	r->proto = from[36];
	r->flags = from[37];
	return (r->src_bits <= 128 && r->dst_bits <= 128 &&
	    r->flags <= (CONTROL_RULE_PORT | CONTROL_RULE_PROTO |
	    CONTROL_RULE_EITHER) ? 0 : -1);
}

size_t
control_put_query(uint8_t to[CONTROL_QUERY_MOST],
    const struct control_query *q)
{
	size_t	i;

	memset(to, 0, CONTROL_QUERY_HEAD);
	put_le32(to, q->top);
	to[4] = (uint8_t)q->by;
	to[5] = (uint8_t)q->order;
	put_le16(to + 6, q->flags);
	put_le16(to + 8, q->nrules);
	for (i = 0; i < q->nrules; i++)
		put_rule(to + CONTROL_QUERY_HEAD + i * CONTROL_RULE,
		    &q->rules[i]);
	return (CONTROL_QUERY_HEAD + i * CONTROL_RULE);
}

int
control_get_query(const uint8_t *from, size_t len, struct control_query *q)
{
	size_t	i;

	if (len < CONTROL_QUERY_HEAD || from[4] >= CONTROL_BYS ||
	    from[5] >= CONTROL_ORDERS)
		return (-1);
	q->top = get_le32(from);
	q->by = (enum control_by)from[4];
	q->order = (enum control_order)from[5];
	q->flags = get_le16(from + 6);
	q->nrules = get_le16(from + 8);
	if (q->nrules > CONTROL_RULES_MOST || (q->flags & ~CONTROL_SETTLED) ||
	    len != CONTROL_QUERY_HEAD + (size_t)q->nrules * CONTROL_RULE)
		return (-1);
	for (i = 0; i < q->nrules; i++)
		if (get_rule(from + CONTROL_QUERY_HEAD + i * CONTROL_RULE,
		    &q->rules[i]) == -1)
			return (-1);
	return (0);
}

static bool
same_bits(const uint8_t a[16], const uint8_t b[16], unsigned int bits)
{
	size_t	whole = bits / 8;

	if (memcmp(a, b, whole) != 0)
		return (false);
	return (bits % 8 == 0 ||
	    (a[whole] ^ b[whole]) >> (8 - bits % 8) == 0);
}

static bool
sides_match(const struct control_rule *r, const uint8_t src[16],
    const uint8_t dst[16])
{
	return (same_bits(r->src, src, r->src_bits) &&
	    same_bits(r->dst, dst, r->dst_bits));
}

static bool
rule_match(const struct control_rule *r, const struct flow_key *k)
{
	if ((r->flags & CONTROL_RULE_PORT) && k->sport != r->port &&
	    k->dport != r->port)
		return (false);
	if ((r->flags & CONTROL_RULE_PROTO) && k->proto != r->proto)
		return (false);
	return (sides_match(r, k->src, k->dst) ||
	    ((r->flags & CONTROL_RULE_EITHER) &&
	    sides_match(r, k->dst, k->src)));
}

bool
control_query_match(const struct control_query *q, const struct flow_key *k)
{
	size_t	i;

	for (i = 0; i < q->nrules; i++)
		if (rule_match(&q->rules[i], k))
			return (true);
	return (q->nrules == 0);
}

/* ---- stat ---- */

void
control_put_stat(uint8_t to[CONTROL_STAT_BODY], const struct control_stat *s)
{
	uint8_t	*p = to + 8;

	put_le16(to, CONTROL_VALUES);
	put_le16(to + 2, LEDGER_ENTRIES);
	put_le16(to + 4, PROTOSTAT_ENTRIES);
	put_le16(to + 6, CONTROL_TEXTS);
	p = put_numbers(p, s->v, CONTROL_VALUES);
	p = put_numbers(p, s->ledger.v, LEDGER_ENTRIES);
	p = put_numbers(p, s->total.v, LEDGER_ENTRIES);
	p = put_numbers(p, s->proto.v, PROTOSTAT_ENTRIES);
	memcpy(p, s->text, sizeof(s->text));
}

int
control_get_stat(const uint8_t *from, size_t len, struct control_stat *s)
{
	size_t	values, entries, counters, texts, i;

	if (len < 8)
		return (-1);
	values = get_le16(from);
	entries = get_le16(from + 2);
	counters = get_le16(from + 4);
	texts = get_le16(from + 6);
	if (len != 8 + 8 * (values + 2 * entries + counters) +
	    texts * CONTROL_TEXT_LEN)
		return (-1);
	memset(s->text, 0, sizeof(s->text));
	from = get_numbers(from + 8, values, s->v, CONTROL_VALUES);
	from = get_numbers(from, entries, s->ledger.v, LEDGER_ENTRIES);
	from = get_numbers(from, entries, s->total.v, LEDGER_ENTRIES);
	from = get_numbers(from, counters, s->proto.v, PROTOSTAT_ENTRIES);
	for (i = 0; i < texts && i < CONTROL_TEXTS; i++)
		memcpy(s->text[i], from + i * CONTROL_TEXT_LEN,
		    CONTROL_TEXT_LEN - 1);
	return (0);
}
