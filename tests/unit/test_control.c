/*
 * The control protocol: its messages octet by octet, which rows its rules
 * match, and the client against servers that answer nonsense, too much, too
 * little, or nothing.
 */
#include "config.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "control/control_client.h"
#include "file/block.h"

static char	dir[] = "/tmp/trafd-control.XXXXXX";

/* ---- octets ---- */

static void
test_heads_are_frozen(void **state)
{
	static const uint8_t	request[] = {
		'T', 'R', 'F', 'Q', 1, 0, 4, 0, 0x40, 0, 0, 0, 0, 0, 0, 0
	}, answer[] = {
		'T', 'R', 'F', 'A', 1, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0,
		0x78, 0x56, 0x34, 0x12, 0, 0, 0, 0
	};
	struct control_request	r = { CONTROL_ASK_TABLE, 64 }, r2;
	struct control_answer	a = { CONTROL_ASK_STAT, CONTROL_FAILED,
	    0x12345678 }, a2;
	uint8_t			out[CONTROL_ANSWER_HEAD];

	(void)state;
	control_put_request(out, &r);
	assert_memory_equal(out, request, sizeof(request));
	assert_int_equal(control_get_request(request, &r2), 0);
	assert_int_equal(r2.command, CONTROL_ASK_TABLE);
	assert_int_equal(r2.length, 64);
	control_put_answer(out, &a);
	assert_memory_equal(out, answer, sizeof(answer));
	assert_int_equal(control_get_answer(answer, &a2), 0);
	assert_int_equal(a2.status, CONTROL_FAILED);
	assert_int_equal(a2.length, 0x12345678);
}

/* Magic, version and reserved octets must be what they are. */
static void
test_heads_are_checked(void **state)
{
	static const size_t	at[] = { 0, 3, 4, 5, 12, 15 };
	struct control_request	r = { 1, 0 };
	struct control_answer	a = { 1, CONTROL_OK, 0 };
	uint8_t			out[CONTROL_ANSWER_HEAD];
	size_t			i;

	(void)state;
	for (i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		control_put_request(out, &r);
		out[at[i]] ^= 2;
		assert_int_equal(control_get_request(out, &r), -1);
		control_put_answer(out, &a);
		out[at[i]] ^= 2;
		assert_int_equal(control_get_answer(out, &a), -1);
	}
}

static void
test_query_goes_round(void **state)
{
	static struct control_query	q = { .top = 20, .by = CONTROL_BY_HOST,
	    .order = CONTROL_ORDER_PACKETS, .flags = CONTROL_SETTLED,
	    .nrules = 2, .rules = { { .src = { [15] = 1 }, .src_bits = 128,
	    .port = 443, .proto = 6, .flags = CONTROL_RULE_PORT |
	    CONTROL_RULE_PROTO }, { .dst = { [0] = 0xfd }, .dst_bits = 8 } } };
	static struct control_query	got;
	uint8_t				out[CONTROL_QUERY_MOST];
	size_t				len;

	(void)state;
	len = control_put_query(out, &q);
	assert_int_equal(len, CONTROL_QUERY_HEAD + 2 * CONTROL_RULE);
	assert_int_equal(control_get_query(out, len, &got), 0);
	assert_memory_equal(&got, &q, sizeof(q));
	assert_int_equal(control_get_query(out, len - 1, &got), -1);
	assert_int_equal(control_get_query(out, len + 1, &got), -1);
	out[4] = CONTROL_BYS;
	assert_int_equal(control_get_query(out, len, &got), -1);
}

static void
test_query_limits(void **state)
{
	static struct control_query	q, got;
	uint8_t				out[CONTROL_QUERY_MOST];
	size_t				len;

	(void)state;
	q.nrules = CONTROL_RULES_MOST;
	len = control_put_query(out, &q);
	assert_int_equal(len, sizeof(out));
	assert_int_equal(control_get_query(out, len, &got), 0);
	out[8] = CONTROL_RULES_MOST + 1;
	assert_int_equal(control_get_query(out, len + CONTROL_RULE, &got), -1);
	out[8] = CONTROL_RULES_MOST;
	out[16 + 32] = 129;
	assert_int_equal(control_get_query(out, len, &got), -1);
}

/* ---- rules ---- */

static struct flow_key
key4(uint8_t src, uint8_t dst, uint16_t sport, uint16_t dport, uint8_t proto)
{
	return ((struct flow_key){
		.src = { [10] = 0xff, [11] = 0xff, 10, 0, 0, src },
		.dst = { [10] = 0xff, [11] = 0xff, 10, 0, 0, dst },
		.sport = sport, .dport = dport, .proto = proto,
		.family = FLOW_FAMILY_IP4 });
}

