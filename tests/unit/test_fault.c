/*
 * A fault that lasts: an error when it begins or changes, a notice when it is
 * over, and its repetitions counted.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/fault.h"
#include "base/log.h"

static char	said[1024];	/* "error: TEXT|notice: TEXT|" */

static void
note(const char *level, const char *fmt, va_list ap)
{
	size_t	n = strlen(said);

	n += (size_t)snprintf(said + n, sizeof(said) - n, "%s: ", level);
	n += (size_t)vsnprintf(said + n, sizeof(said) - n, fmt, ap);
	(void)snprintf(said + n, sizeof(said) - n, "|");
}

void	__wrap_log_errorx(const char *, ...);
void	__wrap_log_notice(const char *, ...);

void
__wrap_log_errorx(const char *fmt, ...)
{
	va_list	ap;

	va_start(ap, fmt);
	note("error", fmt, ap);
	va_end(ap);
}

void
__wrap_log_notice(const char *fmt, ...)
{
	va_list	ap;

	va_start(ap, fmt);
	note("notice", fmt, ap);
	va_end(ap);
}

static int
silence(void **state)
{
	(void)state;
	said[0] = '\0';
	return (0);
}

static void
a_fault_that_is_over_is_a_notice(void **state)
{
	struct fault	f = { .times = 0 };

	(void)state;
	fault_set(&f, "disk full");
	fault_set(&f, "disk full");
	fault_set(&f, "disk full");
	fault_clear(&f);
	assert_string_equal(said, "error: disk full|notice: occurred 3 times, "
	    "now over or changed: disk full|");
	fault_clear(&f);
	fault_set(&f, "disk full");	/* a new one */
	assert_string_equal(said, "error: disk full|notice: occurred 3 times, "
	    "now over or changed: disk full|error: disk full|");
}

static void
another_fault_is_an_error_again(void **state)
{
	struct fault	f = { .times = 0 };

	(void)state;
	fault_set(&f, "disk full");
	fault_set(&f, "disk full");
	fault_set(&f, "disk broken");
	assert_string_equal(said, "error: disk full|notice: occurred 2 times, "
	    "now over or changed: disk full|error: disk broken|");
}

static void
one_time_is_told_once(void **state)
{
	struct fault	f = { .times = 0 };

	(void)state;
	fault_set(&f, "disk full");
	fault_clear(&f);
	assert_string_equal(said, "error: disk full|");
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test_setup(a_fault_that_is_over_is_a_notice,
		    silence),
		cmocka_unit_test_setup(another_fault_is_an_error_again,
		    silence),
		cmocka_unit_test_setup(one_time_is_told_once, silence),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
