/*
 * Compares both readers frame by frame.
 */
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>

#include "capture/frames.h"
#include "capture_check.h"

#define NS_PER_S	UINT64_C(1000000000)

struct both {
	struct frames		*frames;
	pcap_t			*pcap;		/* NULL: it has failed */
	bool			 times;
	bool			 pcap_whole;
	uint64_t		 pcap_frames;
	struct capture_read	*ours;
	const char		*why;
};

/* Simple blocks have no time; libpcap gives them the second of the offset. */
static bool
is_time_right(const struct both *b, const struct frame *f,
    const struct pcap_pkthdr *h)
{
	uint64_t	want = (uint64_t)h->ts.tv_sec * NS_PER_S +
	    (uint64_t)h->ts.tv_usec;

	return (!b->times || f->time_ns == want ||
	    (f->time_ns == 0 && (h->ts.tv_usec == 0 || want > INT64_MAX)));
}

static void
compare(struct both *b, const struct frame *f)
{
	struct pcap_pkthdr	*h;
	const u_char		*octets;
	int			 rc;

	if (b->pcap == NULL || b->pcap_whole)
		return;
	if ((rc = pcap_next_ex(b->pcap, &h, &octets)) != 1) {
		b->pcap_whole = rc == PCAP_ERROR_BREAK;
		if (b->pcap_whole)
			b->why = "libpcap ends before";
		pcap_close(b->pcap);
		b->pcap = NULL;
		return;
	}
	b->pcap_frames++;
	if (pcap_datalink(b->pcap) != frames_link(b->frames))
		b->why = "the link types differ";
	else if (h->caplen != f->caplen || h->len != f->wirelen)
		b->why = "the lengths differ";
	else if (memcmp(octets, f->octets, f->caplen) != 0)
		b->why = "the octets differ";
	else if (!is_time_right(b, f, h))
		b->why = "the times differ";
}

static void
on_frames(void *arg, const struct frame *f, size_t n)
{
	struct both	*b = arg;

	for (; n > 0; n--, f++) {
		b->ours->frames++;
		if (b->why == NULL)
			compare(b, f);
	}
}

static void
read_ours(struct both *b)
{
	enum frames_state	state;

	do
		state = frames_next(b->frames, on_frames, b);
	while (state == FRAMES_MORE);
	b->ours->whole = state == FRAMES_END;
	if (state == FRAMES_FAILED)
		(void)snprintf(b->ours->error, sizeof(b->ours->error), "%s",
		    frames_error(b->frames));
}

/* Ours has ended: so must libpcap. */
static const char *
compare_ends(struct both *b)
{
	struct pcap_pkthdr	*h;
	const u_char		*octets;
	int			 rc;

	if (b->pcap == NULL || b->why != NULL)
		return (b->why);
	rc = pcap_next_ex(b->pcap, &h, &octets);
	if (rc == 1)
		return ("libpcap reads more");
	return (rc == PCAP_ERROR_BREAK && !b->ours->whole ?
	    "libpcap finds no fault" : NULL);
}

/*
 * Do not compare: a link type has 16 bits, but some versions of libpcap take
 * more; it also changes the headers of Linux's USB (189, 220) to the byte order
 * of this machine, and these are not decoded here.
 */
static bool
is_comparable(int dlt)
{
	return (dlt <= UINT16_MAX && dlt != 189 && dlt != 220);
}

static pcap_t *
open_pcap(const char *path)
{
	char	 text[PCAP_ERRBUF_SIZE];
	pcap_t	*p;

	p = pcap_open_offline_with_tstamp_precision(path,
	    PCAP_TSTAMP_PRECISION_NANO, text);
	if (p == NULL || is_comparable(pcap_datalink(p)))
		return (p);
	pcap_close(p);
	return (NULL);
}

const char *
capture_check(const char *path, bool times, struct capture_read *ours)
{
	struct frames_opts	 o = { .file = path };
	struct both		 b = { .ours = ours, .times = times };
	const char		*why;

	memset(ours, 0, sizeof(*ours));
	b.pcap = open_pcap(path);
	if ((b.frames = frames_open(&o, ours->error)) != NULL) {
		ours->opened = true;
		read_ours(&b);
	}
	why = compare_ends(&b);
	frames_close(b.frames);
	if (b.pcap != NULL)
		pcap_close(b.pcap);
	return (why);
}
