/*
 * The history of an account of owners: names come back, rows of both families
 * are of one owner, interfaces keep one number whatever their blocks said, and
 * names go when the last period is pruned that has rows of theirs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "history/history_impl.h"
#include "packet/addr.h"
#include "opened.h"
#include "scratch.h"

/* 2026-01-30 00:00 UTC. */
#define START	((uint32_t)491472)

static char	dirname[SCRATCH_LEN];

static int
setup(void **state)
{
	(void)state;
	return (scratch_make(dirname));
}

static int
teardown(void **state)
{
	(void)state;
	return (scratch_remove(dirname));
}

static struct owner
owner(const char *program)
{
	struct owner	o = { .uid = 33, .user = "www-data",
			    .unit = "/system.slice/web.service" };

	strlcpy(o.program, program, sizeof(o.program));
	owner_identify(&o);
	return (o);
}

/* One packet of the owner to an address, or from it. */
static struct flow
row(const struct owner *o, const char *remote, bool out, uint16_t vlan,
    uint64_t ip)
{
	struct flow	f = { .key.proto = 6,
			    .count = { 1, ip - 20, ip } };
	uint8_t		family;

	memcpy(out ? f.key.src : f.key.dst, o->id, OWNER_LEN);
	assert_int_equal(addr_parse(remote, &family, out ? f.key.dst :
	    f.key.src), 0);
	f.key.family = family & FLOW_FAMILY_MASK;
	f.key.vlan = vlan & FLOW_VLAN_MASK;
	*(out ? &f.key.dport : &f.key.sport) = 443;
	f.key.flags = out ? FLOW_SPORT_CLIENT : FLOW_DPORT_CLIENT;
	return (f);
}

/* A block of an hour with these rows. */
static void
feed(struct history *h, uint32_t hour, const struct owners *owners,
    const struct flow *rows, size_t n)
{
	struct block_info	b;
	size_t			i;

	memset(&b, 0, sizeof(b));
	b.kind = BLOCK_SAVE;
	b.instance = 1;
	b.epoch = b.epoch_first = hour;
	b.begin_ns = hour * HISTORY_HOUR_NS;
	b.end_ns = b.begin_ns + HISTORY_HOUR_NS / 2;
	b.rows = n;
	b.owners = owners;
	strlcpy(b.networks, OWNER_NETWORKS, sizeof(b.networks));
	for (i = 0; i < n; i++)
		flow_count_add(&b.total, &rows[i].count);
	assert_int_equal(history_feed_begin(h, "owners"), 0);
	assert_int_equal(history_feed_known(h, &b), HISTORY_NEW);
	assert_int_equal(history_feed_block(h, &b), 0);
	assert_int_equal(history_feed_rows(h, rows, n), 0);
	assert_int_equal(history_feed_commit(h, NULL), 0);
}

/* ---- what is there ---- */

static void
names(struct history *h, struct history_account *a, struct owners **o)
{
	assert_int_equal(history_account(h, "owners", a), 1);
	assert_int_equal(history_owners(h, a, o), 1);
}

static void
expect_name(const struct owners *all, const struct owner *o)
{
	const struct owner	*got = owners_find(all, o->id);

	assert_non_null(got);
	assert_memory_equal(got, o, sizeof(*o));
}

struct sum {
	const uint8_t		*id;
	uint16_t		 vlan;
	struct flow_count	 in, out;
	uint64_t		 vlan_ip, local_in, local_out;
	unsigned		 rows, pairs4, pairs6;
};

static int
add_host(void *arg, const struct history_row *r)
{
	struct sum	*s = arg;
	struct flow	 f[2];

	assert_int_equal(history_flows(HISTORY_HOST, r, f), 1);
	if (memcmp(f[0].key.src, s->id, OWNER_LEN) != 0)
		return (0);
	s->rows++;
	flow_count_add(&s->in, &r->count[HISTORY_IN]);
	flow_count_add(&s->out, &r->count[HISTORY_OUT]);
	s->local_in += r->in;
	s->local_out += r->out;
	return (0);
}

static int
add_pair(void *arg, const struct history_row *r)
{
	struct sum	*s = arg;
	struct flow	 f[2];
	unsigned	 i, n = history_flows(HISTORY_PAIR, r, f);

	for (i = 0; i < n; i++) {
		assert_true(owner_is(f[i].key.src) != owner_is(f[i].key.dst));
		s->pairs4 += f[i].key.family == FLOW_FAMILY_IP4;
		s->pairs6 += f[i].key.family == FLOW_FAMILY_IP6;
	}
	return (0);
}

