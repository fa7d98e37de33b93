/*
 * What the modules of the history share: the keys of the store, and the
 * state of an open history.  Private to them.
 *
 * Keys begin with a letter and are big-endian:
 *	`A' name			an account: history_account
 *	`E' account, instance, epoch	blocks known: see known.c
 *	`D' account, identity		one whose name was known before
 *	`T' account, grain, period	history_totals
 *	`B' account, hour, begin, checksum
 *					history_totals of one block
 *	`G' account			its items are garbage
 *	`L' name			a note
 *	`J' account			periods being closed: until, step,
 *					subject to go on with
 *	`X' texts			interface, host, networks; each ends
 *					in a NUL
 *	`R' account, kind, grain, period, run, subject
 *					rows from that subject on, packed
 *
 * A run is a sorted set of rows.  A period may have several, which add up:
 * each feeding makes one in its hour.  Those of an hour become one after the
 * next hour has begun, those of its hours a day, those of its days a month, by
 * the feedings that come then: see history_close.c.  What comes late for a
 * period that is closed is one more run in each.
 */
#ifndef HISTORY_IMPL_H
#define HISTORY_IMPL_H

#include "base/endian.h"
#include "history/pack/pack.h"
#include "history/pack/row_sums.h"
#include "history/store/store.h"
#include "history.h"

#define KEY_ACCOUNT	'A'
#define KEY_EPOCH	'E'
#define KEY_AGAIN	'D'
#define KEY_TOTALS	'T'
#define KEY_BLOCK	'B'
#define KEY_TEXTS	'X'
#define KEY_GARBAGE	'G'
#define KEY_NOTE	'L'
#define KEY_JOB		'J'
#define KEY_ROWS	'R'

/* Longest key: letter, account, kind, grain, period, run, subject. */
#define KEY_MAX		(1 + 4 + 1 + 1 + 4 + 2 + HISTORY_SUBJECT_MAX)
#define KEY_RUN		(KEY_MAX - HISTORY_SUBJECT_MAX)

/* A period that has more runs gets them merged. */
#define RUNS_MOST	16

/*
 * Who feeds more than an hour or so is in no hurry; others spend so many
 * rows, and some for each row fed, on closing periods: three times what a
 * year of blocks needs.
 */
#define CLOSE_BLOCKS	16
#define CLOSE_ROWS	20000
#define CLOSE_ROWS_EACH	5

/* Where rows are. */
struct sorted_run {
	uint32_t		account;
	enum history_kind	kind;
	enum history_grain	grain;
	uint32_t		period;		/* its first hour */
	uint16_t		number;
};

struct history_feed;

struct history {
	struct store		*store;
	struct store_place	*place;		/* of a new one, or NULL */
	struct history_packer	*packer;
	struct history_row	*row;		/* HISTORY_PACK_ROWS */
	struct history_feed	*feed;		/* between begin and end */
	uint64_t		 blocks_fed;	/* since it was opened */
	uint64_t		 close_blocks;	/* as above, but in tests */
	size_t			 close_rows;
	size_t			 close_rows_each;
	bool			 damaged;
	char			 error[HISTORY_ERROR_LEN];
};

/* Say what is wrong beside the store; sets errno and returns -1. */
int	history_fail(struct history *, int error, const char *text);

/* ---- history_keys.c ---- */

/* Both return the length. */
size_t	key_run(const struct sorted_run *, uint8_t key[KEY_MAX]);
size_t	key_totals(uint32_t account, enum history_grain, uint32_t period,
	    uint8_t key[KEY_MAX]);

/* The run of a key of rows, or false if it is no such key. */
bool	key_is_run(const struct store_item *, struct sorted_run *);

/* ---- history_accounts.c ---- */

int	account_delete(struct history *, const char *name);
int	account_put(struct history *, const struct history_account *);
int	account_new(struct history *, const char *name,
	    struct history_account *);
int	totals_get(struct history *, uint32_t account, enum history_grain,
	    uint32_t period, struct history_totals *);
int	totals_put(struct history *, uint32_t account, enum history_grain,
	    uint32_t period, const struct history_totals *);

#define TOTALS_MAX	((11 + LEDGER_ENTRIES) * HISTORY_NUMBER_MAX)
size_t	totals_pack(const struct history_totals *, uint8_t to[TOTALS_MAX]);
bool	totals_unpack(const uint8_t *, size_t, struct history_totals *);
void	totals_add(struct history_totals *, const struct history_totals *);

/* ---- history_blocks.c ---- */

int	block_put(struct history *, uint32_t account, uint32_t hour,
	    const struct history_totals *);
int	texts_put(struct history *, const struct block_info *,
	    uint64_t *texts);

/* ---- known.c ---- */

/* The account has this block from now on, which it does not know yet. */
int	known_add(struct history *, const struct history_account *,
	    const struct block_info *);

/* ---- history_runs.c ---- */

struct runs {
	struct sorted_run	*run;
	size_t		 n;
	size_t		 room;
};

/*
 * Append the runs of a kind and grain whose periods begin in [from, until),
 * in the order of their keys.
 */
int	runs_list(struct history *, uint32_t account, enum history_kind,
	    enum history_grain, uint32_t from, uint32_t until, struct runs *);
void	runs_free(struct runs *);

/* A number that no run of that period has. */
int	run_new(struct history *, struct sorted_run *);
int	run_delete(struct history *, const struct sorted_run *);

/* Write rows, which are sorted, as a run: in parts, then run_end(). */
struct run_writer;
struct run_writer *run_begin(struct history *, const struct sorted_run *);
int	run_put(struct run_writer *, const struct history_row *);
bool	run_is_even(const struct run_writer *);	/* at the end of a pack */
int	run_end(struct run_writer *, bool good);

/*
 * Call fn for the rows of many runs in the order of their subjects, once for
 * each, as long as it returns 0.  Needs 170 kB for each run.
 */
int	runs_each(struct history *, const struct runs *, history_row_fn *,
	    void *arg);

/*
 * One run made of many, which stay, from the subject `next' on ("": all).
 * Adds to *rows how many were read, and goes on as long as these are below
 * `most', up to the end of a pack: then `next' is where to go on.  1 if all
 * is done, 0, -1.
 */
int	runs_merge(struct history *, const struct runs *,
	    const struct sorted_run *to, struct history_row *next,
	    size_t most, size_t *rows);

/* Read a run; the row is valid until the next call.  1, 0 at the end, -1. */
struct run_reader;
struct run_reader *run_open(struct history *, const struct sorted_run *);
int	run_next(struct run_reader *, const struct history_row **);

/* Before the first row: begin with that subject, or what is behind it. */
int	run_seek(struct run_reader *, const struct history_row *subject);
void	run_close(struct run_reader *);

/* The row of that subject: 1, 0, -1. */
int	run_find(struct history *, const struct sorted_run *,
	    const struct history_row *subject, const struct history_row **);

/* ---- history_close.c ---- */

/*
 * Make days and months of what is over, or a part of them: about `most' rows
 * are read.  Sets `closed' of the account, which is to be put.
 */
int	roll_up_periods(struct history *, struct history_account *,
	    size_t most);

/* Rows of that hour are about to come: what is being made of it first. */
int	history_close_for(struct history *, struct history_account *,
	    uint32_t hour);

/* Merge the runs of a period where there are too many. */
int	history_limit_runs(struct history *, uint32_t account,
	    enum history_grain, uint32_t period);

#endif
