/*
 * Reads the files, one after the other, and passes on the packets that are
 * wanted.  Packets are numbered before anything is left out, so that a number
 * is that of the packet in its file.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "capture/frames.h"
#include "capture/links.h"
#include "trace/search.h"
#include "data.h"
#include "saver.h"
#include "traffic.h"

/* How often a file that grows is looked at, in milliseconds. */
#define FOLLOW_MS	200

struct input {
	const struct options *opt;
	struct report	*report;	/* NULL: they are written */
	struct saver	*saver;
	struct index_want want;
	bool		 indexed;	/* the index can tell what is wanted */
	struct frames_opts filter;	/* -F; the rest is not used */
	struct links	*links;
	struct search	*search;
	struct capfile	*file;		/* of the search */
	const char	*path;
	uint64_t	 skipped;	/* packets of the file up to now */
	uint64_t	 number;	/* packets met, of all files */
	uint64_t	 shown;
	bool		 ended;		/* by -c, or nobody reads the output */
	bool		 told;		/* that -F has no data records */
	bool		 has_data;	/* of the data trace */
	char		 err[FRAMES_ERRLEN];
};

/* Is the frame's time wanted?  One without a time is, if no time is asked. */
static bool
in_time(const struct options *opt, uint64_t ns)
{
	return (ns >= opt->since_ns &&
	    (opt->until_ns == 0 || ns < opt->until_ns));
}

/* Print it; data is NULL of a packet. */
static void
show_frame(struct input *in, const struct link_type *type,
    const struct frame *f, struct capfile_about *about,
    const struct datarec *data)
{
	struct dissection	 d;
	struct shown		 p = { .number = in->number,
	    .link = type->number, .frame = f, .about = about, .d = &d,
	    .data = data };

	dissect(type->number, f, &d);
	p.ifname = about->ifname != NULL ? about->ifname :
	    about->unit[0] != '\0' ? about->unit : NULL;
	report_packet(in->report, &p);
}

/*
 * Is it wanted for its kind and its direction?  A frame of the data trace that
 * is no record of it is a packet that nobody knows: no condition is met by it.
 */
static bool
is_wanted(const struct options *opt, const struct capfile_about *about,
    const struct datarec *data, bool unknown)
{
	if (data != NULL)
		return (data_is_wanted(opt, data));
	return (data_wants_packets(opt) && (!unknown ||
	    (opt->where == NULL && opt->pattern == NULL)) &&
	    (opt->direction == DIRECTION_BOTH || about->direction ==
	    (opt->direction == DIRECTION_SENT ? FRAME_OUT : FRAME_IN)));
}

/* The packet matches the condition: is it wanted for the rest, too? */
static int
take_frame(struct input *in, const struct link_type *type, struct frame *f)
{
	const struct options	*opt = in->opt;
	struct capfile_about	 about;
	struct datarec		 record, *data = NULL;

	if (in->ended || in->number < opt->first || !link_wants(type, f))
		return (0);
	f->time_ns = capfile_time(in->file, f);
	if (!in_time(opt, f->time_ns))
		return (0);
	capfile_about(in->file, f, &about);
	if (about.direction == FRAME_UNKNOWN && type->direction != NULL)
		about.direction = type->direction(f->octets, f->caplen);
	if (type->data && datarec_read(&record, f->octets, f->caplen,
	    f->wirelen, about.comment, about.comment_len))
		data = &record;
	if (!is_wanted(opt, &about, data, type->data))
		return (0);
	in->ended = ++in->shown == opt->count;
	if (in->saver != NULL)
		return (saver_put(in->saver, in->file, f, &about));
	show_frame(in, type, f, &about, data);
	return (0);
}

/* The link type of frames.  NULL after a message. */
static const struct link_type *
find_link(struct input *in, int number)
{
	const struct link_type	*type = links_find(in->links, number, in->err);

	if (type == NULL)
		log_errorx("%s: %s", in->path, in->err);
	else if (type->data)
		in->has_data = true;
	if (type != NULL && type->data && type->filtered && !in->told) {
		log_notice("%s: -F is for packets: records of the data trace "
		    "are left out (use --where)", in->path);
		in->told = true;
	}
	return (type);
}

/* Hosts that are not printed are not looked up. */
static void
resolve(struct input *in, int link, const struct frame *frames, int n,
    uint64_t wanted)
{
	struct frame	some[FRAMES_BATCH];
	size_t		many = 0;
	int		i;

	for (i = 0; i < n; i++)
		if ((wanted >> i & 1) != 0)
			some[many++] = frames[i];
	if (in->report != NULL && many > 0)
		report_names(in->report, link, some, many);
}

/* Packets that an index has left out have their numbers, too. */
static void
note_skipped(struct input *in)
{
	uint64_t	skipped = search_skipped(in->search);

	in->number += skipped - in->skipped;
	in->skipped = skipped;
}

