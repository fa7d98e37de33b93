/*
 * Addresses to listen on, and whom a request is meant for: a page of some
 * stranger must not be able to read ours through its visitor's browser.
 */
#ifndef TRAFSTATD_HOST_TEXT_H
#define TRAFSTATD_HOST_TEXT_H

#include <sys/socket.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * `ADDR:PORT', `[ADDR]:PORT' or `PORT', which means 127.0.0.1; ADDR is an
 * address, no name.  Returns the length of the address, or 0 if the text is
 * none.
 */
socklen_t	host_text_address(const char *text, struct sockaddr_storage *);

/* Can only this machine connect to it? */
bool		host_text_is_loopback(const struct sockaddr_storage *);

/*
 * May a request with this Host header be answered?  Addresses and localhost
 * cannot be made to point at us by somebody else's name server; other names
 * are ours if `names' (NULL at the end) holds them, in any case.
 */
bool		host_text_is_ours(const char *header, const char *const *names);

#endif
