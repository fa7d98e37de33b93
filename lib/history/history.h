/*
 * The history: the traffic of each account by hour, day and month, per host,
 * service, pair of hosts and VLAN.  It is fed from the blocks of save files,
 * each exactly once.  Periods are in UTC.  An hour is a number of whole hours
 * since 1970.  A block belongs to the hour that contains its middle, as in
 * question.h.
 *
 *	open → [queries | feed_begin → [feed_block → feed_rows*]* →
 *	feed_commit or feed_abort]* → close or take_place
 *
 * Only one thread of a process may use histories.  If nothing else is said, a
 * function returns 0, or -1 with errno and the text of history_error().
 */
#ifndef HISTORY_H
#define HISTORY_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "file/block.h"
#include "file/blocks.h"
#include "history/pack/rows.h"
#include "packet/flow.h"
#include "packet/ledger.h"
#include "packet/owner.h"

#define HISTORY_HOUR_NS	UINT64_C(3600000000000)

/* The directory of the history, in that of the save files. */
#define HISTORY_DIR	"db"

/* The format fixes these numbers. */
enum history_grain {
	HISTORY_HOUR = 1,
	HISTORY_DAY = 2,
	HISTORY_MONTH = 3
};

/*
 * Values of history_totals.texts that refer to no texts: there are none, or
 * the blocks have different ones.
 */
#define HISTORY_NO_TEXTS	0
#define HISTORY_MANY_TEXTS	1

/* The totals of an account for a period, or of one block. */
struct history_totals {
	uint64_t		 blocks;
	uint64_t		 texts;		/* for history_texts() */
	uint64_t		 rows;		/* of all blocks */
	uint64_t		 duration_ns;
	uint64_t		 begin_ns;	/* the earliest one */
	uint64_t		 end_ns;	/* the latest one */
	uint64_t		 checksum;	/* sum of history_checksum() */
	struct flow_count	 total;
	struct ledger		 ledger;
};

/* ---- opening ---- */

struct history;

enum history_mode {
	HISTORY_READ,		/* needs read permission only */
	HISTORY_WRITE,
	HISTORY_CREATE,		/* creates it if there is none */
	HISTORY_BESIDE		/* a new one that will replace it */
};

#define HISTORY_ERROR_LEN	1024

/*
 * Open the history of the state directory, waiting up to `wait' seconds for
 * other processes.  Only one process at a time writes.  A writer and a reader
 * wait for each other, so a reader should read, then close.  Returns NULL with
 * errno and the reason in err; ENOENT: there is no history.
 */
struct history	*history_open(const char *statedir, enum history_mode,
		    unsigned wait, char err[HISTORY_ERROR_LEN]);
/*
 * Close and free the history; a feed that was not committed is aborted.  NULL
 * is allowed.
 */
int		 history_close(struct history *);
/* The text of the first failure, or "".  Valid until the history is closed. */
const char	*history_error(const struct history *);

/*
 * Does this errno of history_open() mean that the history is damaged?  Has an
 * open history found damage?
 */
bool		 history_error_is_damage(int error);
bool		 history_is_damaged(const struct history *);

/*
 * Writers: was the log of the database damaged and replaced?  Nothing is lost:
 * the database did not need the log.
 */
bool		 history_log_was_reset(const struct history *);

/* Read all pages.  Returns -1 with errno, EBADMSG if a page is damaged. */
int		 history_check(struct history *);

/*
 * Does each page have a checksum, so that all damage is found?  Not if an old
 * trafdb made the database (format 2).
 */
bool		 history_has_sums(const struct history *);

/*
 * With HISTORY_BESIDE, instead of history_close(): close and free the history,
 * and put it in the place of the old one, which is renamed to `aside'.
 * Returns 0, or -1 with errno; the old one then remains in its place.  If it
 * cannot even be moved back there, the next writer puts the new one there.
 */
int		 history_take_place(struct history *, char aside[PATH_MAX]);

/*
 * Writers, not while feeding: write everything to disk, and let waiting
 * readers read.
 */
int		 history_yield(struct history *);

/* ---- accounts ---- */

