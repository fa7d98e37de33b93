/*
 * Blocks of version 6: names of owners and interfaces come back with the rows,
 * what has none is a block of version 5, and damage of the table is detected.
 */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/crc32c.h"
#include "base/regular.h"
#include "file/block_header.h"
#include "file/owner_table.h"
#include "frozen_owners.inc"
#include "rowset.h"

#define OWNERS	300

/* Owners as a host has them: services, containers, sessions, users. */
static void
make_owner(struct owner *o, unsigned i)
{
	static const char *const	unit[] = {
		"/system.slice/daemon-%u.service",
		"/system.slice/docker-%08x0d1e5b77c8aa0123456789abcdef.scope",
		"/user.slice/user-%u.slice/session-7.scope",
		"/user.slice/user-1000.slice/user@1000.service/app-%u.scope",
	};
	static const char *const	program[] = {
		"nginx", "sshd", "curl", "postgres", "chromium", "apt-get"
	};

	memset(o, 0, sizeof(*o));
	(void)snprintf(o->unit, sizeof(o->unit), unit[i % 4],
	    i * 2654435761U >> (i % 4 == 1 ? 0 : 20));
	o->uid = i % 4 == 0 ? i % 100 : 1000 + i % 7;
	(void)snprintf(o->user, sizeof(o->user), "user%u", o->uid);
	strlcpy(o->program, program[i % 6], sizeof(o->program));
	owner_identify(o);
}

static struct owners *
make_owners(unsigned n)
{
	struct owners	*all = owners_new();
	struct owner	 o;
	unsigned	 i;

	assert_non_null(all);
	for (i = 0; i < n; i++) {
		make_owner(&o, i);
		assert_int_not_equal(owners_add(all, &o), -1);
	}
	assert_int_equal(owners_interface(all, "eth0"), 1);
	assert_int_equal(owners_interface(all, "lo"), 2);
	assert_int_equal(owners_interface(all, "wg0"), 3);
	return (all);
}

static uint32_t
draw(uint64_t *rng, uint32_t below)
{
	return ((uint32_t)(random_next(rng) >> 33) % below);
}

/* Few owners and remote sides have most rows. */
static uint32_t
draw_skewed(uint64_t *rng, uint32_t below)
{
	return (draw(rng, 1 + draw(rng, 1 + draw(rng, below))));
}

static void
make_row(struct flow *f, const struct owners *all, uint64_t *rng)
{
	struct flow_key	*k = &f->key;
	uint32_t	 remote = draw_skewed(rng, 20000) * 2654435761U;
	bool		 out = draw(rng, 2) == 0;
	uint8_t		*addr = out ? k->dst : k->src;

	memset(f, 0, sizeof(*f));
	memcpy(out ? k->src : k->dst, owners_at(all, draw_skewed(rng,
	    (uint32_t)owners_count(all)))->id, OWNER_LEN);
	k->family = remote % 3 == 0 ? FLOW_FAMILY_IP6 : FLOW_FAMILY_IP4;
	memcpy(addr, k->family == FLOW_FAMILY_IP6 ? "\x20\x01\x0d\xb8" :
	    "\0\0\0", 4);
	if (k->family == FLOW_FAMILY_IP4)
		memset(addr + 10, 0xff, 2);
	put_be32(addr + 12, remote);
	k->proto = draw(rng, 5) == 0 ? 17 : 6;
	*(out ? &k->dport : &k->sport) = k->proto == 17 ? 53 : 443;
	k->flags = out ? FLOW_SPORT_CLIENT : FLOW_DPORT_CLIENT;
	k->vlan = draw(rng, 8) == 0 ? 2 : 1;
	f->count.packets = 1 + draw_skewed(rng, 100000);
	f->count.data = f->count.packets * (40 + draw(rng, 1400));
	f->count.ip = f->count.data + f->count.packets *
	    (k->family == FLOW_FAMILY_IP6 ? 40 : 20);
}

static void
make_rows(struct rowset *s, size_t n, const struct owners *all)
{
	uint64_t	rng = n;
	size_t		i;

	s->row = calloc(n, sizeof(*s->row));
	s->sorted = calloc(n, sizeof(*s->sorted));
	assert_true(s->row != NULL && s->sorted != NULL);
	for (i = 0; i < n; i++)
		make_row(&s->row[i], all, &rng);
	s->n = flow_merge(s->row, n);
	for (i = 0; i < s->n; i++)
		s->sorted[i] = &s->row[i];
}

static int64_t
write_rows(int fd, const struct rowset *s, const struct owners *all,
    unsigned threads)
{
	struct block_info	info;

	info_make(&info, 7, 9, 8);
	info.owners = all;
	return (block_write_by(fd, 0, &info, s->sorted, s->n, threads));
}

