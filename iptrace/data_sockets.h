/*
 * The sockets of a data trace that have been read or written, by their cookie.
 * One thread at a time.
 */
#ifndef DATA_SOCKETS_H
#define DATA_SOCKETS_H

#include <stdbool.h>
#include <stdint.h>

#include "owner/data_layout.h"
#include "packet/owner.h"
#include "data_spans.h"

struct data_socket {
	struct data_socket *chain;	/* of those with the same hash */
	struct data_socket *older, *newer; /* used before and after it */
	struct data_event about;	/* the first record */
	/* Of what was received and of what was sent. */
	struct data_stream {
		struct data_spans spans; /* TCP: what has come */
		uint64_t	 begin;	/* what is offset 0 in the trace */
		bool		 begun;
		uint64_t	 sum;	/* octets recorded */
	} streams[2];
	uint64_t	 fin;		/* offset of the peer's end */
	uint64_t	 losses;	/* of the trace when it began */
	char		 unit[OWNER_UNIT_MAX];
};

#define DATA_NO_FIN	UINT64_MAX

struct data_sockets;

struct data_sockets *data_sockets_new(void);	/* NULL with errno */
void		 data_sockets_free(struct data_sockets *); /* or NULL */

/* NULL: not known.  It becomes the newest. */
struct data_socket *data_sockets_find(struct data_sockets *, uint64_t cid);

/* Add one with this first record.  NULL with errno. */
struct data_socket *data_sockets_add(struct data_sockets *,
		    const struct data_event *);
void		 data_sockets_remove(struct data_sockets *,
		    struct data_socket *);

/* The one not used for the longest time, if there are too many; or NULL. */
struct data_socket *data_sockets_surplus(const struct data_sockets *);

#endif
