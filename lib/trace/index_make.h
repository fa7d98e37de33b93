/*
 * Makes the index of a trace that has none, whoever wrote it.
 */
#ifndef INDEX_MAKE_H
#define INDEX_MAKE_H

#include <stddef.h>
#include <stdint.h>

#define INDEX_ERRLEN	320

struct index_made {
	uint64_t	packets;
	uint64_t	data;		/* records of the data trace */
	uint64_t	octets;		/* of the index */
};

/*
 * Read the trace and write its index beside it; one that is there is replaced.
 * 0, or -1 with a message that says what is wrong, without the trace's name.
 * The index of a trace that is damaged ends there, which is an error as well.
 */
int	index_make(const char *path, struct index_made *,
	    char err[INDEX_ERRLEN]);

#endif
