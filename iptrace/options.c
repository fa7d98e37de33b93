/*
 * The command line of iptrace(8): all of AIX's, and long options.
 */
#include "config.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "base/amount.h"
#include "base/options.h"
#include "options.h"
#include "rotate.h"
#include "traffic.h"

/* ---- lists ---- */

static int
add_word(struct words *w, const char *word, size_t len)
{
	char	**more = reallocarray(w->word, w->n + 1, sizeof(*more));

	if (more == NULL)
		return (-1);
	w->word = more;
	if ((w->word[w->n] = strndup(word, len)) == NULL)
		return (-1);
	w->n++;
	return (0);
}

static const char *
add_words(struct words *w, const char *list)
{
	size_t	len;

	for (;; list += len + 1) {
		len = strcspn(list, ",");
		if (len == 0)
			return ("a list such as a,b is needed");
		if (add_word(w, list, len) == -1)
			return ("out of memory");
		if (list[len] == '\0')
			return (NULL);
	}
}

static const char *
add_protocols(void *into, const char *arg)
{
	return (add_words(&((struct options *)into)->protocols, arg));
}

static const char *
add_interfaces(void *into, const char *arg)
{
	return (add_words(&((struct options *)into)->interfaces, arg));
}

static const char *
add_ports(void *into, const char *arg)
{
	return (add_words(&((struct options *)into)->ports, arg));
}

static const char *
add_sources(void *into, const char *arg)
{
	return (add_words(&((struct options *)into)->sources, arg));
}

static const char *
add_destinations(void *into, const char *arg)
{
	return (add_words(&((struct options *)into)->destinations, arg));
}

/* ---- the data trace ---- */

static const char *
begin_data(void *into, const char *arg)
{
	return (data_begin_group(&((struct options *)into)->data, arg));
}

static const char *
add_job(void *into, const char *arg)
{
	return (data_add_job(&((struct options *)into)->data, arg));
}

static const char *
add_ip(void *into, const char *arg)
{
	return (data_add_ip(&((struct options *)into)->data, arg));
}

static const char *
add_port(void *into, const char *arg)
{
	return (data_add_port(&((struct options *)into)->data, arg));
}

static const char *
add_cid(void *into, const char *arg)
{
	return (data_add_cid(&((struct options *)into)->data, arg));
}

/* ---- other arguments ---- */

static const char *
set_tcpdump(void *into, const char *arg)
{
	(void)arg;
	((struct options *)into)->format = RECORD_PCAP;
	return (NULL);
}

static const char *
set_span(uint32_t *seconds, const char *arg)
{
	return (rotate_parse_span(arg, seconds) == 0 ? NULL :
	    "a time such as 30s, 5m, 1h or 1d is needed");
}

static const char *
set_every(void *into, const char *arg)
{
	return (set_span(&((struct options *)into)->rotate_every, arg));
}

static const char *
set_duration(void *into, const char *arg)
{
	return (set_span(&((struct options *)into)->duration, arg));
}

static const char *
set_free(void *into, const char *arg)
{
	struct options	*o = into;
	char		*end;
	unsigned long	 percent = strtoul(arg, &end, 10);

	o->free_bytes = 0;
	o->free_percent = 0;
	if (arg[0] >= '0' && arg[0] <= '9' && strcmp(end, "%") == 0 &&
	    percent >= 1 && percent <= 99) {
		o->free_percent = (unsigned int)percent;
		return (NULL);
	}
	return (amount_parse(arg, &o->free_bytes) == 0 && o->free_bytes > 0 ?
	    NULL : "a size such as 5G, or 1% to 99%, is needed");
}

static const char *const	formats[] = {
	[RECORD_PCAPNG] = "pcapng",
	[RECORD_PCAP] = "pcap",
	[RECORD_IPTRACE] = "iptrace",
};

static const char *const	compressions[] = {
	[COMPRESS_NONE] = "none",
	[COMPRESS_ZSTD] = "zstd",
};

/* ---- the table ---- */

