/*
 * Words after a number, in messages and reports.
 */
#ifndef PLURAL_H
#define PLURAL_H

#include <stdint.h>

/* What follows a noun: `%zu block%s'. */
static inline const char *
plural(uint64_t n)
{
	return (n == 1 ? "" : "s");
}

/* A verb, or a noun with another plural. */
static inline const char *
plural_of(uint64_t n, const char *one, const char *many)
{
	return (n == 1 ? one : many);
}

#endif
