/*
 * Octets that are compressed by zstd: one frame or several behind each other.
 * If they are a file that ends with a table of its frames (zstd's seekable
 * format), only the frames that are needed are decompressed.  Memory is
 * bounded: a window larger than 128 MiB is refused.
 *
 *	new -> [read, seek]* -> free
 *
 * One thread at a time.
 */
#ifndef UNZSTD_H
#define UNZSTD_H

#include <sys/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct unzstd;

/* Read as read(2) does: -1 with errno, which may be EAGAIN. */
typedef ssize_t	 unzstd_source(void *arg, void *to, size_t n);

/* The first octets were read already.  NULL with errno. */
struct unzstd	*unzstd_new(unzstd_source *source, void *arg,
		    const void *first, size_t n);
void		 unzstd_free(struct unzstd *);		/* NULL is allowed */

/* Do the octets begin with a frame, if only one to be skipped? */
bool		 unzstd_is(const uint8_t first[4]);

/*
 * Decompress up to n octets.  Returns how many, 0 at the end of what there is,
 * or -1 with errno: that of the source, or EBADMSG, see unzstd_error().
 */
ssize_t		 unzstd_read(struct unzstd *, void *to, size_t n);

/* Has a frame begun that has not ended yet? */
bool		 unzstd_inside(const struct unzstd *);

/*
 * Continue at an offset of the decompressed octets, or as little before as
 * the frames allow; *from: where that is.  fd is the source, a regular file.
 * Returns 0, or -1 with errno.
 */
int		 unzstd_seek(struct unzstd *, int fd, uint64_t offset,
		    uint64_t *from);

/* Why the octets cannot be decompressed; static. */
const char	*unzstd_error(const struct unzstd *);

#endif
