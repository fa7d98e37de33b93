/*
 * What the files of the control client share: one exchange with a daemon.
 * Private to lib/control.
 */
#ifndef CONTROL_EXCHANGE_H
#define CONTROL_EXCHANGE_H

#include "control_call.h"

struct exchange {
	struct control_client	*c;
	int			 fd;
	int64_t			 deadline;	/* monotonic ms */
	struct control_answer	 head;
};

/*
 * Connect, ask (q only for table) and read the head of the answer: the body
 * follows after CONTROL_DONE.  exchange_end() in any case.
 */
enum control_outcome	exchange_begin(struct exchange *,
			    struct control_client *, int command,
			    const struct control_query *q);
void			exchange_end(struct exchange *);

/* Exactly len octets of the body. */
enum control_outcome	exchange_receive(struct exchange *, uint8_t *,
			    size_t len);

/* Write the message of a failure; both return how it went. */
__attribute__((format(printf, 3, 4)))
enum control_outcome	exchange_fail(struct control_client *,
			    enum control_outcome, const char *fmt, ...);
enum control_outcome	exchange_broken(struct exchange *, const char *what);

#endif
