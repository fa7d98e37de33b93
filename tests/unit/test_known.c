/*
 * Owners that programs in the kernel have told: what becomes of their
 * fingerprints, also when so many come that old ones are forgotten.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "owner/known.h"

static struct cgroups		*tree;
static struct owner_known	*known;

static int
begin(void **state)
{
	char	err[CGROUPS_ERRLEN];

	(void)state;
	tree = cgroups_open(err);
	if (tree == NULL)
		return (0);	/* each test is skipped */
	known = owner_known_new(tree);
	return (known == NULL);
}

static int
end(void **state)
{
	(void)state;
	owner_known_free(known);
	cgroups_close(tree);
	known = NULL;
	tree = NULL;
	return (0);
}

/* The news of owner number i, a program of user 4242 in the root. */
static struct owner_news
news(uint32_t i, uint32_t flags)
{
	static uint64_t		secret[OWNER_SECRETS];
	int			j;
	struct owner_news	n = { .parts = { .uid = 4242, .flags = flags } };

	secret[0] = 42;
	for (j = 1; j < OWNER_SECRETS; j++)	/* by Knuth's numbers */
		secret[j] = secret[j - 1] * 6364136223846793005 +
		    1442695040888963407;
	(void)snprintf(n.parts.comm, sizeof(n.parts.comm), "p%u", i);
	owner_fingerprint(&n.parts, secret, n.fingerprint);
	return (n);
}

/* The owner that a packet of this one is counted for. */
static const struct owner *
owner_of(const struct owner_news *n, bool sent)
{
	struct flow_key	k = { .family = FLOW_FAMILY_IP4 };

	memcpy(sent ? k.src : k.dst, n->fingerprint, OWNER_LEN);
	assert_true(owner_known_translate(known, &k));
	return (owners_find(owner_known_used(known), sent ? k.src : k.dst));
}

static void
told(void **state)
{
	struct owner_news	n = news(7, 0), k = news(8, OWNER_SOCK_KERNEL);
	struct owner_news	old = news(9, OWNER_SOCK_OLD);
	struct flow_key		plain = { .family = FLOW_FAMILY_IP4 };

	(void)state;
	if (known == NULL)
		skip();
	assert_true(owner_known_learn(known, &n));
	assert_true(owner_known_learn(known, &k));
	assert_true(owner_known_learn(known, &old));
	assert_string_equal(owner_of(&n, true)->program, "p7");
	assert_int_equal(owner_of(&n, false)->uid, 4242);
	assert_string_equal(owner_of(&n, false)->unit, "/(gone)");
	assert_string_equal(owner_of(&k, true)->program, OWNER_KERNEL);
	assert_int_equal(owner_of(&k, true)->uid, OWNER_NO_UID);
	assert_string_equal(owner_of(&old, true)->program, OWNER_BEFORE);
	assert_int_equal(owner_of(&old, true)->uid, 4242);
	assert_false(owner_known_translate(known, &plain));
}

static void
never_told(void **state)
{
	struct owner_news	n = news(1, 0);

	(void)state;
	if (known == NULL)
		skip();
	assert_string_equal(owner_of(&n, true)->program, OWNER_OTHER);
}

/* Until they are told again those that were learned last are known. */
static void
forgotten(void **state)
{
	struct owner_news	n;
	uint32_t		i, first;

	(void)state;
	if (known == NULL)
		skip();
	for (i = 0; !owner_known_is_full(known); i++) {
		n = news(i, 0);
		assert_true(owner_known_learn(known, &n));
	}
	owner_known_forget(known);
	n = news(0, 0);
	assert_string_equal(owner_of(&n, true)->program, "p0");
	assert_false(owner_known_is_full(known));
	for (first = i; !owner_known_is_full(known); i++) {
		n = news(i, 0);
		assert_true(owner_known_learn(known, &n));
	}
	owner_known_forget(known);
	n = news(0, 0);
	assert_string_equal(owner_of(&n, true)->program, OWNER_OTHER);
	n = news(first, 0);
	assert_int_equal(owner_of(&n, true)->uid, 4242);
}

/* The names of a block go with it; interfaces keep their numbers. */
static void
taken(void **state)
{
	struct owner_news	 n = news(3, 0);
	struct owners		*from = owners_new();

	(void)state;
	if (known == NULL)
		skip();
	assert_true(owners_set_interface(from, 5, "eth5"));
	assert_int_equal(owner_known_adopt(known, from), 0);
	assert_true(owner_known_learn(known, &n));
	assert_non_null(owner_of(&n, true));
	assert_int_equal(owners_count(owner_known_used(known)), 1);
	owner_known_reset(known);
	assert_int_equal(owners_count(owner_known_used(known)), 0);
	assert_int_equal(owners_interface(owner_known_used(known), "eth5"),
	    5);
	assert_string_equal(owner_of(&n, true)->program, "p3");
	owners_free(from);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test_setup_teardown(told, begin, end),
		cmocka_unit_test_setup_teardown(never_told, begin, end),
		cmocka_unit_test_setup_teardown(forgotten, begin, end),
		cmocka_unit_test_setup_teardown(taken, begin, end),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
