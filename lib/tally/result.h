/*
 * The answer to a question, as a value: tables of typed columns, and a
 * description.  Files or the history build it; formats (report/answer.h) only
 * read it.  It owns all its texts and does no I/O.
 *
 *	new -> [text, note_add, table_add, row_add, row_sum]* ->
 *	[find, row, format]* -> free
 *
 * One thread at a time.
 */
#ifndef RESULT_H
#define RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/calendar.h"
#include "packet/ledger.h"
#include "packet/pace.h"

enum result_type {
	RESULT_TEXT,
	RESULT_TIME,		/* begin of a period, ns since 1970 UTC */
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
	bool			 key;	/* identifies a row; keys are first */
	bool			 minor;	/* may be hidden from people */
};

union result_value {
	const char	*text;		/* of RESULT_TEXT; never NULL */
	uint64_t	 number;	/* all other types, or RESULT_UNKNOWN */
};

/* The value does not exist, such as a rate over no time. */
#define RESULT_UNKNOWN	UINT64_MAX

/* A sentence that readers of the answer must know. */
struct result_note {
	const char		*text;
	struct result_note	*next;
};

/*
 * The values are stored row by row.  `total' is the sum of all rows, including
 * those left out; `rest' is the sum of the `cut' rows that --top left out.
 * The keys of both are undefined.  NULL if there is no such sum.
 *
 * A table of hosts counts each byte for both of its ends.  If it is `divided',
 * its first `nlocal' rows are local hosts; `part' has the sum of each part, and
 * what --top left out of it.  Shares are of their part.
 */
struct result_part {
	union result_value	*sum;
	union result_value	*rest;		/* NULL: nothing was left out */
	uint64_t		 cut;
};

struct result_table {
	const char		*name;	/* for programs: `answer' */
	const char		*title;	/* for people: `Traffic by host' */
	struct result_column	*column;
	size_t			 ncolumns;
	union result_value	*value;
	size_t			 nrows;
	size_t			 room;		/* for rows, used by result.c */
	union result_value	*total;
	union result_value	*rest;
	uint64_t		 top;		/* rows asked for; 0: all */
	uint64_t		 cut;		/* rows left out */
	bool			 divided;
	size_t			 nlocal;
	struct result_part	 part[2];	/* local, remote */
	size_t			 measure;	/* the column to draw */
	struct result_table	*next;
};

/* What the answer is based on. */
#define RESULT_FILES	"files"
#define RESULT_HISTORY	"history"
#define RESULT_BOTH	"history+files"

/* What it includes that is in no file yet: of the daemon, or of its dump. */
#define RESULT_LIVE	"live"
#define RESULT_DUMP	"dump"

/* The names of tables.  The first in a result is the answer itself. */
#define RESULT_ANSWER	"answer"
#define RESULT_SERIES	"series"	/* traffic over time */
#define RESULT_HOSTS	"hosts"		/* overview: the largest hosts */
#define RESULT_SERVICES	"services"	/* overview: the largest services */
#define RESULT_MISSING	"missing"	/* what was not counted */

/* Texts may be empty, never NULL.  Times in ns since 1970 UTC. */
struct result {
	const char		*account;	/* name of interface or file */
	const char		*host;		/* host that counted */
	const char		*question;	/* text: `where port 443' */
	const char		*zone;		/* of local times */
	uint64_t		 since_ns;	/* asked for; 0: any */
	uint64_t		 until_ns;	/* asked for; 0: any */
	uint64_t		 begin_ns;	/* of the first block counted */
	uint64_t		 end_ns;	/* of the last one */
	uint64_t		 duration_ns;	/* accounted in all */
	uint64_t		 blocks;
	uint64_t		 damaged;	/* blocks that cannot be read */
	bool			 interrupted;	/* only a part was read */
	struct ledger		 ledger;	/* sum of the blocks' ledgers */
	const char		*coverage;	/* the ledger as a sentence */
	const char		*source;	/* RESULT_FILES, ... */
	const char		*grain;		/* `block', `hour,day', ... */
	struct pace		 pace;		/* of all rows; end 0: none */
	uint64_t		 estimate;	/* ... or RESULT_UNKNOWN */
	uint64_t		 now_ns;	/* when it was estimated */
	const char		*unsaved;	/* RESULT_LIVE, ..., or "" */
	uint64_t		 unsaved_ns;	/* ... since then */
	struct result_note	*note;		/* a list */
	struct result_table	*table;		/* a list */
	struct result_pool	*pool;		/* used by result.c */
};

/* Functions that return a pointer return NULL with errno on failure. */
struct result		*result_new(void);
void			 result_free(struct result *);

/* A copy that lives as long as the result. */
const char		*result_text(struct result *, const char *);

/* Append a note, as printf(3).  Returns 0, or -1. */
int			 result_note_add(struct result *, const char *, ...)
			    __attribute__((format(printf, 2, 3)));

/* Append an empty table; columns and their texts are copied. */
struct result_table	*result_table_add(struct result *, const char *name,
			    const char *title, const struct result_column *,
			    size_t ncolumns);

/* Append a row of zeros, which is valid until the next one is added. */
union result_value	*result_row_add(struct result_table *);

/* Add a row of zeros for total or rest; it lives as long as the result. */
union result_value	*result_row_sum(struct result *,
			    const struct result_table *);

/* The table of that name, or NULL; row i < nrows of it. */
const struct result_table *result_find(const struct result *,
			    const char *name);
const union result_value *result_row(const struct result_table *, size_t i);

/* A value formatted for programs, in buf or in place; "" if unknown. */
const char		*result_format(const struct result_column *,
			    const union result_value *,
			    char buf[CALENDAR_LEN]);

#endif
