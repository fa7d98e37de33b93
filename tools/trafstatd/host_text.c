/*
 * Parses texts of addresses and hosts.  No name is looked up.
 */
#include "config.h"

#include <netinet/in.h>
#include <arpa/inet.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "host_text.h"

#define HOST_LEN	256

/* A port from 0 (the system chooses) to 65535; -1 if text is none. */
static int
port_of(const char *text)
{
	size_t	n = strlen(text);
	long	port;

	if (n == 0 || n > 5 || strspn(text, "0123456789") != n)
		return (-1);
	port = strtol(text, NULL, 10);
	return (port <= 65535 ? (int)port : -1);
}

/*
 * Split `host', `host:port' or `[host]:port'; *port points to the digits of
 * the port, or is NULL.  0, or -1 if the text has none of these forms.
 */
static int
split(const char *text, char host[HOST_LEN], const char **port)
{
	const char	*from = text, *end;
	size_t		 n;

	if (*text == '[') {
		from = text + 1;
		end = strchr(from, ']');
		if (end == NULL || (end[1] != '\0' && end[1] != ':'))
			return (-1);
		*port = end[1] == ':' ? end + 2 : NULL;
	} else {
		end = text + strcspn(text, ":");
		*port = *end == ':' ? end + 1 : NULL;
	}
	n = (size_t)(end - from);
	if (n == 0 || n >= HOST_LEN)
		return (-1);
	memcpy(host, from, n);
	host[n] = '\0';
	return (0);
}

static socklen_t
set_in4(struct sockaddr_storage *ss, const char *host, int port)
{
	struct sockaddr_in	in4 = { 0 };

	in4.sin_family = AF_INET;
	in4.sin_port = htons((uint16_t)port);
	if (inet_pton(AF_INET, host, &in4.sin_addr) != 1)
		return (0);
	memcpy(ss, &in4, sizeof(in4));
	return ((socklen_t)sizeof(in4));
}

static socklen_t
set_in6(struct sockaddr_storage *ss, const char *host, int port)
{
	struct sockaddr_in6	in6 = { 0 };

	in6.sin6_family = AF_INET6;
	in6.sin6_port = htons((uint16_t)port);
	if (inet_pton(AF_INET6, host, &in6.sin6_addr) != 1)
		return (0);
	memcpy(ss, &in6, sizeof(in6));
	return ((socklen_t)sizeof(in6));
}

socklen_t
host_text_address(const char *text, struct sockaddr_storage *ss)
{
	char		 host[HOST_LEN];
	const char	*digits;
	int		 port;

	memset(ss, 0, sizeof(*ss));
	if ((port = port_of(text)) != -1)
		return (set_in4(ss, "127.0.0.1", port));
	if (split(text, host, &digits) == -1 || digits == NULL ||
	    (port = port_of(digits)) == -1)
		return (0);
	return (*text == '[' ? set_in6(ss, host, port) :
	    set_in4(ss, host, port));
}

bool
host_text_is_loopback(const struct sockaddr_storage *ss)
{
	struct sockaddr_in	in4;
	struct sockaddr_in6	in6;

	if (ss->ss_family == AF_INET) {
		memcpy(&in4, ss, sizeof(in4));
		return (ntohl(in4.sin_addr.s_addr) >> 24 == 127);
	}
	if (ss->ss_family != AF_INET6)
		return (false);
	memcpy(&in6, ss, sizeof(in6));
	return (IN6_IS_ADDR_LOOPBACK(&in6.sin6_addr));
}

static bool
is_address(const char *host)
{
	uint8_t	addr[16];

	return (inet_pton(AF_INET, host, addr) == 1 ||
	    inet_pton(AF_INET6, host, addr) == 1);
}

bool
host_text_is_ours(const char *header, const char *const *names)
{
	char		 host[HOST_LEN];
	const char	*port;

	if (header == NULL || split(header, host, &port) == -1 ||
	    (port != NULL && port_of(port) == -1))
		return (false);
	if (is_address(host) || strcasecmp(host, "localhost") == 0)
		return (true);
	for (; *names != NULL; names++)
		if (strcasecmp(host, *names) == 0)
			return (true);
	return (false);
}
