/*
 * The command line of ipreport(1).
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/options.h"
#include "query/pattern.h"
#include "query/period.h"
#include "ipreport.h"
#include "traffic.h"

static const char *const	formats[] = { [REPORT_TEXT] = "text",
    [REPORT_JSON] = "json", [REPORT_CSV] = "csv",
    [REPORT_PCAPNG] = "pcapng", [REPORT_PCAP] = "pcap",
    [REPORT_IPTRACE] = "iptrace" };
static const char *const	tables[] = { [TABLE_NONE] = "none",
    [TABLE_TCP] = "tcp", [TABLE_UDP] = "udp", [TABLE_ICMP] = "icmp",
    [TABLE_DNS] = "dns", [TABLE_NFS] = "nfs" };

static const char *const	entids[] = { [ENTIDS_ALL] = "4,5",
    [ENTIDS_PACKETS] = "4", [ENTIDS_DATA] = "5" };
static const char *const	states[] = { [STATE_ANY] = "any",
    [STATE_START] = "start", [STATE_DATA] = "data", [STATE_END] = "end" };
static const char *const	directions[] = { [DIRECTION_BOTH] = "both",
    [DIRECTION_SENT] = "sent", [DIRECTION_RECEIVED] = "received" };

/* Hexadecimal, as it is printed. */
static const char *
set_cid(void *into, const char *text)
{
	struct options	*opt = into;
	char		*end;

	errno = 0;
	opt->cid = strtoull(text, &end, 16);
	if (errno != 0 || end == text || *end != '\0' ||
	    !isxdigit((unsigned char)text[0]))
		return ("no connection id; hexadecimal digits are needed, as "
		    "in the line Cid");
	opt->has_cid = true;
	opt->cid_text = text;
	return (NULL);
}

