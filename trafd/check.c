/*
 * --check-config.  Opens what the daemon would open, and checks the
 * directories that it would write to.  Reports every error, not only the
 * first, and what to do about it.  The configuration file is a shell script,
 * so trafstart(8) reads it and runs this check for each interface.
 */
#include "config.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/interface.h"
#include "base/log.h"
#include "base/streams.h"
#include "capture/filter.h"
#include "daemon/privs.h"
#include "host/networks.h"
#include "meter/meter.h"
#include "check.h"
#include "check_start.h"
#include "control_listen.h"
#include "source.h"
#include "statedir.h"
#include "traffic.h"

/*
 * Can packets of the interface be captured with this filter?  Sets *link to the
 * name of its link type.  Reports what is wrong.
 */
static bool
is_source_good(const struct options *o, const char **link)
{
	struct networks		*networks = networks_open(o->ifname,
				    o->local, o->once);
	struct meter_opts	 mo;
	struct meter		*m = NULL;

	if (networks == NULL)
		log_error("cannot read the networks of the interface: %s",
		    o->ifname);
	else if ((m = source_open(o, networks, &mo)) != NULL)
		*link = meter_link_name(m);
	meter_close(m);
	networks_close(networks);
	return (m != NULL);
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

/* check_start(), about the paths as the daemon would use them. */
static int
look_at_start(const struct options *o, const struct identity *who)
{
	char			*run = statedir_absolute(o->run_dir);
	char			*state = statedir_absolute(o->state_dir);
	struct check_start	 c = { o, run, state, who };
	int			 rc = -1;

	if (run == NULL || state == NULL)
		log_error("cannot find the current directory: give absolute "
		    "paths");
	else {
		rc = check_start(&c);
		statedir_warn_old(state, o->ext);
		if (o->layout != LAYOUT_OLD && o->layout != LAYOUT_NEW)
			statedir_warn_bpft(state, o->ext);
		control_socket_check(run, o->ext);
	}
	free(run);
	free(state);
	return (rc);
}

/* "good, but": it could start if the daemon that runs had ended. */
static void
print_good(const struct options *o, const struct identity *who,
    const char *link, bool running)
{
	char	real[INTERFACE_NAME_MAX];
	bool	alias = strcmp(interface_real(o->ifname, real), o->ifname) != 0;

	/* trafstart(8) reads the two names. */
	(void)printf("configuration is good%s: %s%s%s: link type %s; counts "
	    "go to %s/%s%s; trafd runs as %s\n", running ? ", but trafd is "
	    "already running" : "", o->ifname, alias ? ", which is " : "",
	    alias ? real : "", link, o->state_dir,
	    TRAFD_PREFIX, o->ext, who->uid != (uid_t)-1 ? who->name :
	    geteuid() == 0 ? "root" : "your user");
}

int
check_run(const struct options *o)
{
	struct identity	 who;
	const char	*link = "";
	bool		 found;
	int		 rc;

	if (o->ifname == NULL)
		return (check_file());
	found = privs_find(o->user, TRAFD_USER, &who) == 0;
	rc = look_at_start(o, found ? &who : NULL);
	if (is_source_good(o, &link) && found && rc != -1)
		print_good(o, &who, link, rc == CHECK_RUNNING);
	else
		rc = -1;
	return (rc == 0 ? TRAFD_EXIT_OK : TRAFD_EXIT_ERROR);
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
