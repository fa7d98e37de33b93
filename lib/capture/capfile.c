/*
 * Captures of any format: finds out which it is, and reads on when a format
 * has no whole record left.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "capfile_impl.h"

#define NFLOG_HEADER	4	/* before the attributes */

/* Link types whose records may exceed CAPFILE_SNAPLEN, as in libpcap. */
static const struct {
	int		link;
	uint32_t	most;
} long_links[] = {
	{ 186, 1 << 20 },	/* USB */
	{ 189, 1 << 20 },
	{ 220, 1 << 20 },
	{ 231, 128 << 20 },	/* D-Bus */
	{ 249, 1 << 20 },
	{ 266, 1 << 20 },
	{ 279, 8 << 20 },	/* EBHSCR */
};

uint32_t
capfile_most(int link)
{
	size_t	i;

	for (i = 0; i < sizeof(long_links) / sizeof(long_links[0]); i++)
		if (long_links[i].link == link)
			return (long_links[i].most);
	return (CAPFILE_SNAPLEN);
}

int
capfile_fail(struct capfile *f, const char *format, ...)
{
	va_list	ap;
	int	n;

	n = snprintf(f->error, sizeof(f->error), "at byte %" PRIu64 ": ",
	    input_offset(&f->in));
	va_start(ap, format);
	(void)vsnprintf(f->error + n, sizeof(f->error) - (size_t)n, format,
	    ap);
	va_end(ap);
	return (CAPFILE_BAD);
}

int
capfile_cut(struct capfile *f, const char *what, uint64_t want, uint64_t got)
{
	return (capfile_fail(f, "the file ends inside a %s: %" PRIu64 " of %"
	    PRIu64 " bytes are left", what, got, want));
}

static bool
is_foreign_order(const struct capfile *f)
{
	static const uint8_t	one[2] = { 0, 1 };
	uint16_t		host;

	memcpy(&host, one, sizeof(host));
	return ((host == 1) != f->big_endian);
}

static void
swap_short(uint8_t *p)
{
	uint8_t	first = p[0];

	p[0] = p[1];
	p[1] = first;
}

/* The frame, of version 0, is in the buffer, so it may be changed. */
static void
swap_nflog(uint8_t *p, uint32_t n, uint32_t wirelen)
{
	uint32_t	at = NFLOG_HEADER, length;
	uint16_t	host;

	if (n < NFLOG_HEADER || wirelen < NFLOG_HEADER || p[1] != 0)
		return;
	while (n - at >= 4) {
		swap_short(p + at);
		swap_short(p + at + 2);
		memcpy(&host, p + at, sizeof(host));
		length = (host + 3u) & ~3u;
		if (length < 4 || length > n - at || length > wirelen - at)
			return;
		at += length;
	}
}

void
capfile_fix(const struct capfile *f, const struct frame *frame)
{
	if (is_foreign_order(f))
		swap_nflog(f->in.buffer + (frame->octets - f->in.buffer),
		    frame->caplen, frame->wirelen);
}

/* ---- the format ---- */

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
