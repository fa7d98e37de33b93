/*
 * What the parts of trafdb(8) share: the options as given, and one function
 * for each command.
 */
#ifndef TRAFDB_H
#define TRAFDB_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "history/history.h"
#include "limit_kinds.h"
#include "owner.h"

struct options {
	const char		*statedir;
	const char		*run_dir;
	const char		*keep;		/* --keep, or NULL */
	const char		*files;		/* --files: an age, or NULL */
	const char		*exec;		/* --exec, or NULL */
	const char		*from;		/* -f: this file, or NULL */
	const char		*host;		/* of a limit */
	const char		*net;
	const char		*local;
	const char		*user;
	const char		*unit;
	const char		*program;
	const char		*container;
	enum limit_direction	 direction;
	enum limit_period	 period;
	const char		*at;
	uint64_t		 size;		/* --size, or 0 */
	uint32_t		 day;		/* --day, or 0 */
	unsigned		 wait;		/* seconds */
	bool			 all;
	bool			 delete;
	bool			 estimate;
	bool			 force;
	bool			 verbose;
	const char *const	*names;		/* operands */
	int			 nnames;
	struct run_as		*owner;		/* user to work as */
};

/* Commands.  Each prints its errors and returns the exit status. */
typedef int	command_fn(const struct options *);

/*
 * Parse the command line and return the command.  Exits after an error or
 * --help.
 */
command_fn	*options_parse(struct options *, int argc, char **argv);

command_fn	check_run, dump_run, limit_run, prune_run, rebuild_run,
		stat_run, update_run, verify_run;

/* prune --files: the exit status. */
int	prune_files(const struct options *);

/* ---- what several commands need: common.c ---- */

/*
 * Open the history.  Returns NULL after a message, also if HISTORY_READ finds
 * no history.
 */
struct history	*db_open(const struct options *, enum history_mode);

/*
 * Close the history.  Returns `rc', or TRAFD_EXIT_ERROR after a message if
 * closing fails.
 */
int		 db_close(struct history *, int rc);

/* Print the history's error and return -1. */
int		 db_fail(const struct history *);

/*
 * Call fn for each account that is an operand, or for all accounts if there
 * are no operands.  Returns TRAFD_EXIT_OK, or TRAFD_EXIT_ERROR if any call
 * failed.
 */
typedef int	account_fn(const struct options *, struct history *,
		    const struct history_account *);
int		 db_each(const struct options *, struct history *,
		    account_fn *);

/*
 * Print why the history could not be opened, and the next step.  Reads errno.
 */
void		 db_cannot_open(const struct options *, const char *why,
		    enum history_mode);

/*
 * Call fn for each name that is an operand, or, if there are no operands, for
 * all accounts that have a save file.  Returns as db_each().
 */
typedef int	name_fn(const struct options *, struct history *,
		    const char *name);
int		 for_names(const struct options *, struct history *,
		    name_fn *);

/*
 * Set the path of the account's save file; files in the current directory do
 * not matter.  Returns 0, or -1 after a message.
 */
int		 save_path(const char *statedir, const char *name,
		    char path[PATH_MAX]);

/* ---- feeding ---- */

/* What became of the blocks of a file. */
struct fed {
	uint64_t	blocks;		/* valid ones, new or known */
	uint64_t	added;
	uint64_t	known;
	uint64_t	again;		/* of those added: with a known name */
	uint64_t	overlaps;	/* not added */
	uint64_t	damaged;
};

#define FEED_RESUME	1	/* continue where the last feed stopped */
#define FEED_NAMED	2	/* the caller has named the file */

/*
 * Feed a file to an account, as the options say.  The history must be open for
 * writing.  Returns 0, or -1 after a message.  Damage and conflicts are
 * reported, and counted in *fed.
 */
int		 feed_file(const struct options *, struct history *,
		    const char *account, const char *path, int how,
		    struct fed *);

/* With -v: print how many blocks were added and known. */
void		 tell_fed(const struct options *, const char *name,
		    const struct fed *);

/* The exit status: an error if blocks were damaged or not added. */
int		 feed_status(const struct fed *);

/* ---- two histories ---- */

/*
 * Set *n to the number of blocks of the first account that the other one
 * lacks.  Returns 0, or -1 after a message.
 */
int		 blocks_missing(struct history *,
		    const struct history_account *, struct history *other,
		    const struct history_account *, uint64_t *n);

/* ---- sums ---- */

/* Sums of the rows of a range, by kind.  The digest depends on each row. */
struct sums {
	struct flow_count	service;
	struct flow_count	pair;
	struct flow_count	in;	/* of hosts */
	struct flow_count	out;
	struct flow_count	vlan;
	uint64_t		digest;
};

/* Read and add up the rows of a range.  Returns 0, or -1 after a message. */
int		 sums_of(struct history *, const struct history_account *,
		    struct history_range, struct sums *);

/* Are the sums the totals of the blocks? */
bool		 sums_agree(const struct sums *,
		    const struct history_totals *);

#endif
