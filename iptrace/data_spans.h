/*
 * Which octets of a stream have come, so that none is recorded twice when they
 * come out of order or again.
 */
#ifndef DATA_SPANS_H
#define DATA_SPANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct data_span {
	uint64_t	from, to;	/* offsets; `to' is behind it */
};

struct data_spans {
	uint64_t	 next;		/* all before it have come */
	struct data_span *ahead;	/* in order, with gaps between them */
	size_t		 n, room;
};

/* Octets that have not come before. */
typedef void	data_spans_fn(void *arg, uint64_t from, uint64_t to);

/*
 * The octets have come: pass on those that are new.  If so much is missing
 * that it cannot be kept, the first gap is given up: then what comes for it is
 * passed on no more.
 */
void	data_spans_add(struct data_spans *, uint64_t from, uint64_t to,
	    data_spans_fn *, void *arg);

/* Behind the last octet that has come. */
uint64_t data_spans_end(const struct data_spans *);

/* Those before it are known to have come or to be lost. */
void	data_spans_begin(struct data_spans *, uint64_t at);
void	data_spans_free(struct data_spans *);

#endif
