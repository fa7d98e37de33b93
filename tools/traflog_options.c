/*
 * The command line of traflog(1).  Whatever is wrong with it ends the
 * program here, with a message, the usage and status 127.
 */
#include "config.h"

#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "log.h"
#include "template.h"
#include "traffic.h"
#include "traflog.h"

enum {
	OPT_BLANK_PORTS = 256,
	OPT_CHECK,
	OPT_COVERAGE,
	OPT_FORMAT,
	OPT_HELP,
	OPT_LAYOUT,
	OPT_NO_CACHE,
	OPT_RESOLVE_TIME,
	OPT_STATE_DIR
};

/* Templates of -o, unless FORMATPATH says otherwise. */
#define FORMATS	TRAFD_SYSCONFDIR "/traflog.format"

static const char	short_options[] = "Aab:de:F:fi:lNno:rS:sVw:";

static const struct option long_options[] = {
	{ "blank-ports", no_argument, NULL, OPT_BLANK_PORTS },
	{ "check", no_argument, NULL, OPT_CHECK },
	{ "coverage", no_argument, NULL, OPT_COVERAGE },
	{ "format", required_argument, NULL, OPT_FORMAT },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "layout", required_argument, NULL, OPT_LAYOUT },
	{ "no-cache", no_argument, NULL, OPT_NO_CACHE },
	{ "resolve-time", required_argument, NULL, OPT_RESOLVE_TIME },
	{ "state-dir", required_argument, NULL, OPT_STATE_DIR },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 }
};

static const char	usage_text[] =
    "usage: traflog [-AadflNnrsV] [-b begin] [-e end] [-F file]\n"
    "           [-i iface|file] [-o template | --format=format] [-S order]\n"
    "           [-w file] [--blank-ports] [--coverage] [--layout=layout]\n"
    "           [--no-cache] [--resolve-time=seconds] [--state-dir=dir]\n"
    "           [from addr [mask mask]]\n"
    "           [to addr [mask mask]] [port port] [proto proto] ...\n"
    "       traflog --check [iface|file ...]\n";

static const char	help_text[] =
    "\n"
    "  -i iface|file    whose account, or which file [$IFF_LISTEN]\n"
    "  -a               all blocks, not only the last one\n"
    "  -b, -e when      from and up to a block #N or a local time\n"
    "                   [[[[yy]mm]dd]HH]MM[.ss]\n"
    "  -s               merge the blocks into one\n"
    "  -l               list the blocks; -lr: only how many\n"
    "  -r               only the total of each block, in octets\n"
    "  -n               no names of hosts and services\n"
    "  -N               names of hosts without their domain\n"
    "  -f               names of hosts of local networks only\n"
    "  -A               names of networks and broadcast addresses too\n"
    "  -o template      rows by a template of " FORMATS "\n"
    "  -F file          read the pattern from a file\n"
    "  -d               print what the pattern means, and nothing else\n"
    "  -S order         all, bytes, from, to, srcport, dstport\n"
    "  -w file          write the blocks to a file of their own\n"
    "  -V, --version    print the version\n"
    "  --format=format  text, csv, tsv, json, sql\n"
    "  --blank-ports    no 0 where a protocol has no ports, as BPFT did\n"
    "  --coverage       what was not seen, instead of rows: the ledgers\n"
    "  --layout=layout  trafd, old or new (BPFT's): of the file of -w, or\n"
    "                   without -w of the file read [auto]\n"
    "  --check          verify files and say what they lost\n"
    "  --no-cache       forget names, and know none of earlier runs\n"
    "  --resolve-time=s wait for names of hosts at most s seconds [3]\n"
    "  --state-dir=dir  where accounts live [" TRAFD_STATEDIR "]\n";

_Noreturn void
options_usage(void)
{
	(void)fputs(usage_text, stderr);
	exit(TRAFD_EXIT_USAGE);
}

/* What was asked for goes to standard output and is no error. */
static _Noreturn void
say(const char *a, const char *b)
{
	if (fputs(a, stdout) == EOF || fputs(b, stdout) == EOF ||
	    fflush(stdout) == EOF) {
		log_error("standard output");
		exit(TRAFD_EXIT_ERROR);
	}
	exit(TRAFD_EXIT_OK);
}

static _Noreturn void
bad_argument(const char *what, const char *arg, const char *expected)
{
	log_errorx("%s: %s (expected %s)", what, arg, expected);
	options_usage();
}

static void
set_when(struct when *w, const char *arg)
{
	if (when_parse(arg, time(NULL), w) == -1)
		bad_argument("no such block or time", arg,
		    "#N or [[[[yy]mm]dd]HH]MM[.ss]");
}

static void
set_order(struct options *opt, const char *arg)
{
	if ((opt->order = order_find(arg)) == NULL)
		bad_argument("no such order", arg,
		    "all, bytes, from, to, srcport or dstport");
}

static void
set_format(struct options *opt, const char *arg)
{
	if ((opt->format = out_format(arg)) == NULL)
		bad_argument("no such format", arg,
		    "text, csv, tsv, json or sql");
}

/* A bad file of templates is no fault of the command line: status 1. */
static void
set_template(struct options *opt, const char *name)
{
	static struct template	 template;
	const char		*path = getenv("FORMATPATH");
	char			 err[512];

	if (path == NULL || path[0] == '\0')
		path = FORMATS;
	if (template_load(&template, path, name, err, sizeof(err)) == -1) {
		log_errorx("%s", err);
		exit(TRAFD_EXIT_ERROR);
	}
	opt->template = &template;
}

