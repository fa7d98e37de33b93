/*
 * The command line of trafstatd(8).  Whatever is wrong with it ends the
 * program here, with a message, the usage and status 127.
 */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/number.h"
#include "common/say.h"
#include "traffic.h"
#include "trafstatd.h"
#include "host_text.h"

#ifndef TRAFD_BINDIR
#define TRAFD_BINDIR	"/usr/local/bin"
#endif

#define LOG_FILE	"/var/log/trafstatd.log"

enum {
	OPT_AUTH = 256,
	OPT_HELP,
	OPT_HOST,
	OPT_HTTP,
	OPT_LISTEN,
	OPT_RUN_DIR,
	OPT_SYSLOG,
	OPT_TIMEOUT,
	OPT_TOP,
	OPT_TRAFSTAT,
	OPT_USER
};

static const struct option long_options[] = {
	{ "auth", required_argument, NULL, OPT_AUTH },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "host", required_argument, NULL, OPT_HOST },
	{ "http", required_argument, NULL, OPT_HTTP },
	{ "listen", required_argument, NULL, OPT_LISTEN },
	{ "run-dir", required_argument, NULL, OPT_RUN_DIR },
	{ "syslog", no_argument, NULL, OPT_SYSLOG },
	{ "timeout", required_argument, NULL, OPT_TIMEOUT },
	{ "top", required_argument, NULL, OPT_TOP },
	{ "trafstat", required_argument, NULL, OPT_TRAFSTAT },
	{ "user", required_argument, NULL, OPT_USER },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 }
};

static const char	usage_text[] =
    "usage: trafstatd [-V] [-L logfile] [--listen addr:port] [--run-dir dir]\n"
    "           [--syslog] [--timeout sec] [--trafstat path] [--user name]\n"
    "       trafstatd --http addr:port [--auth file] [--host name]\n"
    "           [--run-dir dir] [--syslog] [--top n] [--user name]\n";

static const char	help_text[] =
    "\n"
    "Without --http: read one line with arguments of trafstat and answer\n"
    "with its output.  inetd or a service manager can start it.\n"
    "\n"
    "  -L logfile        log requests to this file, if it exists\n"
    "                    [" LOG_FILE "]\n"
    "  --listen addr:port  listen there, without inetd\n"
    "  --timeout sec     wait at most sec seconds for trafstat [60]\n"
    "  --trafstat path   run this program\n"
    "                    [" TRAFD_BINDIR "/trafstat]\n"
    "\n"
    "With --http: a live page at /, metrics for Prometheus at /metrics.\n"
    "\n"
    "  --http addr:port  listen there; a port alone: on 127.0.0.1\n"
    "  --auth file       users, as htpasswd -B writes them; required if\n"
    "                    other hosts can reach the address\n"
    "  --host name       accept requests for this host name too; may be\n"
    "                    repeated\n"
    "  --top n           metrics for the n largest hosts and the n largest\n"
    "                    services [20]\n"
    "\n"
    "  --run-dir dir     directory of the control sockets\n"
    "                    [" TRAFD_RUNDIR "]\n"
    "  --syslog          send messages to syslog\n"
    "  --user name       run as this user, with group " TRAFD_USER
    ", if started\n"
    "                    as root [nobody]\n"
    "  -V, --version     print the version\n"
    "\nDefaults are in brackets.  See trafstatd(8).\n";

static _Noreturn void
usage(void)
{
	(void)fputs(usage_text, stderr);
	exit(TRAFD_EXIT_USAGE);
}

static const char *
address_of(const char *option, const char *arg)
{
	struct sockaddr_storage	ss;

	if (guard_address(arg, &ss) == 0) {
		log_errorx("%s %s: expected an address and a port, such as "
		    "127.0.0.1:8080 or [::1]:8080", option, arg);
		usage();
	}
	return (arg);
}

static void
add_name(struct options *opt, const char *name)
{
	size_t	n = 0;

	while (opt->names[n] != NULL)
		n++;
	if (n == NAMES_MOST) {
		log_errorx("--host %s: only %d names are possible", name,
		    NAMES_MOST);
		usage();
	}
	opt->names[n] = name;
}

static void
set_option(struct options *opt, int c)
{
	switch (c) {
	case 'L':
		opt->log_file = optarg;
		break;
	case 'V':
		say("trafstatd " PACKAGE_VERSION, "\n");
	case OPT_AUTH:
		opt->auth = optarg;
		break;
	case OPT_HELP:
		say(usage_text, help_text);
	case OPT_HOST:
		add_name(opt, optarg);
		break;
	case OPT_HTTP:
		opt->http = address_of("--http", optarg);
		break;
	case OPT_LISTEN:
		opt->listen = address_of("--listen", optarg);
		break;
	case OPT_RUN_DIR:
		opt->run_dir = optarg;
		break;
	case OPT_SYSLOG:
		opt->syslog = true;
		break;
	case OPT_TIMEOUT:
		opt->timeout = (unsigned int)number_option("--timeout", optarg,
		    1, 3600, usage);
		break;
	case OPT_TOP:
		opt->top = (unsigned int)number_option("--top", optarg, 1, 200,
		    usage);
		break;
	case OPT_TRAFSTAT:
		opt->trafstat = optarg;
		break;
	case OPT_USER:
		opt->user = optarg;
		break;
	default:
		usage();
	}
}

/* What would let strangers read, or be without effect. */
static void
check(const struct options *opt)
{
	struct sockaddr_storage	 ss;
	const char		*text = NULL;

	if (opt->http != NULL && opt->listen != NULL)
		text = "--http and --listen exclude each other: start two "
		    "trafstatd";
	else if (opt->http == NULL && (opt->auth != NULL ||
	    opt->names[0] != NULL))
		text = "--auth and --host need --http";
	else if (opt->http != NULL && opt->auth == NULL &&
	    guard_address(opt->http, &ss) != 0 && !guard_is_loopback(&ss))
		text = "--http on an address that other hosts can reach "
		    "needs --auth";
	if (text == NULL)
		return;
	log_errorx("%s", text);
	usage();
}

void
options_parse(struct options *opt, int argc, char **argv)
{
	int	c;

	memset(opt, 0, sizeof(*opt));
	opt->log_file = LOG_FILE;
	opt->run_dir = TRAFD_RUNDIR;
	opt->trafstat = TRAFD_BINDIR "/trafstat";
	opt->timeout = 60;
	opt->top = 20;
	while ((c = getopt_long(argc, argv, "L:V", long_options, NULL)) != -1)
		set_option(opt, c);
	if (optind < argc) {
		log_errorx("unexpected argument: %s", argv[optind]);
		usage();
	}
	check(opt);
}
