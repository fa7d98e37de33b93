/*
 * The history: what accounts used by hour, day and month, per host, service
 * and pair of hosts, fed from the blocks of save files, each exactly once.
 * Periods are of UTC and begin at whole hours, counted since 1970.  A block
 * belongs to the hour in which its middle lies, as in question.h.
 *
 * Commands return 0, or -1 with errno and the text of history_error().
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

#define HISTORY_HOUR_NS	UINT64_C(3600000000000)

/* Where it is, below the directory of the save files. */
#define HISTORY_DIR	"db"

/* Numbers frozen by the format. */
enum history_grain {
	HISTORY_HOUR = 1,
	HISTORY_DAY = 2,
	HISTORY_MONTH = 3
};

/* What blocks say about themselves, if all of them say the same. */
#define HISTORY_NO_TEXTS	0
#define HISTORY_MANY_TEXTS	1

/* What an account had in a period, or in a block, all in all. */
struct history_totals {
	uint64_t		 blocks;
	uint64_t		 texts;		/* for history_texts() */
	uint64_t		 rows;		/* of these blocks */
	uint64_t		 duration_ns;
	uint64_t		 begin_ns;	/* of the first one */
	uint64_t		 end_ns;	/* of the last one */
	uint64_t		 checksum;	/* of which blocks */
	struct flow_count	 total;
	struct ledger		 ledger;
};

/* ---- opening ---- */

struct history;

enum history_mode {
	HISTORY_READ,		/* needs permission to read only */
	HISTORY_WRITE,
	HISTORY_CREATE,		/* makes one where there is none */
	HISTORY_BESIDE		/* a new one, in the place of another */
};

#define HISTORY_ERROR_LEN	1024

/*
 * Open the history below statedir; one process at a time may write, and
 * readers wait while it changes something, both up to `wait' seconds.  A
 * reader holds writers up: read, then close.  NULL with errno (ENOENT: there
 * is none) and what is wrong.
 */
struct history	*history_open(const char *statedir, enum history_mode,
		    unsigned wait, char err[HISTORY_ERROR_LEN]);
int		 history_close(struct history *);
const char	*history_error(const struct history *);

/*
 * Is what went wrong that it is damaged?  By the errno of history_open(), or
 * of a history that is open.
 */
bool		 history_error_is_damage(int error);
bool		 history_is_damaged(const struct history *);

/* Writers: its log was damaged, which it did not need, and is a new one. */
bool		 history_log_was_reset(const struct history *);

/* Read all of its pages: -1 if one is damaged. */
int		 history_check(struct history *);

/* Does it see all faults of its pages?  Not of one made by an old trafdb. */
bool		 history_has_sums(const struct history *);

/*
 * With HISTORY_BESIDE: instead of closing it let it take the place of the
 * other one, which is kept under the name that is told.  0, or -1 with errno,
 * and the other one is in its place.
 */
int		 history_take_place(struct history *, char aside[PATH_MAX]);

/* Writers: let readers in who wait. */
int		 history_yield(struct history *);

/* ---- accounts ---- */

struct history_account {
	char		 name[64];
	uint32_t	 id;
	uint32_t	 closed;	/* days before are summed */
	bool		 any;		/* blocks: else these two are 0 */
	uint32_t	 first;		/* hour of the first block */
	uint32_t	 last;		/* hour of the last block */
	uint32_t	 kept[4];	/* by grain: nothing of before */
	struct blocks_mark place;	/* known up to here */
};

/* 1 and the account, 0 if there is none of that name, -1. */
int	history_account(struct history *, const char *name,
	    struct history_account *);

/* The accounts in the order of their names: the one behind `after' (""). */
int	history_account_next(struct history *, const char *after,
	    struct history_account *);

/* ---- feeding ---- */

/* Begin to feed an account, which is made if it is new.  Then either end. */
int	history_feed_begin(struct history *, const char *name);
int	history_feed_commit(struct history *,
	    const struct blocks_mark *);
void	history_feed_abort(struct history *);

enum history_known {
	HISTORY_NEW,
	HISTORY_KNOWN,		/* is in the history */
	HISTORY_CONFLICT,	/* another one of its name is: to be added */
	HISTORY_OVERLAP,	/* part of what it holds is: not to be added */
	HISTORY_FAILED
};

/* Is this block in the history of the account being fed? */
enum history_known history_feed_known(struct history *,
	    const struct block_info *);

/* Or of this account? */
enum history_known history_knows(struct history *,
	    const struct history_account *, const struct block_info *);

/* How many blocks has the account whose name another one had before? */
int	history_count_again(struct history *, const struct history_account *,
	    uint64_t *n);

/*
 * How many blocks of an account has another account not?  Those that format 2
 * has noted count as one for each row of generations side by side.
 */