static const struct option_row rows[] = {
	{ OPTION_FLAG, 'a', "no-arp", NULL, "leave ARP packets out",
	    OPTION_AT(struct options, no_arp) },
	{ OPTION_FLAG, 'B', "bpf", NULL,
	    "for AIX: capture by BPF, as always here",
	    OPTION_AT(struct options, bpf) },
	{ OPTION_FLAG, 'b', "both", NULL,
	    "with -s and -d: both directions",
	    OPTION_AT(struct options, both) },
	{ OPTION_NUMBER, 'c', "count", "N", "end after N packets",
	    OPTION_AT(struct options, count), .least = 1, .unit = "packets" },
	{ OPTION_CALL, 'd', "destination", "host,...",
	    "record packets to these hosts", .call = add_destinations },
	{ OPTION_FLAG, 'e', "promiscuous", NULL,
	    "use promiscuous mode", OPTION_AT(struct options, promisc) },
	{ OPTION_CALL, 'i', "interface", "if,...",
	    "record on these interfaces", "all", .call = add_interfaces },
	{ OPTION_AMOUNT, 'L', "log-size", "size",
	    "rename LogFile to LogFile.old at the start and at this size",
	    OPTION_AT(struct options, log_size), .least = 1 },
	{ OPTION_CALL, 'P', "protocols", "proto,...",
	    "record packets of these protocols, names or numbers",
	    .call = add_protocols },
	{ OPTION_CALL, 'p', "ports", "port,...",
	    "record packets of these ports, names or numbers",
	    .call = add_ports },
	{ OPTION_NUMBER, 'S', "snaplen", "octets",
	    "record so many octets of each frame; 0: all", "0",
	    OPTION_AT(struct options, snaplen), .most = 262144,
	    .unit = "octets" },
	{ OPTION_CALL, 's', "source", "host,...",
	    "record packets from these hosts", .call = add_sources },
	{ OPTION_CALL, 'T', "tcpdump", NULL, "same as --format pcap",
	    .call = set_tcpdump },
	{ OPTION_FLAG, 'u', "unload", NULL,
	    "for AIX: unload the kernel extension, and exit",
	    OPTION_AT(struct options, unload) },
	OPTION_ROW_VERSION,
	{ OPTION_CALL, 0, "data", "LEVEL",
	    "record what sockets exchange; of the payload nothing, "
	    "ABBREV=n octets, or FULL", .call = begin_data,
	    .optional = true },
	{ OPTION_CALL, 0, "job", "NAME",
	    "with --data: of this program; NAME*: of those that begin so",
	    .call = add_job },
	{ OPTION_CALL, 0, "ip", "ADDR[/LEN]",
	    "with --data: of sockets with this address on either side",
	    .call = add_ip },
	{ OPTION_CALL, 0, "portnum", "N",
	    "with --data: of sockets with this port on either side",
	    .call = add_port },
	{ OPTION_CALL, 0, "cid", "ID",
	    "with --data: of the socket with this Cid, hexadecimal",
	    .call = add_cid },
	{ OPTION_CHOICE, 0, "format", NULL, "format of the trace", "pcapng",
	    OPTION_AT(struct options, format), OPTION_CHOICES(formats) },
	{ OPTION_AMOUNT, 0, "rotate-size", "SIZE",
	    "begin another file at this size",
	    OPTION_AT(struct options, rotate_size), .least = 1 },
	{ OPTION_CALL, 0, "rotate-every", "TIME",
	    "begin another file every 30s, 5m, 1h or 1d of local time",
	    .call = set_every },
	{ OPTION_NUMBER, 0, "keep", "N",
	    "keep the N newest finished files", "all",
	    OPTION_AT(struct options, keep), .least = 1, .most = 1000000,
	    .unit = "files" },
	{ OPTION_CALL, 0, "free", "SIZE",
	    "remove the oldest finished files to keep SIZE or N% of the disk "
	    "free", .call = set_free },
	{ OPTION_CHOICE, 0, "compress", NULL, "compress finished files",
	    "none", OPTION_AT(struct options, compress),
	    OPTION_CHOICES(compressions) },
	{ OPTION_CALL, 0, "duration", "TIME", "end after 30s, 5m, 1h or 1d",
	    .call = set_duration },
	{ OPTION_NUMBER, 0, "buffer-size", "MiB",
	    "size of the capture buffer", "32",
	    OPTION_AT(struct options, buffer_mib), .least = 1, .most = 2047,
	    .unit = "MiB" },
	{ OPTION_OFF, 0, "no-index", NULL,
	    "make no index of the trace, LogFile.idx",
	    OPTION_AT(struct options, index) },
	{ OPTION_TEXT, 0, "user", "NAME", "run as this user", TRAFD_USER,
	    OPTION_AT(struct options, user) },
	{ OPTION_TEXT, 0, "run-dir", "DIR", "directory of the PID file",
	    TRAFD_RUNDIR, OPTION_AT(struct options, run_dir),
	    .conf = TRAFD_CONF_RUNDIR },
	{ OPTION_FLAG, 0, "foreground", NULL,
	    "do not detach; print messages to standard error",
	    OPTION_AT(struct options, foreground) },
	{ OPTION_FLAG, 0, "syslog", NULL,
	    "with --foreground: send messages to syslog",
	    OPTION_AT(struct options, to_syslog) },
	{ OPTION_FLAG, 0, "check-config", NULL,
	    "check whether recording could start, and exit",
	    OPTION_AT(struct options, check_config) },
	{ OPTION_FLAG, 0, "stop", NULL,
	    "end the iptrace that writes LogFile, or every one",
	    OPTION_AT(struct options, stop) },
	OPTION_ROW_HELP,
};

