/*
 * trafd(8): how the parts are wired.
 *
 *	  wire (interface, or the kernel's table)
 *	    |
 *	  capturer thread	fills the live table: capturer_thread.c
 *	    |  ^
 *	    |  | freeze: an empty table in, the full one out
 *	 pipe: one byte per event
 *	    v  |
 *	  event loop		signals, timers, clients: daemon.c decides,
 *	    |  ^		daemon_jobs.c serves one request at a time
 *	    |  | result
 *	 frozen table
 *	    v  |
 *	  writer thread		keeper.c: dump and save files;
 *	    |			table_query.c: answers for clients
 *	    v
 *	  files
 *
 * A dumped or queried table goes back to the capturer, which merges it into
 * the live one; a saved table is freed.  A table belongs to one thread at a
 * time, so no table needs a lock.
 *
 * The order of start-up is visible here once: what needs root is opened
 * first, then root is given up, then files are read and threads started.
 * Only when all of it works does the shell that started the daemon get its
 * prompt back.
 */
#include "config.h"

#include <sys/stat.h>
#include <grp.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/streams.h"
#include "daemon/detach.h"
#include "daemon/monitor.h"
#include "daemon/privs.h"
#include "daemon/sandbox.h"
#include "file/holder.h"
#include "host/ifstat.h"
#include "host/networks.h"
#include "capturer.h"
#include "check.h"
#include "check_start.h"
#include "control_server.h"
#include "daemon.h"
#include "import.h"
#include "keeper.h"
#include "options.h"
#include "read.h"
#include "runfiles.h"
#include "source.h"
#include "statedir.h"
#include "status.h"
#include "traffic.h"
#include "twice.h"
#include "writer.h"

/* Seconds that a service manager that hangs may delay the start. */
#define NOTIFY_SECONDS	5

/* Everything that a running daemon owns. */
struct trafd {
	const struct options	*opt;
	struct meter_opts	 meter_opts;
	struct identity		 who;
	char			*run_dir;
	char			*state_dir;
	struct networks		*networks;
	struct holder		*holder;	/* of the account */
	bool			 touched;	/* account may have changed */
	struct runfiles		*run;
	struct control_server	*control;	/* NULL: could not be made */
	struct control_stat	 facts;
	struct keeper		*keeper;
	struct meter		*source;
	struct ifwatch		*stat;
	struct capturer		*capturer;
	struct writer		*writer;
	struct daemon		*daemon;
	uint64_t		 epoch;
	char			 judged_by[BLOCK_TEXT_MAX]; /* see daemon.h */
	uint64_t		 drops;
	pid_t			 pid;		/* the process to signal */
	bool			 monitored;	/* a parent restarts this */
	bool			 again;		/* not the first worker */
};

static int
open_source(struct trafd *t)
{
	t->source = source_open(t->opt, t->networks, &t->meter_opts);
	if (t->source == NULL)
		return (-1);
	if (!options_owners(t->opt))
		t->stat = ifstat_open(t->opt->ifname);
	return (0);
}

static int
find_networks(struct trafd *t)
{
	if ((t->networks = networks_open(t->opt->ifname, t->opt->local,
	    t->opt->once)) != NULL)
		return (0);
	log_error("cannot read the networks of the interface: %s",
	    t->opt->ifname);
	return (-1);
}

static int
open_keeper(struct trafd *t)
{
	const struct options	*o = t->opt;
	struct keeper_opts	 ko = {
		.state_dir = t->state_dir, .ext = o->ext,
		.ifname = o->ifname, .filter = o->filter,
		.networks = networks_text(t->networks), .minsize = o->minsize,
		.ports = o->ports, .max_flows = o->max_flows,
		.layout = o->layout, .local = networks_set(t->networks),
		.holder = t->holder, .live = t->networks,
	};

	t->keeper = keeper_open(&ko);
	return (t->keeper != NULL ? 0 : -1);
}

