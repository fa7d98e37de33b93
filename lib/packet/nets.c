/*
 * A set of networks, kept as a short array: an interface has few.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "addr.h"
#include "nets.h"
#include "owner.h"

/* What separates the words of a list. */
#define BLANKS	" \t\r\n,"

/* What is local where nothing else is known. */
#define PRIVATE								\
	"10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7 fe80::/10"

struct net {
	uint8_t		addr[16];	/* as in flow_key, host bits cleared */
	uint8_t		family;
	unsigned int	bits;		/* of the 128 of addr */
};

struct nets {
	struct net	*list;
	size_t		 n;
};

struct nets *
nets_new(void)
{
	return (calloc(1, sizeof(struct nets)));
}

void
nets_free(struct nets *s)
{
	if (s == NULL)
		return;
	free(s->list);
	free(s);
}

static bool
same_prefix(const uint8_t *a, const uint8_t *b, unsigned int bits)
{
	unsigned int	whole = bits / 8, rest = bits % 8;
	uint8_t		mask = (uint8_t)(0xff00 >> rest);

	return (memcmp(a, b, whole) == 0 &&
	    (rest == 0 || ((a[whole] ^ b[whole]) & mask) == 0));
}

static void
clear_host(struct net *n)
{
	unsigned int	i;

	for (i = n->bits; i < 128; i++)
		n->addr[i / 8] &= (uint8_t)~(0x80 >> (i % 8));
}

/* "10.0.0.0/8" or "fd00::1"; -1 if it is neither. */
static int
parse_net(struct net *n, const char *word, size_t len)
{
	char		 text[ADDR_STRLEN + 4], *slash, *end;
	unsigned long	 bits, most;

	if (len >= sizeof(text))
		return (-1);
	memcpy(text, word, len);
	text[len] = '\0';
	if ((slash = strchr(text, '/')) != NULL)
		*slash = '\0';
	if (addr_parse(text, &n->family, n->addr) == -1)
		return (-1);
	bits = most = n->family == FLOW_FAMILY_IP4 ? 32 : 128;
	if (slash != NULL) {
		bits = strtoul(slash + 1, &end, 10);
		if (slash[1] < '0' || slash[1] > '9' || *end != '\0' ||
		    bits > most)
			return (-1);
	}
	n->bits = (unsigned int)(128 - most + bits);
	clear_host(n);
	return (0);
}

static int
append(struct nets *s, const struct net *n)
{
	struct net	*list;

	list = realloc(s->list, (s->n + 1) * sizeof(*list));
	if (list == NULL)
		return (-1);
	s->list = list;
	s->list[s->n++] = *n;
	return (0);
}

int
nets_add(struct nets *s, const char *list, const char **bad)
{
	struct net	n;
	size_t		len;

	for (list += strspn(list, BLANKS); *list != '\0';
	    list += len, list += strspn(list, BLANKS)) {
		len = strcspn(list, BLANKS);
		*bad = list;
		if (parse_net(&n, list, len) == -1) {
			errno = EINVAL;
			return (-1);
		}
		if (append(s, &n) == -1)
			return (-1);
	}
	return (0);
}

int
nets_add_net(struct nets *s, uint8_t family, const uint8_t addr[16],
    unsigned int bits)
{
	struct net	n = { .family = family };

	memcpy(n.addr, addr, sizeof(n.addr));
	n.bits = family == FLOW_FAMILY_IP4 ? 96 + bits : bits;
	if (n.bits > 128) {
		errno = EINVAL;
		return (-1);
	}
	clear_host(&n);
	return (append(s, &n));
}

int
nets_add_all(struct nets *s, const struct nets *more)
{
	size_t	i;

	for (i = 0; i < more->n; i++)
		if (append(s, &more->list[i]) == -1)
			return (-1);
	return (0);
}

bool
nets_contains(const struct nets *s, uint8_t family, const uint8_t addr[16])
{
	size_t	i;

	/* The family of a row of owners is that of the other side. */
	if (owner_is(addr))
		family = FLOW_FAMILY_IP6;
	for (i = 0; i < s->n; i++)
		if (s->list[i].family == family &&
		    same_prefix(s->list[i].addr, addr, s->list[i].bits))
			return (true);
	return (false);
}

bool
nets_is_host(const struct nets *s, uint8_t *family, uint8_t addr[16])
{
	if (s->n != 1 || s->list[0].bits != 128)
		return (false);
	*family = s->list[0].family;
	memcpy(addr, s->list[0].addr, 16);
	return (true);
}

size_t
nets_count(const struct nets *s)
{
	return (s->n);
}

struct nets *
nets_recorded(const char *list)
{
	struct nets	*s = nets_new();
	const char	*bad;

	if (s == NULL)
		return (NULL);
	if (nets_add(s, list, &bad) == 0 || errno != ENOMEM)
		if (s->n > 0 || nets_add(s, PRIVATE, &bad) == 0)
			return (s);
	nets_free(s);
	errno = ENOMEM;
	return (NULL);
}

enum flow_direction
nets_direction(const struct nets *local, const struct flow_key *k)
{
	bool	from, to;

	from = !(k->flags & FLOW_NO_SRC) &&
	    nets_contains(local, k->family, k->src);
	to = !(k->flags & FLOW_NO_DST) &&
	    nets_contains(local, k->family, k->dst);
	if (from == to)
		return (FLOW_PASSING);
	return (to ? FLOW_IN : FLOW_OUT);
}

/* ---- fewer networks ---- */

