/*
 * The command line of trafd(8).  Every option is one row of a table, from
 * which --help is printed too.
 */
#include "config.h"

#include <err.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file/account.h"
#include "base/number.h"
#include "options.h"
#include "table/table.h"
#include "traffic.h"

/* A filter file may be this long, in octets. */
#define FILTER_FILE_MAX	65536

/* File name extension of --read when neither -f nor -i is given. */
#define READ_EXT	"read"

/* Long options without a letter. */
enum {
	OPT_FOREGROUND = 256,
	OPT_READ,
	OPT_PORTS,
	OPT_LAYOUT,
	OPT_STATE_DIR,
	OPT_RUN_DIR,
	OPT_BUFFER,
	OPT_DUMP_INTERVAL,
	OPT_SAVE_INTERVAL,
	OPT_MAX_FLOWS,
	OPT_THREADS,
	OPT_USER,
	OPT_MONITOR,
	OPT_SYSLOG,
	OPT_SOURCE,
	OPT_CHECK_CONFIG,
	OPT_STATUS,
	OPT_CLEAN,
	OPT_HELP
};

static const struct row {
	int		 val;		/* the letter, or OPT_ */
	const char	*name;		/* long name or NULL */
	const char	*arg;		/* name of its argument or NULL */
	const char	*help;
} rows[] = {
	{ 'c', NULL, "count", "back up and exit after count packets" },
	{ 'd', NULL, NULL, "print the compiled filter and exit" },
	{ 'F', NULL, "file", "read the filter expression from file" },
	{ 'f', NULL, "ext", "extension of file names (default: iface)" },
	{ 'i', NULL, "iface", "interface to account (default: $IFF_LISTEN)" },
	{ 'm', NULL, "minsize",
	    "sum up rows below minsize bytes at save (default 1024)" },
	{ 'O', NULL, NULL, "do not optimize the filter" },
	{ 'p', NULL, NULL, "no promiscuous mode" },
	{ 'r', NULL, NULL, "resume from the dump file if there is one" },
	{ 'V', "version", NULL, "print the version and exit" },
	{ 'X', NULL, NULL, "same as --ports none" },
	{ OPT_PORTS, "ports", "all|service|none",
	    "ports to keep (default all)" },
	{ OPT_READ, "read", "FILE",
	    "account a capture file (- for standard input), save and exit" },
	{ OPT_LAYOUT, "layout", "trafd|old|new",
	    "layout of the save file: ours, or one of BPFT's (default trafd)" },
	{ OPT_SOURCE, "source", "auto|pcap|ebpf",
	    "where to count: ebpf in the kernel (default auto)" },
	{ OPT_STATE_DIR, "state-dir", "DIR",
	    "save files, and dump files in DIR/tmp (default "
	    TRAFD_STATEDIR ")" },
	{ OPT_RUN_DIR, "run-dir", "DIR",
	    "PID and status files (default " TRAFD_RUNDIR ")" },
	{ OPT_BUFFER, "buffer", "MiB", "capture buffer (default 16)" },
	{ OPT_DUMP_INTERVAL, "dump-interval", "SEC",
	    "dump every SEC seconds (default 0: only on SIGHUP)" },
	{ OPT_SAVE_INTERVAL, "save-interval", "SEC",
	    "save every SEC seconds (default 0: only on SIGINT)" },
	{ OPT_MAX_FLOWS, "max-flows", "N",
	    "rows of the table before detail is given up (default 4194304)" },
	{ OPT_THREADS, "threads", "N",
	    "capture with so many threads (default 1, Linux only)" },
	{ OPT_USER, "user", "NAME",
	    "run as this user (default " TRAFD_USER " if there is one)" },
	{ OPT_FOREGROUND, "foreground", NULL,
	    "do not detach; messages go to standard error" },
	{ OPT_MONITOR, "monitor", NULL,
	    "keep a parent that starts the daemon anew when it must" },
	{ OPT_SYSLOG, "syslog", NULL, "with --foreground: messages to syslog" },
	{ OPT_CHECK_CONFIG, "check-config", NULL,
	    "try these options, or trafd.conf without -i, and exit" },
	{ OPT_STATUS, "status", NULL,
	    "print the PID and counters of the daemon that runs, and exit" },
	{ OPT_CLEAN, "clean", NULL,
	    "remove the run files of a daemon that has gone, and exit" },
	{ OPT_HELP, "help", NULL, "print this and exit" },
};

#define NROWS	(sizeof(rows) / sizeof(rows[0]))

static const char usage_line[] =
    "usage: trafd [-dOprVX] [-c count] [-i iface] [-f ext] [-m minsize]\n"
    "             [--long-options] [-F file | expr]\n";

