/*
 * Lists of networks.  The input is the list.  An accepted one must be the same
 * after being printed and parsed again, and contain its own addresses.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "packet/flow.h"
#include "packet/nets.h"
#include "fuzz.h"

static void
read_again(const struct nets *s)
{
	size_t		 len = nets_count(s) * 64 + 1;
	char		*text = malloc(len), *twice = malloc(len);
	struct nets	*copy = nets_new();
	const char	*bad;

	check(text != NULL && twice != NULL && copy != NULL);
	(void)nets_format(s, text, len);
	check(nets_add(copy, text, &bad) == 0);
	check(nets_count(copy) == nets_count(s));
	(void)nets_format(copy, twice, len);
	check(strcmp(text, twice) == 0);
	/* A buffer that is too short never holds half a network. */
	(void)nets_format(s, twice, len / 2 + 1);
	check(strncmp(text, twice, strlen(twice)) == 0);
	nets_free(copy);
	free(twice);
	free(text);
}

/* A tidy or wider set has what the set had; a tidy one has nothing else. */
static void
tidy(struct nets *s, const uint8_t addr[16], size_t len)
{
	bool	four = nets_contains(s, FLOW_FAMILY_IP4, addr);
	bool	six = nets_contains(s, FLOW_FAMILY_IP6, addr);
	char	text[256];

	nets_tidy(s);
	check(nets_contains(s, FLOW_FAMILY_IP4, addr) == four);
	check(nets_contains(s, FLOW_FAMILY_IP6, addr) == six);
	(void)nets_widen(s, len % sizeof(text));
	check(!four || nets_contains(s, FLOW_FAMILY_IP4, addr));
	check(!six || nets_contains(s, FLOW_FAMILY_IP6, addr));
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t size)
{
	char		*list = calloc(1, size + 1);
	struct nets	*s = nets_new();
	const char	*bad = NULL;
	uint8_t		 addr[16] = { 0 };

	check(list != NULL && s != NULL);
	if (size > 0)	/* or `in' may be NULL */
		memcpy(list, in, size);
	if (nets_add(s, list, &bad) == -1)
		check(bad >= list && bad < list + strlen(list));
	memcpy(addr, list, size < 16 ? size : 16);
	(void)nets_contains(s, FLOW_FAMILY_IP6, addr);
	(void)nets_contains(s, FLOW_FAMILY_IP4, addr);
	read_again(s);
	tidy(s, addr, size);
	read_again(s);
	nets_free(s);
	free(list);
	return (0);
}
