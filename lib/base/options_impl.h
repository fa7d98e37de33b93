/*
 * What the files of base/options share.
 */
#ifndef OPTIONS_IMPL_H
#define OPTIONS_IMPL_H

#include "options.h"

/* The state while a command line is parsed. */
struct option_scan {
	const struct option_table	*table;
	char				*into;
	struct options_found		*found;
	char				*err;		/* OPTIONS_ERROR */
};

/* Format the message into err.  Returns OPTIONS_WRONG. */
enum options_outcome	option_wrong(const struct option_scan *,
			    const char *fmt, ...)
			    __attribute__((format(printf, 2, 3)));

/* Store an argument (NULL: none) by the row; messages use `name'. */
enum options_outcome	option_set(const struct option_scan *,
			    const struct option_row *, const char *name,
			    const char *arg);

/* After all options: check the command, the operands and the rules. */
enum options_outcome	option_check_whole(const struct option_scan *,
			    int argc, char *const *argv);

/* Does it take an argument, required or optional? */
bool		 option_has_arg(const struct option_row *);

/* The argument as --help shows it: "FILE", "a|b|c" or "".  Returns buf. */
char		*option_argument(const struct option_row *, char *buf,
		    size_t len);

/* The long name if it has one, else the letter.  Returns buf. */
char		*option_name(const struct option_row *, char buf[OPTIONS_NAME]);

/* The row of "--by" or "-b", or of the letter b; NULL: none. */
const struct option_row	*option_row(const struct option_table *,
		    const char *name);
const struct option_row	*option_row_of_letter(const struct option_table *,
		    int letter);

/* Copy the next word of a space-separated list; false: no more. */
bool		 option_next_word(const char **list, char *buf, size_t len);

/* "--by ARG: a, b or c is needed".  Returns err. */
char		*option_choice_error(const struct option_row *,
		    const char *name, const char *arg,
		    char err[OPTIONS_ERROR]);

#endif