static void
print_help(void)
{
	char	left[64];
	size_t	i;

	(void)fputs(usage_line, stdout);
	for (i = 0; i < NROWS; i++) {
		const struct row	*r = &rows[i];
		int			 n = 0;

		if (r->val < OPT_FOREGROUND)
			n = snprintf(left, sizeof(left), "-%c%s", r->val,
			    r->name != NULL ? ", " : "");
		if (r->name != NULL)
			n += snprintf(left + n, sizeof(left) - (size_t)n,
			    "--%s", r->name);
		if (r->arg != NULL)
			(void)snprintf(left + n, sizeof(left) - (size_t)n,
			    " %s", r->arg);
		(void)printf("  %-26s %s\n", left, r->help);
	}
	(void)printf("Signals: HUP dump, INT save and clear, "
	    "TERM and QUIT dump and exit.  See trafd(8).\n");
}

static _Noreturn void
end_with_usage(void)
{
	(void)fputs(usage_line, stderr);
	(void)fputs("       trafd --help lists the options\n", stderr);
	exit(TRAFD_EXIT_USAGE);
}

__attribute__((noreturn, format(printf, 1, 2)))
static void
usage(const char *fmt, ...)
{
	va_list	ap;

	va_start(ap, fmt);
	vwarnx(fmt, ap);
	va_end(ap);
	end_with_usage();
}

static uint64_t
number(const char *what, const char *text, uint64_t least, uint64_t most)
{
	return (number_option(what, text, least, most, end_with_usage));
}

static char *
read_filter(const char *name)
{
	FILE	*f;
	char	*text;
	size_t	 n;

	if ((f = fopen(name, "re")) == NULL)
		err(TRAFD_EXIT_ERROR, "filter file %s", name);
	if ((text = calloc(1, FILTER_FILE_MAX + 1)) == NULL)
		err(TRAFD_EXIT_ERROR, "filter file %s", name);
	n = fread(text, 1, FILTER_FILE_MAX + 1, f);
	if (ferror(f))
		err(TRAFD_EXIT_ERROR, "filter file %s", name);
	if (n > FILTER_FILE_MAX || strlen(text) != n)
		errx(TRAFD_EXIT_ERROR, "filter file %s: more than %d octets, "
		    "or not text", name, FILTER_FILE_MAX);
	(void)fclose(f);
	return (text);
}

/* The words of the expression with one blank between them. */
static char *
join(char **words)
{
	size_t	 len = 1;
	char	*text, **w;

	for (w = words; *w != NULL; w++)
		len += strlen(*w) + 1;
	if ((text = calloc(1, len)) == NULL)
		err(TRAFD_EXIT_ERROR, "filter expression");
	for (w = words; *w != NULL; w++) {
		(void)strlcat(text, *w, len);
		if (w[1] != NULL)
			(void)strlcat(text, " ", len);
	}
	return (text);
}

/* An extension becomes part of file names in directories of root. */
static void
check_ext(const char *ext)
{
	const char	*word;
	size_t		 len = strlen(ext);

	if (len == 0 || len > TRAFD_EXT_MAX)
		usage("extension \"%s\": must be 1 to %d characters long", ext,
		    TRAFD_EXT_MAX);
	if (!account_is_plain(ext))
		usage("extension \"%s\": only letters, digits and _-.:@ can "
		    "be part of a file name; use -f", ext);
	if (ext[0] == '.' || ext[0] == '-')
		usage("extension \"%s\": must begin with a letter or digit",
		    ext);
	if ((word = account_reserved(ext)) != NULL)
		usage("extension \"%s\": \".%s\" is for trafd's own files; "
		    "use -f", ext, word);
}

static void
set_letter(struct options *o, int c, const char *arg, const char **filter_file)
{
	switch (c) {
	case 'c':
		o->count = number("-c", arg, 1, UINT64_MAX);
		break;
	case 'd':
		o->print_filter = true;
		break;
	case 'F':
		*filter_file = arg;
		break;
	case 'f':
		o->ext = arg;
		break;
	case 'i':
		o->ifname = arg;
		break;
	case 'm':
		o->minsize = number("-m", arg, 0, UINT64_MAX);
		break;
	case 'O':
		o->optimize = false;
		break;
	case 'p':
		o->promisc = false;
		break;
	case 'r':
		o->resume = true;
		break;
	case 'V':
		(void)printf("trafd %s\n", PACKAGE_VERSION);
		exit(TRAFD_EXIT_OK);
	case 'X':
		o->ports = FLOW_PORTS_NONE;
		break;
	default:
		usage("wrong option");
	}
}

static enum flow_ports
ports_mode(const char *arg)
{
	int	mode = flow_ports_parse(arg);

	if (mode == -1)
		usage("--ports: \"%s\" is not all, service or none", arg);
	return ((enum flow_ports)mode);
}

static enum layout
layout_of(const char *arg)
{
	int	layout = layout_find(arg);

	if (layout == -1 || layout == LAYOUT_AUTO)
		usage("--layout: \"%s\" is not trafd, old or new", arg);
	return ((enum layout)layout);
}

