/*
 * The journal of systemd, spoken to in its own protocol: one datagram of
 * fields a message.  Nothing of systemd is linked; elsewhere there is none.
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

/* Where the journal listens for datagrams. */
#define JOURNAL_SOCKET	"/run/systemd/journal/socket"

/* Does standard error lead to the journal? */
bool	journal_is_stderr(void);

/* Compose a datagram: its length, or 0 if it does not fit into the buffer. */
size_t	journal_compose(uint8_t *, size_t, const struct journal_entry *);

#endif
