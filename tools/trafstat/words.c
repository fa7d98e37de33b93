/*
 * What somebody may have meant by a word that is no operand of trafstat.
 */
#include <net/if.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "control/control.h"
#include "traffic.h"
#include "trafstat.h"

static const struct {
	const char	*word;
	const char	*meant;
} words[] = {
	{ "top", "--top" },
	{ "hosts", "--top=hosts" },
	{ "pairs", "--top=pairs" },
	{ "services", "--top=services" },
	{ "protocols", "--top=protocols" },
	{ "programs", "--top=programs" },
	{ "users", "--top=users" },
	{ "units", "--top=units" },
	{ "dump", "--ask=dump" },
	{ "ledger", "--ask=ledger" },
	{ "quit", "--ask=quit" },
	{ "save", "--ask=save" },
	{ "stop", "--ask=quit" },
	{ "version", "--version" },
	{ "help", "--help" },
	{ "drops", "-D" },
	{ "layers", "-D" },
	{ "stat", "-D" },
	{ "stats", "-D" },
	{ "status", "-D" },
};

/* An interface of this host, or a daemon's name in the run directory. */
static bool
is_iface(const struct options *opt, const char *word)
{
	char	path[PATH_MAX];

	if (word[0] == '\0' || strchr(word, '/') != NULL)
		return (false);
	if (if_nametoindex(word) != 0)
		return (true);
	return (snprintf(path, sizeof(path), "%s/" TRAFD_PREFIX "%s"
	    CONTROL_SUFFIX, opt->run_dir, word) < (int)sizeof(path) &&
	    access(path, F_OK) == 0);
}

static bool
is_group(const char *word)
{
	size_t	i;

	for (i = 0; i < PROTO_GROUPS; i++)
		if (strcasecmp(proto_groups[i], word) == 0)
			return (true);
	return (false);
}

const char *
word_meant(const struct options *opt, const char *word,
    char buf[WORD_MEANT_LEN])
{
	const char	*meant = NULL;
	char		 text[WORD_MEANT_LEN / 2];
	size_t		 i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcasecmp(words[i].word, word) == 0)
			meant = words[i].meant;
	if (opt->job == proto_run && is_group(word)) {
		(void)snprintf(text, sizeof(text), "-p %.40s", word);
		meant = text;
	}
	if (is_iface(opt, word)) {
		(void)snprintf(text, sizeof(text), "-i %.40s", word);
		meant = text;
	}
	buf[0] = '\0';
	if (meant != NULL)
		(void)snprintf(buf, WORD_MEANT_LEN, "; did you mean %s?",
		    meant);
	return (buf);
}
