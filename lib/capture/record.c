/*
 * Writes trace files.  What surrounds the frames is put together in a buffer,
 * the end of a record and the beginning of the next one beside each other; one
 * call then writes these parts and, in between, long frames from where they
 * are.
 */
#include "config.h"

#include <sys/uio.h>
#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/regular.h"
#include "record_impl.h"

/* Most frames of one call of the system. */
#define BATCH		256

/*
 * Frames up to this length are copied to the glue: each part of a write costs
 * the kernel more than that.
 */
#define COPY_MOST	1024

/* Octets of a cache line, and how many frames ahead they are fetched. */
#define LINE		64U
#define FETCH_AHEAD	3

/* Octets around a frame without a note; all texts of an interface. */
#define SURROUND	512
#define DESCRIBE	(2 * RECORD_TEXT + 256)

static const struct record_ops *const	formats[] = {
	[RECORD_PCAPNG] = &record_pcapng,
	[RECORD_PCAP] = &record_pcap,
	[RECORD_IPTRACE] = &record_iptrace,
};

/* Make room for n octets of glue. */
static int
reserve(struct record *r, size_t n)
{
	uint8_t	*more;

	if (n <= r->room)
		return (0);
	if ((more = realloc(r->glue, n)) == NULL)
		return (-1);
	r->glue = more;
	r->room = n;
	return (0);
}

struct record *
record_new(enum record_format format, const char *program)
{
	struct record	*r;

	if ((r = calloc(1, sizeof(*r))) == NULL)
		return (NULL);
	r->ops = formats[format];
	r->fd = -1;
	(void)strlcpy(r->program, program, sizeof(r->program));
	r->heads = calloc(1, sizeof(*r->heads));
	if (r->heads == NULL ||
	    reserve(r, BATCH * SURROUND + DESCRIBE) == -1) {
		record_free(r);
		return (NULL);
	}
	return (r);
}

static void
free_interface(struct record_if *i)
{
	free(i->name);
	free(i->filter);
}

void
record_free(struct record *r)
{
	uint32_t	i;

	if (r == NULL)
		return;
	for (i = 0; i < r->ninterfaces; i++)
		free_interface(&r->interfaces[i]);
	free(r->interfaces);
	free(r->heads);
	free(r->glue);
	free(r);
}

/* ---- interfaces ---- */

int
record_linktype(int dlt)
{
	switch (dlt) {
	case DLT_RAW:
		return (101);
	case DLT_LOOP:
		return (108);
	case DLT_ATM_RFC1483:
		return (100);
	default:
		return (dlt);
	}
}

/* The header of pcap has the link type, which the first interface tells. */
static int
head_again(struct record *r)
{
	if (!r->blank || r->stream || r->ninterfaces == 0)
		return (0);
	if (write_at(r->fd, r->glue, r->ops->head(r, r->glue), 0) == -1)
		return (-1);
	r->blank = false;
	return (0);
}

/* libpcap reads no file without an interface, also if it has no frames. */
static int
describe_none(struct record *r)
{
	static char			any[] = "any";
	static const struct record_if	none = { .name = any,
					    .link = DLT_EN10MB };

	if (r->ninterfaces > 0 || r->ops->describe == NULL)
		return (0);
	return (record_put_block(r, r->ops->describe(&none, r->glue)));
}

/* Describe the interfaces that this file does not know yet. */
static int
describe(struct record *r)
{
	off_t	begin;

	if (r->ops->describe == NULL) {
		if (head_again(r) == -1)
			return (-1);
		r->described = r->ninterfaces;
	}
	while (r->described < r->ninterfaces) {
		begin = r->end;
		if (record_put_block(r, r->ops->describe(
		    &r->interfaces[r->described], r->glue)) == -1)
			return (-1);
		r->heads[r->nheads++] = begin;
		r->described++;
	}
	return (0);
}

