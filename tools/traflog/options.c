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
#include <unistd.h>

#include "tally/geo.h"
#include "base/log.h"
#include "base/number.h"
#include "report/template.h"
#include "common/say.h"
#include "traffic.h"
#include "traflog.h"

enum {
	OPT_BLANK_PORTS = 256,
	OPT_BY,
	OPT_BYTES,
	OPT_CHECK,
	OPT_COVERAGE,
	OPT_FILES,
	OPT_FORMAT,
	OPT_GEO,
	OPT_GRAPH,
	OPT_HELP,
	OPT_HISTORY,
	OPT_IN,
	OPT_LAYOUT,
	OPT_LOCAL,
	OPT_NO_CACHE,
	OPT_OUT,
	OPT_PERCENTILE,
	OPT_RESOLVE_TIME,
	OPT_SINCE,
	OPT_SORT,
	OPT_STATE_DIR,
	OPT_TOP,
	OPT_TOTAL,
	OPT_TZ,
	OPT_UNITS,
	OPT_UNTIL,
	OPT_WHERE
};

/* Templates of -o, unless FORMATPATH says otherwise. */
#define FORMATS	TRAFD_SYSCONFDIR "/traflog.format"

static const char	short_options[] = "Aab:de:F:fi:lNno:rS:sVvw:";

static const struct option long_options[] = {
	{ "blank-ports", no_argument, NULL, OPT_BLANK_PORTS },
	{ "by", required_argument, NULL, OPT_BY },
	{ "bytes", no_argument, NULL, OPT_BYTES },
	{ "check", no_argument, NULL, OPT_CHECK },
	{ "coverage", no_argument, NULL, OPT_COVERAGE },
	{ "files", no_argument, NULL, OPT_FILES },
	{ "format", required_argument, NULL, OPT_FORMAT },
	{ "geo", required_argument, NULL, OPT_GEO },
	{ "graph", no_argument, NULL, OPT_GRAPH },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "history", no_argument, NULL, OPT_HISTORY },
	{ "in", no_argument, NULL, OPT_IN },
	{ "layout", required_argument, NULL, OPT_LAYOUT },
	{ "local", required_argument, NULL, OPT_LOCAL },
	{ "no-cache", no_argument, NULL, OPT_NO_CACHE },
	{ "out", no_argument, NULL, OPT_OUT },
	{ "percentile", required_argument, NULL, OPT_PERCENTILE },
	{ "resolve-time", required_argument, NULL, OPT_RESOLVE_TIME },
	{ "since", required_argument, NULL, OPT_SINCE },
	{ "sort", required_argument, NULL, OPT_SORT },
	{ "state-dir", required_argument, NULL, OPT_STATE_DIR },
	{ "top", required_argument, NULL, OPT_TOP },
	{ "total", no_argument, NULL, OPT_TOTAL },
	{ "tz", required_argument, NULL, OPT_TZ },
	{ "units", required_argument, NULL, OPT_UNITS },
	{ "until", required_argument, NULL, OPT_UNTIL },
	{ "where", required_argument, NULL, OPT_WHERE },
	{ "verbose", no_argument, NULL, 'v' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 }
};

static const char	usage_text[] =
    "usage: traflog [-AadflNnrsV] [-b begin] [-e end] [-F file]\n"
    "           [-i iface|file] [-o template | --format=format] [-S order]\n"
    "           [-w file] [--blank-ports] [--coverage] [--geo=file]\n"
    "           [--layout=layout]\n"
    "           [--no-cache] [--resolve-time=seconds] [--since=time]\n"
    "           [--state-dir=dir] [--tz=zone] [--until=time]\n"
    "           [--where=expression] [from addr [mask mask]]\n"
    "           [to addr [mask mask]] [port port] [proto proto] ...\n"
    "       traflog --by=key,... | --total | --graph [--top=number]\n"
    "           [--sort=column] [--percentile=number] [--in] [--out]\n"
    "           [--local=network,...] [--units=units | --bytes]\n"
    "           [--format=format] [--files | --history] [other options]\n"
    "       traflog --check [iface|file ...]\n";