static int
add_vlan(void *arg, const struct history_row *r)
{
	struct sum	*s = arg;

	if (get_be16(r->subject) == s->vlan)
		s->vlan_ip += r->count[0].ip;
	return (0);
}

static struct sum
sum_up(struct history *h, const struct history_account *a,
    const struct owner *o, uint16_t vlan)
{
	const struct history_range	r = { 0, HOUR_MOST };
	struct sum			s = { .id = o->id, .vlan = vlan };

	assert_int_equal(history_each_once(h, a, HISTORY_HOST, r, add_host,
	    &s), 0);
	assert_int_equal(history_each_once(h, a, HISTORY_PAIR, r, add_pair,
	    &s), 0);
	assert_int_equal(history_each_once(h, a, HISTORY_VLAN, r, add_vlan,
	    &s), 0);
	return (s);
}

/* ---- tests ---- */

static void
an_owner_is_one_host_of_both_families(void **state)
{
	struct history		*h = opened(dirname, HISTORY_CREATE, 10);
	struct owner		 o = owner("nginx");
	struct owners		*block = owners_new(), *all;
	struct history_account	 a;
	struct sum		 s;
	struct flow		 rows[] = {
		row(&o, "192.0.2.1", true, 1, 1000),
		row(&o, "192.0.2.1", false, 1, 200),
		row(&o, "2001:db8::1", true, 2, 3000),
	};

	(void)state;
	assert_int_equal(owners_add(block, &o), 1);
	(void)owners_interface(block, "eth0");
	(void)owners_interface(block, "lo");
	feed(h, START, block, rows, 3);
	names(h, &a, &all);
	expect_name(all, &o);
	s = sum_up(h, &a, &o, 2);
	assert_int_equal(s.rows, 1);
	assert_int_equal(s.out.ip, 4000);
	assert_int_equal(s.in.ip, 200);
	assert_int_equal(s.local_out, 4000);
	assert_int_equal(s.local_in, 200);
	assert_int_equal(s.pairs4, 2);
	assert_int_equal(s.pairs6, 1);
	assert_int_equal(s.vlan_ip, 3000);
	owners_free(all);
	owners_free(block);
	assert_int_equal(history_close(h), 0);
}

/* Two runs of trafd, which number their interfaces in another order. */
static void
interfaces_have_one_number_for_good(void **state)
{
	struct history		*h = opened(dirname, HISTORY_CREATE, 10);
	struct owner		 o = owner("nginx");
	struct owners		*one = owners_new(), *two = owners_new(), *all;
	struct history_account	 a;
	struct flow		 first[] = {
		row(&o, "192.0.2.1", true, 1, 1000),
		row(&o, "192.0.2.1", true, 2, 100),
	};
	struct flow		 second[] = {
		row(&o, "192.0.2.1", true, 1, 20),
		row(&o, "192.0.2.1", true, 2, 4000),
		row(&o, "192.0.2.1", true, 3, 50000),
		row(&o, "192.0.2.1", true, 9, 700000),	/* has no name */
	};

	(void)state;
	assert_int_equal(owners_add(one, &o), 1);
	assert_int_equal(owners_add(two, &o), 1);
	(void)owners_interface(one, "eth0");
	(void)owners_interface(one, "lo");
	(void)owners_interface(two, "lo");
	(void)owners_interface(two, "eth0");
	(void)owners_interface(two, "wg0");
	feed(h, START, one, first, 2);
	feed(h, START + 1, two, second, 4);
	assert_int_equal(history_close(h), 0);
	h = opened(dirname, HISTORY_READ, 10);
	names(h, &a, &all);
	assert_string_equal(owners_ifname(all, 1), "eth0");
	assert_string_equal(owners_ifname(all, 2), "lo");
	assert_string_equal(owners_ifname(all, 3), "wg0");
	assert_int_equal(owners_interfaces(all), 3);
	assert_int_equal(sum_up(h, &a, &o, 1).vlan_ip, 5000);
	assert_int_equal(sum_up(h, &a, &o, 2).vlan_ip, 120);
	assert_int_equal(sum_up(h, &a, &o, 3).vlan_ip, 50000);
	assert_int_equal(sum_up(h, &a, &o, 9).vlan_ip, 0);
	owners_free(all);
	owners_free(one);
	owners_free(two);
	assert_int_equal(history_close(h), 0);
}