static int
copy_interface(struct record_if *to, const struct record_interface *from)
{
	memset(to, 0, sizeof(*to));
	to->name = strdup(from->name);
	to->filter = from->filter == NULL ? NULL : strdup(from->filter);
	if (to->name == NULL ||
	    (from->filter != NULL && to->filter == NULL)) {
		free_interface(to);
		return (-1);
	}
	to->link = from->link;
	to->snaplen = from->snaplen;
	to->has_mac = from->has_mac;
	memcpy(to->mac, from->mac, sizeof(to->mac));
	to->speed = from->speed;
	to->decode = decode_for_link(from->link);
	to->carrier = NO_CARRIER;
	return (0);
}

int
record_interface(struct record *r, const struct record_interface *about)
{
	uint32_t	 n = r->ninterfaces;
	struct record_if *more;
	off_t		*heads;

	if (!r->ops->takes(r, about->link)) {
		errno = EINVAL;
		return (-1);
	}
	if ((heads = reallocarray(r->heads, n + 2, sizeof(*heads))) == NULL)
		return (-1);
	r->heads = heads;
	more = reallocarray(r->interfaces, n + 1, sizeof(*more));
	if (more == NULL)
		return (-1);
	r->interfaces = more;
	if (copy_interface(&more[n], about) == -1)
		return (-1);
	more[n].number = n;
	r->ninterfaces++;
	if (r->fd != -1)
		(void)describe(r);	/* record_write() tries again */
	return ((int)n);
}

/* ---- files ---- */

static bool
has_losses(const struct record_losses *l)
{
	return ((l->kernel | l->iface | l->writer) != 0);
}

int
record_begin(struct record *r, int fd)
{
	uint32_t	i;

	r->fd = fd;
	r->end = 0;
	r->torn = !r->stream;
	r->nheads = 0;
	r->described = 0;
	r->begin_ns = now_wall();
	r->end_ns = 0;
	r->told = true;
	r->blank = r->ninterfaces == 0;
	for (i = 0; i < r->ninterfaces; i++) {
		r->interfaces[i].lost = r->interfaces[i].pending;
		r->interfaces[i].frames = 0;
		if (has_losses(&r->interfaces[i].lost))
			r->told = false;
	}
	if (record_put_block(r, r->ops->head(r, r->glue)) == -1) {
		r->fd = -1;
		return (-1);
	}
	r->heads[r->nheads++] = 0;
	if (describe(r) == -1) {
		r->fd = -1;
		return (-1);
	}
	return (0);
}

int
record_count(struct record *r)
{
	uint32_t	i;

	if (r->told || r->ops->count == NULL)
		return (0);
	for (i = 0; i < r->described; i++)
		if (record_put_block(r, r->ops->count(r, &r->interfaces[i],
		    r->glue)) == -1)
			return (-1);
	r->told = true;
	return (0);
}

int
record_end(struct record *r)
{
	static const struct record_losses none;
	uint32_t	i;
	int		rc;

	r->told = false;
	rc = describe_none(r) == 0 ? record_count(r) : -1;
	for (i = 0; i < r->described && rc == 0; i++)
		r->interfaces[i].pending = none;
	(void)record_cut(r);
	r->fd = -1;
	return (rc);
}

off_t
record_offset(const struct record *r)
{
	return (r->end);
}

const off_t *
record_heads(const struct record *r, size_t *n)
{
	*n = r->nheads;
	return (r->heads);
}

/* ---- losses ---- */

static void
add_losses(struct record_losses *to, const struct record_losses *l)
{
	to->kernel += l->kernel;
	to->iface += l->iface;
	to->writer += l->writer;
}

void
record_lost(struct record *r, uint32_t number, const struct record_losses *l)
{
	struct record_if	*i = &r->interfaces[number];

	if (number >= r->ninterfaces || !has_losses(l))
		return;
	add_losses(&i->pending, l);
	add_losses(&i->lost, l);
	r->told = false;
}

/*
 * Of the frames from i on only the first `done' are in the file: the losses
 * that these say are said.
 */
