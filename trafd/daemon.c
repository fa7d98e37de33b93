/*
 * The event loop.  Owns what was asked for and not yet begun, and the state
 * of the one request being served:
 *
 *	idle -> freezing -> writing -> idle	save
 *	idle -> freezing -> writing -> merging -> idle	dump, or failed save
 *	idle -> finishing -> writing -> end	the last dump
 *
 * A signal that comes in meanwhile is counted: it is served when the state
 * is idle again, so none is lost, and several of one kind are served as one.
 */
#include "config.h"

#include <event2/event.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon.h"
#include "detach.h"
#include "log.h"

enum state { IDLE, FREEZING, WRITING, MERGING, FINISHING, LAST_WRITE };

static const int signals[] = { SIGHUP, SIGINT, SIGTERM, SIGQUIT };

#define NSIGNALS	(sizeof(signals) / sizeof(signals[0]))

enum {
	EV_CAPTURER, EV_WRITER, EV_DUMP_TIMER, EV_SAVE_TIMER, EV_PARENT,
	NEVENTS
};

struct daemon {
	struct daemon_parts	 p;
	struct event_base	*base;
	struct event		*on_signal[NSIGNALS];
	struct event		*events[NEVENTS];
	enum state		 state;
	uint64_t		 want_dump, want_save;	/* how often */
	bool			 want_exit;
	bool			 lost;		/* the interface */
	enum writer_job		 job;
	struct generation	*frozen;
	struct run_status	 status;
	int			 result;
};

static void	next_request(struct daemon *);

static struct run_counts *
counts(struct daemon *d)
{
	return (d->job == WRITER_DUMP ? &d->status.dump : &d->status.save);
}

/* Called at each dump and save: lost packets are never silent. */
static void
log_drops(struct daemon *d, const struct ledger *l)
{
	uint64_t	dropped = ledger_dropped(l);

	if (dropped > d->p.drops)
		log_errorx("%s: %" PRIu64 " packets dropped by the capture "
		    "buffer, %" PRIu64 " by the interface, since the last "
		    "save: see --buffer", d->p.ifname,
		    l->v[LEDGER_DROP_KERNEL], l->v[LEDGER_DROP_IFACE]);
	d->p.drops = dropped;
}

static void
begin_write(struct daemon *d)
{
	d->frozen = capturer_take(d->p.capturer);
	log_drops(d, &d->frozen->ledger);
	writer_start(d->p.writer, d->job, d->frozen);
}

/* Ask for a freeze; the fresh generation takes over meanwhile. */
static void
begin_job(struct daemon *d, enum writer_job job)
{
	struct generation	*fresh;
	uint64_t		 epoch = d->p.epoch + (job == WRITER_SAVE);

	d->job = job;
	if (networks_update(d->p.networks))
		log_notice("%s: its networks are %s now", d->p.ifname,
		    networks_text(d->p.networks));
	fresh = generation_new(epoch, d->p.max_flows,
	    networks_set(d->p.networks));
	if (fresh == NULL) {
		counts(d)->begun++;
		counts(d)->failed++;
		d->status.error = "out of memory";
		log_error("%s: cannot freeze the table", d->p.ifname);
		runfiles_status(d->p.run, &d->status);
		return;
	}
	d->p.epoch = epoch;
	counts(d)->begun++;
	runfiles_status(d->p.run, &d->status);
	d->state = FREEZING;
	capturer_freeze(d->p.capturer, fresh);
}

/* Has it been asked for?  However often that was, it is served once. */
static bool
take_request(struct daemon *d, uint64_t *wanted, const char *what)
{
	if (*wanted > 1)
		log_info("%s: %" PRIu64 " requests for a %s are served as "
		    "one", d->p.ifname, *wanted, what);
	if (*wanted == 0)
		return (false);
	*wanted = 0;
	return (true);
}

/* What was asked for first in the order of its weight. */
static void
next_request(struct daemon *d)
{
	if (d->state != IDLE)
		return;
	if (take_request(d, &d->want_save, "save"))
		begin_job(d, WRITER_SAVE);
	else if (take_request(d, &d->want_dump, "dump"))
		begin_job(d, WRITER_DUMP);
	else if (d->want_exit) {
		d->state = FINISHING;
		d->job = WRITER_DUMP;
		detach_notify("STOPPING=1");
		capturer_finish(d->p.capturer);
	}
}

static void
end_job(struct daemon *d)
{
	const char	*what = d->job == WRITER_DUMP ? "dump" : "save";

	if (writer_result(d->p.writer) == 0) {
		counts(d)->done++;
		log_info("%s: %s done, %zu rows", d->p.ifname, what,
		    table_rows(d->frozen->table));
	} else {
		counts(d)->failed++;
		d->status.error = keeper_error(d->p.keeper);
	}
	runfiles_status(d->p.run, &d->status);
}

/* Saved: it may go.  Dumped or failed: back into the live table. */
static void
after_write(struct daemon *d)
{
	struct generation	*g = d->frozen;
	bool			 saved;

	end_job(d);
	saved = d->job == WRITER_SAVE && writer_result(d->p.writer) == 0;
	d->frozen = NULL;
	if (saved) {
		generation_free(g);
		d->p.drops = 0;
		d->state = IDLE;
	} else {
		d->state = MERGING;
		capturer_merge(d->p.capturer, g);
	}
}

/*
 * The last dump.  If it cannot be written the save file is the last chance
 * to keep the account.
 */
