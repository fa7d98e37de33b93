/*
 * A log daemon or pipe that hangs: logging must not block, no line may be cut
 * or out of order, and lost lines must be counted.
 */
#include <sys/types.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/log_queue.h"
#include "base/log_socket.h"

#define SECOND		UINT64_C(1000000000)
#define LINES_MOST	20000

/* ---- a log that a test can stop ---- */

static struct log_queue	 queue;
static sem_t		 gate;		/* a post lets one line pass */
static sem_t		 reached;	/* posted by each line that comes to it */
static bool		 open_gate;	/* all pass */
static int		 answer;	/* what the log returns */
static char		*got[LINES_MOST];
static size_t		 ngot;

static int
take(const struct log_line *l)
{
	(void)sem_post(&reached);
	if (!open_gate)
		while (sem_wait(&gate) == -1)
			continue;
	if (answer == 0)
		got[ngot++] = strdup(l->text);
	return (answer);
}

static void
put(const char *text)
{
	struct log_line	l = { .level = LOG_INFO };

	(void)snprintf(l.text, sizeof(l.text), "%s", text);
	log_queue_put(&queue, &l);
}

static void
put_number(unsigned int n)
{
	char	text[64];

	(void)snprintf(text, sizeof(text), "line %u", n);
	put(text);
}

static void
drain(unsigned int seconds)
{
	struct timespec	until;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += (time_t)seconds;
	log_queue_drain(&queue, &until);
}

static void
open_the_gate(void)
{
	int	i;

	open_gate = true;
	for (i = 0; i < 2; i++)
		(void)sem_post(&gate);
	drain(60);
}

