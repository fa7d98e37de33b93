/*
 * Short numbers with units, and the steps of a chart's axes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "report/units.h"

static const struct {
	enum result_type	 type;
	enum answer_units	 units;
	uint64_t		 v;
	const char		*text;
} shorts[] = {
	{ RESULT_OCTETS, ANSWER_SI, 0, "0 B" },
	{ RESULT_OCTETS, ANSWER_SI, 999, "999 B" },
	{ RESULT_OCTETS, ANSWER_SI, 1000, "1.00 kB" },
	{ RESULT_OCTETS, ANSWER_SI, 1004, "1.00 kB" },
	{ RESULT_OCTETS, ANSWER_SI, 1005, "1.01 kB" },
	{ RESULT_OCTETS, ANSWER_SI, 9994, "9.99 kB" },
	{ RESULT_OCTETS, ANSWER_SI, 12345, "12.3 kB" },
	{ RESULT_OCTETS, ANSWER_SI, 999499, "999 kB" },
	{ RESULT_OCTETS, ANSWER_SI, UINT64_MAX, "18.4 EB" },
	{ RESULT_OCTETS, ANSWER_PLAIN, 1500000, "1.50 MB" },
	{ RESULT_OCTETS, ANSWER_IEC, 1023, "1023 B" },
	{ RESULT_OCTETS, ANSWER_IEC, 1536, "1.50 KiB" },
	{ RESULT_OCTETS, ANSWER_IEC, UINT64_MAX, "16.0 EiB" },
	{ RESULT_OCTETS, ANSWER_BITS, 125000, "1.00 Mbit" },
	{ RESULT_RATE, ANSWER_IEC, 2500000, "2.50 Mbit/s" },
	{ RESULT_PACKETS, ANSWER_IEC, 12, "12" },
	{ RESULT_PACKETS, ANSWER_IEC, 12000, "12.0 k" },
};

static void
short_numbers(void **state)
{
	char	buf[AMOUNT_LEN];
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(shorts) / sizeof(shorts[0]); i++)
		assert_string_equal(units_short(shorts[i].type,
		    shorts[i].units, shorts[i].v, buf), shorts[i].text);
}

static const struct {
	enum answer_units	units;
	uint64_t		most;
	uint64_t		step;
} steps[] = {
	{ ANSWER_SI, 0, 1 },
	{ ANSWER_SI, 4, 1 },
	{ ANSWER_SI, 9, 2 },
	{ ANSWER_SI, 579000000, 200000000 },
	{ ANSWER_IEC, 1024 * 1024, 500 * 1024 },
	{ ANSWER_IEC, 3 * 1024, 1024 },
	{ ANSWER_BITS, 1000, 250 },
	{ ANSWER_SI, UINT64_MAX, UINT64_C(5000000000000000000) },
	{ ANSWER_IEC, UINT64_MAX, UINT64_C(5) << 60 },
};

static void
axis_steps(void **state)
{
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		assert_int_equal(units_step(RESULT_OCTETS, steps[i].units,
		    steps[i].most), steps[i].step);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(short_numbers),
		cmocka_unit_test(axis_steps),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