static const char *const	forms[] = {
	"[-aBbeT] [-c N] [-d host] [-i if] [-L size] [-P proto] [-p port] "
	    "[-S octets] [-s host] [--long-options] LogFile [expression]",
	"--stop [LogFile]",
	"-u",
	NULL
};

static const struct option_rule rules[] = {
	{ OPTION_EXCLUDES, "-L", "--rotate-size --rotate-every --keep --free "
	    "--compress", "-L keeps one old file" },
	{ OPTION_EXCLUDES, "-T --format", NULL, NULL },
	{ OPTION_NEEDS, "-b", "-s -d", NULL },
	{ OPTION_NEEDS, "--job --ip --portnum --cid", "--data", NULL },
	{ OPTION_NEEDS, "--keep --compress", "--rotate-size --rotate-every",
	    "only these finish files" },
	{ OPTION_NEEDS, "--free", "--rotate-size --rotate-every",
	    "only finished files are removed" },
};

/* What people type for these. */
static const struct option_hint hints[] = {
	{ "interfaces", "-i" },
	{ "port", "-p" },
	{ "protocol", "-P" },
	{ "iface", "-i" },
};

static const struct option_table table = {
	.program = "iptrace",
	.brief = "[options] LogFile [expression]",
	.forms = forms,
	.rows = rows, .nrows = sizeof(rows) / sizeof(rows[0]),
	.rules = rules, .nrules = sizeof(rules) / sizeof(rules[0]),
	.hints = hints, .nhints = sizeof(hints) / sizeof(hints[0]),
	.closing = "Defaults are in brackets.  Signals: TERM and INT end, HUP "
	    "begins another file, USR1 writes all that has come in.  See "
	    "iptrace(8).",
	.in_order = true,	/* the expression may hold words like -1 */
	.operands = -1,
};

static void
check_data(const struct options *o, char **operands)
{
	if (o->data.n == 0 || o->stop || o->unload)
		return;
	if (data_is_level(operands[0]))
		options_refuse("the level of --data must be part of the word: "
		    "--data=%s", operands[0]);
	if (o->format != RECORD_PCAPNG)
		options_refuse("only --format pcapng can have --data");
	if (!options_packets(o) && (o->no_arp || o->promisc ||
	    o->snaplen > 0 || o->protocols.n > 0 || o->ports.n > 0 ||
	    o->sources.n > 0 || o->destinations.n > 0 ||
	    operands[1] != NULL))
		options_refuse("--data alone records no packets: to record "
		    "them too, give -i");
}

static void
check(const struct options *o, char **operands)
{
	if (o->unload && operands[0] == NULL)
		return;
	if (o->stop && operands[0] != NULL && operands[1] != NULL)
		options_refuse("unexpected argument: %s", operands[1]);
	if (!o->stop && operands[0] == NULL)
		options_refuse("no LogFile: give the file to record to");
	if (operands[0] != NULL && operands[0][0] == '\0')
		options_refuse("LogFile is empty");
	if (operands[0] != NULL && strcmp(operands[0], "-") == 0)
		options_refuse("LogFile must be a file: standard output "
		    "cannot be one");
}

void
options_parse(struct options *o, int argc, char **argv)
{
	struct options_found	found;

	*o = (struct options){
		.run_dir = TRAFD_RUNDIR, .buffer_mib = 32, .index = true,
	};
	options_read(&table, o, argc, argv, &found);
	argv += found.operand;
	check(o, argv);
	check_data(o, argv);
	o->index = o->index && options_packets(o);
	o->logfile = argv[0];
	o->expression = options_join(argv[0] == NULL ? argv : argv + 1);
}