/* A thread that was left from another test would take our lines. */
static int
in_child(void (*test)(void))
{
	pid_t	pid;
	int	status;

	(void)fflush(NULL);
	if ((pid = fork()) == 0) {
		(void)sem_init(&gate, 0, 0);
		(void)sem_init(&reached, 0, 0);
		log_queue_init(&queue, take);
		test();
		(void)fflush(NULL);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return (status);
}

#define CHECK(what)							\
	do {								\
		if (!(what)) {						\
			(void)fprintf(stderr, "%s:%d: %s\n", __FILE__,	\
			    __LINE__, #what);				\
			_exit(1);					\
		}							\
	} while (0)

static void
lines_before_the_start(void)
{
	unsigned int	i;
	char		text[64];

	open_gate = true;
	for (i = 0; i < 100; i++)
		put_number(i);
	CHECK(ngot == 0);
	CHECK(log_queue_start(&queue) == 0);
	for (; i < 200; i++)
		put_number(i);
	drain(60);
	CHECK(ngot == 200);
	for (i = 0; i < 200; i++) {
		(void)snprintf(text, sizeof(text), "line %u", i);
		CHECK(strcmp(got[i], text) == 0);
	}
}

/* 10,000 lines while the log takes none: nobody waits, none is forgotten. */
static void
nobody_waits(void)
{
	uint64_t	begin = now_mono(), lost;
	unsigned int	i, n;
	size_t		notice;
	char		end;

	CHECK(log_queue_start(&queue) == 0);
	/* A thread that begins later would make room in between. */
	put_number(0);
	while (sem_wait(&reached) == -1)
		continue;
	for (i = 1; i < 10000; i++)
		put_number(i);
	CHECK(now_mono() - begin < 5 * SECOND);
	CHECK(!log_queue_is_empty(&queue));
	open_the_gate();
	put("after");
	drain(60);
	CHECK(strcmp(got[ngot - 1], "after") == 0);
	notice = ngot - 2;
	CHECK(sscanf(got[notice], "log lines lost: %" SCNu64 "%c", &lost,
	    &end) == 2 && end == ':');
	CHECK(lost > 0 && lost + notice == 10000);
	for (i = 0; i < notice; i++)
		CHECK(sscanf(got[i], "line %u", &n) == 1 && n == i);
}

/* The number of lost lines stands where they are missing. */
static void
told_in_its_place(void)
{
	unsigned int	i, before, n, last = 0;
	uint64_t	lost = 0, here;
	size_t		j;

	CHECK(log_queue_start(&queue) == 0);
	for (i = 0; i < 5000; i++)
		put_number(i);
	/* Room for some, while the log is still slow. */
	for (before = 0; before < 100; before++)
		(void)sem_post(&gate);
	while (ngot < 100)
		(void)usleep(1000);
	for (; i < 6000; i++)
		put_number(i);
	open_the_gate();
	CHECK(ngot > 100);
	for (j = 0; j < ngot; j++)
		if (sscanf(got[j], "log lines lost: %" SCNu64, &here) == 1) {
			lost += here;
			last += (unsigned int)here;
		} else {
			CHECK(sscanf(got[j], "line %u", &n) == 1);
			CHECK(n == last);
			last++;
		}
	CHECK(lost > 0 && last == 6000);
}

/* A log that refuses lines is told how many when it takes one again. */
static void
refused_lines(void)
{
	unsigned int	i;

	open_gate = true;
	answer = -1;
	CHECK(log_queue_start(&queue) == 0);
	for (i = 0; i < 7; i++)
		put_number(i);
	drain(60);
	CHECK(ngot == 0);
	answer = 0;
	put("back");
	drain(60);
	put("again");
	drain(60);
	CHECK(ngot == 3);
	CHECK(strncmp(got[0], "log lines lost: 7:", 18) == 0);
	CHECK(strcmp(got[1], "back") == 0);
	CHECK(strcmp(got[2], "again") == 0);
}

/* Long lines: memory is moved and used again, nothing is cut. */
static void
long_lines(void)
{
	char		text[LOG_TEXT_MAX], want[LOG_TEXT_MAX];
	unsigned int	i;
	size_t		len;

	CHECK(log_queue_start(&queue) == 0);
	for (i = 0; i < 2000; i++) {
		len = i * 37 % (LOG_TEXT_MAX - 1);
		memset(text, 'a' + (int)(i % 26), len);
		text[len] = '\0';
		put(text);
		(void)sem_post(&gate);
		if (i % 40 == 0)	/* the log is a little behind */
			while (ngot + 10 < i)
				(void)usleep(100);
	}
	open_the_gate();
	CHECK(ngot == 2000);
	for (i = 0; i < 2000; i++) {
		len = i * 37 % (LOG_TEXT_MAX - 1);
		memset(want, 'a' + (int)(i % 26), len);
		want[len] = '\0';
		CHECK(strcmp(got[i], want) == 0);
	}
}

static void
drain_has_an_end(void)
{
	uint64_t	begin = now_mono();

	CHECK(log_queue_start(&queue) == 0);
	put("x");
	drain(1);
	CHECK(now_mono() - begin >= SECOND);
	CHECK(now_mono() - begin < 20 * SECOND);
}

/* The child of a process whose log hangs logs by itself. */
static void
fork_while_it_hangs(void)
{
	pid_t	pid;
	int	status;

	CHECK(log_queue_start(&queue) == 0);
	put("parent");
	log_queue_before_fork(&queue);
	if ((pid = fork()) == 0) {
		log_queue_in_child(&queue);
		open_gate = true;
		CHECK(log_queue_is_empty(&queue));
		put("child");
		CHECK(log_queue_start(&queue) == 0);
		drain(60);
		CHECK(ngot == 1 && strcmp(got[0], "child") == 0);
		_exit(0);
	}
	log_queue_in_parent(&queue);
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	open_the_gate();
	CHECK(ngot == 1 && strcmp(got[0], "parent") == 0);
}

static void *
put_many(void *arg)
{
	unsigned int	i;
	char		text[64];

	for (i = 0; i < 500; i++) {
		(void)snprintf(text, sizeof(text), "thread %d %u",
		    *(const int *)arg, i);
		put(text);
		if (i % 20 == 0)
			drain(60);	/* so that none is lost */
	}
	return (NULL);
}

static void
several_threads(void)
{
	pthread_t	threads[4];
	int		number[4], t;
	unsigned int	next[4] = { 0 }, n;
	size_t		i;

	open_gate = true;
	CHECK(log_queue_start(&queue) == 0);
	for (t = 0; t < 4; t++) {
		number[t] = t;
		CHECK(pthread_create(&threads[t], NULL, put_many,
		    &number[t]) == 0);
	}
	for (t = 0; t < 4; t++)
		CHECK(pthread_join(threads[t], NULL) == 0);
	drain(60);
	CHECK(ngot == 2000);
	for (i = 0; i < ngot; i++) {
		CHECK(sscanf(got[i], "thread %d %u", &t, &n) == 2);
		CHECK(n == next[t]);
		next[t]++;
	}
}

#define QUEUE_TEST(name)						\
	static void							\
	test_##name(void **state)					\
	{								\
		(void)state;						\
		assert_int_equal(in_child(name), 0);			\
	}

QUEUE_TEST(lines_before_the_start)
QUEUE_TEST(nobody_waits)
QUEUE_TEST(told_in_its_place)
QUEUE_TEST(refused_lines)
QUEUE_TEST(long_lines)
QUEUE_TEST(drain_has_an_end)
QUEUE_TEST(fork_while_it_hangs)
QUEUE_TEST(several_threads)

/* ---- sockets ---- */

static char	dir[] = "/tmp/test_log.XXXXXX";
static char	path[64], other[64];

static int
make_dir(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/log", dir);
	(void)snprintf(other, sizeof(other), "%s/other", dir);
	return (0);
}

static int
remove_dir(void **state)
{
	(void)state;
	(void)unlink(path);
	(void)unlink(other);
	return (rmdir(dir));
}

static int
receiver(const char *at, int type)
{
	struct sockaddr_un	sun = { .sun_family = AF_UNIX };
	int			fd = socket(AF_UNIX, type, 0);

	(void)snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", at);
	(void)unlink(at);
	assert_int_equal(bind(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, 4), 0);
	return (fd);
}

static void
expect(int fd, const char *want, size_t len)
{
	char	text[256];
	ssize_t	n = recv(fd, text, sizeof(text), 0);

	assert_int_equal(n, len);
	assert_memory_equal(text, want, len);
}

static void
datagrams(void **state)
{
	struct log_socket	s = { .path = path, .fd = -1 };
	int			fd = receiver(path, SOCK_DGRAM);

	(void)state;
	assert_int_equal(log_socket_send(&s, "<30>one", 7), 0);
	assert_int_equal(log_socket_send(&s, "<30>two", 7), 0);
	expect(fd, "<30>one", 7);
	expect(fd, "<30>two", 7);
	/* Restarted. */
	(void)close(fd);
	fd = receiver(path, SOCK_DGRAM);
	assert_int_equal(log_socket_send(&s, "three", 5), 0);
	expect(fd, "three", 5);
	(void)close(fd);
	log_socket_close(&s);
}

static void
stream(void **state)
{
	struct log_socket	s = { .path = path, .fd = -1 };
	int			fd = receiver(path, SOCK_STREAM), c;

	(void)state;
	assert_int_equal(log_socket_send(&s, "one", 3), 0);
	c = accept(fd, NULL, NULL);
	expect(c, "one", 4);	/* with its NUL */
	(void)close(c);
	(void)close(fd);
	fd = receiver(path, SOCK_STREAM);
	assert_int_equal(log_socket_send(&s, "two", 3), 0);
	c = accept(fd, NULL, NULL);
	expect(c, "two", 4);
	(void)close(c);
	(void)close(fd);
	log_socket_close(&s);
}

static void
nobody_there(void **state)
{
	struct log_socket	s = { .path = other, .fd = -1 };
	uint64_t		begin = now_mono();
	int			fd;

	(void)state;
	assert_int_equal(log_socket_send(&s, "x", 1), -1);
	assert_int_equal(errno, ENOENT);
	(void)close(receiver(other, SOCK_DGRAM));
	assert_int_equal(log_socket_send(&s, "x", 1), -1);
	assert_int_equal(errno, ECONNREFUSED);
	assert_true(now_mono() - begin < 4 * SECOND);
	fd = receiver(other, SOCK_DGRAM);
	assert_int_equal(log_socket_send(&s, "back", 4), 0);
	expect(fd, "back", 4);
	(void)close(fd);
	log_socket_close(&s);
}

struct sending {
	struct log_socket	s;
	size_t			n;
	_Atomic size_t		sent;
};

static void *
send_many(void *arg)
{
	struct sending	*w = arg;
	char		 text[64];
	size_t		 i;
	int		 len;

	for (i = 0; i < w->n; i++) {
		len = snprintf(text, sizeof(text), "%zu.", i);
		if (log_socket_send(&w->s, text, (size_t)len) == -1)
			break;
		w->sent++;
	}
	return (NULL);
}

/* A receiver that pauses loses nothing. */
static void
full_receiver(void **state)
{
	struct sending	w = { .s = { .path = path, .fd = -1 }, .n = 2000 };
	int		fd = receiver(path, SOCK_DGRAM), len;
	pthread_t	thread;
	char		text[64];
	size_t		i;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, send_many, &w), 0);
	(void)usleep(200000);
	assert_true(w.sent < w.n);	/* it waits */
	for (i = 0; i < w.n; i++) {
		len = snprintf(text, sizeof(text), "%zu.", i);
		expect(fd, text, (size_t)len);
	}
	assert_int_equal(pthread_join(thread, NULL), 0);
	(void)close(fd);
	log_socket_close(&w.s);
}

