/*
 * The recording thread: reads, writes, begins other files and counts what is
 * lost.  The trace, its index and the interfaces belong to it alone.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "capture/frames.h"
#include "packet/datarec.h"
#include "trace/index_write.h"
#include "data.h"
#include "recorder_impl.h"
#include "rotate.h"

/* Losses are asked for this often; a write that takes longer has blocked. */
#define LOSSES_NS	(NS_PER_S / 10)

/* Longest wait for events: the wall clock may be set meanwhile. */
#define WAIT_MS		1000

/* A day may be an hour longer; seconds. */
#define CLOCK_SLACK	7200

/* Octets that a format adds to a frame at least. */
#define RECORD_LEAST	16

/* Frames that come later than this after a request are not waited for. */
#define SLACK_MS	50

/* So long records gather after the first one: less work for each. */
static const struct timespec	gather = { .tv_nsec = 2000000 };

#define PROGRAM		"iptrace " PACKAGE_VERSION

/* ---- frames ---- */

static void
count(uint64_t *to, uint64_t n)
{
	__atomic_fetch_add(to, n, __ATOMIC_RELAXED);
}

/* Frames of one link type, as they come. */
struct some {
	const struct frame *frames;
	const uint32_t	*numbers;
	const struct record_note *notes;	/* or NULL */
	size_t		 n;
	int		 link;
};

/* No packets, so the index of packets has nothing of them. */
static bool
is_data(const struct some *s)
{
	return (s->link == DATAREC_LINK);
}

/* Frames that the file did not take. */
static void
lose(struct recorder *r, const struct some *s, size_t done)
{
	struct record_losses	one = { .writer = 1 };
	size_t			i;

	for (i = done; i < s->n; i++)
		record_lost(r->record, s->numbers[i], &one);
	count(&r->lost.writer, s->n - done);
	if (r->index != NULL && !is_data(s))
		index_writer_lost(r->index, s->n - done, 0);
}

static void
add_to_index(struct recorder *r, const struct frame *frames, size_t n,
    int link, off_t from)
{
	size_t		 nheads;
	const off_t	*heads = record_heads(r->record, &nheads);

	if (n > 0 && index_writer_add(r->index, link, frames, n, from,
	    record_offset(r->record), heads, nheads) == -1)
		recorder_without_index(r);
}

static size_t
write_frames(struct recorder *r, const struct some *s)
{
	uint64_t	begin = now_mono();
	size_t		done = record_write(r->record, s->frames, s->numbers,
	    s->notes, s->n);
	int		error = errno, tries;

	for (tries = 0; done < s->n && tries < ROOM_TRIES &&
	    recorder_make_room(r, error); tries++) {
		done += record_write(r->record, s->frames + done,
		    s->numbers + done,
		    s->notes == NULL ? NULL : s->notes + done, s->n - done);
		error = errno;
	}
	r->blocked |= now_mono() - begin >= LOSSES_NS;
	errno = error;
	if (done < s->n)
		recorder_fault(r, "cannot write to the trace");
	else if (r->fault.text[0] != '\0')
		fault_clear(&r->fault);
	return (done);
}

static void
record_some(struct recorder *r, const struct some *s)
{
	off_t	from = record_offset(r->record);
	size_t	done = 0;

	if (r->fd != -1)
		done = write_frames(r, s);
	if (done < s->n)
		lose(r, s, done);
	count(&r->frames, done);
	r->left -= r->left == UINT64_MAX ? 0 : done;
	if (r->fd != -1 && r->index != NULL && !is_data(s))
		add_to_index(r, s->frames, done, s->link, from);
	if (r->fd != -1 && r->size > 0 &&
	    (uint64_t)record_offset(r->record) >= r->size)
		recorder_rotate(r);
}

/* How many of the frames, at least one, reach the size of the file. */
static size_t
fitting(const struct recorder *r, const struct frame *frames, size_t n)
{
	uint64_t	at = (uint64_t)record_offset(r->record);
	size_t		i;

	if (r->size == 0 || r->fd == -1 || at >= r->size)
		return (n);
	for (i = 0; i < n && at < r->size; i++)
		at += frames[i].caplen + RECORD_LEAST;
	return (i);
}