static const struct option_row rows[] = {
	{ OPTION_FLAG, 'C', NULL, NULL, "verify checksums",
	    OPTION_AT(struct options, verify) },
	{ OPTION_FLAG, 'e', NULL, NULL, "dump characters of EBCDIC",
	    OPTION_AT(struct options, ebcdic) },
	{ OPTION_FLAG, 'f', "follow", NULL,
	    "wait for packets that are added to the file",
	    OPTION_AT(struct options, follow) },
	{ OPTION_FLAG, 'n', NULL, NULL, "print the number of each packet",
	    OPTION_AT(struct options, number) },
	{ OPTION_FLAG, 'r', NULL, NULL, "decode RPC and NFS",
	    OPTION_AT(struct options, rpc) },
	{ OPTION_FLAG, 's', NULL, NULL,
	    "begin each line with the protocol's name",
	    OPTION_AT(struct options, tags) },
	{ OPTION_FLAG, 'v', NULL, NULL,
	    "print more: dates, options of TCP, what a packet counts as",
	    OPTION_AT(struct options, verbose) },
	{ OPTION_FLAG, 'x', NULL, NULL,
	    "dump all of each packet, not only its data",
	    OPTION_AT(struct options, hex) },
	{ OPTION_FLAG, 'N', NULL, NULL,
	    "print numbers, not names of hosts and services",
	    OPTION_AT(struct options, no_names) },
	{ OPTION_NUMBER, 'c', NULL, "count", "end after so many packets",
	    NULL, OPTION_AT(struct options, count), .least = 1 },
	{ OPTION_NUMBER, 'j', NULL, "number",
	    "begin with the packet of this number", NULL,
	    OPTION_AT(struct options, first), .least = 1 },
	{ OPTION_NUMBER, 'X', NULL, "bytes",
	    "dump at most so many bytes of a packet; 0: none", "all",
	    OPTION_AT(struct options, dump) },
	{ OPTION_TEXT, 'F', NULL, "expression",
	    "print packets that match this expression of pcap-filter(7)",
	    OPTION_AT(struct options, filter) },
	{ OPTION_TEXT, 0, "where", "expression",
	    "print packets that match a condition, as traflog",
	    OPTION_AT(struct options, where_text) },
	{ OPTION_TEXT, 0, "pattern", "words",
	    "print packets that match a pattern, as traflog: "
	    "\"from 10.1.2.3 port 443\"",
	    OPTION_AT(struct options, pattern_text) },
	{ OPTION_TEXT, 0, "since", "when",
	    "print packets from this time on: 10:00, 2026-11-21, yesterday",
	    OPTION_AT(struct options, since_text) },
	{ OPTION_TEXT, 0, "until", "when",
	    "print packets up to this time; a day or month is included",
	    OPTION_AT(struct options, until_text) },
	{ OPTION_CHOICE, 0, "entidlist", NULL,
	    "print packets (4), records of the data trace (5) or both", "4,5",
	    OPTION_AT(struct options, entids), OPTION_CHOICES(entids) },
	{ OPTION_TEXT, 0, "job", "pattern",
	    "print data records of programs whose name matches: 'ngin*'",
	    NULL, OPTION_AT(struct options, job) },
	{ .kind = OPTION_CALL, .name = "cid", .arg = "id",
	    .help = "print data records of the socket with this id",
	    .call = set_cid },
	{ OPTION_CHOICE, 0, "state", NULL,
	    "print data records of this kind only", "any",
	    OPTION_AT(struct options, state), OPTION_CHOICES(states) },
	{ OPTION_CHOICE, 0, "direction", NULL,
	    "print packets and data of this direction", "both",
	    OPTION_AT(struct options, direction), OPTION_CHOICES(directions) },
	{ OPTION_FLAG, 0, "summary", NULL,
	    "print one line per packet or data record, then counts", NULL,
	    OPTION_AT(struct options, summary) },
	{ OPTION_FLAG, 0, "sessions", NULL,
	    "print one line per socket of the data trace", NULL,
	    OPTION_AT(struct options, sessions) },
	{ OPTION_TEXT, 0, "payload", "file",
	    "write what the socket of --cid sent or received (--direction)",
	    NULL, OPTION_AT(struct options, payload) },
	{ OPTION_TEXT, 0, "write", "file",
	    "write the packets to a new trace instead of printing them",
	    OPTION_AT(struct options, write_to) },
	{ OPTION_CHOICE, 0, "format", NULL,
	    "how packets are printed, or written (pcapng)",
	    "text", OPTION_AT(struct options, format),
	    OPTION_CHOICES(formats) },
	{ OPTION_FLAG, 0, "index", NULL,
	    "make the index of each file, for fast searches by --where",
	    OPTION_AT(struct options, index) },
	{ OPTION_CHOICE, 0, "table", NULL,
	    "one line per packet, or per call of dns and nfs with its reply",
	    "none", OPTION_AT(struct options, table),
	    OPTION_CHOICES(tables) },
	{ OPTION_NUMBER, 0, "resolve-time", "seconds",
	    "wait at most this long for host names", "3",
	    OPTION_AT(struct options, resolve_time),
	    .most = NAMES_TIME_MAX, .unit = "seconds" },
	{ OPTION_FLAG, '1', NULL, NULL,
	    "accepted for AIX's sake: formats are recognized",
	    OPTION_AT(struct options, old) },
	{ OPTION_FLAG, 'S', NULL, NULL, "likewise",
	    OPTION_AT(struct options, sniffer) },
	{ OPTION_FLAG, 'T', NULL, NULL, "likewise",
	    OPTION_AT(struct options, tcpdump) },
	OPTION_ROW_VERSION,
	OPTION_ROW_HELP,
};

static const char *const	forms[] = {
	"[-CefNnrSsTVvx1] [-c count] [-F expression] [-j number] [-X bytes] "
	    "[--cid=id] [--direction=direction] [--entidlist=list] "
	    "[--format=format] [--job=pattern] [--pattern=words] "
	    "[--resolve-time=seconds] [--since=when] [--state=state] "
	    "[--summary | --sessions | --table=table | --write=file] "
	    "[--until=when] [--where=expression] file|dir ...",
	"--payload=file --cid=id --direction=sent|received file|dir ...",
	"--index file ...",
	NULL
};

static const struct option_rule rules[] = {
	{ OPTION_EXCLUDES, "--summary --sessions --table --write --payload "
	    "--index", NULL, NULL },
	{ OPTION_NEEDS, "--payload", "--cid", NULL },
	{ OPTION_NEEDS, "--payload", "--direction", NULL },
	{ OPTION_EXCLUDES, "--sessions --payload", "-f", NULL },
};