int	history_missing(struct history *, const struct history_account *,
	    struct history *other, const struct history_account *,
	    uint64_t *n);

/* The hour that a block belongs to; what tells it from any other. */
uint32_t history_hour(const struct block_info *);
uint64_t history_checksum(const struct block_info *);

/*
 * Add a block that is new, or one in conflict: what it says about itself,
 * then its rows in parts.
 */
int	history_feed_block(struct history *, const struct block_info *);
int	history_feed_rows(struct history *, const struct flow *, size_t n);

/* ---- keeping ---- */

/*
 * Let the account `from' take the place of `to', which is forgotten; one
 * transaction.  Names that begin with HISTORY_HIDDEN are not among those that
 * history_account_next() finds.
 */
#define HISTORY_HIDDEN	'\001'

int	history_replace(struct history *, const char *from, const char *to);
int	history_forget(struct history *, const char *name);

/*
 * Keep no periods of that grain that begin before `hour', and at most what
 * the next coarser grain holds: hours go by days, days by months.  Sets what
 * was done in the account.
 */
int	history_prune(struct history *, struct history_account *,
	    enum history_grain, uint32_t hour);

/* Give free space back to the system.  Takes as long as a copy. */
int	history_compact(struct history *);

struct history_stat {
	uint64_t	items;
	uint64_t	octets;		/* of the file */
	uint64_t	free;		/* of these, not in use */
};

int	history_stat(struct history *, struct history_stat *);

/* Berkeley DB's own verification of the file; opens it by itself. */
int	history_verify_file(const char *statedir, unsigned wait,
	    char err[HISTORY_ERROR_LEN]);

/* ---- notes: a few octets under a name, for those who keep them here ---- */

#define HISTORY_NOTE_MAX	1024	/* octets */
#define HISTORY_NAME_MAX	64	/* with the NUL */

int	history_note_put(struct history *, const char *name, const void *,
	    size_t len);
int	history_note_delete(struct history *, const char *name);

/*
 * The note behind that of the name `after' (""), in the order of names: 1,
 * 0, -1.
 */
int	history_note_next(struct history *, const char *after,
	    char name[HISTORY_NAME_MAX], uint8_t note[HISTORY_NOTE_MAX],
	    size_t *len);

/* ---- asking ---- */

/*
 * The hours [from, until) of an account.  Can they be answered: is what is
 * kept fine enough?  true, or false and, in hours, the nearest range around
 * it that can.
 */
struct history_range {
	uint32_t	from;
	uint32_t	until;
};

bool	history_answers(const struct history_account *,
	    struct history_range *);

/* What a range is put together from: bits, 1 << grain. */
unsigned history_grains(const struct history_account *, struct history_range);

/* The begin of the period that an hour belongs to, and of the next one. */
uint32_t history_period(enum history_grain, uint32_t hour);
uint32_t history_period_next(enum history_grain, uint32_t hour);

/*
 * Call fn for all rows of that kind, as long as it returns 0; a subject comes
 * several times, in no order.  With `only', rows of that subject alone.
 */
typedef int	history_row_fn(void *, const struct history_row *);

int	history_each(struct history *, const struct history_account *,
	    enum history_kind, struct history_range,
	    const struct history_row *only, history_row_fn *, void *arg);

/* The same, but a subject comes once, and they come in their order. */
int	history_each_once(struct history *, const struct history_account *,
	    enum history_kind, struct history_range, history_row_fn *,
	    void *arg);

int	history_total(struct history *, const struct history_account *,
	    struct history_range, struct history_totals *);

/*
 * Go on to the first period of that grain that begins at *hour or later and
 * has a block: 1, 0 if there is none, -1.
 */
int	history_skip(struct history *, const struct history_account *,
	    enum history_grain, uint32_t *hour);

/* Call fn for all blocks in the order of their begin; as above. */
typedef int	history_block_fn(void *, const struct history_totals *);

int	history_blocks(struct history *, const struct history_account *,
	    struct history_range, history_block_fn *, void *arg);

/* Set interface, host and networks; all are "" where there are none. */
int	history_texts(struct history *, uint64_t texts, struct block_info *);

/* ---- subjects ---- */

/* Of the source or destination of a key. */
void	history_subject_src(struct history_row *, const struct flow_key *);
void	history_subject_dst(struct history_row *, const struct flow_key *);
void	history_subject_service(struct history_row *, const struct flow_key *);

/* Returns which count of the row is that of the key's direction. */
unsigned history_subject_pair(struct history_row *, const struct flow_key *);

/*
 * Flows with the counts and what the row says of their key: one, or up to two
 * of a pair.  A host is the source.  Returns how many.
 */
unsigned history_flows(enum history_kind, const struct history_row *,
	    struct flow flow[2]);

#endif
