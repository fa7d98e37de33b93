/*
 * Messages of the daemon and its tools: standard error until told otherwise,
 * then syslog; instead of both the journal of systemd, where standard error
 * leads there.  One event, one line, naming the object.  The only module with
 * hidden state: where messages go.
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
