/*
 * Captures frames of an interface by libpcap; frames_ring.c does it by a ring,
 * and frames_file.c reads those of captures.  Owns the handle, the compiled
 * filter and the counters of losses.  Does not decode frames.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/interface.h"
#include "attached.h"
#include "frames_impl.h"
#include "granted.h"
#include "link_ask.h"
#include "live_filter.h"
#include "pcap_handle.h"
#include "user_filter.h"

/*
 * A frame that comes while a filter is attached may have passed without it,
 * and have its time a moment later.
 */
#define EARLY_NS	NS_PER_MS

/* ---- opening ---- */

/*
 * The kernel does not take the filter: open the interface again for whole
 * frames, and filter these here.
 */
static int
filter_here(struct frames *f, char *err)
{
	struct frames_opts	whole = *f->opts;

	whole.snaplen = 0;
	pcap_close(f->pcap);
	if ((f->pcap = handle_live(&whole, err)) == NULL)
		return (-1);
	f->user = user_filter_new(&f->prog, f->link);
	if (f->user == NULL)
		(void)snprintf(err, FRAMES_ERRLEN, "out of memory");
	return (f->user == NULL ? -1 : 0);
}

/* Install the filter where it can run. */
static int
install(struct frames *f, char *err)
{
	switch (live_filter_attach(f->pcap, &f->prog)) {
	case LIVE_FILTER_USER:
		return (filter_here(f, err));
	case LIVE_FILTER_NONE:
		(void)snprintf(err, FRAMES_ERRLEN, "cannot set the filter: "
		    "%s: the kernel does not take it, and only the kernel "
		    "knows the direction; make it shorter, or leave inbound "
		    "and outbound out", f->opts->ifname);
		return (-1);
	case LIVE_FILTER_KERNEL:
		f->early = true;
		f->attached_wall = now_wall() + EARLY_NS;
		f->attached_mono = now_mono();
		return (0);
	default:
		if (pcap_setfilter(f->pcap, &f->prog) == 0)
			return (0);
	}
	(void)snprintf(err, FRAMES_ERRLEN, "cannot set the filter: \"%s\": %s",
	    f->opts->filter, pcap_geterr(f->pcap));
	return (-1);
}

/* Set the filter, which is compiled again only for a new link type. */
static int
set_filter(struct frames *f, char *err)
{
	user_filter_free(f->user);
	f->user = NULL;
	f->early = false;
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
	return (install(f, err));
}

/* Look up the index first: if the interface is replaced, present() says no. */
static int
attach(struct frames *f, char *err)
{
	f->pcap = NULL;
	f->error[0] = '\0';
	if (link_index(f->opts->ifname, &f->index, err) == -1 ||
	    (f->pcap = handle_live(f->opts, err)) == NULL)
		return (-1);
	f->link = pcap_datalink(f->pcap);
	if (set_filter(f, err) == -1) {
		if (f->pcap != NULL)
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

bool
frames_may_come(const struct frames_opts *o)
{
	return (o->wait && o->file == NULL && interface_may_come(o->ifname));
}

/*
 * The interface may come later.  Compile the filter for the likeliest link type
 * now: in a sandbox no name in it could be looked up.
 */
static int
prepare(struct frames *f, char *err)
{
	pcap_t	*p;
	int	 rc;

	if (handle_allowed(f->opts, err) == -1)
		return (-1);
	if (!handle_is_filtered(f->opts))
		return (0);
	(void)snprintf(err, FRAMES_ERRLEN, "out of memory");
	if ((p = handle_for_link(f->opts, DLT_EN10MB)) == NULL)
		return (-1);
	if ((rc = handle_compile(p, f->opts, &f->prog, err)) == 0)
		f->prog_link = DLT_EN10MB;
	pcap_close(p);
	return (rc);
}

bool
frames_is_open(const struct frames *f)
{
	if (f->ring != NULL)
		return (ring_fd(f->ring) != -1);
	return (!f->live || f->pcap != NULL);
}

/* Open what the options ask for. */
static int
open_any(struct frames *f, char *err)
{
	if (!f->live)
		return (frames_open_file(f, err));
	if (f->opts->ring)
		return (frames_ring_open(f, err));
	if (attach(f, err) == 0)
		return (0);
	return (frames_may_come(f->opts) ? prepare(f, err) : -1);
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
	if (open_any(f, err) == 0)
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
	ring_close(f->ring);
	user_filter_free(f->user);
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
	return (f->live ? pcap_get_selectable_fd(f->pcap) :
	    capfile_fd(f->file));
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

/*
 * Did the frame come before the filter was attached?  The first that did not
 * ends that, or the time, in case that the clock has been set back.
 */
static bool
is_early(struct frames *f, uint64_t ns)
{
	f->early = ns < f->attached_wall &&
	    now_mono() < f->attached_mono + NS_PER_S;
	return (f->early);
}

static void
on_frame(u_char *user, const struct pcap_pkthdr *h, const u_char *octets)
{
	struct frames	*f = (void *)user;
	uint32_t	 most = f->opts->snaplen;
	struct frame	 frame = {
		.octets = octets, .wirelen = h->len, .caplen =
		    most == 0 || h->caplen < most ? h->caplen : most,
		.time_ns = (uint64_t)h->ts.tv_sec * NS_PER_S +
		    (uint64_t)h->ts.tv_usec * f->fraction,
		.interface = f->index,
	};

	if (f->direction != NULL)
		frame.direction = f->direction(octets, h->caplen);
	if ((f->early && is_early(f, frame.time_ns)) ||
	    (f->user != NULL && !user_filter_wants(f->user, h, octets)))
		return;
	f->wanted++;
	frames_note_time(f, frame.time_ns);
	f->sink(f->sink_arg, &frame, 1);
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
		return (frames_next_records(f));
	if (f->ring != NULL)
		return (frames_ring_next(f));
	errno = 0;
	f->wanted = 0;
	n = pcap_dispatch(f->pcap, most, on_frame, (u_char *)f);
	if (n < 0)
		return (read_error(f, errno));
	f->error[0] = '\0';
	if (frames_count_down(f, (int)f->wanted) == FRAMES_END)
		return (FRAMES_END);
	return (n == most ? FRAMES_MORE : FRAMES_IDLE);
}

static void
on_dropped(u_char *user, const struct pcap_pkthdr *h, const u_char *octets)
{
	struct frames	*f = (void *)user;

	f->wanted += f->user == NULL || user_filter_wants(f->user, h, octets);
}

uint64_t
frames_discard(struct frames *f)
{
	if (f->ring != NULL)
		return (frames_ring_discard(f));
	f->wanted = 0;
	/* An error will occur again in frames_next(). */
	if (f->live)
		(void)pcap_dispatch(f->pcap, -1, on_dropped, (u_char *)f);
	return (f->wanted);
}

bool
frames_filtered_here(const struct frames *f)
{
	return (f->user != NULL);
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
	if (f->ring != NULL)
		l->kernel = ring_drops(f->ring);
	if (!f->live || f->pcap == NULL || pcap_stats(f->pcap, &st) != 0)
		return;
	l->kernel = (uint32_t)(st.ps_drop - f->last_drop);
	l->iface = (uint32_t)(st.ps_ifdrop - f->last_ifdrop);
	f->last_drop = st.ps_drop;
	f->last_ifdrop = st.ps_ifdrop;
}
