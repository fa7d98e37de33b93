/*
 * Small rows lose detail in steps.  Whatever the table and the limit are, the
 * sums of local hosts, the total and, unless a host was scanned, the sums of
 * services are those of the rows before.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "packet/nets.h"
#include "table/fold.h"
#include "table/groups.h"
#include "table/table.h"

#define LOCAL	"10.0.0.0/8 fd00::/8"

static uint64_t	rng = 1;

static uint32_t
draw(uint32_t below)
{
	rng ^= rng << 13;
	rng ^= rng >> 7;
	rng ^= rng << 17;
	return ((uint32_t)(rng >> 20) % below);
}

static void
put_host(uint8_t to[16], uint8_t family, bool local, uint32_t number)
{
	memset(to, 0, 16);
	if (family == FLOW_FAMILY_IP4) {
		to[10] = to[11] = 0xff;
		to[12] = local ? 10 : 192;
	} else
		to[0] = local ? 0xfd : 0x20;
	to[13] = (uint8_t)(number >> 16);
	to[14] = (uint8_t)(number >> 8);
	to[15] = (uint8_t)number;
}

static struct flow
flow(bool from, uint32_t src, uint16_t sport, bool to, uint32_t dst,
    uint16_t dport, uint64_t bytes)
{
	struct flow	f = { .count = { .packets = 1, .ip = bytes } };

	f.key.sport = sport;
	f.key.dport = dport;
	f.key.proto = 17;
	f.key.family = FLOW_FAMILY_IP4;

	put_host(f.key.src, FLOW_FAMILY_IP4, from, src);
	put_host(f.key.dst, FLOW_FAMILY_IP4, to, dst);
	return (f);
}

static struct flow
random_flow(void)
{
	static const uint8_t	protos[] = { 6, 17, 17, 1, 47 };
	struct flow		f = { 0 };
	uint8_t			family = draw(4) == 0 ? 6 : 4;

	f.key.family = family & FLOW_FAMILY_MASK;
	f.key.vlan = draw(3) * 10 & FLOW_VLAN_MASK;
	put_host(f.key.src, family, draw(3) != 0, draw(draw(2) ? 8 : 4000));
	put_host(f.key.dst, family, draw(3) != 0, draw(draw(2) ? 8 : 4000));
	f.key.proto = protos[draw(5)];
	if (f.key.proto == 6 || f.key.proto == 17) {
		f.key.sport = (uint16_t)(draw(2) ? 53 : 1024 + draw(60000));
		f.key.dport = (uint16_t)(draw(2) ? 443 : 1024 + draw(60000));
	}
	f.count = (struct flow_count){ 1 + draw(9), draw(500),
	    20 + draw(draw(9) == 0 ? 90000 : 600) };
	return (f);
}

/* ---- sums ---- */

static void
add_sum(struct groups *g, const void *what, size_t len, uint8_t kind,
    const struct flow_count *c)
{
	uint8_t			 key[20] = { kind };
	struct flow_count	*sum;

	memcpy(key + 1, what, len);
	assert_non_null(sum = groups_get(g, key));
	flow_count_add(sum, c);
}

/* The sums of local hosts by protocol, and those of services if asked. */
static struct groups *
sums_of(const struct flow *const *rows, size_t n, const struct nets *local,
    bool services)
{
	struct groups		*g = groups_new(20, sizeof(struct flow_count));
	struct fold_sides	 s;
	uint8_t			 service[3];
	size_t			 i;

	assert_non_null(g);
	for (i = 0; i < n; i++) {
		s = fold_sides(&rows[i]->key, local);
		if (s.src)
			add_sum(g, rows[i]->key.src, 16, 1, &rows[i]->count);
		if (s.dst)
			add_sum(g, rows[i]->key.dst, 16, 2, &rows[i]->count);
		add_sum(g, "", 1, 3, &rows[i]->count);
		if (!services || (!s.src && !s.dst))
			continue;
		service[0] = rows[i]->key.proto;
		service[1] = (uint8_t)(flow_server_port(&rows[i]->key) >> 8);
		service[2] = (uint8_t)flow_server_port(&rows[i]->key);
		add_sum(g, service, 3, 4, &rows[i]->count);
	}
	return (g);
}

