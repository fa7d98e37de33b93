/*
 * Messages go to standard error, to syslog, or to the journal if standard
 * error is connected to it.  They may come from any thread; each is one
 * datagram or one write.  syslog(3) is not used: it holds a lock while it
 * waits for the log daemon, and a worker that --monitor forks at that moment
 * would inherit the lock forever.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "journal.h"
#include "log.h"
#include "log_queue.h"
#include "log_socket.h"
#include "printable.h"
#include "traffic.h"
#include "when.h"

#ifndef _PATH_LOG
#define _PATH_LOG	"/dev/log"	/* musl does not define it */
#endif

/* Longest line, with the prefix before the text. */
#define LINE_ROOM	(LOG_TEXT_MAX + 128)

/* How long the process waits at exit for its logs, in nanoseconds. */
#define FLUSH_NS	(NS_PER_S / 2)

static const char	*log_ident = "trafd";
static const char	*log_iface;
static enum log_target	 log_target = LOG_TO_STDERR;
static bool		 log_to_journal;
static bool		 log_is_queued;
static bool		 log_is_started;
static struct log_queue	 stderr_queue, system_queue;
static struct log_socket log_syslog = { .path = _PATH_LOG, .fd = -1 };
static struct log_socket log_journal = { .path = JOURNAL_SOCKET, .fd = -1 };

/* ---- the logs ---- */

/* One write, so that lines of several processes do not mix. */
static int
write_all(int fd, const char *text, size_t len)
{
	struct pollfd	p = { .fd = fd, .events = POLLOUT };
	ssize_t		n;

	while (len > 0) {
		if ((n = write(fd, text, len)) >= 0) {
			text += n;
			len -= (size_t)n;
		} else if (errno == EAGAIN)	/* another's O_NONBLOCK */
			(void)poll(&p, 1, -1);
		else if (errno != EINTR)
			return (-1);
	}
	return (0);
}

static int
take_stderr(const struct log_line *l)
{
	char	text[LINE_ROOM];
	int	n;

	n = snprintf(text, sizeof(text), "%s: %s\n", log_ident, l->text);
	return (n < 0 ? -1 : write_all(STDERR_FILENO, text, (size_t)n));
}

static int
send_journal(const struct log_line *l)
{
	const struct journal_entry	e = {
		.ident = log_ident, .iface = log_iface, .text = l->text,
		.level = l->level, .facility = SYSLOG_FACILITY,
	};
	uint8_t				octets[LINE_ROOM + 512];
	size_t				len;

	len = journal_compose(octets, sizeof(octets), &e);
	return (len == 0 ? -1 :
	    log_socket_send(&log_journal, (const char *)octets, len));
}

/* The format of RFC 3164, as the C library's syslog(3) sends it. */
static int
send_syslog(const struct log_line *l)
{
	char	text[LINE_ROOM];
	int	n;

	n = snprintf(text, sizeof(text), "<%d>%s %s[%ld]: %s",
	    SYSLOG_FACILITY | l->level, l->when, log_ident, (long)getpid(),
	    l->text);
	return (n < 0 ? -1 : log_socket_send(&log_syslog, text, (size_t)n));
}

/* If no syslogd accepts messages: the console, as LOG_CONS of syslog(3). */
static int
write_console(const struct log_line *l)
{
	char	text[LINE_ROOM];
	int	fd, n, rc = -1;

	fd = open("/dev/console", O_WRONLY | O_NOCTTY | O_NONBLOCK |
	    O_CLOEXEC);
	if (fd == -1)
		return (-1);
	n = snprintf(text, sizeof(text), "%s[%ld]: %s\r\n", log_ident,
	    (long)getpid(), l->text);
	if (n > 0 && write(fd, text, (size_t)n) == n)
		rc = 0;
	(void)close(fd);
	return (rc);
}

static int
take_system(const struct log_line *l)
{
	if (log_to_journal && send_journal(l) == 0)
		return (0);
	return (send_syslog(l) == 0 ? 0 : write_console(l));
}

/* ---- the queues ---- */

static void
before_fork(void)
{
	log_queue_before_fork(&stderr_queue);
	log_queue_before_fork(&system_queue);
}

