/*
 * The command line of trafstatd(8).
 */
#include <string.h>

#include "base/options.h"
#include "host_text.h"
#include "traffic.h"
#include "trafstatd.h"

#ifndef TRAFD_BINDIR
#define TRAFD_BINDIR	"/usr/local/bin"
#endif

#define LOG_FILE	"/var/log/trafstatd.log"

static const char *
check_address(const char *arg)
{
	struct sockaddr_storage	ss;

	return (host_text_address(arg, &ss) != 0 ? NULL : "an address and a "
	    "port are needed, such as 127.0.0.1:8080 or [::1]:8080");
}

static const char *
set_http(void *into, const char *arg)
{
	struct options	*opt = into;

	opt->http = arg;
	return (check_address(arg));
}

static const char *
set_listen(void *into, const char *arg)
{
	struct options	*opt = into;

	opt->listen = arg;
	return (check_address(arg));
}

static const char *
add_name(void *into, const char *arg)
{
	struct options	*opt = into;
	size_t		 n = 0;

	while (opt->names[n] != NULL)
		n++;
	if (n == NAMES_MOST)
		return ("only 16 names are possible");
	opt->names[n] = arg;
	return (NULL);
}
_Static_assert(NAMES_MOST == 16, "the message says so");

static const struct option_row rows[] = {
	{ .kind = OPTION_HEADING, .help = "Without --http: read one line with "
	    "arguments of trafstat and answer with its output.  inetd or a "
	    "service manager can start it." },
	{ OPTION_TEXT, 'L', NULL, "logfile",
	    "log requests to this file, if it exists", LOG_FILE,
	    OPTION_AT(struct options, log_file) },
	{ OPTION_CALL, 0, "listen", "addr:port",
	    "listen there, without inetd", .call = set_listen },
	{ OPTION_NUMBER, 0, "timeout", "sec",
	    "wait at most sec seconds for trafstat", "60",
	    OPTION_AT(struct options, timeout), .least = 1, .most = 3600,
	    .unit = "seconds" },
	{ OPTION_TEXT, 0, "trafstat", "path", "run this program",
	    TRAFD_BINDIR "/trafstat", OPTION_AT(struct options, trafstat) },
	{ .kind = OPTION_HEADING, .help = "With --http: a live page at /, "
	    "metrics for Prometheus at /metrics." },
	{ OPTION_CALL, 0, "http", "addr:port",
	    "listen there; a port alone: on 127.0.0.1",
	    .call = set_http },
	{ OPTION_TEXT, 0, "auth", "file",
	    "users, as htpasswd -B writes them; required if other hosts can "
	    "reach the address",
	    OPTION_AT(struct options, auth) },
	{ OPTION_CALL, 0, "host", "name",
	    "accept requests for this host name too; may be repeated",
	    .call = add_name },
	{ OPTION_FLAG, 'n', NULL, NULL,
	    "show numbers, not names of hosts and services",
	    OPTION_AT(struct options, numeric) },
	{ OPTION_TEXT, 0, "state-dir", "dir",
	    "directory of the accounts and their history", TRAFD_STATEDIR,
	    OPTION_AT(struct options, state_dir),
	    .conf = TRAFD_CONF_STATEDIR },
	{ OPTION_NUMBER, 0, "top", "n",
	    "metrics for the n largest hosts and the n largest services", "20",
	    OPTION_AT(struct options, top), .least = 1, .most = 200 },
	{ .kind = OPTION_HEADING, .help = "With both:" },
	{ OPTION_TEXT, 0, "run-dir", "dir",
	    "directory of the control sockets", TRAFD_RUNDIR,
	    OPTION_AT(struct options, run_dir),
	    .conf = TRAFD_CONF_RUNDIR },
	{ OPTION_FLAG, 0, "syslog", NULL, "send messages to syslog",
	    OPTION_AT(struct options, syslog) },
	{ OPTION_TEXT, 0, "user", "name",
	    "run as this user, with group " TRAFD_USER ", if started as root",
	    "nobody", OPTION_AT(struct options, user) },
	OPTION_ROW_VERSION,
	OPTION_ROW_HELP,
};

static const struct option_rule rules[] = {
	{ OPTION_EXCLUDES, "--http --listen", NULL, "start two trafstatd" },
	{ OPTION_NEEDS, "--auth --host -n --state-dir", "--http", NULL },
};

static const char *const	forms[] = {
	"[-V] [-L logfile] [--listen addr:port] [--run-dir dir] [--syslog] "
	    "[--timeout sec] [--trafstat path] [--user name]",
	"--http addr:port [-n] [--auth file] [--host name] [--run-dir dir] "
	    "[--state-dir dir] [--syslog] [--top n] [--user name]",
	NULL
};

/* What people type for these. */
static const struct option_hint hints[] = {
	{ "port", "--http" },
	{ "bind", "--http" },
};

static const struct option_table table = {
	.program = "trafstatd",
	.brief = "[--http addr:port] [options]",
	.forms = forms,
	.rows = rows, .nrows = sizeof(rows) / sizeof(rows[0]),
	.hints = hints, .nhints = sizeof(hints) / sizeof(hints[0]),
	.rules = rules, .nrules = sizeof(rules) / sizeof(rules[0]),
	.closing = "Defaults are in brackets.  See trafstatd(8).",
};

/* Without users, the page may only be reachable from this host. */
static void
check_access(const struct options *opt)
{
	struct sockaddr_storage	ss;

	if (opt->http != NULL && opt->auth == NULL &&
	    host_text_address(opt->http, &ss) != 0 &&
	    !host_text_is_loopback(&ss))
		options_refuse("--http on an address that other hosts can "
		    "reach needs --auth: %s", opt->http);
}

void
options_parse(struct options *opt, int argc, char **argv)
{
	struct options_found	found;

	memset(opt, 0, sizeof(*opt));
	opt->log_file = LOG_FILE;
	opt->run_dir = TRAFD_RUNDIR;
	opt->state_dir = TRAFD_STATEDIR;
	opt->trafstat = TRAFD_BINDIR "/trafstat";
	opt->timeout = 60;
	opt->top = 20;
	options_read(&table, opt, argc, argv, &found);
	check_access(opt);
}
