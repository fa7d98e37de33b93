/*
 * The command line of traflog(1).
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/options.h"
#include "common/naming_options.h"
#include "file/account.h"
#include "report/template.h"
#include "tally/geo.h"
#include "traffic.h"
#include "traflog.h"

/* File of the templates of -o, unless FORMATPATH names another. */
#define FORMATS	TRAFD_SYSCONFDIR "/traflog.format"

static const char *const	formats[] = { "text", "csv", "tsv", "json",
    "sql", "html", "svg" };
static const char *const	orders[] = { "all", "bytes", "from", "to",
    "srcport", "dstport" };
static const char *const	columns[] = { "bytes", "in", "out", "data",
    "packets", "rate" };
static const char *const	units[] = { [ANSWER_PLAIN] = "bytes",
    [ANSWER_IEC] = "iec", [ANSWER_SI] = "si", [ANSWER_BITS] = "bits" };

static const char *
set_order(void *into, const char *arg)
{
	struct options	*opt = into;

	opt->order = order_find(arg);
	return (opt->order != NULL ? NULL : "all, bytes, from, to, srcport or "
	    "dstport is needed");
}

static const struct option_row rows[] = {
	{ OPTION_TEXT, 'i', NULL, "iface|file",
	    "read this account, or this file", "$" TRAFD_ENV_IFACE,
	    OPTION_AT(struct options, iface) },
	{ OPTION_FLAG, 'a', NULL, NULL, "show all blocks, not only the last",
	    OPTION_AT(struct options, all) },
	{ OPTION_TEXT, 'b', NULL, "when",
	    "first block to show: #N or a local time [[[[yy]mm]dd]HH]MM[.ss]",
	    OPTION_AT(struct options, begin) },
	{ OPTION_TEXT, 'e', NULL, "when",
	    "last block to show, written likewise",
	    OPTION_AT(struct options, end) },
	{ OPTION_FLAG, 's', NULL, NULL, "merge the blocks into one",
	    OPTION_AT(struct options, merge) },
	{ OPTION_FLAG, 'l', NULL, NULL,
	    "list the blocks; -lr prints only their number",
	    OPTION_AT(struct options, list) },
	{ OPTION_FLAG, 'r', NULL, NULL,
	    "print only the total bytes of each block",
	    OPTION_AT(struct options, brief) },
	OPTION_ROWS_NAMING(struct options, naming),
	{ OPTION_TEXT, 'o', NULL, "template",
	    "print rows by a template of the file " FORMATS,
	    OPTION_AT(struct options, template_name) },
	{ OPTION_TEXT, 'F', NULL, "file", "read the pattern from file",
	    OPTION_AT(struct options, pattern_file) },
	{ OPTION_FLAG, 'd', NULL, NULL,
	    "print the table that the pattern means and exit",
	    OPTION_AT(struct options, show_pattern) },
	{ OPTION_CALL, 'S', NULL, NULL, "order of the rows", "all",
	    OPTION_CHOICES(orders), .call = set_order },
	{ OPTION_TEXT, 'w', NULL, "file",
	    "write the blocks to a new save file",
	    OPTION_AT(struct options, write_to) },
	OPTION_ROW_VERSION,
	{ OPTION_TEXT, 0, "format", NULL,
	    "how rows are printed; html and svg show an answer", "text",
	    OPTION_AT(struct options, format_name),
	    OPTION_CHOICES(formats) },
	{ OPTION_FLAG, 0, "blank-ports", NULL,
	    "print nothing, not 0, if a protocol has no ports",
	    OPTION_AT(struct options, blank_ports) },
	{ OPTION_FLAG, 0, "coverage", NULL,
	    "print the ledgers, not rows: what was not counted",
	    OPTION_AT(struct options, coverage) },
	{ OPTION_CHOICE, 0, "layout", NULL,
	    "format of the file that -w writes or, without -w, of the file "
	    "read; old and new: those of BPFT", "auto",
	    OPTION_AT(struct options, layout),
	    .choices = layout_names, .nchoices = LAYOUTS },
	{ OPTION_FLAG, 0, "check", NULL,
	    "verify files and print what is missing in them",
	    OPTION_AT(struct options, check) },
	{ OPTION_TEXT, 0, "geo", "file",
	    "database of countries, or of autonomous systems", "$" GEO_ENV,
	    OPTION_AT(struct options, geo) },
	{ OPTION_FLAG, 0, "no-cache", NULL,
	    "do not use the cache of host names",
	    OPTION_AT(struct options, no_cache) },
	{ OPTION_NUMBER, 0, "resolve-time", "seconds",
	    "wait at most this long for host names", "3",
	    OPTION_AT(struct options, resolve_time),
	    .most = NAMES_TIME_MAX, .unit = "seconds" },
	{ OPTION_TEXT, 0, "since", "when",
	    "show blocks from this time on: 10:00, 2026-11-21, "
	    "2026-11-21T14:00, 2026-11, yesterday, -7d, \"last month\"",
	    OPTION_AT(struct options, asked.since) },
	{ OPTION_TEXT, 0, "until", "when",
	    "show blocks up to the end of this time, written likewise",
	    OPTION_AT(struct options, asked.until) },
	{ OPTION_TEXT, 0, "tz", "zone",
	    "print times, and count days, of that zone", "$TZ",
	    OPTION_AT(struct options, asked.zone) },
	{ OPTION_TEXT, 0, "where", "expr",
	    "show rows that match: \"net 10.1 and not port 53\"",
	    OPTION_AT(struct options, asked.where) },
	{ OPTION_TEXT, 0, "packets", "dir|file",
	    "print the packets of the rows from these traces (ipreport)",
	    OPTION_AT(struct options, packets) },
	{ OPTION_TEXT, 0, "write", "file",
	    "with --packets: write the packets to a new trace",
	    OPTION_AT(struct options, packets_to) },
	{ OPTION_TEXT, 0, "state-dir", "dir", "directory of the accounts",
	    TRAFD_STATEDIR, OPTION_AT(struct options, statedir),
	    .conf = TRAFD_CONF_STATEDIR },
	{ OPTION_TEXT, 0, "run-dir", "dir",
	    "directory of the control sockets", TRAFD_RUNDIR,
	    OPTION_AT(struct options, run_dir), .conf = TRAFD_CONF_RUNDIR },
	OPTION_ROW_HELP,
	{ .kind = OPTION_HEADING, .help = "Questions are answered from all "
	    "blocks, unless a range is given:" },
	{ OPTION_TEXT, 0, "by", "key,...",
	    "add rows up by host, local, mac, src, dst, pair, net/LENGTH, "
	    "port, service, proto, vlan, country, asn, owner, program, "
	    "user, unit, container, interface, minute, hour, day, week, "
	    "month or block",
	    OPTION_AT(struct options, asked.by) },
	{ OPTION_FLAG, 0, "apart", NULL,
	    "print each address of a device apart in --by local",
	    OPTION_AT(struct options, asked.apart) },
	{ OPTION_FLAG, 0, "closure", NULL,
	    "print whose packets those of the interface were, with what is "
	    "of no program",
	    OPTION_AT(struct options, asked.closure) },
	{ OPTION_FLAG, 0, "total", NULL, "add all rows up",
	    OPTION_AT(struct options, asked.total) },
	{ OPTION_FLAG, 0, "graph", NULL,
	    "draw traffic over time in the terminal",
	    OPTION_AT(struct options, asked.graph) },
	{ OPTION_NUMBER, 0, "top", "number",
	    "print only this number of the largest rows, of each period",
	    OPTION_AT(struct options, asked.top), .least = 1,
	    .most = UINT32_MAX },
	{ OPTION_TEXT, 0, "sort", NULL,
	    "order by this column, or by a key of --by", "bytes",
	    OPTION_AT(struct options, asked.sort), OPTION_CHOICES(columns) },
	{ OPTION_TEXT, 0, "percentile", "number",
	    "print that percentile, such as 95, of 5-minute rates too",
	    OPTION_AT(struct options, asked.percentile) },
	{ OPTION_FLAG, 0, "estimate", NULL,
	    "print what a running period, such as --since=\"this month\", "
	    "will have at its end at this pace",
	    OPTION_AT(struct options, asked.estimate) },
	{ OPTION_FLAG, 0, "in", NULL,
	    "count only traffic into the local networks",
	    OPTION_AT(struct options, asked.in) },
	{ OPTION_FLAG, 0, "out", NULL,
	    "count only traffic out of the local networks",
	    OPTION_AT(struct options, asked.out) },
	{ OPTION_TEXT, 0, "local", "net,...", "local networks",
	    "those of the interface", OPTION_AT(struct options, asked.local) },
	{ OPTION_CHOICE, 0, "units", NULL, "units of the numbers",
	    "terminal: si; else bytes", OPTION_AT(struct options, asked.units),
	    OPTION_CHOICES(units) },
	{ OPTION_FLAG, 0, "bytes", NULL, "same as --units=bytes",
	    OPTION_AT(struct options, asked.bytes) },
	{ OPTION_FLAG, 0, "files", NULL,
	    "read only the save file, not the history",
	    OPTION_AT(struct options, only_files) },
	{ OPTION_FLAG, 0, "history", NULL,
	    "read only the history (see trafdb(8))",
	    OPTION_AT(struct options, only_history) },
	{ OPTION_FLAG, 0, "saved", NULL,
	    "count only what is saved, not what the daemon has since then",
	    OPTION_AT(struct options, only_saved) },
	{ OPTION_FLAG, 'v', "verbose", NULL,
	    "print which of the two answered",
	    OPTION_AT(struct options, verbose) },
};

