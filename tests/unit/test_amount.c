/*
 * Amounts with units: parsing what users write, and printing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/amount.h"

static const struct {
	const char	*text;
	uint64_t	 v;
} good[] = {
	{ "0", 0 },
	{ "1500", 1500 },
	{ "1500B", 1500 },
	{ "10k", 10000 },
	{ "10K", 10000 },
	{ "10kB", 10000 },
	{ "10kb", 10000 },
	{ "1.5M", 1500000 },
	{ "20Gi", UINT64_C(20) << 30 },
	{ "2GiB", UINT64_C(2) << 30 },
	{ "2gib", UINT64_C(2) << 30 },
	{ "2GIB", UINT64_C(2) << 30 },
	{ "3T", UINT64_C(3000000000000) },
	{ "4P", UINT64_C(4000000000000000) },
	{ "1E", UINT64_C(1000000000000000000) },
	{ "7Ei", UINT64_C(7) << 60 },
	{ "0.5", 0 },
	{ "0.999", 0 },
	/* 2.3 * 1000 is less than 2300 in floating point. */
	{ "2.3k", 2300 },
	{ "4.35k", 4350 },
	{ "1.1Ti", UINT64_C(1209462790553) },
	{ "1.123456789123G", 1123456789 },
	{ "0.000000001E", 1000000000 },
	{ "9223372036854775807", INT64_MAX },
	{ "9.223372036E", UINT64_C(9223372036000000000) },
};

static const char *const bad[] = {
	"", " 1", "-1", "+1", "1 k", "k", ".5", "1.", "1.k", "1.5.5", "1x",
	"1kk", "1kiBB", "1iB", "1Bk", "0x10", "1e5", "inf", "nan",
	"9223372036854775808", "18446744073709551615", "9.3E", "8Ei",
	"99999999999999999999", "99999999T", "7.99999999999Ex"
};

static void
reads(void **state)
{
	uint64_t	v;
	size_t		i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		v = 42;
		if (amount_parse(good[i].text, &v) == -1 || v != good[i].v)
			fail_msg("%s: %llu", good[i].text,
			    (unsigned long long)v);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (amount_parse(bad[i], &v) != -1)
			fail_msg("%s: %llu", bad[i], (unsigned long long)v);
}

static void
one_place(void **state)
{
	char	buf[AMOUNT_LEN];

	(void)state;
	assert_string_equal(amount_format(0, buf), "0 B");
	assert_string_equal(amount_format(999, buf), "999 B");
	assert_string_equal(amount_format(1000, buf), "1.0 kB");
	assert_string_equal(amount_format(999949, buf), "999.9 kB");
	assert_string_equal(amount_format(999950, buf), "1.0 MB");
	assert_string_equal(amount_format(UINT64_MAX, buf), "18.4 EB");
}

static void
three_digits(void **state)
{
	char	buf[AMOUNT_LEN];

	(void)state;
	assert_string_equal(amount_short(999, 1000, "B", buf), "999 B");
	assert_string_equal(amount_short(12345, 1000, "B", buf), "12.3 kB");
	assert_string_equal(amount_short(1536, 1024, "B", buf), "1.50 KiB");
	assert_string_equal(amount_short(12, 1000, "", buf), "12");
	assert_string_equal(amount_short(12000, 1000, "", buf), "12.0 k");
	assert_string_equal(amount_short(UINT64_MAX, 1024, "B", buf),
	    "16.0 EiB");
	assert_string_equal(amount_scaled(0.4, " ", "bit/s", buf),
	    "0 bit/s");
	assert_string_equal(amount_scaled(999.4, "", "", buf), "999");
	assert_string_equal(amount_scaled(999.6, "", "", buf), "1.00k");
	assert_string_equal(amount_scaled(12345678, "", "", buf), "12.3M");
	assert_string_equal(amount_scaled(123456789, " ", "B", buf),
	    "123 MB");
	assert_string_equal(amount_scaled(1e22, " ", "B", buf), "10000 EB");
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(reads),
		cmocka_unit_test(one_place),
		cmocka_unit_test(three_digits),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