static int
take_frames(struct input *in, struct frame *frames, int n)
{
	const struct link_type	*type;
	uint64_t		 wanted;
	int			 i, rc = 0;

	note_skipped(in);
	if ((type = find_link(in, capfile_link(in->file))) == NULL)
		return (-1);
	wanted = wanted_frames(in->opt, type->number, frames, (size_t)n);
	resolve(in, type->number, frames, n, wanted);
	for (i = 0; i < n && rc == 0 && !in->ended; i++) {
		in->number++;
		if ((wanted >> i & 1) != 0)
			rc = take_frame(in, type, &frames[i]);
	}
	in->ended |= in->report != NULL && report_failed(in->report);
	if (in->saver != NULL && rc == 0)
		rc = saver_flush(in->saver);
	return (rc);
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
		state = search_next(in->search, frames, FRAMES_BATCH, &n);
		in->file = search_capfile(in->search);
		if (state == CAPFILE_WAIT)
			wait_more(in);
		else if (state == CAPFILE_END)
			return (TRAFD_EXIT_OK);
		else if (state == CAPFILE_DAMAGED) {
			if (in->report != NULL)
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
	in->search = search_open(in->path, in->indexed ? &in->want : NULL);
	if (in->search == NULL) {
		log_error("cannot open the trace: %s", in->path);
		return (-1);
	}
	in->file = search_capfile(in->search);
	in->skipped = 0;
	if (in->opt->follow)
		capfile_follow(in->file);
	if ((in->opt->where != NULL || in->opt->pattern != NULL) &&
	    search_why(in->search) != NULL)
		log_notice("%s: %s; read through", in->path,
		    search_why(in->search));
	return (0);
}

static void
close_file(struct input *in)
{
	struct capfile_losses	losses;

	note_skipped(in);	/* also behind the last packet */
	capfile_losses(in->file, &losses);
	if (in->saver != NULL)
		saver_losses(in->saver, &losses);
	else
		report_losses(in->report, &losses);
	search_close(in->search);
}

/* Returns the exit status. */
static int
read_file(struct input *in, const char *path)
{
	int	rc;

	in->path = path;
	do {
		if (open_file(in) == -1)
			return (TRAFD_EXIT_ERROR);
		rc = read_frames(in);
		close_file(in);
		/* Followed, it has ended because its name has another. */
	} while (in->opt->follow && rc == TRAFD_EXIT_OK && !in->ended &&
	    strcmp(path, "-") != 0);
	return (rc);
}

static int
read_files(struct input *in, const struct files *files)
{
	int		i, one, rc = TRAFD_EXIT_OK;
	uint64_t	before;
	unsigned	found = 0;

	for (i = 0; i < files->n && !in->ended; i++) {
		before = in->shown;
		if ((one = read_file(in, files->path[i])) != TRAFD_EXIT_OK)
			rc = one;
		found += in->shown > before;
	}
	if (in->saver != NULL)
		log_notice("%" PRIu64 " packet%s found in %u of %d file%s",
		    in->shown, in->shown == 1 ? "" : "s", found, files->n,
		    files->n == 1 ? "" : "s");
	return (rc);
}

/* Write them instead of printing them.  Returns the exit status. */
static int
write_files(struct input *in, const struct files *files)
{
	static const enum record_format	formats[] = {
		[REPORT_PCAPNG] = RECORD_PCAPNG, [REPORT_PCAP] = RECORD_PCAP,
		[REPORT_IPTRACE] = RECORD_IPTRACE,
	};
	int	rc;

	in->saver = saver_open(in->opt->write_to, formats[in->opt->format],
	    (const char *const *)files->path, files->n);
	if (in->saver == NULL)
		return (TRAFD_EXIT_ERROR);
	rc = read_files(in, files);
	return (saver_end(in->saver) == -1 ? TRAFD_EXIT_ERROR : rc);
}

/* Print them.  Returns the exit status. */
static int
print_files(struct input *in, const struct files *files)
{
	int	rc = TRAFD_EXIT_ERROR, end;

	if (report_files(in->report, files) == 0)
		rc = read_files(in, files);
	end = report_end(in->report, in->number);
	return (rc == TRAFD_EXIT_OK ? end : rc);
}

/* Nothing can be found: it must not seem that there was nothing. */
static void
tell_no_data(const struct input *in)
{
	if (in->opt->where != NULL && where_is_owned(in->opt->where) &&
	    !in->has_data)
		log_notice("--where: a packet does not say whose it is, and "
		    "no records of the data trace were read: %s",
		    in->opt->where_text);
}

int
input_run(const struct options *opt, struct report *r)
{
	struct input	in = { .opt = opt, .report = r,
	    .filter = { .filter = opt->filter, .optimize = true } };
	struct files	files;
	int		rc;

	/* A socket's records may be in several files: `trace*' of a shell
	 * has the newest first. */
	if (files_find(opt, r == NULL || opt->sessions, &files) == -1)
		return (TRAFD_EXIT_ERROR);
	in.indexed = wanted_parts(opt, &in.want);
	if ((in.links = links_new(&in.filter)) == NULL) {
		log_error("cannot read traces");
		files_free(&files);
		return (TRAFD_EXIT_ERROR);
	}
	rc = r == NULL ? write_files(&in, &files) :
	    print_files(&in, &files);
	tell_no_data(&in);
	links_free(in.links);
	files_free(&files);
	return (rc);
}
