/*
 * Captures frames by libpcap or by a ring of our own; records of classic
 * capture files are read by pcapfile.c.  Owns the handle, the compiled filter
 * and the counters of losses.  Does not decode frames.
 */
#include "config.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "attached.h"
#include "frames_impl.h"
#include "granted.h"
#include "link.h"
#include "pcap_handle.h"

/* ---- properties of link types ---- */

/* Linux's packet types, see packet(7): 4 is PACKET_OUTGOING. */
static enum frame_direction
direction_sll(const uint8_t *octets, uint32_t n)
{
	if (n < 2)
		return (FRAME_UNKNOWN);
	return (octets[0] == 0 && octets[1] == 4 ? FRAME_OUT : FRAME_IN);
}

static enum frame_direction
direction_sll2(const uint8_t *octets, uint32_t n)
{
	if (n < 11)
		return (FRAME_UNKNOWN);
	return (octets[10] == 4 ? FRAME_OUT : FRAME_IN);
}

static enum frame_direction
direction_ppp(const uint8_t *octets, uint32_t n)
{
	if (n < 1)
		return (FRAME_UNKNOWN);
	return (octets[0] != 0 ? FRAME_OUT : FRAME_IN);
}

/* The link types whose frames have a direction, by LINKTYPE_ number. */
static const struct {
	int		 link;
	direction_fn	*direction;
} directions[] = {
	{ 113, direction_sll },		/* LINUX_SLL */
	{ 276, direction_sll2 },	/* LINUX_SLL2 */
	{ 204, direction_ppp },		/* PPP_WITH_DIR */
};

/* Link types whose records may exceed PCAPFILE_SNAPLEN: buses, USB. */
static const int	long_links[] = { 186, 189, 220, 231, 249, 266, 279 };

#define COUNT(list)	(sizeof(list) / sizeof((list)[0]))

static direction_fn *
direction_of(int link)
{
	size_t	i;

	for (i = 0; i < COUNT(directions); i++)
		if (directions[i].link == link)
			return (directions[i].direction);
	return (NULL);
}

static bool
is_long(int link)
{
	size_t	i;

	for (i = 0; i < COUNT(long_links); i++)
		if (long_links[i] == link)
			return (true);
	return (false);
}

/* ---- opening ---- */

/* Install the filter, which is compiled again only for a new link type. */
static int
set_filter(struct frames *f, char *err)
{
	if (!handle_is_filtered(f->opts))
		return (0);
	if (f->prog_link != f->link) {
		if (f->prog_link != -1)
			pcap_freecode(&f->prog);
		f->prog_link = -1;
		if (handle_compile(f->pcap, f->opts, &f->prog, err) == -1)
			return (-1);
		f->prog_link = f->link;
	}
	if (pcap_setfilter(f->pcap, &f->prog) == 0)
		return (0);
	(void)snprintf(err, FRAMES_ERRLEN, "cannot set the filter: \"%s\": %s",
	    f->opts->filter, pcap_geterr(f->pcap));
	return (-1);
}

/* Not for standard input, which may be at an offset inside a file. */
static struct pcapfile *
open_records(const struct frames *f)
{
	if (f->live || is_long(f->link) || strcmp(f->opts->file, "-") == 0)
		return (NULL);
	return (pcapfile_open(fileno(pcap_file(f->pcap)),
	    (uint32_t)pcap_snapshot(f->pcap)));
}

/* Look up the index first: if the interface is replaced, present() says no. */
static int
attach(struct frames *f, char *err)
{
	f->pcap = NULL;
	f->error[0] = '\0';
	if (f->live && link_index(f->opts->ifname, &f->index, err) == -1)
		return (-1);
	f->pcap = f->live ? handle_live(f->opts, err) :
	    handle_file(f->opts, err);
	if (f->pcap == NULL)
		return (-1);
	f->link = pcap_datalink(f->pcap);
	if (set_filter(f, err) == -1) {
		pcap_close(f->pcap);
		f->pcap = NULL;
		return (-1);
	}
	f->fraction = pcap_get_tstamp_precision(f->pcap) ==
	    PCAP_TSTAMP_PRECISION_NANO ? 1 : 1000;
	f->direction = direction_of(f->link);
	f->last_drop = f->last_ifdrop = 0;
	f->file = open_records(f);
	return (0);
}

