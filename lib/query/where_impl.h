/*
 * The tree of an expression and the program that it is compiled to.  Private
 * to where*.c.
 */
#ifndef WHERE_IMPL_H
#define WHERE_IMPL_H

#include <stdint.h>

#include "packet/owner_match.h"
#include "where.h"

#define WHERE_NODES_MAX	2048	/* tests, ands, ors, nots together */
#define WHERE_DEPTH_MAX	64	/* nesting of parentheses and nots */

struct nets;

enum where_kind {
	WHERE_NET,
	WHERE_PORT,
	WHERE_PROTO,
	WHERE_FAMILY,
	WHERE_VLAN,
	WHERE_OWNER,
	WHERE_INTERFACE,
	WHERE_COUNT		/* packets, data or bytes */
};

enum where_side {
	WHERE_EITHER,
	WHERE_SRC,
	WHERE_DST
};

/* Ports, protocols, families, VLANs and counts: low <= v <= high. */
struct where_test {
	enum where_kind	 kind;
	enum where_side	 side;
	struct nets	*nets;		/* owned by the program */
	char		*word;		/* likewise: of an owner, interface */
	enum owner_part	 part;		/* of the owner */
	size_t		 counter;	/* offset in struct flow_count */
	uint64_t	 low;
	uint64_t	 high;
	bool		 negate;
	uint16_t	 yes;		/* next test if true, and if */
	uint16_t	 no;		/* false; or ACCEPT, REJECT */
};

#define WHERE_ACCEPT	UINT16_MAX
#define WHERE_REJECT	(UINT16_MAX - 1)

/* The program; the test numbered start is run first. */
struct where {
	size_t			n;
	uint16_t		start;
	struct where_test	test[];
};

enum where_op {
	WHERE_TEST,
	WHERE_AND,
	WHERE_OR,
	WHERE_NOT
};

/* A node of the tree; its children are indexes of node[]. */
struct where_node {
	enum where_op		op;
	uint16_t		left;
	uint16_t		right;
	struct where_test	test;
};

struct where_tree {
	size_t			n;
	uint16_t		root;
	struct where_node	node[WHERE_NODES_MAX];
};

/* Parse; -1 with a message.  The caller frees the sets of networks. */
int	where_parse(const char *text, struct where_tree *, char *err,
	    size_t errlen);

#endif
