/*
 * What the modules of the history share: the keys of the store, and the state
 * of an open history.  Private to them.
 *
 * Keys begin with a letter and are big-endian:
 *	`A' name			an account: history_account
 *	`E' account, instance, epoch	blocks known: see known.c
 *	`D' account, identity		a block whose name an earlier block
 *					had: see known.c
 *	`T' account, grain, period	history_totals
 *	`B' account, hour, begin, checksum
 *					history_totals of one block
 *	`G' account			its items are to be deleted
 *	`L' name			a note
 *	`J' account			periods being closed: until, step,
 *					subject to continue with
 *	`O' account, id			an owner: see owners.c
 *	`I' account, number		an interface of rows of owners
 *	`X' texts			interface, host, networks; each ends
 *					in a NUL
 *	`R' account, kind, grain, period, run, subject
 *					rows from that subject on, packed
 *
 * A run is a sorted set of rows.  A period may have several runs, which add
 * up.  Each feed makes one run in its hour.  After the next hour has begun,
 * later feeds merge the runs of the hour into one, sum the hours of a day, and
 * sum the days of a month: see close.c.  If rows come late, for periods that
 * are already summed up, they make one more run in each of these periods.
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
#define KEY_OWNER	'O'
#define KEY_INTERFACE	'I'
#define KEY_ROWS	'R'

/* Longest key: letter, account, kind, grain, period, run, subject. */
#define KEY_MAX		(1 + 4 + 1 + 1 + 4 + 2 + HISTORY_SUBJECT_MAX)
#define KEY_RUN		(KEY_MAX - HISTORY_SUBJECT_MAX)

/* The hour that contains the last nanosecond of a block_info. */
#define HOUR_MOST	((uint32_t)(UINT64_MAX / HISTORY_HOUR_NS))

/* If a period has this many runs, they are merged. */
#define RUNS_MOST	16

/*
 * If more than CLOSE_BLOCKS blocks, about an hour's, were fed since the
 * history was opened, a feed closes all periods that are over.  Otherwise it
 * reads at most CLOSE_ROWS rows for that, and CLOSE_ROWS_EACH for each row
 * fed: three times what a year of blocks needs.
 */
#define CLOSE_BLOCKS	16
#define CLOSE_ROWS	20000
#define CLOSE_ROWS_EACH	5

/* Identifies a run. */
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
	struct store_place	*place;		/* of HISTORY_BESIDE, or NULL */
	struct history_packer	*packer;
	struct history_row	*row;		/* HISTORY_PACK_ROWS */
	struct history_feed	*feed;		/* between begin and end */
	uint64_t		 blocks_fed;	/* since it was opened */
	uint64_t		 close_blocks;	/* tests set other values */
	size_t			 close_rows;
	size_t			 close_rows_each;
	bool			 damaged;
	char			 error[HISTORY_ERROR_LEN];
};

/*
 * Record a failure that is not one of the store; the first text is kept.  Sets
 * errno and returns -1.
 */
int	history_fail(struct history *, int error, const char *text);

/* ---- keys.c ---- */

/* Make a key.  Both return its length in bytes. */
size_t	key_run(const struct sorted_run *, uint8_t key[KEY_MAX]);
size_t	key_totals(uint32_t account, enum history_grain, uint32_t period,
	    uint8_t key[KEY_MAX]);

/*
 * Set the run that a key of rows belongs to.  Returns false if the item has
 * another kind of key.
 */
bool	key_is_run(const struct store_item *, struct sorted_run *);

/* ---- accounts.c ---- */

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

/* ---- blocks.c ---- */

int	block_put(struct history *, uint32_t account, uint32_t hour,
	    const struct history_totals *);
int	texts_put(struct history *, const struct block_info *,
	    uint64_t *texts);

/* ---- owners.c ---- */

/* The value of an owner, with the last day on which it has rows. */
#define OWNER_PACKED	(8 + OWNER_UNIT_MAX + OWNER_USER_MAX + \
			    OWNER_PROGRAM_MAX)
size_t	owner_pack(const struct owner *, uint32_t last,
	    uint8_t value[OWNER_PACKED]);
