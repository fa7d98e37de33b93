/*
 * Captures frames of an interface by libpcap; those of captures are read by
 * capfile.c.  Owns the handle, the compiled filter and the counters of losses.
 * Does not decode frames.
 */
#include "config.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/interface.h"
#include "attached.h"
#include "capfile.h"
#include "frames.h"
#include "granted.h"
#include "links.h"
#include "pcap_handle.h"

/* Frames per call of frames_next(), so that its caller can do other work. */
#define NEXT_FRAMES	4096

/* Milliseconds to wait for the header of a stream when it is opened. */
#define HEADER_WAIT	1000

struct frames {
	const struct frames_opts *opts;	/* borrowed */
	pcap_t		*pcap;		/* NULL: opening it again failed */
	struct capfile	*file;		/* not live: reads instead of pcap */
	struct links	*links;		/* with it */
	const struct link_type *type;	/* of the last frames; NULL: none */
	struct bpf_program prog;	/* the filter, compiled for prog_link */
	int		 prog_link;	/* -1: not compiled yet */
	int		 link;		/* -1: not known yet */
	link_direction_fn *direction;	/* NULL: frames have no direction */
	unsigned int	 index;		/* of the interface; 0: none */
	bool		 live;
	uint64_t	 fraction;	/* nanoseconds per unit of ts.tv_usec */
	uint64_t	 left;		/* of opts->count; UINT64_MAX: all */
	bool		 seen;		/* first_ns, last_ns are valid */
	uint64_t	 first_ns, last_ns;
	uint32_t	 last_drop;	/* last values of pcap_stats() */
	uint32_t	 last_ifdrop;
	frames_sink	*sink;		/* during frames_next() */
	void		*sink_arg;
	char		 error[FRAMES_ERRLEN];
};

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

/* The index is 0 if there is none, as for `any'; -1 if the lookup failed. */
static int
find_index(const char *ifname, unsigned int *index, char *err)
{
	if (interface_find(ifname, index) != INTERFACE_UNKNOWN)
		return (0);
	(void)snprintf(err, FRAMES_ERRLEN, "cannot look up the interface: "
	    "%s: no descriptor or no memory is left", ifname);
	return (-1);
}

/* Look up the index first: if the interface is replaced, present() says no. */
static int
attach(struct frames *f, char *err)
{
	f->pcap = NULL;
	f->error[0] = '\0';
	if (find_index(f->opts->ifname, &f->index, err) == -1 ||
	    (f->pcap = handle_live(f->opts, err)) == NULL)
		return (-1);
	f->link = pcap_datalink(f->pcap);
	if (set_filter(f, err) == -1) {
		pcap_close(f->pcap);
		f->pcap = NULL;
		return (-1);
	}
	f->fraction = pcap_get_tstamp_precision(f->pcap) ==
	    PCAP_TSTAMP_PRECISION_NANO ? 1 : 1000;
	f->direction = link_direction(f->link);
	f->last_drop = f->last_ifdrop = 0;
	return (0);
}

/* ---- opening captures ---- */

/* From now on frames have the link type that was read last. */
static int
note_link(struct frames *f, char *err)
{
	int	number = capfile_link(f->file);

	if (f->type != NULL && f->type->number == number)
		return (0);
	if ((f->type = links_find(f->links, number, err)) == NULL)
		return (-1);
	f->link = f->type->dlt;
	f->direction = f->type->direction;
	return (0);
}

/*
 * Read as far as the first link type, so that what is no capture and a filter
 * that is wrong are refused at once.  A stream that is silent is not waited
 * for: then both are noticed later.
 */
static int
read_header(struct frames *f, char *err)
{
	struct pollfd		p = { .fd = capfile_fd(f->file),
	    .events = POLLIN };
	uint64_t		until = now_mono() + HEADER_WAIT * NS_PER_MS;
	enum capfile_state	state;
	int			n;

	while ((state = capfile_next(f->file, NULL, 0, &n)) == CAPFILE_WAIT &&
	    now_mono() < until)
		(void)poll(&p, 1, ms_until(until, now_mono()));
	if (state == CAPFILE_WAIT)
		return (0);
	if (state == CAPFILE_FRAMES)
		return (note_link(f, err));
	(void)snprintf(err, FRAMES_ERRLEN, "cannot read the capture: %s: %s",
	    f->opts->file, capfile_error(f->file));
	return (-1);
}

static int
open_file(struct frames *f, char *err)
{
	f->link = -1;
	if ((f->links = links_new(f->opts)) == NULL ||
	    (f->file = capfile_open(f->opts->file)) == NULL) {
		(void)snprintf(err, FRAMES_ERRLEN, "cannot open the capture: "
		    "%s: %s", f->opts->file, strerror(errno));
		return (-1);
	}
	return (read_header(f, err));
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
	if ((f->live ? attach(f, err) : open_file(f, err)) == 0)
		return (f);
	frames_close(f);
	return (NULL);
}

void
frames_close(struct frames *f)
{
	if (f == NULL)
		return;
	capfile_close(f->file);
	links_free(f->links);
	if (f->pcap != NULL)
		pcap_close(f->pcap);
	if (f->prog_link != -1)
		pcap_freecode(&f->prog);
	free(f);
}

int
frames_reopen(struct frames *f, char *err)
{
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
	return (f->live ? pcap_get_selectable_fd(f->pcap) :
	    capfile_fd(f->file));
}

