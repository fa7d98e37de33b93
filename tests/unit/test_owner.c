/*
 * packet/owner.c and packet/owners.c: the identity of an owner is that of the
 * format, units and containers have the names that people know, and a set
 * finds what was added, also if there is much of it.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "packet/flow.h"
#include "packet/owner.h"

#define ID	"3f2a9c0d1e5b77c8aa0123456789abcdef0123456789abcdef0123456789abcd"
#define SHORT	"3f2a9c0d1e5b"
#define POD	"0e1d2c3b_1111_2222_3333_444455556666"

static void
make(struct owner *o, uint32_t uid, const char *unit, const char *program)
{
	memset(o, 0, sizeof(*o));
	o->uid = uid;
	strlcpy(o->unit, unit, sizeof(o->unit));
	strlcpy(o->program, program, sizeof(o->program));
	owner_identify(o);
}

/* The digest is that of sha256sum(1) of the same octets. */
static void
identity_is_that_of_the_format(void **state)
{
	static const uint8_t	want[OWNER_LEN] = {
		0, 'o', 'w', 'n', 0x47, 0xd0, 0x58, 0x0f, 0x40, 0xdc,
		0x96, 0xe8, 0x9f, 0x93, 0xea, 0x32
	};
	struct owner	o, other;

	(void)state;
	make(&o, 1000, "/system.slice/nginx.service", "nginx");
	assert_memory_equal(o.id, want, OWNER_LEN);
	assert_true(owner_is(o.id));
	other = o;
	strlcpy(other.user, "www-data", sizeof(other.user));
	owner_identify(&other);
	assert_memory_equal(other.id, want, OWNER_LEN);
}

static void
each_part_is_of_the_identity(void **state)
{
	struct owner	o, other;

	(void)state;
	make(&o, 7, "/a", "bc");
	make(&other, 8, "/a", "bc");
	assert_memory_not_equal(o.id, other.id, OWNER_LEN);
	make(&other, 7, "/b", "bc");
	assert_memory_not_equal(o.id, other.id, OWNER_LEN);
	make(&other, 7, "/a", "bd");
	assert_memory_not_equal(o.id, other.id, OWNER_LEN);
	make(&other, 7, "/ab", "c");
	assert_memory_not_equal(o.id, other.id, OWNER_LEN);
}

static void
addresses_are_no_owners(void **state)
{
	static const uint8_t	mapped[16] = { [10] = 255, 255, 10, 0, 0, 1 };
	static const uint8_t	global[16] = { 0x20, 1, 0xd, 0xb8 };
	static const uint8_t	none[16];

	(void)state;
	assert_false(owner_is(mapped));
	assert_false(owner_is(global));
	assert_false(owner_is(none));
}

static void
units_have_their_own_name(void **state)
{
	static const char *const	cases[][2] = {
		{ "/", "/" },
		{ "", "" },
		{ "/system.slice/nginx.service", "nginx.service" },
		{ "/init.scope", "init.scope" },
		{ "/user.slice/user-1000.slice/session-3.scope",
		    "session-3.scope" },
		{ "/user.slice/user-1000.slice/user@1000.service/app.slice"
		    "/app-firefox.scope", "app-firefox.scope" },
		{ "/system.slice/foo.service/init", "foo.service/init" },
		{ "/user.slice", "user.slice" },
		{ "/mine/own", "own" },
		{ "/mine/own/", "own/" },
		{ "/.service", ".service" },
	};
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(owner_unit_name(cases[i][0]),
		    cases[i][1]);
}

