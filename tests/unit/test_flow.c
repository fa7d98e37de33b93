/*
 * The two rules that every answer and every file must share: which side of a
 * flow serves (packet/flow.h), and which way it went (packet/nets.h).
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "packet/flow.h"
#include "packet/nets.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

static const struct {
	uint16_t	sport, dport;
	uint8_t		flags;
	bool		source;			/* serves */
	uint8_t		reduced;		/* flags of --ports service */
} serving[] = {
	{ 80, 4000, 0, true, FLOW_DPORT_CLIENT },
	{ 4000, 80, 0, false, FLOW_SPORT_CLIENT },
	{ 123, 123, 0, true, 0 },
	{ 0, 0, 0, true, 0 },
	/* A port that is really 0 is the lower one. */
	{ 0, 80, 0, true, FLOW_DPORT_CLIENT },
	{ 80, 0, 0, false, FLOW_SPORT_CLIENT },
	/* One that was dropped is 0 too, and serves nobody. */
	{ 0, 80, FLOW_SPORT_CLIENT, false, FLOW_SPORT_CLIENT },
	{ 80, 0, FLOW_DPORT_CLIENT, true, FLOW_DPORT_CLIENT },
	{ 0, 0, FLOW_SPORT_CLIENT, false, FLOW_SPORT_CLIENT },
};

static void
test_who_serves(void **state)
{
	struct flow_key	k;
	uint16_t	port;
	size_t		i;

	(void)state;
	for (i = 0; i < COUNT(serving); i++) {
		memset(&k, 0, sizeof(k));
		k.sport = serving[i].sport;
		k.dport = serving[i].dport;
		k.flags = serving[i].flags;
		port = serving[i].source ? k.sport : k.dport;
		assert_int_equal(flow_source_serves(&k), serving[i].source);
		assert_int_equal(flow_server_port(&k), port);
		flow_key_reduce(&k, FLOW_PORTS_SERVICE);
		assert_int_equal(k.flags, serving[i].reduced);
		/* What is kept is the same server. */
		assert_int_equal(flow_source_serves(&k), serving[i].source);
		assert_int_equal(flow_server_port(&k), port);
	}
}

/* 10.0.0.1 or 192.0.2.1, as in a key. */
static void
put_address(uint8_t to[16], bool private)
{
	static const uint8_t	ours[4] = { 10, 0, 0, 1 };
	static const uint8_t	theirs[4] = { 192, 0, 2, 1 };

	memset(to, 0, 10);
	to[10] = to[11] = 0xff;
	memcpy(to + 12, private ? ours : theirs, 4);
}

static const struct {
	const char		*recorded;
	bool			 from_private, to_private;
	uint8_t			 flags;
	enum flow_direction	 way;
} ways[] = {
	{ "", true, false, 0, FLOW_OUT },
	{ "", false, true, 0, FLOW_IN },
	{ "", true, true, 0, FLOW_PASSING },
	{ "", false, false, 0, FLOW_PASSING },
	{ "192.0.2.0/24", true, false, 0, FLOW_IN },
	{ "192.0.2.0/24 10.0.0.1", true, false, 0, FLOW_PASSING },
	{ "10.0.0.1/33", true, false, 0, FLOW_OUT },
	{ "192.0.2.1 nonsense 10.0.0.0/8", true, false, 0, FLOW_IN },
	/* A side that was folded away is nobody's. */
	{ "", true, false, FLOW_NO_SRC, FLOW_PASSING },
	{ "", false, true, FLOW_NO_DST, FLOW_PASSING },
	{ "", true, true, FLOW_NO_DST, FLOW_OUT },
	{ "", true, true, FLOW_NO_SRC, FLOW_IN },
	{ "", true, true, FLOW_OTHER, FLOW_PASSING },
};

static void
test_which_way(void **state)
{
	struct flow_key	 k;
	struct nets	*local;
	size_t		 i;

	(void)state;
	for (i = 0; i < COUNT(ways); i++) {
		memset(&k, 0, sizeof(k));
		k.family = FLOW_FAMILY_IP4;
		k.flags = ways[i].flags;
		put_address(k.src, ways[i].from_private);
		put_address(k.dst, ways[i].to_private);
		local = nets_recorded(ways[i].recorded);
		assert_non_null(local);
		assert_int_equal(nets_direction(local, &k), ways[i].way);
		nets_free(local);
	}
}

/* Without memory there is no set, rather than one that lacks networks. */
static size_t	allocations_left = SIZE_MAX;

void	*__real_realloc(void *, size_t);
void	*__wrap_realloc(void *, size_t);
void	*__real_calloc(size_t, size_t);
void	*__wrap_calloc(size_t, size_t);

static bool
is_refused(void)
{
	if (allocations_left == 0) {
		errno = ENOMEM;
		return (true);
	}
	allocations_left--;
	return (false);
}

void *
__wrap_realloc(void *p, size_t size)
{
	return (is_refused() ? NULL : __real_realloc(p, size));
}

void *
__wrap_calloc(size_t n, size_t size)
{
	return (is_refused() ? NULL : __real_calloc(n, size));
}

static void
test_no_memory(void **state)
{
	static const char *const lists[] = { "", "10.0.0.0/8 fd00::/8", "x" };
	struct nets	*local;
	size_t		 i, most;
	int		 error;

	(void)state;
	for (i = 0; i < COUNT(lists); i++)
		for (most = 0;; most++) {
			allocations_left = most;
			local = nets_recorded(lists[i]);
			error = errno;
			allocations_left = SIZE_MAX;
			if (local != NULL) {
				assert_true(most >= 3);
				assert_true(nets_count(local) >= 2);
				nets_free(local);
				break;
			}
			assert_int_equal(error, ENOMEM);
		}
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(test_who_serves),
		cmocka_unit_test(test_which_way),
		cmocka_unit_test(test_no_memory),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
