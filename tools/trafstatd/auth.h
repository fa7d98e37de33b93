/*
 * Users of the web server: a file of names and crypt(3) hashes.  Uses no
 * connections and no HTTP.
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
 * Is it the password of that user?  Either may be NULL: none was given.  Since
 * hashing a password is slow by design, accepted ones are remembered, and after
 * a wrong password the peer's address has to wait a second.  now_ms is
 * monotonic.
 */
enum auth_verdict auth_check(struct auth *, const char *name,
		    const char *password, const struct sockaddr *peer,
		    uint64_t now_ms);

#endif
