/*
 * Closure.  Both accounts are added up by peer, protocol and direction; ports
 * are left out, since the two may keep different ones of a row.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "table/groups.h"
#include "owner_book.h"
#include "owner_closure.h"

#define ADDR		((size_t)17)	/* family, address */
#define PEER		(ADDR + 2)	/* and protocol, sent? */
#define PAIR		(2 * ADDR + 2)	/* src, dst, protocol, flags */

/* What programs had with a peer, in one direction, and what was seen. */
struct peer {
	uint64_t		octets;
	uint64_t		claims;		/* addresses with as many */
	struct tally_count	own;		/* of addresses of this host */
};

/* For a local address, and against it: peers. */
struct votes {
	uint64_t		yes;
	uint64_t		no;
};

struct owner_closure {
	struct groups		*peers;		/* struct peer */
	struct groups		*pairs;		/* struct tally_count */
	struct groups		*locals;	/* octets of a peer, address */
	struct groups		*votes;		/* struct votes, by address */
	uint64_t		 owned;
};

struct owner_closure *
owner_closure_new(void)
{
	struct owner_closure	*c;

	if ((c = calloc(1, sizeof(*c))) == NULL)
		return (NULL);
	c->peers = groups_new(PEER, sizeof(struct peer));
	c->pairs = groups_new(PAIR, sizeof(struct tally_count));
	c->locals = groups_new(PEER + ADDR, sizeof(uint64_t));
	c->votes = groups_new(ADDR, sizeof(struct votes));
	if (c->peers == NULL || c->pairs == NULL || c->locals == NULL ||
	    c->votes == NULL) {
		owner_closure_free(c);
		errno = ENOMEM;
		return (NULL);
	}
	return (c);
}

void
owner_closure_free(struct owner_closure *c)
{
	if (c == NULL)
		return;
	groups_free(c->peers);
	groups_free(c->pairs);
	groups_free(c->locals);
	groups_free(c->votes);
	free(c);
}

/* ---- adding ---- */

static void
put_peer(uint8_t to[PEER], uint8_t family, const uint8_t addr[16],
    uint8_t proto, bool sent)
{
	to[0] = family;
	memcpy(to + 1, addr, 16);
	to[ADDR] = proto;
	to[ADDR + 1] = sent;
}

int
owner_closure_owned(struct owner_closure *c, const struct flow *f)
{
	uint8_t		 key[PEER];
	struct peer	*p;
	bool		 sent;

	c->owned += f->count.ip;
	if (owner_of_row(&f->key, &sent) == NULL)
		return (0);		/* folded: part of the excess */
	put_peer(key, f->key.family, sent ? f->key.dst : f->key.src,
	    f->key.proto, sent);
	if ((p = groups_get(c->peers, key)) == NULL)
		return (-1);
	p->octets += f->count.ip;
	return (0);
}

int
owner_closure_seen(struct owner_closure *c, const struct flow *f,
    enum flow_direction d)
{
	struct tally_count	 one = { f->count.ip, f->count.data,
				    f->count.packets, 0, 0 }, *t;
	uint8_t			 key[PAIR];

	key[0] = key[ADDR] = f->key.family;
	memcpy(key + 1, f->key.src, 16);
	memcpy(key + ADDR + 1, f->key.dst, 16);
	key[2 * ADDR] = f->key.proto;
	key[2 * ADDR + 1] = (uint8_t)(f->key.flags & FLOW_OTHER);
	if ((t = groups_get(c->pairs, key)) == NULL)
		return (-1);
	one.in = d == FLOW_IN ? f->count.ip : 0;
	one.out = d == FLOW_OUT ? f->count.ip : 0;
	tally_count_add(t, &one);
	return (0);
}

/* ---- sums ---- */

static struct peer *
find_peer(const struct owner_closure *c, const uint8_t *pair, bool sent)
{
	uint8_t	key[PEER];

	put_peer(key, pair[0], pair + (sent ? ADDR : 0) + 1, pair[2 * ADDR],
	    sent);
	return (groups_has(c->peers, key) ? groups_get(c->peers, key) : NULL);
}

/* Note what was seen of a peer of programs, with which local address. */
static int
note_seen(struct owner_closure *c, const uint8_t *pair,
    const struct tally_count *t)
{
	uint8_t		 key[PEER + ADDR];
	bool		 sent = find_peer(c, pair, true) != NULL;
	uint64_t	*octets;

	if (!sent && find_peer(c, pair, false) == NULL)
		return (0);
	put_peer(key, pair[0], pair + (sent ? ADDR : 0) + 1, pair[2 * ADDR],
	    sent);
	memcpy(key + PEER, pair + (sent ? 0 : ADDR), ADDR);
	if ((octets = groups_get(c->locals, key)) == NULL)
		return (-1);
	*octets += t->octets;
	return (0);
}

