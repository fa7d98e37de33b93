/*
 * The command line of trafstat(1).
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/options.h"
#include "common/naming_options.h"
#include "traffic.h"
#include "trafstat.h"

/* Seconds for an answer, and for a dump or save, which may take long. */
#define ANSWER_SECONDS	20
#define JOB_SECONDS	3600
#define SECONDS_MOST	(UINT64_C(24) * 3600)

static const char *const	formats[] = { "text", "csv", "tsv", "json",
    "sql" };

/* Commands of --ask; the other commands have options of their own. */
static const char *const	commands[] = { "version", "ledger", "dump",
    "save", "quit" };

/* Names of enum control_by, from CONTROL_BY_HOST on, and those of owned.h. */
static const char *const	views[] = { "hosts", "pairs", "services",
    "protocols", "owners", "programs", "users", "units", "containers" };

static const struct option_row rows[] = {
	{ OPTION_TEXT, 'i', NULL, "iface", "query this daemon",
	    "$" TRAFD_ENV_IFACE ", or the only one",
	    OPTION_AT(struct options, iface) },
	{ OPTION_TEXT, 'h', NULL, "host[:port]",
	    "query the trafstatd of another host", "port 150",
	    OPTION_AT(struct options, remote) },
	{ OPTION_FLAG, 'b', NULL, NULL,
	    "write the table in binary, for traflog",
	    OPTION_AT(struct options, binary) },
	OPTION_ROWS_NAMING(struct options, naming),
	{ OPTION_FLAG, 'D', .help =
	    "print the layers: where packets were lost" },
	{ OPTION_TEXT, 'I', NULL, "iface",
	    "print the counters of the interface itself too",
	    OPTION_AT(struct options, iface) },
	{ OPTION_TIMES, 's', NULL, NULL,
	    "print counters by protocol; -ss leaves zeros out",
	    OPTION_AT(struct options, protocols) },
	{ OPTION_CHOICE, 'p', NULL, NULL,
	    "print only this group of -s",
	    OPTION_AT(struct options, proto),
	    .choices = proto_groups, .nchoices = PROTO_GROUPS },
	{ OPTION_TIMES, 'Z', NULL, NULL,
	    "count from now on for this user; -ZZ ends that",
	    OPTION_AT(struct options, baselines) },
	{ OPTION_CHOICE, 0, "top", NULL,
	    "show who talks most, live; ? there lists the keys", "hosts",
	    OPTION_AT(struct options, by), .least = CONTROL_BY_HOST,
	    OPTION_CHOICES(views), .optional = true },
	{ OPTION_CHOICE, 0, "ask", NULL,
	    "run this command in the daemon and return when it is done",
	    OPTION_AT(struct options, command), OPTION_CHOICES(commands) },
	{ OPTION_NUMBER, 0, "rows", "n", "print only the n largest rows",
	    OPTION_AT(struct options, top), .least = 1, .most = INT_MAX },
	{ OPTION_TEXT, 0, "format", NULL,
	    "format of rows, as in traflog; numbers have text and json",
	    "text", OPTION_AT(struct options, format_name),
	    OPTION_CHOICES(formats) },
	{ OPTION_TEXT, 0, "run-dir", "dir",
	    "directory of the control sockets", TRAFD_RUNDIR,
	    OPTION_AT(struct options, run_dir),
	    .conf = TRAFD_CONF_RUNDIR },
	{ OPTION_NUMBER, 0, "timeout", "sec",
	    "wait at most sec seconds", "20; with --ask 3600",
	    OPTION_AT(struct options, timeout), .least = 1,
	    .most = SECONDS_MOST, .unit = "seconds" },
	OPTION_ROW_VERSION,
	OPTION_ROW_HELP,
};

/* Options that select a job; without one of them the table is printed. */
static const struct {
	const char	*option;
	job_fn		*run;
} jobs[] = {
	{ "-D", layers_run },
	{ "-I", iface_run },
	{ "-s", proto_run },
	{ "-Z", baseline_run },
	{ "--top", top_run },
	{ "--ask", ask_run },
};

static const struct option_rule rules[] = {
	{ OPTION_EXCLUDES, "-D -I -s -Z --top --ask", NULL, NULL },
	{ OPTION_EXCLUDES, "-h", "--ask --top -Z", NULL },
};

static const char *const	forms[] = {
	"[-AbfNn] [-h host[:port]] [-i iface] [--format=format] [--rows=n] "
	    "[host [port]]",
	"-D | -s [-s] [-p proto] | -I iface [-i iface] [-h host[:port]] "
	    "[--format=json] [interval [count]]",
	"--top[=hosts|pairs|services|protocols|owners|programs|users|units|"
	    "containers] [-i iface] "
	    "[--format=json [--rows=n] [interval [count]]]",
	"-Z [-Z] [-i iface]",
	"[-i iface] --ask=version|ledger|dump|save|quit",
	NULL
};

/* What people type for these. */
static const struct option_hint hints[] = {
	{ "by", "--top=hosts, or traflog --by" },
	{ "watch", "--top" },
	{ "live", "--top" },
	{ "since", "traflog --since" },
};

