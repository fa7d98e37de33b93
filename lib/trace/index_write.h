/*
 * Makes the index of a trace: FILE.idx beside FILE, a save file of trafd(5)
 * with a block for each part of the trace: the flows in this part, and where it
 * lies.  So a report of the index is the account of the trace.
 *
 *	new -> [add]* -> [flush]* -> end
 *
 * An index is not needed to read a trace, so it is not written durably: what it
 * lacks is read from the trace.  One thread at a time.
 */
#ifndef INDEX_WRITE_H
#define INDEX_WRITE_H

#include <sys/types.h>
#include <stddef.h>
#include <stdint.h>

#include "packet/frame.h"

struct index_writer;

/* What the ending of the name of an index is. */
#define INDEX_SUFFIX	".idx"

/* A block of the index is of at most about so many octets of the trace. */
#define INDEX_PART_OCTETS	((off_t)16 << 20)

/*
 * Write to the empty file fd, which becomes the index's.  The trace is open for
 * reading on trace_fd, which is borrowed; ifname is for reports ("any":
 * several).  NULL with errno, and fd is closed.
 */
struct index_writer *index_writer_new(int fd, int trace_fd,
		    const char *ifname);

/*
 * n frames of a link type (a LINKTYPE_ number) are between these offsets of the
 * trace, to which they have been written.  At heads[], before `to', are the
 * headers in force (record_heads()).  Best called right after the frames were
 * written, while they are in the cache.  0, or -1 with errno: then the index
 * ends here.
 */
int		 index_writer_add(struct index_writer *, int link,
		    const struct frame *, size_t n, off_t from, off_t to,
		    const off_t *heads, size_t nheads);

/* So many packets were lost since the last call: for the ledger. */
void		 index_writer_lost(struct index_writer *, uint64_t kernel,
		    uint64_t iface);

/* Write what is known up to now.  0, or -1 with errno. */
int		 index_writer_flush(struct index_writer *);

/* The same, and close the index; NULL is allowed. */
int		 index_writer_end(struct index_writer *);

#endif
