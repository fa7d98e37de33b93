/*
 * What the parts of traflog(1) share: the options as given, and one function
 * for each job.
 */
#ifndef TRAFLOG_H
#define TRAFLOG_H

#include <sys/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "report/answer.h"
#include "file/block.h"
#include "packet/flow.h"
#include "file/legacy/legacy.h"
#include "names/names.h"
#include "query/order.h"
#include "report/fmt.h"
#include "tally/question.h"
#include "base/when.h"

struct blocks;
struct blocks_mark;
struct options_found;
struct pattern;
struct template;

/* The options of questions, as given; NULL: not. */
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
};

struct options {
	const char		*statedir;
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
	const struct answer_ops	*answer;	/* NULL: rows, no question */
	struct answer_view	 view;
	bool			 no_cache;	/* of names */
	bool			 only_files;	/* --files */
	bool			 only_history;	/* --history */
	bool			 verbose;	/* -v */
	unsigned int		 resolve_time;	/* seconds */
	const char		*pattern_file;	/* -F, or NULL */
	const char		*iface;		/* -i */
	const char *const	*names;		/* iface, or operands */
	int			 nnames;
};

/* Parse the command line; does not return from an error or --help. */
void	options_parse(struct options *, int argc, char **argv);

/*
 * --tz, before any time is read; and from opt->asked to a question.  Do not
 * return from an error.
 */
void	question_zone(const struct options *);
void	question_options(struct options *, const struct options_found *);
void	question_options_free(struct options *);

/* A table over time, for formats that draw one. */
void	question_add_series(struct question *, const char *by);

/*
 * The pattern of the file, or of the words if that is NULL.  Does not return
 * from an error.
 */
struct pattern	*query_pattern(const char *file, const char *const *words,
		    size_t n);

/*
 * Each does its job on one file and returns the exit status, having said
 * on standard error what is wrong.
 */
int	report_run(const struct options *, const char *path);
int	check_run(const struct options *, const char *path);

/* What the history knows that it could not answer from. */
struct known {
	bool		any;		/* the account has blocks there */
	uint64_t	since_ns;	/* the first one */
	bool		lost;		/* damaged, and not in the file */
};

int	ask_run(const struct options *, const char *path,
	    const struct known *);

/*
 * Has the history answered instead, or was it told to and cannot?  Then the
 * exit status is set.  The file need not be there.  If not, *known is what
 * the answer of the file may lack.
 */
bool	ask_history(const struct options *, const char *path, int *status,
	    struct known *);

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

/* What a file has beside what the tally already knows. */
enum rest_of {
	REST_FAILED = -1,
	REST_NOT,		/* not this block */
	REST_NEW,		/* a block that the tally knows nothing of */
	REST_ROWS		/* a block whose rows it lacks */
};

struct rest {
	enum rest_of		 (*of)(void *arg, const struct block_info *);
	void			*arg;
	const struct blocks_mark *from;	/* what is before it is known */
};

/* Who has answered, if not the file alone. */
struct answered_by {
	const char	*source;	/* of result.h */
	const char	*grain;
	uint64_t	 blocks;	/* known to the history */
};

struct asking	*ask_begin(const struct options *, const char *path,
		    struct tally *);

/* Count that part of the file.  0, or -1 after a message. */
int		 ask_rest(struct asking *, const struct rest *);

/* How many blocks were counted, and was it all of them? */
uint64_t	 ask_counted(const struct asking *);
bool		 ask_is_interrupted(const struct asking *);

/* Print the answer, and free all but the tally.  The exit status. */
int		 ask_end(struct asking *, const struct answered_by *);
void		 ask_free(struct asking *);

/* ---- what both need ---- */

/* Tell that a part of the file could not be read. */
struct savefile_damage;
void	damage_report(const char *path, const struct savefile_damage *);

/* Tell that no block was found among so many of the file. */
void	tell_none(const char *path, uint64_t blocks);

/* Open the file as options say; NULL after a message. */
struct blocks	*blocks_of(const struct options *, const char *path);

/* ---- rows of a block ---- */

struct rows {
	struct flow		*row;	/* in the order of flow_key_cmp() */
	const struct flow	**order;
	size_t			 n;
	size_t			 room;
	struct block_info	 info;	/* with the sums of these rows */
};

/* Load what the pattern and --where mean, or all rows without them. */
enum block_error	rows_load(struct rows *, struct blocks *,
			    const struct options *);
void			rows_free(struct rows *);

/*
 * The same rows as they are read, and what rows.info would be: both count
 * only if BLOCK_OK is returned.
 */
enum block_error	rows_pass(struct blocks *, const struct options *,
			    block_rows_fn *, void *arg, struct block_info *);

/* ---- names of hosts ---- */

/*
 * What a report needs to show names, with the cache of earlier runs; NULL
 * with errno.  learn() asks for all hosts of some rows at once, the first
 * rows first; end() remembers the answers and frees; NULL is allowed.
 */
struct naming;
struct naming	*naming_begin(const struct options *);
struct names	*naming_names(struct naming *);
void		 naming_learn(struct naming *, const struct flow *const *rows,
		    size_t n);
void		 naming_end(struct naming *);

/* ---- how complete an account is ---- */

/* Say so on standard error if anything is missing. */
void		 coverage_tell(const struct ledger *);

/*
 * Whole ledgers of blocks, and their sum; `merge': the sum alone.  begin
 * returns NULL with errno; end takes NULL too, and frees.
 */
struct coverage;
struct coverage	*coverage_begin(struct out *, const struct fmt_ops *,
		    bool merge);
void		 coverage_block(struct coverage *, const struct block_info *);
void		 coverage_end(struct coverage *);

/* ---- long work ---- */

/*
 * From now on SIGINT asks it to end, until progress_free().  Size of what is
 * read, in octets.  NULL with errno.
 */
struct progress;
struct progress	*progress_new(off_t size);

/* Show how far it has come, on a terminal; false: it shall end. */
bool		 progress_step(struct progress *, off_t done);
void		 progress_free(struct progress *);

/* ---- the binary file of -w ---- */

struct binary;

/*
 * Blocks are gathered in a temporary file beside `path', which takes its
 * place in the end.  `from' is being read and must not be replaced, nor may
 * anything that is not a file of blocks.  NULL after a message.
 */
struct binary	*binary_open(const char *path, enum layout, const char *from);

/*
 * rows in the order of flow_key_cmp(); by so many threads.  Returns 0, or -1
 * after a message.
 */
int		 binary_block(struct binary *, const struct block_info *,
		    const struct flow *const *rows, size_t n,
		    unsigned int threads);

/*
 * Put the file in its place if `commit', and free in any case.  Returns 0,
 * or -1 after a message, also when the layout had no place for some rows.
 */
int		 binary_close(struct binary *, bool commit);

#endif