static void
after_last_write(struct daemon *d)
{
	end_job(d);
	if (writer_result(d->p.writer) == -1 && d->job == WRITER_DUMP) {
		d->job = WRITER_SAVE;
		writer_start(d->p.writer, d->job, d->frozen);
		return;
	}
	if ((d->result = writer_result(d->p.writer)) == -1)
		log_errorx("%s: %zu rows could neither be dumped nor saved: "
		    "they are lost", d->p.ifname,
		    table_rows(d->frozen->table));
	generation_free(d->frozen);
	d->frozen = NULL;
	(void)event_base_loopbreak(d->base);
}

/* ---- events ---- */

static void
on_signal(evutil_socket_t sig, short what, void *arg)
{
	struct daemon	*d = arg;

	(void)what;
	switch (sig) {
	case SIGHUP:
		d->want_dump++;
		break;
	case SIGINT:
		d->want_save++;
		break;
	default:
		d->want_exit = true;
	}
	next_request(d);
}

static void
on_capturer(evutil_socket_t fd, short what, void *arg)
{
	struct daemon	*d = arg;
	char		 octet;

	(void)what;
	while (read(fd, &octet, 1) == 1) {
		if (octet == CAPTURER_COUNT || octet == CAPTURER_LOST) {
			d->want_exit = true;
			d->lost = octet == CAPTURER_LOST;
		}
		else if (octet == CAPTURER_MERGED) {
			generation_free(capturer_take(d->p.capturer));
			d->state = IDLE;
		} else {
			d->state = d->state == FINISHING ? LAST_WRITE :
			    WRITING;
			begin_write(d);
		}
	}
	next_request(d);
}

static void
on_writer(evutil_socket_t fd, short what, void *arg)
{
	struct daemon	*d = arg;
	char		 octet;

	(void)what;
	while (d->frozen != NULL && read(fd, &octet, 1) == 1) {
		if (d->state == LAST_WRITE)
			after_last_write(d);
		else
			after_write(d);
	}
	next_request(d);
}

static void
on_dump_timer(evutil_socket_t fd, short what, void *arg)
{
	struct daemon	*d = arg;

	(void)fd;
	(void)what;
	d->want_dump++;
	next_request(d);
}

static void
on_save_timer(evutil_socket_t fd, short what, void *arg)
{
	struct daemon	*d = arg;

	(void)fd;
	(void)what;
	d->want_save++;
	next_request(d);
}

/* Who hands signals on to us is gone: what it would have sent is TERM. */
static void
on_parent(evutil_socket_t fd, short what, void *arg)
{
	struct daemon	*d = arg;

	(void)fd;
	(void)what;
	(void)event_del(d->events[EV_PARENT]);
	log_errorx("%s: the parent is gone: accounting ends", d->p.ifname);
	d->want_exit = true;
	next_request(d);
}

static struct event *
add_timer(struct daemon *d, unsigned int seconds, event_callback_fn fn)
{
	struct timeval	 every = { .tv_sec = (time_t)seconds };
	struct event	*e;

	if (seconds == 0)
		return (NULL);
	e = event_new(d->base, -1, EV_PERSIST, fn, d);
	if (e != NULL)
		(void)event_add(e, &every);
	return (e);
}

static struct event *
add_fd(struct daemon *d, int fd, event_callback_fn fn)
{
	struct event	*e;

	if (fd == -1)
		return (NULL);
	e = event_new(d->base, fd, EV_READ | EV_PERSIST, fn, d);
	if (e != NULL)
		(void)event_add(e, NULL);
	return (e);
}

struct daemon *
daemon_new(const struct daemon_parts *parts)
{
	struct daemon	*d;
	size_t		 i;

	if ((d = calloc(1, sizeof(*d))) == NULL ||
	    (d->base = event_base_new()) == NULL) {
		log_errorx("%s: cannot make an event loop", parts->ifname);
		free(d);
		return (NULL);
	}
	d->p = *parts;
	d->status.error = "";
	for (i = 0; i < NSIGNALS; i++) {
		d->on_signal[i] = evsignal_new(d->base, signals[i],
		    on_signal, d);
		(void)event_add(d->on_signal[i], NULL);
	}
	d->events[EV_CAPTURER] = add_fd(d, capturer_fd(parts->capturer),
	    on_capturer);
	d->events[EV_WRITER] = add_fd(d, writer_fd(parts->writer), on_writer);
	d->events[EV_DUMP_TIMER] = add_timer(d, parts->dump_interval,
	    on_dump_timer);
	d->events[EV_SAVE_TIMER] = add_timer(d, parts->save_interval,
	    on_save_timer);
	d->events[EV_PARENT] = add_fd(d, parts->parent_fd, on_parent);
	return (d);
}

int
daemon_run(struct daemon *d)
{
	(void)event_base_dispatch(d->base);
	return (d->result);
}

bool
daemon_lost(const struct daemon *d)
{
	return (d->lost);
}

void
daemon_free(struct daemon *d)
{
	sigset_t	all;
	size_t		i;

	/* What comes in from here on is too late, but must not kill. */
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_BLOCK, &all, NULL);
	for (i = 0; i < NSIGNALS; i++)
		event_free(d->on_signal[i]);
	for (i = 0; i < NEVENTS; i++)
		if (d->events[i] != NULL)
			event_free(d->events[i]);
	event_base_free(d->base);
	free(d);
}
