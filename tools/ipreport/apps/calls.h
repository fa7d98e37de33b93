/*
 * Calls and queries that may get a reply, in constant memory.  If all places
 * are taken, an answered call makes room; if there is none, the oldest
 * unanswered one is given up.  One thread at a time.
 *
 *	new -> [begin, find -> answer]* -> each -> free
 */
#ifndef CALLS_H
#define CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rpc.h"

/* Who asks whom, and by which number.  Without holes: it is hashed. */
struct call_key {
	uint8_t		client[16];
	uint8_t		server[16];
	uint16_t	client_port;
	uint16_t	server_port;
	uint32_t	id;
	uint32_t	kind;		/* IP protocol, or what else differs */
};

#define CALL_WHAT	200

struct call {
	struct call_key	 key;
	uint64_t	 time_ns;	/* of the first call */
	uint64_t	 number;	/* of its packet */
	uint64_t	 again;		/* how often it was repeated */
	uint8_t		 server[16];	/* its destination, maybe a group */
	bool		 answered;
	struct rpc_call	 rpc;
	uint16_t	 type;		/* of a question of the DNS */
	char		 what[CALL_WHAT];	/* for tables; printable */
	/* calls.c only: a chain of one hash, a list by age */
	struct call	*next, *older, *newer;
};

typedef void call_fn(void *arg, const struct call *);

struct calls;

/* given_up may be NULL.  NULL with errno. */
struct calls	*calls_new(size_t most, call_fn *given_up, void *arg);
void		 calls_free(struct calls *);

/* The call of that key, or NULL. */
struct call	*calls_find(struct calls *, const struct call_key *);

/*
 * A new call, whose key is not there; everything but its key is 0.  It may take
 * the place of another, which given_up() gets before.
 */
struct call	*calls_add(struct calls *, const struct call_key *);

/* It has a reply, or (false) it was begun anew. */
void		 calls_answered(struct calls *, struct call *, bool);

/* Those without a reply, the oldest first. */
void		 calls_each(const struct calls *, call_fn *, void *arg);

#endif