static const struct option_rule rules[] = {
	{ OPTION_EXCLUDES, "--coverage", "-l -r -w --check", NULL },
	{ OPTION_EXCLUDES, "-w", "-l -r", NULL },
	{ OPTION_EXCLUDES, "-o --format", NULL, NULL },
	{ OPTION_EXCLUDES, "--files --history", NULL, NULL },
	{ OPTION_EXCLUDES, "--total --by", NULL, NULL },
	{ OPTION_EXCLUDES, "--by --total --percentile --graph",
	    "-l -r -w -o --check --coverage", NULL },
	{ OPTION_EXCLUDES, "-S", "--by --total --percentile --graph",
	    "use --sort" },
	{ OPTION_EXCLUDES, "--bytes --units", NULL, NULL },
	{ OPTION_EXCLUDES, "--closure", "--where --in --out --local --apart "
	    "--percentile --estimate --graph --history -b -e -F", NULL },
	{ OPTION_EXCLUDES, "--graph --format", NULL,
	    "for a picture: --by hour --format=svg" },
	{ OPTION_EXCLUDES, "--estimate", "-b -e --graph", NULL },
	{ OPTION_EXCLUDES, "--packets", "-a -b -d -e -l -o -r -s -S -w "
	    "--by --check --coverage --graph --in --layout --out "
	    "--percentile --total", NULL },
	{ OPTION_NEEDS, "--write", "--packets", NULL },
};