static const char	help_text[] =
    "\n"
    "  -i iface|file    read this account, or this file [$IFF_LISTEN]\n"
    "  -a               show all blocks, not only the last one\n"
    "  -b, -e when      first and last block to show: #N or a local time\n"
    "                   [[[[yy]mm]dd]HH]MM[.ss]\n"
    "  -s               merge the blocks into one\n"
    "  -l               list the blocks; -lr prints only their number\n"
    "  -r               print only the total bytes of each block\n"
    "  -n               print numbers, not names of hosts and services\n"
    "  -N               print host names without their domain\n"
    "  -f               print host names of local networks only\n"
    "  -A               print names of network and broadcast addresses\n"
    "                   too\n"
    "  -o template      print rows by a template of the file\n"
    "                   " FORMATS "\n"
    "  -F file          read the pattern from file\n"
    "  -d               print the table that the pattern means and exit\n"
    "  -S order         all, bytes, from, to, srcport, dstport [all]\n"
    "  -w file          write the blocks to a new save file\n"
    "  -V, --version    print the version\n"
    "  --format=format  text, csv, tsv, json, sql; answers: html, svg too\n"
    "  --blank-ports    print nothing, not 0, if a protocol has no ports\n"
    "  --coverage       print the ledgers, not rows: what was not counted\n"
    "  --layout=layout  trafd, old, new: format of the file that -w writes\n"
    "                   or, without -w, of the file read [auto]\n"
    "  --check          verify files and print what is missing in them\n"
    "  --geo=file       database of countries, or of autonomous systems\n"
    "                   [$TRAF_GEO]\n"
    "  --no-cache       do not use the cache of host names\n"
    "  --resolve-time=s wait at most s seconds for host names [3]\n"
    "  --since, --until when  show blocks of that time: 2026-11-21,\n"
    "                   2026-11-21T14:00, 2026-11, yesterday, -7d,\n"
    "                   \"last month\"\n"
    "  --tz=zone        print times, and count days, of that zone [$TZ]\n"
    "  --where=expr     show rows that match: \"net 10.1 and not port 53\"\n"
    "  --state-dir=dir  directory of the accounts [" TRAFD_STATEDIR "]\n"
    "\nQuestions are answered from all blocks, unless a range is given:\n"
    "  --by=key,...     add rows up by host, src, dst, pair, net/LENGTH,\n"
    "                   port, service, proto, country, asn, hour, day,\n"
    "                   week, month or block\n"
    "  --total          add all rows up\n"
    "  --graph          draw traffic over time in the terminal\n"
    "  --top=number     print only the largest rows, of each period\n"
    "  --sort=column    bytes, in, out, data, packets, rate or a key of\n"
    "                   --by [bytes]\n"
    "  --percentile=95  print that percentile of 5-minute rates too\n"
    "  --in, --out      count only traffic into or out of local networks\n"
    "  --local=net,...  local networks [those of the interface]\n"
    "  --units=units    si, iec, bits, bytes [terminal: si; else bytes]\n"
    "  --bytes          same as --units=bytes\n"
    "  --files          read only the save file, not the history\n"
    "  --history        read only the history (see trafdb(8))\n"
    "  -v, --verbose    print which of the two answered\n"
    "\nDefaults are in brackets.  See traflog(1).\n";