static unsigned
version_of(int fd)
{
	uint8_t	v[2];

	assert_int_equal(read_at(fd, v, 2, HDR_VERSION), 0);
	return (get_le16(v));
}

/* ---- what comes back ---- */

static void
check_owners(const struct owners *got, const struct owners *all,
    const struct rowset *s)
{
	const struct owner	*one;
	const uint8_t		*id;
	size_t			 i;

	for (i = 0; i < s->n; i++) {
		id = owner_is(s->row[i].key.src) ? s->row[i].key.src :
		    s->row[i].key.dst;
		assert_non_null(one = owners_find(got, id));
		assert_memory_equal(one, owners_find(all, id), sizeof(*one));
	}
}

static void
names_come_back_with_the_rows(void **state)
{
	struct owners	*all = make_owners(OWNERS);
	struct owner	 other = { .program = "of no row" };
	struct rowset	 s;
	struct block	*b;
	int		 fd = scratch_file();

	(void)state;
	make_rows(&s, 2000, all);
	owner_identify(&other);
	assert_int_equal(owners_add(all, &other), 1);
	assert_true(write_rows(fd, &s, all, 1) > 0);
	assert_int_equal(version_of(fd), 6);
	assert_int_equal(block_open(fd, 0, &b), BLOCK_OK);
	assert_null(block_owners(b));
	assert_int_equal(block_verify(b), BLOCK_OK);
	check_owners(block_owners(b), all, &s);
	assert_ptr_equal(block_info(b)->owners, block_owners(b));
	assert_true(owners_count(block_owners(b)) <= OWNERS);
	assert_null(owners_find(block_owners(b), other.id));
	assert_string_equal(owners_ifname(block_owners(b), 1), "eth0");
	assert_string_equal(owners_ifname(block_owners(b), 2), "lo");
	assert_null(owners_ifname(block_owners(b), 3));
	assert_true(block_equals(b, &s));
	block_free(b);
	rowset_free(&s);
	owners_free(all);
	close(fd);
}

struct seen {
	struct block	*b;
	size_t		 rows;
};

static void
see_rows(void *arg, const struct flow *rows, size_t n)
{
	struct seen	*seen = arg;

	(void)rows;
	assert_non_null(block_owners(seen->b));
	seen->rows += n;
}

/* More than one segment: by several threads, the same bytes. */
static void
names_are_there_before_the_first_row(void **state)
{
	struct owners	*all = make_owners(OWNERS);
	struct rowset	 s;
	struct seen	 seen = { NULL, 0 };
	uint8_t		*one, *two;
	int64_t		 len;
	int		 fd = scratch_file();

	(void)state;
	make_rows(&s, 150000, all);
	assert_true(s.n > SEG_ROWS);
	assert_true((len = write_rows(fd, &s, all, 1)) > 0);
	one = malloc((size_t)len);
	two = malloc((size_t)len);
	assert_int_equal(read_at(fd, one, (size_t)len, 0), 0);
	assert_int_equal(write_rows(fd, &s, all, 3), len);
	assert_int_equal(read_at(fd, two, (size_t)len, 0), 0);
	assert_memory_equal(one, two, (size_t)len);
	assert_int_equal(block_open(fd, 0, &seen.b), BLOCK_OK);
	assert_int_equal(block_read(seen.b, see_rows, &seen), BLOCK_OK);
	assert_int_equal(seen.rows, s.n);
	assert_true(block_equals(seen.b, &s));
	block_free(seen.b);
	free(one);
	free(two);
	rowset_free(&s);
	owners_free(all);
	close(fd);
}

/* Names that no row uses do not change a byte. */
static void
a_block_without_owners_is_version_5(void **state)
{
	struct owners	*all = make_owners(OWNERS);
	struct rowset	 s;
	uint8_t		*plain, *with;
	int64_t		 len;
	int		 fd = scratch_file();
	size_t		 i;

	(void)state;
	rowset_make(&s, 500, ROWS_MIXED, 3);
	for (i = 0; i < s.n; i++)
		s.row[i].key.vlan = FLOW_VLAN_NONE;
	s.n = flow_merge(s.row, s.n);
	for (i = 0; i < s.n; i++)
		s.sorted[i] = &s.row[i];
	assert_true((len = write_rows(fd, &s, NULL, 1)) > 0);
	plain = malloc((size_t)len);
	with = malloc((size_t)len);
	assert_int_equal(read_at(fd, plain, (size_t)len, 0), 0);
	assert_int_equal(version_of(fd), 5);
	assert_int_equal(write_rows(fd, &s, all, 1), len);
	assert_int_equal(read_at(fd, with, (size_t)len, 0), 0);
	assert_memory_equal(plain, with, (size_t)len);
	free(plain);
	free(with);
	rowset_free(&s);
	owners_free(all);
	close(fd);
}

