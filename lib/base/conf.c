/*
 * Reads assignments from a shell script without a shell.  What only a shell
 * could evaluate is an error: a program that guessed would answer from the
 * wrong directory.
 */
#include "config.h"

#include <sys/stat.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf.h"
#include "conf_shell.h"
#include "traffic.h"

/* What a shell treats specially outside quotes, and inside double quotes. */
#define SPECIAL_BARE	"$`\\~&|;<>()*?[{"
#define SPECIAL_QUOTED	"$`\\"

/* On systems with this file, the scripts read rc.conf(5) first. */
#define RC_SUBR		"/etc/rc.subr"

static const char *const	rc_files[] = {
	"/etc/rc.conf", "/etc/rc.conf.local", "/etc/rc.conf.d/trafd",
	TRAFD_SYSCONFDIR "/rc.conf.d/trafd",
};

/* Where a value goes, and what messages name. */
struct wanted {
	const char	*name;
	char		*value;
	size_t		 len;
	const char	*file;
	unsigned int	 line;
	struct conf_shell shell;	/* before this line */
	char		*err;
};

static bool
is_name_letter(char c)
{
	return (isalnum((unsigned char)c) || c == '_');
}

static bool
is_blank_or_end(char c)
{
	return (c == ' ' || c == '\t' || c == '\n' || c == '\0');
}

static bool
is_special(char c, char quote)
{
	return (quote != '\'' && strchr(quote == '"' ? SPECIAL_QUOTED :
	    SPECIAL_BARE, c) != NULL);
}

/*
 * Copy a word of the shell without its quotes.  Returns what follows it, or
 * NULL if a shell is needed or the word is too long.
 */
static const char *
copy_word(const char *p, char *to, size_t len)
{
	char	quote = '\0';
	size_t	n = 0;

	for (; quote != '\0' || !is_blank_or_end(*p); p++) {
		if (*p == '\0' || *p == '\n')
			return (NULL);		/* an open quote */
		if (*p == quote)
			quote = '\0';
		else if (quote == '\0' && (*p == '"' || *p == '\''))
			quote = *p;
		else if (n + 1 == len || is_special(*p, quote))
			return (NULL);
		else
			to[n++] = *p;
	}
	to[n] = '\0';
	return (p);
}

/* The rest of a line after the assignment: a command would undo it. */
static bool
is_rest_empty(const char *p)
{
	p += strspn(p, " \t");
	return (*p == '\0' || *p == '\n' || *p == '#');
}

static const char *
skip_export(const char *p)
{
	if (strncmp(p, "export", 6) == 0 && (p[6] == ' ' || p[6] == '\t'))
		p += 6 + strspn(p + 6, " \t");
	return (p);
}

/* Does the line assign to the variable in any way, as "${name:=value}" does? */
static bool
has_assignment(const char *line, const char *name)
{
	const char	*p, *after, *comment = strstr(line, " #");

	for (p = line; (p = strstr(p, name)) != NULL; p = after) {
		after = p + strlen(name);
		if (comment != NULL && p > comment)
			return (false);
		if (p > line && is_name_letter(p[-1]))
			continue;
		if (after[0] == '=' ||
		    (strchr(":+", after[0]) != NULL && after[0] != '\0' &&
		    after[1] == '='))
			return (true);
	}
	return (false);
}

/* "unset name": a value before it would be wrong. */
static bool
is_unset(const char *start, const char *name)
{
	const char	*at;

	if (strncmp(start, "unset", 5) != 0 || !is_blank_or_end(start[5]) ||
	    (at = strstr(start + 5, name)) == NULL)
		return (false);
	return (!is_name_letter(at[-1]) && !is_name_letter(at[strlen(name)]));
}

