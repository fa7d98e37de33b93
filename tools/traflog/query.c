/*
 * The pattern of traflog(1), from its operands or a file.  An error ends the
 * program here: with 127 if the pattern is wrong, since it is part of the
 * command line, or with 1 if the file cannot be read.
 */
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/options.h"
#include "packet/nets.h"
#include "query/pattern.h"
#include "query/period.h"
#include "traffic.h"
#include "traflog.h"

/* The text of a pattern must be shorter, in octets. */
#define TEXT_MAX	((size_t)1 << 20)

static _Noreturn void
die(const char *path)
{
	log_error("%s", path);
	exit(TRAFD_EXIT_ERROR);
}

/*
 * Read up to the end of the file or TEXT_MAX octets.  Returns their number,
 * or -1 with errno.
 */
static ssize_t
read_all(int fd, char *text)
{
	size_t	used = 0;
	ssize_t	n;

	while (used < TEXT_MAX) {
		n = read(fd, text + used, TEXT_MAX - used);
		if (n == 0)
			break;
		if (n > 0)
			used += (size_t)n;
		else if (errno != EINTR)
			return (-1);
	}
	return ((ssize_t)used);
}

/* The text of a file; the caller frees it. */
static char *
read_text(const char *path)
{
	char	*text = malloc(TEXT_MAX + 1);
	ssize_t	 n;
	int	 fd;

	if (text == NULL || (fd = open(path, O_RDONLY)) == -1 ||
	    (n = read_all(fd, text)) == -1)
		die(path);
	close(fd);
	text[n] = '\0';
	if ((size_t)n == TEXT_MAX || memchr(text, '\0', (size_t)n) != NULL) {
		log_errorx("%s: %s", path, (size_t)n == TEXT_MAX ?
		    "too long" : "not text");
		exit(TRAFD_EXIT_ERROR);
	}
	return (text);
}

/* A file name without a slash is looked up in PATTERNPATH. */
static const char *
pattern_path(const char *file, char *path, size_t len)
{
	const char	*dir = getenv("PATTERNPATH");
	int		 n;

	if (dir == NULL || *dir == '\0' || strchr(file, '/') != NULL)
		return (file);
	n = snprintf(path, len, "%s/%s", dir, file);
	return (n < 0 || (size_t)n >= len ? file : path);
}

char *
query_text(const char *file)
{
	char	path[PATH_MAX];

	return (read_text(pattern_path(file, path, sizeof(path))));
}

static struct pattern *
load_file(const char *file, char *err, size_t errlen)
{
	char		*text = query_text(file);
	struct pattern	*p;

	p = pattern_of_text(text, err, errlen);
	free(text);
	return (p);
}

/* What the words may have been meant for: an option, or NULL. */
static const char *
meant_option(const char *text, const char *first)
{
	static const char *const	conditions[] = {
		"host", "net", "src", "dst", "not", "and", "tcp", "udp", "icmp",
		"vlan",
	};
	struct calendar_period		p;
	struct nets			*nets = nets_new();
	const char			*bad, *option = NULL;
	size_t				 i;

	for (i = 0; i < sizeof(conditions) / sizeof(conditions[0]); i++)
		if (strcmp(first, conditions[i]) == 0)
			option = "--where '";
	if (option == NULL && nets != NULL && nets_add(nets, text, &bad) == 0)
		option = strchr(text, '/') != NULL ? "--where 'net " :
		    "--where 'host ";
	if (option == NULL && period_parse(text, time(NULL), &p) == 0)
		option = "--since '";
	nets_free(nets);
	return (option);
}

/* Words that are no pattern may belong to an option, or be an account's. */
bool
query_is_near(const char *word)
{
	return (meant_option(word, word) != NULL);
}

_Noreturn static void
refuse_words(const char *const *words, size_t n, const char *err)
{
	char		 text[200] = "";
	const char	*option;
	size_t		 i;

	for (i = 0; i < n; i++) {
		(void)strlcat(text, i == 0 ? "" : " ", sizeof(text));
		(void)strlcat(text, words[i], sizeof(text));
	}
	if ((option = meant_option(text, words[0])) != NULL)
		options_refuse("%s; did you mean %s%s'?", err, option, text);
	options_refuse("%s", err);
}

struct pattern *
query_pattern(const char *file, const char *const *words, size_t n)
{
	char		 err[256];
	struct pattern	*p;

	p = file != NULL ? load_file(file, err, sizeof(err)) :
	    pattern_new(words, n, err, sizeof(err));
	if (p == NULL && file != NULL)
		options_refuse("%s: %s", file, err);
	if (p == NULL)
		refuse_words(words, n, err);
	return (p);
}