static void
rows_of_unnamed_owners_stay(void **state)
{
	struct owners	*all = make_owners(OWNERS), *few = make_owners(1);
	struct rowset	 s;
	struct block	*b;
	int		 fd = scratch_file();

	(void)state;
	make_rows(&s, 500, all);
	assert_true(write_rows(fd, &s, few, 1) > 0);
	assert_int_equal(block_open(fd, 0, &b), BLOCK_OK);
	assert_int_equal(block_verify(b), BLOCK_OK);
	assert_int_equal(owners_count(block_owners(b)), 1);
	assert_true(block_equals(b, &s));
	block_free(b);
	rowset_free(&s);
	owners_free(all);
	owners_free(few);
	close(fd);
}

static void
a_row_takes_at_most_20_octets(void **state)
{
	struct owners	*all = make_owners(OWNERS);
	struct rowset	 s;
	int64_t		 len;
	int		 fd = scratch_file();

	(void)state;
	make_rows(&s, 10500, all);
	assert_in_range(s.n, 10000, 10500);
	assert_true((len = write_rows(fd, &s, all, 1)) > 0);
	print_message("%.1f octets a row\n", (double)len / (double)s.n);
	assert_true((size_t)len <= 20 * s.n);
	rowset_free(&s);
	owners_free(all);
	close(fd);
}

/* ---- damage ---- */

static enum block_error
open_and_verify(int fd)
{
	struct block		*b;
	enum block_error	 e = block_open(fd, 0, &b);

	if (e == BLOCK_OK)
		e = block_verify(b);
	block_free(b);
	return (e);
}

static void
every_bit_and_every_length_matters(void **state)
{
	struct owners	*all = make_owners(7);
	struct rowset	 s;
	uint8_t		*octets, c;
	size_t		 len, bit;
	int		 fd = scratch_file();

	(void)state;
	make_rows(&s, 30, all);
	len = (size_t)write_rows(fd, &s, all, 1);
	octets = malloc(len);
	assert_int_equal(read_at(fd, octets, len, 0), 0);
	for (bit = 0; bit < len * 8; bit++) {
		c = (uint8_t)(octets[bit / 8] ^ 1U << bit % 8);
		assert_int_equal(write_at(fd, &c, 1, (off_t)bit / 8), 0);
		assert_int_not_equal(open_and_verify(fd), BLOCK_OK);
		c = octets[bit / 8];
		assert_int_equal(write_at(fd, &c, 1, (off_t)bit / 8), 0);
	}
	assert_int_equal(open_and_verify(fd), BLOCK_OK);
	while (len-- > 0) {
		assert_int_equal(ftruncate(fd, (off_t)len), 0);
		assert_int_equal(open_and_verify(fd),
		    len == 0 ? BLOCK_END : BLOCK_CUT);
	}
	free(octets);
	rowset_free(&s);
	owners_free(all);
	close(fd);
}

/* A header with a right checksum that gives another length of the table. */
static void
the_length_of_the_table_is_checked(void **state)
{
	static const uint32_t	wrong[] = {
		0, 8, 16, 28, OWN_MAX + 8, UINT32_MAX, UINT32_MAX - 7, 1 << 16
	};
	struct owners	*all = make_owners(7);
	struct rowset	 s;
	uint8_t		 head[HDR_MAX], trailer[TRL_FIXED];
	size_t		 len, n, i;
	int		 fd = scratch_file();

	(void)state;
	make_rows(&s, 30, all);
	len = (size_t)write_rows(fd, &s, all, 1);
	assert_int_equal(read_at(fd, head, HDR_FIXED, 0), 0);
	n = get_le32(head + HDR_LENGTH);
	assert_int_equal(read_at(fd, head, n, 0), 0);
	assert_int_equal(read_at(fd, trailer, TRL_FIXED,
	    (off_t)(len - TRL_FIXED)), 0);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		put_le32(head + HDR_OWNERS, wrong[i]);
		put_le32(head + HDR_CRC, 0);
		put_le32(head + HDR_CRC, crc32c(0, head, n));
		put_le32(trailer + TRL_HDR_CRC, get_le32(head + HDR_CRC));
		put_le32(trailer + TRL_CRC, crc32c(0, trailer, TRL_CRC));
		assert_int_equal(write_at(fd, head, n, 0), 0);
		assert_int_equal(write_at(fd, trailer, TRL_FIXED,
		    (off_t)(len - TRL_FIXED)), 0);
		assert_int_equal(open_and_verify(fd), BLOCK_DAMAGED);
	}
	rowset_free(&s);
	owners_free(all);
	close(fd);
}

