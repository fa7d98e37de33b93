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

/* The kinds of values. */
enum kind {
	KIND_NONE,		/* no value was parsed yet */
	KIND_HOST,
	KIND_NET,
	KIND_PORT,
	KIND_PORTRANGE,
	KIND_PROTO,
	KIND_VLAN,
	KIND_PROGRAM,		/* these: in the order of enum owner_part */
	KIND_USER,
	KIND_UNIT,
	KIND_CONTAINER,
	KIND_INTERFACE
};

struct parser {
	const char		*text;
	const char		*at;		/* start of the current word */
	const char		*next;		/* the text after it */
	char			 word[WORD_MAX];	/* "" at the end */
	bool			 quoted;	/* the word was in quotes */
	int			 depth;
	enum kind		 kind;		/* of the previous value */
	enum where_side		 side;		/* likewise */
	struct where_tree	*tree;
	char			*err;
	size_t			 errlen;
};

/* Functions that return int return 0, or -1 after a message in err. */

/* Write a message that quotes the current word. */
int	parser_fail(struct parser *, const char *, ...)
	    __attribute__((format(printf, 2, 3)));

/* Advance to the next word or operator. */
int	parser_advance(struct parser *);

/* Is it that word, in any case?  Is it and, or, not, in either spelling? */
bool	parser_is(const struct parser *, const char *word);
bool	parser_is_and(const struct parser *);
bool	parser_is_or(const struct parser *);
bool	parser_is_not(const struct parser *);

/* Can it be a value, that is, neither an operator nor the end? */
bool	parser_is_value(const struct parser *);

/* Add a node, or one with a test, to the tree; NULL after a message. */
struct where_node *parser_node(struct parser *, enum where_op,
	    uint16_t *number);
struct where_test *parser_test(struct parser *, enum where_kind,
	    uint16_t *number);

/* Parse the current word as a value of the current kind and side. */
int	parser_value(struct parser *, uint16_t *number);

/* Parse a comparison such as `> 1M' after the name of a counter. */
int	parser_comparison(struct parser *, struct where_test *);

#endif