static void
same_sums(struct groups *a, struct groups *b)
{
	const uint8_t	*key;
	size_t		 i;

	assert_int_equal(groups_count(a), groups_count(b));
	for (i = 0; i < groups_count(a); i++) {
		key = groups_key(a, groups_at(a, i));
		assert_memory_equal(groups_at(a, i), groups_get(b, key),
		    sizeof(struct flow_count));
	}
	assert_int_equal(groups_count(a), groups_count(b));
	groups_free(a);
	groups_free(b);
}

static struct nets *
local_nets(void)
{
	struct nets	*local = nets_new();
	const char	*bad;

	assert_non_null(local);
	assert_int_equal(nets_add(local, LOCAL, &bad), 0);
	return (local);
}

/* Fold a table, and compare the sums.  Returns the number of rows. */
static size_t
check_fold(struct table *t, uint64_t minsize, bool services)
{
	struct nets			*local = local_nets();
	const struct flow		**rows = table_sorted(t);
	const struct flow *const	*folded;
	struct fold			*f;
	size_t				 i, n;

	assert_non_null(rows);
	f = fold_small(rows, table_rows(t), minsize, local);
	assert_non_null(f);
	folded = fold_rows(f, &n);
	for (i = 1; i < n; i++)
		assert_true(flow_key_cmp(&folded[i - 1]->key,
		    &folded[i]->key) < 0);
	same_sums(sums_of(rows, table_rows(t), local, services),
	    sums_of(folded, n, local, services));
	fold_free(f);
	free(rows);
	nets_free(local);
	return (n);
}

/* ---- tests ---- */

static void
random_tables(void **state)
{
	static const uint64_t	sizes[] = { 0, 1, 60, 1024, 5000, 1000000 };
	struct table		*t;
	struct flow		 f;
	size_t			 i, k, n;

	(void)state;
	for (i = 0; i < 60; i++) {
		/* Some of them full, so that they folded rows before. */
		t = table_new(i % 4 == 0 ? 1024 : 100000, NULL);
		n = draw(20000);
		for (k = 0; k < n; k++) {
			f = random_flow();
			table_add(t, &f, 1);
		}
		(void)check_fold(t, sizes[i % 6], false);
		table_free(t);
	}
}

/* Few enough rows for each host: no service is lost. */
static void
services_are_exact(void **state)
{
	struct table	*t;
	struct flow	 f;
	size_t		 i, k;

	(void)state;
	for (i = 0; i < 60; i++) {
		t = table_new(100000, NULL);
		for (k = 0; k < 200; k++) {
			f = random_flow();
			table_add(t, &f, 1);
		}
		(void)check_fold(t, draw(3000), true);
		table_free(t);
	}
}

struct expected {
	struct flow	row;
	uint8_t		flags;
};

static void
folds_to(const struct flow *in, size_t n, const struct expected *out,
    size_t nout)
{
	struct nets			*local = local_nets();
	struct table			*t = table_new(1024, local);
	const struct flow		**rows;
	const struct flow *const	*folded;
	struct fold			*f;
	struct flow_key			 key;
	size_t				 i, count;

	assert_non_null(t);
	table_add(t, in, n);
	assert_non_null(rows = table_sorted(t));
	f = fold_small(rows, n, 1024, local);
	assert_non_null(f);
	folded = fold_rows(f, &count);
	assert_int_equal(count, nout);
	for (i = 0; i < nout; i++) {
		key = out[i].row.key;
		key.flags = out[i].flags;
		if (key.flags & FLOW_NO_SRC)
			memset(key.src, 0, 16);
		if (key.flags & FLOW_NO_DST)
			memset(key.dst, 0, 16);
		if (flow_is_other(&key))
			flow_key_other(&key, 0);
		assert_memory_equal(&folded[i]->key, &key, sizeof(key));
		assert_int_equal(folded[i]->count.ip, out[i].row.count.ip);
	}
	fold_free(f);
	free(rows);
	table_free(t);
	nets_free(local);
}

/* A client that asks one server from ever new ports is a row. */
static void
first_the_port_of_the_client(void **state)
{
	const struct flow	in[] = {
		flow(true, 1, 4000, false, 1, 53, 600),
		flow(true, 1, 4001, false, 1, 53, 600),
		flow(true, 1, 5000, false, 2, 443, 5000),
	};
	const struct expected	out[] = {
		{ flow(true, 1, 0, false, 1, 53, 1200), FLOW_SPORT_CLIENT },
		{ flow(true, 1, 5000, false, 2, 443, 5000), 0 },
	};

	(void)state;
	folds_to(in, 3, out, 2);
}