static void
containers_have_the_name_of_their_program(void **state)
{
	static const char *const	cases[][2] = {
		{ "/", "" },
		{ "", "" },
		{ "/system.slice/nginx.service", "" },
		{ "/system.slice/docker-" ID ".scope", "docker/" SHORT },
		{ "/docker/" ID, "docker/" SHORT },
		{ "/docker/" ID "/system.slice/a.service", "docker/" SHORT },
		{ "/docker/buildkit", "" },
		{ "/system.slice/docker.service", "" },
		{ "/machine.slice/libpod-" ID ".scope/container",
		    "podman/" SHORT },
		{ "/libpod_parent/libpod-" ID, "podman/" SHORT },
		{ "/machine.slice/libpod-conmon-" ID ".scope", "" },
		{ "/system.slice/nerdctl-" ID ".scope",
		    "containerd/" SHORT },
		{ "/kubepods.slice/kubepods-burstable.slice/"
		    "kubepods-burstable-pod" POD ".slice/cri-containerd-" ID
		    ".scope", "k8s/" SHORT },
		{ "/kubepods.slice/kubepods-pod" POD ".slice/docker-" ID
		    ".scope", "k8s/" SHORT },
		{ "/kubepods/besteffort/pod" POD "/" ID, "k8s/" SHORT },
		{ "/kubepods/besteffort/pod" POD, "" },
		{ "/lxc.payload.web/system.slice/a.service", "lxc/web" },
		{ "/lxc/web", "lxc/web" },
		{ "/lxc", "" },
		{ "/lxc.monitor.web", "" },
		{ "/machine.slice/machine-qemu\\x2d1\\x2dweb.scope",
		    "machine/qemu-1-web" },
		{ "/machine.slice/systemd-nspawn@deb.service/payload",
		    "machine/deb" },
		{ "/machine.slice/machine-a\\x1b\\x2.scope",
		    "machine/a?\\x2" },
		/* The outermost one is that of this host. */
		{ "/docker/" ID "/kubelet/kubepods/burstable/pod" POD
		    "/ffffffffffffffffffffffffffffffff", "docker/" SHORT },
	};
	char	buf[OWNER_CONTAINER_MAX], small[8];
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(owner_container(cases[i][0], buf,
		    sizeof(buf)), cases[i][1]);
	assert_string_equal(owner_container("/lxc/abcdef", small,
	    sizeof(small)), "lxc/abc");
}

#define MANY	5000

static void
all_that_was_added_is_found(void **state)
{
	struct owners		*s = owners_new(), *t = owners_new();
	const struct owner	*first;
	struct owner		 o;
	char			 unit[32];
	uint32_t		 i;

	(void)state;
	assert_non_null(s);
	assert_non_null(t);
	for (i = 0; i < MANY; i++) {
		(void)snprintf(unit, sizeof(unit), "/u%u.service", i % 100);
		make(&o, i, unit, "p");
		assert_null(owners_find(s, o.id));
		assert_int_equal(owners_add(s, &o), 1);
		assert_int_equal(owners_add(s, &o), 0);
	}
	assert_int_equal(owners_count(s), MANY);
	first = owners_at(s, 0);
	assert_int_equal(owners_add_all(t, s), 1);
	assert_int_equal(owners_add_all(t, s), 0);
	assert_int_equal(owners_count(t), MANY);
	for (i = 0; i < MANY; i++) {
		(void)snprintf(unit, sizeof(unit), "/u%u.service", i % 100);
		make(&o, i, unit, "p");
		assert_memory_equal(owners_find(t, o.id), &o, sizeof(o));
		assert_memory_equal(owners_at(t, i), &o, sizeof(o));
	}
	assert_ptr_equal(first, owners_find(s, first->id));
	owners_free(s);
	owners_free(t);
	owners_free(NULL);
}

static void
interfaces_have_numbers_up_to_the_last(void **state)
{
	struct owners	*s = owners_new();
	char		 name[OWNERS_IFNAME_MAX + 1];
	uint16_t	 i;

	(void)state;
	assert_null(owners_ifname(s, 1));
	for (i = 1; i <= OWNERS_INTERFACES; i++) {
		(void)snprintf(name, sizeof(name), "veth%u", i);
		assert_int_equal(owners_interface(s, name), i);
	}
	assert_int_equal(owners_interface(s, "veth7"), 7);
	assert_int_equal(owners_interface(s, "one-more"), 0);
	assert_int_equal(owners_interfaces(s), OWNERS_INTERFACES);
	assert_string_equal(owners_ifname(s, OWNERS_INTERFACES), "veth4094");
	assert_null(owners_ifname(s, 0));
	assert_null(owners_ifname(s, OWNERS_INTERFACES + 1));
	owners_free(s);

	s = owners_new();
	memset(name, 'x', OWNERS_IFNAME_MAX);
	name[OWNERS_IFNAME_MAX] = '\0';
	assert_int_equal(owners_interface(s, name), 0);
	assert_int_equal(owners_interface(s, ""), 0);
	name[OWNERS_IFNAME_MAX - 1] = '\0';
	assert_int_equal(owners_interface(s, name), 1);
	assert_string_equal(owners_ifname(s, 1), name);
	owners_free(s);
}

