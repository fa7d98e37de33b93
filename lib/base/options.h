/*
 * Command lines from a table.  One row for each option makes the parser, its
 * messages and --help, which the completion of the shells asks in turn.
 *
 *	options_read → [options_is_given, options_refuse]*
 *
 * getopt_long(3) is underneath: letters may be combined, arguments may be
 * part of the word, long names may be cut short, "--" ends the options.  One
 * command line at a time, before there are threads.
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
	OPTION_HEADING,		/* no option: a paragraph of --help */
	OPTION_FLAG,		/* bool: becomes true; OPTION_AT() may lack */
	OPTION_OFF,		/* bool: becomes false */
	OPTION_TIMES,		/* int: how often it was given */
	OPTION_TEXT,		/* const char *: points into argv */
	OPTION_NUMBER,		/* integer of 4 or 8 bytes: least to most */
	OPTION_AMOUNT,		/* uint64_t: bytes: 500M, 20Gi */
	OPTION_CHOICE,		/* enum: a choice, from `least' on */
	OPTION_CALL,		/* whatever `call' does with it */
	OPTION_VERSION,
	OPTION_HELP
};

/*
 * Take an argument (NULL: an optional one is missing) into the program's
 * options.  Returns NULL, or what is wrong with it, which ends the message
 * "--name ARG: ".
 */
typedef const char	*option_call_fn(void *into, const char *arg);

struct option_row {
	enum option_kind	 kind;
	int			 letter;	/* 0: none */
	const char		*name;		/* without dashes, or NULL */
	const char		*arg;		/* what it takes, or NULL */
	const char		*help;		/* begins with an imperative */
	const char		*def;		/* default in --help, or NULL */
	size_t			 at, size;	/* of the member: OPTION_AT() */
	uint64_t		 least;
	uint64_t		 most;		/* 0: what the member holds */
	const char		*unit;		/* "seconds", or NULL */
	const char *const	*choices;	/* "a|b|c" of --help too */
	size_t			 nchoices;
	option_call_fn		*call;
	const char		*commands;	/* words; NULL: of all */
	bool			 optional;	/* may be without argument */
};

/* Where a row's value goes in the struct that options_read() fills. */
#define OPTION_AT(type, member)						\
	.at = offsetof(type, member), .size = sizeof(((type *)0)->member)
#define OPTION_CHOICES(list)						\
	.choices = (list), .nchoices = sizeof(list) / sizeof((list)[0])

/* The two that every program has. */
#define OPTION_ROW_VERSION	{ .kind = OPTION_VERSION, .letter = 'V', \
	.name = "version", .help = "print the version and exit" }
#define OPTION_ROW_HELP		{ .kind = OPTION_HELP, .name = "help",	\
	.help = "print this text and exit" }

/*
 * What options mean to each other, by their names: "-l --by".  Messages name
 * those two that were given.
 */
enum option_rule_kind {
	OPTION_EXCLUDES,	/* one of these and one of those; or two */
	OPTION_NEEDS		/* these (NULL: always) without those */
};

struct option_rule {
	enum option_rule_kind	 kind;
	const char		*these;
	const char		*those;		/* OPTION_EXCLUDES: or NULL */
	const char		*hint;		/* ends the message, or NULL */
};

/* The first operand, of programs that have several uses. */
struct option_command {
	const char	*name;
	const char	*help;
	const char	*forms[5];	/* usage, the name first */
	int		 least, most;	/* operands; most -1: any number */
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
	const char			*closing;	/* of --help, or NULL */
	bool				 in_order;	/* operands end them */
	bool				 equals;	/* --help: "--by=key" */
	int				 operands;	/* most; -1: any */
};

/* What a command line had. */
struct options_found {
	const struct option_table	*table;
	int				 operand;	/* the first, in argv */
	int				 command;	/* its index, or -1 */
	uint8_t				 given[OPTIONS_MOST];	/* 255: more */
};

enum options_outcome {
	OPTIONS_FINE,
	OPTIONS_WRONG,		/* err says what is */
	OPTIONS_ASKED_HELP,	/* --help and -V count from where they stand */
	OPTIONS_ASKED_VERSION
};

/*
 * Take argv, which getopt_long(3) may reorder, into the struct that `into'
 * points to and that holds the defaults.
 */
enum options_outcome	options_scan(const struct option_table *, void *into,
			    int argc, char **argv, struct options_found *,
			    char err[OPTIONS_ERROR]);

/*
 * The same for main(): prints the help or the version, or the message and one
 * line of usage, and then exits with 0 (1 if standard output fails) or 127.
 */
void			options_read(const struct option_table *, void *into,
			    int argc, char **argv, struct options_found *);

/* Was "--by" or "-b" given?  The name must be one of the table. */
bool			options_is_given(const struct options_found *,
			    const char *name);

/* The first that was given of "-l -r --by", in buf; NULL: none. */
const char		*options_which(const struct options_found *,
			    const char *names, char buf[OPTIONS_NAME]);

/*
 * For what is found wrong later: a message, the usage of what options_read()
 * has read, and exit 127.
 */
_Noreturn void		options_refuse(const char *fmt, ...) OPTIONS_PRINTF;

/* The same for the value of an option: the message that names its choices. */
_Noreturn void		options_refuse_choice(const char *name,
			    const char *value);

/*
 * Take an operand as if it were an option's argument; its name is row->arg.
 * Refuses as above.
 */
void			options_operand(const struct option_row *, void *into,
			    const char *text);

/* ---- texts ---- */

/* All of --help, in lines of at most 80 columns. */
void	options_help(const struct option_table *, FILE *);

/* "usage: " and the forms of the command, or `brief' with none (-1). */
void	options_usage_line(const struct option_table *, int command, FILE *);

/* "a, b or c".  Returns buf; what has no room is left out. */
char	*options_list(const char *const *words, size_t n, char *buf,
	    size_t len);

/* Of these the one that was meant by `word', or NULL if none is close. */
const char	*options_nearest(const char *word, const char *const *words,
		    size_t n);

#endif