static const char *const	forms[] = {
	"[-AadflNnrsV] [-b begin] [-e end] [-F file] [-i iface|file] "
	    "[-o template | --format=format] [-S order] [-w file] "
	    "[--blank-ports] [--coverage] [--geo=file] [--layout=layout] "
	    "[--no-cache] [--resolve-time=seconds] [--since=time] "
	    "[--state-dir=dir] [--tz=zone] [--until=time] "
	    "[--where=expression] [from addr [mask mask]] "
	    "[to addr [mask mask]] [port port] [proto proto] ...",
	"--by=key,... | --total | --graph [--top=number] [--sort=column] "
	    "[--percentile=number] [--estimate] [--in] [--out] "
	    "[--local=network,...] [--apart] [--closure] [--units=units | --bytes] "
	    "[--format=format] "
	    "[--files | --history] [--saved] [--run-dir=dir] "
	    "[other options]",
	"--packets=dir|file [-n] [--format=format] [--since=time] "
	    "[--until=time] [--where=expression] [--write=file] [pattern]",
	"--check [iface|file ...]",
	NULL
};

/* What people type for these. */
static const struct option_hint hints[] = {
	{ "today", "--since today" },
	{ "yesterday", "--since yesterday --until yesterday" },
	{ "month", "--by month" },
	{ "day", "--by day" },
	{ "host", "--where \"host NAME\"" },
	{ "vlan", "--by vlan, or --where \"vlan ID\"" },
	{ "program", "--by program, or --where \"program NAME\"" },
	{ "user", "--by user, or --where \"user NAME\"" },
	{ "unit", "--by unit, or --where \"unit NAME\"" },
	{ "mac", "--by mac" },
	{ "device", "--by local" },
	{ "output", "> file" },
	{ "pcap", "--packets DIR --write FILE" },
	{ "live", "trafstat --top" },
	{ "watch", "trafstat --top" },
};

