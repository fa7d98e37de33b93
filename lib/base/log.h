/*
 * Messages of the daemon and its tools: to standard error, and to syslog as
 * log_init() says; if standard error is connected to the journal of systemd,
 * to the journal instead of both.  One event, one line, naming the object.
 * The only module with hidden state: where messages go.
 *
 *	init -> [log*]				a tool: writes and waits
 *	queued -> init -> [log*] -> start -> [log*, init]* -> flush
 *						a daemon: never waits
 *
 * Any thread may log.
 */
#ifndef LOG_H
#define LOG_H

#include <stdarg.h>

#if defined(__GNUC__)
#define LOG_PRINTF	__attribute__((format(printf, 1, 2)))
#else
#define LOG_PRINTF
#endif

enum log_target {
	LOG_TO_STDERR,		/* "trafd: message" */
	LOG_TO_SYSLOG,		/* LOG_PID | LOG_CONS, SYSLOG_FACILITY */
	LOG_TO_BOTH		/* all to syslog, warnings and errors to both */
};

/* ident is borrowed and must outlive the process's messages. */
void	log_init(const char *ident, enum log_target);

/*
 * For a daemon, which must never wait for the readers of its log: from now on
 * lines go into a queue of 64 KiB per log.  A thread writes them after
 * log_start() was called; until then they are kept.  Lines that find the queue
 * full are counted, and the number is logged when the log accepts lines again.
 * At exit(3), lines are still written for up to half a second.  After fork(2)
 * the child's queue is empty and needs its own log_start().
 */
void	log_queued(void);

/*
 * Start the thread.  It inherits the privileges of the calling thread: drop
 * root and enter the sandbox first.  Returns 0, or -1 after a message.
 */
int	log_start(void);

/* Call before _exit(2) or execve(2): writes queued lines as exit(3) does. */
void	log_flush(void);

/* The interface that messages are about, a field in the journal.  Borrowed. */
void	log_interface(const char *ifname);

/* The names with `x' do not append strerror(errno). */
void	log_info(const char *, ...) LOG_PRINTF;
void	log_notice(const char *, ...) LOG_PRINTF;
void	log_warn(const char *, ...) LOG_PRINTF;		/* + strerror */
void	log_warnx(const char *, ...) LOG_PRINTF;
void	log_error(const char *, ...) LOG_PRINTF;	/* + strerror */
void	log_errorx(const char *, ...) LOG_PRINTF;

#endif