struct frames *
frames_open(const struct frames_opts *o, char *err)
{
	struct frames	*f;

	if ((f = calloc(1, sizeof(*f))) == NULL) {
		(void)snprintf(err, FRAMES_ERRLEN, "out of memory");
		return (NULL);
	}
	f->opts = o;
	f->live = o->file == NULL;
	f->prog_link = -1;
	f->left = o->count == 0 ? UINT64_MAX : o->count;
	if (f->live && o->ring ? frames_ring_open(f, err) == 0 :
	    attach(f, err) == 0)
		return (f);
	frames_close(f);
	return (NULL);
}

void
frames_close(struct frames *f)
{
	if (f == NULL)
		return;
	pcapfile_close(f->file);
	ring_close(f->ring);
	if (f->pcap != NULL)
		pcap_close(f->pcap);
	if (f->prog_link != -1)
		pcap_freecode(&f->prog);
	free(f);
}

int
frames_reopen(struct frames *f, char *err)
{
	if (f->ring != NULL)
		return (frames_ring_reopen(f, err));
	pcapfile_close(f->file);
	f->file = NULL;
	if (f->pcap != NULL)
		pcap_close(f->pcap);
	return (attach(f, err));
}

bool
frames_present(const struct frames *f)
{
	return (!f->live ||
	    attached_to(frames_fd(f), f->opts->ifname, f->index));
}

int
frames_fd(const struct frames *f)
{
	if (f->ring != NULL)
		return (ring_fd(f->ring));
	return (f->live ? pcap_get_selectable_fd(f->pcap) : -1);
}

uint64_t
frames_buffer(const struct frames *f)
{
	if (f->ring != NULL)
		return (ring_buffer(f->ring));
	return (f->live ? granted_buffer(frames_fd(f)) : 0);
}

int
frames_latency(const struct frames *f)
{
	return (f->live ? HANDLE_LATENCY_MS : 0);
}

int
frames_link(const struct frames *f)
{
	return (f->link);
}

const char *
frames_link_name(const struct frames *f)
{
	return (link_name(f->link));
}

/* ---- reading ---- */

static void
on_frame(u_char *user, const struct pcap_pkthdr *h, const u_char *octets)
{
	struct frames	*f = (void *)user;
	struct frame	 frame = {
		.octets = octets, .caplen = h->caplen, .wirelen = h->len,
		.time_ns = (uint64_t)h->ts.tv_sec * NS_PER_S +
		    (uint64_t)h->ts.tv_usec * f->fraction,
		.direction = f->direction == NULL ? FRAME_UNKNOWN :
		    f->direction(octets, h->caplen),
	};

	frames_note_time(f, frame.time_ns, frame.time_ns);
	f->sink(f->sink_arg, &frame, 1);
}

/* Keep only the frames that the filter accepts.  Returns how many. */
static int
keep_wanted(const struct frames *f, struct frame *frames, int n)
{
	struct pcap_pkthdr	h;
	int			i, kept = 0;

	if (f->prog_link == -1)
		return (n);
	memset(&h, 0, sizeof(h));
	for (i = 0; i < n; i++) {
		h.caplen = frames[i].caplen;
		h.len = frames[i].wirelen;
		if (pcap_offline_filter(&f->prog, &h, frames[i].octets) != 0)
			frames[kept++] = frames[i];
	}
	return (kept);
}

/* Set times and directions, which pcapfile.c leaves unset. */
static void
complete(const struct frames *f, struct frame *frames, int n)
{
	int	i;

	for (i = 0; i < n; i++) {
		frames[i].time_ns = pcapfile_time(f->file, &frames[i]);
		if (f->direction != NULL)
			frames[i].direction = f->direction(frames[i].octets,
			    frames[i].caplen);
	}
}

