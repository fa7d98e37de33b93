/*
 * BPFT's layouts octet by octet: reading, writing, and recognizing files that
 * are not BPFT's.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/clock.h"
#include "file/legacy/legacy.h"

#define S	NS_PER_S

/* 2001-09-09, in the first two numbers of struct timeval. */
#define T1	0x00, 0xca, 0x9a, 0x3b, 5, 0, 0, 0
#define T2	0x10, 0xd8, 0x9a, 0x3b, 0, 0, 0, 0
#define L1	0x00, 0xca, 0x9a, 0x3b, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0
#define L2	0x10, 0xd8, 0x9a, 0x3b, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0

/* 10.0.0.1:1025 -> 10.0.0.2:80, 300 and 200 bytes */
#define NEW	10, 0, 0, 1, 10, 0, 0, 2, 6, 9, 1, 4, 80, 0, 9, 9, \
		0x2c, 1, 0, 0, 200, 0, 0, 0
#define OLD	10, 0, 0, 1, 10, 0, 0, 2, 6, 2, 80, 0, \
		0x2c, 1, 0, 0, 200, 0, 0, 0

static const uint8_t	new32[] = { 1, 0, 0, 0, T1, T2, NEW };
static const uint8_t	old32[] = { 1, 0, 0, 0, T1, T2, OLD };
static const uint8_t	new64[] = { 1, 0, 0, 0, L1, L2, NEW };
static const uint8_t	old64[] = { 1, 0, 0, 0, L1, L2, OLD };
static const uint8_t	new64a[] = { 1, 0, 0, 0, 7, 7, 7, 7, L1, L2, NEW };
static const uint8_t	old64a[] = { 1, 0, 0, 0, 7, 7, 7, 7, L1, L2, OLD };
static const uint8_t	dump[] = { 0x30, 0x14, 2, 0, 1, 0, 0, 0, T1, T2, OLD };
static const uint8_t	two[] = { 2, 0, 0, 0, T1, T2, NEW, NEW };
static const uint8_t	none[] = { 0, 0, 0, 0, T1, T2 };

static const struct file {
	const char	*name;
	const uint8_t	*octets;
	size_t		 len;
	uint64_t	 rows;
	uint64_t	 all;
	uint16_t	 sport;
	uint8_t		 flags;
	enum block_kind	 kind;
} files[] = {
	{ "new32", new32, sizeof(new32), 1, 300, 1025, 0, BLOCK_SAVE },
	{ "old32", old32, sizeof(old32), 1, 300, 0, FLOW_SPORT_CLIENT,
	    BLOCK_SAVE },
	{ "new64", new64, sizeof(new64), 1, 300, 1025, 0, BLOCK_SAVE },
	{ "old64", old64, sizeof(old64), 1, 300, 0, FLOW_SPORT_CLIENT,
	    BLOCK_SAVE },
	{ "new64a", new64a, sizeof(new64a), 1, 300, 1025, 0, BLOCK_SAVE },
	{ "old64a", old64a, sizeof(old64a), 1, 300, 0, FLOW_SPORT_CLIENT,
	    BLOCK_SAVE },
	{ "dump", dump, sizeof(dump), 1, 300, 0, FLOW_SPORT_CLIENT,
	    BLOCK_DUMP },
	{ "two of one key", two, sizeof(two), 1, 600, 1025, 0, BLOCK_SAVE },
	{ "no rows", none, sizeof(none), 0, 0, 0, 0, BLOCK_SAVE },
};

#define NFILES	(sizeof(files) / sizeof(files[0]))

static FILE *
file_of(const void *octets, size_t len)
{
	FILE	*f = tmpfile();

	assert_non_null(f);
	assert_int_equal(pwrite(fileno(f), octets, len, 0), len);
	return (f);
}

static void
check_row(const struct legacy *l, const struct file *want)
{
	const struct flow	*f = legacy_rows(l);

	assert_int_equal(f->count.ip, want->all);
	assert_int_equal(f->count.data, want->all / 3 * 2);
	assert_int_equal(f->count.packets, 0);
	assert_int_equal(f->key.sport, want->sport);
	assert_int_equal(f->key.dport, 80);
	assert_int_equal(f->key.proto, 6);
	assert_int_equal(f->key.flags, want->flags);
	assert_int_equal(f->key.family, FLOW_FAMILY_IP4);
	assert_memory_equal(f->key.src + 10, "\xff\xff\x0a\0\0\1", 6);
	assert_memory_equal(f->key.dst + 10, "\xff\xff\x0a\0\0\2", 6);
}

