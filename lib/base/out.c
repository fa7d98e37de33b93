/*
 * A buffered stream that remembers its first error, so that writers check
 * once.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "digits.h"
#include "out.h"

#define BUFFER	65536

struct out {
	int	fd;
	int	error;
	size_t	used;
	char	buf[BUFFER];
};

struct out *
out_new(int fd)
{
	struct out	*o;

	if ((o = malloc(sizeof(*o))) == NULL)
		return (NULL);
	o->fd = fd;
	o->error = 0;
	o->used = 0;
	return (o);
}

void
out_free(struct out *o)
{
	free(o);
}

int
out_error(const struct out *o)
{
	return (o->error);
}

void
out_fail(struct out *o, int error)
{
	if (o->error == 0)
		o->error = error;
}

int
out_flush(struct out *o)
{
	size_t	at = 0;
	ssize_t	n;

	while (o->error == 0 && at < o->used) {
		n = write(o->fd, o->buf + at, o->used - at);
		if (n >= 0)
			at += (size_t)n;
		else if (errno != EINTR)
			o->error = errno;
	}
	o->used = 0;
	errno = o->error;
	return (o->error == 0 ? 0 : -1);
}

void
out_mem(struct out *o, const void *mem, size_t len)
{
	const char	*from = mem;
	size_t		 part;

	while (len > 0) {
		if (o->used == BUFFER)
			(void)out_flush(o);
		part = len < BUFFER - o->used ? len : BUFFER - o->used;
		memcpy(o->buf + o->used, from, part);
		o->used += part;
		from += part;
		len -= part;
	}
}

void
out_char(struct out *o, char c)
{
	if (o->used == BUFFER)
		(void)out_flush(o);
	o->buf[o->used++] = c;
}

void
out_str(struct out *o, const char *s)
{
	out_mem(o, s, strlen(s));
}

static void
pad(struct out *o, size_t len, size_t width)
{
	for (; len < width; len++)
		out_char(o, ' ');
}

void
out_left(struct out *o, const char *s, size_t width)
{
	size_t	len = strlen(s);

	out_mem(o, s, len);
	pad(o, len, width);
}

void
out_right(struct out *o, uint64_t v, size_t width)
{
	char		 buf[DIGITS_LEN];
	const char	*digits = digits_format(v, buf);
	size_t		 len = (size_t)(buf + DIGITS_LEN - 1 - digits);

	pad(o, len, width);
	out_mem(o, digits, len);
}

void
out_u64(struct out *o, uint64_t v)
{
	out_right(o, v, 0);
}