struct history_account {
	char		 name[64];
	uint32_t	 id;
	uint32_t	 closed;	/* periods until then are summed up */
	bool		 any;		/* has blocks; else the next are 0 */
	uint32_t	 first;		/* hour of the first block */
	uint32_t	 last;		/* hour of the last block */
	uint32_t	 kept[4];	/* by grain: the first hour kept */
	struct blocks_mark place;	/* blocks up to here are known */
};

/* Get the account of that name.  Returns 1, 0 if there is none, or -1. */
int	history_account(struct history *, const char *name,
	    struct history_account *);

/*
 * Get the first account whose name is greater than `after'; "" gets the first
 * of all.  Returns 1, 0 if there is none, or -1.
 */
int	history_account_next(struct history *, const char *after,
	    struct history_account *);

/* ---- feeding ---- */

/*
 * Begin to feed an account, which is created if it is new.  Then call
 * history_feed_commit() or history_feed_abort().  A commit ends the feed even
 * if it fails.  An abort without a feed does nothing.  If the mark is NULL, the
 * account keeps its place.
 */
int	history_feed_begin(struct history *, const char *name);
int	history_feed_commit(struct history *,
	    const struct blocks_mark *);
void	history_feed_abort(struct history *);

enum history_known {
	HISTORY_NEW,
	HISTORY_KNOWN,		/* the block is in the history */
	HISTORY_CONFLICT,	/* another block has its name: add it, too */
	HISTORY_OVERLAP,	/* part of it is there: do not add it */
	HISTORY_FAILED
};

/* Is this block in the history of the account being fed? */
enum history_known history_feed_known(struct history *,
	    const struct block_info *);

/* Is this block in the history of that account? */
enum history_known history_knows(struct history *,
	    const struct history_account *, const struct block_info *);

/*
 * Set *n to the number of the account's blocks whose name an earlier block
 * had.  The name of a block is its generations: see known.c.
 */
int	history_count_again(struct history *, const struct history_account *,
	    uint64_t *n);

/*
 * Set *n to the number of an account's blocks that an account of `other'
 * lacks.  Blocks that format 2 noted under one item (consecutive generations)
 * count as one.
 */
int	history_missing(struct history *, const struct history_account *,
	    struct history *other, const struct history_account *,
	    uint64_t *n);

/* The hour that a block belongs to; a checksum that identifies the block. */
uint32_t history_hour(const struct block_info *);
uint64_t history_checksum(const struct block_info *);

/*
 * Add a block that is HISTORY_NEW or HISTORY_CONFLICT: first its header, with
 * the owners of its rows, then its rows, in any number of parts.
 */
int	history_feed_block(struct history *, const struct block_info *);
int	history_feed_rows(struct history *, const struct flow *, size_t n);

/*
 * Give the account that is fed these interfaces before a block does, so that
 * they have the same numbers as elsewhere.
 */
int	history_feed_interfaces(struct history *, const struct owners *);

/* ---- keeping ---- */

/*
 * Delete the account `to' and rename the account `from' to `to', in one
 * transaction; `from' must exist.  history_forget() deletes an account if it
 * exists.  Accounts whose names begin with HISTORY_HIDDEN are not returned by
 * history_account_next().
 */
#define HISTORY_HIDDEN	'\001'

int	history_replace(struct history *, const char *from, const char *to);
int	history_forget(struct history *, const char *name);

/*
 * Delete the periods of that grain that begin before `hour', but only those
 * that the next coarser grain includes (hours by whole days, days by whole
 * months) and of which the next finer grain is deleted.  Updates the account.
 */
int	history_prune(struct history *, struct history_account *,
	    enum history_grain, uint32_t hour);

/*
 * Return free space to the file system.  Takes as long as copying the
 * database.
 */
int	history_compact(struct history *);

struct history_stat {
	uint64_t	items;
	uint64_t	octets;		/* bytes of the file */
	uint64_t	free;		/* bytes of these not in use */
};

int	history_stat(struct history *, struct history_stat *);

/*
 * Check all pages, and run Berkeley DB's own verification of the file.  Opens
 * the history itself.  Returns 0, or -1 with errno and the reason in err.
 */
int	history_verify_file(const char *statedir, unsigned wait,
	    char err[HISTORY_ERROR_LEN]);