static void
prune_all(struct history *h, uint32_t hour)
{
	struct history_account	a;
	int			g;

	assert_int_equal(history_account(h, "owners", &a), 1);
	for (g = HISTORY_HOUR; g <= HISTORY_MONTH; g++)
		assert_int_equal(history_prune(h, &a, (enum history_grain)g,
		    hour), 0);
}

static void
names_go_with_the_last_of_their_rows(void **state)
{
	struct history		*h = opened(dirname, HISTORY_CREATE, 10);
	struct owner		 old = owner("old"), both = owner("both");
	struct owners		*one = owners_new(), *two = owners_new(), *all;
	struct history_account	 a;
	struct flow		 first[] = {
		row(&old, "192.0.2.1", true, 1, 1000),
		row(&both, "192.0.2.1", true, 1, 100),
	};
	struct flow		 later = row(&both, "192.0.2.1", true, 1, 70);

	(void)state;
	assert_int_equal(owners_add(one, &old), 1);
	assert_int_equal(owners_add(one, &both), 1);
	assert_int_equal(owners_add(two, &both), 1);
	feed(h, START, one, first, 2);
	feed(h, START + 40 * 24, two, &later, 1);
	feed(h, START + 80 * 24, two, &later, 1);
	/* Hours and days go, months stay: so do their names. */
	assert_int_equal(history_account(h, "owners", &a), 1);
	assert_int_equal(history_prune(h, &a, HISTORY_HOUR, START + 20 * 24),
	    0);
	names(h, &a, &all);
	expect_name(all, &old);
	owners_free(all);
	prune_all(h, START + 20 * 24);
	names(h, &a, &all);
	assert_null(owners_find(all, old.id));
	expect_name(all, &both);
	assert_int_equal(sum_up(h, &a, &old, 1).rows, 0);
	owners_free(all);
	owners_free(one);
	owners_free(two);
	assert_int_equal(history_close(h), 0);
}

static void
names_go_with_their_account(void **state)
{
	struct history		*h = opened(dirname, HISTORY_CREATE, 10);
	struct owner		 o = owner("nginx");
	struct owners		*block = owners_new(), *all;
	struct history_account	 a;
	struct flow		 f = row(&o, "192.0.2.1", true, 1, 1000);
	struct history_stat	 st;

	(void)state;
	assert_int_equal(owners_add(block, &o), 1);
	(void)owners_interface(block, "eth0");
	feed(h, START, block, &f, 1);
	assert_int_equal(history_forget(h, "owners"), 0);
	assert_int_equal(history_stat(h, &st), 0);
	feed(h, START, NULL, &f, 1);
	assert_int_equal(history_account(h, "owners", &a), 1);
	assert_int_equal(history_owners(h, &a, &all), 0);
	assert_null(all);
	owners_free(block);
	assert_int_equal(history_close(h), 0);
}

/* A name that is not that of the id is never shown. */
static void
a_damaged_name_is_refused(void **state)
{
	static const char	bad[][40] = {
		"", "\0\0\0\0\0\0\0",
		"\0\7\177\170\0\0\0!/system.slice/web.service\0",
		"\0\7\177\170\0\0\0!/x\0www-data\0nginx",
	};
	struct history		*h = opened(dirname, HISTORY_CREATE, 10);
	struct owner		 o = owner("nginx");
	struct owners		*block = owners_new(), *all;
	struct history_account	 a;
	struct flow		 f = row(&o, "192.0.2.1", true, 1, 1000);
	uint8_t			 key[17] = { KEY_OWNER };
	size_t			 i;

	(void)state;
	assert_int_equal(owners_add(block, &o), 1);
	feed(h, START, block, &f, 1);
	assert_int_equal(history_account(h, "owners", &a), 1);
	(void)put_be(key + 1, a.id, 4);
	memcpy(key + 5, o.id + OWNER_PREFIX_LEN, 12);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(store_begin(h->store), 0);
		assert_int_equal(store_put(h->store, key, sizeof(key), bad[i],
		    i == 0 ? 1 : sizeof(bad[i])), 0);
		assert_int_equal(store_commit(h->store), 0);
		assert_int_equal(history_owners(h, &a, &all), -1);
		assert_null(all);
	}
	assert_true(history_is_damaged(h));
	owners_free(block);
	(void)history_close(h);
}

#define CASE(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(an_owner_is_one_host_of_both_families),
		CASE(interfaces_have_one_number_for_good),
		CASE(names_go_with_the_last_of_their_rows),
		CASE(names_go_with_their_account),
		CASE(a_damaged_name_is_refused),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
