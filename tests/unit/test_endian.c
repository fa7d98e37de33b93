/*
 * base/endian.h: each function compared with the expected octets, at every
 * alignment.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/endian.h"

#define AT	16

static const uint8_t	octets[8] = { 0xf1, 2, 3, 4, 5, 6, 7, 0x88 };

static void
reads(void **state)
{
	uint8_t		buf[AT + 8];
	const uint8_t	*p;

	(void)state;
	for (p = buf; p < buf + AT; p++) {
		memcpy(buf + (p - buf), octets, sizeof(octets));
		assert_int_equal(get_be16(p), 0xf102);
		assert_int_equal(get_be32(p), 0xf1020304);
		assert_true(get_be64(p) == UINT64_C(0xf102030405060788));
		assert_int_equal(get_le16(p), 0x02f1);
		assert_int_equal(get_le32(p), 0x040302f1);
		assert_true(get_le64(p) == UINT64_C(0x88070605040302f1));
	}
}

/* The n octets at p are these, and the one behind them is untouched. */
static void
expect(const uint8_t *p, size_t n, const char *what)
{
	assert_memory_equal(p, what, n);
	assert_int_equal(p[n], 0xee);
}

static void
writes(void **state)
{
	const uint64_t	v = UINT64_C(0xf102030405060788);
	uint8_t		buf[AT + 9], *p;

	(void)state;
	for (p = buf; p < buf + AT; p++) {
		memset(buf, 0xee, sizeof(buf));
		put_be16(p, (uint16_t)v);
		expect(p, 2, "\x07\x88");
		put_be32(p, (uint32_t)v);
		expect(p, 4, "\x05\x06\x07\x88");
		put_be64(p, v);
		expect(p, 8, "\xf1\x02\x03\x04\x05\x06\x07\x88");
		memset(buf, 0xee, sizeof(buf));
		put_le16(p, (uint16_t)v);
		expect(p, 2, "\x88\x07");
		put_le32(p, (uint32_t)v);
		expect(p, 4, "\x88\x07\x06\x05");
		put_le64(p, v);
		expect(p, 8, "\x88\x07\x06\x05\x04\x03\x02\xf1");
	}
}

/* Of 1 to 8 octets. */
static void
any_width(void **state)
{
	uint64_t	v = 0;
	uint8_t		buf[9];
	unsigned	n;

	(void)state;
	for (n = 1; n <= 8; n++) {
		v = v << 8 | octets[n - 1];
		assert_true(get_be(octets, n) == v);
		memset(buf, 0xee, sizeof(buf));
		assert_ptr_equal(put_be(buf, v, n), buf + n);
		expect(buf, n, (const char *)octets);
	}
	/* The low ones count. */
	(void)put_be(buf, UINT64_C(0x1122334455), 2);
	assert_int_equal(get_be16(buf), 0x4455);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(reads),
		cmocka_unit_test(writes),
		cmocka_unit_test(any_width),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
