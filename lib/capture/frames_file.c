/*
 * Frames of captures: reads them by capfile.c, filters them by their link type
 * and passes them on in batches.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "packet/datarec.h"
#include "frames_impl.h"

/* Milliseconds to wait for the header of a stream when it is opened. */
#define HEADER_WAIT	1000

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
	if (state == CAPFILE_WAIT || state == CAPFILE_END)
		return (0);	/* or an empty trace, which tells none */
	if (state == CAPFILE_FRAMES)
		return (note_link(f, err));
	(void)snprintf(err, FRAMES_ERRLEN, "cannot read the capture: %s: %s",
	    f->opts->file, capfile_error(f->file));
	return (-1);
}

int
frames_open_file(struct frames *f, char *err)
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

void
frames_note_time(struct frames *f, uint64_t ns)
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

	for (i = 0; i < n && ns == 0 && !f->seen; i++)
		if ((ns = capfile_time(f->file, &frames[i])) != 0)
			frames_note_time(f, ns);
	for (ns = 0; ns == 0 && n > 0; n--)
		if ((ns = capfile_time(f->file, &frames[n - 1])) != 0)
			frames_note_time(f, ns);
}

/* Keep only the frames that the filter accepts.  Returns how many. */
static int
keep_wanted(const struct frames *f, struct frame *frames, int n)
{
	int	i, kept = 0;

	if (!f->type->filtered)
		return (n);
	for (i = 0; i < n; i++)
		if (link_wants(f->type, &frames[i]))
			frames[kept++] = frames[i];
	return (kept);
}

/* Set what capfile_next() leaves unset. */
static void
complete(const struct frames *f, struct frame *frames, int n)
{
	struct capfile_about	about;
	int			i;

	for (i = 0; i < n; i++) {
		frames[i].time_ns = capfile_time(f->file, &frames[i]);
		capfile_about(f->file, &frames[i], &about);
		frames[i].direction = about.direction;
		frames[i].sums = about.sums;
		if (f->direction != NULL)
			frames[i].direction = f->direction(frames[i].octets,
			    frames[i].caplen);
	}
}

bool
frames_is_data(const struct frames *f, const struct frame *frame)
{
	struct capfile_about	about;

	if (f->file == NULL || f->link != DATAREC_LINK)
		return (false);
	capfile_about(f->file, frame, &about);
	return (about.ifname != NULL &&
	    strcmp(about.ifname, DATAREC_IFNAME) == 0);
}

enum frames_state
frames_count_down(struct frames *f, int n)
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
	return (frames_count_down(f, n));
}

enum frames_state
frames_next_records(struct frames *f)
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
