/*
 * Which blocks of BPFT an account has: from its save file, where each has the
 * hash of its octets as instance, and from a file next to it, since save files
 * may be moved away.
 *
 *	open -> [has, add, note_file]* -> close
 */
#ifndef IMPORT_RECORD_H
#define IMPORT_RECORD_H

#include <sys/types.h>
#include <stdbool.h>
#include <stdint.h>

/* A block of an old file. */
struct import_block {
	uint64_t	hash;		/* of its octets; never 0 */
	uint64_t	ordinal;	/* among equal ones of a file, from 1 */
	uint64_t	begin_ns;
	bool		dump;		/* of a dump file */
};

struct import_record;

/*
 * Read what there is of the account in dirfd, the open state directory, which
 * is borrowed; -1: there is none.  NULL with errno.
 */
struct import_record	*import_record_open(int dirfd, const char *ext);

/* Is this block in the account? */
bool	import_record_has(const struct import_record *,
	    const struct import_block *);

/*
 * Was a dump imported that the daemon of BPFT has saved since, in this block?
 */
bool	import_record_overlaps(const struct import_record *,
	    const struct import_block *);

/*
 * The block is in the save file, or was: record it unless it is recorded.
 * Returns 0, or -1 with errno.
 */
int	import_record_add(struct import_record *,
	    const struct import_block *);

/*
 * Make the record of this file durable.  Returns 0, or -1 with errno; then the
 * blocks are recorded by the save file alone.
 */
int	import_record_note_file(struct import_record *, const char *path,
	    off_t size);
void	import_record_close(struct import_record *);

/* Was the whole file imported, as long as it is of this size? */
bool	import_record_knows(const char *state_dir, const char *ext,
	    const char *path, off_t size);

#endif
