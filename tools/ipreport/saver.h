/*
 * Writes the packets that were found to a new trace.
 *
 *	open -> [put* -> flush]* -> end
 *
 * One thread at a time.
 */
#ifndef SAVER_H
#define SAVER_H

#include <sys/types.h>

#include "capture/capfile.h"
#include "capture/record.h"

struct saver;

/*
 * Write to that file, "-" is standard output, but not if it is one of the n
 * inputs.  NULL after a message.
 */
struct saver	*saver_open(const char *path, enum record_format,
		    const char *const *inputs, int n);

/*
 * Append a frame, of which capfile_next() has just told; its time is set.
 * saver_flush() must follow before the next capfile_next().  0, or -1 after a
 * message.
 */
int		 saver_put(struct saver *, const struct capfile *,
		    const struct frame *, const struct capfile_about *);
int		 saver_flush(struct saver *);

/*
 * Open a file that is to be written, "-" is standard output; it is not emptied.
 * The message says what is written, "packets".  The descriptor, or -1 after a
 * message: also if it is one of the inputs.
 */
int		 saver_file(const char *path, mode_t mode, const char *what,
		    const char *const *inputs, int n);

/* So many packets of the capture that came last were lost. */
void		 saver_losses(struct saver *, const struct capfile_losses *);

/* End it; 0, or -1 after a message.  NULL is allowed. */
int		 saver_end(struct saver *);

#endif