/* Another path would be another directory for each program. */
static int
check_path(const struct wanted *w)
{
	if (w->value[0] == '/' || w->value[0] == '\0')
		return (0);
	(void)snprintf(w->err, CONF_ERROR, "not an absolute path: %s: %s line "
	    "%u; begin it with /", w->name, w->file, w->line);
	return (-1);
}

/* Returns 0, or -1 with a message. */
static int
read_line(const struct wanted *w, const char *line)
{
	const char	*start = skip_export(line + strspn(line, " \t")), *rest;
	size_t		 len = strlen(w->name);
	char		 quote = w->shell.quote;

	/* A text of several lines goes on. */
	if (quote != '\0' && strchr(line, quote) == NULL)
		return (0);
	if (*start == '#' || (!has_assignment(line, w->name) &&
	    !is_unset(start, w->name)))
		return (0);
	if (conf_shell_is_plain(&w->shell) &&
	    strncmp(start, w->name, len) == 0 && start[len] == '=' &&
	    (rest = copy_word(start + len + 1, w->value, w->len)) != NULL &&
	    is_rest_empty(rest))
		return (check_path(w));
	(void)snprintf(w->err, CONF_ERROR, "only a shell can evaluate %s: "
	    "%s line %u; write %s=/a/plain/path on a line of its own",
	    w->name, w->file, w->line, w->name);
	return (-1);
}

/* A file that is not there assigns nothing. */
static enum conf_outcome
unopened(const struct wanted *w)
{
	bool	denied;

	if (errno == ENOENT || errno == ENOTDIR)
		return (CONF_NONE);
	denied = errno == EACCES;
	(void)snprintf(w->err, CONF_ERROR, "cannot read the configuration: "
	    "%s: %s%s", w->file, strerror(errno), denied ? "" : "; correct it");
	return (denied ? CONF_UNREADABLE : CONF_WRONG);
}

/* To open a FIFO would wait; /dev/null is a configuration without lines. */
static FILE *
open_file(const char *path)
{
	struct stat	 st;
	FILE		*f = NULL;
	int		 fd;

	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd == -1)
		return (NULL);
	if (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode))
		errno = S_ISCHR(st.st_mode) ? ENOENT :
		    S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
	else
		f = fdopen(fd, "r");
	if (f == NULL)
		(void)close(fd);
	return (f);
}

static enum conf_outcome
read_file(struct wanted *w, const char *path)
{
	FILE	*f;
	char	*line = NULL;
	size_t	 size = 0;
	int	 rc = 0;

	w->file = path;
	w->line = 0;
	memset(&w->shell, 0, sizeof(w->shell));
	if ((f = open_file(path)) == NULL)
		return (unopened(w));
	while (rc == 0 && getline(&line, &size, f) != -1) {
		w->line++;
		rc = read_line(w, line);
		conf_shell_line(&w->shell, line);
	}
	if (rc == 0 && ferror(f)) {
		(void)unopened(w);
		rc = -1;
	}
	free(line);
	(void)fclose(f);
	return (rc == -1 ? CONF_WRONG : CONF_NONE);
}

enum conf_outcome
conf_read(const char *name, char *value, size_t len, char err[CONF_ERROR])
{
	struct wanted		 w = {
		.name = name, .value = value, .len = len, .err = err,
	};
	const char		*path = getenv(TRAFD_ENV_CONF);
	enum conf_outcome	 rc = CONF_NONE;
	size_t			 i;

	value[0] = '\0';
	if (path == NULL || path[0] == '\0') {
		path = TRAFD_SYSCONFDIR "/trafd.conf";
		if (access(RC_SUBR, R_OK) == 0)
			for (i = 0; rc == CONF_NONE &&
			    i < sizeof(rc_files) / sizeof(rc_files[0]); i++)
				rc = read_file(&w, rc_files[i]);
	}
	if (rc == CONF_NONE)
		rc = read_file(&w, path);
	if (rc != CONF_NONE)
		value[0] = '\0';
	return (value[0] != '\0' ? CONF_FOUND : rc);
}