/* One that hangs, and stays, while another one takes its place. */
static void
replaced(void **state)
{
	struct sending	w = { .s = { .path = path, .fd = -1 }, .n = 2000 };
	int		old = receiver(path, SOCK_DGRAM), fd;
	pthread_t	thread;
	size_t		i, before;
	char		text[64];

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, send_many, &w), 0);
	(void)usleep(200000);
	before = w.sent;
	assert_true(before < w.n);
	fd = receiver(path, SOCK_DGRAM);
	for (i = before; i < w.n; i++) {
		(void)snprintf(text, sizeof(text), "%zu.", i);
		expect(fd, text, strlen(text));
	}
	assert_int_equal(pthread_join(thread, NULL), 0);
	(void)close(old);
	(void)close(fd);
	log_socket_close(&w.s);
}

/* ---- the whole ---- */

static void
fill(int fd)
{
	char	octets[4096] = { 0 };
	ssize_t	n;
	size_t	len;

	(void)fcntl(fd, F_SETFL, O_NONBLOCK);
	for (len = sizeof(octets); len > 0; len /= 2)
		while ((n = write(fd, octets, len)) > 0)
			continue;
	(void)fcntl(fd, F_SETFL, 0);
}

/* Lines to a pipe that nobody reads, from a process that then exits. */
__attribute__((noreturn))
static void
log_to(int fd, bool start)
{
	unsigned int	i;

	(void)dup2(fd, STDERR_FILENO);
	log_queued();
	log_init("test", LOG_TO_STDERR);
	if (start && log_start() == -1)
		_exit(2);
	for (i = 0; i < 5000; i++) {
		errno = E2BIG;
		log_info("line %u", i);
		if (errno != E2BIG)
			_exit(3);
	}
	exit(0);
}

