/*
 * What the files of base/options share.
 */
#ifndef OPTIONS_IMPL_H
#define OPTIONS_IMPL_H

#include "options.h"

/* A command line while it is read. */
struct option_scan {
	const struct option_table	*table;
	char				*into;
	struct options_found		*found;
	char				*err;		/* OPTIONS_ERROR */
};

/* Set err.  Returns OPTIONS_WRONG. */
enum options_outcome	option_wrong(const struct option_scan *,
			    const char *fmt, ...)
			    __attribute__((format(printf, 2, 3)));

/* Take an argument (NULL: none) as the row says; `name' is for messages. */
enum options_outcome	option_set(const struct option_scan *,
			    const struct option_row *, const char *name,
			    const char *arg);

/* Commands, operands and rules, when all options have been read. */
enum options_outcome	option_check_whole(const struct option_scan *,
			    int argc, char *const *argv);

/* Does it take an argument, one that may be missing included? */
bool		 option_has_arg(const struct option_row *);

/* What it takes: "FILE", "a|b|c" or "".  Returns buf. */
char		*option_argument(const struct option_row *, char *buf,
		    size_t len);

/* By its long name if it has one.  Returns buf. */
char		*option_name(const struct option_row *, char buf[OPTIONS_NAME]);

/* The row of "--by" or "-b" in the table; NULL: none. */
const struct option_row	*option_row(const struct option_table *,
		    const char *name);

/* The next word of a list with blanks between; false: no more. */
bool		 option_next_word(const char **list, char *buf, size_t len);

/* "--by ARG: a, b or c is needed".  Returns err. */
char		*option_choice_error(const struct option_row *,
		    const char *name, const char *arg,
		    char err[OPTIONS_ERROR]);

#endif
