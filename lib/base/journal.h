/*
 * The journal of systemd, by its native protocol: one datagram of fields per
 * message.  Nothing of systemd is linked; systems without it have no socket.
 * No state; any thread.
 */
#ifndef JOURNAL_H
#define JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct journal_entry {
	const char	*ident;		/* SYSLOG_IDENTIFIER */
	const char	*iface;		/* TRAFD_INTERFACE, or NULL */
	const char	*text;		/* MESSAGE */
	int		 level;		/* LOG_... of syslog(3) */
	int		 facility;	/* LOG_... of syslog(3) */
};

/* The socket on which the journal receives datagrams. */
#define JOURNAL_SOCKET	"/run/systemd/journal/socket"

/* Is standard error connected to the journal? */
bool	journal_is_stderr(void);

/* Compose a datagram.  Returns its length, or 0 if the buffer is too small. */
size_t	journal_compose(uint8_t *, size_t, const struct journal_entry *);

#endif
