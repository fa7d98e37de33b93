/*
 * JSON as all programs of trafd write it: integers in one way, and rows as
 * JSON Lines.  One thread at a time.
 */
#ifndef JSON_H
#define JSON_H

#include <jansson.h>
#include <stdint.h>

#include "base/out.h"

/*
 * Exact up to 2^63 - 1.  jansson has no greater integers: larger numbers are
 * written with 15 digits, 1.84467440737096e19.  NULL if memory is exhausted.
 */
json_t	*json_u64(uint64_t);

/*
 * Write a value compactly by put(text, len, arg), as json_dump_callback().
 * Returns 0, or -1.
 */
int	 json_put(const json_t *, json_dump_callback_t put, void *arg);

/* The same as a line; a NULL value is an error.  Returns 0, or -1. */
int	 json_put_line(const json_t *, struct out *);

/*
 * Rows with the same keys: begin -> [set all keys -> end_row]* -> free.  A key
 * keeps the position in which it was set first.  If memory is exhausted, the
 * stream gets an error.
 */
struct json_rows {
	struct out	*out;		/* borrowed */
	json_t		*row;
};

/* 0, or -1 with errno. */
int	 json_rows_begin(struct json_rows *, struct out *);
void	 json_rows_free(struct json_rows *);

void	 json_rows_text(struct json_rows *, const char *key, const char *);
void	 json_rows_u64(struct json_rows *, const char *key, uint64_t);

/* Takes ownership of the value; NULL sets the error ENOMEM of the stream. */
void	 json_rows_set(struct json_rows *, const char *key, json_t *);
void	 json_rows_end_row(struct json_rows *);

#endif
