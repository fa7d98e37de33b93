/*
 * The command line of trafstat(1).  Whatever is wrong with it ends the
 * program here, with a message, the usage and status 127.
 */
#include "config.h"

#include <getopt.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/number.h"
#include "common/say.h"
#include "traffic.h"
#include "trafstat.h"

enum {
	OPT_ASK = 256,
	OPT_FORMAT,
	OPT_HELP,
	OPT_ROWS,
	OPT_RUN_DIR,
	OPT_TIMEOUT,
	OPT_TOP
};

/* Seconds for an answer; more for a save, which may be long. */
#define ANSWER_SECONDS	20
#define JOB_SECONDS	3600
#define SECONDS_MOST	(24 * 3600)

static const char	short_options[] = "AbDfh:I:i:Nnp:sVZ";

static const struct option long_options[] = {
	{ "ask", required_argument, NULL, OPT_ASK },
	{ "format", required_argument, NULL, OPT_FORMAT },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "rows", required_argument, NULL, OPT_ROWS },
	{ "run-dir", required_argument, NULL, OPT_RUN_DIR },
	{ "timeout", required_argument, NULL, OPT_TIMEOUT },
	{ "top", optional_argument, NULL, OPT_TOP },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 }
};

static const char	usage_text[] =
    "usage: trafstat [-AbfNn] [-h host[:port]] [-i iface] [--format=format]\n"
    "           [--rows=n] [host [port]]\n"
    "       trafstat -D | -s [-s] [-p proto] | -I iface [-i iface]\n"
    "           [-h host[:port]] [--format=json] [interval [count]]\n"
    "       trafstat --top[=hosts|pairs|services|protocols] [-i iface]\n"
    "           [--format=json [--rows=n] [interval [count]]]\n"
    "       trafstat -Z [-Z] [-i iface]\n"
    "       trafstat [-i iface] --ask=version|ledger|dump|save|quit\n";

static const char	help_text[] =
    "\n"
    "  -i iface         query this daemon [$IFF_LISTEN, or the only one]\n"
    "  -h host[:port]   query the trafstatd of another host [port 150]\n"
    "  -b               write the table in binary, for traflog\n"
    "  -n               print numbers, not names of hosts and services\n"
    "  -N               print host names without their domain\n"
    "  -f               print host names of local networks only\n"
    "  -A               print names of network and broadcast addresses\n"
    "                   too\n"
    "  -D               print the layers: where packets were lost\n"
    "  -I iface         print the counters of the interface itself too\n"
    "  -s               print counters by protocol; -ss leaves zeros out\n"
    "  -p proto         print only this group of -s: ip, ipv6, fragments,\n"
    "                   icmp, icmpv6, tcp, udp, other or malformed\n"
    "  -Z               count from now on for this user; -ZZ ends that\n"
    "  --top[=view]     show who talks most, live; ? there lists the keys\n"
    "  interval count   repeat every interval seconds, count times\n"
    "  -V, --version    print the version\n"
    "  --rows=n         print only the n largest rows\n"
    "  --format=format  text, csv, tsv, json: format of rows, as in traflog\n"
    "  --ask=command    version, ledger, dump, save, quit: run this command\n"
    "                   in the daemon and return when it is done\n"
    "  --run-dir=dir    directory of the control sockets\n"
    "                   [" TRAFD_RUNDIR "]\n"
    "  --timeout=sec    wait at most sec seconds [20; with --ask 3600]\n"
    "\nDefaults are in brackets.  See trafstat(1).\n";

_Noreturn void
options_usage(void)
{
	(void)fputs(usage_text, stderr);
	exit(TRAFD_EXIT_USAGE);
}

static _Noreturn void
bad_argument(const char *what, const char *arg)
{
	log_errorx("%s: %s", what, arg);
	options_usage();
}

static int
number(const char *what, const char *arg, unsigned int most)
{
	return ((int)number_option(what, arg, 1, most, options_usage));
}

/* The option that asks for this job. */
static const char *
option_of(job_fn *job)
{
	static const struct {
		job_fn		*job;
		const char	*option;
	} jobs[] = {
		{ ask_run, "--ask" }, { top_run, "--top" },
		{ layers_run, "-D" }, { iface_run, "-I" },
		{ proto_run, "-s" }, { baseline_run, "-Z" },
	};
	size_t	i = 0;

	while (jobs[i].job != job)
		i++;
	return (jobs[i].option);
}

static void
set_job(struct options *opt, job_fn *job)
{
	if (opt->job != NULL && opt->job != job) {
		log_errorx("%s and %s exclude each other",
		    option_of(opt->job), option_of(job));
		options_usage();
	}
	opt->job = job;
}

static void
set_command(struct options *opt, const char *arg)
{
	opt->command = control_command_find(arg);
	if (opt->command == -1 || opt->command == CONTROL_ASK_STAT ||
	    opt->command == CONTROL_ASK_TABLE)
		bad_argument("no such command (version, ledger, dump, save, "
		    "quit)", arg);
	set_job(opt, ask_run);
}

/* What --top begins with. */
static void
set_view(struct options *opt, const char *arg)
{
	static const char *const	views[] = { "hosts", "pairs",
	    "services", "protocols" };
	size_t				i;

	set_job(opt, top_run);
	opt->by = CONTROL_BY_HOST;
	if (arg == NULL)
		return;
	for (i = 0; i < sizeof(views) / sizeof(views[0]); i++)
		if (strcmp(arg, views[i]) == 0) {
			opt->by = (enum control_by)(CONTROL_BY_HOST + i);
			return;
		}
	bad_argument("no such view (hosts, pairs, services, protocols)", arg);
}

