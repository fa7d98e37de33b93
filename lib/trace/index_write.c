/*
 * Makes the index of a trace.  The recorder pays for it, packet by packet, so
 * little is done: frames are decoded and counted in batches, as trafd does it,
 * and a part of the trace ends before its table would have to fold.
 *
 * A part whose block cannot be made is left out, and who reads the index reads
 * that part of the trace.  Only if the index cannot be written it ends there.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "packet/datarec.h"
#include "packet/joined.h"
#include "packet/recent.h"
#include "packet/segments.h"
#include "table/table.h"
#include "index_write.h"
#include "place.h"

/* A part ends with so many octets of the trace, or rows. */
#define PART_OCTETS	INDEX_PART_OCTETS
#define PART_ROWS	((size_t)48 << 10)

/* DLT_EN10MB: struct recent counts its frames faster. */
#define LINK_ETHERNET	1

/* A table folds when it has no more than a quarter left. */
#define TABLE_ROWS	(PART_ROWS / 3 * 4 + 1024)

struct index_writer {
	int			 fd, trace_fd;
	off_t			 at;		/* length of the index */
	int			 error;		/* errno of the first failure */
	int			 link;
	decode_fn		*decode;	/* of the link; NULL: none */
	struct recent		*recent;	/* counts Ethernet faster */
	struct table		*table;
	struct block_writer	*blocks;
	uint64_t		 verdicts[DECODED_VERDICTS];
	struct block_info	 info;		/* of the part */
	struct trace_place	 place;		/* likewise */
	size_t			 nbatch;
	struct flow		 batch[TABLE_BATCH];
	const struct frame	*sent[TABLE_BATCH];
};

/* Begin the next part, with an empty table. */
static void
begin_part(struct index_writer *w)
{
	table_clear(w->table);
	w->place.frames = 0;
	memset(w->verdicts, 0, sizeof(w->verdicts));
	memset(&w->info.ledger, 0, sizeof(w->info.ledger));
	w->info.begin_ns = UINT64_MAX;
	w->info.end_ns = 0;
}

struct index_writer *
index_writer_new(int fd, int trace_fd, const char *ifname)
{
	struct index_writer	*w;

	if ((w = calloc(1, sizeof(*w))) == NULL) {
		(void)close(fd);
		return (NULL);
	}
	w->fd = fd;
	w->recent = recent_new(FLOW_PORTS_ALL);
	w->table = table_new(TABLE_ROWS, NULL);
	w->blocks = block_writer_new(TABLE_ROWS);
	if (w->recent == NULL || w->table == NULL || w->blocks == NULL) {
		(void)index_writer_end(w);
		errno = ENOMEM;
		return (NULL);
	}
	w->trace_fd = trace_fd;
	w->link = -1;
	w->info.kind = BLOCK_SAVE;
	w->info.ports = FLOW_PORTS_ALL;
	arc4random_buf(&w->info.instance, sizeof(w->info.instance));
	(void)strncpy(w->info.ifname, ifname, sizeof(w->info.ifname) - 1);
	(void)gethostname(w->info.host, sizeof(w->info.host) - 1);
	begin_part(w);
	return (w);
}

/* ---- frames ---- */

/* Count what is known of a frame without its decoder. */
static void
note_frames(struct index_writer *w, const struct frame *f, size_t n)
{
	uint64_t	bytes = 0, cut = 0, first = w->info.begin_ns;
	uint64_t	last = w->info.end_ns;
	size_t		i;
	bool		data = w->link == DATAREC_LINK;

	for (i = 0; i < n; i++) {
		bytes += f[i].wirelen;
		cut += f[i].caplen < f[i].wirelen;
		first = f[i].time_ns < first ? f[i].time_ns : first;
		last = f[i].time_ns > last ? f[i].time_ns : last;
		if (f[i].wirelen > JOINED_MTU_FILE && f[i].gso_size == 0 &&
		    w->decode != NULL)
			joined_note(&w->info.ledger, w->decode, &f[i], 1,
			    JOINED_MTU_FILE);
	}
	w->info.ledger.v[LEDGER_WIRE_BYTES] += data ? 0 : bytes;
	w->info.ledger.v[LEDGER_TRUNCATED] += data ? 0 : cut;
	w->info.begin_ns = first;
	w->info.end_ns = last;
	w->place.frames += n;
}

static void
add_batch(struct index_writer *w)
{
	if (w->nbatch > 0)
		(void)table_add(w->table, w->batch, w->nbatch);
	w->nbatch = 0;
}

/* Decode n frames of one packet each. */
static void
decode_plain(struct index_writer *w, const struct frame *frames, size_t n)
{
	struct flow	*to = w->batch + w->nbatch;

	if (w->link == LINK_ETHERNET)
		w->nbatch += recent_frames(w->recent, frames, n, to, w->sent,
		    w->verdicts);
	else
		w->nbatch += decode_frames(w->decode, FLOW_PORTS_ALL, frames,
		    n, to, w->sent, w->verdicts, NULL);
}

/* Decode n frames, no more than the batch has room for. */
static void
decode_some(struct index_writer *w, const struct frame *frames, size_t n)
{
	const struct frame	*end = frames + n, *f;

	for (f = frames; f < end; frames = f) {
		while (f < end && f->gso_size == 0)
			f++;
		if (f > frames)
			decode_plain(w, frames, (size_t)(f - frames));
		if (f < end)
			w->nbatch += segments_decode(w->decode, FLOW_PORTS_ALL,
			    f++, w->batch + w->nbatch, w->sent, w->verdicts,
			    NULL, &w->info.ledger);
	}
}

