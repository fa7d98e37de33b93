/*
 * Shared by the files of traflog(1): the options as given, and one function
 * per job.
 */
#ifndef TRAFLOG_H
#define TRAFLOG_H

#include <sys/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/when.h"
#include "file/block.h"
#include "file/legacy/legacy.h"
#include "names/names.h"
#include "packet/flow.h"
#include "query/order.h"
#include "report/answer.h"
#include "report/fmt.h"
#include "tally/question.h"

struct blocks;
struct blocks_mark;
struct naming;
struct options_found;
struct pattern;
struct template;
struct unsaved;

/* The options of questions, as given; NULL: not given. */
struct asked {
	const char	*by;
	const char	*sort;
	const char	*since;
	const char	*until;
	const char	*zone;
	const char	*where;
	const char	*local;
	const char	*percentile;
	uint64_t	 top;		/* 0: not given */
	int		 units;		/* enum answer_units; -1: not given */
	bool		 in;
	bool		 out;
	bool		 total;
	bool		 graph;
	bool		 bytes;
	bool		 estimate;
	bool		 apart;
	bool		 closure;
};

struct options {
	const char		*statedir;
	const char		*run_dir;
	const char		*write_to;	/* -w, or NULL */
	const struct order	*order;		/* -S */
	const struct fmt_ops	*format;
	const struct template	*template;	/* -o, or NULL */
	struct when_range	 range;		/* -b, -e */
	struct names_opts	 naming;	/* -n, -N, -f, -A */
	struct pattern		*pattern;	/* NULL: all rows */
	enum layout		 layout;	/* of the file read */
	enum layout		 write_layout;	/* of the file of -w */
	bool			 all;		/* -a */
	bool			 list;		/* -l */
	bool			 brief;		/* -r */
	bool			 merge;		/* -s */
	bool			 show_pattern;	/* -d */
	bool			 check;
	bool			 coverage;
	bool			 blank_ports;
	const char		*begin;		/* -b, or NULL */
	const char		*end;		/* -e, or NULL */
	const char		*template_name;	/* -o, or NULL */
	const char		*format_name;	/* --format, or NULL */
	const char		*geo;		/* --geo, or NULL */
	struct asked		 asked;
	struct question		 question;	/* period and where: of rows */
	struct naming		*naming_of_answer; /* set while it is made */
	const struct answer_ops	*answer;	/* NULL: rows, no question */
	struct answer_view	 view;
	bool			 no_cache;	/* of names */
	bool			 only_files;	/* --files */
	bool			 only_history;	/* --history */
	bool			 only_saved;	/* --saved */
	bool			 verbose;	/* -v */
	unsigned int		 resolve_time;	/* seconds */
	const char		*pattern_file;	/* -F, or NULL */
	const char		*packets;	/* --packets, or NULL */
	const char		*packets_to;	/* --write, or NULL */
	const char		*iface;		/* -i */
	const char *const	*names;		/* iface, or operands */
	int			 nnames;	/* --packets: of the pattern */
};

/* Parse the command line; does not return from an error or --help. */
void	options_parse(struct options *, int argc, char **argv);

/*
 * question_zone() applies --tz and must be called before a time is parsed;
 * question_options() makes opt->question from opt->asked.  Neither returns
 * from an error.
 */
void	question_zone(const struct options *);
void	question_options(struct options *, const struct options_found *);
void	question_options_free(struct options *);

/* Add a table over time, for formats that draw one. */
void	question_add_series(struct question *, const char *by);

/*
 * Parse the pattern in the file, or in the n words if file is NULL.  Does not
 * return from an error.
 */
struct pattern	*query_pattern(const char *file, const char *const *words,
		    size_t n);

/* The text of a pattern's file; the caller frees it.  Exits on errors. */
char		*query_text(const char *file);

/* May that word of a pattern have been meant for an option? */
bool		 query_is_near(const char *word);

/*
 * Each does its job on one file and returns the exit status; errors have been
 * reported on standard error.  known_since is that of ask_history().
 */
int	report_run(const struct options *, const char *path);
int	closure_run(const struct options *, const char *path);
int	check_run(const struct options *, const char *path);

/*
 * --packets: become ipreport with the same condition; self is argv[0], and the
 * n words are the pattern.  Returns only after a message.
 */
int	packets_run(const struct options *, const char *self,
	    const char *const *words, size_t n);

/* What the history knows that it could not answer from. */
struct known {
	bool		any;		/* the account has blocks there */
	uint64_t	since_ns;	/* the first one */
	bool		lost;		/* damaged, and not in the file */
};

int	ask_run(const struct options *, const char *path,
	    const struct known *, struct unsaved *);

/*
 * Has the history answered instead, or was it told to and cannot?  Then the
 * exit status is set.  The file need not be there.  If not, *known is what
 * the answer of the file may lack.  What is unsaved is part of the answer.
 */
bool	ask_history(const struct options *, const char *path, int *status,
	    struct known *, struct unsaved *);


/*
 * The history of the account is damaged, for that reason: say so, and which
 * months that were asked for can be answered neither from it nor from the
 * file.  Are there some?
 */
bool	damage_tell(const struct options *, const char *account,
	    const char *path, const char *why);

/*
 * Would the history's part in the answer for [since_ns, until_ns) come from a
 * damaged page?  Opens it for this.
 */
bool	ask_finds_damage(const struct options *, const char *path,
	    uint64_t since_ns, uint64_t until_ns);