static void
reads(void **state)
{
	struct legacy	*l;
	FILE		*f;
	size_t		 i;

	(void)state;
	for (i = 0; i < NFILES; i++) {
		print_message("%s\n", files[i].name);
		f = file_of(files[i].octets, files[i].len);
		assert_int_equal(legacy_open(fileno(f), LAYOUT_AUTO, &l),
		    LEGACY_FITS);
		assert_int_equal(legacy_next(l), 1);
		assert_int_equal(legacy_info(l)->begin_ns,
		    1000000000 * S + 5000);
		assert_int_equal(legacy_info(l)->end_ns, 1000003600 * S);
		assert_int_equal(legacy_info(l)->kind, files[i].kind);
		assert_int_equal(legacy_info(l)->rows, files[i].rows);
		assert_int_equal(legacy_info(l)->total.ip, files[i].all);
		if (files[i].rows > 0)
			check_row(l, &files[i]);
		assert_int_equal(legacy_next(l), 0);
		legacy_close(l);
		(void)fclose(f);
	}
}

static void
on_damage(void *arg, const struct savefile_damage *d)
{
	*(off_t *)arg += d->length;
}

/* Every file cut at every octet fits nothing, and crashes nothing. */
static void
cut(void **state)
{
	struct legacy	*l;
	FILE		*f;
	size_t		 i, len;
	off_t		 damage;

	(void)state;
	for (i = 0; i < NFILES; i++)
		for (len = 0; len < files[i].len; len++) {
			f = file_of(files[i].octets, len);
			assert_int_equal(legacy_open(fileno(f), LAYOUT_AUTO,
			    &l), LEGACY_NONE);
			assert_null(l);
			(void)fclose(f);
		}
	/* A block and a half: forced, the block is read. */
	f = file_of(new32, sizeof(new32));
	assert_int_equal(pwrite(fileno(f), new32, 30, sizeof(new32)), 30);
	assert_int_equal(legacy_open(fileno(f), LAYOUT_AUTO, &l), LEGACY_NONE);
	assert_int_equal(legacy_open(fileno(f), LAYOUT_NEW, &l), LEGACY_FITS);
	damage = 0;
	legacy_on_damage(l, on_damage, &damage);
	assert_int_equal(legacy_next(l), 1);
	assert_int_equal(legacy_next(l), 0);
	assert_int_equal(damage, 30);
	legacy_close(l);
	(void)fclose(f);
}

/* Headers that no BPFT wrote. */
static const struct bad {
	const char	*name;
	uint8_t		 octets[20];
} bad[] = {
	{ "negative", { 0xff, 0xff, 0xff, 0xff, T1, T2 } },
	{ "too many", { 1, 0, 0, 0, T1, T2 } },
	{ "end before begin", { 0, 0, 0, 0, T2, T1 } },
	{ "microseconds", { 0, 0, 0, 0, 0, 0xca, 0x9a, 0x3b, 0x40, 0x42, 0x0f,
	    0, T2 } },
	{ "1970", { 0, 0, 0, 0, 9, 9, 9, 0, 0, 0, 0, 0, T2 } },
	{ "zero", { 0 } },
};

static void
refuses(void **state)
{
	struct legacy	*l;
	FILE		*f;
	size_t		 i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		print_message("%s\n", bad[i].name);
		f = file_of(bad[i].octets, sizeof(bad[i].octets));
		assert_int_equal(legacy_open(fileno(f), LAYOUT_AUTO, &l),
		    LEGACY_NONE);
		assert_int_equal(legacy_open(fileno(f), LAYOUT_NEW, &l),
		    LEGACY_NONE);
		(void)fclose(f);
	}
	/* A dump file has one block. */
	f = file_of(dump, sizeof(dump));
	assert_int_equal(pwrite(fileno(f), old32, sizeof(old32),
	    sizeof(dump)), sizeof(old32));
	assert_int_equal(legacy_open(fileno(f), LAYOUT_AUTO, &l), LEGACY_NONE);
	(void)fclose(f);
}

/* Both layouts make sense: 20 + 6 * 20 = 140 = 2 * 20 + 100 and so on. */
static void
ambiguous(void **state)
{
	uint8_t		 octets[140] = { 5, 0, 0, 0, T1, T2 };
	const uint8_t	 head[] = { 0, 0, 0, 0, T1, T2 };
	struct legacy	*l;
	FILE		*f;

	(void)state;
	/*
	 * OLD: 5 records end at 120, where a block without any follows.
	 * NEW: 5 records end at 140.
	 */
	memcpy(octets + 120, head, sizeof(head));
	f = file_of(octets, sizeof(octets));
	assert_int_equal(legacy_open(fileno(f), LAYOUT_AUTO, &l),
	    LEGACY_AMBIGUOUS);
	assert_null(l);
	assert_int_equal(legacy_open(fileno(f), LAYOUT_OLD, &l), LEGACY_FITS);
	legacy_close(l);
	assert_int_equal(legacy_open(fileno(f), LAYOUT_NEW, &l), LEGACY_FITS);
	legacy_close(l);
	(void)fclose(f);
}

/* ---- writing ---- */

