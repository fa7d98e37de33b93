/*
 * What the formats of captures have in common.
 */
#include "config.h"

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

static void
add_losses(struct capfile_losses *sum, const struct capfile_interface *i)
{
	if (!i->counted)
		sum->kernel += i->dropped;
	sum->kernel += i->losses.kernel;
	sum->iface += i->losses.iface;
	sum->writer += i->losses.writer;
}

void
capfile_losses(const struct capfile *f, struct capfile_losses *losses)
{
	uint32_t	i;

	*losses = f->losses;
	for (i = 0; i < f->ninterfaces; i++)
		add_losses(losses, &f->interfaces[i]);
}

void
capfile_end_section(struct capfile *f)
{
	capfile_losses(f, &f->losses);
	while (f->ninterfaces > 0)
		free(f->interfaces[--f->ninterfaces].name);
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
