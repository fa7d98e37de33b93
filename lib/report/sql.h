/*
 * SQL that sqlite3, PostgreSQL and MariaDB accept: one table, filled by
 * INSERTs of many rows within one transaction.  For the formats that write
 * SQL.
 *
 *	begin -> [one value per column]* -> end
 *
 * One thread at a time.
 */
#ifndef SQL_H
#define SQL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct out;

/* A column: `type' is that of CREATE TABLE, without NOT NULL. */
struct sql_column {
	const char	*name;
	const char	*type;
	bool		 null;		/* values may be missing */
};

/* Times are texts in UTC: `2026-11-21 19:00:00'. */
#define SQL_TIME	"VARCHAR(19)"
/* Exact beyond 63 bits if the database can do that; see traflog(1). */
#define SQL_COUNT	"NUMERIC(20)"

/* The table that is written; table and columns are borrowed. */
struct sql {
	struct out			*out;
	const char			*table;
	const struct sql_column		*columns;
	size_t				 ncolumns;
	size_t				 nrows;		/* of this statement */
	size_t				 at;		/* the next column */
};

/* Create the table unless it exists, and begin the transaction. */
void	sql_begin(struct sql *);

/* Commit, unless the stream has an error. */
void	sql_end(struct sql *);

/* The values of a row, one per column, in order. */
void	sql_text(struct sql *, const char *);
void	sql_literal(struct sql *, const char *);	/* unquoted */
void	sql_u64(struct sql *, uint64_t);
void	sql_null(struct sql *);
void	sql_time(struct sql *, uint64_t ns);

#endif
