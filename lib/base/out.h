/*
 * A buffered stream with a sticky error: a writer checks once, at the end.
 *
 * Life: out_new() -> [out_mem(), out_str(), ...]* -> out_flush() -> out_free().
 * One thread at a time.
 */
#ifndef OUT_H
#define OUT_H

#include <stddef.h>
#include <stdint.h>

struct out;

/* Write to fd (borrowed).  NULL with errno. */
struct out	*out_new(int fd);

/* Does not flush. */
void		 out_free(struct out *);

void		 out_mem(struct out *, const void *, size_t);
void		 out_char(struct out *, char);
void		 out_str(struct out *, const char *);

/* Padded with blanks on the right, or on the left, to width; never cut. */
void		 out_left(struct out *, const char *, size_t width);
void		 out_right(struct out *, uint64_t, size_t width);
void		 out_u64(struct out *, uint64_t);

/* A writer of rows failed by itself (errno): from here on as a failed write. */
void		 out_fail(struct out *, int error);

/* errno of the first write that failed, or 0; later output is dropped. */
int		 out_error(const struct out *);

/* Write what is buffered.  Returns 0, or -1 with errno of the first error. */
int		 out_flush(struct out *);

#endif
