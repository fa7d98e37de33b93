/*
 * Who may read: a file of names and crypt(3) hashes.  Knows no connection and
 * no HTTP.
 */
#ifndef TRAFSTATD_AUTH_H
#define TRAFSTATD_AUTH_H

#include <sys/socket.h>
#include <stdint.h>

struct auth;

enum auth_verdict {
	AUTH_OK,
	AUTH_WRONG,		/* none given, or a wrong one */
	AUTH_WAIT		/* this address has to wait before it tries */
};

/*
 * Read lines `name:hash'; empty ones and those with `#' are comments.  The
 * file must be no one's to write but its owner's, and not everybody's to
 * read.  NULL after a message.
 */
struct auth	*auth_load(const char *path);
void		 auth_free(struct auth *);

/*
 * Is it the password of that user?  Either may be NULL: none was given.  A
 * hash is made to be slow: a right password is remembered, and after a wrong
 * one all attempts of the peer's address are refused for a second.  now_ms is
 * monotonic.
 */
enum auth_verdict auth_check(struct auth *, const char *name,
		    const char *password, const struct sockaddr *peer,
		    uint64_t now_ms);

#endif