static void
said(struct record *r, const uint32_t *numbers, size_t n, size_t done)
{
	static const struct record_losses none;
	struct record_if	*f;
	size_t			 i;

	for (i = 0; i < n; i++) {
		f = &r->interfaces[numbers[i]];
		if (i < done)
			f->frames++;
		if (f->carrier != i)
			continue;
		if (i < done)
			f->pending = none;
		f->carrier = NO_CARRIER;
	}
}

/* ---- frames ---- */

struct batch {
	struct iovec	parts[2 * BATCH + 1];
	size_t		nparts;
	size_t		ends[BATCH];	/* octets up to the end of a record */
	size_t		sum;
};

static size_t
room_for(const struct frame *frames, const struct record_note *notes,
    size_t n)
{
	size_t	i, room = n * SURROUND;

	for (i = 0; i < n; i++)
		if (frames[i].caplen <= COPY_MOST)
			room += frames[i].caplen;
	return (notes == NULL ? room : room + 2 * n * RECORD_TEXT);
}

/* Does this frame say what was lost before it? */
static bool
carries(struct record_if *f, size_t i)
{
	if (f->carrier != NO_CARRIER || !has_losses(&f->pending))
		return (false);
	f->carrier = i;
	return (true);
}

static void
add_part(struct batch *b, const uint8_t *octets, size_t n)
{
	b->parts[b->nparts].iov_base = (void *)(uintptr_t)octets;
	b->parts[b->nparts++].iov_len = n;
	b->sum += n;
}

/*
 * The kernel has written the frames on another processor: fetch the lines of
 * one together, in time, rather than wait for each while it is copied.  The
 * ring has fetched the first ones.
 */
static void
fetch(const struct frame *f)
{
	uint32_t	at;

	for (at = 2 * LINE; at < f->caplen; at += LINE)
		__builtin_prefetch(f->octets + at);
}

/* Lay out n frames: glue with short frames, a long frame, glue ... */
static void
lay_out(struct record *r, const struct frame *frames, const uint32_t *numbers,
    const struct record_note *notes, size_t n, struct batch *b)
{
	uint8_t		 *from = r->glue, *at = from;
	struct record_if *f;
	size_t		  i, after;
	uint32_t	  caplen, gap;

	b->nparts = 0;
	b->sum = 0;
	for (i = 0; i < n; i++) {
		if (i + FETCH_AHEAD < n)
			fetch(&frames[i + FETCH_AHEAD]);
		f = &r->interfaces[numbers[i]];
		caplen = record_caplen(&frames[i]);
		gap = caplen <= COPY_MOST ? caplen : 0;
		at += r->ops->surround(f, &frames[i],
		    notes == NULL ? NULL : &notes[i], carries(f, i), at, gap,
		    &after);
		if (gap > 0)
			memcpy(at, frames[i].octets, gap);
		else {
			add_part(b, from, (size_t)(at - from));
			add_part(b, frames[i].octets, caplen);
			from = at;
		}
		at += gap + after;
		b->ends[i] = b->sum + (size_t)(at - from);
	}
	add_part(b, from, (size_t)(at - from));
}

static size_t
write_batch(struct record *r, const struct frame *frames,
    const uint32_t *numbers, const struct record_note *notes, size_t n)
{
	struct batch	b;
	size_t		written, done;

	if (describe(r) == -1 || reserve(r, room_for(frames, notes, n)) == -1)
		return (0);
	lay_out(r, frames, numbers, notes, n, &b);
	written = record_put(r, b.parts, b.nparts);
	for (done = n; done > 0 && b.ends[done - 1] > written; done--)
		continue;
	record_settle(r, done == 0 ? 0 : b.ends[done - 1], done == n);
	said(r, numbers, n, done);
	return (done);
}

size_t
record_write(struct record *r, const struct frame *frames,
    const uint32_t *numbers, const struct record_note *notes, size_t n)
{
	size_t	i, most, done;

	for (i = 0; i < n; i += done) {
		most = n - i < BATCH ? n - i : BATCH;
		done = write_batch(r, frames + i, numbers + i,
		    notes == NULL ? NULL : notes + i, most);
		if (done < most)
			return (i + done);
	}
	return (n);
}