/* How many frames may be decoded before the batch must be passed on. */
static size_t
room(const struct index_writer *w)
{
	size_t	most = TABLE_BATCH - w->nbatch;

	return (w->link == LINK_ETHERNET ?
	    recent_frames_for(w->recent, most) : most);
}

static void
count_frames(struct index_writer *w, const struct frame *frames, size_t n)
{
	size_t	some;

	if (w->link == DATAREC_LINK) {
		w->info.ledger.v[LEDGER_DATA_RECORDS] += n;
		return;
	}
	if (w->decode == NULL) {
		w->verdicts[DECODED_UNSUPPORTED] += n;
		return;
	}
	for (; n > 0; frames += some, n -= some) {
		if (w->nbatch > TABLE_BATCH / 2)
			add_batch(w);
		some = room(w);
		if (some > n)
			some = n;
		decode_some(w, frames, some);
	}
}

/* The part ends: count the flows that were held back, too. */
static void
count_rest(struct index_writer *w)
{
	add_batch(w);
	while ((w->nbatch = recent_rest(w->recent, w->batch, TABLE_BATCH)) > 0)
		add_batch(w);
}

/* ---- parts ---- */

/* Describe the part in the header of its block. */
static int
describe(struct index_writer *w)
{
	struct block_info	*b = &w->info;
	unsigned int		 v;

	for (v = 0; v < DECODED_VERDICTS; v++)
		b->ledger.v[ledger_of_verdict[v]] += w->verdicts[v];
	b->ledger.v[LEDGER_FRAMES] = w->place.frames -
	    b->ledger.v[LEDGER_DATA_RECORDS];
	b->epoch++;
	b->epoch_first = b->epoch;
	/* Of a packet without a time the begin is 0: unknown. */
	b->duration_ns = b->begin_ns == 0 ? 0 : b->end_ns - b->begin_ns;
	if (place_crc(w->trace_fd, w->place.from, w->place.to,
	    &w->place.crc) == -1)
		return (-1);
	if (place_format(&w->place, b->trace))
		return (0);
	errno = E2BIG;
	return (-1);
}

/* Write the part at the end of the index. */
static int
write_part(struct index_writer *w)
{
	const struct flow	**rows;
	int64_t			  len = -1;

	count_rest(w);
	/* No memory: not every flow has its row. */
	if (table_folded(w->table).packets > 0)
		return (0);
	if (describe(w) == -1 || (rows = table_sorted(w->table)) == NULL)
		return (-1);
	len = block_writer_put(w->blocks, w->fd, w->at, &w->info, rows,
	    table_rows(w->table));
	free(rows);
	if (len == -1)
		return (-1);
	w->at += len;
	return (0);
}

/* The index ends here: what was written of a block is cut off. */
static int
fail(struct index_writer *w)
{
	w->error = errno;
	(void)ftruncate(w->fd, w->at);
	errno = w->error;
	return (-1);
}

int
index_writer_flush(struct index_writer *w)
{
	if (w->error != 0) {
		errno = w->error;
		return (-1);
	}
	if (w->place.frames == 0)
		return (0);
	if (write_part(w) == -1)
		return (fail(w));
	begin_part(w);
	return (0);
}

int
index_writer_end(struct index_writer *w)
{
	int	rc, error;

	if (w == NULL)
		return (0);
	rc = index_writer_flush(w);
	error = errno;
	if (close(w->fd) == -1 && rc == 0) {
		error = errno;
		rc = -1;
	}
	block_writer_free(w->blocks);
	recent_free(w->recent);
	table_free(w->table);
	free(w);
	errno = error;
	return (rc);
}

/* The part goes to that offset: note the headers before it. */
static void
extend_part(struct index_writer *w, off_t from, off_t to, const off_t *heads,
    size_t nheads)
{
	struct trace_place	*p = &w->place;

	if (p->frames == 0) {
		p->from = from;
		p->nheads = 0;
	}
	p->to = to;
	for (; p->nheads < nheads && p->nheads < PLACE_HEADS &&
	    heads[p->nheads] < to; p->nheads++)
		p->heads[p->nheads] = heads[p->nheads];
}

/*
 * Must the part end before so many more frames, because they may need more rows
 * than there are, or are of another section?
 */
static bool
must_end(const struct index_writer *w, size_t n, const off_t *heads,
    size_t nheads)
{
	return (w->place.frames > 0 &&
	    (table_rows(w->table) + n > PART_ROWS || (nheads > 0 &&
	    w->place.nheads > 0 && heads[0] != w->place.heads[0])));
}

int
index_writer_add(struct index_writer *w, int link, const struct frame *frames,
    size_t n, off_t from, off_t to, const off_t *heads, size_t nheads)
{
	if (w->error == 0 && must_end(w, n, heads, nheads))
		(void)index_writer_flush(w);
	if (w->error != 0) {
		errno = w->error;
		return (-1);
	}
	if (n == 0)
		return (0);
	if (link != w->link) {
		w->link = link;
		w->decode = decode_for_link(link);
	}
	extend_part(w, from, to, heads, nheads);
	note_frames(w, frames, n);
	count_frames(w, frames, n);
	return (to - w->place.from < PART_OCTETS ? 0 : index_writer_flush(w));
}

void
index_writer_lost(struct index_writer *w, uint64_t kernel, uint64_t iface)
{
	w->info.ledger.v[LEDGER_DROP_KERNEL] += kernel;
	w->info.ledger.v[LEDGER_DROP_IFACE] += iface;
}
