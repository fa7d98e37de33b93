/*
 * Compiles the tree of an expression to a program and runs it.  Each test
 * names the next test for either result, so that a row is decided without a
 * stack and by as few tests as possible.
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names/names.h"
#include "packet/nets.h"
#include "where_impl.h"

/*
 * Emit the tests of node i, after those that follow it (yes, no), and return
 * the number of the first.  Chains of one operator lean to the left and are
 * handled by the loop, so recursion is as deep as the parentheses.
 */
static uint16_t
emit(struct where *w, const struct where_tree *t, uint16_t i, uint16_t yes,
    uint16_t no)
{
	const struct where_node	*n;

	for (;;) {
		n = &t->node[i];
		if (n->op == WHERE_TEST)
			break;
		if (n->op == WHERE_AND)
			yes = emit(w, t, n->right, yes, no);
		else if (n->op == WHERE_OR)
			no = emit(w, t, n->right, yes, no);
		else {
			uint16_t	swap = yes;

			yes = no;
			no = swap;
		}
		i = n->left;
	}
	w->test[w->n] = n->test;
	w->test[w->n].yes = yes;
	w->test[w->n].no = no;
	return ((uint16_t)w->n++);
}

static void
free_tree(struct where_tree *t)
{
	size_t	i;

	for (i = 0; i < t->n; i++) {
		nets_free(t->node[i].test.nets);
		free(t->node[i].test.word);
	}
	free(t);
}

struct where *
where_new(const char *text, char *err, size_t errlen)
{
	struct where_tree	*t = calloc(1, sizeof(*t));
	struct where		*w = NULL;

	if (t == NULL) {
		(void)snprintf(err, errlen, "%s", strerror(errno));
		return (NULL);
	}
	if (where_parse(text, t, err, errlen) == -1) {
		free_tree(t);
		return (NULL);
	}
	w = calloc(1, sizeof(*w) + t->n * sizeof(w->test[0]));
	if (w == NULL) {
		(void)snprintf(err, errlen, "%s", strerror(errno));
		free_tree(t);
		return (NULL);
	}
	w->start = emit(w, t, t->root, WHERE_ACCEPT, WHERE_REJECT);
	free(t);		/* the program owns the sets now */
	return (w);
}

void
where_free(struct where *w)
{
	size_t	i;

	if (w == NULL)
		return;
	for (i = 0; i < w->n; i++) {
		nets_free(w->test[i].nets);
		free(w->test[i].word);
	}
	free(w);
}

/* ---- tests ---- */

static bool
within(const struct where_test *t, uint64_t v)
{
	return (t->low <= v && v <= t->high);
}

/* An address that was dropped from a row is in no network, nor is an owner. */
static bool
test_net(const struct where_test *t, const struct flow_key *k)
{
	if (t->side != WHERE_DST && !(k->flags & FLOW_NO_SRC) &&
	    !owner_is(k->src) && nets_contains(t->nets, k->family, k->src))
		return (true);
	return (t->side != WHERE_SRC && !(k->flags & FLOW_NO_DST) &&
	    !owner_is(k->dst) && nets_contains(t->nets, k->family, k->dst));
}

static bool
test_port(const struct where_test *t, const struct flow_key *k)
{
	if ((k->flags & (FLOW_NO_PORTS | FLOW_NO_PROTO)) ||
	    flow_is_other(k) || !names_has_ports(k->proto))
		return (false);
	if (t->side != WHERE_DST && !(k->flags & FLOW_SPORT_CLIENT) &&
	    within(t, k->sport))
		return (true);
	return (t->side != WHERE_SRC && !(k->flags & FLOW_DPORT_CLIENT) &&
	    within(t, k->dport));
}

static bool
test_count(const struct where_test *t, const struct flow_count *c)
{
	uint64_t	v;

	memcpy(&v, (const char *)c + t->counter, sizeof(v));
	return (within(t, v) != t->negate);
}