/* The group that may use the control socket; -1: change no group. */
static gid_t
control_group(void)
{
	struct group	*gr;

	if (geteuid() != 0 || (gr = getgrnam(TRAFD_USER)) == NULL)
		return ((gid_t)-1);
	return (gr->gr_gid);
}

static int
prepare_accounts(const struct trafd *t)
{
	return (statedir_prepare(t->state_dir, t->opt->ext, t->who.uid,
	    t->who.gid));
}

/*
 * Lock the account until this process and all its children have ended.  The
 * lock is in the state directory, as files of the run directory may vanish.
 */
static int
take_account(struct trafd *t)
{
	if (prepare_accounts(t) == -1)
		return (-1);
	t->holder = holder_take(t->state_dir, t->opt->ext, t->who.uid,
	    t->who.gid, HOLDER_DAEMON);
	return (t->holder != NULL ? 0 : -1);
}

/* Open what outlives a worker: paths, the account's lock, the run files. */
static int
open_names(struct trafd *t)
{
	const struct options	*o = t->opt;
	struct check_start	 c = { .opt = o, .who = &t->who };

	t->run_dir = statedir_absolute(o->run_dir);
	t->state_dir = statedir_absolute(o->state_dir);
	if (t->run_dir == NULL || t->state_dir == NULL) {
		log_error("cannot find the current directory: give absolute "
		    "paths");
		return (-1);
	}
	c.run_dir = t->run_dir;
	c.state_dir = t->state_dir;
	if (privs_find(o->user, TRAFD_USER, &t->who) == -1)
		c.who = NULL;
	if (check_start(&c) != 0 || c.who == NULL)
		return (-1);
	t->monitored = o->monitor ||
	    (t->who.uid != (uid_t)-1 && !privs_can_keep(PRIVS_CAPTURE));
	t->pid = getpid();
	statedir_warn_old(t->state_dir, o->ext);
	if (o->layout != LAYOUT_OLD && o->layout != LAYOUT_NEW)
		statedir_warn_bpft(t->state_dir, o->ext);
	if (take_account(t) == -1 || twice_check(o, t->state_dir) == -1)
		return (-1);
	t->run = runfiles_open(t->run_dir, o->ext, t->who.uid, t->who.gid);
	return (t->run != NULL ? 0 : -1);
}

/* Open what needs the privileges that the daemon was started with. */
static int
open_as_root(struct trafd *t)
{
	if (t->again && prepare_accounts(t) == -1)
		return (-1);
	if (find_networks(t) == -1 || open_keeper(t) == -1)
		return (-1);
	t->control = control_open(t->run_dir, t->opt->ext, control_group());
	return (open_source(t));
}

static void
put_text(struct trafd *t, enum control_text which, const char *text)
{
	(void)strlcpy(t->facts.text[which], text, CONTROL_TEXT_LEN);
}

/* The part of the answer to `stat' that never changes. */
static void
note_facts(struct trafd *t)
{
	const struct options	*o = t->opt;
	uint64_t		*v = t->facts.v;

	v[CONTROL_STARTED] = now_wall();
	v[CONTROL_PID] = (uint64_t)t->pid;
	v[CONTROL_PROMISC] = o->promisc;
	v[CONTROL_PORTS] = o->ports;
	v[CONTROL_MINSIZE] = o->minsize;
	v[CONTROL_BUFFER_MIB] = o->buffer_mib;
	v[CONTROL_DUMP_INTERVAL] = o->dump_interval;
	v[CONTROL_SAVE_INTERVAL] = o->save_interval;
	v[CONTROL_MAX_ROWS] = o->max_flows;
	v[CONTROL_LOOPBACK] = ifstat_loopback(o->ifname);
	put_text(t, CONTROL_TEXT_IFACE, o->ifname);
	put_text(t, CONTROL_TEXT_FILTER, o->filter);
	networks_join(t->facts.text[CONTROL_TEXT_NETWORKS], CONTROL_TEXT_LEN,
	    networks_text(t->networks));
	put_text(t, CONTROL_TEXT_SAVE_FILE, keeper_save_path(t->keeper));
	(void)gethostname(t->facts.text[CONTROL_TEXT_HOST],
	    CONTROL_TEXT_LEN - 1);
}