static enum meter_source
source_named(const char *arg)
{
	int	i;

	for (i = 0; i < METER_SOURCES; i++)
		if (strcmp(arg, meter_sources[i]) == 0)
			return ((enum meter_source)i);
	usage("--source: \"%s\" is not auto, pcap or ebpf", arg);
}

static void
set_long(struct options *o, int c, const char *arg)
{
	switch (c) {
	case OPT_FOREGROUND:
		o->foreground = true;
		break;
	case OPT_READ:
		o->read_file = arg;
		break;
	case OPT_PORTS:
		o->ports = ports_mode(arg);
		break;
	case OPT_LAYOUT:
		o->layout = layout_of(arg);
		break;
	case OPT_STATE_DIR:
		o->state_dir = arg;
		break;
	case OPT_RUN_DIR:
		o->run_dir = arg;
		break;
	case OPT_BUFFER:
		o->buffer_mib = (unsigned int)number("--buffer", arg, 0, 2047);
		break;
	case OPT_THREADS:
		o->threads = (unsigned int)number("--threads", arg, 1, 64);
		break;
	case OPT_DUMP_INTERVAL:
		o->dump_interval = (unsigned int)number("--dump-interval",
		    arg, 0, UINT32_MAX / 2);
		break;
	case OPT_SAVE_INTERVAL:
		o->save_interval = (unsigned int)number("--save-interval",
		    arg, 0, UINT32_MAX / 2);
		break;
	case OPT_MAX_FLOWS:
		o->max_flows = (size_t)number("--max-flows", arg,
		    TABLE_ROWS_LEAST, TABLE_ROWS_MOST);
		break;
	case OPT_USER:
		o->user = arg;
		break;
	case OPT_MONITOR:
		o->monitor = true;
		break;
	case OPT_SOURCE:
		o->source = source_named(arg);
		break;
	case OPT_SYSLOG:
		o->to_syslog = true;
		break;
	case OPT_CHECK_CONFIG:
		o->check_config = true;
		break;
	case OPT_STATUS:
		o->status = true;
		break;
	case OPT_CLEAN:
		o->clean = true;
		break;
	case OPT_HELP:
		print_help();
		exit(TRAFD_EXIT_OK);
	}
}

/* What getopt_long(3) wants, from the table. */
static void
build_getopt(char *letters, struct option *longs)
{
	size_t	i;

	*letters++ = '+';	/* the expression may hold words like -1 */
	*letters++ = ':';
	for (i = 0; i < NROWS; i++) {
		if (rows[i].val < OPT_FOREGROUND) {
			*letters++ = (char)rows[i].val;
			if (rows[i].arg != NULL)
				*letters++ = ':';
		}
		if (rows[i].name != NULL) {
			longs->name = rows[i].name;
			longs->has_arg = rows[i].arg != NULL;
			longs->val = rows[i].val;
			longs++;
		}
	}
	*letters = '\0';
}

static void
check(struct options *o)
{
	if (o->ifname == NULL && o->read_file == NULL)
		o->ifname = getenv(TRAFD_ENV_IFACE);
	if (o->ifname == NULL && o->check_config)
		return;
	if ((o->ifname == NULL || o->ifname[0] == '\0') &&
	    o->read_file == NULL &&
	    !((o->status || o->clean) && o->ext != NULL))
		usage("no interface: give one with -i or in $%s",
		    TRAFD_ENV_IFACE);
	if (o->threads > 1 && (o->read_file != NULL || o->count > 0))
		usage("--threads is for interfaces and without -c: each "
		    "thread sees a part of the packets only");
	if (o->ext == NULL)
		o->ext = o->ifname != NULL ? o->ifname : READ_EXT;
	check_ext(o->ext);
}

void
options_parse(struct options *o, int argc, char **argv)
{
	char		 letters[2 * NROWS + 3];
	struct option	 longs[NROWS + 1] = { { 0 } };
	const char	*filter_file = NULL;
	int		 c;

	*o = (struct options){
		.state_dir = TRAFD_STATEDIR, .run_dir = TRAFD_RUNDIR,
		.minsize = TRAFD_MINSIZE, .max_flows = 1 << 22,
		.buffer_mib = 16, .threads = 1,
		.optimize = true, .promisc = true,
	};
	build_getopt(letters, longs);
	opterr = 0;
	while ((c = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		if (c == ':')
			usage("%s needs an argument", argv[optind - 1]);
		else if (c == '?')
			usage("unknown option %s", argv[optind - 1]);
		else if (c < OPT_FOREGROUND)
			set_letter(o, c, optarg, &filter_file);
		else
			set_long(o, c, optarg);
	}
	if (filter_file != NULL && argv[optind] != NULL)
		usage("-F %s and an expression exclude each other",
		    filter_file);
	check(o);
	o->filter = filter_file != NULL ? read_filter(filter_file) :
	    join(argv + optind);
}
