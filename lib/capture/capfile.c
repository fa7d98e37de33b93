/*
 * Captures of any format: finds out which it is, and reads on when a format
 * has no whole record left.
 */
#include "config.h"

#include <sys/stat.h>
#include <errno.h>
#include <stdlib.h>

#include "capfile_impl.h"
#include "unzstd.h"

/* ---- the format ---- */

/* By gzip, zstd inside of zstd, xz, bzip2 or lz4. */
static bool
is_compressed(const uint8_t magic[4])
{
	uint32_t	n = get_be32(magic);

	return (n >> 8 == 0x1f8b08 || n == 0x28b52ffd || n == 0xfd377a58 ||
	    n >> 8 == 0x425a68 || n == 0x04224d18);
}

/* Then the first octets are looked for again. */
static int
decompress(struct capfile *f)
{
	return (input_decompress(&f->in) == 0 ? CAPFILE_NEED_MORE :
	    capfile_fail(f, "out of memory"));
}

/* Four octets say which format it is. */
static int
find_format(struct capfile *f)
{
	const uint8_t	*p = f->in.buffer + f->in.at;

	if (f->in.end - f->in.at < 4)
		return (CAPFILE_NEED_MORE);
	if (get_be32(p) == SECTION_HEADER)
		f->format = &capfile_pcapng;
	else if (capfile_is_pcap(p))
		f->format = &capfile_pcap;
	else if (capfile_is_iptrace(p))
		f->format = &capfile_iptrace;
	else if (unzstd_is(p) && f->in.zstd == NULL)
		return (decompress(f));
	else if (is_compressed(p))
		return (capfile_fail(f, "it is compressed; decompress it "
		    "first, for example: gzip -dc FILE | trafd --read -"));
	else
		return (capfile_fail(f, "not a capture: neither pcap nor "
		    "pcapng nor iptrace"));
	return (1);
}

static int
take_magic(struct capfile *f, struct frame *frames, int most)
{
	int	rc = find_format(f);

	return (rc == 1 ? f->format->take(f, frames, most) : rc);
}

static void
rest_of_magic(struct capfile *f)
{
	(void)capfile_cut(f, "file header", 4, f->in.end - f->in.at);
}

static uint64_t
no_time(const struct capfile *f, const struct frame *frame)
{
	(void)f;
	(void)frame;
	return (0);
}

static int
head_of_magic(struct capfile *f)
{
	int	rc = find_format(f);

	return (rc == 1 ? f->format->head(f) : rc);
}

static const struct capfile_format	unknown = {
	.take = take_magic, .rest = rest_of_magic, .head = head_of_magic,
	.time = no_time,
};

struct capfile *
capfile_open(const char *path)
{
	struct capfile	*f;
	int		 error;

	if ((f = calloc(1, sizeof(*f))) == NULL)
		return (NULL);
	f->format = &unknown;
	f->link = -1;
	if (input_open(&f->in, path) == 0 &&
	    (f->path = strdup(path)) != NULL)
		return (f);
	error = errno;
	capfile_close(f);
	errno = error;
	return (NULL);
}

void
capfile_close(struct capfile *f)
{
	if (f == NULL)
		return;
	input_close(&f->in);
	capfile_end_section(f);
	free(f->interfaces);
	free(f->path);
	free(f);
}

int
capfile_fd(const struct capfile *f)
{
	return (f->in.stream ? f->in.fd : -1);
}

int
capfile_link(const struct capfile *f)
{
	return (f->link);
}

uint64_t
capfile_time(const struct capfile *f, const struct frame *frame)
{
	return (f->format->time(f, frame));
}

void
capfile_about(const struct capfile *f, const struct frame *frame,
    struct capfile_about *about)
{
	memset(about, 0, sizeof(*about));
	f->format->about(f, frame, about);
}

uint64_t
capfile_offset(const struct capfile *f, const struct frame *frame,
    uint64_t *end)
{
	uint64_t	 length, at;
	const uint8_t	*record = f->format->record(f, frame, &length);

	at = f->in.base + (uint64_t)(record - f->in.buffer);
	*end = at + length;
	return (at);
}

const char *
capfile_error(const struct capfile *f)
{
	return (f->error);
}

/* ---- a capture that grows ---- */

