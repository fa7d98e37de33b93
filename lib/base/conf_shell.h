/*
 * Follows a shell script line by line, as far as it takes to know whether a
 * line is run on its own and always: not in a condition, a loop, a function,
 * a text of several lines or a here document.  In doubt it is not.
 *
 * Zero it, then call conf_shell_line() for each line.
 */
#ifndef CONF_SHELL_H
#define CONF_SHELL_H

#include <stdbool.h>

struct conf_shell {
	char		quote;		/* open at its end, or NUL */
	unsigned int	depth;		/* of compound commands */
	unsigned int	parens;
	bool		continued;	/* by an operator, such as && */
	bool		joined;		/* by a backslash */
	bool		unclear;	/* from here on all may be a text */
};

/* Does the next line begin with a command that is always run? */
bool		 conf_shell_is_plain(const struct conf_shell *);

void		 conf_shell_line(struct conf_shell *, const char *line);

#endif
