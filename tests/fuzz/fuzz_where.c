/*
 * Expressions of --where: each compiles or says why not, and those that do
 * are tried on a row.  Names are never asked of the system: no test may wait
 * for a resolver.
 */
#include <sys/types.h>
#include <sys/socket.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "where.h"
#include "fuzz.h"

int
getaddrinfo(const char *name, const char *service,
    const struct addrinfo *hints, struct addrinfo **list)
{
	(void)name;
	(void)service;
	(void)hints;
	(void)list;
	return (EAI_NONAME);
}

struct netent *
getnetbyname(const char *name)
{
	static struct netent	net = { .n_addrtype = AF_INET };

	if (name[0] != 'n')
		return (NULL);
	net.n_net = (uint32_t)strtoul(name + 1, NULL, 16);
	return (&net);
}

struct servent *
getservbyname(const char *name, const char *proto)
{
	static struct servent	s;

	(void)proto;
	s.s_port = (uint8_t)name[0];
	return (name[0] == 's' ? &s : NULL);
}

struct protoent *
getprotobyname(const char *name)
{
	(void)name;
	return (NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t size)
{
	char		*text = malloc(size + 1), err[64] = "";
	struct where	*w;
	struct flow	 row;

	check(text != NULL);
	if (size > 0)
		memcpy(text, in, size);
	text[size] = '\0';
	memset(&row, 0, sizeof(row));
	if (size > 0)
		memcpy(&row, in, size < sizeof(row) ? size : sizeof(row));
	if ((w = where_new(text, err, sizeof(err))) == NULL)
		check(err[0] != '\0' && strlen(err) < sizeof(err));
	else
		(void)where_match(w, &row);
	where_free(w);
	free(text);
	return (0);
}