/* Rows of two sets of which each has numbered its interfaces by itself. */
static void
interfaces_of_two_sets_are_joined_by_name(void **state)
{
	struct owners	*a = owners_new(), *b = owners_new();
	uint16_t	 map[OWNERS_MAP];
	struct flow	 rows[4] = {
		{ .key.vlan = 0, .count.packets = 1 },
		{ .key.vlan = 1, .count.packets = 2 },
		{ .key.vlan = 2, .count.packets = 4 },
		{ .key.vlan = FLOW_VLAN_MIXED, .count.packets = 8 },
	};

	(void)state;
	(void)owners_interface(a, "eth0");
	(void)owners_interface(a, "lo");
	(void)owners_interface(b, "lo");
	(void)owners_interface(b, "wg0");
	assert_false(owners_join_interfaces(a, b, map));
	assert_string_equal(owners_ifname(a, 3), "wg0");
	assert_int_equal(owners_renumber(map, rows, 4), 4);
	assert_int_equal(rows[0].key.vlan, 0);
	assert_int_equal(rows[1].key.vlan, 2);
	assert_int_equal(rows[1].count.packets, 2);
	assert_int_equal(rows[2].key.vlan, 3);
	assert_int_equal(rows[2].count.packets, 4);
	assert_int_equal(rows[3].key.vlan, FLOW_VLAN_MIXED);
	assert_int_equal(rows[3].count.packets, 8);
	assert_true(owners_join_interfaces(a, a, map));

	/* A number that has no name has none afterwards; rows unite. */
	rows[1].key.vlan = 77;
	assert_int_equal(owners_renumber(map, rows, 4), 3);
	assert_int_equal(rows[0].key.vlan, 0);
	assert_int_equal(rows[0].count.packets, 3);
	owners_free(a);
	owners_free(b);
}

static void
interfaces_of_a_file_keep_their_numbers(void **state)
{
	struct owners	*s = owners_new(), *copy;
	struct owner	 o;
	uint16_t	 map[OWNERS_MAP];

	(void)state;
	make(&o, 1, "/\x1b[31m", "\xc3\xa9");
	assert_string_equal(o.unit, "/?[31m");
	assert_string_equal(o.program, "??");
	assert_int_equal(owners_add(s, &o), 1);
	assert_true(owners_set_interface(s, 40, "wg0"));
	assert_true(owners_set_interface(s, 7, "lo"));
	assert_false(owners_set_interface(s, 7, "eth0"));
	assert_false(owners_set_interface(s, 8, "lo"));
	assert_false(owners_set_interface(s, 0, "eth0"));
	assert_false(owners_set_interface(s, 4095, "eth0"));
	assert_int_equal(owners_interface(s, "wg0"), 40);
	assert_int_equal(owners_interface(s, "eth0"), 41);
	assert_null(owners_ifname(s, 8));
	copy = owners_copy(s);
	assert_int_equal(owners_interfaces(copy), 41);
	assert_string_equal(owners_ifname(copy, 40), "wg0");
	assert_non_null(owners_find(copy, o.id));
	assert_true(owners_join_interfaces(copy, s, map));
	assert_int_equal(map[8], 0);
	assert_int_equal(map[40], 40);
	owners_free(copy);
	owners_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(identity_is_that_of_the_format),
		cmocka_unit_test(each_part_is_of_the_identity),
		cmocka_unit_test(addresses_are_no_owners),
		cmocka_unit_test(units_have_their_own_name),
		cmocka_unit_test(containers_have_the_name_of_their_program),
		cmocka_unit_test(all_that_was_added_is_found),
		cmocka_unit_test(interfaces_have_numbers_up_to_the_last),
		cmocka_unit_test(interfaces_of_two_sets_are_joined_by_name),
		cmocka_unit_test(interfaces_of_a_file_keep_their_numbers),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