void
capfile_follow(struct capfile *f)
{
	f->follow = !f->in.stream;
}

/* Has its name another file now, or has it become shorter? */
static bool
is_replaced(const struct capfile *f)
{
	struct stat	own, named;

	if (fstat(f->in.fd, &own) == -1 || stat(f->path, &named) == -1)
		return (false);
	return (own.st_ino != named.st_ino || own.st_dev != named.st_dev ||
	    input_is_beyond(&f->in, own.st_size));
}

/*
 * May there be more later?  Once it was replaced nobody writes on, so that it
 * is read once more to its end.
 */
static bool
may_grow(struct capfile *f)
{
	return (f->follow && f->in.limit == UINT64_MAX && !f->last_look);
}

/* ---- reading ---- */

/* The capture has ended: are there octets left, or even no header? */
static enum capfile_state
at_end(struct capfile *f)
{
	f->error[0] = '\0';
	if (input_is_cut(&f->in))
		(void)capfile_fail(f, "the file ends inside a zstd frame");
	else if (f->in.at < f->in.end || f->format == &unknown || f->link == -1)
		f->format->rest(f);
	return (f->error[0] != '\0' ? CAPFILE_DAMAGED : CAPFILE_END);
}

enum capfile_state
capfile_next(struct capfile *f, struct frame *frames, int most, int *n)
{
	*n = 0;
	for (;;) {
		if (most == 0 && f->link != -1)
			return (CAPFILE_FRAMES);
		*n = f->format->take(f, frames, most);
		if (*n > 0)
			return (CAPFILE_FRAMES);
		if (*n == CAPFILE_BAD) {
			*n = 0;
			return (CAPFILE_DAMAGED);
		}
		if (most == 0 && f->link != -1)
			return (CAPFILE_FRAMES);
		switch (input_more(&f->in)) {
		case INPUT_MORE:
			break;
		case INPUT_WAIT:
			return (CAPFILE_WAIT);
		case INPUT_END:
			if (!may_grow(f))
				return (at_end(f));
			if (!(f->last_look = is_replaced(f)))
				return (CAPFILE_WAIT);
			break;
		default:
			(void)capfile_fail(f, "cannot read: %s",
			    input_error(&f->in));
			return (CAPFILE_DAMAGED);
		}
	}
}

/* ---- parts ---- */

/* As before the first octet was read. */
static void
forget(struct capfile *f)
{
	capfile_end_section(f);
	memset(&f->losses, 0, sizeof(f->losses));
	f->format = &unknown;
	f->link = -1;
	f->begun = false;
}

static int
seek(struct capfile *f, off_t at, uint64_t limit)
{
	if (at < 0) {
		errno = EINVAL;
		return (-1);
	}
	if (input_seek(&f->in, (uint64_t)at, limit) == 0)
		return (0);
	(void)capfile_fail(f, "cannot read: %s", input_error(&f->in));
	return (-1);
}

/* Do `what' with what is there, when there is enough of it. */
static int
take_at(struct capfile *f, off_t at, int (*what)(struct capfile *))
{
	int	rc;

	if (seek(f, at, UINT64_MAX) == -1)
		return (-1);
	while ((rc = what(f)) == CAPFILE_NEED_MORE)
		if (input_more(&f->in) != INPUT_MORE) {
			rc = capfile_fail(f, "no description of an interface");
			break;
		}
	if (rc != 1)
		errno = EBADMSG;
	return (rc == 1 ? 0 : -1);
}

static int
take_head(struct capfile *f)
{
	return (f->format->head(f));
}

int
capfile_part(struct capfile *f, off_t from, off_t to, const off_t *heads,
    size_t n)
{
	size_t	i;

	if (f->in.stream || from < 0 || (to != -1 && to < from) ||
	    (n == 0 && f->format == &unknown)) {
		errno = f->in.stream ? ESPIPE : EINVAL;
		return (-1);
	}
	/* Only the first octets say whether it is compressed. */
	if (f->format == &unknown && take_at(f, 0, find_format) == -1)
		return (-1);
	if (n > 0)
		forget(f);
	for (i = 0; i < n; i++)
		if (take_at(f, heads[i], take_head) == -1)
			return (-1);
	return (seek(f, from, to == -1 ? UINT64_MAX : (uint64_t)to));
}
