/*
 * Addresses to listen on, and the check of the Host header of a request.  The
 * latter is against DNS rebinding: a foreign web page must not read the
 * account through the browser of its visitor.
 */
#ifndef TRAFSTATD_HOST_TEXT_H
#define TRAFSTATD_HOST_TEXT_H

#include <sys/socket.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Parse `ADDR:PORT', `[ADDR]:PORT', or `PORT' on 127.0.0.1; ADDR is a
 * numeric address.  Returns the length of the socket address, or 0 if the
 * text is invalid.
 */
socklen_t	host_text_address(const char *text, struct sockaddr_storage *);

/* Is it a loopback address, to which only this host can connect? */
bool		host_text_is_loopback(const struct sockaddr_storage *);

/*
 * May a request with this Host header be answered?  Numeric addresses and
 * localhost are allowed: no foreign name server can point them to this host.
 * Other names must be in `names', which ends with NULL; case is ignored.
 */
bool		host_text_is_ours(const char *header, const char *const *names);

#endif
