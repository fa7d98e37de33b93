/*
 * A question about traffic, as a value: whoever has the data (files,
 * history) answers it with a result.
 *
 * A block is never split: all of it belongs to the period in which its
 * middle lies (question_instant()), be it an hour of `hour' or the time from
 * since to until.  So a block saved at midnight, or a minute before or
 * after it, belongs to the day that it is about.
 */
#ifndef QUESTION_H
#define QUESTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "keys.h"

#define QUESTION_KEYS_MAX	6
#define QUESTION_TABLES_MAX	4

struct nets;
struct where;

/* A table of the answer. */
struct question_table {
	const char	*name;		/* RESULT_ANSWER, ... */
	const char	*title;
	struct key	 key[QUESTION_KEYS_MAX];
	size_t		 nkeys;		/* 0: the total alone */

	/*
	 * So many rows, 0: all.  Where there are keys of time and others: so
	 * many of each period.
	 */
	uint64_t	 top;
	const char	*sort;		/* column; NULL: by time, then bytes */
};

struct question {
	const char	*text;		/* in words */
	uint64_t	 since_ns;
	uint64_t	 until_ns;	/* not part of it; UINT64_MAX: any */
	const struct where *where;	/* NULL: all rows */
	bool		 in;		/* only what came in ... */
	bool		 out;		/* ... or went out; both: either */
	const struct nets *local;	/* NULL: what each block recorded */
	unsigned int	 permille;	/* of --percentile; 0: none */
	struct question_table table[QUESTION_TABLES_MAX];
	size_t		 ntables;
};

/* The instant that decides to which period a block belongs. */
uint64_t	question_instant(uint64_t begin_ns, uint64_t end_ns);

/* Does a block belong to the period asked for? */
bool		question_in_period(const struct question *, uint64_t begin_ns,
		    uint64_t end_ns);

/*
 * Add a table with the keys of a list, `day,host'.  NULL, or what is wrong
 * with which word of it (*bad, in `list').
 */
const char	*question_table_add(struct question *, const char *name,
		    const char *title, const char *list, const char **bad);

/* Can the table be sorted by that column or key? */
bool		question_sorts(const struct question *,
		    const struct question_table *, const char *word);

/* `p95', `p99_9': what columns of the percentile begin with.  Returns buf. */
#define QUESTION_PERCENTILE_LEN	16
char		*question_percentile(const struct question *,
		    char buf[QUESTION_PERCENTILE_LEN]);

/* Close all keys. */
void		question_end(struct question *);

#endif
