/*
 * A binary heap of numbers that identify the caller's elements, usually
 * indexes of an array.  The element that leaves first is on top, item[0].
 * Used to keep the n greatest of many elements and to merge sorted lists.
 *
 * Life: fill item[] and n and call heap_build(), or start with n = 0 and call
 * heap_push(); then [read item[0], heap_pop() or heap_sink()]*.  The caller
 * owns the elements and item[], which must have room for all pushed items.
 * One thread at a time.
 */
#ifndef HEAP_H
#define HEAP_H

#include <stdbool.h>
#include <stddef.h>

/* Must element a leave before element b?  A strict order. */
typedef bool	 heap_before_fn(const void *arg, size_t a, size_t b);

struct heap {
	size_t		*item;
	size_t		 n;
	heap_before_fn	*before;
	const void	*arg;		/* of before() */
};

/* Order the n items, which may be in any order. */
void	heap_build(struct heap *);

void	heap_push(struct heap *, size_t item);

/* Remove the top item and return it; n must be at least 1. */
size_t	heap_pop(struct heap *);

/* Restore the order after the top was replaced or made to leave later. */
void	heap_sink(struct heap *);

#endif