static enum frames_state
next_records(struct frames *f)
{
	struct frame	frames[FRAMES_BATCH] = { { .octets = NULL } };
	int		seen, got, n;

	for (seen = 0; seen < NEXT_FRAMES; seen += got) {
		got = pcapfile_next(f->file, frames, f->left < FRAMES_BATCH ?
		    (int)f->left : FRAMES_BATCH);
		if (got == -1)
			(void)strlcpy(f->error, pcapfile_error(f->file),
			    sizeof(f->error));
		if (got <= 0)
			return (got == -1 ? FRAMES_FAILED : FRAMES_END);
		if ((n = keep_wanted(f, frames, got)) == 0)
			continue;
		frames_note_time(f, pcapfile_time(f->file, &frames[0]),
		    pcapfile_time(f->file, &frames[n - 1]));
		if (!f->opts->bare)
			complete(f, frames, n);
		f->sink(f->sink_arg, frames, (size_t)n);
		if (frames_count_down(f, n) == FRAMES_END)
			return (FRAMES_END);
	}
	return (FRAMES_MORE);
}

/*
 * An error is final only if the system says that the interface is gone.  Any
 * other may pass, and closing the handle would lose the frames in its buffer.
 */
static enum frames_state
read_error(struct frames *f, int error)
{
	(void)strlcpy(f->error, pcap_geterr(f->pcap), sizeof(f->error));
	return (!f->live || error == ENXIO || error == ENODEV ||
	    !frames_present(f) ? FRAMES_FAILED : FRAMES_TROUBLED);
}

enum frames_state
frames_next(struct frames *f, frames_sink *sink, void *arg)
{
	int	most = f->left < NEXT_FRAMES ? (int)f->left : NEXT_FRAMES, n;

	if (most == 0)
		return (FRAMES_END);
	f->sink = sink;
	f->sink_arg = arg;
	if (f->file != NULL)
		return (next_records(f));
	if (f->ring != NULL)
		return (frames_ring_next(f));
	errno = 0;
	n = pcap_dispatch(f->pcap, most, on_frame, (u_char *)f);
	if (n < 0)
		return (read_error(f, errno));
	f->error[0] = '\0';
	if (frames_count_down(f, n) == FRAMES_END || (n == 0 && !f->live))
		return (FRAMES_END);
	return (n == most || !f->live ? FRAMES_MORE : FRAMES_IDLE);
}

static void
on_dropped(u_char *user, const struct pcap_pkthdr *h, const u_char *octets)
{
	(void)user;
	(void)h;
	(void)octets;
}

uint64_t
frames_discard(struct frames *f)
{
	int	n;

	if (f->ring != NULL)
		return (frames_ring_discard(f));
	n = pcap_dispatch(f->pcap, -1, on_dropped, NULL);
	/* An error will occur again in frames_next(). */
	return (n > 0 ? (uint64_t)n : 0);
}

const char *
frames_error(const struct frames *f)
{
	return (f->error[0] != '\0' ? f->error :
	    "it was deleted, renamed or replaced");
}

bool
frames_span(const struct frames *f, uint64_t *first_ns, uint64_t *last_ns)
{
	*first_ns = f->first_ns;
	*last_ns = f->last_ns;
	return (f->seen);
}

/* libpcap's counters have 32 bits and wrap: only differences are correct. */
void
frames_losses(struct frames *f, struct frames_losses *l)
{
	struct pcap_stat	st;

	*l = (struct frames_losses){ 0, 0 };
	if (f->ring != NULL)
		l->kernel = ring_drops(f->ring);
	if (!f->live || f->pcap == NULL || pcap_stats(f->pcap, &st) != 0)
		return;
	l->kernel = (uint32_t)(st.ps_drop - f->last_drop);
	l->iface = (uint32_t)(st.ps_ifdrop - f->last_ifdrop);
	f->last_drop = st.ps_drop;
	f->last_ifdrop = st.ps_ifdrop;
}
