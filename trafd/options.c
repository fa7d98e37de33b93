/*
 * The command line of trafd(8).
 */
#include "config.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <net/if.h>
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/options.h"
#include "file/account.h"
#include "packet/nets.h"
#include "packet/owner.h"
#include "table/table.h"
#include "options.h"
#include "traffic.h"

/* Longest filter file, in bytes. */
#define FILTER_FILE_MAX	65536

/* File name extension of --read when neither -f nor -i is given. */
#define READ_EXT	"read"

/* -X takes no argument, so the table cannot treat it as a choice. */
static const char *
drop_ports(void *into, const char *arg)
{
	struct options	*o = into;

	(void)arg;
	o->ports = FLOW_PORTS_NONE;
	return (NULL);
}

static const struct option_row rows[] = {
	{ OPTION_NUMBER, 'c', NULL, "count",
	    "dump and exit after count frames",
	    OPTION_AT(struct options, count), .least = 1, .unit = "frames" },
	{ OPTION_FLAG, 'd', NULL, NULL, "print the compiled filter and exit",
	    OPTION_AT(struct options, print_filter) },
	{ OPTION_TEXT, 'F', NULL, "file",
	    "read the filter expression from file",
	    OPTION_AT(struct options, filter_file) },
	{ OPTION_TEXT, 'f', NULL, "ext",
	    "name the files of this account trafd.ext", "iface",
	    OPTION_AT(struct options, ext) },
	{ OPTION_TEXT, 'i', NULL, "iface",
	    "count the traffic of this interface", "$" TRAFD_ENV_IFACE,
	    OPTION_AT(struct options, ifname) },
	{ OPTION_NUMBER, 'm', NULL, "minsize",
	    "when saving, add up rows below minsize IP bytes, which lose "
	    "detail; 0 keeps all rows", "1024",
	    OPTION_AT(struct options, minsize), .unit = "bytes" },
	{ OPTION_OFF, 'O', NULL, NULL, "do not optimize the filter",
	    OPTION_AT(struct options, optimize) },
	{ OPTION_OFF, 'p', NULL, NULL, "do not use promiscuous mode",
	    OPTION_AT(struct options, promisc) },
	{ OPTION_FLAG, 'r', NULL, NULL,
	    "resume from the dump file, if there is one",
	    OPTION_AT(struct options, resume) },
	OPTION_ROW_VERSION,
	{ OPTION_CALL, 'X', NULL, NULL, "same as --ports none",
	    .call = drop_ports },
	{ OPTION_CHOICE, 0, "ports", NULL, "which ports to keep", "all",
	    OPTION_AT(struct options, ports),
	    OPTION_CHOICES(flow_ports_names) },
	{ OPTION_FLAG, 0, "once", NULL,
	    "with -i any: count a packet on one of the devices that it passes",
	    OPTION_AT(struct options, once) },
	{ OPTION_TEXT, 0, "read", "FILE",
	    "count a capture file (- is standard input), save one block and "
	    "exit", OPTION_AT(struct options, read_file) },
	{ OPTION_TEXT, 0, "import", "DIR",
	    "take over the accounts that BPFT left in DIR, and exit",
	    OPTION_AT(struct options, import_dir) },
	{ OPTION_FLAG, 0, "dry-run", NULL,
	    "with --import: say what would be done",
	    OPTION_AT(struct options, dry_run) },
	{ OPTION_TEXT, 0, "local", "net,...",
	    "networks by which reports tell In from Out",
	    "those of the interface", OPTION_AT(struct options, local_list) },
	{ OPTION_CHOICE, 0, "layout", NULL,
	    "format of the save file; old and new: those of BPFT 3 and 4",
	    "trafd", OPTION_AT(struct options, layout),
	    .least = LAYOUT_TRAFD, .choices = &layout_names[LAYOUT_TRAFD],
	    .nchoices = LAYOUTS - LAYOUT_TRAFD },
	{ OPTION_CHOICE, 0, "source", NULL,
	    "where packets are counted" METER_CHOICES_HELP, "auto",
	    OPTION_AT(struct options, source),
	    .choices = meter_sources, .nchoices = METER_CHOICES },
	{ OPTION_TEXT, 0, "state-dir", "DIR",
	    "save files; dump files are in DIR/tmp", TRAFD_STATEDIR,
	    OPTION_AT(struct options, state_dir),
	    .conf = TRAFD_CONF_STATEDIR },
	{ OPTION_TEXT, 0, "run-dir", "DIR",
	    "PID file, status file and control socket", TRAFD_RUNDIR,
	    OPTION_AT(struct options, run_dir),
	    .conf = TRAFD_CONF_RUNDIR },
	{ OPTION_NUMBER, 0, "buffer", "MiB", "size of the capture buffer",
	    "16", OPTION_AT(struct options, buffer_mib), .most = 2047,
	    .unit = "MiB" },
	{ OPTION_NUMBER, 0, "dump-interval", "SEC",
	    "dump every SEC seconds; 0: when requested", "0",
	    OPTION_AT(struct options, dump_interval),
	    .most = UINT32_MAX / 2, .unit = "seconds" },
	{ OPTION_NUMBER, 0, "save-interval", "SEC",
	    "save every SEC seconds; 0: when requested", "0",
	    OPTION_AT(struct options, save_interval),
	    .most = UINT32_MAX / 2, .unit = "seconds" },
	{ OPTION_NUMBER, 0, "max-flows", "N",
	    "rows the table can hold; detail is lost from 3/4 full",
	    "4194304", OPTION_AT(struct options, max_flows),
	    .least = TABLE_ROWS_LEAST, .most = TABLE_ROWS_MOST,
	    .unit = "rows" },
	{ OPTION_NUMBER, 0, "threads", "N",
	    "capture with N threads; Linux only", "1",
	    OPTION_AT(struct options, threads), .least = 1, .most = 64 },
	{ OPTION_TEXT, 0, "user", "NAME", "run as this user",
	    TRAFD_USER, OPTION_AT(struct options, user) },
	{ OPTION_FLAG, 0, "foreground", NULL,
	    "do not detach; print messages to standard error",
	    OPTION_AT(struct options, foreground) },
	{ OPTION_FLAG, 0, "monitor", NULL,
	    "keep a parent process that restarts the daemon if its interface "
	    "returns or it was killed", OPTION_AT(struct options, monitor) },
	{ OPTION_FLAG, 0, "syslog", NULL,
	    "with --foreground: send messages to syslog",
	    OPTION_AT(struct options, to_syslog) },
	{ OPTION_FLAG, 0, "wait", NULL,
	    "if the interface is missing or down, wait until it comes",
	    OPTION_AT(struct options, wait) },
	{ OPTION_OFF, 0, "no-wait", NULL,
	    "if the interface is missing or down, refuse to start: the "
	    "default, but not of trafstart", OPTION_AT(struct options, wait) },
	{ OPTION_FLAG, 0, "check-config", NULL,
	    "check these options, or without -i trafd.conf, and exit",
	    OPTION_AT(struct options, check_config) },
	{ OPTION_FLAG, 0, "status", NULL,
	    "print PID and counters of the running daemon and exit",
	    OPTION_AT(struct options, status) },
	{ OPTION_FLAG, 0, "clean", NULL,
	    "remove the run files of a daemon that has ended, and exit",
	    OPTION_AT(struct options, clean) },
	OPTION_ROW_HELP,
};