static void
in_parent(void)
{
	log_queue_in_parent(&system_queue);
	log_queue_in_parent(&stderr_queue);
}

/* The child opens sockets of its own: in a shared stream, messages mix. */
static void
in_child(void)
{
	log_queue_in_child(&system_queue);
	log_queue_in_child(&stderr_queue);
	log_is_started = false;
	log_socket_close(&log_syslog);
	log_socket_close(&log_journal);
}

void
log_queued(void)
{
	if (log_is_queued)
		return;
	log_queue_init(&stderr_queue, take_stderr);
	log_queue_init(&system_queue, take_system);
	(void)pthread_atfork(before_fork, in_parent, in_child);
	(void)atexit(log_flush);
	log_is_queued = true;
}

int
log_start(void)
{
	struct log_queue	*q = log_target == LOG_TO_STDERR ?
	    &stderr_queue : &system_queue;

	if (log_queue_start(q) == -1) {
		log_error("cannot start a thread for the log");
		return (-1);
	}
	log_is_started = true;
	return (0);
}

/* A queue's thread starts with its first line: most need only one queue. */
static void
hand_over(struct log_queue *q, const struct log_line *l)
{
	log_queue_put(q, l);
	if (log_is_started)
		(void)log_queue_start(q);
}

/* One deadline for both, so that a log that hangs does not delay the other. */
void
log_flush(void)
{
	struct log_queue	*q[] = { &stderr_queue, &system_queue };
	struct timespec		 until = mono_timespec(now_mono() + FLUSH_NS);
	size_t			 i;

	if (!log_is_queued)
		return;
	for (i = 0; i < 2; i++)
		if (!log_queue_is_empty(q[i]) && log_queue_start(q[i]) == -1)
			log_queue_write(q[i]);
	for (i = 0; i < 2; i++)
		log_queue_drain(q[i], &until);
}

/* ---- messages ---- */

void
log_init(const char *ident, enum log_target target)
{
	log_ident = ident;
	log_flush();	/* standard error may be closed next */
	log_target = target;
	if (target != LOG_TO_STDERR)
		log_to_journal = log_to_journal || journal_is_stderr();
}

void
log_interface(const char *ifname)
{
	log_iface = ifname;
}

/* If the journal is used, standard error would duplicate each message. */
static void
to_logs(const struct log_line *l)
{
	bool	to_system = log_target != LOG_TO_STDERR;
	bool	to_stderr = !to_system || (log_target == LOG_TO_BOTH &&
	    l->level <= LOG_WARNING && !log_to_journal);

	if (to_system && log_is_queued)
		hand_over(&system_queue, l);
	else if (to_system)
		(void)take_system(l);
	if (to_stderr && log_is_queued)
		hand_over(&stderr_queue, l);
	else if (to_stderr)
		(void)take_stderr(l);
}

static void
emit(int level, int error, const char *fmt, va_list ap)
{
	struct log_line	l = { .level = level };
	size_t		used;
	int		n;

	/* Here, since the thread of the queue must not allocate. */
	(void)when_local(now_wall(), l.when);
	n = vsnprintf(l.text, sizeof(l.text), fmt, ap);
	used = n < 0 ? 0 : (size_t)n;
	if (error != 0 && used < sizeof(l.text))
		(void)snprintf(l.text + used, sizeof(l.text) - used, ": %s",
		    strerror(error));
	/* Names of files and interfaces are untrusted. */
	(void)printable(l.text);
	to_logs(&l);
}

/* One function per level; those that print errno leave it unchanged. */
#define DEFINE_LOG(name, level, error)		\
void						\
name(const char *fmt, ...)			\
{						\
	int	saved = errno;			\
	va_list	ap;				\
						\
	va_start(ap, fmt);			\
	emit((level), (error), fmt, ap);	\
	va_end(ap);				\
	errno = saved;				\
}

DEFINE_LOG(log_info, LOG_INFO, 0)
DEFINE_LOG(log_notice, LOG_NOTICE, 0)
DEFINE_LOG(log_warn, LOG_WARNING, saved)
DEFINE_LOG(log_warnx, LOG_WARNING, 0)
DEFINE_LOG(log_error, LOG_ERR, saved)
DEFINE_LOG(log_errorx, LOG_ERR, 0)