/* ---- notes: small values of other modules, under names ---- */

#define HISTORY_NOTE_MAX	1024	/* bytes */
#define HISTORY_NAME_MAX	64	/* with the NUL */

/* Write or delete a note, in a transaction of its own: not while feeding. */
int	history_note_put(struct history *, const char *name, const void *,
	    size_t len);
int	history_note_delete(struct history *, const char *name);

/*
 * Get the first note whose name is greater than `after'; "" gets the first of
 * all.  Returns 1, 0 if there is none, or -1.
 */
int	history_note_next(struct history *, const char *after,
	    char name[HISTORY_NAME_MAX], uint8_t note[HISTORY_NOTE_MAX],
	    size_t *len);

/* ---- asking ---- */

/* The hours [from, until). */
struct history_range {
	uint32_t	from;
	uint32_t	until;
};

/*
 * Are the periods that are kept fine enough to answer a query of this range?
 * If not, returns false and widens the range to the nearest one that can be
 * answered.
 */
bool	history_answers(const struct history_account *,
	    struct history_range *);

/* The grains that a range is read from: bits, 1 << grain. */
unsigned history_grains(const struct history_account *, struct history_range);

/*
 * The first hour of the period that contains `hour', and of the period after
 * it.
 */
uint32_t history_period(enum history_grain, uint32_t hour);
uint32_t history_period_next(enum history_grain, uint32_t hour);

/*
 * Call fn for each row of that kind, as long as fn returns 0.  A subject comes
 * several times, in no order.  If `only' is not NULL, only rows of its subject
 * are read.  Returns 0, the last value of fn, or -1.
 */
typedef int	history_row_fn(void *, const struct history_row *);

int	history_each(struct history *, const struct history_account *,
	    enum history_kind, struct history_range,
	    const struct history_row *only, history_row_fn *, void *arg);

/* The same, but each subject comes once, and in the order of subjects. */
int	history_each_once(struct history *, const struct history_account *,
	    enum history_kind, struct history_range, history_row_fn *,
	    void *arg);

/* The totals of a range; all are 0 if it has no blocks. */
int	history_total(struct history *, const struct history_account *,
	    struct history_range, struct history_totals *);

/*
 * Set *hour to the first period of that grain that begins at *hour or later
 * and has a block.  Returns 1, 0 if there is none, or -1.
 */
int	history_skip(struct history *, const struct history_account *,
	    enum history_grain, uint32_t *hour);

/*
 * Call fn for each block, in the order of hour and begin, as long as fn
 * returns 0.  Single blocks are kept as long as hours are.  Returns 0, the last
 * value of fn, or -1.
 */
typedef int	history_block_fn(void *, const struct history_totals *);

int	history_blocks(struct history *, const struct history_account *,
	    struct history_range, history_block_fn *, void *arg);

/*
 * Set ifname, host and networks of the block_info; all are "" if `texts'
 * refers to none.
 */
int	history_texts(struct history *, uint64_t texts, struct block_info *);

/*
 * Get the names of owners and interfaces of an account of owners; the caller
 * frees them.  Returns 1; 0 with *out NULL if it has none; or -1.
 */
int	history_owners(struct history *, const struct history_account *,
	    struct owners **out);

/* ---- subjects ---- */

/*
 * Set the subject of a row from a key: the source as a host, the destination
 * as a host, the service, or the VLAN, which must not be FLOW_VLAN_NONE.
 */
void	history_subject_src(struct history_row *, const struct flow_key *);
void	history_subject_dst(struct history_row *, const struct flow_key *);
void	history_subject_service(struct history_row *, const struct flow_key *);
void	history_subject_vlan(struct history_row *, const struct flow_key *);

/*
 * Set the subject to the pair of hosts.  Returns the index in row->count of
 * the key's direction.
 */
unsigned history_subject_pair(struct history_row *, const struct flow_key *);

/*
 * Make flows of a row: one; of a pair up to two, one for each direction that
 * has counts.  A host is the source.  Returns the number of flows.
 */
unsigned history_flows(enum history_kind, const struct history_row *,
	    struct flow flow[2]);

#endif
