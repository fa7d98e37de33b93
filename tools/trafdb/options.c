/*
 * The command line of trafdb(8).  Options may come anywhere, and each command
 * accepts only some.
 */
#include <unistd.h>

#include "base/options.h"
#include "limit_kinds.h"
#include "trafdb.h"
#include "traffic.h"

#define WAIT_SECONDS	60
#define WAIT_MOST	86400

static const struct option_row rows[] = {
	{ OPTION_TEXT, 'f', "file", "file",
	    "update: read this file, not the save file of iface",
	    OPTION_AT(struct options, from), .commands = "update" },
	{ OPTION_FLAG, 'v', "verbose", NULL,
	    "print what is done, as on a terminal",
	    OPTION_AT(struct options, verbose),
	    .commands = "prune rebuild update verify" },
	{ OPTION_FLAG, 0, "force", NULL,
	    "rebuild: even if blocks are in no file any more",
	    OPTION_AT(struct options, force), .commands = "rebuild" },
	{ OPTION_TEXT, 0, "keep", "ages",
	    "prune: what to keep, such as hours=35d,days=2y,months=10y",
	    OPTION_AT(struct options, keep), .commands = "prune" },
	{ OPTION_AMOUNT, 0, "size", "BYTES",
	    "prune: delete until the history is not larger than BYTES, such "
	    "as 500M or 20Gi",
	    OPTION_AT(struct options, size), .least = 1,
	    .commands = "prune" },
	{ OPTION_TEXT, 0, "files", "AGE",
	    "prune: delete the named files that are older and whose blocks "
	    "are all in the history", OPTION_AT(struct options, files),
	    .commands = "prune" },
	{ OPTION_TEXT, 0, "host", "host,...",
	    "limit: only traffic of this host: its name or its addresses",
	    OPTION_AT(struct options, host),
	    .commands = "limit" },
	{ OPTION_TEXT, 0, "net", "net,...",
	    "limit: only traffic of these networks",
	    OPTION_AT(struct options, net),
	    .commands = "limit" },
	{ OPTION_TEXT, 0, "local", "net,...",
	    "limit: networks by which --direction tells in from out",
	    "those of the interface", OPTION_AT(struct options, local),
	    .commands = "limit" },
	{ OPTION_TEXT, 0, "user", "user",
	    "limit: only traffic of this user, in an account of owners",
	    OPTION_AT(struct options, user), .commands = "limit" },
	{ OPTION_TEXT, 0, "unit", "unit",
	    "limit: likewise of this unit, such as nginx.service, and of "
	    "those in it", OPTION_AT(struct options, unit),
	    .commands = "limit" },
	{ OPTION_TEXT, 0, "program", "program",
	    "limit: likewise of this program",
	    OPTION_AT(struct options, program), .commands = "limit" },
	{ OPTION_TEXT, 0, "container", "container",
	    "limit: likewise of this container",
	    OPTION_AT(struct options, container), .commands = "limit" },
	{ OPTION_CHOICE, 0, "direction", NULL,
	    "limit: traffic that counts", "both",
	    OPTION_AT(struct options, direction),
	    .choices = limit_directions, .nchoices = LIMIT_DIRECTIONS,
	    .commands = "limit" },
	{ OPTION_CHOICE, 0, "period", NULL,
	    "limit: period of the budget", "month",
	    OPTION_AT(struct options, period),
	    .choices = limit_periods, .nchoices = LIMIT_PERIODS,
	    .commands = "limit" },
	{ OPTION_NUMBER, 0, "day", "N",
	    "limit: first day of the month or week", "1",
	    OPTION_AT(struct options, day), .least = 1, .most = 31,
	    .commands = "limit" },
	{ OPTION_TEXT, 0, "at", "PERCENT,...",
	    "limit: thresholds", "80,100",
	    OPTION_AT(struct options, at), .commands = "limit" },
	{ OPTION_FLAG, 0, "delete", NULL, "limit: delete this budget",
	    OPTION_AT(struct options, delete), .commands = "limit" },
	{ OPTION_FLAG, 0, "all", NULL,
	    "check: print all budgets",
	    OPTION_AT(struct options, all), .commands = "check" },
	{ OPTION_FLAG, 0, "estimate", NULL,
	    "check: print what each budget will have used at the end",
	    OPTION_AT(struct options, estimate), .commands = "check" },
	{ OPTION_TEXT, 0, "exec", "program",
	    "check: run this program for each threshold passed",
	    OPTION_AT(struct options, exec), .commands = "check" },
	{ OPTION_TEXT, 0, "state-dir", "dir",
	    "directory of the accounts", TRAFD_STATEDIR,
	    OPTION_AT(struct options, statedir),
	    .conf = TRAFD_CONF_STATEDIR },
	{ OPTION_TEXT, 0, "run-dir", "dir",
	    "check, limit: directory of the control sockets", TRAFD_RUNDIR,
	    OPTION_AT(struct options, run_dir), .commands = "check limit",
	    .conf = TRAFD_CONF_RUNDIR },
	{ OPTION_NUMBER, 0, "wait", "seconds",
	    "wait at most this long for another trafdb", "60",
	    OPTION_AT(struct options, wait), .most = WAIT_MOST,
	    .unit = "seconds" },
	OPTION_ROW_VERSION,
	OPTION_ROW_HELP,
};

