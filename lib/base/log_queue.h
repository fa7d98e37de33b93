/*
 * A bounded queue of lines in front of a log that may hang: a syslogd that
 * does not read, a full pipe, a stopped terminal, a file on a dead server.
 * log_queue_put() never waits; a thread hands the lines to the log in their
 * order.  Lines for which there is no room are counted, and the log receives
 * the number as soon as it accepts lines again.
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

/* Longest text of a line, with the terminating NUL. */
#define LOG_TEXT_MAX	1024

/* Bytes of lines that may wait: at least 60 lines, usually some 600. */
#define LOG_QUEUE_SIZE	65536

struct log_line {
	int	level;		/* LOG_... of syslog(3) */
	time_t	when;
	char	text[LOG_TEXT_MAX];
};

/*
 * Write a line to the log, however long that takes.  0, or -1 if the log
 * cannot take it: the line is lost.
 */
typedef int	log_take_fn(const struct log_line *);

struct log_queue {
	log_take_fn	*take;
	pthread_mutex_t	 lock;
	pthread_cond_t	 changed;
	bool		 started;	/* the thread runs */
	bool		 busy;		/* with a line that is not in bytes */
	uint64_t	 refused;	/* lines since the last one put */
	uint64_t	 lost;		/* lines that the log was not told of */
	size_t		 first;		/* of bytes: where the oldest is */
	size_t		 used;		/* of bytes: their end */
	unsigned char	 bytes[LOG_QUEUE_SIZE];
};

/* Of memory that is all zero.  It lives as long as the process. */
void	log_queue_init(struct log_queue *, log_take_fn *);

void	log_queue_put(struct log_queue *, const struct log_line *);

/*
 * Start the thread, unless it runs; all signals are blocked in it.  It has
 * the rights of the thread that calls, and ends with the process.  0, or -1
 * with errno.
 */
int	log_queue_start(struct log_queue *);

/* Is nothing waiting or being written? */
bool	log_queue_is_empty(struct log_queue *);

/* Wait until all lines are written, or until that moment (CLOCK_MONOTONIC). */
void	log_queue_drain(struct log_queue *, const struct timespec *);

/*
 * Write what is in the queue in the calling thread: for a process that can
 * start no thread any more.
 */
void	log_queue_write(struct log_queue *);

/*
 * Around fork(2): the lock is held meanwhile.  The child's queue is empty and
 * has no thread: what was in it is the parent's.
 */
void	log_queue_before_fork(struct log_queue *);
void	log_queue_in_parent(struct log_queue *);
void	log_queue_in_child(struct log_queue *);

#endif