static void
test_rules(void **state)
{
	static struct control_query	q;
	struct flow_key	one = key4(1, 2, 1025, 80, 6),
			back = key4(2, 1, 80, 1025, 6);
	struct control_rule		*r = &q.rules[0];

	(void)state;
	assert_true(control_query_match(&q, &one));
	q.nrules = 1;
	memcpy(r->src, one.src, 16);
	r->src_bits = 128;
	assert_true(control_query_match(&q, &one));
	assert_false(control_query_match(&q, &back));
	r->flags = CONTROL_RULE_EITHER;
	assert_true(control_query_match(&q, &back));
	r->flags |= CONTROL_RULE_PORT;
	r->port = 80;
	assert_true(control_query_match(&q, &one));
	r->port = 81;
	assert_false(control_query_match(&q, &one));
	r->flags = CONTROL_RULE_PROTO;
	r->proto = 17;
	assert_false(control_query_match(&q, &one));
	r->flags = 0;
	r->src[15] = 0;
	r->src_bits = 127;	/* 10.0.0.0/31 holds 10.0.0.1, not .2 */
	assert_true(control_query_match(&q, &one));
	assert_false(control_query_match(&q, &back));
}

/* ---- stat ---- */

static void
test_stat_goes_round(void **state)
{
	static struct control_stat	s, got;
	static uint8_t			out[CONTROL_STAT_BODY];
	size_t				i;

	(void)state;
	for (i = 0; i < CONTROL_VALUES; i++)
		s.v[i] = i * 3 + 1;
	s.ledger.v[LEDGER_ENTRIES - 1] = 77;
	s.total.v[LEDGER_ENTRIES - 1] = 76;
	s.proto.v[PROTOSTAT_ENTRIES - 1] = 78;
	(void)snprintf(s.text[CONTROL_TEXT_IFACE], CONTROL_TEXT_LEN, "eth0");
	control_put_stat(out, &s);
	assert_int_equal(control_get_stat(out, sizeof(out), &got), 0);
	assert_memory_equal(&got, &s, sizeof(s));
	assert_int_equal(control_get_stat(out, sizeof(out) - 1, &got), -1);
	assert_int_equal(control_get_stat(out, 7, &got), -1);
}

/* Of a daemon that knows less, and of one that knows more. */
static void
test_stat_of_other_versions(void **state)
{
	static struct control_stat	got;
	uint8_t				less[8 + 8] = { 1, 0, [8] = 5 };
	static uint8_t			more[CONTROL_STAT_BODY + 8 + 256];

	(void)state;
	assert_int_equal(control_get_stat(less, sizeof(less), &got), 0);
	assert_int_equal(got.v[0], 5);
	assert_int_equal(got.v[1], 0);
	memset(&got, 0, sizeof(got));
	control_put_stat(more, &got);
	more[0]++;
	more[6]++;
	assert_int_equal(control_get_stat(more, sizeof(more), &got), 0);
}

/* ---- servers that are none of ours ---- */

enum play { SILENCE, CLOSE, GARBAGE, HUGE, HUGE_TABLE, CUT, LIE, NO_BLOCK,
    LONG_TEXT, DENY, DRIP };

static void
put(int fd, const void *p, size_t n)
{
	(void)!write(fd, p, n);
}

static void
put_head(int fd, int command, enum control_status status, uint64_t length)
{
	struct control_answer	a = { (uint16_t)command, status, length };
	uint8_t			head[CONTROL_ANSWER_HEAD];

	control_put_answer(head, &a);
	put(fd, head, sizeof(head));
}

static void
serve(int fd, enum play play, int command)
{
	static const uint8_t	zeros[4096];
	int			i;

	switch (play) {
	case SILENCE:
		(void)sleep(60);
		break;
	case CLOSE:
		break;
	case GARBAGE:
		put(fd, zeros, sizeof(zeros));
		break;
	case HUGE:
	case HUGE_TABLE:
		put_head(fd, command, CONTROL_OK, UINT64_MAX);
		put(fd, zeros, sizeof(zeros));
		break;
	case CUT:
		put_head(fd, command, CONTROL_OK, 100000);
		put(fd, zeros, sizeof(zeros));
		break;
	case LIE:	/* an answer to another question */
		put_head(fd, command + 1, CONTROL_OK, 16);
		put(fd, zeros, 16);
		break;
	case NO_BLOCK:
		put_head(fd, command, CONTROL_OK, sizeof(zeros));
		put(fd, zeros, sizeof(zeros));
		break;
	case LONG_TEXT:
		put_head(fd, command, CONTROL_FAILED, 513);
		put(fd, zeros, 513);
		break;
	case DENY:
		put_head(fd, command, CONTROL_DENIED, 9);
		put(fd, "no\033[2J ok", 9);
		break;
	case DRIP:
		put_head(fd, command, CONTROL_OK, 1000);
		for (i = 0; i < 600; i++) {
			put(fd, zeros, 1);
			(void)usleep(100000);
		}
		break;
	}
}