static void
then_the_remote_host(void **state)
{
	const struct flow	in[] = {
		flow(true, 1, 4000, false, 1, 53, 300),
		flow(true, 1, 4001, false, 2, 53, 300),
		flow(false, 1, 53, true, 1, 4000, 500),
		flow(false, 2, 53, true, 1, 4001, 700),
	};
	const struct expected	out[] = {
		{ flow(false, 1, 53, true, 1, 0, 1200),
		    FLOW_NO_SRC | FLOW_DPORT_CLIENT },
		{ flow(true, 1, 0, false, 1, 53, 600),
		    FLOW_NO_DST | FLOW_SPORT_CLIENT },
	};

	(void)state;
	folds_to(in, 4, out, 2);
}

/* Between two local hosts only the port of the client goes. */
static void
local_hosts_never(void **state)
{
	const struct flow	in[] = {
		flow(true, 1, 4000, true, 2, 53, 300),
		flow(true, 3, 4000, true, 2, 53, 300),
	};
	const struct expected	out[] = {
		{ flow(true, 1, 0, true, 2, 53, 300), FLOW_SPORT_CLIENT },
		{ flow(true, 3, 0, true, 2, 53, 300), FLOW_SPORT_CLIENT },
	};

	(void)state;
	folds_to(in, 2, out, 2);
}

/* Without a local side: the ports, the smaller side, `other'. */
static void
strangers_become_other(void **state)
{
	const struct flow	in[] = {
		flow(false, 1, 4000, false, 9, 53, 600),
		flow(false, 1, 4001, false, 9, 80, 600),
		flow(false, 2, 4000, false, 7, 53, 500),
		flow(false, 3, 4000, false, 7, 53, 600),
		flow(false, 5, 4000, false, 6, 53, 100),
	};
	const struct expected	out[] = {
		{ flow(false, 0, 0, false, 7, 0, 1100),
		    FLOW_NO_SRC | FLOW_NO_PORTS },
		{ flow(false, 1, 0, false, 9, 0, 1200), FLOW_NO_PORTS },
		{ flow(false, 0, 0, false, 0, 0, 100), FLOW_OTHER },
	};

	(void)state;
	folds_to(in, 5, out, 3);
}

/* A host that is scanned, or scans, loses the services of its small rows. */
static void
scans_lose_services(void **state)
{
	struct table	*t = table_new(1000000, NULL);
	struct flow	 f;
	uint32_t	 i;

	(void)state;
	for (i = 0; i < 65000; i++) {
		f = flow(false, 1, 65001, true, 1, (uint16_t)i, 40);
		table_add(t, &f, 1);
		f = flow(true, 2, 65001, true, 3, (uint16_t)i, 40);
		table_add(t, &f, 1);
		f = flow(true, 1, (uint16_t)(i % FOLD_HOST_ROWS / 2), false, i,
		    40000, 20);
		table_add(t, &f, 1);
	}
	/* Host 1: one row in; 128 services out, which it lost as well. */
	assert_int_equal(check_fold(t, 1024, false), 2 + 128);
	table_free(t);
}

/* BPFT's readers know no row that has lost a part. */
static void
bpft_knows_other_only(void **state)
{
	const struct flow	 in[] = {
		flow(true, 1, 4000, false, 1, 53, 600),
		flow(true, 1, 4001, false, 1, 53, 600),
		flow(true, 1, 5000, false, 2, 443, 5000),
	};
	const struct flow	*rows[] = { &in[0], &in[1], &in[2] };
	const struct flow *const *folded;
	struct fold		*f;
	size_t			 n;

	(void)state;
	assert_non_null(f = fold_to_other(rows, 3, 1024));
	folded = fold_rows(f, &n);
	assert_int_equal(n, 2);
	assert_ptr_equal(folded[0], &in[2]);
	assert_true(flow_is_other(&folded[1]->key));
	assert_int_equal(folded[1]->key.proto, 0);
	assert_int_equal(folded[1]->count.ip, 1200);
	fold_free(f);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(first_the_port_of_the_client),
		cmocka_unit_test(then_the_remote_host),
		cmocka_unit_test(local_hosts_never),
		cmocka_unit_test(strangers_become_other),
		cmocka_unit_test(scans_lose_services),
		cmocka_unit_test(bpft_knows_other_only),
		cmocka_unit_test(services_are_exact),
		cmocka_unit_test(random_tables),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
