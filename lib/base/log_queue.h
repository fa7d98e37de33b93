/*
 * A bounded queue of lines in front of a log that may block: a syslogd that
 * does not read, a full pipe, a stopped terminal, a file on an unreachable
 * server.  log_queue_put() never waits; a thread passes the lines to the log
 * in order.  Lines for which there is no room are counted, and the number is
 * logged as soon as the log accepts lines again.
 *
 *	init -> put* -> start -> [put, drain]*
 *
 * Any thread may put and drain.  For log.c and the tests only.
 */
#ifndef LOG_QUEUE_H
#define LOG_QUEUE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "when.h"

/* Longest text of a line, with the terminating NUL. */
#define LOG_TEXT_MAX	1024

/* Octets of queued lines: at least 60 lines, usually about 600. */
#define LOG_QUEUE_SIZE	65536

struct log_line {
	int	level;		/* LOG_... of syslog(3) */
	char	when[WHEN_LEN];		/* when_local(), as RFC 3164 has it */
	char	text[LOG_TEXT_MAX];
};

/*
 * Write a line to the log; may block, but must not allocate, as
 * log_queue_start() says.  Returns 0, or -1 if the log did not accept the
 * line, which is then lost.
 */
typedef int	log_take_fn(const struct log_line *);

struct log_queue {
	log_take_fn	*take;
	pthread_mutex_t	 lock;
	pthread_cond_t	 changed;
	bool		 started;	/* there is a thread */
	bool		 running;	/* and it has reached its loop */
	bool		 busy;		/* writing a line already removed */
	char		 when[WHEN_LEN];	/* of the newest line */
	uint64_t	 refused;	/* lines dropped since the last put */
	uint64_t	 lost;		/* lines whose loss is not yet logged */
	size_t		 first;		/* offset of the oldest line in bytes */
	size_t		 used;		/* offset of the end of the last one */
	unsigned char	 bytes[LOG_QUEUE_SIZE];
};

/* q must be zeroed memory that lives as long as the process. */
void	log_queue_init(struct log_queue *, log_take_fn *);

void	log_queue_put(struct log_queue *, const struct log_line *);

/*
 * Start the thread, unless it is running; it blocks all signals.  It inherits
 * the privileges of the calling thread and ends with the process.  On return
 * it runs, and from then on it allocates nothing: a process that forks leaves
 * to its child no lock of the C library that this thread holds.  Returns 0,
 * or -1 with errno.
 */
int	log_queue_start(struct log_queue *);

/* Is no line queued or being written? */
bool	log_queue_is_empty(struct log_queue *);

/* Wait until all lines are written, or until that CLOCK_MONOTONIC time. */
void	log_queue_drain(struct log_queue *, const struct timespec *);

/*
 * Write the queued lines in the calling thread: for a process that can no
 * longer start a thread.
 */
void	log_queue_write(struct log_queue *);

/*
 * Call around fork(2), which must happen with the lock held.  The child's
 * queue is empty and has no thread: the parent writes the lines.
 */
void	log_queue_before_fork(struct log_queue *);
void	log_queue_in_parent(struct log_queue *);
void	log_queue_in_child(struct log_queue *);

#endif
