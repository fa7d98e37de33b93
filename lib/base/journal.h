/*
 * The journal of systemd, spoken to in its own protocol: one datagram of
 * fields a message.  Nothing of systemd is linked; elsewhere there is none.
 */
#ifndef JOURNAL_H
#define JOURNAL_H

#include <stddef.h>
#include <stdint.h>

struct journal_entry {
	const char	*ident;		/* SYSLOG_IDENTIFIER */
	const char	*iface;		/* TRAFD_INTERFACE, or NULL */
	const char	*text;		/* MESSAGE */
	int		 level;		/* LOG_... of syslog(3) */
	int		 facility;	/* LOG_... of syslog(3) */
};

/* A socket, where standard error goes to the journal by itself; else -1. */
int	journal_open(void);

/* 0, or -1 with errno. */
int	journal_send(int, const struct journal_entry *);

/* The datagram: its length, or 0 where it does not fit into the buffer. */
size_t	journal_compose(uint8_t *, size_t, const struct journal_entry *);

#endif
