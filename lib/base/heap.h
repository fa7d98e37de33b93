/*
 * A binary heap of numbers that stand for the caller's elements, usually
 * their indexes in an array: the one that leaves first is on top, item[0].
 * Enough to keep the greatest of many, or to merge what is sorted.
 *
 * Life: fill item[] and n and call heap_build(), or begin with n = 0 and call
 * heap_push(); then [look at item[0], heap_pop() or heap_sink()]*.  The
 * caller owns item[], which must have room for what is pushed, and the
 * elements.  One thread at a time.
 */
#ifndef HEAP_H
#define HEAP_H

#include <stdbool.h>
#include <stddef.h>

/* Does element a leave before element b?  A strict order. */
typedef bool	 heap_before_fn(const void *arg, size_t a, size_t b);

struct heap {
	size_t		*item;
	size_t		 n;
	heap_before_fn	*before;
	const void	*arg;		/* of before() */
};

/* Make a heap of n items in any order. */
void	heap_build(struct heap *);

void	heap_push(struct heap *, size_t item);

/* Remove the item on top, of at least one, and return it. */
size_t	heap_pop(struct heap *);

/* The element on top has been replaced, or leaves later now. */
void	heap_sink(struct heap *);

#endif