static void
record_all(struct recorder *r, struct some all)
{
	struct some	s;

	for (; all.n > 0 && r->left > 0; all.n -= s.n) {
		s = all;
		s.n = fitting(r, s.frames, s.n);
		if (s.n > r->left)
			s.n = (size_t)r->left;
		record_some(r, &s);
		all.frames += s.n;
		all.numbers += s.n;
		if (all.notes != NULL)
			all.notes += s.n;
	}
}

static void
on_frames(void *arg, const struct frame *frames, const uint32_t *numbers,
    size_t n, int link)
{
	record_all(arg, (struct some){ frames, numbers, NULL, n, link });
}

static void
on_data(void *arg, const struct frame *frames, const uint32_t *numbers,
    const struct record_note *notes, size_t n)
{
	record_all(arg, (struct some){ frames, numbers, notes, n,
	    DATAREC_LINK });
}

/* True if there is more. */
static bool
read_some(struct recorder *r)
{
	bool	more = sources_read(r->sources, on_frames, r);

	if (r->data != NULL && r->left > 0)
		more |= data_read(r->data, on_data, r);
	return (more);
}

/* Wait until there is something to read or to do. */
static void
wait_for(struct recorder *r, bool wishes, int ms)
{
	int	fds[1 + DATA_FDS] = { wishes ? r->wake[0] : -1 };

	if (r->data != NULL)
		data_fds(r->data, fds + 1);
	sources_wait(r->sources, fds, r->data != NULL ? 1 + DATA_FDS : 1, ms);
	/* Each call reads many records, and they come one by one. */
	if (r->data != NULL)
		(void)nanosleep(&gather, NULL);
}

/*
 * What the kernel has dropped while a write has blocked is the writer's fault.
 */
static void
ask_losses(struct recorder *r)
{
	struct record_losses	l = { 0 }, packets;

	sources_losses(r->sources, r->blocked, &l);
	packets = l;
	if (r->data != NULL)
		data_losses(r->data, &l);
	count(&r->lost.kernel, l.kernel);
	count(&r->lost.iface, l.iface);
	count(&r->lost.writer, l.writer);
	if (r->index != NULL)
		index_writer_lost(r->index, packets.kernel + packets.writer,
		    packets.iface);
	r->blocked = false;
	r->asked = now_mono();
}

/* Read what has come in up to now, also what the kernel still holds back. */
static void
drain(struct recorder *r)
{
	uint64_t	now = now_mono(), end = now + (uint64_t)(SLACK_MS +
	    sources_latency(r->sources)) * NS_PER_MS;

	while (now < end && r->left > 0) {
		if (!read_some(r))
			wait_for(r, false, ms_until(end, now));
		now = now_mono();
	}
	ask_losses(r);
}

static void
flush(struct recorder *r)
{
	drain(r);
	if (r->fd == -1)
		return;
	if (record_count(r->record) == -1)
		recorder_fault(r, "cannot write to the trace");
	if (r->index != NULL && index_writer_flush(r->index) == -1)
		recorder_without_index(r);
	log_info("%s: all packets up to now are in the file",
	    r->target->path);
}

/* ---- the thread ---- */

static void
answer_wishes(struct recorder *r, unsigned int wishes)
{
	char	octets[64];

	while (read(r->wake[0], octets, sizeof(octets)) > 0)
		continue;
	if ((wishes & RECORDER_FLUSH) != 0)
		flush(r);
	if ((wishes & RECORDER_NEXT) != 0) {
		drain(r);
		r->retry = 0;
		recorder_rotate(r);
	}
}

static void
look_at_clocks(struct recorder *r)
{
	uint64_t	now = now_mono();
	time_t		wall = time(NULL);

	/* The clock was set back. */
	if (r->until > wall + (time_t)r->opt->rotate_every + CLOCK_SLACK)
		r->until = rotate_next(wall, r->opt->rotate_every);
	if (now >= r->asked + LOSSES_NS || r->blocked) {
		ask_losses(r);
		recorder_look(r);
	}
	if (r->fd == -1 || (r->until != 0 && wall >= r->until))
		recorder_rotate(r);
}