static const char *const	forms[] = {
	"[-dOprVX] [-c count] [-i iface] [-f ext] [-m minsize] "
	    "[--long-options] [-F file | expr]",
	NULL
};

/* What people type for these. */
static const struct option_hint hints[] = {
	{ "interface", "-i" },
	{ "iface", "-i" },
};

static const struct option_table table = {
	.program = "trafd",
	.brief = "[-i iface] [options] [-F file | expr]",
	.forms = forms,
	.rows = rows, .nrows = sizeof(rows) / sizeof(rows[0]),
	.hints = hints, .nhints = sizeof(hints) / sizeof(hints[0]),
	.closing = "Defaults are in brackets.  Signals: HUP dumps, INT saves, "
	    "TERM and QUIT dump and exit.  See trafd(8).",
	.in_order = true,	/* the expression may hold words like -1 */
	.operands = -1,
};

static char *
read_filter(const char *name)
{
	FILE	*f;
	char	*text;
	size_t	 n;

	if ((f = fopen(name, "re")) == NULL)
		err(TRAFD_EXIT_ERROR, "cannot read the filter file: %s", name);
	if ((text = calloc(1, FILTER_FILE_MAX + 1)) == NULL)
		err(TRAFD_EXIT_ERROR, "cannot read the filter file: %s", name);
	n = fread(text, 1, FILTER_FILE_MAX + 1, f);
	if (ferror(f))
		err(TRAFD_EXIT_ERROR, "cannot read the filter file: %s", name);
	if (n > FILTER_FILE_MAX || strlen(text) != n)
		errx(TRAFD_EXIT_ERROR, "invalid filter file: %s: more than "
		    "%d bytes, or not text", name, FILTER_FILE_MAX);
	(void)fclose(f);
	return (text);
}

static struct nets *
parse_local(const char *list)
{
	struct nets	*nets = nets_new();
	const char	*bad = list;
	int		 rc;

	rc = nets == NULL ? -1 : nets_add(nets, list, &bad);
	if (nets == NULL || (rc == -1 && errno == ENOMEM))
		err(TRAFD_EXIT_ERROR, "--local");
	if (rc == -1 || nets_count(nets) == 0)
		options_refuse("--local %s: networks are needed, such as "
		    "192.0.2.0/24,2001:db8::/32", bad);
	return (nets);
}

