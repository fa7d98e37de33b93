/*
 * Counters of an interface on Linux: its line of /proc/net/dev.  These counters
 * have 64 bits, need no privilege and can be read again through the same
 * descriptor from inside a sandbox.
 */
#include "config.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/interface.h"
#include "ifcounters_linux.h"

/* Bytes read at once: about 50 interfaces. */
#define PIECE	8192

struct ifcounters_source {
	int	 fd;
	bool	 alias;			/* ifname is not the kernel's name */
	char	 ifname[INTERFACE_NAME_MAX];
	char	 label[INTERFACE_NAME_MAX + 1];	/* "eth0:" */
};

/* The kernel lists an interface by its own name. */
static void
set_label(struct ifcounters_source *s)
{
	char	real[INTERFACE_NAME_MAX];

	(void)interface_real(s->ifname, real);
	s->alias = s->alias || strcmp(real, s->ifname) != 0;
	(void)snprintf(s->label, sizeof(s->label), "%s:", real);
}

struct ifcounters_source *
ifcounters_open(const char *ifname)
{
	struct ifcounters_source	*s;

	if ((s = calloc(1, sizeof(*s))) == NULL)
		return (NULL);
	(void)strlcpy(s->ifname, ifname, sizeof(s->ifname));
	set_label(s);
	s->fd = open("/proc/self/net/dev", O_RDONLY | O_CLOEXEC);
	if (s->fd == -1) {
		free(s);
		return (NULL);
	}
	return (s);
}

void
ifcounters_close(struct ifcounters_source *s)
{
	if (s == NULL)
		return;
	(void)close(s->fd);
	free(s);
}

/* What follows the label at the start of a line, or NULL. */
static const char *
find_line(const char *text, const char *label)
{
	size_t	len = strlen(label);

	for (; text != NULL; text = strchr(text, '\n')) {
		text += strspn(text, "\n ");
		if (*text == '\0')
			return (NULL);
		if (strncmp(text, label, len) == 0)
			return (text + len);
	}
	return (NULL);
}

bool
ifcounters_parse(const char *text, const char *label, struct ifcounters *c)
{
	const char	*line;

	if ((line = find_line(text, label)) == NULL)
		return (false);
	/*
	 * receive: bytes packets errs drop fifo frame compressed multicast;
	 * transmit: bytes packets errs drop fifo colls carrier compressed
	 */
	/* NOLINTNEXTLINE(cert-err34-c): the kernel's numbers are in range. */
	return (sscanf(line, "%" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
	    " %*u %*u %*u %*u %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
	    " %*u %" SCNu64,
	    &c->rx_bytes, &c->rx_packets, &c->rx_errors, &c->rx_dropped,
	    &c->tx_bytes, &c->tx_packets, &c->tx_errors, &c->tx_dropped,
	    &c->collisions) == 9);
}

/* Read in pieces: there may be thousands of lines. */
static bool
read_line(const struct ifcounters_source *s, struct ifcounters *c)
{
	char	 text[PIECE + 1], *end;
	size_t	 used = 0;
	off_t	 at = 0;
	ssize_t	 n;

	while ((n = pread(s->fd, text + used, PIECE - used, at)) > 0) {
		at += n;
		used += (size_t)n;
		text[used] = '\0';
		if ((end = strrchr(text, '\n')) == NULL)
			return (false);		/* no line is so long */
		*end++ = '\0';
		if (ifcounters_parse(text, s->label, c))
			return (true);
		used -= (size_t)(end - text);
		memmove(text, end, used);
	}
	return (false);
}

/* An interface may be renamed, and its former name become an alternative. */
bool
ifcounters_read(struct ifcounters_source *s, struct ifcounters *c)
{
	if (s->alias)
		set_label(s);
	if (read_line(s, c))
		return (true);
	set_label(s);
	return (s->alias && read_line(s, c));
}
