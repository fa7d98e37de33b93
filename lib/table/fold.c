/*
 * What a key loses in each step of folding.
 */
#include <string.h>

#include "packet/nets.h"
#include "fold.h"

struct fold_sides
fold_sides(const struct flow_key *k, const struct nets *local)
{
	struct fold_sides	s = { .src = true, .dst = false };

	if (local != NULL) {
		s.src = nets_contains(local, k->family, k->src);
		s.dst = nets_contains(local, k->family, k->dst);
	}
	s.src = s.src && (k->flags & FLOW_NO_SRC) == 0;
	s.dst = s.dst && (k->flags & FLOW_NO_DST) == 0;
	return (s);
}

static void
drop_ports(struct flow_key *k)
{
	if (k->flags & FLOW_NO_PROTO)
		return;
	k->sport = k->dport = 0;
	k->flags &= (uint8_t)~FLOW_CLIENT;
	k->flags |= FLOW_NO_PORTS;
}

static void
drop_remote(struct flow_key *k, struct fold_sides s)
{
	if ((k->flags & FLOW_OTHER) != 0 || (s.src && s.dst))
		return;
	if (s.dst) {
		memset(k->src, 0, sizeof(k->src));
		k->flags |= FLOW_NO_SRC;
	} else {
		memset(k->dst, 0, sizeof(k->dst));
		k->flags |= FLOW_NO_DST;
	}
}

void
fold_key(struct flow_key *k, struct fold_sides s, enum fold_step step)
{
	switch (step) {
	case FOLD_CLIENT:
		if (!s.src && !s.dst)
			drop_ports(k);
		else if ((k->flags & (FLOW_CLIENT | FLOW_NO_PORTS |
		    FLOW_NO_PROTO)) == 0)
			flow_drop_client_port(k);
		break;
	case FOLD_REMOTE:
		drop_remote(k, s);
		break;
	case FOLD_SERVICE:
		drop_ports(k);
		break;
	}
}
