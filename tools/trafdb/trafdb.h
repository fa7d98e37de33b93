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
	const char		*keep;		/* --keep, or NULL */
	const char		*files;		/* --files: an age, or NULL */
	const char		*exec;		/* --exec, or NULL */
	const char		*from;		/* -f: this file, or NULL */
	const char		*host;		/* of a limit */
	const char		*net;
	enum limit_direction	 direction;
	enum limit_period	 period;
	const char		*at;
	uint64_t		 size;		/* --size, or 0 */
	uint32_t		 day;		/* --day, or 0 */
	unsigned		 wait;		/* seconds */
	bool			 all;
	bool			 delete;
	bool			 force;
	bool			 verbose;
	const char *const	*names;		/* operands */
	int			 nnames;
	struct owner		*owner;		/* whom we work as */
};

/* Commands: each returns the exit status, having said what is wrong. */
typedef int	command_fn(const struct options *);

/*
 * Parse the command line; does not return from an error or --help.  Returns
 * the command.
 */
command_fn	*options_parse(struct options *, int argc, char **argv);

command_fn	check_run, dump_run, limit_run, prune_run, rebuild_run,
		stat_run, update_run, verify_run;

/* prune --files: the exit status. */
int	prune_files(const struct options *);

/* ---- what several need: common.c ---- */

/* NULL after a message; a history that is not there is none with READ. */
struct history	*db_open(const struct options *, enum history_mode);

/* Close; a failure is told.  The exit status, or `rc' if that is worse. */
int		 db_close(struct history *, int rc);

/* Say what the history complains of, and return -1. */
int		 db_fail(const struct history *);

/*
 * Call fn for the accounts that are operands, or for all that there are.
 * The exit status: of the last one that failed.
 */
typedef int	account_fn(const struct options *, struct history *,
		    const struct history_account *);
int		 db_each(const struct options *, struct history *,
		    account_fn *);

/* Say why it could not be opened, and what to do. */
void		 db_cannot_open(const char *why, enum history_mode);

/*
 * Call fn for the names that are operands, or for all accounts that have a
 * save file.  The exit status: of the last one that failed.
 */
typedef int	name_fn(const struct options *, struct history *,
		    const char *name);
int		 for_names(const struct options *, struct history *,
		    name_fn *);

/*
 * The path of the save file, whatever is in the current directory.  0, or -1
 * after a message.
 */
int		 save_path(const struct options *, const char *name,
		    char path[PATH_MAX]);

/* ---- feeding ---- */

/* What became of the blocks of a file. */
struct fed {
	uint64_t	blocks;		/* sound ones, new or known */
	uint64_t	added;
	uint64_t	known;
	uint64_t	again;		/* of those added: known names */
	uint64_t	overlaps;	/* not added */
	uint64_t	damaged;
};

#define FEED_RESUME	1	/* go on where the last one has stopped */
#define FEED_NAMED	2	/* the file is one that the caller has named */

/*
 * Feed a file to an account, as options say.  The history must be open for
 * writing.  Returns 0, or -1 after a message; damage and conflicts have been
 * told and are in *fed.
 */
int		 feed_file(const struct options *, struct history *,
		    const char *account, const char *path, int how,
		    struct fed *);

/* With -v: how many. */
void		 tell_fed(const struct options *, const char *name,
		    const struct fed *);

/* The exit status for these. */
int		 feed_status(const struct fed *);

/* ---- two histories ---- */

/*
 * How many blocks of the first account the other one lacks.  0, or -1 after a
 * message.
 */
int		 blocks_missing(struct history *,
		    const struct history_account *, struct history *other,
		    const struct history_account *, uint64_t *n);

/* ---- sums ---- */

/* Of the rows of a time, by kind; the digest hangs on each of them. */
struct sums {
	struct flow_count	service;
	struct flow_count	pair;
	struct flow_count	in;	/* of hosts */
	struct flow_count	out;
	uint64_t		digest;
};

/* Read the rows: 0, or -1 after a message. */
int		 sums_of(struct history *, const struct history_account *,
		    struct history_range, struct sums *);

/* Are they what the blocks said? */
bool		 sums_agree(const struct sums *,
		    const struct history_totals *);

#endif
