/*
 * The distinct addresses of a segment, sorted and numbered from 0, so that
 * rows can contain numbers: IPv4-mapped addresses first, then all others.
 *
 *	new -> [clear, add*, sort, [count, get, number]*]* -> free
 *
 * One thread at a time.
 */
#ifndef ADDRSET_H
#define ADDRSET_H

#include <stddef.h>
#include <stdint.h>

struct addrset;

/* A set for up to `max' calls of addrset_add().  NULL with errno. */
struct addrset	*addrset_new(size_t max);
void		 addrset_free(struct addrset *);

void		 addrset_clear(struct addrset *);
void		 addrset_add(struct addrset *, const uint8_t addr[16]);

/* Sort what has been added.  Call this before the functions below. */
void		 addrset_sort(struct addrset *);

/* How many distinct addresses, and how many of them are IPv4-mapped. */
size_t		 addrset_count(const struct addrset *);
size_t		 addrset_count4(const struct addrset *);

/* Address number n < addrset_count(). */
const uint8_t	*addrset_get(const struct addrset *, size_t n);

/* The number of the address that call i of addrset_add() added; i from 0. */
uint32_t	 addrset_number(const struct addrset *, size_t i);

#endif