/* ---- an answer, step by step ---- */

struct asking;
struct tally;

/* What of a block is to be added to a tally that the history has filled. */
enum rest_of {
	REST_FAILED = -1,
	REST_NOT,		/* nothing */
	REST_NEW,		/* all: the history does not have it */
	REST_ROWS		/* its rows: its header is counted already */
};

struct rest {
	enum rest_of		 (*of)(void *arg, const struct block_info *);
	void			*arg;
	const struct blocks_mark *from;	/* nothing before it; or NULL */
};

/* Where the answer comes from, if not from the file alone. */
struct answered_by {
	const char	*source;	/* of result.h */
	const char	*grain;
	uint64_t	 blocks;	/* from the history */
};

struct asking	*ask_begin(const struct options *, const char *path,
		    struct tally *, struct unsaved *);

/* Add that part of the file to the tally.  0, or -1 after a message. */
int		 ask_rest(struct asking *, const struct rest *);

/*
 * Add what is not saved, unless a block of the file had some of it.  0, or -1
 * after a message.
 */
int		 ask_unsaved(struct asking *);

/* Blocks of the file that were counted; was reading it interrupted? */
uint64_t	 ask_counted(const struct asking *);
bool		 ask_is_interrupted(const struct asking *);

/* Print the answer, and free all but the tally.  The exit status. */
int		 ask_end(struct asking *, const struct answered_by *);
void		 ask_free(struct asking *);

/* ---- shared by reports and questions ---- */

/* The account whose save file this is, or NULL: not in the state directory. */
const char	*account_of(const struct options *, const char *path);

/*
 * Get what belongs to the answer and is not in the save file.  Returns 1, 0 if
 * there is nothing, or -1 after a message.  The caller closes it.
 */
int	unsaved_get(const struct options *, const char *path,
	    struct unsaved *);

/* Report that none of the `blocks' blocks of the file was chosen. */
void	tell_none(const char *path, uint64_t blocks);

/* Report that the question needs owners, and the account has none. */
void	tell_no_owners(const char *path);

/* Open the file as options say; NULL after a message. */
struct blocks	*blocks_of(const struct options *, const char *path);

/* ---- rows of a block ---- */

struct rows {
	struct flow		*row;	/* in the order of flow_key_cmp() */
	const struct flow	**order; /* pointers to them, to be sorted */
	size_t			 n;
	size_t			 room;	/* rows allocated */
	struct block_info	 info;	/* with the sums of these rows */
};

/*
 * Load the rows of the current block that match the pattern and --where.
 * BLOCK_IO with errno if memory is short.
 */
enum block_error	rows_load(struct rows *, struct blocks *,
			    const struct options *);
void			rows_free(struct rows *);

/*
 * Pass the same rows to fn while they are read, and set what rows.info would
 * be.  Both are valid only if BLOCK_OK is returned at the end.
 */
enum block_error	rows_pass(struct blocks *, const struct options *,
			    block_rows_fn *, void *arg, struct block_info *);

/* ---- names of hosts ---- */

/*
 * Names for a report, with the cache of earlier runs.  begin: NULL with
 * errno.  resolve: look up all hosts of the rows together, those of the first
 * rows first.  end: write the cache and free; NULL is allowed.
 */
struct naming	*naming_begin(const struct options *);
struct names	*naming_names(struct naming *);
void		 naming_resolve(struct naming *, const struct flow *const *rows,
		    size_t n);
void		 naming_end(struct naming *);

/*
 * If the question asks for devices, load those that trafd has learned for this
 * save file; errors have been reported.  The names are borrowed.
 */
void		 devices_load(const struct options *, const char *path,
		    struct naming *);

/* ---- how complete an account is ---- */

/* Report on standard error if traffic is missing in the rows. */
void		 coverage_tell(const struct ledger *);

/*
 * Print the whole ledgers of blocks, and their sum; with `merge' only the
 * sum.  begin returns NULL with errno; end prints the rest and frees; NULL is
 * allowed.
 */
struct coverage;
struct coverage	*coverage_begin(struct out *, const struct fmt_ops *,
		    bool merge);
void		 coverage_block(struct coverage *, const struct block_info *);
void		 coverage_end(struct coverage *);

/* ---- long work ---- */

/*
 * Until progress_free(), SIGINT does not end the program but makes
 * progress_step() return false.  size: octets to read.  NULL with errno.
 */
struct progress;
struct progress	*progress_new(off_t size);

/* `done' octets are read: show it on a terminal; false: interrupted. */
bool		 progress_step(struct progress *, off_t done);
void		 progress_free(struct progress *);

/* ---- the binary file of -w ---- */

struct binary;

/*
 * Blocks are written to a temporary file in the same directory, which
 * replaces `path' in the end.  `path' must not be `from', which is being read,
 * nor anything but a save file.  NULL after a message.
 */
struct binary	*binary_open(const char *path, enum layout, const char *from);

/*
 * Append a block of n rows in the order of flow_key_cmp(), using up to
 * `threads' threads.  Returns 0, or -1 after a message.
 */
int		 binary_block(struct binary *, const struct block_info *,
		    const struct flow *const *rows, size_t n,
		    unsigned int threads);

/*
 * If `commit', put the file in its place; else remove it.  Free in any case.
 * Returns 0, or -1 after a message, also if the layout cannot hold some rows.
 */
int		 binary_close(struct binary *, bool commit);

#endif
