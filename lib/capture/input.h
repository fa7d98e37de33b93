/*
 * Octets of a capture, which is a regular file or a stream: a pipe, a socket,
 * a terminal.  A stream is never waited for: read what is there, then poll.
 * If it is compressed by zstd, offsets are those of what it has decompressed.
 *
 *	open -> [more, reserve, seek]* -> close
 *
 * Its users take octets out of the buffer and advance `at'.  One thread at a
 * time.
 */
#ifndef INPUT_H
#define INPUT_H

#include <sys/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct input {
	int		 fd;
	bool		 owned;		/* close the descriptor */
	bool		 stream;
	uint64_t	 base;		/* offset of buffer[0] in the capture */
	uint64_t	 limit;		/* it ends there; UINT64_MAX: unknown */
	size_t		 at, end;	/* unused part of the buffer */
	size_t		 filled;	/* to there, if the limit is before */
	size_t		 size;
	uint8_t		*buffer;
	struct unzstd	*zstd;		/* it is compressed; or NULL */
};

enum input_state {
	INPUT_MORE,		/* there is more in the buffer */
	INPUT_WAIT,		/* nothing now: poll the descriptor */
	INPUT_END,
	INPUT_FAILED		/* see input_error() */
};

/*
 * Open the file, or standard input if its name is "-".  A named pipe is opened
 * even if it has no writer yet.  Returns 0, or -1 with errno.
 */
int		 input_open(struct input *, const char *path);
void		 input_close(struct input *);

/*
 * Move the unused part to the front of the buffer and read more.  The buffer
 * must have room.
 */
enum input_state input_more(struct input *);

/*
 * Make room for `size' unused octets in all.  Pointers into the buffer are no
 * longer valid.  Returns 0, or -1 with errno.
 */
int		 input_reserve(struct input *, size_t size);

/*
 * Continue at another place of a regular file, and read no further than the
 * limit, if that is not UINT64_MAX.  Returns 0, or -1 with errno.
 */
int		 input_seek(struct input *, uint64_t offset, uint64_t limit);

/* Has a regular file of that size been read further than its end? */
bool		 input_is_beyond(const struct input *, off_t size);

/*
 * Nothing was used yet, and the buffer begins with what zstd has compressed:
 * from now on it has what that was.  Returns 0, or -1 with errno.
 */
int		 input_decompress(struct input *);

/* Does what is compressed end inside of a frame of zstd? */
bool		 input_is_cut(const struct input *);

/* Why reading or seeking has failed: errno is still that of it. */
const char	*input_error(const struct input *);

/* Where the unused part begins, in octets since the capture's begin. */
uint64_t	 input_offset(const struct input *);

#endif
