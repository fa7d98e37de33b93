/*
 * Captures of any format: finds out which it is, and reads on when a format
 * has no whole record left.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "capfile_impl.h"

/* ---- the format ---- */

/* By gzip, zstd, xz, bzip2 or lz4. */
static bool
is_compressed(const uint8_t magic[4])
{
	uint32_t	n = get_be32(magic);

	return (n >> 8 == 0x1f8b08 || n == 0x28b52ffd || n == 0xfd377a58 ||
	    n >> 8 == 0x425a68 || n == 0x04224d18);
}

/* Four octets say which format it is. */
static int
take_magic(struct capfile *f, struct frame *frames, int most)
{
	const uint8_t	*p = f->in.buffer + f->in.at;

	if (f->in.end - f->in.at < 4)
		return (CAPFILE_NEED_MORE);
	if (get_be32(p) == SECTION_HEADER)
		f->format = &capfile_pcapng;
	else if (capfile_is_pcap(p))
		f->format = &capfile_pcap;
	else if (is_compressed(p))
		return (capfile_fail(f, "it is compressed; decompress it "
		    "first, for example: gzip -dc FILE | trafd --read -"));
	else
		return (capfile_fail(f, "not a capture: neither pcap nor "
		    "pcapng"));
	return (f->format->take(f, frames, most));
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

static const struct capfile_format	unknown = {
	.take = take_magic, .rest = rest_of_magic, .time = no_time,
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
	if (input_open(&f->in, path) == 0)
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
	free(f->interfaces);
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

const char *
capfile_error(const struct capfile *f)
{
	return (f->error);
}

/* The capture has ended: are there octets left, or even no header? */
static enum capfile_state
at_end(struct capfile *f)
{
	f->error[0] = '\0';
	if (f->in.at < f->in.end || f->format == &unknown || f->link == -1)
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
			return (at_end(f));
		default:
			(void)capfile_fail(f, "cannot read: %s",
			    strerror(errno));
			return (CAPFILE_DAMAGED);
		}
	}
}