static struct flow
make_flow(uint16_t sport, uint16_t dport, uint8_t flags, uint64_t data,
    uint64_t ip)
{
	struct flow	f = {
		{ { [10] = 0xff, 0xff, 10, 0, 0, 1 },
		    { [10] = 0xff, 0xff, 10, 0, 0, 2 }, sport, dport, 6,
		    flags, FLOW_VLAN_NONE, FLOW_FAMILY_IP4 }, { 1, data, ip }
	};

	return (f);
}

/* Write one row; returns the record (20 or 24 octets) behind the header. */
static void
write_one(enum layout layout, struct flow f, uint8_t *record, int records)
{
	const struct flow	*rows[] = { &f };
	struct block_info	 info = { .begin_ns = 1000000000 * S + 5999,
				    .end_ns = 1000003600 * S };
	struct legacy_loss	 loss = { 0 };
	FILE			*file = tmpfile();
	int			 size = layout == LAYOUT_OLD ? 20 : 24;
	uint8_t			 head[20];

	assert_non_null(file);
	assert_int_equal(legacy_write(fileno(file), 0, layout, &info, rows, 1,
	    &loss), 20 + size * records);
	assert_int_equal(pread(fileno(file), head, 20, 0), 20);
	assert_int_equal(head[0], records);
	assert_memory_equal(head + 4, new32 + 4, 16);
	assert_int_equal(pread(fileno(file), record, (size_t)(size * records),
	    20), size * records);
	assert_int_equal(loss.rows, 0);
	(void)fclose(file);
}

static void
writes(void **state)
{
	static const struct {
		uint16_t	sport, dport;
		uint8_t		flags, server, port;
	} servers[] = {
		{ 80, 1025, 0, 1, 80 },
		{ 1025, 80, 0, 2, 80 },
		{ 80, 80, 0, 3, 80 },
		{ 0, 0, 0, 0, 0 },
		{ 0, 80, FLOW_SPORT_CLIENT, 2, 80 },
		{ 80, 0, FLOW_DPORT_CLIENT, 1, 80 },
		{ 0, 0, FLOW_NO_PORTS, 0, 0 },
	};
	uint8_t		record[3 * 24], want[24] = { NEW };
	size_t		i;

	(void)state;
	want[9] = want[14] = want[15] = 0;
	write_one(LAYOUT_NEW, make_flow(1025, 80, 0, 200, 300), record, 1);
	assert_memory_equal(record, want, 24);
	for (i = 0; i < sizeof(servers) / sizeof(servers[0]); i++) {
		write_one(LAYOUT_OLD, make_flow(servers[i].sport,
		    servers[i].dport, servers[i].flags, 200, 300), record, 1);
		assert_int_equal(record[9], servers[i].server);
		assert_int_equal(record[10], servers[i].port);
	}
	/* 2^33 - 1 is two times 2^32 - 1, and 1. */
	write_one(LAYOUT_NEW, make_flow(1, 2, 0, 7, UINT64_C(0x1ffffffff)),
	    record, 3);
	assert_memory_equal(record + 16, "\xff\xff\xff\xff\7\0\0\0", 8);
	assert_memory_equal(record + 40, "\xff\xff\xff\xff\0\0\0\0", 8);
	assert_memory_equal(record + 64, "\1\0\0\0\0\0\0\0", 8);
	/* More Data than All is no sum of trafd's, but none to lose either. */
	write_one(LAYOUT_NEW, make_flow(1, 2, 0, UINT64_C(0x100000000), 7),
	    record, 2);
	assert_memory_equal(record + 40, "\0\0\0\0\1\0\0\0", 8);
}

static void
limits(void **state)
{
	struct flow		 six = { .key.family = FLOW_FAMILY_IP6,
				    .count = { 1, 2, 3 } };
	const struct flow	*rows[] = { &six, &six };
	struct block_info	 info = { .begin_ns = 1000000000 * S,
				    .end_ns = UINT64_C(2147483647) * S };
	struct legacy_loss	 loss = { 0 };
	FILE			*file = tmpfile();

	(void)state;
	assert_non_null(file);
	assert_int_equal(legacy_write(fileno(file), 0, LAYOUT_NEW, &info,
	    rows, 2, &loss), 20);
	assert_int_equal(loss.rows, 2);
	assert_int_equal(loss.count.data, 4);
	assert_int_equal(loss.count.ip, 6);
	info.end_ns += S;
	assert_int_equal(legacy_write(fileno(file), 0, LAYOUT_NEW, &info,
	    rows, 0, &loss), -1);
	assert_int_equal(errno, EOVERFLOW);
	(void)fclose(file);
	assert_string_equal(layout_names[LAYOUT_OLD], "old");
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(reads),
		cmocka_unit_test(cut),
		cmocka_unit_test(refuses),
		cmocka_unit_test(ambiguous),
		cmocka_unit_test(writes),
		cmocka_unit_test(limits),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