static const struct option_table table = {
	.program = "trafstat",
	.brief = "[-i iface] [options] [operand ...]",
	.forms = forms,
	.rows = rows, .nrows = sizeof(rows) / sizeof(rows[0]),
	.hints = hints, .nhints = sizeof(hints) / sizeof(hints[0]),
	.rules = rules, .nrules = sizeof(rules) / sizeof(rules[0]),
	.closing = "With an interval, print again every interval seconds, "
	    "count times or until interrupted.  Defaults are in brackets.  See "
	    "trafstat(1).",
	.equals = true,
	.operands = 2,
};

static const struct option_row interval = {
	OPTION_NUMBER, .arg = "interval", OPTION_AT(struct options, interval),
	.least = 1, .most = SECONDS_MOST, .unit = "seconds"
};
static const struct option_row count = {
	OPTION_NUMBER, .arg = "count", OPTION_AT(struct options, count),
	.least = 1, .most = INT_MAX
};

/* Set the job.  Returns the option that selected it, or NULL. */
static const char *
set_job(struct options *opt, const struct options_found *found)
{
	size_t	i;

	opt->job = table_run;
	for (i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++)
		if (options_is_given(found, jobs[i].option)) {
			opt->job = jobs[i].run;
			return (jobs[i].option);
		}
	return (NULL);
}

/* Set the format: rows have more formats than the other jobs. */
static void
set_format(struct options *opt, const char *job)
{
	if ((opt->format = fmt_find(opt->format_name)) == NULL)
		options_refuse_choice("--format", opt->format_name);
	opt->json = strcmp(opt->format_name, "json") == 0;
	if (job != NULL && !opt->json && opt->format != &fmt_text)
		options_refuse("--format %s: text or json is needed with %s",
		    opt->format_name, job);
}

/* Check the name: it becomes part of a path. */
static void
check_iface(struct options *opt)
{
	if (opt->iface != NULL && opt->iface[0] == '\0')
		opt->iface = NULL;
	if (opt->iface != NULL && (strchr(opt->iface, '/') != NULL ||
	    strlen(opt->iface) >= INSTANCE_LEN))
		options_refuse("%s: no such interface", opt->iface);
}

static bool
is_number(const char *text)
{
	return (text[0] != '\0' &&
	    text[strspn(text, "0123456789")] == '\0');
}

/* Wrong in one line, without the usage: it says what to type. */
static _Noreturn void
refuse_word(const struct options *opt, const char *what, const char *word)
{
	char	meant[WORD_MEANT_LEN];

	if (is_number(word) && opt->job == top_run)
		log_errorx("%s: %s; an interval needs --format=json", what,
		    word);
	else
		log_errorx("%s: %s%s", what, word, word_meant(opt, word,
		    meant));
	exit(TRAFD_EXIT_USAGE);
}

/* A resolver takes a number for an address: 5 for 0.0.0.5. */
static void
check_host(const struct options *opt)
{
	if (opt->host == NULL || !is_number(opt->host))
		return;
	log_errorx("%s is no host; for counters every %s s type "
	    "trafstat -D %s, for an interface of that name trafstat -i %s",
	    opt->host, opt->host, opt->host, opt->host);
	exit(TRAFD_EXIT_USAGE);
}

/* An interval that is no number may be a word that belongs elsewhere. */
static void
check_interval(const struct options *opt, const char *word)
{
	char	meant[WORD_MEANT_LEN];

	if (!is_number(word) && word_meant(opt, word, meant)[0] != '\0')
		refuse_word(opt, "not an interval", word);
}

/* Operands: host and port of a table; else interval and count. */
static void
set_operands(struct options *opt, int argc, char **argv)
{
	bool	table_job = opt->job == table_run;
	bool	repeats = opt->job == layers_run || opt->job == iface_run ||
		    opt->job == proto_run || (opt->job == top_run && opt->json);

	if (argc > 0 && !table_job && !repeats)
		refuse_word(opt, "unexpected argument", argv[0]);
	if (repeats && argc > 0)
		check_interval(opt, argv[0]);
	if (repeats && argc > 0)
		options_operand(&interval, opt, argv[0]);
	if (repeats && argc > 1)
		options_operand(&count, opt, argv[1]);
	opt->host = table_job && argc > 0 ? argv[0] : NULL;
	opt->port = table_job && argc > 1 ? argv[1] : NULL;
	check_host(opt);
	if (opt->remote != NULL && opt->interval != 0)
		options_refuse("-h and an interval exclude each other");
}

/* Without -i, -D, -s, -Z and --top are for all daemons, not $IFF_LISTEN. */
static void
forget_default(struct options *opt)
{
	if (!opt->named && (opt->job == layers_run || opt->job == proto_run ||
	    opt->job == baseline_run || opt->job == top_run))
		opt->iface = NULL;
}

void
options_parse(struct options *opt, int argc, char **argv)
{
	struct options_found	 found;
	const char		*job;

	opt->iface = getenv(TRAFD_ENV_IFACE);
	opt->run_dir = TRAFD_RUNDIR;
	opt->format_name = fmt_text.name;
	opt->proto = -1;
	options_read(&table, opt, argc, argv, &found);
	job = set_job(opt, &found);
	opt->named = options_is_given(&found, "-i");
	opt->no_zeros = opt->protocols > 1;
	opt->command = control_command_find(commands[opt->command]);
	set_format(opt, job);
	if (opt->timeout == 0)
		opt->timeout = opt->job == ask_run ? JOB_SECONDS :
		    ANSWER_SECONDS;
	forget_default(opt);
	check_iface(opt);
	set_operands(opt, argc - found.operand, argv + found.operand);
}