/* ---- tables with a right checksum but wrong contents ---- */

static const char	texts[] =
    "eth0\0" "\0" "wg0\0"
    "\1\0\0\0/a.service\0root\0nginx\0"
    "\2\0\0\0/b.service\0\0sh\0";
#define TEXTS	(sizeof(texts) - 1)
#define TABLE_MAX	128

static size_t
make_table(uint8_t table[TABLE_MAX], const void *octets, size_t n,
    unsigned interfaces, uint32_t owners)
{
	size_t	len = (OWN_FIXED + n + 7) & ~(size_t)7;

	assert_true(len <= TABLE_MAX);
	memset(table, 0, TABLE_MAX);
	put_le32(table + OWN_LENGTH, (uint32_t)len);
	put_le16(table + OWN_INTERFACES, (uint16_t)interfaces);
	put_le32(table + OWN_OWNERS, owners);
	put_le32(table + OWN_SIZE, (uint32_t)n);
	put_le32(table + OWN_STORED, (uint32_t)n);
	memcpy(table + OWN_FIXED, octets, n);
	return (len);
}

static enum block_error
decode(uint8_t *table, size_t len)
{
	struct owners		*o;
	enum block_error	 e;
	uint8_t			*copy = malloc(len);

	/* Exactly so much memory, so that a sanitizer sees what is beyond. */
	put_le32(table + OWN_CRC, 0);
	put_le32(table + OWN_CRC, crc32c(0, table, len));
	memcpy(copy, table, len);
	e = owner_table_decode(copy, len, &o);
	assert_true((e == BLOCK_OK) == (o != NULL));
	owners_free(o);
	free(copy);
	return (e);
}

static void
a_table_is_decoded(void **state)
{
	uint8_t		 table[TABLE_MAX];
	struct owners	*o;
	size_t		 len = make_table(table, texts, TEXTS, 3, 2);

	(void)state;
	put_le32(table + OWN_CRC, crc32c(0, table, len));
	assert_int_equal(owner_table_decode(table, len, &o), BLOCK_OK);
	assert_int_equal(owners_count(o), 2);
	assert_string_equal(owners_at(o, 0)->unit, "/a.service");
	assert_string_equal(owners_at(o, 0)->user, "root");
	assert_string_equal(owners_at(o, 1)->program, "sh");
	assert_int_equal(owners_at(o, 1)->uid, 2);
	assert_string_equal(owners_ifname(o, 3), "wg0");
	assert_null(owners_ifname(o, 2));
	owners_free(o);
}

static void
a_forged_table_is_refused(void **state)
{
	static const struct {
		unsigned		at, width;
		uint64_t		value;
		enum block_error	want;
	} forged[] = {
		{ OWN_LENGTH, 4, 8, BLOCK_DAMAGED },
		{ OWN_LENGTH, 4, UINT32_MAX, BLOCK_DAMAGED },
		{ OWN_INTERFACES, 2, 2, BLOCK_DAMAGED },
		{ OWN_INTERFACES, 2, 4, BLOCK_DAMAGED },
		{ OWN_INTERFACES, 2, 4095, BLOCK_DAMAGED },
		{ OWN_CODEC, 1, CODEC_ZSTD, BLOCK_DAMAGED },
		{ OWN_CODEC, 1, 2, BLOCK_NEWER },
		{ OWN_RESERVED, 1, 1, BLOCK_OK },
		{ OWN_OWNERS, 4, 1, BLOCK_DAMAGED },
		{ OWN_OWNERS, 4, 3, BLOCK_DAMAGED },
		{ OWN_OWNERS, 4, UINT32_MAX, BLOCK_DAMAGED },
		{ OWN_SIZE, 4, TEXTS - 1, BLOCK_DAMAGED },
		{ OWN_SIZE, 4, TEXTS + 1, BLOCK_DAMAGED },
		{ OWN_SIZE, 4, OWN_TEXT_MAX + 1, BLOCK_DAMAGED },
		{ OWN_STORED, 4, 0, BLOCK_DAMAGED },
		{ OWN_STORED, 4, UINT32_MAX, BLOCK_DAMAGED },
		{ OWN_FIXED, 1, 7, BLOCK_DAMAGED },	/* not printable */
		{ OWN_FIXED + 15, 1, 0xe9, BLOCK_DAMAGED },
	};
	uint8_t	table[TABLE_MAX];
	size_t	i, k, len;

	(void)state;
	for (i = 0; i < sizeof(forged) / sizeof(forged[0]); i++) {
		len = make_table(table, texts, TEXTS, 3, 2);
		assert_int_equal(decode(table, len), BLOCK_OK);
		for (k = 0; k < forged[i].width; k++)
			table[forged[i].at + k] =
			    (uint8_t)(forged[i].value >> 8 * k);
		if (decode(table, len) != forged[i].want)
			fail_msg("forgery %zu", i);
	}
}

