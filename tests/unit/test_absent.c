/*
 * Interfaces that come later: which names may, and which of two sources is
 * used when one has come.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/interface.h"
#include "meter/meter_impl.h"

struct fake {
	struct meter	 base;		/* comes first */
	int		 missing;	/* attempts that fail */
	int		*closed;
};

static int
fake_reopen(struct meter *m, char *err)
{
	struct fake	*f = (struct fake *)m;

	(void)snprintf(err, METER_ERRLEN, "%s is missing", m->ops->name);
	return (f->missing-- > 0 ? -1 : 0);
}

static void
fake_close(struct meter *m)
{
	(*((struct fake *)m)->closed)++;
	free(m);
}

static int
fake_fd(const struct meter *m)
{
	return (m->ops->name[0]);
}

static const struct meter_ops	first_ops = {
	.name = "first", .reopen = fake_reopen, .close = fake_close,
	.fd = fake_fd,
}, other_ops = {
	.name = "other", .reopen = fake_reopen, .close = fake_close,
	.fd = fake_fd,
};

static struct meter *
fake_new(const struct meter_ops *ops, int missing, int *closed)
{
	struct fake	*f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->base.ops = ops;
	f->base.absent = true;
	f->missing = missing;
	f->closed = closed;
	return (&f->base);
}

/* One that is down may come up. */
static bool
is_down(const char *name)
{
	struct ifaddrs	*list, *a;
	bool		 up = false;

	assert_int_equal(getifaddrs(&list), 0);
	for (a = list; a != NULL; a = a->ifa_next)
		if (strcmp(a->ifa_name, name) == 0)
			up = (a->ifa_flags & IFF_UP) != 0;
	freeifaddrs(list);
	return (!up);
}

static void
names_that_an_interface_can_have(void **state)
{
	static const struct {
		const char	*name;
		bool		 may;
	} cases[] = {
		{ "nosuch0", true },
		{ "fifteen_letters", true },
		{ "sixteen_letters_", false },
		{ "", false },
		{ ".", false },
		{ "..", false },
		{ "a/b", false },
		{ "a b", false },
		{ "a\nb", false },
		{ "a:1", false },
	};
	struct if_nameindex	*there = if_nameindex();
	size_t			 i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (interface_may_come(cases[i].name) != cases[i].may)
			fail_msg("\"%s\"", cases[i].name);
	assert_non_null(there);
	for (i = 0; there[i].if_name != NULL; i++)
		if (interface_may_come(there[i].if_name))
			assert_true(is_down(there[i].if_name));
	assert_true(i > 0);
	if_freenameindex(there);
}

static void
the_first_that_can_be_opened_stays(void **state)
{
	static const struct {
		int		 first, other;	/* attempts that fail */
		int		 attempts;	/* ... of both */
		const char	*name;
	} cases[] = {
		{ 0, 0, 0, "first" },
		{ 2, 2, 2, "first" },
		{ 9, 0, 0, "other" },
		{ 9, 3, 3, "other" },
	};
	char		 err[METER_ERRLEN];
	int		 closed[2], n;
	struct meter	*m;
	size_t		 i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		closed[0] = closed[1] = 0;
		m = meter_later_new(fake_new(&first_ops, cases[i].first,
		    &closed[0]), fake_new(&other_ops, cases[i].other,
		    &closed[1]));
		for (n = 0; n < cases[i].attempts; n++) {
			assert_int_equal(meter_reopen(m, err), -1);
			assert_string_equal(err, "other is missing");
			assert_true(meter_is_absent(m));
			assert_string_equal(meter_name(m), "auto");
		}
		assert_int_equal(meter_reopen(m, err), 0);
		assert_false(meter_is_absent(m));
		assert_string_equal(meter_name(m), cases[i].name);
		assert_int_equal(meter_fd(m), cases[i].name[0]);
		/* The other one is gone, and is not tried again. */
		assert_int_equal(closed[0] + closed[1], 1);
		assert_int_equal(closed[cases[i].name[0] == 'f'], 1);
		meter_close(m);
		assert_int_equal(closed[0], 1);
		assert_int_equal(closed[1], 1);
	}
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(names_that_an_interface_can_have),
		cmocka_unit_test(the_first_that_can_be_opened_stays),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
