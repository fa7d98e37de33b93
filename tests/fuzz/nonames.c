/*
 * Replaces the lookup of names in harnesses, which must not wait for a
 * resolver.  Some names exist: their first letter
 * decides.
 */
#include <sys/types.h>
#include <sys/socket.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

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

/* `n' and three octets: a network of that number. */
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
	static struct protoent	p;

	p.p_proto = (int)strlen(name) * 100 - 100;
	return (name[0] == 'p' ? &p : NULL);
}
