/*
 * Which addresses a budget for a host means.
 */
#include <sys/socket.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "names/resolver.h"
#include "limit_host.h"

/* For all names of all budgets together: the others must not wait longer. */
#define RESOLVE_MS	5000

#define ADDRESSES_MAX	64

/* In the order of their text: IPv4 first. */
struct address {
	int	family;
	uint8_t	octets[16];
};

struct addresses {
	struct address	list[ADDRESSES_MAX];
	size_t		n;
};

/* ---- words of a list ---- */

static bool
parse_address(const char *word, struct address *a)
{
	memset(a, 0, sizeof(*a));
	a->family = AF_INET;
	if (inet_pton(AF_INET, word, a->octets) == 1)
		return (true);
	a->family = AF_INET6;
	return (inet_pton(AF_INET6, word, a->octets) == 1);
}

/* A resolver takes `10.1' and `0x7f' as addresses: these are mistakes. */
static bool
is_name(const char *word)
{
	static const char	plain[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
	struct in_addr		scratch;

	return (word[0] != '-' && word[0] != '.' &&
	    word[strspn(word, plain)] == '\0' &&
	    word[strspn(word, "0123456789.")] != '\0' &&
	    inet_aton(word, &scratch) == 0);
}

/* Copy the next word of a list and advance it; false at its end. */
static bool
next_word(const char **list, char word[LIMIT_HOSTS_MAX])
{
	size_t	len;

	if (*list == NULL)
		return (false);
	len = strcspn(*list, ",");
	if (len >= LIMIT_HOSTS_MAX)
		len = LIMIT_HOSTS_MAX - 1;
	memcpy(word, *list, len);
	word[len] = '\0';
	*list = strchr(*list, ',');
	if (*list != NULL)
		(*list)++;
	return (true);
}

const char *
limit_host_set(struct limit *l, const char *list)
{
	static char	 word[LIMIT_HOSTS_MAX];
	const char	*rest = list;
	struct address	 a;
	bool		 single = true;

	while (next_word(&rest, word)) {
		if (!parse_address(word, &a)) {
			single = false;
			if (!is_name(word))
				return (word);
		}
		single = single && rest == NULL;
	}
	l->one_host = true;
	(void)strlcpy(l->nets, single ? list : "", sizeof(l->nets));
	(void)strlcpy(l->hosts, single ? "" : list, sizeof(l->hosts));
	return (strlen(list) < sizeof(l->hosts) ? NULL : list);
}

/* ---- names ---- */

void
limit_names_begin(struct limit_names *names)
{
	names->query = NULL;
	names->n = 0;
}

static const struct resolver_query *
find(const struct limit_names *names, const char *name)
{
	size_t	i;

	for (i = 0; i < names->n; i++)
		if (strcmp(names->query[i].host, name) == 0)
			return (&names->query[i]);
	return (NULL);
}

static int
add_name(struct limit_names *names, const char *name)
{
	struct resolver_query	*q;

	if (find(names, name) != NULL)
		return (0);
	q = reallocarray(names->query, names->n + 1, sizeof(*q));
	if (q == NULL)
		return (-1);
	names->query = q;
	memset(&q[names->n], 0, sizeof(*q));
	if ((q[names->n].host = strdup(name)) == NULL)
		return (-1);
	names->n++;
	return (0);
}

int
limit_names_add(struct limit_names *names, const struct limit *l)
{
	const char	*rest = l->hosts;
	char		 word[LIMIT_HOSTS_MAX];
	struct address	 a;

	while (l->hosts[0] != '\0' && next_word(&rest, word))
		if (!parse_address(word, &a) && is_name(word) &&
		    add_name(names, word) == -1)
			return (-1);
	return (0);
}

void
limit_names_resolve(struct limit_names *names)
{
	unsigned int	ms = RESOLVE_MS;

	resolver_run(names->query, names->n, &ms);
}

void
limit_names_end(struct limit_names *names)
{
	size_t	i;

	for (i = 0; i < names->n; i++) {
		free((char *)(uintptr_t)names->query[i].host);
		free(names->query[i].name);
	}
	free(names->query);
}

/* ---- addresses ---- */

/* Add the addresses of a list, each once; false: there are too many. */
static bool
add_addresses(struct addresses *to, const char *list)
{
	char		word[LIMIT_HOSTS_MAX];
	struct address	a;
	size_t		i;

	while (next_word(&list, word)) {
		if (!parse_address(word, &a))
			continue;
		for (i = 0; i < to->n; i++)
			if (memcmp(&to->list[i], &a, sizeof(a)) == 0)
				break;
		if (i == ADDRESSES_MAX)
			return (false);
		to->list[i] = a;
		if (i == to->n)
			to->n++;
	}
	return (true);
}

static int
compare(const void *x, const void *y)
{
	const struct address	*a = x, *b = y;

	if (a->family != b->family)
		return (a->family == AF_INET ? -1 : 1);
	return (memcmp(a->octets, b->octets, sizeof(a->octets)));
}

/* A resolver returns addresses in any order: sort, so that equals are equal. */
static bool
format(struct addresses *a, char text[LIMIT_NETS_MAX])
{
	char	one[INET6_ADDRSTRLEN];
	size_t	i;

	qsort(a->list, a->n, sizeof(a->list[0]), compare);
	text[0] = '\0';
	for (i = 0; i < a->n; i++) {
		(void)inet_ntop(a->list[i].family, a->list[i].octets, one,
		    sizeof(one));
		if (i > 0)
			(void)strlcat(text, ",", LIMIT_NETS_MAX);
		if (strlcat(text, one, LIMIT_NETS_MAX) >= LIMIT_NETS_MAX)
			return (false);
	}
	return (true);
}

enum limit_applied
limit_names_apply(const struct limit_names *names, struct limit *l,
    const char **bad)
{
	const struct resolver_query	*q;
	const char			*rest = l->hosts;
	struct addresses		 all = { .n = 0 };
	struct address			 scratch;
	char				 word[LIMIT_HOSTS_MAX];
	char				 text[LIMIT_NETS_MAX];

	if (l->hosts[0] == '\0')
		return (LIMIT_SAME);
	while (next_word(&rest, word)) {
		q = find(names, word);
		*bad = q == NULL ? l->hosts : q->host;
		if (q == NULL ? !parse_address(word, &scratch) :
		    q->verdict != RESOLVER_NAMED)
			return (LIMIT_UNRESOLVED);
		if (!add_addresses(&all, q == NULL ? word : q->name))
			return (LIMIT_TOO_MANY);
	}
	/* None would mean all traffic. */
	if (all.n == 0)
		return (LIMIT_UNRESOLVED);
	if (!format(&all, text))
		return (LIMIT_TOO_MANY);
	if (strcmp(l->nets, text) == 0)
		return (LIMIT_SAME);
	(void)strlcpy(l->nets, text, sizeof(l->nets));
	return (LIMIT_CHANGED);
}