static void
exit_is_not_held_up(void **state)
{
	uint64_t	begin;
	int		fds[2], i, status;
	pid_t		pid;

	(void)state;
	for (i = 0; i < 2; i++) {
		assert_int_equal(pipe(fds), 0);
		fill(fds[1]);
		begin = now_mono();
		if ((pid = fork()) == 0)
			log_to(fds[1], i == 1);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
		assert_true(now_mono() - begin < 2 * SECOND);
		(void)close(fds[0]);
		(void)close(fds[1]);
	}
}

/*
 * A reader that comes in time gets all whole lines and, in the place of those
 * that are missing, their number.
 */
static void
late_reader(void **state)
{
	char		line[256];
	unsigned int	n, next = 0, lost = 0;
	int		fds[2], status;
	size_t		skip;
	pid_t		pid;
	FILE		*f;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	fill(fds[1]);
	if ((pid = fork()) == 0)
		log_to(fds[1], true);
	(void)close(fds[1]);
	(void)usleep(200000);
	f = fdopen(fds[0], "r");
	for (skip = 0; (n = (unsigned int)getc(f)) == 0; skip++)
		continue;
	(void)ungetc((int)n, f);
	assert_true(skip > 0);
	while (fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "test: log lines lost: %u:", &n) == 1) {
			lost += n;
			next += n;
			continue;
		}
		assert_int_equal(sscanf(line, "test: line %u\n", &n), 1);
		assert_int_equal(n, next);
		next++;
	}
	(void)fclose(f);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_true(next - lost > 500);
	assert_true(lost > 0);
	assert_int_equal(next, 5000);
}

/* Standard error that another process has made non-blocking: a tool waits. */
static void
nonblocking(void **state)
{
	char		line[256];
	unsigned int	i, n, next = 0;
	int		fds[2], status;
	pid_t		pid;
	FILE		*f;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	if ((pid = fork()) == 0) {
		(void)dup2(fds[1], STDERR_FILENO);
		(void)fcntl(STDERR_FILENO, F_SETFL, O_NONBLOCK);
		log_init("tool", LOG_TO_STDERR);
		for (i = 0; i < 20000; i++)
			log_info("line %u", i);
		_exit(0);
	}
	(void)close(fds[1]);
	(void)usleep(100000);
	f = fdopen(fds[0], "r");
	while (fgets(line, sizeof(line), f) != NULL) {
		assert_int_equal(sscanf(line, "tool: line %u\n", &n), 1);
		assert_int_equal(n, next);
		next++;
	}
	(void)fclose(f);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(next, 20000);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(test_lines_before_the_start),
		cmocka_unit_test(test_nobody_waits),
		cmocka_unit_test(test_told_in_its_place),
		cmocka_unit_test(test_refused_lines),
		cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_drain_has_an_end),
		cmocka_unit_test(test_fork_while_it_hangs),
		cmocka_unit_test(test_several_threads),
		cmocka_unit_test(datagrams),
		cmocka_unit_test(stream),
		cmocka_unit_test(nobody_there),
		cmocka_unit_test(full_receiver),
		cmocka_unit_test(replaced),
		cmocka_unit_test(exit_is_not_held_up),
		cmocka_unit_test(late_reader),
		cmocka_unit_test(nonblocking),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return (cmocka_run_group_tests(tests, make_dir, remove_dir));
}
