/*
 * The command line of trafdb(8): options may stand anywhere, and each command
 * takes only some.  Whatever is wrong ends the program here, with 127.
 */
#include "config.h"

#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/number.h"
#include "common/say.h"
#include "traffic.h"
#include "trafdb.h"
#include "base/amount.h"

#define WAIT	60	/* seconds */

enum {
	OPT_HELP = 256,
	OPT_STATE_DIR,
	OPT_WAIT
};

static const char	short_options[] = "f:vV";

/* Those with a letter are of some commands only. */
static const struct option long_options[] = {
	{ "all", no_argument, NULL, 'a' },
	{ "at", required_argument, NULL, 'A' },
	{ "day", required_argument, NULL, 'd' },
	{ "delete", no_argument, NULL, 'D' },
	{ "direction", required_argument, NULL, 'i' },
	{ "exec", required_argument, NULL, 'e' },
	{ "file", required_argument, NULL, 'f' },
	{ "files", required_argument, NULL, 'o' },
	{ "force", no_argument, NULL, 'F' },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "host", required_argument, NULL, 'h' },
	{ "keep", required_argument, NULL, 'k' },
	{ "net", required_argument, NULL, 'n' },
	{ "period", required_argument, NULL, 'p' },
	{ "size", required_argument, NULL, 's' },
	{ "state-dir", required_argument, NULL, OPT_STATE_DIR },
	{ "verbose", no_argument, NULL, 'v' },
	{ "version", no_argument, NULL, 'V' },
	{ "wait", required_argument, NULL, OPT_WAIT },
	{ NULL, 0, NULL, 0 }
};

static const struct command commands[] = {
	{ "check", check_run, "ae" },
	{ "dump", dump_run, "" },
	{ "limit", limit_run, "ADdhinp" },
	{ "prune", prune_run, "kosv" },
	{ "rebuild", rebuild_run, "Fv" },
	{ "stat", stat_run, "" },
	{ "update", update_run, "fv" },
	{ "verify", verify_run, "v" },
};

#define NCOMMANDS	(sizeof(commands) / sizeof(commands[0]))

static const char	usage_text[] =
    "usage: trafdb update [-v] [-f file] [iface ...]\n"
    "       trafdb verify [-v] [iface ...]\n"
    "       trafdb rebuild [-v] [--force] [iface [file ...]]\n"
    "       trafdb prune [-v] [--keep=hours=AGE,days=AGE,months=AGE]\n"
    "           [--size=BYTES] [iface ...]\n"
    "       trafdb prune [-v] --files=AGE iface file ...\n"
    "       trafdb stat [iface ...]\n"
    "       trafdb dump [iface ...]\n"
    "       trafdb limit [NAME iface BYTES [--host=addr | --net=nets]\n"
    "           [--direction=in|out] [--period=day|week|month] [--day=N]\n"
    "           [--at=PERCENT,...]]\n"
    "       trafdb limit --delete NAME\n"
    "       trafdb check [--all] [--exec=program]\n"
    "       and with all of them [--state-dir=dir] [--wait=seconds]\n";

static const char	help_text[] =
    "\n"
    "  update           add the new blocks of save files to the history\n"
    "  verify           compare the history with itself and with the files\n"
    "  rebuild          build it again from the files\n"
    "  prune            delete old hours, days or months, or old files\n"
    "  stat             print what it contains\n"
    "  dump             print all of it as text\n"
    "  limit            set a budget; without operands: list budgets\n"
    "  check            print which budgets have passed a threshold\n"
    "\n"
    "  -f, --file=file  update: read this file, not the save file of iface\n"
    "  --force          rebuild: even if blocks are in no file any more\n"
    "  --keep=list      prune: what to keep, hours=35d,days=2y,months=10y\n"
    "  --size=BYTES     prune: delete until the history is not larger\n"
    "  --files=AGE      prune: delete the named files that are older and\n"
    "                   whose blocks are all in the history\n"
    "  --host=addr, --net=nets  limit: only traffic of these\n"
    "  --direction=dir  in, out, both: traffic that limit counts [both]\n"
    "  --period=period  day, week, month: period of limit [month]\n"
    "  --day=N          limit: first day of the month or week [1]\n"
    "  --at=PERCENT,... limit: thresholds [80,100]\n"
    "  --delete         limit: delete this budget\n"
    "  --all            check: print all budgets\n"
    "  --exec=program   check: run this program for each threshold passed\n"
    "  --state-dir=dir  directory of the accounts [" TRAFD_STATEDIR "]\n"
    "  --wait=seconds   wait at most this long for another trafdb [60]\n"
    "  -v, --verbose    print what is done\n"
    "  -V, --version    print the version\n"
    "\nDefaults are in brackets.  See trafdb(8).\n";

