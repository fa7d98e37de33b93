/*
 * The different addresses of a segment, sorted, so that rows can carry
 * their numbers: IPv4-mapped ones first, then all others.
 */
#ifndef ADDRSET_H
#define ADDRSET_H

#include <stddef.h>
#include <stdint.h>

struct addrset;

/* Room for `max' addresses, repeated ones counted.  NULL with errno. */
struct addrset	*addrset_new(size_t max);
void		 addrset_free(struct addrset *);

void		 addrset_clear(struct addrset *);
void		 addrset_add(struct addrset *, const uint8_t addr[16]);

/* Sort what has been added; then the rest may be asked. */
void		 addrset_sort(struct addrset *);

/* How many different addresses, and how many of them are IPv4-mapped. */
size_t		 addrset_count(const struct addrset *);
size_t		 addrset_count4(const struct addrset *);

/* Address number n < addrset_count(). */
const uint8_t	*addrset_get(const struct addrset *, size_t n);

/* The number of the address that was added as i-th, from 0. */
uint32_t	 addrset_number(const struct addrset *, size_t i);

#endif
