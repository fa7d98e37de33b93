/*
 * --check-config.  Opens what the daemon would open, and checks the
 * directories that it would write to.  Reports every error, not only the
 * first, and what to do about it.  The configuration file is a shell script,
 * so trafstart(8) reads it and runs this check for each interface.
 */
#include "config.h"

#include <sys/stat.h>
#include <errno.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/interface.h"
#include "base/log.h"
#include "base/streams.h"
#include "capture/filter.h"
#include "daemon/limits.h"
#include "daemon/privs.h"
#include "host/once.h"
#include "meter/meter.h"
#include "check.h"
#include "runfiles.h"
#include "statedir.h"
#include "traffic.h"

/*
 * The smallest limits that a daemon works with.  It needs about 35
 * descriptors, one for each of up to 16 clients, and a few for a dump or save,
 * a query and the reopening of an interface.  The first block of a busy
 * interface has a megabyte.  A small second table, the stacks of the threads
 * and the compression fit into 64 MiB.
 */
#define DESCRIPTORS	64
#define FILE_BYTES	((uint64_t)1 << 20)
#define MEMORY_BYTES	((size_t)64 << 20)

/*
 * Can packets of the interface be captured with this filter?  Sets *link to the
 * name of its link type.  Reports what is wrong.
 */
static bool
is_source_good(const struct options *o, const char **link)
{
	struct meter_opts	co = {
		.frames = {
			.ifname = o->ifname, .filter = o->filter,
			.buffer_mib = o->buffer_mib,
			.optimize = o->optimize, .promisc = o->promisc,
		},
		.source = o->source, .ports = o->ports,
		.once = o->once ? once_new() : NULL,
	};
	char			error[METER_ERRLEN];
	struct meter		*c;
	bool			 good;

	if ((c = meter_open(&co, error)) == NULL) {
		log_errorx("%s", error);
		once_free(co.once);
		return (false);
	}
	*link = meter_link_name(c);
	if (!(good = meter_link_supported(c)))
		log_errorx("link type not supported: %s: %s; trafd(8) lists "
		    "the supported ones", o->ifname, *link);
	meter_close(c);
	once_free(co.once);
	return (good);
}

/* May this user, or this process if uid is -1, create files there? */
static bool
may_write(const char *dir, const struct stat *st, uid_t uid)
{
	if (uid == (uid_t)-1)
		return (access(dir, W_OK | X_OK) == 0);
	/* The daemon's start gives a directory of root to its user. */
	return (st->st_uid == uid || st->st_uid == 0 ||
	    (st->st_mode & (S_IWGRP | S_IWOTH)) != 0);
}

/*
 * Is the directory usable?  `made': the daemon creates it if it does not
 * exist.  Reports what is wrong.
 */
static bool
is_dir_good(const char *option, const char *dir, uid_t uid, bool made)
{
	struct stat	 st;
	char		*copy, *parent;
	bool		 good, there = stat(dir, &st) == 0;

	if (there && S_ISDIR(st.st_mode)) {
		if (access(dir, W_OK) == -1 && errno == EROFS) {
			log_errorx("read-only file system: %s %s; give "
			    "another directory", option, dir);
			return (false);
		}
		if ((good = may_write(dir, &st, uid)) == false)
			log_errorx("directory not writable by the user of "
			    "trafd: %s %s; give it to that user", option, dir);
		return (good);
	}
	if (there) {
		log_errorx("not a directory: %s %s; give one", option, dir);
		return (false);
	}
	if (!made || (copy = strdup(dir)) == NULL) {
		log_errorx("no such directory: %s %s; create it", option, dir);
		return (false);
	}
	parent = dirname(copy);
	if (!(good = stat(parent, &st) == 0 && S_ISDIR(st.st_mode)))
		log_errorx("no such directory: %s %s: %s does not exist "
		    "either; create it", option, dir, parent);
	free(copy);
	return (good);
}

int
check_limits(const struct options *o)
{
	const struct limits_need	need = {
		.descriptors = DESCRIPTORS + o->threads,
		.file_size = FILE_BYTES,
		.memory = MEMORY_BYTES + ((size_t)o->buffer_mib << 20) *
		    o->threads,
	};

	return (limits_check(&need));
}

/* trafstart(8) finds and reads the configuration file. */
static int
check_file(void)
{
	streams_restore_signals();
	(void)execlp("trafstart", "trafstart", "--check-config", (char *)NULL);
	log_error("cannot run trafstart, which reads trafd.conf (install it, "
	    "or give -i)");
	return (TRAFD_EXIT_ERROR);
}

int
check_run(const struct options *o)
{
	char		 real[INTERFACE_NAME_MAX];
	struct identity	 who;
	const char	*link = "";
	bool		 good = true, alias;

	if (o->ifname == NULL)
		return (check_file());
	if (privs_find(o->user, TRAFD_USER, &who) == -1) {
		who.uid = (uid_t)-1;
		good = false;
	}
	good &= check_limits(o) == 0;
	good &= is_source_good(o, &link);
	good &= is_dir_good("--state-dir", o->state_dir, who.uid, true);
	/* Its files are created before root is given up. */
	good &= is_dir_good("--run-dir", o->run_dir, (uid_t)-1, false);
	good &= runfiles_check(o->run_dir, o->state_dir) == 0;
	statedir_warn_old(o->state_dir, o->ext);
	if (!good)
		return (TRAFD_EXIT_ERROR);
	(void)interface_real(o->ifname, real);
	alias = strcmp(real, o->ifname) != 0;
	/* trafstart(8) reads the two names. */
	(void)printf("configuration is good: %s%s%s: link type %s; counts go "
	    "to %s/%s%s; trafd runs as %s\n", o->ifname,
	    alias ? ", which is " : "", alias ? real : "", link, o->state_dir,
	    TRAFD_PREFIX, o->ext, who.uid != (uid_t)-1 ? who.name :
	    geteuid() == 0 ? "root" : "your user");
	return (TRAFD_EXIT_OK);
}

int
filter_run(const struct options *o)
{
	struct frames_opts	fo = {
		.ifname = o->ifname, .file = o->read_file, .filter = o->filter,
		.optimize = o->optimize, .promisc = o->promisc,
	};
	char			error[FRAMES_ERRLEN];

	if (filter_print(&fo, error) == 0)
		return (TRAFD_EXIT_OK);
	log_errorx("%s", error);
	return (TRAFD_EXIT_ERROR);
}
