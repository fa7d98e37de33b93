/*
 * Formats of answers: each turns a result into text, its file one
 * (lib/report/answer_*.c), the table of them all in answer.c.
 */
#ifndef ANSWER_H
#define ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/out.h"
#include "tally/result.h"

enum answer_units {
	ANSWER_PLAIN,		/* octets, as they are */
	ANSWER_IEC,		/* KiB = 1024 */
	ANSWER_SI,		/* kB = 1000 */
	ANSWER_BITS		/* kbit = 1000 bits */
};

/* How the user wants it to look; programs' formats look at none of it. */
struct answer_view {
	enum answer_units	units;
	bool			bars;		/* a bar beside each row */
	bool			utf8;		/* the locale's characters */
	size_t			width;		/* columns to fit in */
};

/* Tables that a format shows beside the answer: the asker adds them. */
enum {
	ANSWER_WANTS_SERIES = 0x01,	/* RESULT_SERIES */
	ANSWER_WANTS_OVERVIEW = 0x02	/* RESULT_HOSTS, RESULT_SERVICES */
};

/*
 * write() returns 0, or -1 with errno when it cannot go on (no memory);
 * that the stream has failed is the stream's to remember.
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