static bool
includes(const struct net *a, const struct net *b)
{
	return (a->family == b->family && a->bits <= b->bits &&
	    same_prefix(a->addr, b->addr, a->bits));
}

/* By family and address; the wider network comes first. */
static int
compare(const void *va, const void *vb)
{
	const struct net	*a = va, *b = vb;
	int			 c;

	if (a->family != b->family)
		return (a->family < b->family ? -1 : 1);
	if ((c = memcmp(a->addr, b->addr, sizeof(a->addr))) != 0)
		return (c);
	return (a->bits < b->bits ? -1 : a->bits > b->bits);
}

/* The smallest network that includes both, which are of one family. */
static struct net
around(const struct net *a, const struct net *b)
{
	struct net	n = *a;

	if (b->bits < n.bits)
		n.bits = b->bits;
	while (!same_prefix(a->addr, b->addr, n.bits))
		n.bits--;
	clear_host(&n);
	return (n);
}

/* Are they the two halves of a network? */
static bool
are_halves(const struct net *a, const struct net *b)
{
	return (a->family == b->family && a->bits == b->bits &&
	    memcmp(a->addr, b->addr, sizeof(a->addr)) != 0 &&
	    around(a, b).bits + 1 == a->bits &&
	    (a->family != FLOW_FAMILY_IP4 || a->bits > 96));
}

/* The networks that are kept are a stack: a new one may end several. */
void
nets_tidy(struct nets *s)
{
	struct net	n;
	size_t		i, kept = 0;

	if (s->n > 1)
		qsort(s->list, s->n, sizeof(s->list[0]), compare);
	for (i = 0; i < s->n; i++) {
		if (kept > 0 && includes(&s->list[kept - 1], &s->list[i]))
			continue;
		for (n = s->list[i]; kept > 0 &&
		    are_halves(&s->list[kept - 1], &n); kept--)
			n = around(&s->list[kept - 1], &n);
		s->list[kept++] = n;
	}
	s->n = kept;
}

/*
 * What it costs to join network i of a tidy set and the next: the host bits of
 * the network around them.  One of IPv6 with 64 of them is about as much as one
 * of IPv4 with 8.
 */
static unsigned int
cost(const struct nets *s, size_t i, struct net *joined)
{
	const struct net	*a = &s->list[i], *b = a + 1;
	unsigned int		 host;

	if (a->family != b->family)
		return (UINT_MAX);
	*joined = around(a, b);
	host = 128 - joined->bits;
	if (a->family == FLOW_FAMILY_IP4)
		return (host);
	return (host > 56 ? host - 56 : 0);
}

/* Join the two neighbours that cost least; false if none can be. */
static bool
join_cheapest(struct nets *s)
{
	struct net	joined = { 0 }, best = { 0 };
	unsigned int	least = UINT_MAX, c;
	size_t		i, at = 0, end;

	for (i = 0; i + 1 < s->n; i++)
		if ((c = cost(s, i, &joined)) < least) {
			least = c;
			best = joined;
			at = i;
		}
	if (least == UINT_MAX)
		return (false);
	for (end = at; end < s->n && includes(&best, &s->list[end]); end++)
		continue;
	s->list[at] = best;
	memmove(&s->list[at + 1], &s->list[end],
	    (s->n - end) * sizeof(s->list[0]));
	s->n -= end - at - 1;
	return (true);
}

/* " 10.0.0.0/8"; returns its length. */
static size_t
format_net(const struct net *n, char word[ADDR_STRLEN + 8])
{
	char		addr[ADDR_STRLEN];
	unsigned int	bits = n->bits;

	if (n->family == FLOW_FAMILY_IP4)
		bits -= 96;
	(void)snprintf(word, ADDR_STRLEN + 8, " %s/%u",
	    addr_format(n->family, n->addr, addr), bits);
	return (strlen(word));
}

/* Octets that nets_format() needs, with the NUL in place of a space. */
static size_t
text_size(const struct nets *s)
{
	char	word[ADDR_STRLEN + 8];
	size_t	i, size = 0;

	for (i = 0; i < s->n; i++)
		size += format_net(&s->list[i], word);
	return (size);
}

bool
nets_widen(struct nets *s, size_t len)
{
	bool	wider = false;

	nets_tidy(s);
	while (text_size(s) > len && join_cheapest(s)) {
		nets_tidy(s);
		wider = true;
	}
	return (wider);
}

bool
nets_equal(const struct nets *a, const struct nets *b)
{
	size_t	i;

	for (i = 0; i < a->n && i < b->n; i++)
		if (compare(&a->list[i], &b->list[i]) != 0)
			return (false);
	return (a->n == b->n);
}

bool
nets_beyond_link(const struct nets *s)
{
	static const struct net	link = {
		.addr = { 0xfe, 0x80 }, .family = FLOW_FAMILY_IP6, .bits = 10,
	};
	size_t			i;

	for (i = 0; i < s->n; i++)
		if (!includes(&link, &s->list[i]))
			return (true);
	return (false);
}

char *
nets_format(const struct nets *s, char *buf, size_t len)
{
	char	 word[ADDR_STRLEN + 8];
	size_t	 i, used = 0, size, skip;

	buf[0] = '\0';
	for (i = 0; i < s->n; i++) {
		skip = used == 0;
		size = format_net(&s->list[i], word) - skip;
		if (used + size >= len)
			break;
		memcpy(buf + used, word + skip, size + 1);
		used += size;
	}
	return (buf);
}