/* Each at the end of memory: nothing beyond it may be read. */
static void
texts_end_where_they_must(void **state)
{
	static const char	twice[] = "\1\0\0\0/a\0\0x\0" "\1\0\0\0/a\0u\0x\0";
	static const char	same[] = "lo\0lo\0";
	uint8_t			table[TABLE_MAX];
	char			name[OWNERS_IFNAME_MAX + 1];
	size_t			n;

	(void)state;
	for (n = 0; n < TEXTS; n++)
		assert_int_equal(decode(table, make_table(table, texts, n, 3,
		    2)), BLOCK_DAMAGED);
	assert_int_equal(decode(table, make_table(table, twice,
	    sizeof(twice) - 1, 0, 2)), BLOCK_DAMAGED);
	assert_int_equal(decode(table, make_table(table, same,
	    sizeof(same) - 1, 2, 0)), BLOCK_DAMAGED);
	memset(name, 'x', sizeof(name));
	name[OWNERS_IFNAME_MAX] = '\0';
	assert_int_equal(decode(table, make_table(table, name, sizeof(name), 1,
	    0)), BLOCK_DAMAGED);
	assert_int_equal(decode(table, make_table(table, name + 1,
	    sizeof(name) - 1, 1, 0)), BLOCK_OK);
}

/* What was written when version 6 was frozen is still read. */
static void
version_6_is_frozen(void **state)
{
	struct owners	*all = make_owners(5);
	struct rowset	 s;
	struct block	*b;
	int		 fd = scratch_file();

	(void)state;
	make_rows(&s, 6, all);
	assert_int_equal(write_at(fd, frozen_owners, sizeof(frozen_owners), 0),
	    0);
	assert_int_equal(block_open(fd, 0, &b), BLOCK_OK);
	assert_int_equal(block_verify(b), BLOCK_OK);
	assert_true(block_equals(b, &s));
	check_owners(block_owners(b), all, &s);
	block_free(b);
	rowset_free(&s);
	owners_free(all);
	close(fd);
}

/* Of more owners than a table holds, those with most octets have names. */
static void
too_many_owners_lose_the_smallest(void **state)
{
	size_t			  n = 70000, i;
	struct flow		 *row = calloc(n, sizeof(*row));
	const struct flow	**rows = calloc(n, sizeof(*rows));
	struct owners		 *all = owners_new(), *back;
	struct owner		  o;
	uint8_t			 *table;
	int64_t			  len;

	(void)state;
	for (i = 0; i < n; i++) {
		memset(&o, 0, sizeof(o));
		(void)snprintf(o.program, sizeof(o.program), "p%06zu", i);
		owner_identify(&o);
		assert_int_equal(owners_add(all, &o), 1);
		memcpy(row[i].key.src, o.id, OWNER_LEN);
		row[i].count.ip = 1 + i;
		rows[i] = &row[i];
	}
	len = owner_table_encode(all, rows, n, &table);
	assert_true(len > 0);
	assert_int_equal(owner_table_decode(table, (size_t)len, &back), 0);
	assert_int_equal(owners_count(back), 65536);
	assert_non_null(owners_find(back, row[n - 1].key.src));
	assert_non_null(owners_find(back, row[n - 65536].key.src));
	assert_null(owners_find(back, row[n - 65537].key.src));
	owners_free(all);
	owners_free(back);
	free(table);
	free(rows);
	free(row);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(too_many_owners_lose_the_smallest),
		cmocka_unit_test(names_come_back_with_the_rows),
		cmocka_unit_test(names_are_there_before_the_first_row),
		cmocka_unit_test(a_block_without_owners_is_version_5),
		cmocka_unit_test(rows_of_unnamed_owners_stay),
		cmocka_unit_test(a_row_takes_at_most_20_octets),
		cmocka_unit_test(every_bit_and_every_length_matters),
		cmocka_unit_test(the_length_of_the_table_is_checked),
		cmocka_unit_test(a_table_is_decoded),
		cmocka_unit_test(a_forged_table_is_refused),
		cmocka_unit_test(texts_end_where_they_must),
		cmocka_unit_test(version_6_is_frozen),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