static int
start_threads(struct trafd *t)
{
	struct generation	*first;

	t->touched = true;
	if ((first = keeper_begin(t->keeper,
	    t->opt->resume || t->again)) == NULL)
		return (-1);
	t->epoch = first->epoch;
	(void)strlcpy(t->judged_by, first->networks, sizeof(t->judged_by));
	t->drops = ledger_dropped(&first->ledger);
	t->writer = writer_new(t->keeper);
	if (t->writer != NULL)
		t->capturer = capturer_new(t->source, t->opt->ifname,
		    t->stat, first, !t->monitored);
	if (t->capturer == NULL) {
		log_error("cannot create the threads: %s", t->opt->ifname);
		generation_free(first);
		return (-1);
	}
	note_facts(t);
	t->source = NULL;	/* the capturer's now */
	return (0);
}

static int
make_daemon(struct trafd *t)
{
	struct daemon_parts	parts = {
		.capturer = t->capturer, .writer = t->writer,
		.keeper = t->keeper, .run = t->run,
		.control = t->control, .facts = &t->facts,
		.ifname = t->opt->ifname, .networks = t->networks,
		.max_flows = t->opt->max_flows, .ports = t->opt->ports,
		.judged_by = t->judged_by,
		.split = t->opt->layout == LAYOUT_AUTO ||
		    t->opt->layout == LAYOUT_TRAFD,
		.epoch = t->epoch, .drops = t->drops,
		.dump_interval = t->opt->dump_interval,
		.save_interval = t->opt->save_interval,
		.parent_fd = monitor_fd(),
	};

	if ((t->daemon = daemon_new(&parts)) == NULL)
		return (-1);
	t->control = NULL;	/* the daemon's now */
	return (0);
}

static int
enter_sandbox(const struct trafd *t)
{
	const char	*tree = meter_owners_tree(t->source);
	/* The files of the run directory are already open. */
	const struct sandbox_path	paths[] = {
		{ t->state_dir, SANDBOX_REMAKE },
		{ t->run_dir, SANDBOX_REMOVE },
		{ tree, SANDBOX_READ },
		{ tree != NULL ? "/etc" : NULL, SANDBOX_READ },
	};
	const struct sandbox_rules	rules = {
		.paths = paths, .npaths = sizeof(paths) / sizeof(paths[0]),
		.captures = true,
	};
	int				held = sandbox_enter(&rules);

	if (held == -1)
		return (-1);
	sandbox_report(held);
	return (0);
}

static int
start(struct trafd *t)
{
	if (open_as_root(t) == -1 ||
	    privs_drop(&t->who,
	    t->monitored ? PRIVS_NONE : PRIVS_CAPTURE) == -1 ||
	    keeper_check(t->keeper) == -1 ||
	    enter_sandbox(t) == -1 || log_start() == -1 ||
	    start_threads(t) == -1 || make_daemon(t) == -1 ||
	    runfiles_publish(t->run, t->pid) == -1)
		return (-1);
	/* Last, since only the event loop can end this thread. */
	if (capturer_start(t->capturer) == 0)
		return (0);
	log_error("cannot start the capture thread: %s", t->opt->ifname);
	return (-1);
}

/* Leave the terminal, in each process, after the last message to it. */
static void
leave(const struct options *o)
{
	log_init("trafd", o->foreground && !o->to_syslog ? LOG_TO_STDERR :
	    LOG_TO_SYSLOG);
	detach_ready();
}

/* Called in the process that scripts and service managers signal. */
static void
ready(void *arg)
{
	struct trafd	*t = arg;

	leave(t->opt);
	detach_notify("READY=1", NOTIFY_SECONDS);
}