/* ext becomes part of file names in directories that root writes to. */
static void
check_ext(const char *ext)
{
	const char	*word;
	size_t		 len = strlen(ext);

	if (len == 0 || len > TRAFD_EXT_MAX)
		options_refuse("invalid name of an account: \"%s\": must have "
		    "1 to %d characters; give another with -f", ext,
		    TRAFD_EXT_MAX);
	if (!account_is_plain(ext))
		options_refuse("invalid name of an account: \"%s\": only "
		    "letters, digits and _-.:@ are allowed; give another "
		    "with -f", ext);
	if (ext[0] == '.' || ext[0] == '-')
		options_refuse("invalid name of an account: \"%s\": must not "
		    "begin with . or -; give another with -f", ext);
	if ((word = account_reserved(ext)) != NULL)
		options_refuse("invalid name of an account: \"%s\": \".%s\" "
		    "is reserved for files of trafd; give another with -f",
		    ext, word);
}

/* `trafd eth0' is no interface but an expression: say what to type. */
static _Noreturn void
refuse_no_interface(const char *operand)
{
	if (operand != NULL && if_nametoindex(operand) != 0)
		options_refuse("no interface: did you mean -i %s?", operand);
	options_refuse("no interface: give one with -i or in $%s",
	    TRAFD_ENV_IFACE);
}

bool
options_owners(const struct options *o)
{
	return (o->ifname != NULL && strcmp(o->ifname, OWNER_ACCOUNT) == 0);
}

/*
 * What is for interfaces or needs frames.  Only the port of a service is kept:
 * a client's would make a row of each connection.
 */
static void
check_owners(struct options *o, const char *operand)
{
	if (!options_owners(o) || o->read_file != NULL ||
	    o->import_dir != NULL)
		return;
	if (o->source != METER_AUTO || o->threads > 1)
		options_refuse("-i " OWNER_ACCOUNT " counts in the kernel: "
		    "--source and --threads are for interfaces");
	if (o->count > 0 || operand != NULL || o->filter_file != NULL ||
	    o->print_filter)
		options_refuse("-i " OWNER_ACCOUNT " counts all packets of "
		    "sockets: -c and filters are for interfaces");
	if (o->local_list != NULL)
		options_refuse("-i " OWNER_ACCOUNT " knows which side is "
		    "local: --local is for interfaces");
	if (o->layout == LAYOUT_OLD || o->layout == LAYOUT_NEW)
		options_refuse("-i " OWNER_ACCOUNT " cannot write --layout "
		    "%s: formats of BPFT have no owners",
		    layout_names[o->layout]);
	if (o->ports == FLOW_PORTS_ALL)
		o->ports = FLOW_PORTS_SERVICE;
	/* What tells in from out, here and in every block. */
	o->local_list = OWNER_NETWORKS;
}

static void
check(struct options *o, const char *operand)
{
	if (o->dry_run && o->import_dir == NULL)
		options_refuse("--dry-run is for --import");
	if (o->ifname == NULL && o->read_file == NULL && o->import_dir == NULL)
		o->ifname = getenv(TRAFD_ENV_IFACE);
	if (o->ifname == NULL && o->check_config)
		return;
	if ((o->ifname == NULL || o->ifname[0] == '\0') &&
	    o->read_file == NULL && o->import_dir == NULL &&
	    !((o->status || o->clean) && o->ext != NULL))
		refuse_no_interface(operand);
	if (o->threads > 1 && (o->read_file != NULL || o->count > 0))
		options_refuse("--threads cannot be used with -c or --read");
	if (o->import_dir != NULL && o->ext == NULL && o->ifname == NULL)
		return;
	if (o->once && (o->ifname == NULL || o->read_file != NULL ||
	    strcmp(o->ifname, "any") != 0))
		options_refuse("--once needs -i any");
	if (o->once && o->threads > 1)
		options_refuse("--once cannot be used with --threads");
	check_owners(o, operand);
	if (o->local_list != NULL)
		o->local = parse_local(o->local_list);
	if (o->ext == NULL)
		o->ext = o->ifname != NULL ? o->ifname : READ_EXT;
	check_ext(o->ext);
}

void
options_parse(struct options *o, int argc, char **argv)
{
	struct options_found	found;

	*o = (struct options){
		.state_dir = TRAFD_STATEDIR, .run_dir = TRAFD_RUNDIR,
		.minsize = TRAFD_MINSIZE, .max_flows = 1 << 22,
		.buffer_mib = 16, .threads = 1,
		.optimize = true, .promisc = true,
	};
	options_read(&table, o, argc, argv, &found);
	argv += found.operand;
	if (o->filter_file != NULL && argv[0] != NULL)
		options_refuse("-F %s and an expression exclude each other: "
		    "give one", o->filter_file);
	check(o, argv[0]);
	o->filter = o->filter_file != NULL ? read_filter(o->filter_file) :
	    options_join(argv);
}
