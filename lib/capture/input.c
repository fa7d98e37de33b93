/*
 * Reads captures through a large buffer.
 */
#include "config.h"

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "input.h"
#include "unzstd.h"

/* Octets at first; holds any record but those of a few link types. */
#define BUFFER		((size_t)1 << 20)

/*
 * Octets per read: small enough to leave room in the L2 cache for the table.
 */
#define READ_AT_ONCE	((size_t)128 << 10)

int
input_open(struct input *in, const char *path)
{
	struct stat	st;

	memset(in, 0, sizeof(*in));
	in->owned = strcmp(path, "-") != 0;
	in->fd = in->owned ? open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY |
	    O_NONBLOCK) : STDIN_FILENO;
	if (in->fd == -1 || fstat(in->fd, &st) == -1)
		return (-1);
	if (S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		return (-1);
	}
	in->stream = !S_ISREG(st.st_mode);
	in->limit = UINT64_MAX;
	in->size = BUFFER;
	in->buffer = malloc(in->size);
	return (in->buffer == NULL ? -1 : 0);
}

void
input_close(struct input *in)
{
	if (in->owned && in->fd != -1)
		(void)close(in->fd);
	unzstd_free(in->zstd);
	free(in->buffer);
}

uint64_t
input_offset(const struct input *in)
{
	return (in->base + in->at);
}

bool
input_is_beyond(const struct input *in, off_t size)
{
	return (!in->stream && lseek(in->fd, 0, SEEK_CUR) > size);
}

int
input_reserve(struct input *in, size_t size)
{
	uint8_t	*buffer;

	if (size <= in->size)
		return (0);
	if ((buffer = realloc(in->buffer, size)) == NULL)
		return (-1);
	in->buffer = buffer;
	in->size = size;
	return (0);
}

/*
 * May read(2) be called without waiting?  The descriptor may be shared with
 * other processes, so it is not made non-blocking.
 */
static bool
is_ready(const struct input *in)
{
	struct pollfd	p = { .fd = in->fd, .events = POLLIN };

	return (!in->stream || poll(&p, 1, 0) == 1);
}

static ssize_t
read_source(void *arg, void *to, size_t n)
{
	const struct input	*in = arg;
	ssize_t			 got;

	do {
		if (!is_ready(in)) {
			errno = EAGAIN;
			return (-1);
		}
		got = read(in->fd, to, n);
	} while (got == -1 && errno == EINTR);
	return (got);
}

static ssize_t
read_octets(struct input *in, uint8_t *to, size_t n)
{
	return (in->zstd != NULL ? unzstd_read(in->zstd, to, n) :
	    read_source(in, to, n));
}

/* Read up to `most' octets in the buffer: a file to its end or until then. */
static enum input_state
fill(struct input *in, size_t most)
{
	size_t	before = in->end;
	ssize_t	n;

	if (in->limit - in->base < most)
		most = (size_t)(in->limit - in->base);
	do {
		n = read_octets(in, in->buffer + in->end, most - in->end);
		if (n > 0)
			in->end += (size_t)n;
	} while (n > 0 && in->end < most && !in->stream);
	in->filled = in->end;
	if (in->end > before)	/* an error will occur again */
		return (INPUT_MORE);
	if (n == 0)
		return (INPUT_END);
	return (errno == EAGAIN || errno == EWOULDBLOCK ? INPUT_WAIT :
	    INPUT_FAILED);
}

enum input_state
input_more(struct input *in)
{
	size_t	left = in->end - in->at;

	if (in->base + in->end == in->limit)
		return (INPUT_END);
	if (in->at > 0)	/* not for each octet of a slow stream */
		memmove(in->buffer, in->buffer + in->at, left);
	in->base += in->at;
	in->at = 0;
	in->end = left;
	return (fill(in, left < READ_AT_ONCE ? READ_AT_ONCE : in->size));
}

int
input_decompress(struct input *in)
{
	in->zstd = unzstd_new(read_source, in, in->buffer, in->end);
	in->at = in->end = in->filled = 0;
	return (in->zstd == NULL ? -1 : 0);
}

bool
input_is_cut(const struct input *in)
{
	return (in->zstd != NULL && in->base + in->end != in->limit &&
	    unzstd_inside(in->zstd));
}

const char *
input_error(const struct input *in)
{
	return (in->zstd != NULL && unzstd_error(in->zstd) != NULL ?
	    unzstd_error(in->zstd) : strerror(errno));
}

/* ---- seeking ---- */

/* Decompress what is before the offset, as far as there is so much. */
static int
skip_to(struct input *in, uint64_t offset)
{
	uint64_t	left;
	ssize_t		n = 1;

	if (unzstd_seek(in->zstd, in->fd, offset, &in->base) == -1)
		return (-1);
	while (in->base < offset && n > 0) {
		left = offset - in->base;
		n = unzstd_read(in->zstd, in->buffer, left < in->size ?
		    (size_t)left : in->size);
		if (n > 0)
			in->base += (uint64_t)n;
	}
	in->base = offset;
	return (n == -1 ? -1 : 0);
}

/* What is in the buffer already is not read again. */
int
input_seek(struct input *in, uint64_t offset, uint64_t limit)
{
	bool	inside = offset >= in->base &&
	    offset - in->base <= in->filled;

	if (limit < offset || offset > INT64_MAX) {
		errno = EINVAL;
		return (-1);
	}
	in->limit = limit;
	in->end = in->filled;
	if (inside)
		in->at = (size_t)(offset - in->base);
	else {
		in->at = in->end = in->filled = 0;
		if (in->zstd != NULL)
			return (skip_to(in, offset));
		in->base = offset;
		return (lseek(in->fd, (off_t)offset, SEEK_SET) == -1 ? -1 :
		    0);
	}
	if (in->end > limit - in->base)
		in->end = (size_t)(limit - in->base);
	return (0);
}