_Noreturn void
options_usage(void)
{
	(void)fputs(usage_text, stderr);
	exit(TRAFD_EXIT_USAGE);
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

/* Of rows; answers have formats of their own. */
static void
set_format(struct options *opt)
{
	opt->format = opt->template == NULL ? &fmt_text : &fmt_template;
	if (opt->format_name == NULL || opt->answer != NULL)
		return;
	if ((opt->format = fmt_find(opt->format_name)) == NULL)
		bad_argument("no such format", opt->format_name,
		    "text, csv, tsv, json, sql, html or svg");
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
		log_errorx("%s%s", err, access(path, F_OK) == 0 ? "" :
		    "; copy " FORMATS ".sample to it, or set FORMATPATH to "
		    "another file");
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

/* As if it were in the environment, where keys look for it. */
static void
set_geo(const char *arg)
{
	if (setenv(GEO_ENV, arg, 1) == 0)
		return;
	log_error("--geo");
	exit(TRAFD_EXIT_ERROR);
}

/* Options that are there or not. */
static const struct flag {
	int	c;
	size_t	offset;		/* in struct options, of a bool or a text */
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
	{ 'v', offsetof(struct options, verbose) },
	{ OPT_BLANK_PORTS, offsetof(struct options, blank_ports) },
	{ OPT_BYTES, offsetof(struct options, asked.bytes) },
	{ OPT_CHECK, offsetof(struct options, check) },
	{ OPT_COVERAGE, offsetof(struct options, coverage) },
	{ OPT_FILES, offsetof(struct options, only_files) },
	{ OPT_GRAPH, offsetof(struct options, asked.graph) },
	{ OPT_HISTORY, offsetof(struct options, only_history) },
	{ OPT_IN, offsetof(struct options, asked.in) },
	{ OPT_NO_CACHE, offsetof(struct options, no_cache) },
	{ OPT_OUT, offsetof(struct options, asked.out) },
	{ OPT_TOTAL, offsetof(struct options, asked.total) },
};

/* Options whose argument is looked at later, or is a name. */
static const struct flag	texts[] = {
	{ 'b', offsetof(struct options, begin) },
	{ 'e', offsetof(struct options, end) },
	{ 'F', offsetof(struct options, pattern_file) },
	{ 'i', offsetof(struct options, iface) },
	{ 'w', offsetof(struct options, write_to) },
	{ OPT_BY, offsetof(struct options, asked.by) },
	{ OPT_FORMAT, offsetof(struct options, format_name) },
	{ OPT_LOCAL, offsetof(struct options, asked.local) },
	{ OPT_PERCENTILE, offsetof(struct options, asked.percentile) },
	{ OPT_SINCE, offsetof(struct options, asked.since) },
	{ OPT_SORT, offsetof(struct options, asked.sort) },
	{ OPT_STATE_DIR, offsetof(struct options, statedir) },
	{ OPT_TOP, offsetof(struct options, asked.top) },
	{ OPT_TZ, offsetof(struct options, asked.zone) },
	{ OPT_UNITS, offsetof(struct options, asked.units) },
	{ OPT_UNTIL, offsetof(struct options, asked.until) },
	{ OPT_WHERE, offsetof(struct options, asked.where) },
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

static bool
set_text(struct options *opt, int c)
{
	size_t	i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i].c == c) {
			*(const char **)((char *)opt + texts[i].offset) =
			    optarg;
			return (true);
		}
	return (false);
}

static void
set_option(struct options *opt, int c)
{
	switch (c) {
	case 'o':
		set_template(opt, optarg);
		break;
	case 'S':
		set_order(opt, optarg);
		opt->order_given = true;
		break;
	case 'V':
		say("traflog " PACKAGE_VERSION, "\n");
		break;
	case OPT_HELP:
		say(usage_text, help_text);
		break;
	case OPT_LAYOUT:
		set_layout(opt, optarg);
		break;
	case OPT_GEO:
		set_geo(optarg);
		break;
	case OPT_RESOLVE_TIME:
		opt->resolve_time = (unsigned int)number_option(
		    "--resolve-time", optarg, 0, NAMES_TIME_MAX,
		    options_usage);
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
		text = "--coverage cannot be used with -l, -r, -w or --check";
	else if ((opt->list || opt->brief) && opt->write_to != NULL)
		text = "-w cannot be used with -l or -r";
	else if (opt->template != NULL && opt->format_name != NULL)
		text = "-o and --format exclude each other";
	else if (opt->only_files && opt->only_history)
		text = "--files and --history exclude each other";
	else if (!(opt->list || opt->brief) || opt->format == &fmt_text)
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
		log_errorx("-F and a pattern exclude each other: %s", argv[0]);
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

/* Times are local: of the zone that was asked for, wherever it was. */
static void
set_times(struct options *opt)
{
	question_zone(opt);
	if (opt->begin != NULL)
		set_when(&opt->range.begin, opt->begin);
	if (opt->end != NULL)
		set_when(&opt->range.end, opt->end);
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
		if (!set_flag(opt, c) && !set_text(opt, c))
			set_option(opt, c);
	set_times(opt);
	question_options(opt);
	set_format(opt);
	check_conflicts(opt);
	set_layouts(opt);
	set_operands(opt, argc - optind, argv + optind);
}