static const struct option_rule rules[] = {
	{ OPTION_EXCLUDES, "--host --net --local", NULL, NULL },
	{ OPTION_EXCLUDES, "--host --net --local",
	    "--user --unit --program --container", NULL },
	{ OPTION_EXCLUDES, "--files", "--keep --size", NULL },
};

enum {
	CHECK,
	DUMP,
	LIMIT,
	PRUNE,
	REBUILD,
	STAT,
	UPDATE,
	VERIFY,
	COMMANDS
};

static command_fn *const	functions[COMMANDS] = {
	[CHECK] = check_run, [DUMP] = dump_run, [LIMIT] = limit_run,
	[PRUNE] = prune_run, [REBUILD] = rebuild_run, [STAT] = stat_run,
	[UPDATE] = update_run, [VERIFY] = verify_run
};

static const struct option_command commands[COMMANDS] = {
	[CHECK] = { "check", "print which budgets have passed a threshold",
	    { "check [--all] [--estimate] [--exec=program] "
	    "[--run-dir=dir]" }, 0, 0 },
	[DUMP] = { "dump", "print all of it as text",
	    { "dump [iface ...]" }, 0, -1 },
	[LIMIT] = { "limit", "set a budget; without operands: list budgets",
	    { "limit [NAME iface BYTES [--host=host,... | --net=net,... | "
	    "--local=net,...] [--user=user] [--unit=unit] "
	    "[--program=program] [--container=container] "
	    "[--direction=in|out] [--period=day|week|month] [--day=N] "
	    "[--at=PERCENT,...] [--run-dir=dir]]",
	    "limit --delete NAME" }, 0, 3 },
	[PRUNE] = { "prune", "delete old hours, days or months, or old files",
	    { "prune [-v] [--keep=ages] [--size=BYTES] [iface ...]",
	    "prune [-v] --files=AGE iface file ..." }, 0, -1 },
	[REBUILD] = { "rebuild", "build it again from the files",
	    { "rebuild [-v] [--force] [iface [file ...]]" }, 0, -1 },
	[STAT] = { "stat", "print what it contains",
	    { "stat [iface ...]" }, 0, -1 },
	[UPDATE] = { "update",
	    "add the new blocks of save files to the history",
	    { "update [-v] [-f file] [iface ...]" }, 0, -1 },
	[VERIFY] = { "verify",
	    "compare the history with itself and with the files",
	    { "verify [-v] [iface ...]" }, 0, -1 },
};

static const struct option_table table = {
	.program = "trafdb",
	.brief = "command [options] [operand ...]",
	.rows = rows, .nrows = sizeof(rows) / sizeof(rows[0]),
	.rules = rules, .nrules = sizeof(rules) / sizeof(rules[0]),
	.commands = commands, .ncommands = COMMANDS,
	.closing = "Defaults are in brackets.  See trafdb(8).",
	.equals = true,
};

command_fn *
options_parse(struct options *opt, int argc, char **argv)
{
	struct options_found	found;

	opt->statedir = TRAFD_STATEDIR;
	opt->run_dir = TRAFD_RUNDIR;
	opt->wait = WAIT_SECONDS;
	opt->direction = LIMIT_BOTH;
	opt->period = LIMIT_MONTH;
	/* A person wants to know what was done; cron mails what is printed. */
	opt->verbose = isatty(STDERR_FILENO) == 1;
	options_read(&table, opt, argc, argv, &found);
	opt->names = (const char *const *)argv + found.operand;
	opt->nnames = argc - found.operand;
	return (functions[found.command]);
}
