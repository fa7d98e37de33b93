/*
 * A question about traffic, as a value; save files or the history answer it
 * with a result.
 *
 *	fill in, table_add* -> [in_period, sorts, ...]* -> end
 *
 * A block is never split: all of it belongs to the period that contains its
 * middle (question_instant()), whether that is an hour of `hour' or the time
 * from since to until.  So a block saved at midnight, or a minute before or
 * after, belongs to the day that it covers.  One thread at a time.
 */
#ifndef QUESTION_H
#define QUESTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "keys.h"

#define QUESTION_KEYS_MAX	6
#define QUESTION_TABLES_MAX	4

struct device_map;
struct nets;
struct owner_book;
struct where;

/* A table of the answer. */
struct question_table {
	const char	*name;		/* RESULT_ANSWER, ... */
	const char	*title;
	struct key	 key[QUESTION_KEYS_MAX];
	size_t		 nkeys;		/* 0: only a total */

	/*
	 * The most rows, 0: all.  If there are keys of time and others, the
	 * most rows of each period.
	 */
	uint64_t	 top;
	const char	*sort;		/* column; NULL: time, then bytes */
};

struct question {
	const char	*text;		/* the question for people */
	uint64_t	 since_ns;
	uint64_t	 until_ns;	/* exclusive; UINT64_MAX: no limit */
	const struct where *where;	/* NULL: all rows */
	bool		 in;		/* only received traffic ... */
	bool		 out;		/* ... or only sent; both: either */
	const struct nets *local;	/* NULL: as recorded in each block */
	unsigned int	 permille;	/* of --percentile; 0: none */

	/*
	 * Estimate what the period that is running at now_ns will have at its
	 * end, estimate_ns; that of a row is its own if a key is a time.
	 */
	bool		 estimate;
	uint64_t	 estimate_ns;	/* exclusive; UINT64_MAX: rows only */
	uint64_t	 now_ns;
	bool		 apart;		/* local hosts first, remote apart */
	struct device_map *devices;	/* NULL: each address is one */
	struct owner_book *book;	/* NULL: owners have no names */
	struct question_table table[QUESTION_TABLES_MAX];
	size_t		 ntables;
};

/* The moment that decides to which period a block belongs. */
uint64_t	question_instant(uint64_t begin_ns, uint64_t end_ns);

/* Does a block belong to the period of the question? */
bool		question_in_period(const struct question *, uint64_t begin_ns,
		    uint64_t end_ns);

/*
 * Add a table with the keys of a list, `day,host'.  Returns NULL, or an error
 * for a message; *bad then points to the word in `list'.  Set q->devices
 * before.
 */
const char	*question_table_add(struct question *, const char *name,
		    const char *title, const char *list, const char **bad);

/* Can the table be sorted by that column or key? */
bool		question_sorts(const struct question *,
		    const struct question_table *, const char *word);

/* Has a table this key?  Or any key of devices? */
bool		question_has_key(const struct question *, const char *name);
bool		question_asks_devices(const struct question *);

/* Does it need an account of owners? */
bool		question_asks_owners(const struct question *);

/* `p95', `p99_9': the prefix of percentile columns.  Returns buf. */
#define QUESTION_PERCENTILE_LEN	16
char		*question_percentile(const struct question *,
		    char buf[QUESTION_PERCENTILE_LEN]);

/* Close all keys. */
void		question_end(struct question *);

#endif
