/*
 * The parser of --where and what its files share: words (where_word.c),
 * values (where_value.c), counters (where_count.c) and the grammar
 * (where_parse.c).  Private to where*.c.
 */
#ifndef WHERE_PARSER_H
#define WHERE_PARSER_H

#include <stdbool.h>

#include "where_impl.h"

#define WORD_MAX	256		/* octets, with the NUL */

/* What a value is. */
enum kind {
	KIND_NONE,		/* nothing was said yet */
	KIND_HOST,
	KIND_NET,
	KIND_PORT,
	KIND_PORTRANGE,
	KIND_PROTO
};

struct parser {
	const char		*text;
	const char		*at;		/* where the word begins */
	const char		*next;		/* what follows it */
	char			 word[WORD_MAX];	/* "" at the end */
	int			 depth;
	enum kind		 kind;		/* of the value before */
	enum where_side		 side;		/* of it */
	struct where_tree	*tree;
	char			*err;
	size_t			 errlen;
};

/* All of these return -1 after a message; 0 else. */

/* Point at the word at hand. */
int	parser_fail(struct parser *, const char *, ...)
	    __attribute__((format(printf, 2, 3)));

/* Go to the next word or mark. */
int	parser_advance(struct parser *);

/* Is it that word, in any case?  One of the three, in either spelling? */
bool	parser_is(const struct parser *, const char *word);
bool	parser_is_and(const struct parser *);
bool	parser_is_or(const struct parser *);
bool	parser_is_not(const struct parser *);

/* Could it be a value? */
bool	parser_is_value(const struct parser *);

/* A new node of the tree, or test; NULL after a message. */
struct where_node *parser_node(struct parser *, enum where_op,
	    uint16_t *number);
struct where_test *parser_test(struct parser *, enum where_kind,
	    uint16_t *number);

/* Take the value at hand, of the kind and side that were said. */
int	parser_value(struct parser *, uint16_t *number);

/* Take `> 1M' behind the name of a counter. */
int	parser_comparison(struct parser *, struct where_test *);

#endif
