/*
 * The connections of the web server: a bounded number, of which the one that
 * has been idle for longest goes when another one comes.  So those who only
 * hold connections keep nobody out.
 */
#ifndef TRAFSTATD_CONNS_H
#define TRAFSTATD_CONNS_H

#include <stddef.h>

struct conn;
struct conns;

/* NULL with errno. */
struct conns	*conns_new(size_t most);

/* There must be no connection left. */
void		 conns_free(struct conns *);

/*
 * A connection on the socket fd (borrowed) has come; the one idle for
 * longest is shut down when there are too many.  NULL when out of memory.
 */
struct conn	*conns_add(struct conns *, int fd);

/* It has asked something. */
void		 conns_touch(struct conns *, struct conn *);

/* It has ended. */
void		 conns_remove(struct conns *, struct conn *);

size_t		 conns_count(const struct conns *);

#endif
