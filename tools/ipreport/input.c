/*
 * Reads the files, one after the other, and passes on the packets that are
 * wanted.  Packets are numbered before anything is left out, so that a number
 * is that of the packet in its file.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "capture/frames.h"
#include "capture/links.h"
#include "ipreport.h"
#include "traffic.h"

/* How often a file that grows is looked at, in milliseconds. */
#define FOLLOW_MS	200

struct input {
	const struct options *opt;
	struct report	*report;
	struct frames_opts filter;	/* -F; the rest is not used */
	struct links	*links;
	struct capfile	*file;
	const char	*path;
	uint64_t	 number;	/* packets met, of all files */
	uint64_t	 shown;
	bool		 ended;		/* by -c, or nobody reads the output */
	char		 err[FRAMES_ERRLEN];
};

/* Is the frame's time wanted?  One without a time is, if no time is asked. */
static bool
in_time(const struct options *opt, uint64_t ns)
{
	return (ns >= opt->since_ns &&
	    (opt->until_ns == 0 || ns < opt->until_ns));
}

static void
take_frame(struct input *in, const struct link_type *type, struct frame *f)
{
	const struct options	*opt = in->opt;
	struct capfile_about	 about;
	struct dissection	 d;
	struct shown		 p = { .number = ++in->number,
	    .link = type->number, .frame = f, .about = &about, .d = &d };

	if (in->ended || in->number < opt->first || !link_wants(type, f))
		return;
	f->time_ns = capfile_time(in->file, f);
	if (!in_time(opt, f->time_ns))
		return;
	dissect(type->number, f, &d);
	if (opt->where != NULL && (d.verdict != DECODED_IP ||
	    !where_match(opt->where, &d.flow)))
		return;
	capfile_about(in->file, f, &about);
	if (about.direction == FRAME_UNKNOWN && type->direction != NULL)
		about.direction = type->direction(f->octets, f->caplen);
	p.ifname = about.ifname != NULL ? about.ifname :
	    about.unit[0] != '\0' ? about.unit : NULL;
	report_packet(in->report, &p);
	in->ended = ++in->shown == opt->count;
}

static int
take_frames(struct input *in, struct frame *frames, int n)
{
	const struct link_type	*type;
	int			 i;

	if ((type = links_find(in->links, capfile_link(in->file),
	    in->err)) == NULL) {
		log_errorx("%s: %s", in->path, in->err);
		return (-1);
	}
	report_names(in->report, type->number, frames, (size_t)n);
	for (i = 0; i < n; i++)
		take_frame(in, type, &frames[i]);
	in->ended |= report_failed(in->report);
	return (0);
}

/* Nothing is there now: what was printed is written before waiting. */
static void
wait_more(struct input *in)
{
	struct pollfd	p = { .fd = capfile_fd(in->file), .events = POLLIN };

	if (!report_flush(in->report)) {
		in->ended = true;
		return;
	}
	if (p.fd >= 0)
		(void)poll(&p, 1, -1);
	else
		(void)poll(NULL, 0, FOLLOW_MS);
}

/* Returns the exit status. */
static int
read_frames(struct input *in)
{
	struct frame		frames[FRAMES_BATCH] = { { .octets = NULL } };
	enum capfile_state	state;
	int			n;

	while (!in->ended) {
		state = capfile_next(in->file, frames, FRAMES_BATCH, &n);
		if (state == CAPFILE_WAIT)
			wait_more(in);
		else if (state == CAPFILE_END)
			return (TRAFD_EXIT_OK);
		else if (state == CAPFILE_DAMAGED) {
			(void)report_flush(in->report);
			log_errorx("cannot read the trace to its end: %s: %s",
			    in->path, capfile_error(in->file));
			return (TRAFD_EXIT_ERROR);
		} else if (take_frames(in, frames, n) == -1)
			return (TRAFD_EXIT_ERROR);
	}
	return (TRAFD_EXIT_OK);
}

static int
open_file(struct input *in)
{
	if ((in->file = capfile_open(in->path)) == NULL) {
		log_error("cannot open the trace: %s", in->path);
		return (-1);
	}
	if (in->opt->follow)
		capfile_follow(in->file);
	return (0);
}

/* Returns the exit status. */
static int
read_file(struct input *in, const char *path)
{
	struct capfile_losses	losses;
	int			rc;

	in->path = path;
	do {
		if (open_file(in) == -1)
			return (TRAFD_EXIT_ERROR);
		rc = read_frames(in);
		capfile_losses(in->file, &losses);
		report_losses(in->report, &losses);
		capfile_close(in->file);
		/* Followed, it has ended because its name has another. */
	} while (in->opt->follow && rc == TRAFD_EXIT_OK && !in->ended &&
	    strcmp(path, "-") != 0);
	return (rc);
}

int
input_run(const struct options *opt, struct report *r)
{
	struct input	in = { .opt = opt, .report = r,
	    .filter = { .filter = opt->filter, .optimize = true } };
	int		i, one, rc = TRAFD_EXIT_OK;

	if ((in.links = links_new(&in.filter)) == NULL) {
		log_error("cannot read traces");
		return (TRAFD_EXIT_ERROR);
	}
	for (i = 0; i < opt->nfiles && !in.ended; i++)
		if ((one = read_file(&in, opt->files[i])) != TRAFD_EXIT_OK)
			rc = one;
	links_free(in.links);
	return (rc);
}