/* A child that serves one client; returns its process id. */
static pid_t
start_server(const char *ext, enum play play, int command)
{
	struct sockaddr_un	sun = { .sun_family = AF_UNIX };
	int			fd = socket(AF_UNIX, SOCK_STREAM, 0), client;
	pid_t			pid;

	(void)snprintf(sun.sun_path, sizeof(sun.sun_path), "%s/trafd.%s.sock",
	    dir, ext);
	(void)unlink(sun.sun_path);
	assert_int_equal(bind(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	assert_int_equal(listen(fd, 1), 0);
	if ((pid = fork()) == 0) {
		client = accept(fd, NULL, NULL);
		serve(client, play, command);
		_exit(0);
	}
	(void)close(fd);
	return (pid);
}

static enum control_outcome
ask(struct control_client *c, int command)
{
	static struct control_stat	s;
	static struct control_query	q;
	struct control_table		t;
	struct control_done		done;
	struct ledger			l;
	uint64_t			begin;
	char				text[64];

	switch (command) {
	case CONTROL_ASK_VERSION:
		return (control_version(c, text, sizeof(text)));
	case CONTROL_ASK_STAT:
		return (control_stat(c, &s));
	case CONTROL_ASK_LEDGER:
		return (control_ledger(c, &l, &begin));
	case CONTROL_ASK_TABLE:
		return (control_table(c, &q, &t));
	default:
		return (control_job(c, CONTROL_ASK_DUMP, &done));
	}
}

static void
test_hostile_servers(void **state)
{
	static const struct {
		enum play		play;
		enum control_outcome	want;
	} plays[] = {
		{ CLOSE, CONTROL_BROKEN },
		{ GARBAGE, CONTROL_BROKEN },
		{ HUGE, CONTROL_BROKEN },
		{ HUGE_TABLE, CONTROL_BROKEN },
		{ CUT, CONTROL_BROKEN },
		{ LIE, CONTROL_BROKEN },
		{ NO_BLOCK, CONTROL_BROKEN },
		{ LONG_TEXT, CONTROL_BROKEN },
		{ DENY, CONTROL_REFUSED_IT },
	};
	struct control_client	c = { .run_dir = dir, .ext = "x",
	    .timeout_ms = 20000 };
	size_t			i;
	pid_t			pid;
	int			command;

	(void)state;
	for (command = CONTROL_ASK_VERSION; command <= CONTROL_ASK_DUMP;
	    command++)
		for (i = 0; i < sizeof(plays) / sizeof(plays[0]); i++) {
			pid = start_server("x", plays[i].play, command);
			assert_int_equal(ask(&c, command), plays[i].want);
			assert_true(strlen(c.err) > 0);
			assert_null(strchr(c.err, '\033'));
			assert_int_equal(waitpid(pid, NULL, 0), pid);
		}
}

/* A server that is slow, or silent, costs the time limit and no more. */
static void
test_slow_servers(void **state)
{
	static const enum play	plays[] = { SILENCE, DRIP };
	struct control_client	c = { .run_dir = dir, .ext = "slow",
	    .timeout_ms = 300 };
	size_t			i;
	pid_t			pid;

	(void)state;
	for (i = 0; i < 2; i++) {
		pid = start_server("slow", plays[i], CONTROL_ASK_STAT);
		assert_int_equal(ask(&c, CONTROL_ASK_STAT), CONTROL_BROKEN);
		assert_non_null(strstr(c.err, "no answer in time"));
		(void)kill(pid, 9);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
	}
}

static void
test_nobody(void **state)
{
	struct control_client	c = { .run_dir = dir, .ext = "none",
	    .timeout_ms = 20000 };

	(void)state;
	assert_int_equal(ask(&c, CONTROL_ASK_STAT), CONTROL_NOBODY);
	assert_non_null(strstr(c.err, "no trafd is running: none"));
}

static bool
note(void *arg, const char *ext)
{
	(void)snprintf((char *)arg + strlen(arg), 64 - strlen(arg), "%s ",
	    ext);
	return (true);
}

static void
touch(const char *name)
{
	char	path[256];
	FILE	*f;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	(void)fclose(f);
}

static void
test_instances(void **state)
{
	static const char *const	names[] = { "trafd.b.sock", "trafd.a.sock",
	    "trafd.a", "trafd.a.status", "trafd..sock.x", "other.sock" };
	char				path[256], got[64] = "";
	size_t				i;

	(void)state;
	(void)snprintf(path, sizeof(path), "rm -rf %s/*", dir);
	assert_int_equal(system(path), 0);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		touch(names[i]);
	assert_int_equal(control_instances(dir, note, got), 2);
	assert_string_equal(got, "a b ");
	(void)snprintf(path, sizeof(path), "%s/none", dir);
	assert_int_equal(control_instances(path, note, got), -1);
}

static int
set_up(void **state)
{
	(void)state;
	return (mkdtemp(dir) == NULL);
}

static int
tear_down(void **state)
{
	char	command[64];

	(void)state;
	(void)snprintf(command, sizeof(command), "rm -rf %s", dir);
	return (system(command));
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(test_heads_are_frozen),
		cmocka_unit_test(test_heads_are_checked),
		cmocka_unit_test(test_query_goes_round),
		cmocka_unit_test(test_query_limits),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_stat_goes_round),
		cmocka_unit_test(test_stat_of_other_versions),
		cmocka_unit_test(test_hostile_servers),
		cmocka_unit_test(test_slow_servers),
		cmocka_unit_test(test_nobody),
		cmocka_unit_test(test_instances),
	};

	return (cmocka_run_group_tests(tests, set_up, tear_down));
}