/* Vote for an address, or against. */
static int
vote(struct owner_closure *c, const uint64_t *octets)
{
	const uint8_t	*key = groups_key(c->locals, octets);
	struct peer	*p = groups_get(c->peers, key);
	struct votes	*v = groups_get(c->votes, key + PEER);

	if (p == NULL || v == NULL)
		return (-1);
	if (*octets != p->octets)
		v->no++;
	else if (p->claims == 1)
		v->yes++;
	return (0);
}

static bool
is_own(const struct owner_closure *c, const uint8_t *addr)
{
	const struct votes	*v;

	if (!groups_has(c->votes, addr))
		return (false);
	v = groups_get(c->votes, addr);
	return (v->yes > 0 && v->yes >= v->no);
}

/* Find the addresses of this host. */
static int
find_own(struct owner_closure *c, size_t *addresses)
{
	const uint64_t	*octets;
	struct peer	*p;
	size_t		 i, n = groups_count(c->locals);

	for (i = 0; i < n; i++) {
		octets = groups_at(c->locals, i);
		p = groups_get(c->peers, groups_key(c->locals, octets));
		if (p == NULL)
			return (-1);
		p->claims += p->octets == *octets;
	}
	for (i = 0; i < n; i++)
		if (vote(c, groups_at(c->locals, i)) == -1)
			return (-1);
	for (i = 0; i < groups_count(c->votes); i++)
		*addresses += is_own(c, groups_key(c->votes,
		    groups_at(c->votes, i)));
	return (0);
}

static bool
is_to_many(const uint8_t addr[ADDR])
{
	static const uint8_t	all[4] = { 255, 255, 255, 255 };

	if (addr[0] == FLOW_FAMILY_IP4)
		return ((addr[13] & 0xf0) == 0xe0 ||
		    memcmp(addr + 13, all, sizeof(all)) == 0);
	return (addr[1] == 0xff);
}

/* Divide what was seen of a pair. */
static void
divide(struct owner_closure *c, const uint8_t *pair,
    const struct tally_count *t, struct owner_closure_sums *to)
{
	bool		 sent = is_own(c, pair);
	bool		 own = sent || is_own(c, pair + ADDR);
	bool		 whole = pair[0] != FLOW_FAMILY_NONE &&
			    pair[2 * ADDR + 1] == 0;
	struct peer	*p = own && whole ? find_peer(c, pair, sent) : NULL;

	to->seen += t->octets;
	if (p != NULL)
		tally_count_add(&p->own, t);
	else if (!own && whole && to->addresses > 0 &&
	    !is_to_many(pair + ADDR))
		tally_count_add(&to->forwarded, t);
	else
		tally_count_add(&to->unowned, t);
}

/* What of the counts is beyond `octets', packets and data in proportion. */
static struct tally_count
beyond(const struct tally_count *t, uint64_t octets)
{
	struct tally_count	c = *t;
	double			share;

	c.octets -= octets;
	share = (double)c.octets / (double)t->octets;
	c.data = (uint64_t)((double)t->data * share);
	c.packets = (uint64_t)((double)t->packets * share + 0.5);
	c.in = t->in > 0 ? c.octets : 0;
	c.out = t->out > 0 && t->in == 0 ? c.octets : 0;
	return (c);
}

/* Compare what programs had with what their addresses had. */
static void
compare(const struct owner_closure *c, struct owner_closure_sums *to)
{
	const struct peer	*p;
	struct tally_count	 more;
	uint64_t		 matched = 0;
	size_t			 i;

	for (i = 0; i < groups_count(c->peers); i++) {
		p = groups_at(c->peers, i);
		if (p->own.octets > p->octets) {
			more = beyond(&p->own, p->octets);
			tally_count_add(&to->unowned, &more);
			matched += p->octets;
		} else
			matched += p->own.octets;
	}
	to->owned = c->owned;
	to->excess = c->owned - matched;
}

int
owner_closure_sum(struct owner_closure *c, struct owner_closure_sums *to)
{
	const struct tally_count	*t;
	size_t				 i, n = groups_count(c->pairs);

	memset(to, 0, sizeof(*to));
	for (i = 0; i < n; i++) {
		t = groups_at(c->pairs, i);
		if (note_seen(c, groups_key(c->pairs, t), t) == -1)
			return (-1);
	}
	if (find_own(c, &to->addresses) == -1)
		return (-1);
	for (i = 0; i < n; i++) {
		t = groups_at(c->pairs, i);
		divide(c, groups_key(c->pairs, t), t, to);
	}
	compare(c, to);
	return (0);
}
