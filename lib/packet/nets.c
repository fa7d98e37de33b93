/*
 * A set of networks, kept as a short array: an interface has few.
 */
#include <sys/socket.h>
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "addr.h"
#include "flow.h"
#include "nets.h"

/* What separates the words of a list. */
#define BLANKS	" \t\r\n,"

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

static int
parse_address(struct net *n, const char *text)
{
	static const uint8_t	mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (inet_pton(AF_INET6, text, n->addr) == 1) {
		n->family = FLOW_FAMILY_IP6;
		return (0);
	}
	memcpy(n->addr, mapped, sizeof(mapped));
	n->family = FLOW_FAMILY_IP4;
	return (inet_pton(AF_INET, text, n->addr + 12) == 1 ? 0 : -1);
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
	if (parse_address(n, text) == -1)
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

struct nets *
nets_recorded(const char *list)
{
	struct nets	*s = nets_new();
	const char	*bad;

	if (s == NULL)
		return (NULL);
	/* What is no network there was none of ours. */
	if ((nets_add(s, list, &bad) == 0 || errno == EINVAL) &&
	    (s->n > 0 || nets_add(s, NETS_PRIVATE, &bad) == 0))
		return (s);
	nets_free(s);
	errno = ENOMEM;
	return (NULL);
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
