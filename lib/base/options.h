/*
 * Command lines from a table.  One row for each option makes the parser, its
 * messages and --help; the shells' completion reads --help.
 *
 *	options_read → [options_is_given, options_refuse]*
 *
 * The parser is getopt_long(3): letters may be combined, an argument may be
 * part of the word, long names may be abbreviated, "--" ends the options.  One
 * command line at a time, before the program starts threads.
 */
#ifndef BASE_OPTIONS_H
#define BASE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#if defined(__GNUC__)
#define OPTIONS_PRINTF	__attribute__((format(printf, 1, 2)))
#else
#define OPTIONS_PRINTF
#endif

#define OPTIONS_MOST	64	/* rows of a table */
#define OPTIONS_ERROR	512	/* longest message, with its NUL */
#define OPTIONS_NAME	48	/* "--state-dir" or "-i", with its NUL */

enum option_kind {
	OPTION_HEADING,		/* not an option: a paragraph of --help */
	OPTION_FLAG,		/* bool: becomes true; needs no OPTION_AT() */
	OPTION_OFF,		/* bool: becomes false */
	OPTION_TIMES,		/* int: counts the occurrences */
	OPTION_TEXT,		/* const char *: points into argv */
	OPTION_NUMBER,		/* integer of 4 or 8 bytes: least to most */
	OPTION_AMOUNT,		/* uint64_t: bytes: 500M, 20Gi */
	OPTION_CHOICE,		/* enum: least + index of the choice */
	OPTION_CALL,		/* handled by `call' */
	OPTION_VERSION,
	OPTION_HELP
};

/*
 * Store an argument (NULL: an optional one is missing) in the program's
 * options.  Returns NULL, or the end of a message that begins with
 * "--name ARG: ".
 */
typedef const char	*option_call_fn(void *into, const char *arg);

struct option_row {
	enum option_kind	 kind;
	int			 letter;	/* 0: none */
	const char		*name;		/* without dashes, or NULL */
	const char		*arg;		/* its argument, or NULL */
	const char		*help;		/* starts with an imperative */
	const char		*def;		/* default in --help, or NULL */
	size_t			 at, size;	/* set by OPTION_AT() */
	uint64_t		 least;
	uint64_t		 most;		/* 0: the member's range */
	const char		*unit;		/* "seconds", or NULL */
	const char *const	*choices;	/* also "a|b|c" in --help */
	size_t			 nchoices;
	option_call_fn		*call;
	const char		*commands;	/* it is for; NULL: all */
	bool			 optional;	/* argument may be missing */
	const char		*conf;		/* variable of trafd.conf(5) to
						 * take if it is not given, for
						 * OPTION_TEXT; NULL: none */
};

/* The member of the struct filled by options_read() that takes the value. */
#define OPTION_AT(type, member)						\
	.at = offsetof(type, member), .size = sizeof(((type *)0)->member)
#define OPTION_CHOICES(list)						\
	.choices = (list), .nchoices = sizeof(list) / sizeof((list)[0])

/* Every program has these two. */
#define OPTION_ROW_VERSION	{ .kind = OPTION_VERSION, .letter = 'V', \
	.name = "version", .help = "print the version and exit" }
#define OPTION_ROW_HELP		{ .kind = OPTION_HELP, .name = "help",	\
	.help = "print this text and exit" }

/*
 * Rules between options, which are lists of names: "-l --by".  EXCLUDES: one of
 * `these' must not be given with one of `those'; if `those' is NULL, no two of
 * `these' may be given.  NEEDS: if one of `these' is given, one of `those' must
 * be; if `these' is NULL, always.  A message names the options given.
 */
enum option_rule_kind {
	OPTION_EXCLUDES,
	OPTION_NEEDS
};

struct option_rule {
	enum option_rule_kind	 kind;
	const char		*these;
	const char		*those;		/* NULL: see EXCLUDES */
	const char		*hint;		/* ends the message, or NULL */
};

/* For programs whose first operand is a command. */
struct option_command {
	const char	*name;
	const char	*help;
	const char	*forms[5];	/* usage, starting with the name */
	int		 least, most;	/* operands; most -1: no limit */
};

/* What people type for another option, without dashes, and what they mean. */
struct option_hint {
	const char	*typed;
	const char	*meant;
};

struct option_table {
	const char			*program;
	const char			*brief;		/* one form of use */
	const char *const		*forms;		/* NULL at the end */
	const struct option_row		*rows;
	size_t				 nrows;
	const struct option_rule	*rules;
	size_t				 nrules;
	const struct option_command	*commands;
	size_t				 ncommands;
	const struct option_hint	*hints;		/* or NULL */
	size_t				 nhints;
	const char			*closing;	/* of --help, or NULL */
	bool				 in_order;	/* stop at an operand */
	bool				 equals;	/* --help: "--by=KEY" */
	int				 operands;	/* most; -1: no limit */
};

/* What options_scan() found on a command line. */
struct options_found {
	const struct option_table	*table;
	int				 operand;	/* first, in argv */
	int				 command;	/* its index, or -1 */
	uint8_t				 given[OPTIONS_MOST];	/* 255: more */
};

enum options_outcome {
	OPTIONS_FINE,
	OPTIONS_WRONG,		/* err contains the message */
	OPTIONS_ASKED_HELP,	/* found before any error */
	OPTIONS_ASKED_VERSION
};

/*
 * Parse argv, which getopt_long(3) may reorder, and store the values in the
 * struct at `into', which must contain the defaults.
 */
enum options_outcome	options_scan(const struct option_table *, void *into,
			    int argc, char **argv, struct options_found *,
			    char err[OPTIONS_ERROR]);

/*
 * The same for main(): for --help and -V prints the text and exits with 0, or
 * with 1 if standard output fails; after an error prints the message and the
 * usage and exits with 127.  Options that were not given take the values of
 * trafd.conf(5): if it is wrong, exits with 1.
 */
void			options_read(const struct option_table *, void *into,
			    int argc, char **argv, struct options_found *);

/* Was "--by" or "-b" given?  The table must contain the name. */
bool			options_is_given(const struct options_found *,
			    const char *name);

/* The first of the list "-l -r --by" that was given, in buf; NULL: none. */
const char		*options_which(const struct options_found *,
			    const char *names, char buf[OPTIONS_NAME]);

/*
 * For errors found after options_read(): prints the message and the usage,
 * and exits with 127.
 */
_Noreturn void		options_refuse(const char *fmt, ...) OPTIONS_PRINTF;

/* The same for an invalid value of an option; the message names the choices. */
_Noreturn void		options_refuse_choice(const char *name,
			    const char *value);

/*
 * Store an operand as if it were the argument of an option; messages call it
 * row->arg.  On error as options_refuse().
 */
void			options_operand(const struct option_row *, void *into,
			    const char *text);

/*
 * The operands up to NULL, joined by one space, for the caller to free.  Exits
 * with 1 after a message if memory is exhausted.
 */
char			*options_join(char *const *operands);

/* ---- texts ---- */

/* Print all of --help, in lines of at most 80 columns. */
void	options_help(const struct option_table *, FILE *);

/* Print "usage: " and the forms of the command; -1: those of the program. */
void	options_usage_line(const struct option_table *, int command, FILE *);

/* "a, b or c".  Returns buf; words that do not fit are left out. */
char	*options_list(const char *const *words, size_t n, char *buf,
	    size_t len);

/* The word of the list most similar to `word', or NULL if none is close. */
const char	*options_nearest(const char *word, const char *const *words,
		    size_t n);

#endif