static void
set_format(struct options *opt, const char *arg)
{
	if ((opt->format = fmt_find(arg)) == NULL)
		bad_argument("no such format", arg);
	opt->json = strcmp(arg, "json") == 0;
}

/* Options that are there or not. */
static const struct flag {
	int	c;
	size_t	offset;		/* of a bool in struct options */
} flags[] = {
	{ 'A', offsetof(struct options, naming.all) },
	{ 'b', offsetof(struct options, binary) },
	{ 'f', offsetof(struct options, naming.local_only) },
	{ 'N', offsetof(struct options, naming.short_hosts) },
	{ 'n', offsetof(struct options, naming.numeric) },
};

static bool
set_flag(struct options *opt, int c)
{
	size_t	i;

	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (flags[i].c == c) {
			*(bool *)((char *)opt + flags[i].offset) = true;
			return (true);
		}
	return (false);
}

static void
set_option(struct options *opt, int c)
{
	switch (c) {
	case 'D':
		set_job(opt, layers_run);
		break;
	case 'I':
		set_job(opt, iface_run);
		opt->iface = optarg;
		break;
	case 'h':
		opt->remote = optarg;
		break;
	case 'i':
		opt->iface = optarg;
		opt->named = true;
		break;
	case 'p':
		if (!proto_exists(optarg))
			bad_argument("no such protocol", optarg);
		opt->proto = optarg;
		break;
	case 's':
		opt->no_zeros = opt->job == proto_run;
		set_job(opt, proto_run);
		break;
	case 'Z':
		opt->baselines++;
		set_job(opt, baseline_run);
		break;
	case 'V':
		say("trafstat " PACKAGE_VERSION, "\n");
		break;
	case OPT_ASK:
		set_command(opt, optarg);
		break;
	case OPT_FORMAT:
		set_format(opt, optarg);
		break;
	case OPT_HELP:
		say(usage_text, help_text);
		break;
	case OPT_ROWS:
		opt->top = number("--rows", optarg, INT_MAX);
		break;
	case OPT_RUN_DIR:
		opt->run_dir = optarg;
		break;
	case OPT_TOP:
		set_view(opt, optarg);
		break;
	case OPT_TIMEOUT:
		opt->timeout = number("--timeout", optarg, SECONDS_MOST);
		break;
	default:
		options_usage();
	}
}

/* The name becomes part of a path. */
static void
check_iface(struct options *opt)
{
	if (opt->iface != NULL && opt->iface[0] == '\0')
		opt->iface = NULL;
	if (opt->iface != NULL && (strchr(opt->iface, '/') != NULL ||
	    strlen(opt->iface) >= INSTANCE_LEN))
		bad_argument("no such interface", opt->iface);
}

/* host and port of a table. */
static void
set_operands(struct options *opt, int argc, char **argv)
{
	bool	table = opt->job == table_run;
	bool	repeats = opt->job == layers_run || opt->job == iface_run ||
		    opt->job == proto_run || (opt->job == top_run && opt->json);

	if (argc > (table || repeats ? 2 : 0))
		bad_argument("unexpected argument", argv[argc - 1]);
	if (repeats && argc > 0)
		opt->interval = number("interval", argv[0], SECONDS_MOST);
	if (repeats && argc > 1)
		opt->count = number("count", argv[1], INT_MAX);
	opt->host = table && argc > 0 ? argv[0] : NULL;
	opt->port = table && argc > 1 ? argv[1] : NULL;
}

/* Numbers are text or JSON; rows have more formats. */
static void
check_format(const struct options *opt)
{
	if (opt->job != table_run &&
	    opt->format != NULL && !opt->json && opt->format != &fmt_text) {
		log_errorx("--format must be text or json here: only rows "
		    "have other formats");
		options_usage();
	}
}

/* Without -i numbers are of all daemons, whatever the environment says. */
static void
forget_default(struct options *opt)
{
	if (!opt->named && (opt->job == layers_run || opt->job == proto_run ||
	    opt->job == baseline_run || opt->job == top_run))
		opt->iface = NULL;
}

/* Another host shows, and does nothing. */
static void
check_remote(const struct options *opt)
{
	if (opt->remote != NULL && (opt->job == ask_run ||
	    opt->job == baseline_run || opt->job == top_run ||
	    opt->interval != 0)) {
		log_errorx("-h cannot be used with --ask, --top, -Z or an "
		    "interval");
		options_usage();
	}
}

void
options_parse(struct options *opt, int argc, char **argv)
{
	int	c;

	opt->iface = getenv(TRAFD_ENV_IFACE);
	opt->run_dir = TRAFD_RUNDIR;
	while ((c = getopt_long(argc, argv, short_options, long_options,
	    NULL)) != -1)
		if (!set_flag(opt, c))
			set_option(opt, c);
	if (opt->job == NULL)
		opt->job = table_run;
	check_format(opt);
	if (opt->format == NULL)
		opt->format = &fmt_text;
	if (opt->timeout == 0)
		opt->timeout = opt->job == ask_run ? JOB_SECONDS :
		    ANSWER_SECONDS;
	forget_default(opt);
	check_iface(opt);
	set_operands(opt, argc - optind, argv + optind);
	check_remote(opt);
}
