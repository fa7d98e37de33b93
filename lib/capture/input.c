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

/* Read up to `most' octets in the buffer: a file to its end or until then. */
static enum input_state
fill(struct input *in, size_t most)
{
	size_t	before = in->end;
	ssize_t	n;

	if (in->limit - in->base < most)
		most = (size_t)(in->limit - in->base);
	if (in->end >= most)
		return (INPUT_END);
	do {
		if (!is_ready(in))
			return (INPUT_WAIT);
		n = read(in->fd, in->buffer + in->end, most - in->end);
		if (n > 0)
			in->end += (size_t)n;
	} while ((n > 0 && in->end < most && !in->stream) ||
	    (n == -1 && errno == EINTR));
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

	if (in->at > 0)	/* not for each octet of a slow stream */
		memmove(in->buffer, in->buffer + in->at, left);
	in->base += in->at;
	in->at = 0;
	in->end = left;
	return (fill(in, left < READ_AT_ONCE ? READ_AT_ONCE : in->size));
}

/* What is in the buffer already is not read again. */
int
input_seek(struct input *in, uint64_t offset, uint64_t limit)
{
	bool	inside = offset >= in->base && offset - in->base <= in->end;

	if (limit < offset || offset > INT64_MAX) {
		errno = EINVAL;
		return (-1);
	}
	in->at = inside ? (size_t)(offset - in->base) : 0;
	in->base = inside ? in->base : offset;
	in->end = inside ? in->end : 0;
	if (in->end > limit - in->base)
		in->end = (size_t)(limit - in->base);
	in->limit = limit;
	return (lseek(in->fd, (off_t)(in->base + in->end), SEEK_SET) == -1 ?
	    -1 : 0);
}
