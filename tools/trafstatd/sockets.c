/*
 * Listening sockets, and the address of a peer.  A service manager that
 * follows sd_listen_fds(3) passes sockets as descriptors from 3 on and sets
 * LISTEN_PID and LISTEN_FDS.
 */
#include "config.h"

#include <netinet/in.h>
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "host_text.h"
#include "trafstatd.h"

#define FIRST_INHERITED	3
#define BACKLOG		128

static bool
is_listening(int fd)
{
	int		yes = 0;
	socklen_t	len = sizeof(yes);

	return (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &yes, &len) == 0 &&
	    yes != 0);
}

bool
sockets_inherited(void)
{
	const char	*pid = getenv("LISTEN_PID");
	const char	*n = getenv("LISTEN_FDS");

	return (pid != NULL && n != NULL &&
	    strtol(pid, NULL, 10) == (long)getpid() &&
	    strtol(n, NULL, 10) >= 1 && is_listening(FIRST_INHERITED));
}

static int
open_socket(const struct sockaddr_storage *ss, socklen_t len)
{
	int	fd, yes = 1, no = 0;

	if ((fd = socket(ss->ss_family, SOCK_STREAM, 0)) == -1)
		return (-1);
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	/* [::] shall accept IPv4 too, whatever the system's default. */
	if (ss->ss_family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no,
		    sizeof(no));
	if (bind(fd, (const struct sockaddr *)(const void *)ss, len) == 0 &&
	    listen(fd, BACKLOG) == 0)
		return (fd);
	(void)close(fd);
	return (-1);
}

void
sockets_tell(int fd, const char *address)
{
	struct sockaddr_storage	 ss = { 0 };
	socklen_t		 len = sizeof(ss);
	char			 host[PEER_LEN], port[8];
	const char		*open, *close;

	if (sockets_inherited())
		return;
	if (getsockname(fd, (struct sockaddr *)(void *)&ss, &len) == -1 ||
	    getnameinfo((struct sockaddr *)(void *)&ss, len, host,
	    sizeof(host), port, sizeof(port), NI_NUMERICHOST |
	    NI_NUMERICSERV) != 0) {
		log_notice("listening on %s", address);
		return;
	}
	open = ss.ss_family == AF_INET6 ? "[" : "";
	close = ss.ss_family == AF_INET6 ? "]" : "";
	log_notice("listening on %s%s%s:%s", open, host, close, port);
}

/* Report why the socket could not be opened, and what to do. */
static void
complain(const char *address)
{
	static const struct {
		int		 error;
		const char	*advice;
	} known[] = {
		{ EACCES, "ports below 1024 need root; start trafstatd as "
		    "root (it gives root up), or choose another port" },
		{ EADDRINUSE, "the port is in use, perhaps by another "
		    "trafstatd; choose another port" },
		{ EADDRNOTAVAIL, "not an address of this host" },
	};
	size_t	i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].error == errno) {
			log_errorx("cannot listen on %s: %s", address,
			    known[i].advice);
			return;
		}
	log_error("cannot listen on %s", address);
}

int
sockets_listen(const char *address)
{
	struct sockaddr_storage	ss;
	socklen_t		len;
	int			fd;

	if (sockets_inherited()) {
		(void)fcntl(FIRST_INHERITED, F_SETFD, FD_CLOEXEC);
		return (FIRST_INHERITED);
	}
	len = host_text_address(address, &ss);
	if ((fd = open_socket(&ss, len)) == -1)
		complain(address);
	return (fd);
}

bool
sockets_are_local(int fd)
{
	struct sockaddr_storage	ss = { 0 };
	socklen_t		len = sizeof(ss);

	return (getsockname(fd, (struct sockaddr *)(void *)&ss, &len) == 0 &&
	    (ss.ss_family == AF_UNIX || host_text_is_loopback(&ss)));
}

char *
sockets_peer(int fd, char buf[PEER_LEN])
{
	struct sockaddr_storage	ss;
	socklen_t		len = sizeof(ss);

	if (getpeername(fd, (struct sockaddr *)(void *)&ss, &len) == -1 ||
	    getnameinfo((struct sockaddr *)(void *)&ss, len, buf, PEER_LEN,
	    NULL, 0, NI_NUMERICHOST) != 0)
		(void)strlcpy(buf, "-", PEER_LEN);
	return (buf);
}
