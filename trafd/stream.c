/*
 * Accounting of a capture that comes as a stream: the capturer, the writer and
 * the event loop of the daemon, without run files and control socket.
 */
#include "config.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>

#include "base/log.h"
#include "meter/meter.h"
#include "capturer.h"
#include "daemon.h"
#include "stream.h"
#include "traffic.h"
#include "writer.h"

struct stream {
	const struct options	*opt;
	const struct nets	*local;
	struct keeper		*keeper;
	struct meter		*source;	/* until the capturer has it */
	struct writer		*writer;
	struct capturer		*capturer;
	struct daemon		*daemon;
	uint64_t		 epoch;
	char			 judged_by[BLOCK_TEXT_MAX]; /* see daemon.h */
	uint64_t		 drops;
};

/* A dump that a signal has left is resumed or saved, as by a daemon. */
static int
start_threads(struct stream *s)
{
	struct generation	*first;

	if ((first = keeper_begin(s->keeper, s->opt->resume)) == NULL)
		return (-1);
	s->epoch = first->epoch;
	(void)strlcpy(s->judged_by, first->networks, sizeof(s->judged_by));
	s->drops = ledger_dropped(&first->ledger);
	if ((s->writer = writer_new(s->keeper)) != NULL)
		s->capturer = capturer_new(s->source, s->opt->read_file, NULL,
		    first, false);
	if (s->capturer == NULL) {
		log_error("cannot create the threads: %s", s->opt->read_file);
		generation_free(first);
		return (-1);
	}
	s->source = NULL;	/* the capturer's now */
	return (0);
}

static int
make_daemon(struct stream *s)
{
	const struct options	*o = s->opt;
	struct daemon_parts	 parts = {
		.capturer = s->capturer, .writer = s->writer,
		.keeper = s->keeper, .ifname = o->read_file,
		.local = s->local, .judged_by = s->judged_by,
		.max_flows = o->max_flows,
		.ports = o->ports, .epoch = s->epoch, .drops = s->drops,
		.dump_interval = o->dump_interval,
		.save_interval = o->save_interval, .parent_fd = -1,
	};

	s->daemon = daemon_new(&parts);
	return (s->daemon == NULL ? -1 : 0);
}

void
stream_hold_signals(bool hold)
{
	static const int	signals[] = { SIGHUP, SIGINT, SIGTERM,
	    SIGQUIT };
	sigset_t		set;
	size_t			i;

	(void)sigemptyset(&set);
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		(void)sigaddset(&set, signals[i]);
	(void)pthread_sigmask(hold ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
}

static int
run(struct stream *s)
{
	if (start_threads(s) == -1 || make_daemon(s) == -1)
		return (-1);
	stream_hold_signals(false);
	if (capturer_start(s->capturer) == -1) {
		log_error("cannot start the capture thread: %s",
		    s->opt->read_file);
		return (-1);
	}
	return (daemon_run(s->daemon));
}

int
stream_run(const struct options *o, struct meter *source, struct keeper *k,
    const struct nets *local)
{
	struct stream	s = { .opt = o, .local = local, .keeper = k,
	    .source = source };
	int		rc = run(&s);

	if (s.daemon != NULL)
		daemon_free(s.daemon);
	if (s.writer != NULL)
		writer_free(s.writer);
	if (s.capturer != NULL)
		capturer_free(s.capturer);
	meter_close(s.source);
	return (rc == 0 ? TRAFD_EXIT_OK : TRAFD_EXIT_ERROR);
}