bool	owner_unpack(const uint8_t *value, size_t len, struct owner *);

/* What a feed knows of owners; begins as NULL, without any. */
struct feed_owners;

/* Note the owners of a block of that hour; NULL: it has none. */
int	feed_owners_block(struct history *, uint32_t account,
	    struct feed_owners **, const struct owners *, uint32_t hour);

/* Note interfaces only. */
int	feed_owners_interfaces(struct history *, uint32_t account,
	    struct feed_owners **, const struct owners *);

/* Give a row of that block the account's numbers of interfaces. */
void	feed_owners_row(const struct feed_owners *, struct flow *);
void	feed_owners_free(struct feed_owners *);

/* Outside a transaction: delete owners without rows since that hour. */
int	owners_prune(struct history *, uint32_t account, uint32_t since);

/* ---- known.c ---- */

/* Note that the account has this block, which it did not have before. */
int	known_add(struct history *, const struct history_account *,
	    const struct block_info *);

/* ---- runs.c and merge.c ---- */

struct runs {
	struct sorted_run	*run;
	size_t		 n;
	size_t		 room;
};

/*
 * Append the runs of a kind and grain whose periods begin in [from, until), in
 * the order of their keys.  The caller frees the list, also after -1.
 */
int	runs_list(struct history *, uint32_t account, enum history_kind,
	    enum history_grain, uint32_t from, uint32_t until, struct runs *);
void	runs_free(struct runs *);

/* Set the number of a run to one that no run of its period has. */
int	run_new(struct history *, struct sorted_run *);
int	run_delete(struct history *, const struct sorted_run *);

/*
 * Write rows, which must come in ascending order, as a run: run_put() for
 * each, then run_end(), which frees the writer.  If `good' is false, run_end()
 * does not write the rest and returns -1.
 */
struct run_writer;
struct run_writer *run_begin(struct history *, const struct sorted_run *);
int	run_put(struct run_writer *, const struct history_row *);
bool	run_is_even(const struct run_writer *);	/* at the end of a pack */
int	run_end(struct run_writer *, bool good);

/*
 * Add up the rows of many runs, and call fn once for each subject, in the
 * order of subjects, as long as fn returns 0.  Needs 170 kB for each run.
 */
int	runs_each(struct history *, const struct runs *, history_row_fn *,
	    void *arg);

/*
 * Merge many runs into one, from the subject `next' on (len 0: all).  The runs
 * remain.  Adds the number of rows read to *rows.  If *rows reaches `most',
 * stops at the end of a pack and sets `next' to the subject to continue with.
 * Returns 1 if all is done, 0 if not, or -1.
 */
int	runs_merge(struct history *, const struct runs *,
	    const struct sorted_run *to, struct history_row *next,
	    size_t most, size_t *rows);

/*
 * Read a run.  run_next() returns 1 and a row that is valid until the next
 * call, 0 at the end, or -1.
 */
struct run_reader;
struct run_reader *run_open(struct history *, const struct sorted_run *);
int	run_next(struct run_reader *, const struct history_row **);

/*
 * Before the first run_next(): start at that subject, or at the first one
 * after it.
 */
int	run_seek(struct run_reader *, const struct history_row *subject);
void	run_close(struct run_reader *);

/*
 * Find the row of a subject.  Returns 1 and the row, valid until the next
 * run_find(); 0 if there is none; or -1.
 */
int	run_find(struct history *, const struct sorted_run *,
	    const struct history_row *subject, const struct history_row **);

/* ---- close.c ---- */

/*
 * Merge the runs of hours that are over, and sum hours into days and days into
 * months, until about `most' rows were read or all is done.  Sets `closed' of
 * the account; the caller writes the account.
 */
int	roll_up_periods(struct history *, struct history_account *,
	    size_t most);

/*
 * Call before rows of that hour are written: if an unfinished job includes the
 * hour, finish the job first.
 */
int	history_close_for(struct history *, struct history_account *,
	    uint32_t hour);

/* Merge the runs of a period if there are RUNS_MOST or more of a kind. */
int	history_limit_runs(struct history *, uint32_t account,
	    enum history_grain, uint32_t period);

#endif
