/*
 * An answer as a value: tables of typed columns, and what they are about.
 * Whoever answers a question (files, history) builds one; answer formats
 * (answer.h) only read it.  It owns all its texts and knows neither files
 * nor formats.
 */
#ifndef RESULT_H
#define RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/calendar.h"
#include "packet/ledger.h"

enum result_type {
	RESULT_TEXT,
	RESULT_TIME,		/* ns since 1970 UTC: the begin of a period */
	RESULT_OCTETS,
	RESULT_PACKETS,
	RESULT_RATE,		/* bit/s */
	RESULT_COUNT,
	RESULT_SHARE		/* millionths */
};

struct result_column {
	const char		*name;	/* for programs: `host', `bytes' */
	const char		*title;	/* for people: `Host', `Bytes' */
	enum result_type	 type;
	enum calendar_grain	 grain;	/* of a time */
	bool			 key;	/* what it is about; they come first */
	bool			 minor;	/* may be left out for people */
};

union result_value {
	const char	*text;		/* of RESULT_TEXT; never NULL */
	uint64_t	 number;	/* of all others, or RESULT_UNKNOWN */
};

/* There is no such number: a rate over no time. */
#define RESULT_UNKNOWN	UINT64_MAX

/* What a reader must know of the answer, in a sentence. */
struct result_note {
	const char		*text;
	struct result_note	*next;
};

/*
 * Values are row after row.  `total' is the sum of all rows there would be,
 * `rest' that of those that --top left out (cut > 0); their keys mean
 * nothing.  Either is NULL where there is none.
 */
struct result_table {
	const char		*name;	/* for programs: `answer' */
	const char		*title;	/* for people: `Traffic by host' */
	struct result_column	*column;
	size_t			 ncolumns;
	union result_value	*value;
	size_t			 nrows;
	size_t			 room;		/* rows; for result.c */
	union result_value	*total;
	union result_value	*rest;
	uint64_t		 cut;		/* rows left out */
	size_t			 measure;	/* the column to draw */
	struct result_table	*next;
};

/* Who has answered. */
#define RESULT_FILES	"files"
#define RESULT_HISTORY	"history"
#define RESULT_BOTH	"history+files"

/* The names of tables.  The first in a result is the answer itself. */
#define RESULT_ANSWER	"answer"
#define RESULT_SERIES	"series"	/* traffic over time */
#define RESULT_HOSTS	"hosts"		/* overview: the largest hosts */
#define RESULT_SERVICES	"services"	/* overview: the largest services */
#define RESULT_MISSING	"missing"	/* what was not counted, and when */

/* Texts may be empty, never NULL.  Times in ns since 1970 UTC. */
struct result {
	const char		*account;	/* interface, or file */
	const char		*host;		/* where it was counted */
	const char		*question;	/* in words: `where port 443' */
	const char		*zone;		/* of local times */
	uint64_t		 since_ns;	/* asked for; 0: any */
	uint64_t		 until_ns;	/* asked for; 0: any */
	uint64_t		 begin_ns;	/* of the first block counted */
	uint64_t		 end_ns;	/* of the last one */
	uint64_t		 duration_ns;	/* accounted in all */
	uint64_t		 blocks;
	uint64_t		 damaged;	/* not readable, so missing */
	bool			 interrupted;	/* not all was read */
	struct ledger		 ledger;	/* of these blocks, summed up */
	const char		*coverage;	/* what it says, a sentence */
	const char		*source;	/* RESULT_FILES, ... */
	const char		*grain;		/* of it: `block', `hour,day' */
	struct result_note	*note;		/* a list */
	struct result_table	*table;		/* a list */
	struct result_pool	*pool;		/* for result.c */
};

/* NULL with errno when out of memory; so are all pointers below. */
struct result		*result_new(void);
void			 result_free(struct result *);

/* A copy that lives as long as the result. */
const char		*result_text(struct result *, const char *);

/* Append a note, as printf(3).  Returns 0, or -1. */
int			 result_note_add(struct result *, const char *, ...)
			    __attribute__((format(printf, 2, 3)));

/* Append an empty table; the columns are copied, their texts too. */
struct result_table	*result_table_add(struct result *, const char *name,
			    const char *title, const struct result_column *,
			    size_t ncolumns);

/* Append a row of zeros; valid until the next one is added. */
union result_value	*result_row_add(struct result_table *);

/* Set total or rest: a row of zeros, as long as the result lives. */
union result_value	*result_row_sum(struct result *,
			    const struct result_table *);

/* The table of that name, or NULL; row i < nrows of it. */
const struct result_table *result_find(const struct result *,
			    const char *name);
const union result_value *result_row(const struct result_table *, size_t i);

/* A value as programs read it, in buf or where it is; "" if unknown. */
const char		*result_format(const struct result_column *,
			    const union result_value *,
			    char buf[CALENDAR_LEN]);

#endif
