/*
 * The grammar of --where, parsed by recursive descent:
 *
 *	expression: factor { "and" factor } | factor { "or" factor }
 *	factor: "not" factor | "(" expression ")" | condition
 *	condition: protocol [condition] | [side] [kind] value |
 *	    counter comparison
 *
 * and, or and not are also &&, || and !.  An expression with both `and' and
 * `or' needs parentheses, because pcap-filter(7) evaluates them from left to
 * right and other languages do not.  As there, a value without qualifiers uses
 * those of the value before: `port 80 or 443'.
 */
#include <sys/types.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>

#include "base/options.h"
#include "packet/nets.h"
#include "where_parser.h"

static int	parse_expression(struct parser *, uint16_t *number);
static int	parse_factor(struct parser *, uint16_t *number);

/* Qualifiers that say what kind of value follows. */
static const struct {
	const char	*word;
	enum kind	 kind;
} kinds[] = {
	{ "host", KIND_HOST },
	{ "net", KIND_NET },
	{ "port", KIND_PORT },
	{ "portrange", KIND_PORTRANGE },
	{ "proto", KIND_PROTO },
	{ "vlan", KIND_VLAN },
	{ "program", KIND_PROGRAM },
	{ "user", KIND_USER },
	{ "unit", KIND_UNIT },
	{ "container", KIND_CONTAINER },
	{ "interface", KIND_INTERFACE }
};

/* Words that are a complete condition. */
static const struct {
	const char		*word;
	enum where_kind		 kind;
	uint8_t			 value;
} protocols[] = {
	{ "ip", WHERE_FAMILY, FLOW_FAMILY_IP4 },
	{ "ip6", WHERE_FAMILY, FLOW_FAMILY_IP6 },
	{ "tcp", WHERE_PROTO, IPPROTO_TCP },
	{ "udp", WHERE_PROTO, IPPROTO_UDP },
	{ "icmp", WHERE_PROTO, IPPROTO_ICMP },
	{ "icmp6", WHERE_PROTO, IPPROTO_ICMPV6 },
	{ "igmp", WHERE_PROTO, 2 },
	{ "sctp", WHERE_PROTO, 132 },
	{ "dccp", WHERE_PROTO, 33 },
	{ "udplite", WHERE_PROTO, 136 },
	{ "gre", WHERE_PROTO, 47 },
	{ "esp", WHERE_PROTO, 50 },
	{ "ah", WHERE_PROTO, 51 },
	{ "ospf", WHERE_PROTO, 89 }
};

static const struct {
	const char	*word;
	size_t		 offset;
} counters[] = {
	{ "bytes", offsetof(struct flow_count, ip) },
	{ "data", offsetof(struct flow_count, data) },
	{ "packets", offsetof(struct flow_count, packets) }
};

#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))

static int
join(struct parser *p, enum where_op op, uint16_t right, uint16_t *left)
{
	struct where_node	*n;
	uint16_t		 number;

	if ((n = parser_node(p, op, &number)) == NULL)
		return (-1);
	n->left = *left;
	n->right = right;
	*left = number;
	return (0);
}


/* ---- conditions ---- */

static int
find_kind(const struct parser *p)
{
	size_t	i;

	for (i = 0; i < COUNT(kinds); i++)
		if (parser_is(p, kinds[i].word))
			return ((int)i);
	return (-1);
}

static bool
is_side(const struct parser *p)
{
	return (parser_is(p, "src") || parser_is(p, "dst"));
}

/* [src|dst] [host|net|port|...] value; without a kind: a host. */
static int
parse_qualified(struct parser *p, uint16_t *number)
{
	int	i;

	p->side = WHERE_EITHER;
	p->kind = KIND_HOST;
	if (is_side(p)) {
		p->side = parser_is(p, "src") ? WHERE_SRC : WHERE_DST;
		if (parser_advance(p) == -1)
			return (-1);
	}
	if ((i = find_kind(p)) != -1) {
		p->kind = kinds[i].kind;
		if (p->side != WHERE_EITHER && p->kind >= KIND_PROTO)
			return (parser_fail(p, "%s %s has no src or dst",
			    p->kind == KIND_INTERFACE ? "an" : "a",
			    p->kind == KIND_VLAN ? "VLAN" : p->kind ==
			    KIND_PROTO ? "protocol" : kinds[i].word));
		if (parser_advance(p) == -1)
			return (-1);
	}
	return (parser_value(p, number));
}

/* `tcp', or `tcp port 80', which tests both. */
static int
parse_protocol(struct parser *p, size_t i, uint16_t *number)
{
	struct where_test	*t;
	uint16_t		 right = 0;

	t = parser_test(p, protocols[i].kind, number);
	if (t == NULL)
		return (-1);
	t->low = t->high = protocols[i].value;
	if (parser_advance(p) == -1)
		return (-1);
	if (!is_side(p) && find_kind(p) == -1)
		return (0);
	if (parse_qualified(p, &right) == -1)
		return (-1);
	return (join(p, WHERE_AND, right, number));
}

static int
parse_counter(struct parser *p, size_t i, uint16_t *number)
{
	struct where_test	*t = parser_test(p, WHERE_COUNT, number);

	if (t == NULL)
		return (-1);
	t->counter = counters[i].offset;
	if (parser_advance(p) == -1)
		return (-1);
	return (parser_comparison(p, t));
}

/*
 * Is the word a value without qualifiers, as in `port 80 or 443'?  If another
 * value follows it is rather a misspelt keyword: `prot' of `port 80 or prot
 * udp'.
 */