static void
set_layout(struct options *opt, const char *arg)
{
	int	layout;

	if ((layout = layout_find(arg)) == -1)
		bad_argument("no such layout", arg, "auto, trafd, old or new");
	opt->layout = (enum layout)layout;
}

static void
set_resolve_time(struct options *opt, const char *arg)
{
	const char	*bad;
	long long	 seconds;

	seconds = strtonum(arg, 0, NAMES_TIME_MAX, &bad);
	if (bad != NULL)
		bad_argument("no such time", arg, "seconds, at most 3600");
	opt->resolve_time = (unsigned int)seconds;
}

/* Options that are there or not. */
static const struct flag {
	int	c;
	size_t	offset;		/* of a bool in struct options */
} flags[] = {
	{ 'A', offsetof(struct options, naming.all) },
	{ 'a', offsetof(struct options, all) },
	{ 'd', offsetof(struct options, show_pattern) },
	{ 'f', offsetof(struct options, naming.local_only) },
	{ 'l', offsetof(struct options, list) },
	{ 'N', offsetof(struct options, naming.short_hosts) },
	{ 'n', offsetof(struct options, naming.numeric) },
	{ 'r', offsetof(struct options, brief) },
	{ 's', offsetof(struct options, merge) },
	{ OPT_BLANK_PORTS, offsetof(struct options, blank_ports) },
	{ OPT_CHECK, offsetof(struct options, check) },
	{ OPT_COVERAGE, offsetof(struct options, coverage) },
	{ OPT_NO_CACHE, offsetof(struct options, no_cache) },
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
	case 'b':
		set_when(&opt->range.begin, optarg);
		break;
	case 'e':
		set_when(&opt->range.end, optarg);
		break;
	case 'F':
		opt->pattern_file = optarg;
		break;
	case 'i':
		opt->iface = optarg;
		break;
	case 'o':
		set_template(opt, optarg);
		break;
	case 'S':
		set_order(opt, optarg);
		break;
	case 'V':
		say("traflog " PACKAGE_VERSION, "\n");
		break;
	case 'w':
		opt->write_to = optarg;
		break;
	case OPT_FORMAT:
		set_format(opt, optarg);
		break;
	case OPT_HELP:
		say(usage_text, help_text);
		break;
	case OPT_LAYOUT:
		set_layout(opt, optarg);
		break;
	case OPT_RESOLVE_TIME:
		set_resolve_time(opt, optarg);
		break;
	case OPT_STATE_DIR:
		opt->statedir = optarg;
		break;
	default:
		options_usage();
	}
}

/* Options that would leave one of them without effect. */
static void
check_conflicts(const struct options *opt)
{
	static const char	*text = "-l and -r print text only";

	if (opt->coverage && (opt->list || opt->brief || opt->check ||
	    opt->write_to != NULL))
		text = "--coverage does not go with -l, -r, -w or --check";
	else if ((opt->list || opt->brief) && opt->write_to != NULL)
		text = "-w prints nothing: it does not go with -l or -r";
	else if (opt->template != NULL && opt->format != NULL)
		text = "-o and --format are two ways to print a row";
	else if (!(opt->list || opt->brief) || opt->format == &fmt_text ||
	    (opt->format == NULL && opt->template == NULL))
		return;
	log_errorx("%s", text);
	options_usage();
}

/* What to read: the operands of --check, or the one interface. */
static void
set_names(struct options *opt, int argc, char **argv)
{
	opt->names = (const char *const *)argv;
	opt->nnames = argc;
	if (argc > 0)
		return;
	if (opt->iface == NULL || opt->iface[0] == '\0') {
		log_errorx("no interface: give -i or set " TRAFD_ENV_IFACE);
		options_usage();
	}
	opt->names = &opt->iface;
	opt->nnames = 1;
}

/* Operands are a pattern, unless there is one in a file. */
static void
set_pattern(struct options *opt, int argc, char **argv)
{
	if (argc > 0 && opt->pattern_file != NULL) {
		log_errorx("unexpected argument beside -F: %s", argv[0]);
		options_usage();
	}
	if (argc > 0 || opt->pattern_file != NULL || opt->show_pattern)
		opt->pattern = query_pattern(opt->pattern_file,
		    (const char *const *)argv, (size_t)argc);
}

static void
set_operands(struct options *opt, int argc, char **argv)
{
	if (!opt->check) {
		set_pattern(opt, argc, argv);
		argc = 0;
	}
	if (!opt->show_pattern)
		set_names(opt, argc, argv);
}

/* With -w a layout is that of the file written. */
static void
set_layouts(struct options *opt)
{
	if (opt->write_to == NULL)
		return;
	opt->write_layout = opt->layout;
	opt->layout = LAYOUT_AUTO;
}

void
options_parse(struct options *opt, int argc, char **argv)
{
	int	c;

	opt->iface = getenv(TRAFD_ENV_IFACE);
	opt->statedir = TRAFD_STATEDIR;
	opt->order = order_default;
	opt->resolve_time = NAMES_TIME_DEFAULT;
	while ((c = getopt_long(argc, argv, short_options, long_options,
	    NULL)) != -1)
		if (!set_flag(opt, c))
			set_option(opt, c);
	check_conflicts(opt);
	set_layouts(opt);
	if (opt->format == NULL)
		opt->format = opt->template == NULL ? &fmt_text : &fmt_template;
	set_operands(opt, argc - optind, argv + optind);
}
