/*
 * Formats of answers.  Each turns a result (tally/result.h) into text and has
 * a file of its own, answer_*.c; the table of all formats is in answer.c.  One
 * thread at a time.
 */
#ifndef ANSWER_H
#define ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/out.h"
#include "tally/result.h"

enum answer_units {
	ANSWER_PLAIN,		/* bytes, unscaled */
	ANSWER_IEC,		/* KiB = 1024 */
	ANSWER_SI,		/* kB = 1000 */
	ANSWER_BITS		/* kbit = 1000 bits */
};

/* How people want an answer to look; formats for programs ignore it. */
struct answer_view {
	enum answer_units	units;
	bool			bars;		/* a bar next to each row */
	bool			utf8;		/* the locale uses UTF-8 */
	size_t			width;		/* the columns available */
};

/* Tables that a format shows besides the answer; the caller must add them. */
enum {
	ANSWER_WANTS_SERIES = 0x01,	/* RESULT_SERIES */
	ANSWER_WANTS_OVERVIEW = 0x02,	/* RESULT_HOSTS, RESULT_SERVICES */
	ANSWER_WANTS_LINES = 0x08,	/* RESULT_SERIES has the keys, too */
	ANSWER_WANTS_PARTS = 0x04	/* of tables of hosts: local, remote */
};

/*
 * write() returns 0, or -1 with errno if memory is exhausted.  A write error
 * is found by out_error().
 */
struct answer_ops {
	const char	*name;
	unsigned int	 wants;
	int		(*write)(struct out *, const struct result *,
			    const struct answer_view *);
};

extern const struct answer_ops	answer_text, answer_csv, answer_tsv,
				answer_json, answer_sql, answer_svg,
				answer_html, answer_graph;

/* The format of that name, or NULL. */
const struct answer_ops	*answer_format(const char *name);

#endif
