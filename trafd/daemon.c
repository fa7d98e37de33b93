/*
 * The event loop: turns signals, timers and requests of the control socket
 * into counters of what is wanted, and passes the events of the other threads
 * to daemon_jobs.c.
 */
#include "config.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "daemon_impl.h"

/* Seconds between looks at the networks where nothing notifies of changes. */
#define NETWORKS_EVERY	1

static const int signals[NSIGNALS] = { SIGHUP, SIGINT, SIGTERM, SIGQUIT };

/* ---- requests of the control socket ---- */

static void
on_asked_job(void *arg, enum control_command command)
{
	struct daemon	*d = arg;

	if (command == CONTROL_ASK_DUMP)
		d->want_dump++;
	else if (command == CONTROL_ASK_SAVE)
		d->want_save++;
	else
		d->want_exit = true;
	next_request(d);
}

static void
on_asked_query(void *arg)
{
	struct daemon	*d = arg;

	d->want_query = true;
	next_request(d);
}

/* One answer of the capturer serves all clients that wait for `stat'. */
static void
on_asked_stat(void *arg)
{
	struct daemon	*d = arg;

	if (d->state == FINISHING || d->state == LAST_WRITE)
		control_answer_stat(d->p.control, NULL);
	else if (!d->asked_sums) {
		d->asked_sums = true;
		capturer_ask_sums(d->p.capturer);
	}
}

static void
answer_stat(struct daemon *d)
{
	struct control_counts	counted = control_counts(d->p.control);
	struct live_sums		g;

	d->asked_sums = false;
	d->stat.s.v[CONTROL_EPOCH] = d->p.epoch;
	capturer_sums(d->p.capturer, &g);
	control_answer_stat(d->p.control, stat_now(&d->stat, &g,
	    &d->status, &counted));
}

static const struct control_hooks *
hooks_of(struct daemon *d, struct control_hooks *h)
{
	*h = (struct control_hooks){ .arg = d, .job = on_asked_job,
	    .query = on_asked_query, .stat = on_asked_stat };
	return (h);
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
		if (octet == CAPTURER_COUNT || octet == CAPTURER_LOST ||
		    octet == CAPTURER_DAMAGED) {
			d->want_exit = true;
			d->lost = octet == CAPTURER_LOST;
			d->damaged = octet == CAPTURER_DAMAGED;
			d->read_out = d->p.networks == NULL;
			d->want_save += d->read_out;
		} else if (octet == CAPTURER_SUMS)
			answer_stat(d);
		else if (octet == CAPTURER_MERGED)
			job_merged(d);
		else
			job_frozen(d);
	}
	next_request(d);
}

static void
on_writer(evutil_socket_t fd, short what, void *arg)
{
	struct daemon	*d = arg;
	char		 octet;

	(void)what;
	while (d->frozen != NULL && read(fd, &octet, 1) == 1)
		job_written(d);
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

/*
 * The parent of --monitor, which forwards signals to this process, has ended.
 * Scripts would signal the parent, so they cannot stop this process any more:
 * act as on SIGTERM.
 */
static void
on_parent(evutil_socket_t fd, short what, void *arg)
{
	struct daemon	*d = arg;

	(void)fd;
	(void)what;
	(void)event_del(d->events[EV_PARENT]);
	log_errorx("stopping: %s: the parent process is gone", d->p.ifname);
	d->want_exit = true;
	next_request(d);
}

static void
on_networks(evutil_socket_t fd, short what, void *arg)
{
	struct daemon	*d = arg;

	(void)fd;
	(void)what;
	networks_look(d);
	next_request(d);
}

static void
on_patience(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	next_request(arg);
}

/* By default libevent would write to standard error, which may block. */
static void
on_event_log(int severity, const char *text)
{
	if (severity >= EVENT_LOG_WARN)
		log_warnx("event loop: %s", text);
}

/* A daemon that does not hear one of its events must not start. */
static struct event *
add_event(struct daemon *d, struct event *e, const struct timeval *every)
{
	if (e == NULL || event_add(e, every) == -1)
		d->deaf = true;
	return (e);
}

static struct event *
add_timer(struct daemon *d, unsigned int seconds, event_callback_fn fn)
{
	struct timeval	every = { .tv_sec = (time_t)seconds };

	if (seconds == 0)
		return (NULL);
	return (add_event(d, event_new(d->base, -1, EV_PERSIST, fn, d),
	    &every));
}

static struct event *
add_fd(struct daemon *d, int fd, event_callback_fn fn)
{
	if (fd == -1)
		return (NULL);
	return (add_event(d, event_new(d->base, fd, EV_READ | EV_PERSIST, fn,
	    d), NULL));
}

struct daemon *
daemon_new(const struct daemon_parts *parts)
{
	struct control_hooks	 hooks;
	struct daemon		*d;
	size_t			 i;

	event_set_log_callback(on_event_log);
	if ((d = calloc(1, sizeof(*d))) == NULL ||
	    (d->base = event_base_new()) == NULL) {
		log_errorx("cannot create an event loop: %s", parts->ifname);
		free(d);
		return (NULL);
	}
	d->p = *parts;
	d->status.error = "";
	d->splits = (struct bucket){ (int64_t)SPLITS_MOST * SPLIT_COST, 1,
	    0, 0 };
	(void)strlcpy(d->live, parts->judged_by, sizeof(d->live));
	for (i = 0; i < NSIGNALS; i++)
		d->on_signal[i] = add_event(d, evsignal_new(d->base,
		    signals[i], on_signal, d), NULL);
	d->events[EV_CAPTURER] = add_fd(d, capturer_fd(parts->capturer),
	    on_capturer);
	d->events[EV_WRITER] = add_fd(d, writer_fd(parts->writer), on_writer);
	d->events[EV_DUMP_TIMER] = add_timer(d, parts->dump_interval,
	    on_dump_timer);
	d->events[EV_SAVE_TIMER] = add_timer(d, parts->save_interval,
	    on_save_timer);
	d->events[EV_PARENT] = add_fd(d, parts->parent_fd, on_parent);
	if (parts->networks != NULL)
		d->events[EV_NETWORKS] = networks_must_poll(parts->networks) ?
		    add_timer(d, NETWORKS_EVERY, on_networks) :
		    add_fd(d, networks_fd(parts->networks), on_networks);
	d->events[EV_PATIENCE] = evtimer_new(d->base, on_patience, d);
	if (d->deaf || d->events[EV_PATIENCE] == NULL) {
		log_errorx("cannot watch for events: %s", parts->ifname);
		d->p.control = NULL;	/* still the caller's */
		daemon_free(d);
		return (NULL);
	}
	stat_init(&d->stat, parts->facts);
	if (parts->control != NULL)	/* an error there is not fatal */
		(void)control_start(parts->control, d->base,
		    hooks_of(d, &hooks));
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

	/* Freeing the events restores SIG_DFL: a late signal must not kill. */
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_BLOCK, &all, NULL);
	control_close(d->p.control);
	for (i = 0; i < NSIGNALS; i++)
		if (d->on_signal[i] != NULL)
			event_free(d->on_signal[i]);
	for (i = 0; i < NEVENTS; i++)
		if (d->events[i] != NULL)
			event_free(d->events[i]);
	event_base_free(d->base);
	free(d);
}
