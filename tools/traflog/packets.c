/*
 * traflog --packets: the packets behind the rows.  ipreport finds and prints
 * them; it gets the condition, the pattern and the times.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/options.h"
#include "query/where.h"
#include "traffic.h"
#include "traflog.h"

#define PROGRAM	"ipreport"
#define WORDS	24		/* of its command line */

struct command {
	const char	*word[WORDS];
	size_t		 n;
	char		*pattern;	/* allocated, or NULL */
};

static void
add(struct command *c, const char *option, const char *value)
{
	if (value == NULL)
		return;
	c->word[c->n++] = option;
	c->word[c->n++] = value;
}

/* The words of the pattern as one text, or that of the file of -F. */
static char *
pattern_text(const struct options *opt, const char *const *words, size_t n)
{
	size_t	 i, len = 1;
	char	*text;

	if (opt->pattern_file != NULL)
		return (query_text(opt->pattern_file));
	for (i = 0; i < n; i++)
		len += strlen(words[i]) + 1;
	if (n == 0 || (text = malloc(len)) == NULL)
		return (NULL);
	text[0] = '\0';
	for (i = 0; i < n; i++) {
		(void)strlcat(text, i == 0 ? "" : " ", len);
		(void)strlcat(text, words[i], len);
	}
	return (text);
}

/* Rows have counters that packets do not have. */
static void
check_where(const struct options *opt)
{
	char		 err[512];
	struct where	*w;
	bool		 counted, owned;

	if (opt->asked.where == NULL)
		return;
	if ((w = where_new(opt->asked.where, err, sizeof(err))) == NULL)
		options_refuse("--where: %s", err);
	counted = where_is_counted(w);
	owned = where_is_owned(w);
	where_free(w);
	if (owned)
		options_refuse("--packets: a packet does not say whose it is: "
		    "%s", opt->asked.where);
	if (counted)
		options_refuse("--packets: bytes, data and packets are "
		    "counters of rows, which a packet does not have: %s",
		    opt->asked.where);
}

/* The program beside this one, if this one was called with a path. */
static void
run_beside(const char *self, char *const *argv)
{
	const char	*slash = strrchr(self, '/');
	char		 path[PATH_MAX];

	if (slash != NULL && snprintf(path, sizeof(path), "%.*s/%s",
	    (int)(slash - self), self, PROGRAM) < (int)sizeof(path))
		(void)execv(path, argv);
}

int
packets_run(const struct options *opt, const char *self,
    const char *const *words, size_t n)
{
	struct command	c = { .n = 0 };

	check_where(opt);
	c.pattern = pattern_text(opt, words, n);
	c.word[c.n++] = PROGRAM;
	if (opt->naming.numeric)
		c.word[c.n++] = "-N";
	add(&c, "--format", opt->format_name);
	add(&c, "--where", opt->asked.where);
	add(&c, "--pattern", c.pattern);
	add(&c, "--since", opt->asked.since);
	add(&c, "--until", opt->asked.until);
	add(&c, "--write", opt->packets_to);
	c.word[c.n++] = "--";
	c.word[c.n++] = opt->packets;
	c.word[c.n] = NULL;
	run_beside(self, (char *const *)(uintptr_t)c.word);
	(void)execvp(PROGRAM, (char *const *)(uintptr_t)c.word);
	log_error("--packets: cannot run " PROGRAM " (it belongs to the same "
	    "package; put it beside traflog or in PATH)");
	free(c.pattern);
	return (TRAFD_EXIT_ERROR);
}
