/*
 * Texts of patterns: each compiles or says why not.  Those that do are
 * printed and tried on a key.  Names are never asked of the system: no test
 * may wait for a resolver.
 */
#include <sys/types.h>
#include <sys/socket.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "out.h"
#include "pattern.h"
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

/* The rest of the input as a key. */
static void
try_key(const struct pattern *p, const uint8_t *in, size_t size)
{
	struct flow_key	k;

	memset(&k, 0, sizeof(k));
	memcpy(&k, in, size < sizeof(k) ? size : sizeof(k));
	(void)pattern_match(p, &k);
}

static void
try_pattern(struct pattern *p, const uint8_t *in, size_t size)
{
	static struct out	*o;

	if (o == NULL)
		check((o = out_new(open("/dev/null", O_WRONLY))) != NULL);
	pattern_print(p, o);
	try_key(p, in, size);
	pattern_free(p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t size)
{
	char		*text = malloc(size + 1), err[64] = "";
	struct pattern	*p;

	check(text != NULL);
	if (size > 0)
		memcpy(text, in, size);
	text[size] = '\0';
	if ((p = pattern_of_text(text, err, sizeof(err))) == NULL)
		check(err[0] != '\0');
	else
		try_pattern(p, in, size);
	free(text);
	return (0);
}