static bool
is_bare_value(const struct parser *p)
{
	struct parser	behind = *p;

	if (p->kind == KIND_NONE)
		return (false);
	if (p->quoted)
		return (true);
	if (p->word[0] >= '0' && p->word[0] <= '9')
		return (true);
	return (parser_advance(&behind) == 0 && !parser_is_value(&behind));
}

static bool
is_address(const char *word)
{
	struct nets	*nets = nets_new();
	const char	*bad;
	bool		 good;

	good = nets != NULL && nets_add(nets, word, &bad) == 0 &&
	    nets_count(nets) == 1;
	nets_free(nets);
	return (good);
}

/* What is asked in another way than by a condition; NULL for other words. */
static const char *
find_advice(const struct parser *p)
{
	static const struct {
		const char	*word;
		const char	*advice;
	} words[] = {
		{ "untagged", "did you mean vlan untagged?" },
		{ "service", "did you mean port?" },
		{ "process", "did you mean program?" },
		{ "pid", "did you mean program?" },
		{ "uid", "did you mean user?" },
		{ "cgroup", "did you mean unit?" },
		{ "owner", "use program, user, unit or container" },
		{ "mac", "for MAC addresses use --by mac" },
		{ "ether", "for MAC addresses use --by mac" },
		{ "local", "for local hosts use --by local" },
		{ "country", "for countries use --by country" },
		{ "asn", "for autonomous systems use --by asn" },
	};
	size_t	i;

	for (i = 0; i < COUNT(words); i++)
		if (parser_is(p, words[i].word))
			return (words[i].advice);
	return (NULL);
}

/* A word that is misspelt, or the name of a host without `host'. */
static int
fail_word(struct parser *p)
{
	static const char *const	words[] = { "host", "net", "port",
		"portrange", "proto", "vlan", "program", "user", "unit",
		"container", "interface", "src", "dst", "tcp", "udp", "icmp",
		"bytes", "data", "packets" };
	const char			*near, *advice = find_advice(p);

	if (advice != NULL)
		return (parser_fail(p, "no such word; %s", advice));
	near = options_nearest(p->word, words, COUNT(words));
	if (near != NULL)
		return (parser_fail(p, "no such word; did you mean %s?", near));
	return (parser_fail(p, "no such word; for a host, type host %s",
	    p->word));
}

static int
parse_condition(struct parser *p, uint16_t *number)
{
	size_t	i;

	if (is_side(p) || find_kind(p) != -1)
		return (parse_qualified(p, number));
	for (i = 0; i < COUNT(protocols); i++)
		if (parser_is(p, protocols[i].word))
			return (parse_protocol(p, i, number));
	for (i = 0; i < COUNT(counters); i++)
		if (parser_is(p, counters[i].word))
			return (parse_counter(p, i, number));
	if (!parser_is_value(p))
		return (parser_fail(p, "expected a condition"));
	if (!is_bare_value(p) && is_address(p->word))
		return (parser_fail(p, "did you mean %s %s?",
		    strchr(p->word, '/') != NULL ? "net" : "host", p->word));
	if (!is_bare_value(p))
		return (fail_word(p));
	return (parser_value(p, number));
}

/* ---- expressions ---- */

static int
parse_not(struct parser *p, uint16_t *number)
{
	struct where_node	*n;
	uint16_t		 child = 0;

	if ((n = parser_node(p, WHERE_NOT, number)) == NULL ||
	    parser_advance(p) == -1 || parse_factor(p, &child) == -1)
		return (-1);
	n->left = child;
	return (0);
}

static int
parse_group(struct parser *p, uint16_t *number)
{
	if (parser_advance(p) == -1 || parse_expression(p, number) == -1)
		return (-1);
	if (!parser_is(p, ")"))
		return (parser_fail(p, "expected `and', `or' or `)'"));
	return (parser_advance(p));
}

static int
parse_factor(struct parser *p, uint16_t *number)
{
	int	rc;

	if (p->depth == WHERE_DEPTH_MAX)
		return (parser_fail(p, "parentheses nested too deeply"));
	p->depth++;
	if (parser_is_not(p))
		rc = parse_not(p, number);
	else if (parser_is(p, "("))
		rc = parse_group(p, number);
	else
		rc = parse_condition(p, number);
	p->depth--;
	return (rc);
}

static int
parse_expression(struct parser *p, uint16_t *number)
{
	enum where_op	op = WHERE_TEST, found;
	uint16_t	right = 0;

	if (parse_factor(p, number) == -1)
		return (-1);
	while (parser_is_and(p) || parser_is_or(p)) {
		found = parser_is_and(p) ? WHERE_AND : WHERE_OR;
		if (op != WHERE_TEST && op != found)
			return (parser_fail(p, "`and' next to `or' is "
			    "ambiguous: use parentheses"));
		op = found;
		if (parser_advance(p) == -1 || parse_factor(p, &right) == -1 ||
		    join(p, op, right, number) == -1)
			return (-1);
	}
	return (0);
}

int
where_parse(const char *text, struct where_tree *tree, char *err,
    size_t errlen)
{
	struct parser	p = { 0 };

	p.text = p.at = p.next = text;
	p.tree = tree;
	p.err = err;
	p.errlen = errlen;
	if (parser_advance(&p) == -1 ||
	    parse_expression(&p, &tree->root) == -1)
		return (-1);
	if (p.word[0] != '\0')
		return (parser_fail(&p, "expected `and' or `or'"));
	return (0);
}