static const struct option_table table = {
	.program = "traflog",
	.brief = "[-i iface|file] [options] [pattern]",
	.forms = forms,
	.rows = rows, .nrows = sizeof(rows) / sizeof(rows[0]),
	.hints = hints, .nhints = sizeof(hints) / sizeof(hints[0]),
	.rules = rules, .nrules = sizeof(rules) / sizeof(rules[0]),
	.closing = "Defaults are in brackets.  See traflog(1).",
	.equals = true,
	.operands = -1,
};

static void
set_when(struct when *w, const char *option, const char *arg)
{
	if (arg != NULL && when_parse(arg, time(NULL), w) == -1)
		options_refuse("%s %s: #N or a time [[[[yy]mm]dd]HH]MM[.ss] is "
		    "needed", option, arg);
}

/* The format of rows; questions have other formats, see answer.h. */
static void
set_format(struct options *opt)
{
	opt->format = opt->template == NULL ? &fmt_text : &fmt_template;
	if (opt->format_name == NULL || opt->answer != NULL)
		return;
	if ((opt->format = fmt_find(opt->format_name)) == NULL)
		options_refuse_choice("--format", opt->format_name);
}

/* A bad template file is no usage error: exit status 1. */
static void
set_template(struct options *opt)
{
	static struct template	 template;
	const char		*path = getenv("FORMATPATH");
	char			 err[512];

	if (opt->template_name == NULL)
		return;
	if (path == NULL || path[0] == '\0')
		path = FORMATS;
	if (template_load(&template, path, opt->template_name, err,
	    sizeof(err)) == -1) {
		log_errorx("%s%s", err, access(path, F_OK) == 0 ? "" :
		    "; copy " FORMATS ".sample to it, or set FORMATPATH to "
		    "another file");
		exit(TRAFD_EXIT_ERROR);
	}
	opt->template = &template;
}

/* Into the environment, where the keys of --by read it. */
static void
set_geo(const struct options *opt)
{
	if (opt->geo == NULL || setenv(GEO_ENV, opt->geo, 1) == 0)
		return;
	log_error("--geo");
	exit(TRAFD_EXIT_ERROR);
}

/* Refuse combinations that depend on the value of --format. */
static void
check_format(const struct options *opt, const struct options_found *found)
{
	char	name[OPTIONS_NAME];

	if (opt->packets != NULL)
		return;
	if (opt->answer != NULL && options_which(found,
	    "-l -r -w -S --check --coverage", name) != NULL)
		options_refuse("--format %s and %s exclude each other",
		    opt->format_name, name);
	if ((opt->list || opt->brief) && opt->format != &fmt_text)
		options_refuse("%s prints text only",
		    options_which(found, "-l -r", name));
	if (opt->only_history && opt->answer == NULL)
		options_refuse("--history needs --by, --total, --percentile "
		    "or --graph");
}

