/*
 * A fault that may last, such as a full disk: it is logged when it begins and
 * when its text changes; repetitions are only counted, so that they do not
 * fill the log.  One struct for each object that can fail.  One thread at a
 * time.
 */
#ifndef FAULT_H
#define FAULT_H

#include <stdint.h>

#define FAULT_TEXT_MAX	768

struct fault {
	char		text[FAULT_TEXT_MAX];	/* "": no fault */
	uint64_t	times;
};

/* The object failed: log an error, unless the same fault is already set. */
void	fault_set(struct fault *, const char *text);

/* The object works: if the fault occurred more than once, log how often. */
void	fault_clear(struct fault *);

#endif