_Noreturn void
options_usage(void)
{
	(void)fputs(usage_text, stderr);
	exit(TRAFD_EXIT_USAGE);
}

/* Options that are a text or are there or not. */
static const struct place {
	int	c;
	bool	flag;
	size_t	offset;		/* in struct options */
} places[] = {
	{ 'a', true, offsetof(struct options, all) },
	{ 'A', false, offsetof(struct options, at) },
	{ 'D', true, offsetof(struct options, delete) },
	{ 'e', false, offsetof(struct options, exec) },
	{ 'f', false, offsetof(struct options, from) },
	{ 'F', true, offsetof(struct options, force) },
	{ 'h', false, offsetof(struct options, host) },
	{ 'i', false, offsetof(struct options, direction) },
	{ 'k', false, offsetof(struct options, keep) },
	{ 'n', false, offsetof(struct options, net) },
	{ 'o', false, offsetof(struct options, files) },
	{ 'p', false, offsetof(struct options, period) },
	{ 'v', true, offsetof(struct options, verbose) },
	{ OPT_STATE_DIR, false, offsetof(struct options, statedir) },
};

static bool
set_place(struct options *opt, int c)
{
	size_t	i;
	char	*base = (char *)opt;

	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (places[i].c != c)
			continue;
		if (places[i].flag)
			*(bool *)(void *)(base + places[i].offset) = true;
		else
			*(const char **)(void *)(base + places[i].offset) =
			    optarg;
		return (true);
	}
	return (false);
}

static void
set_option(struct options *opt, int c)
{
	if (set_place(opt, c))
		return;
	switch (c) {
	case 'd':
		opt->day = (uint32_t)number_option("--day", optarg, 0, 31,
		    options_usage);
		break;
	case 's':
		if (amount_parse(optarg, &opt->size) == -1 || opt->size == 0) {
			log_errorx("--size: %s (expected bytes, such as 500M "
			    "or 20Gi)", optarg);
			options_usage();
		}
		break;
	case 'V':
		say("trafdb " PACKAGE_VERSION, "\n");
		break;
	case OPT_HELP:
		say(usage_text, help_text);
		break;
	case OPT_WAIT:
		opt->wait = (uint32_t)number_option("--wait", optarg, 0, 86400,
		    options_usage);
		break;
	default:
		options_usage();
	}
}

static const struct command *
find_command(const char *name)
{
	size_t	i;

	for (i = 0; name != NULL && i < NCOMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return (&commands[i]);
	if (name != NULL)
		log_errorx("no such command: %s", name);
	options_usage();
}

static const char *
name_of(int c)
{
	const struct option	*o;

	for (o = long_options; o->name != NULL && o->val != c; o++)
		;
	return (o->name);
}

/* What was given must be for this command. */
static void
check_options(const struct command *command, const char *given)
{
	for (; *given != '\0'; given++)
		if (strchr(command->options, *given) == NULL) {
			log_errorx("--%s cannot be used with %s",
			    name_of(*given), command->name);
			options_usage();
		}
}

const struct command *
options_parse(struct options *opt, int argc, char **argv)
{
	const struct command	*command;
	char			 given[64] = "";
	size_t			 n = 0;
	int			 c;

	opt->statedir = TRAFD_STATEDIR;
	opt->wait = WAIT;
	while ((c = getopt_long(argc, argv, short_options, long_options,
	    NULL)) != -1) {
		set_option(opt, c);
		if (c < OPT_HELP && n + 1 < sizeof(given))
			given[n++] = (char)c;
	}
	command = find_command(argv[optind]);
	check_options(command, given);
	opt->names = (const char *const *)argv + optind + 1;
	opt->nnames = argc - optind - 1;
	return (command);
}
