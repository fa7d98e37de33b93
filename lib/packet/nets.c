/*
 * A set of networks, kept as a short array: an interface has few.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "addr.h"
#include "nets.h"

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

bool
nets_contains(const struct nets *s, uint8_t family, const uint8_t addr[16])
{
	size_t	i;

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

char *
nets_format(const struct nets *s, char *buf, size_t len)
{
	char		 addr[ADDR_STRLEN], word[ADDR_STRLEN + 8];
	size_t		 i, used = 0, size;
	unsigned int	 bits;

	buf[0] = '\0';
	for (i = 0; i < s->n; i++) {
		bits = s->list[i].bits;
		if (s->list[i].family == FLOW_FAMILY_IP4)
			bits -= 96;
		(void)snprintf(word, sizeof(word), "%s%s/%u",
		    used == 0 ? "" : " ",
		    addr_format(s->list[i].family, s->list[i].addr, addr),
		    bits);
		size = strlen(word);
		if (used + size >= len)
			break;
		memcpy(buf + used, word, size + 1);
		used += size;
	}
	return (buf);
}
