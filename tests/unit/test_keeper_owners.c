/*
 * An account of owners: its dump has the names of all rows, a run that resumes
 * it has them too, with the same numbers of interfaces, and so has what is
 * saved.  Names of a generation that is joined to an earlier one come along.
 */
#include "config.h"

#include <sys/stat.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "file/savefile.h"
#include "packet/nets.h"
#include "packet/owner.h"
#include "trafd/keeper.h"
#include "scratch.h"

static char	dirname[SCRATCH_LEN];

static int
setup(void **state)
{
	char	dumps[SCRATCH_LEN + 8];

	(void)state;
	if (scratch_make(dirname) == -1)
		return (-1);
	(void)snprintf(dumps, sizeof(dumps), "%s/tmp", dirname);
	return (mkdir(dumps, 0750));
}

static int
teardown(void **state)
{
	(void)state;
	return (scratch_remove(dirname));
}

static struct keeper *
open_keeper(void)
{
	const struct keeper_opts	o = {
		.state_dir = dirname, .ext = OWNER_ACCOUNT,
		.ifname = OWNER_ACCOUNT, .filter = "",
		.networks = OWNER_NETWORKS, .max_flows = 1 << 16,
		.ports = FLOW_PORTS_SERVICE,
	};
	struct keeper			*k = keeper_open(&o);

	assert_non_null(k);
	return (k);
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

/* As a meter does: a row, and the names that it needs. */
static void
count(struct generation *g, struct owners *known, const char *program,
    const char *ifname, uint64_t ip)
{
	struct owner	o = owner(program);
	struct flow	f = { .key.proto = 17, .key.dport = 53,
			    .key.flags = FLOW_SPORT_CLIENT,
			    .key.family = FLOW_FAMILY_IP6,
			    .key.dst = { 0x20, 1, 0xd, 0xb8, [15] = 9 },
			    .count = { 1, ip - 40, ip } };

	assert_int_not_equal(owners_add(known, &o), -1);
	memcpy(f.key.src, o.id, OWNER_LEN);
	f.key.vlan = owners_interface(known, ifname) & FLOW_VLAN_MASK;
	(void)table_add(g->table, &f, 1);
	assert_int_equal(generation_add_owners(g, known), 0);
}

/* The row of the program in the last block of the file has so many bytes. */
static void
expect(const char *file, const char *program, const char *ifname, uint64_t ip)
{
	const struct owners	*names;
	const struct flow	*rows;
	struct savefile		*f;
	struct block		*b;
	struct owner		 o = owner(program);
	size_t			 i, n;
	uint64_t		 got = 0;
	int			 dir = open(dirname, O_RDONLY | O_DIRECTORY);

	assert_non_null(f = savefile_open(dir, file));
	assert_int_equal(savefile_next(f, true, &b), 1);
	assert_non_null(names = block_owners(b));
	assert_memory_equal(owners_find(names, o.id), &o, sizeof(o));
	while (block_rows(b, &rows, &n) == BLOCK_OK && n > 0)
		for (i = 0; i < n; i++) {
			if (memcmp(rows[i].key.src, o.id, OWNER_LEN) != 0)
				continue;
			assert_string_equal(owners_ifname(names,
			    rows[i].key.vlan), ifname);
			got += rows[i].count.ip;
		}
	assert_int_equal(got, ip);
	savefile_close(f);
	close(dir);
}

static void
a_resumed_dump_keeps_its_names_and_numbers(void **state)
{
	struct keeper		*k = open_keeper();
	struct generation	*g;
	struct owners		*known = owners_new();

	(void)state;
	assert_non_null(g = keeper_begin(k, false));
	assert_null(g->owners);
	generation_begin(g);
	count(g, known, "nginx", "eth0", 1000);
	count(g, known, "curl", "wg0", 500);
	generation_end(g);
	assert_int_equal(keeper_dump(k, g), 0);
	generation_free(g);
	keeper_close(k);
	owners_free(known);
	expect("tmp/trafd.owners", "nginx", "eth0", 1000);
	expect("tmp/trafd.owners", "curl", "wg0", 500);

	/* The next run begins with what the dump knew. */
	k = open_keeper();
	assert_non_null(g = keeper_begin(k, true));
	assert_non_null(g->owners);
	known = owners_copy(g->owners);
	assert_int_equal(owners_interface(known, "lo"), 3);
	generation_begin(g);
	count(g, known, "curl", "wg0", 70);
	count(g, known, "ssh", "lo", 60);
	generation_end(g);
	assert_int_equal(keeper_save(k, g), 0);
	generation_free(g);
	keeper_close(k);
	owners_free(known);
	expect("trafd.owners", "nginx", "eth0", 1000);
	expect("trafd.owners", "curl", "wg0", 570);
	expect("trafd.owners", "ssh", "lo", 60);
}

/* Without -r the dump becomes a block of its own. */
static void
a_dump_that_is_left_is_saved_with_its_names(void **state)
{
	struct keeper		*k = open_keeper();
	struct generation	*g;
	struct owners		*known = owners_new();

	(void)state;
	assert_non_null(g = keeper_begin(k, false));
	generation_begin(g);
	count(g, known, "nginx", "eth0", 1000);
	generation_end(g);
	assert_int_equal(keeper_dump(k, g), 0);
	generation_free(g);
	keeper_close(k);
	owners_free(known);
	k = open_keeper();
	assert_non_null(g = keeper_begin(k, false));
	assert_null(g->owners);
	generation_free(g);
	keeper_close(k);
	expect("trafd.owners", "nginx", "eth0", 1000);
}

static void
a_joined_generation_brings_its_names(void **state)
{
	struct keeper		*k = open_keeper();
	struct generation	*g, *later;
	struct owners		*known = owners_new();
	size_t			 next = 0;

	(void)state;
	assert_non_null(g = keeper_begin(k, false));
	assert_non_null(later = generation_new(2, 1 << 16, NULL,
	    FLOW_PORTS_SERVICE));
	generation_begin(g);
	count(g, known, "nginx", "eth0", 1000);
	generation_end(g);
	generation_follow(later, g);
	count(later, known, "curl", "wg0", 500);
	table_merge(g->table, later->table, &next, SIZE_MAX);
	generation_join(g, later);
	generation_free(later);
	generation_end(g);
	assert_int_equal(keeper_save(k, g), 0);
	generation_free(g);
	keeper_close(k);
	owners_free(known);
	expect("trafd.owners", "nginx", "eth0", 1000);
	expect("trafd.owners", "curl", "wg0", 500);
}

#define CASE(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_resumed_dump_keeps_its_names_and_numbers),
		CASE(a_dump_that_is_left_is_saved_with_its_names),
		CASE(a_joined_generation_brings_its_names),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