/* Scripts read it, and do not wait for an answer. */
static void
away(void *arg)
{
	struct trafd	*t = arg;

	runfiles_away(t->run);
}

/* The parent ends with a request to save that no worker has received. */
static void
unserved(void *arg)
{
	struct trafd	*t = arg;

	log_warnx("save not done: %s: the daemon was not running; the counts "
	    "are in its dump; save after the next start", t->opt->ifname);
}

/* Release what start() created; a part that was not reached is NULL. */
static void
stop(struct trafd *t)
{
	if (t->daemon != NULL)
		daemon_free(t->daemon);
	control_close(t->control);
	if (t->writer != NULL)
		writer_free(t->writer);
	if (t->capturer != NULL)
		capturer_free(t->capturer);
	meter_close(t->source);
	ifstat_close(t->stat);
	keeper_close(t->keeper);
	networks_close(t->networks);
}

/* Run the daemon once, until it ends.  Returns the exit status. */
static int
work(void *arg, bool again)
{
	struct trafd	*t = arg;
	bool		 lost = false;
	int		 rc;

	t->again = again;
	if ((rc = start(t)) == 0) {
		memory_trim();
		if (t->monitored)
			leave(t->opt);
		else
			ready(t);
		log_info("%s: accounting to %s", t->opt->ifname,
		    keeper_save_path(t->keeper));
		monitor_ready();
		rc = daemon_run(t->daemon);
		lost = daemon_lost(t->daemon);
		log_info("%s: accounting ends", t->opt->ifname);
	}
	stop(t);
	if (lost && t->monitored)
		return (MONITOR_AGAIN);
	return (rc == 0 ? TRAFD_EXIT_OK : TRAFD_EXIT_ERROR);
}

/* The daemon itself, or the parent that starts it and stays root. */
static int
live(struct trafd *t)
{
	const struct monitor_ops	ops = {
		.work = work, .ready = ready, .away = away,
		.unserved = unserved,
	};
	const struct monitor_opts	opts = {
		.name = t->opt->ifname, .ifname = t->opt->ifname,
		.kept = SIGINT,
	};

	if (!t->monitored)
		return (work(t, false));
	if (log_start() == -1)
		return (TRAFD_EXIT_ERROR);
	return (monitor_run(&opts, &ops, t));
}

static int
daemon_main(const struct options *o)
{
	/* Static: the lock of the account is kept until the process ends. */
	static struct trafd	t;
	int			rc = TRAFD_EXIT_ERROR;

	t.opt = o;
	if (!o->foreground)
		detach_begin();
	log_interface(o->ifname);
	log_queued();
	log_init("trafd", o->foreground && !o->to_syslog ? LOG_TO_STDERR :
	    LOG_TO_BOTH);
	if (open_names(&t) == 0)
		rc = live(&t);
	if (t.run != NULL)
		runfiles_remove(t.run);
	if (!t.touched && !(t.monitored && t.run != NULL))
		holder_release(t.holder);
	free(t.run_dir);
	free(t.state_dir);
	return (rc);
}

int
main(int argc, char **argv)
{
	static struct options	opt;	/* the daemon's refers to it */
	int			rc;

	streams_occupy();
	log_init("trafd", LOG_TO_STDERR);
	options_parse(&opt, argc, argv);	/* exits on a usage error */
	(void)umask(027);
	streams_ignore_signals();
	if (opt.check_config)
		rc = check_run(&opt);
	else if (opt.status)
		rc = status_run(&opt);
	else if (opt.clean)
		rc = clean_run(&opt);
	else if (opt.print_filter)
		rc = filter_run(&opt);
	else if (opt.import_dir != NULL)
		rc = import_run(&opt);
	else if (opt.read_file != NULL)
		rc = read_run(&opt);
	else
		rc = daemon_main(&opt);
	free(opt.filter);
	return (rc);
}