static int
wait_ms(const struct recorder *r)
{
	uint64_t	now = now_wall(), end = (uint64_t)r->until * NS_PER_S;

	if (r->until == 0 || r->fd == -1 || end > now + WAIT_MS * NS_PER_MS)
		return (WAIT_MS);
	return (ms_until(end, now));
}

static void *
run(void *arg)
{
	struct recorder	*r = arg;
	unsigned int	 wishes;

	while (r->left > 0) {
		wishes = __atomic_exchange_n(&r->wishes, 0, __ATOMIC_ACQ_REL);
		answer_wishes(r, wishes);
		if ((wishes & RECORDER_STOP) != 0) {
			drain(r);
			break;
		}
		if (!read_some(r))
			wait_for(r, true, wait_ms(r));
		look_at_clocks(r);
	}
	ask_losses(r);
	recorder_end_file(r);
	if (write(r->done[1], "", 1) == -1)
		log_warn("cannot tell of the end: %s", r->target->path);
	return (NULL);
}

/* ---- its owner ---- */

static int
open_pipe(int ends[2])
{
	if (pipe(ends) == -1) {
		ends[0] = ends[1] = -1;
		return (-1);
	}
	(void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
	(void)fcntl(ends[1], F_SETFL, O_NONBLOCK);
	(void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	(void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	return (0);
}

struct recorder *
recorder_new(const struct options *o, struct target *t, struct sources *s,
    struct data *data, struct tidy *tidy)
{
	struct recorder	*r = calloc(1, sizeof(*r));

	if (r == NULL) {
		log_error("cannot record: %s", t->path);
		return (NULL);
	}
	*r = (struct recorder){ .opt = o, .target = t, .sources = s,
	    .data = data, .tidy = tidy, .fd = -1, .wake = { -1, -1 },
	    .done = { -1, -1 },
	    .size = o->log_size > 0 ? o->log_size : o->rotate_size,
	    .left = o->count > 0 ? o->count : UINT64_MAX };
	r->record = record_new(o->format, PROGRAM);
	if (r->record != NULL && open_pipe(r->wake) == 0 &&
	    open_pipe(r->done) == 0) {
		if (sources_describe(s, r->record) == 0 && (data == NULL ||
		    data_describe(data, r->record) == 0))
			return (r);
	} else
		log_error("cannot record: %s", t->path);
	recorder_free(r);
	return (NULL);
}

static void
close_pipe(int ends[2])
{
	if (ends[0] != -1)
		(void)close(ends[0]);
	if (ends[1] != -1)
		(void)close(ends[1]);
}

void
recorder_free(struct recorder *r)
{
	if (r == NULL)
		return;
	recorder_end_file(r);
	record_free(r->record);
	close_pipe(r->wake);
	close_pipe(r->done);
	free(r);
}

int
recorder_start(struct recorder *r)
{
	sigset_t	all, old;
	int		rc;

	r->asked = now_mono();
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &old);
	rc = pthread_create(&r->thread, NULL, run, r);
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	r->started = rc == 0;
	if (rc == 0)
		return (0);
	errno = rc;
	log_error("cannot start the recording thread: %s", r->target->path);
	return (-1);
}

void
recorder_ask(struct recorder *r, enum recorder_wish wish)
{
	__atomic_fetch_or(&r->wishes, (unsigned int)wish, __ATOMIC_ACQ_REL);
	if (write(r->wake[1], "", 1) == -1 && errno != EAGAIN)
		log_warn("cannot wake the recording thread: %s",
		    r->target->path);
}

int
recorder_fd(const struct recorder *r)
{
	return (r->done[0]);
}

void
recorder_join(struct recorder *r)
{
	if (r->started)
		(void)pthread_join(r->thread, NULL);
	r->started = false;
}

static uint64_t
counted(const uint64_t *of)
{
	return (__atomic_load_n(of, __ATOMIC_RELAXED));
}

void
recorder_counts(const struct recorder *r, uint64_t *frames,
    struct record_losses *l)
{
	*frames = counted(&r->frames);
	l->kernel = counted(&r->lost.kernel);
	l->iface = counted(&r->lost.iface);
	l->writer = counted(&r->lost.writer);
}
