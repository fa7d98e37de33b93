/*
 * SQL as sqlite3, PostgreSQL and MariaDB all take it: one table, filled in
 * statements of many rows within one transaction.  Private to the formats
 * that write SQL; knows a stream, and no rows.
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

/* Times are texts, UTC: `2026-11-21 19:00:00'. */
#define SQL_TIME	"VARCHAR(19)"
/* Exact beyond 63 bits where the database can; see traflog(1). */
#define SQL_COUNT	"NUMERIC(20)"

/* The table at hand; columns are borrowed. */
struct sql {
	struct out			*out;
	const char			*table;
	const struct sql_column		*columns;
	size_t				 ncolumns;
	size_t				 nrows;		/* of the statement */
	size_t				 at;		/* column of the row */
};

/* Create the table unless there is one, and begin the transaction. */
void	sql_begin(struct sql *);

/* End it; a stream with an error gets no COMMIT. */
void	sql_end(struct sql *);

/* The values of a row, one for each column, in their order. */
void	sql_text(struct sql *, const char *);
void	sql_literal(struct sql *, const char *);	/* as it stands */
void	sql_u64(struct sql *, uint64_t);
void	sql_null(struct sql *);
void	sql_time(struct sql *, uint64_t ns);

#endif
