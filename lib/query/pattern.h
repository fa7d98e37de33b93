/*
 * Patterns of traflog(1): which rows are meant.  Words `from', `to', `port'
 * and `proto' with an argument each make a table; a row of the report that
 * matches any row of the table is meant.
 */
#ifndef PATTERN_H
#define PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "packet/flow.h"

struct out;
struct pattern;

/*
 * Compile n words.  Names are looked up now, hosts by the resolver.  NULL
 * with a message in err.
 */
struct pattern	*pattern_new(const char *const *words, size_t n, char *err,
		    size_t errlen);

/*
 * The same from a text: words apart by blanks, # begins a comment.  The
 * text is cut into words.
 */
struct pattern	*pattern_of_text(char *text, char *err, size_t errlen);
void		 pattern_free(struct pattern *);

/* Is the row with this key meant? */
bool		 pattern_match(const struct pattern *, const struct flow_key *);

/* Print the table. */
void		 pattern_print(const struct pattern *, struct out *);

#endif
