/*
 * Patterns of traflog(1), which select rows.  The words `from', `to', `port'
 * and `proto', each with an argument, make a table; a row of the report is
 * selected if it matches any row of the table.
 */
#ifndef PATTERN_H
#define PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "packet/flow.h"

struct out;
struct pattern;

/*
 * Compile n words.  Names of networks, hosts, ports and protocols are resolved
 * now, once.  NULL with a message in err.
 */
struct pattern	*pattern_new(const char *const *words, size_t n, char *err,
		    size_t errlen);

/*
 * The same for a text of words separated by white space; # starts a comment.
 * Modifies the text.
 */
struct pattern	*pattern_of_text(char *text, char *err, size_t errlen);
void		 pattern_free(struct pattern *);

/* Is a row with this key selected? */
bool		 pattern_match(const struct pattern *, const struct flow_key *);

/* Print the table. */
void		 pattern_print(const struct pattern *, struct out *);

#endif