uint64_t
frames_buffer(const struct frames *f)
{
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
note_time(struct frames *f, uint64_t ns)
{
	if (!f->seen)
		f->first_ns = ns;
	f->seen = true;
	f->last_ns = ns;
}

/* Note the first and the last time of frames, if the capture tells them. */
static void
note_times(struct frames *f, const struct frame *frames, int n)
{
	uint64_t	ns = 0;
	int		i;

	for (i = 0; i < n && ns == 0; i++)
		ns = capfile_time(f->file, &frames[i]);
	if (ns == 0)
		return;
	note_time(f, ns);
	for (ns = 0; ns == 0; n--)
		ns = capfile_time(f->file, &frames[n - 1]);
	note_time(f, ns);
}

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

	note_time(f, frame.time_ns);
	f->sink(f->sink_arg, &frame, 1);
}

/* Keep only the frames that the filter accepts.  Returns how many. */
static int
keep_wanted(const struct frames *f, struct frame *frames, int n)
{
	struct pcap_pkthdr	h;
	int			i, kept = 0;

	if (!f->type->filtered)
		return (n);
	memset(&h, 0, sizeof(h));
	for (i = 0; i < n; i++) {
		h.caplen = frames[i].caplen;
		h.len = frames[i].wirelen;
		if (pcap_offline_filter(&f->type->prog, &h,
		    frames[i].octets) != 0)
			frames[kept++] = frames[i];
	}
	return (kept);
}

/* Set times and directions, which capfile.c leaves unset. */
static void
complete(const struct frames *f, struct frame *frames, int n)
{
	int	i;

	for (i = 0; i < n; i++) {
		frames[i].time_ns = capfile_time(f->file, &frames[i]);
		if (f->direction != NULL)
			frames[i].direction = f->direction(frames[i].octets,
			    frames[i].caplen);
	}
}

/* Count n frames against opts->count. */
static enum frames_state
count_down(struct frames *f, int n)
{
	if (f->left != UINT64_MAX)
		f->left -= (uint64_t)n;
	return (f->left == 0 ? FRAMES_END : FRAMES_MORE);
}

/* Pass on those of the frames just read that the filter accepts. */
static enum frames_state
pass_records(struct frames *f, struct frame *frames, int n)
{
	if (note_link(f, f->error) == -1)
		return (FRAMES_FAILED);
	if ((n = keep_wanted(f, frames, n)) == 0)
		return (FRAMES_MORE);
	note_times(f, frames, n);
	if (!f->opts->bare)
		complete(f, frames, n);
	f->sink(f->sink_arg, frames, (size_t)n);
	return (count_down(f, n));
}

static enum frames_state
next_records(struct frames *f)
{
	static const enum frames_state	states[] = {
		[CAPFILE_WAIT] = FRAMES_IDLE, [CAPFILE_END] = FRAMES_END,
		[CAPFILE_DAMAGED] = FRAMES_FAILED,
	};
	struct frame		frames[FRAMES_BATCH] = { { .octets = NULL } };
	enum capfile_state	got;
	enum frames_state	state = FRAMES_MORE;
	int			seen, n;

	for (seen = 0; seen < NEXT_FRAMES && state == FRAMES_MORE; seen += n) {
		got = capfile_next(f->file, frames, f->left < FRAMES_BATCH ?
		    (int)f->left : FRAMES_BATCH, &n);
		if (got == CAPFILE_DAMAGED)
			(void)strlcpy(f->error, capfile_error(f->file),
			    sizeof(f->error));
		state = got == CAPFILE_FRAMES ? pass_records(f, frames, n) :
		    states[got];
	}
	return (state);
}

/*
 * An error is final only if the system says that the interface is gone.  Any
 * other may pass, and closing the handle would lose the frames in its buffer.
 */
static enum frames_state
read_error(struct frames *f, int error)
{
	(void)strlcpy(f->error, pcap_geterr(f->pcap), sizeof(f->error));
	return (error == ENXIO || error == ENODEV ||
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
	errno = 0;
	n = pcap_dispatch(f->pcap, most, on_frame, (u_char *)f);
	if (n < 0)
		return (read_error(f, errno));
	f->error[0] = '\0';
	if (count_down(f, n) == FRAMES_END)
		return (FRAMES_END);
	return (n == most ? FRAMES_MORE : FRAMES_IDLE);
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
	int	n = f->live ? pcap_dispatch(f->pcap, -1, on_dropped, NULL) : 0;

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
frames_span(struct frames *f, uint64_t *first_ns, uint64_t *last_ns)
{
	bool	seen = f->seen;

	*first_ns = f->first_ns;
	*last_ns = f->last_ns;
	f->seen = false;
	return (seen);
}

/* libpcap's counters have 32 bits and wrap: only differences are correct. */
void
frames_losses(struct frames *f, struct frames_losses *l)
{
	struct pcap_stat	st;

	*l = (struct frames_losses){ 0, 0 };
	if (!f->live || f->pcap == NULL || pcap_stats(f->pcap, &st) != 0)
		return;
	l->kernel = (uint32_t)(st.ps_drop - f->last_drop);
	l->iface = (uint32_t)(st.ps_ifdrop - f->last_ifdrop);
	f->last_drop = st.ps_drop;
	f->last_ifdrop = st.ps_ifdrop;
}

/* ---- links ---- */

int
frames_ask_link(const struct frames_opts *o, struct frames_link *l, char *err)
{
	pcap_t	*p;

	if (find_index(o->ifname, &l->index, err) == -1 ||
	    (p = handle_ask(o, o->ifname, err)) == NULL)
		return (-1);
	l->number = pcap_datalink(p);
	l->name = link_name(l->number);
	pcap_close(p);
	return (0);
}
