/*
 * One exchange with a daemon, shared by the files of the client.  Private to
 * lib/control.
 */
#ifndef CONTROL_EXCHANGE_H
#define CONTROL_EXCHANGE_H

#include <sys/stat.h>
#include <stdbool.h>

#include "control_call.h"

struct exchange {
	struct control_client	*c;
	int			 fd;
	int64_t			 deadline;	/* monotonic, ms */
	struct control_answer	 head;
};

/*
 * Connect, send the request (q: for table only) and read the header of the
 * answer; after CONTROL_DONE the body follows.  Call exchange_end() in any
 * case.
 */
enum control_outcome	exchange_begin(struct exchange *,
			    struct control_client *, int command,
			    const struct control_query *q);
void			exchange_end(struct exchange *);

/* Read exactly len octets of the body. */
enum control_outcome	exchange_receive(struct exchange *, uint8_t *,
			    size_t len);

/* Wait until the daemon closes the connection; what it still sends is lost. */
enum control_outcome	exchange_await_end(struct exchange *);

/* Is a socket in a directory with this status trusted if that user owns it? */
bool			exchange_trusts(const struct stat *dir, uid_t);

/* Write a message to c->err and return the outcome. */
__attribute__((format(printf, 3, 4)))
enum control_outcome	exchange_fail(struct control_client *,
			    enum control_outcome, const char *fmt, ...);
enum control_outcome	exchange_broken(struct exchange *, const char *what);

#endif
