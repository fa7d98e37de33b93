/*
 * iptrace(8): how the parts are wired.
 *
 *	interfaces		sources.c, by lib/capture
 *	    |
 *	recording thread	recorder.c: writes the trace by
 *	    |			lib/capture/record.c, begins other files
 *	    |  ^ wishes
 *	    |  main thread	loop.c: signals, timers
 *	    v
 *	finished files
 *	    |
 *	tidy thread		tidy.c: compresses, removes the oldest
 *
 * Everything is opened and checked as root, before the process detaches.  Then
 * root is given up; afterwards names are only used in the directory that is
 * open.
 */
#include "config.h"

#include <sys/stat.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/streams.h"
#include "daemon/detach.h"
#include "daemon/sandbox.h"
#include "data.h"
#include "filter.h"
#include "instance.h"
#include "loop.h"
#include "options.h"
#include "recorder.h"
#include "sources.h"
#include "system.h"
#include "target.h"
#include "tidy.h"
#include "traffic.h"

/* Seconds that a service manager that hangs may delay the start. */
#define NOTIFY_SECONDS	5

struct iptrace {
	const struct options *opt;
	struct filters	 filters;
	struct target	 target;
	enum privs_right right;		/* to keep */
	struct instance	*instance;
	struct sources	*sources;
	struct data	*data;
	struct tidy	*tidy;
	struct recorder	*recorder;
	struct loop	*loop;
};

/* ---- the start ---- */

/*
 * Can the user make files beside the trace?  If not, one right of root is
 * kept, but only where the sandbox confines it to that directory.
 */
static int
choose_right(struct iptrace *t)
{
	const char	*dir = t->target.dir;
	int		 error;

	t->right = PRIVS_CAPTURE;
	if (t->target.who.uid == (uid_t)-1 && geteuid() != 0)
		return (0);
	error = privs_may(&t->target.who, dir, W_OK | X_OK);
	if (error == 0)
		return (0);
	if (error == EACCES && sandbox_can_confine() &&
	    privs_can_keep(PRIVS_CAPTURE_AND_FILES)) {
		t->right = PRIVS_CAPTURE_AND_FILES;
		return (0);
	}
	if (error == EACCES && t->opt->log_size == 0 &&
	    !options_stamp(t->opt)) {
		log_notice("no other file can be begun later: user %s may not "
		    "create files in %s", t->target.who.name, dir);
		return (0);
	}
	log_errorx("cannot create files: %s: user %s: %s; give another "
	    "directory or --user", dir, t->target.who.name, error > 0 ?
	    strerror(error) : "root cannot be given up");
	return (-1);
}

static int
open_target(struct iptrace *t)
{
	const char	*remote;

	if (target_open(&t->target, t->opt->logfile) == -1 ||
	    privs_find(t->opt->user, TRAFD_USER, &t->target.who) == -1 ||
	    choose_right(t) == -1)
		return (-1);
	t->target.indexed = t->opt->index;
	t->target.secret = t->opt->data.n > 0;
	if ((remote = system_remote(t->target.dirfd)) != NULL)
		log_warnx("%s is on %s: if the server does not answer, packets "
		    "are lost; better record to a local disk", t->target.path,
		    remote);
	return (0);
}

/* What needs root. */
static int
open_as_root(struct iptrace *t)
{
	const struct options	*o = t->opt;

	if (open_target(t) == -1)
		return (-1);
	t->instance = instance_open(o->run_dir, t->target.path,
	    &t->target.who);
	if (t->instance == NULL ||
	    target_check(&t->target, o->log_size > 0) == -1 ||
	    (t->sources = sources_open(o, &t->filters)) == NULL)
		return (-1);
	if (options_stamp(o) && (t->tidy = tidy_new(o, &t->target)) == NULL)
		return (-1);
	if (o->data.n > 0 && (t->data = data_open(o)) == NULL)
		return (-1);
	t->recorder = recorder_new(o, &t->target, t->sources, t->data,
	    t->tidy);
	return (t->recorder == NULL ? -1 : 0);
}

static int
enter_sandbox(const struct iptrace *t)
{
	/* pwritev(2) writes frames; the others are for compression. */
	static const char *const	calls[] = { "pwritev", "pwritev2",
	    "setpriority", NULL };
	const struct sandbox_path	paths[] = {
		{ t->target.dir, SANDBOX_WRITE },
		{ t->opt->run_dir, SANDBOX_REMOVE },
	};
	const struct sandbox_rules	rules = {
		.paths = paths, .npaths = 2, .captures = true,
		.overrides = t->right == PRIVS_CAPTURE_AND_FILES,
		.calls = calls,
	};
	int				held = sandbox_enter(&rules);

	if (held == -1)
		return (-1);
	if (rules.overrides && (held & SANDBOX_FILES) == 0) {
		log_errorx("cannot create files: %s: user %s: the right for "
		    "it cannot be confined to the directory; give another "
		    "directory or --user", t->target.dir, t->target.who.name);
		return (-1);
	}
	sandbox_report(held);
	return (0);
}

/* What is recorded, for messages. */
static void
name_all(const struct iptrace *t, char *buf, size_t len)
{
	sources_names(t->sources, buf, len);
	if (t->data == NULL)
		return;
	(void)strlcat(buf, buf[0] == '\0' ? "" : " and ", len);
	(void)strlcat(buf, "data of sockets", len);
}

