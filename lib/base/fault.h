/*
 * A fault that may last: it is logged when it begins and when it changes,
 * and then only counted, so that a disk that stays full does not fill the
 * log as well.  One for each thing that can be broken or whole.
 */
#ifndef FAULT_H
#define FAULT_H

#include <stdint.h>

#define FAULT_TEXT_MAX	768

struct fault {
	char		text[FAULT_TEXT_MAX];	/* "": whole */
	uint64_t	times;
};

/* It is broken: an error is logged unless it was broken just so before. */
void	fault_set(struct fault *, const char *text);

/* It is whole again: how often it was broken is logged if more than once. */
void	fault_clear(struct fault *);

#endif