/* The accounts or files to read: the operands of --check, else -i. */
static void
set_names(struct options *opt, int argc, char **argv)
{
	opt->names = (const char *const *)argv;
	opt->nnames = argc;
	if (argc > 0)
		return;
	if (opt->iface == NULL || opt->iface[0] == '\0')
		options_refuse("no interface: give -i or set "
		    TRAFD_ENV_IFACE);
	opt->names = &opt->iface;
	opt->nnames = 1;
}

/* Operands are a pattern, unless -F names a file with one. */
static void
set_pattern(struct options *opt, int argc, char **argv)
{
	if (argc > 0 && opt->pattern_file != NULL)
		options_refuse("-F and a pattern exclude each other: %s",
		    argv[0]);
	if (argc > 0 || opt->pattern_file != NULL || opt->show_pattern)
		opt->pattern = query_pattern(opt->pattern_file,
		    (const char *const *)argv, (size_t)argc);
}

/* Is there such an account, or such a file? */
static bool
is_account(const struct options *opt, const char *name)
{
	char	path[PATH_MAX];

	return (account_path(opt->statedir, name, path, sizeof(path)) == 0 &&
	    access(path, F_OK) == 0);
}

/* Without an interface a single word was meant as one. */
static void
check_account(const struct options *opt, const char *word)
{
	char	have[512];

	if (!account_is_plain(word) || query_is_near(word))
		return;
	log_errorx("no account of %s (have: %s)", word,
	    account_list(opt->statedir, have, sizeof(have)));
	exit(TRAFD_EXIT_ERROR);
}

static void
set_operands(struct options *opt, const struct options_found *found, int argc,
    char **argv)
{
	if (opt->packets != NULL) {
		set_pattern(opt, argc, argv);
		opt->names = (const char *const *)argv;
		opt->nnames = argc;
		return;
	}
	/* `traflog eth0' means -i eth0. */
	if (!opt->check && argc > 0 && !options_is_given(found, "-i") &&
	    is_account(opt, argv[0])) {
		opt->iface = *argv++;
		argc--;
	}
	if (!opt->check && argc == 1 && opt->iface == NULL)
		check_account(opt, argv[0]);
	if (!opt->check) {
		set_pattern(opt, argc, argv);
		argc = 0;
	}
	if (!opt->show_pattern)
		set_names(opt, argc, argv);
}

/* With -w, --layout is the layout of the file written. */
static void
set_layouts(struct options *opt)
{
	if (opt->write_to == NULL)
		return;
	opt->write_layout = opt->layout;
	opt->layout = LAYOUT_AUTO;
}

/* --tz applies to -b and -e, even if it stands after them. */
static void
set_times(struct options *opt)
{
	question_zone(opt);
	set_when(&opt->range.begin, "-b", opt->begin);
	set_when(&opt->range.end, "-e", opt->end);
}

void
options_parse(struct options *opt, int argc, char **argv)
{
	struct options_found	found;

	opt->iface = getenv(TRAFD_ENV_IFACE);
	opt->statedir = TRAFD_STATEDIR;
	opt->run_dir = TRAFD_RUNDIR;
	opt->order = order_default;
	opt->resolve_time = NAMES_TIME_DEFAULT;
	opt->asked.units = -1;
	options_read(&table, opt, argc, argv, &found);
	set_geo(opt);
	set_template(opt);
	set_times(opt);
	question_options(opt, &found);
	set_format(opt);
	check_format(opt, &found);
	set_layouts(opt);
	set_operands(opt, &found, argc - found.operand,
	    argv + found.operand);
}