static void
say_start(const struct iptrace *t)
{
	const struct options	*o = t->opt;
	char			 names[256], octets[48] = "whole frames";

	name_all(t, names, sizeof(names));
	if (!options_packets(o)) {
		log_info("%s: recording %s", t->target.path, names);
		return;
	}
	if (o->snaplen > 0)
		(void)snprintf(octets, sizeof(octets), "%u octets of each "
		    "frame", o->snaplen);
	log_info("%s: recording %s, %s%s%s", t->target.path, names, octets,
	    t->filters.plain[0] != '\0' ? ", filter " : "", t->filters.plain);
}

static int
start(struct iptrace *t)
{
	if (recorder_begin(t->recorder) == -1 ||
	    privs_drop(&t->target.who, t->right) == -1 ||
	    enter_sandbox(t) == -1 || log_start() == -1)
		return (-1);
	t->loop = loop_new(t->recorder, t->opt->duration);
	if (t->loop == NULL ||
	    (t->tidy != NULL && tidy_start(t->tidy) == -1) ||
	    recorder_start(t->recorder) == -1 ||
	    instance_publish(t->instance) == -1)
		return (-1);
	say_start(t);
	return (0);
}

/* Leave the terminal, after the last message to it. */
static void
leave(const struct options *o)
{
	log_init("iptrace", o->foreground && !o->to_syslog ? LOG_TO_STDERR :
	    LOG_TO_SYSLOG);
	detach_ready();
	detach_notify("READY=1", NOTIFY_SECONDS);
}

/* ---- the end ---- */

/* What was recorded; an error if something was lost. */
static void
say_end(const struct iptrace *t)
{
	struct record_losses	l;
	uint64_t		frames;

	recorder_counts(t->recorder, &frames, &l);
	(l.kernel + l.iface + l.writer > 0 ? log_errorx : log_notice)(
	    "%s: %" PRIu64 " received, %" PRIu64 " dropped by the kernel, "
	    "%" PRIu64 " by the interface, %" PRIu64 " by the writer",
	    t->target.path, frames, l.kernel, l.iface, l.writer);
	if (t->data != NULL && data_lost_octets(t->data) > 0)
		log_errorx("%s: %" PRIu64 " octets of payload were in records "
		    "that the kernel has dropped; try a larger "
		    "--buffer-size",
		    t->target.path, data_lost_octets(t->data));
}

/* A thread hangs in a write: nothing that it uses can be freed. */
static _Noreturn void
abandon(struct iptrace *t)
{
	log_errorx("the disk does not answer: %s: ending without it; the last "
	    "packets may be missing", t->target.path);
	say_end(t);
	instance_close(t->instance);
	log_flush();
	_exit(TRAFD_EXIT_ERROR);
}

static int
record(struct iptrace *t)
{
	if (start(t) == -1)
		return (TRAFD_EXIT_ERROR);
	memory_trim();
	leave(t->opt);
	if (loop_run(t->loop) == -1)
		abandon(t);
	recorder_join(t->recorder);
	say_end(t);
	return (TRAFD_EXIT_OK);
}

static void
close_all(struct iptrace *t)
{
	if (t->recorder != NULL && t->loop != NULL) {
		recorder_ask(t->recorder, RECORDER_STOP);
		recorder_join(t->recorder);
	}
	tidy_free(t->tidy);
	recorder_free(t->recorder);
	sources_close(t->sources);
	data_close(t->data);
	loop_free(t->loop);
	instance_close(t->instance);
	target_close(&t->target);
	filters_free(&t->filters);
}

/* ---- what the options ask for ---- */

static int
check_config(const struct iptrace *t)
{
	char	names[256];

	name_all(t, names, sizeof(names));
	(void)printf("%s: can record %s\n", t->target.path, names);
	return (TRAFD_EXIT_OK);
}

static int
daemon_main(const struct options *o)
{
	static struct iptrace	t;
	int			rc = TRAFD_EXIT_ERROR;

	t.opt = o;
	t.target.dirfd = -1;
	if (!o->foreground && !o->check_config)
		detach_begin();
	log_queued();
	log_init("iptrace", o->check_config || (o->foreground &&
	    !o->to_syslog) ? LOG_TO_STDERR : LOG_TO_BOTH);
	if (filters_make(o, &t.filters) == 0 && open_as_root(&t) == 0)
		rc = o->check_config ? check_config(&t) : record(&t);
	close_all(&t);
	return (rc);
}

static int
stop_main(const struct options *o)
{
	struct target	t;
	int		rc;

	if (o->logfile == NULL)
		return (instance_stop(o->run_dir, NULL));
	rc = target_open(&t, o->logfile) == 0 ?
	    instance_stop(o->run_dir, t.path) : TRAFD_EXIT_ERROR;
	target_close(&t);
	return (rc);
}

static int
unload_main(void)
{
	(void)puts("iptrace: nothing to unload: this iptrace leaves nothing "
	    "in the kernel when it ends");
	return (TRAFD_EXIT_OK);
}

int
main(int argc, char **argv)
{
	static struct options	opt;
	int			rc;

	streams_occupy();
	log_init("iptrace", LOG_TO_STDERR);
	options_parse(&opt, argc, argv);	/* exits on a usage error */
	(void)umask(027);
	streams_ignore_signals();
	if (opt.unload)
		rc = unload_main();
	else if (opt.stop)
		rc = stop_main(&opt);
	else
		rc = daemon_main(&opt);
	free(opt.expression);
	return (rc);
}
