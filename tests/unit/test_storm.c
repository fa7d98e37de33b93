/*
 * The limits for clients of the control socket, connections and CPU time of
 * queries: the daemon's server on a real socket, with clocks that the test
 * sets.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "trafd/control_server.h"

#define SECOND	UINT64_C(1000000000)

/* Longer than a tick of the server, and many of them, microseconds. */
#define A_TICK	100000
#define MANY	20000000

uint64_t	__wrap_now_mono(void);
int		__wrap_getrusage(int who, struct rusage *);

static uint64_t	clock_ns = SECOND;
static int	used_ms;

uint64_t
__wrap_now_mono(void)
{
	return (clock_ns);
}

int
__wrap_getrusage(int who, struct rusage *u)
{
	(void)who;
	memset(u, 0, sizeof(*u));
	u->ru_utime.tv_sec = used_ms / 1000;
	u->ru_stime.tv_usec = used_ms % 1000 * 1000;
	return (0);
}

/* ---- the server, and what it is there for ---- */

struct fixture {
	char			 dir[32];
	struct sockaddr_un	 path;
	struct event_base	*base;
	struct control_server	*server;
	int			 cost_ms;	/* of a question */
	uint64_t		 answered;
};

static void
on_query(void *arg)
{
	struct fixture	*f = arg;

	while (control_next_query(f->server) != NULL) {
		used_ms += f->cost_ms;
		f->answered++;
		control_query_ended(f->server, -1, 0, "no table here");
	}
}

static void
on_job(void *arg, enum control_command command)
{
	(void)arg;
	(void)command;
}

static void
on_stat(void *arg)
{
	(void)arg;
}

static int
setup(void **state)
{
	struct fixture		*f = calloc(1, sizeof(*f));
	struct control_hooks	 hooks = { f, on_job, on_query, on_stat };

	assert_non_null(f);
	(void)strlcpy(f->dir, "/tmp/test_storm.XXXXXX", sizeof(f->dir));
	assert_non_null(mkdtemp(f->dir));
	f->path.sun_family = AF_UNIX;
	(void)snprintf(f->path.sun_path, sizeof(f->path.sun_path),
	    "%s/trafd.x.sock", f->dir);
	f->server = control_open(f->dir, "x", (gid_t)-1);
	f->base = event_base_new();
	assert_non_null(f->server);
	assert_non_null(f->base);
	assert_int_equal(control_start(f->server, f->base, &hooks), 0);
	*state = f;
	return (0);
}

static int
teardown(void **state)
{
	struct fixture	*f = *state;

	control_close(f->server);
	event_base_free(f->base);
	(void)unlink(f->path.sun_path);
	assert_int_equal(rmdir(f->dir), 0);
	free(f);
	return (0);
}

/* ---- clients ---- */

/* Connect and ask; the descriptor, or -1 when the queue has no place. */
static int
ask(const struct fixture *f, enum control_command command, size_t payload)
{
	uint8_t	octets[CONTROL_REQUEST_HEAD + CONTROL_QUERY_HEAD] = { 0 };
	int	fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_int_not_equal(fd, -1);
	(void)fcntl(fd, F_SETFL, O_NONBLOCK);
	control_put_request(octets, &(struct control_request){
	    .command = (uint16_t)command, .length = (uint32_t)payload });
	if (connect(fd, (const void *)&f->path, sizeof(f->path)) == -1) {
		(void)close(fd);
		return (-1);
	}
	assert_int_equal(write(fd, octets, CONTROL_REQUEST_HEAD + payload),
	    CONTROL_REQUEST_HEAD + payload);
	return (fd);
}

typedef uint64_t	count_fn(const struct fixture *);

/* Connections that were accepted: what each asks is known at once. */
static uint64_t
accepted(const struct fixture *f)
{
	struct control_counts	n = control_counts(f->server);

	return (n.requests + n.refused);
}

static uint64_t
answered(const struct fixture *f)
{
	return (f->answered);
}

/* Let the server work until the count is as wanted, or for so long. */
static void
run(struct fixture *f, count_fn *count, uint64_t want, int us)
{
	for (; us > 0 && count(f) != want; us -= 10000) {
		(void)event_base_loop(f->base, EVLOOP_NONBLOCK);
		(void)usleep(10000);
	}
}

/* It comes to `want', and no further. */
static void
stops_at(struct fixture *f, count_fn *count, uint64_t want)
{
	run(f, count, want, MANY);
	run(f, count, UINT64_MAX, A_TICK);
	assert_int_equal(count(f), want);
}

/* ---- the tests ---- */

static void
connections(void **state)
{
	struct fixture	*f = *state;
	int		 i, fd;

	for (i = 0; i < 400; i++) {
		if ((fd = ask(f, CONTROL_ASK_VERSION, 0)) != -1)
			(void)close(fd);
		(void)event_base_loop(f->base, EVLOOP_NONBLOCK);
	}
	/* Two hundred, and the one by which the bucket was filled. */
	stops_at(f, accepted, 201);
	/* In half a second forty more, of those who are in the queue. */
	clock_ns += SECOND / 2;
	stops_at(f, accepted, 241);
}

/* Two seconds of processor time, then a fiftieth of each second. */
static void
work(void **state)
{
	struct fixture	*f = *state;
	int		 i, fds[12];

	f->cost_ms = 300;
	for (i = 0; i < 12; i++) {
		fds[i] = ask(f, CONTROL_ASK_TABLE, CONTROL_QUERY_HEAD);
		assert_int_not_equal(fds[i], -1);
	}
	stops_at(f, answered, 7);
	clock_ns += 4 * SECOND;
	stops_at(f, answered, 7);
	clock_ns += 2 * SECOND;
	stops_at(f, answered, 8);
	for (i = 0; i < 12; i++)
		(void)close(fds[i]);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test_setup_teardown(connections, setup, teardown),
		cmocka_unit_test_setup_teardown(work, setup, teardown),
	};

	log_init("test_storm", LOG_TO_STDERR);
	(void)signal(SIGPIPE, SIG_IGN);		/* as the daemon does */
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
