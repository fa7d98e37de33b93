/*
 * The end of a trace file: every write goes to the end of the last whole
 * record, and what is written only in part is cut off again.
 */
#include "config.h"

#include <sys/uio.h>
#include <errno.h>
#include <unistd.h>

#include "record_impl.h"

/* Cut off what is behind the last whole record. */
int
record_cut(struct record *r)
{
	int	error = errno;

	if (r->torn && ftruncate(r->fd, r->end) == -1)
		return (-1);
	r->torn = false;
	errno = error;
	return (0);
}

/* Of n parts the first `done' octets were written: go on behind them. */
static struct iovec *
advance(struct iovec *v, size_t *n, size_t done)
{
	while (*n > 0 && done >= v->iov_len) {
		done -= v->iov_len;
		v++;
		--*n;
	}
	if (*n > 0) {
		v->iov_base = (uint8_t *)v->iov_base + done;
		v->iov_len -= done;
	}
	return (v);
}

/*
 * Write the parts behind the last record, as far as that goes.  Returns the
 * number of octets; errno tells why there are not more.
 */
size_t
record_put(struct record *r, struct iovec *v, size_t n)
{
	size_t	sum = 0;
	ssize_t	done;

	if (record_cut(r) == -1)
		return (0);
	while (n > 0) {
		done = r->stream ? writev(r->fd, v, (int)n) :
		    pwritev(r->fd, v, (int)n, r->end + (off_t)sum);
		if (done == -1 && errno == EINTR)
			continue;
		if (done == 0)
			errno = ENOSPC;
		if (done <= 0)
			break;
		r->torn = !r->stream;
		sum += (size_t)done;
		v = advance(v, &n, (size_t)done);
	}
	return (sum);
}

/* These octets more are whole records: what is behind them is cut off. */
void
record_settle(struct record *r, size_t octets, bool all)
{
	r->end += (off_t)octets;
	if (all)
		r->torn = false;
	else
		(void)record_cut(r);	/* the next write tries again */
}

/* Write a block of n octets of the glue, all of it or nothing. */
int
record_put_block(struct record *r, size_t n)
{
	struct iovec	v = { r->glue, n };
	bool		all = record_put(r, &v, 1) == n;

	record_settle(r, all ? n : 0, all);
	return (all ? 0 : -1);
}
