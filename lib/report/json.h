/*
 * JSON as all programs here write it: numbers and flags in one way, and rows
 * as JSON Lines.  One thread at a time.
 */
#ifndef JSON_H
#define JSON_H

#include <jansson.h>
#include <stdint.h>

#include "base/out.h"

/*
 * Whole numbers up to 2^63 - 1 exactly; beyond that jansson has no integer,
 * and the number is written with 15 digits: 1.84467440737096e19.  NULL out of
 * memory.
 */
json_t	*json_u64(uint64_t);

/*
 * Write a value compactly, with put(text, len, arg) as in json_dump_callback.
 * 0, or -1.
 */
int	 json_put(const json_t *, json_dump_callback_t put, void *arg);

/* The same as a line of its own; NULL is out of memory.  0, or -1. */
int	 json_put_line(const json_t *, struct out *);

/*
 * Rows with the same keys: begin -> [set all keys -> end_row]* -> free.  A key
 * keeps the place where it was set first.  Without memory the stream fails.
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

/* Ownership of the value passes to the row; NULL is out of memory. */
void	 json_rows_set(struct json_rows *, const char *key, json_t *);
void	 json_rows_end_row(struct json_rows *);

#endif
