/*
 * Users of the web server: a file of names and crypt(3) hashes, against which
 * the header of HTTP's Basic scheme (RFC 7617) is checked.
 */
#ifndef TRAFSTATD_AUTH_H
#define TRAFSTATD_AUTH_H

#include <sys/socket.h>
#include <stdint.h>

struct auth;

enum auth_verdict {
	AUTH_OK,
	AUTH_WRONG,		/* no header, or wrong credentials */
	AUTH_WAIT		/* this address must wait before it retries */
};

/*
 * Read lines `name:hash'; empty lines and those that begin with `#' are
 * skipped.  The file must be writable by its owner only, and must not be
 * readable by others.  NULL after a message.
 */
struct auth	*auth_load(const char *path);
void		 auth_free(struct auth *);

/*
 * Check `header', the value of Authorization or NULL.  Since hashing a
 * password is slow by design, accepted headers are remembered, and after a
 * wrong password the peer's address has to wait a second.  now_ms is
 * monotonic.
 */
enum auth_verdict auth_check(struct auth *, const char *header,
		    const struct sockaddr *peer, uint64_t now_ms);

#endif
