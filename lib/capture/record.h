/*
 * Writes frames to trace files: pcapng, pcap or the format of AIX's iptrace.
 * Long frames go from where they are into the file by pwritev(2), without being
 * copied to a buffer before.
 *
 *	new -> [interface]* -> [begin -> [interface, write, lost, count]* ->
 *	end]* -> free
 *
 * One thread at a time.
 */
#ifndef RECORD_H
#define RECORD_H

#include <sys/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet/frame.h"

enum record_format {
	RECORD_PCAPNG,
	RECORD_PCAP,		/* nanoseconds, one link type */
	RECORD_IPTRACE		/* iptrace 2.0 */
};

/* What a trace says of an interface.  Strings are copied. */
struct record_interface {
	const char	*name;		/* "eth0" */
	const char	*filter;	/* pcap-filter(7); NULL: none */
	int		 link;		/* LINKTYPE_ number */
	uint32_t	 snaplen;	/* octets; 0: whole frames */
	bool		 has_mac;
	uint8_t		 mac[6];
	uint64_t	 speed;		/* bits a second; 0: unknown */
};

/* Frames that are not in the trace, by where they were lost. */
struct record_losses {
	uint64_t	kernel;		/* the capture buffer was full */
	uint64_t	iface;		/* dropped by interface or driver */
	uint64_t	writer;		/* the file could not take them */
};

/* What is known of a frame besides the frame itself; all may be 0 or NULL. */
struct record_note {
	const char	*comment;	/* not only of octets of a packet */
	size_t		 comment_len;
	bool		 alone;		/* what else is to be said of the frame
					   is another comment behind it */
	uint32_t	 pid, tid;	/* process and thread; 0: not known */
	const struct record_note *next;	/* another one; what is too long of
					   all is left out */
};

struct record;

/*
 * The program, such as "iptrace 6.1", is named in the files of pcapng.  NULL
 * with errno.
 */
struct record	*record_new(enum record_format, const char *program);
void		 record_free(struct record *);	/* NULL is allowed */

/* LINKTYPE_ numbers are the same on all systems; a few DLT_ numbers are not. */
int		 record_linktype(int dlt);

/*
 * Describe an interface, in the file that is being written and in all that
 * begin later.  Returns its number, from 0, or -1 with errno: EINVAL if the
 * format has no such link type (in pcap: another one than the first).
 */
int		 record_interface(struct record *,
		    const struct record_interface *);

/*
 * Begin a file at the beginning of fd, which is borrowed until record_end():
 * headers and all interfaces.  Returns 0, or -1 with errno.
 */
int		 record_begin(struct record *, int fd);

/*
 * The frames of this file were received between these times, as its statistics
 * say; without this: from its beginning to the time of the statistics.
 */
void		 record_times(struct record *, uint64_t begin_ns,
		    uint64_t end_ns);

/*
 * The files that begin from now on are not sought in or cut: a pipe, or what
 * has something before.  What is written only in part stays.
 */
void		 record_to_stream(struct record *);

/*
 * Append n frames; frame i is of interface numbers[i], and notes[i] tells more
 * (notes may be NULL).  Octets before and after those of the frames may be
 * overwritten, but not the frames' own.  Returns how many are in the file now:
 * if fewer than n, errno says why, and the file ends after the last of these.
 */
size_t		 record_write(struct record *, const struct frame *,
		    const uint32_t *numbers, const struct record_note *notes,
		    size_t n);

/* So many frames of an interface were lost since the last call. */
void		 record_lost(struct record *, uint32_t number,
		    const struct record_losses *);

/*
 * Write the statistics up to now, if losses are not in the file yet: without
 * this the next frame of the interface says them.  0, or -1 with errno.
 */
int		 record_count(struct record *);

/* The length of the file up to now, octets. */
off_t		 record_offset(const struct record *);

/*
 * Where the file describes its interfaces: the offsets of the header and of
 * the blocks, *n of them; valid until the next call of this record.  pcap and
 * iptrace have only the header.
 */
const off_t	*record_heads(const struct record *, size_t *n);

/*
 * End the file with its statistics, as far as the format has any.  Does not
 * fsync.  Returns 0, or -1 with errno; the file is readable in both cases.
 */
int		 record_end(struct record *);

#endif