static const struct option_hint hints[] = {
	{ "entid", "--entidlist" },
	{ "jobname", "--job" },
	{ "host", "--where \"host NAME\"" },
	{ "port", "--where \"port NUMBER\"" },
	{ "json", "--format json" },
	{ "filter", "-F" },
	{ "output", "--write FILE" },
};

static const struct option_table table = {
	.program = "ipreport",
	.brief = "[options] file ...",
	.forms = forms,
	.rows = rows, .nrows = sizeof(rows) / sizeof(rows[0]),
	.rules = rules, .nrules = sizeof(rules) / sizeof(rules[0]),
	.hints = hints, .nhints = sizeof(hints) / sizeof(hints[0]),
	.closing = "Defaults are in brackets.  A file may be of iptrace, pcap "
	    "or pcapng; - is standard input; of a directory its traces are "
	    "read.  See ipreport(1).",
	.equals = true,
	.operands = -1,
};

static void
set_period(const char *option, const char *text,
    struct calendar_period *period)
{
	if (period_parse(text, time(NULL), period) == -1)
		options_refuse("%s %s: no such time; 10:00, 2026-11-21, "
		    "yesterday, -2h or the like is needed", option, text);
}

static void
set_times(struct options *opt)
{
	struct calendar_period	p;

	if (opt->since_text != NULL) {
		set_period("--since", opt->since_text, &p);
		opt->since_ns = p.begin_ns;
	}
	if (opt->until_text != NULL) {
		set_period("--until", opt->until_text, &p);
		opt->until_ns = p.end_ns;
	}
}

/* Printing and writing have formats of their own. */
static void
check_format(struct options *opt)
{
	bool	trace = opt->format >= REPORT_PCAPNG;

	if (opt->write_to != NULL && opt->format == REPORT_TEXT)
		opt->format = REPORT_PCAPNG;
	else if (opt->write_to != NULL && !trace)
		options_refuse("--write writes pcapng, pcap or iptrace");
	else if (opt->write_to == NULL && trace)
		options_refuse("--format %s needs --write",
		    formats[opt->format]);
	if (opt->write_to != NULL && opt->follow)
		options_refuse("-f prints packets, --write does not");
	if (opt->index && (opt->follow || opt->where_text != NULL ||
	    opt->pattern_text != NULL || opt->filter != NULL))
		options_refuse("--index makes indexes of whole files, and "
		    "prints and writes no packets");
}

static void
set_pattern(struct options *opt)
{
	char	err[512], *text = strdup(opt->pattern_text);

	if (text == NULL || (opt->pattern = pattern_of_text(text, err,
	    sizeof(err))) == NULL)
		options_refuse("--pattern: %s", text == NULL ?
		    "out of memory" : err);
	free(text);
}

void
options_parse(struct options *opt, int argc, char **argv)
{
	struct options_found	found;
	char			err[512];

	opt->dump = UINT32_MAX;
	opt->resolve_time = NAMES_TIME_DEFAULT;
	options_read(&table, opt, argc, argv, &found);
	opt->files = (const char *const *)argv + found.operand;
	opt->nfiles = argc - found.operand;
	if (opt->nfiles == 0)
		options_refuse("no file: name a trace, or - for standard "
		    "input");
	if (opt->follow && opt->nfiles > 1)
		options_refuse("-f follows one file");
	check_format(opt);
	if (opt->format == REPORT_CSV && opt->table == TABLE_NONE &&
	    !opt->summary && !opt->sessions)
		options_refuse("--format csv needs --table, --summary or "
		    "--sessions");
	if (opt->payload != NULL && opt->direction == DIRECTION_BOTH)
		options_refuse("--payload needs --direction sent or received");
	set_times(opt);
	if (opt->pattern_text != NULL)
		set_pattern(opt);
	if (opt->where_text != NULL && (opt->where =
	    where_new(opt->where_text, err, sizeof(err))) == NULL) {
		log_errorx("--where: %s", err);
		exit(TRAFD_EXIT_USAGE);
	}
	if (opt->where != NULL && where_is_of_interfaces(opt->where)) {
		log_errorx("--where: only an account of owners has "
		    "interfaces: %s; use traflog", opt->where_text);
		exit(TRAFD_EXIT_USAGE);
	}
}

void
options_end(struct options *opt)
{
	where_free(opt->where);
	pattern_free(opt->pattern);
}
