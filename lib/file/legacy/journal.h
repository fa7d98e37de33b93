/*
 * The journal of a save file in a layout without instances and epochs: which
 * generations of which account are in the file.  Private to
 * lib/file/legacy/append.c.
 *
 *	octets, little-endian		 0 magic[8] "TRAFDLJ1"
 *	 8 instance u64			16 saved u64
 *	24 epoch_first u64		32 epoch u64
 *	40 offset u64			48 length u64
 *	56 CRC32C of the block u32	60 layout u32
 *	64 CRC32C of all before u32
 *
 * NEVER change it: add TRAFDLJ2 and keep reading this one.
 */
#ifndef LEGACY_JOURNAL_H
#define LEGACY_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "legacy.h"

struct legacy_journal {
	uint64_t	instance;	/* 0: unknown */
	uint64_t	saved;		/* last epoch that is in the file */
	/* The block that is being appended; epoch 0: the one saved last. */
	uint64_t	epoch_first;
	uint64_t	epoch;
	uint64_t	offset;
	uint64_t	length;
	uint32_t	crc;
	uint32_t	layout;		/* of the file */
};

/*
 * Read the journal of the save file `name' in dirfd; all 0 if there is none.
 * Returns 0, or -1 with errno, EBADMSG if the journal is damaged.
 */
int	journal_read(int dirfd, const char *name, struct legacy_journal *);

/* Replace the journal durably.  0, or -1 with errno. */
int	journal_write(int dirfd, const char *name,
	    const struct legacy_journal *);

#endif
