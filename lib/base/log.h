/*
 * Messages of the daemon and its tools: standard error until told otherwise,
 * then syslog; instead of both the journal of systemd, where standard error
 * leads there.  One event, one line, naming the object.  The only module with
 * hidden state: where messages go.
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
 * For a daemon, which must not wait for those who read its messages: from now
 * on lines are put into a queue, 64 KiB for each log, and written by a thread
 * once log_start() was called; until then they wait.  A line that finds the
 * queue full is counted, and the log is told the number when it accepts lines
 * again.  At exit(3) lines are still written for up to half a second.  After
 * fork(2) the child's queue is empty and waits for its own log_start().
 */
void	log_queued(void);

/*
 * Start the thread.  It has the rights of the thread that calls, so root is
 * given up and the sandbox entered before.  0, or -1 after a message.
 */
int	log_start(void);

/* Before _exit(2) or execve(2): as at exit(3). */
void	log_flush(void);

/* What the messages are about: a field in the journal.  Borrowed likewise. */
void	log_interface(const char *ifname);

/* The names with `x' do not append strerror(errno). */
void	log_info(const char *, ...) LOG_PRINTF;
void	log_notice(const char *, ...) LOG_PRINTF;
void	log_warn(const char *, ...) LOG_PRINTF;		/* + strerror */
void	log_warnx(const char *, ...) LOG_PRINTF;
void	log_error(const char *, ...) LOG_PRINTF;	/* + strerror */
void	log_errorx(const char *, ...) LOG_PRINTF;

#endif
