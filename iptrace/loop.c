/*
 * Turns signals and timers into wishes of the recording thread.
 */
#include "config.h"

#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>

#include "base/log.h"
#include "loop.h"

/* How long the recording may take to end. */
#define END_SECONDS	10

static const int signals[] = { SIGHUP, SIGUSR1, SIGTERM, SIGINT };

#define NSIGNALS	(sizeof(signals) / sizeof(signals[0]))

struct loop {
	struct event_base *base;
	struct event	*on_signal[NSIGNALS];
	struct event	*ended;
	struct event	*duration;
	struct event	*late;
	struct recorder	*recorder;
	bool		 hangs;
};

static void
stop(struct loop *l)
{
	static const struct timeval	late = { END_SECONDS, 0 };

	recorder_ask(l->recorder, RECORDER_STOP);
	if (!evtimer_pending(l->late, NULL))
		(void)evtimer_add(l->late, &late);
}

static void
on_signal(evutil_socket_t sig, short what, void *arg)
{
	struct loop	*l = arg;

	(void)what;
	if (sig == SIGHUP)
		recorder_ask(l->recorder, RECORDER_NEXT);
	else if (sig == SIGUSR1)
		recorder_ask(l->recorder, RECORDER_FLUSH);
	else
		stop(l);
}

static void
on_duration(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	stop(arg);
}

static void
on_late(evutil_socket_t fd, short what, void *arg)
{
	struct loop	*l = arg;

	(void)fd;
	(void)what;
	l->hangs = true;
	(void)event_base_loopbreak(l->base);
}

static void
on_ended(evutil_socket_t fd, short what, void *arg)
{
	struct loop	*l = arg;

	(void)fd;
	(void)what;
	(void)event_base_loopbreak(l->base);
}

static int
add_events(struct loop *l, uint32_t duration)
{
	struct timeval	after = { (time_t)duration, 0 };
	size_t		i;

	for (i = 0; i < NSIGNALS; i++) {
		l->on_signal[i] = evsignal_new(l->base, signals[i], on_signal,
		    l);
		if (l->on_signal[i] == NULL ||
		    evsignal_add(l->on_signal[i], NULL) == -1)
			return (-1);
	}
	l->ended = event_new(l->base, recorder_fd(l->recorder), EV_READ,
	    on_ended, l);
	l->late = evtimer_new(l->base, on_late, l);
	l->duration = evtimer_new(l->base, on_duration, l);
	if (l->ended == NULL || l->late == NULL || l->duration == NULL ||
	    event_add(l->ended, NULL) == -1)
		return (-1);
	return (duration == 0 ? 0 : evtimer_add(l->duration, &after));
}

struct loop *
loop_new(struct recorder *r, uint32_t duration)
{
	struct loop	*l = calloc(1, sizeof(*l));

	if (l != NULL) {
		l->recorder = r;
		l->base = event_base_new();
		if (l->base != NULL && add_events(l, duration) == 0)
			return (l);
	}
	log_error("cannot create the event loop");
	loop_free(l);
	return (NULL);
}

int
loop_run(struct loop *l)
{
	(void)event_base_dispatch(l->base);
	return (l->hangs ? -1 : 0);
}

void
loop_free(struct loop *l)
{
	struct event	*others[3];
	size_t		 i;

	if (l == NULL)
		return;
	others[0] = l->ended;
	others[1] = l->duration;
	others[2] = l->late;
	for (i = 0; i < NSIGNALS; i++)
		if (l->on_signal[i] != NULL)
			event_free(l->on_signal[i]);
	for (i = 0; i < 3; i++)
		if (others[i] != NULL)
			event_free(others[i]);
	if (l->base != NULL)
		event_base_free(l->base);
	free(l);
}
