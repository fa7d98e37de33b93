/*
 * The values of --where: addresses, networks, ports and protocols.  Names are
 * resolved by the system.
 */
#include <sys/socket.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "names/names.h"
#include "packet/flow.h"
#include "packet/nets.h"
#include "pattern_side.h"
#include "where_parser.h"

static bool
is_all_of(const char *text, const char *set)
{
	return (text[strspn(text, set)] == '\0');
}

/* An address or a name; networks need the word net. */
static int
check_host(struct parser *p)
{
	uint8_t	scratch[16];

	if (strchr(p->word, '/') != NULL)
		return (parser_fail(p, "this is a network: use net"));
	if (is_all_of(p->word, "0123456789.") &&
	    inet_pton(AF_INET, p->word, scratch) != 1)
		return (parser_fail(p, "not an address (for a network use "
		    "net)"));
	return (0);
}

/* `mask 255.255.255.0' after a network, if it is there. */
static int
take_mask(struct parser *p, int *bits)
{
	if (!parser_is(p, "mask"))
		return (0);
	if (parser_advance(p) == -1)
		return (-1);
	if ((*bits = side_mask(p->word)) == -1)
		return (parser_fail(p, "expected a mask"));
	return (parser_advance(p));
}

/* Cut off the `/8' of 10/8; SIDE_ANY if there is none. */
static int
take_length(struct parser *p, char net[WORD_MAX], int *bits)
{
	char	*slash = strchr(net, '/');

	*bits = SIDE_ANY;
	if (slash == NULL)
		return (0);
	*slash = '\0';
	*bits = number_upto(slash + 1, 128);
	return (*bits == -1 ? parser_fail(p, "expected a length of 0 to 32, "
	    "or 128, after the /") : 0);
}

static int
take_net(struct parser *p, uint16_t *number)
{
	struct where_test	*t = parser_test(p, WHERE_NET, number);
	struct parser		 word = *p;
	char			 net[WORD_MAX];
	const char		*wrong;
	int			 bits;

	if (t == NULL || (p->kind == KIND_HOST && check_host(p) == -1))
		return (-1);
	if ((t->nets = nets_new()) == NULL)
		return (parser_fail(p, "%s", strerror(errno)));
	memcpy(net, p->word, sizeof(net));
	if (take_length(p, net, &bits) == -1 || parser_advance(p) == -1 ||
	    (word.kind == KIND_NET && bits == SIDE_ANY &&
	    take_mask(p, &bits) == -1))
		return (-1);
	if ((wrong = side_add(t->nets, net, bits)) != NULL)
		return (parser_fail(&word, "%s", wrong));
	return (0);
}

static int
port_of(const char *text)
{
	const struct servent	*service;
	int			 port = number_upto(text, UINT16_MAX);

	if (port != -1 || is_all_of(text, "0123456789"))
		return (port);
	if ((service = getservbyname(text, NULL)) == NULL)
		return (-1);
	return (ntohs((uint16_t)service->s_port));
}

static int
take_port(struct parser *p, uint16_t *number)
{
	struct where_test	*t = parser_test(p, WHERE_PORT, number);
	int			 port = port_of(p->word);

	if (t == NULL)
		return (-1);
	if (port == -1)
		return (parser_fail(p, "not a port"));
	t->low = t->high = (uint64_t)port;
	return (parser_advance(p));
}

static int
take_portrange(struct parser *p, uint16_t *number)
{
	struct where_test	*t = parser_test(p, WHERE_PORT, number);
	char			 low[WORD_MAX], *dash;
	int			 from, to;

	if (t == NULL)
		return (-1);
	memcpy(low, p->word, sizeof(low));
	if ((dash = strchr(low, '-')) == NULL)
		return (parser_fail(p, "expected a range, such as 1024-65535"));
	*dash = '\0';
	from = number_upto(low, UINT16_MAX);
	to = number_upto(dash + 1, UINT16_MAX);
	if (from == -1 || to < from)
		return (parser_fail(p, "expected a range, such as 1024-65535"));
	t->low = (uint64_t)from;
	t->high = (uint64_t)to;
	return (parser_advance(p));
}

static int
take_proto(struct parser *p, uint16_t *number)
{
	struct where_test	*t = parser_test(p, WHERE_PROTO, number);
	int			 proto = number_upto(p->word, UINT8_MAX);

	if (t == NULL)
		return (-1);
	if (proto == -1 && !is_all_of(p->word, "0123456789"))
		proto = names_proto_number(p->word);
	if (proto == -1)
		return (parser_fail(p, "not a protocol"));
	t->low = t->high = (uint64_t)proto;
	return (parser_advance(p));
}

/* An id, or the word that reports show for packets without one. */
static int
take_vlan(struct parser *p, uint16_t *number)
{
	struct where_test	*t = parser_test(p, WHERE_VLAN, number);
	int			 id = number_upto(p->word,
				    FLOW_VLAN_MIXED - 1);

	if (t == NULL)
		return (-1);
	if (parser_is(p, "untagged"))
		id = FLOW_VLAN_NONE;
	else if (id <= 0)
		return (parser_fail(p, "not a VLAN: expected 1 to 4094, or "
		    "untagged"));
	t->low = t->high = (uint64_t)id;
	return (parser_advance(p));
}

/* The names of owners and interfaces are those of the rows: any word. */
static int
take_word(struct parser *p, uint16_t *number)
{
	bool			 owner = p->kind != KIND_INTERFACE;
	struct where_test	*t;

	t = parser_test(p, owner ? WHERE_OWNER : WHERE_INTERFACE, number);
	if (t == NULL)
		return (-1);
	if (owner)
		t->part = (enum owner_part)(p->kind - KIND_PROGRAM);
	if ((t->word = strdup(p->word)) == NULL)
		return (parser_fail(p, "%s", strerror(errno)));
	return (parser_advance(p));
}

int
parser_value(struct parser *p, uint16_t *number)
{
	static const char *const	values[] = {
		[KIND_NONE] = "a value",
		[KIND_HOST] = "an address or a name",
		[KIND_NET] = "a network, such as 10.1.0.0/16",
		[KIND_PORT] = "a port",
		[KIND_PORTRANGE] = "a range, such as 1024-65535",
		[KIND_PROTO] = "a protocol",
		[KIND_VLAN] = "1 to 4094, or untagged",
		[KIND_PROGRAM] = "the name of a program",
		[KIND_USER] = "the name or number of a user",
		[KIND_UNIT] = "a unit, such as nginx.service",
		[KIND_CONTAINER] = "the id or name of a container",
		[KIND_INTERFACE] = "the name of an interface",
	};

	if (!parser_is_value(p))
		return (parser_fail(p, "expected %s", values[p->kind]));
	switch (p->kind) {
	case KIND_PORT:
		return (take_port(p, number));
	case KIND_PORTRANGE:
		return (take_portrange(p, number));
	case KIND_PROTO:
		return (take_proto(p, number));
	case KIND_VLAN:
		return (take_vlan(p, number));
	case KIND_NONE:
	case KIND_HOST:
	case KIND_NET:
		return (take_net(p, number));
	default:
		return (take_word(p, number));
	}
}