static bool
is_owner(const struct where_test *t, const uint8_t *addr,
    const struct owners *names)
{
	const struct owner	*o;

	return (owner_is(addr) && (o = owners_find(names, addr)) != NULL &&
	    owner_like(o, t->part, t->word));
}

static bool
test_owner(const struct where_test *t, const struct flow_key *k,
    const struct where_owners *o)
{
	if (o != NULL && o->owner != NULL)
		return (owner_like(o->owner, t->part, t->word));
	if (o == NULL || o->names == NULL || k->family == FLOW_FAMILY_NONE)
		return (false);
	return ((!(k->flags & FLOW_NO_SRC) && is_owner(t, k->src,
	    o->names)) ||
	    (!(k->flags & FLOW_NO_DST) && is_owner(t, k->dst, o->names)));
}

static bool
test_interface(const struct where_test *t, uint16_t number,
    const struct where_owners *o)
{
	const char	*name;

	if (o == NULL || o->names == NULL || number == FLOW_VLAN_MIXED)
		return (false);
	name = owners_ifname(o->names, o->map == NULL ? number :
	    o->map[number & FLOW_VLAN_MASK]);
	return (name != NULL && (strcmp(t->word, name) == 0 ||
	    fnmatch(t->word, name, 0) == 0));
}

static bool
test(const struct where_test *t, const struct flow *f,
    const struct where_owners *o)
{
	switch (t->kind) {
	case WHERE_NET:
		return (test_net(t, &f->key));
	case WHERE_PORT:
		return (test_port(t, &f->key));
	case WHERE_PROTO:
		return (!(f->key.flags & FLOW_NO_PROTO) &&
		    within(t, f->key.proto));
	case WHERE_FAMILY:
		return (within(t, f->key.family));
	case WHERE_VLAN:
		return (within(t, f->key.vlan));
	case WHERE_OWNER:
		return (test_owner(t, &f->key, o));
	case WHERE_INTERFACE:
		return (test_interface(t, f->key.vlan, o));
	default:
		return (test_count(t, &f->count));
	}
}

bool
where_match(const struct where *w, const struct flow *f,
    const struct where_owners *o)
{
	const struct where_test	*t;
	uint16_t		 at = w->start;

	while (at < WHERE_REJECT) {
		t = &w->test[at];
		at = test(t, f, o) ? t->yes : t->no;
	}
	return (at == WHERE_ACCEPT);
}

bool
where_is_addresses(const struct where *w)
{
	size_t	i;

	for (i = 0; i < w->n; i++)
		if (w->test[i].kind != WHERE_NET &&
		    w->test[i].kind != WHERE_FAMILY &&
		    w->test[i].kind != WHERE_OWNER)
			return (false);
	return (true);
}

static bool
has_test(const struct where *w, enum where_kind kind)
{
	size_t	i;

	for (i = 0; i < w->n; i++)
		if (w->test[i].kind == kind)
			return (true);
	return (false);
}

bool
where_is_owned(const struct where *w)
{
	return (has_test(w, WHERE_OWNER) || has_test(w, WHERE_INTERFACE));
}

bool
where_is_of_interfaces(const struct where *w)
{
	return (has_test(w, WHERE_INTERFACE));
}

bool
where_is_counted(const struct where *w)
{
	return (has_test(w, WHERE_COUNT));
}

bool
where_is_host(const struct where *w, struct flow_key *k)
{
	const struct where_test	*t = &w->test[0];
	uint8_t			 family = FLOW_FAMILY_NONE;
	bool			 is;

	memset(k, 0, sizeof(*k));
	is = w->n == 1 && t->kind == WHERE_NET &&
	    t->side == WHERE_EITHER && !t->negate &&
	    t->yes == WHERE_ACCEPT && nets_is_host(t->nets, &family, k->src);
	k->family = family & FLOW_FAMILY_MASK;
	return (is);
}
