/*
 * The counters of hosts and services in trafstatd's metrics: whichever members
 * join or leave, and across saves, no counter decreases and their sum is the
 * total.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tools/trafstatd/members.h"

#define TOP	2
#define HOSTS	40

/* A daemon: what its account holds, and what it has seen in all. */
struct daemon {
	struct flow	hosts[HOSTS];
	uint64_t	total;
	uint64_t	begin;
	uint64_t	now;
};

static void
daemon_init(struct daemon *d)
{
	int	i;

	memset(d, 0, sizeof(*d));
	d->begin = 1;
	d->now = 1000;
	for (i = 0; i < HOSTS; i++) {
		d->hosts[i].key.family = FLOW_FAMILY_IP4;
		d->hosts[i].key.src[15] = (uint8_t)i;
	}
}

/* Host a sends n bytes to host b. */
static void
talk(struct daemon *d, int a, int b, uint64_t n)
{
	d->hosts[a].count.ip += n;
	d->hosts[a].count.data += n;
	d->hosts[b].count.ip += n;
	d->total += n;
}

static void
save(struct daemon *d)
{
	int	i;

	for (i = 0; i < HOSTS; i++)
		memset(&d->hosts[i].count, 0, sizeof(d->hosts[i].count));
	d->begin++;
}

static int
greater(const void *a, const void *b)
{
	const struct flow	*x = a, *y = b;

	return (x->count.ip < y->count.ip ? 1 : x->count.ip > y->count.ip ?
	    -1 : flow_key_cmp(&x->key, &y->key));
}

static int
by_key(const void *a, const void *b)
{
	return (flow_key_cmp(&((const struct flow *)a)->key,
	    &((const struct flow *)b)->key));
}

/* What the daemon answers: the largest, in the order of their keys. */
static void
look(struct daemon *d, struct members *s)
{
	struct flow		rows[HOSTS];
	struct members_answer	a = { .rows = rows, .started_ns = 7 };

	memcpy(rows, d->hosts, sizeof(rows));
	qsort(rows, HOSTS, sizeof(rows[0]), greater);
	while (a.n < HOSTS && a.n < members_wanted(s) &&
	    rows[a.n].count.ip > 0)
		a.n++;
	qsort(rows, a.n, sizeof(rows[0]), by_key);
	a.complete = a.n < members_wanted(s);
	a.epoch_first = d->begin;
	a.total = d->total;
	a.now_ns = d->now * 1000000;
	a.now_ms = d->now;
	members_update(s, &a);
	d->now += 1000;
}

static const struct member *
find(const struct members *s, int host)
{
	size_t	i;

	for (i = 0; i < members_count(s); i++)
		if (members_get(s, i)->key.src[15] == host)
			return (members_get(s, i));
	return (NULL);
}

/* Of those that are there, gone ones included in the rest of the total. */
static uint64_t
sum_out(const struct members *s)
{
	uint64_t	sum = members_other(s)->out;
	size_t		i;

	for (i = 0; i < members_count(s); i++)
		sum += members_get(s, i)->out;
	return (sum);
}

static void
counts_from_when_it_came(void **state)
{
	struct members	*s = members_new(TOP, true);
	struct daemon	 d;

	(void)state;
	daemon_init(&d);
	talk(&d, 1, 2, 1000);
	look(&d, s);
	assert_int_equal(members_count(s), 2);
	assert_int_equal(find(s, 1)->out, 0);
	assert_int_equal(find(s, 1)->created_ns, 1000000000);
	assert_int_equal(members_other(s)->out, 1000);
	talk(&d, 1, 2, 500);
	look(&d, s);
	assert_int_equal(find(s, 1)->out, 500);
	assert_int_equal(find(s, 1)->in, 0);
	assert_int_equal(find(s, 2)->in, 500);
	assert_int_equal(find(s, 1)->account_out, 1500);
	assert_true(find(s, 1)->rate_out > 499 && find(s, 1)->rate_out < 501);
	assert_int_equal(members_other(s)->out, 1000);
	members_free(s);
}

static void
save_is_no_step(void **state)
{
	struct members	*s = members_new(TOP, true);
	struct daemon	 d;

	(void)state;
	daemon_init(&d);
	talk(&d, 1, 2, 1000);
	look(&d, s);
	talk(&d, 1, 2, 100);	/* nobody looked before the save */
	save(&d);
	talk(&d, 1, 2, 10);
	look(&d, s);
	assert_int_equal(find(s, 1)->out, 10);
	assert_int_equal(members_other(s)->out, 1100);
	/* A member without traffic since the save stays, as it is. */
	save(&d);
	look(&d, s);
	assert_int_equal(find(s, 1)->out, 10);
	assert_int_equal(find(s, 1)->account_out, 0);
	members_free(s);
}

/* What a save that failed puts back is not counted twice. */
static void
failed_save(void **state)
{
	struct members	*s = members_new(TOP, true);
	struct daemon	 d, before;

	(void)state;
	daemon_init(&d);
	talk(&d, 1, 2, 1000);
	look(&d, s);
	before = d;
	save(&d);
	talk(&d, 1, 2, 10);
	look(&d, s);
	before.now = d.now;
	d = before;
	talk(&d, 1, 2, 10);	/* those of before */
	look(&d, s);
	assert_int_equal(find(s, 1)->out, 10);
	assert_int_equal(sum_out(s), d.total);
	talk(&d, 1, 2, 5);
	look(&d, s);
	assert_int_equal(find(s, 1)->out, 15);
	assert_int_equal(sum_out(s), d.total);
	members_free(s);
}

static void
new_daemon(void **state)
{
	struct members		*s = members_new(TOP, true);
	struct members_answer	 a = { .started_ns = 8, .complete = true,
	    .total = 5, .now_ms = 99999 };
	struct daemon		 d;

	(void)state;
	daemon_init(&d);
	talk(&d, 1, 2, 1000);
	look(&d, s);
	members_update(s, &a);
	assert_int_equal(members_count(s), 0);
	assert_int_equal(members_other(s)->out, 5);
	members_free(s);
}

/* Who is absent keeps what it has, and does not get what it missed. */
static void
absence(void **state)
{
	struct members	*s = members_new(TOP, true);
	struct daemon	 d;
	int		 i;

	(void)state;
	daemon_init(&d);
	talk(&d, 1, 2, 100);
	look(&d, s);
	talk(&d, 1, 2, 100);
	look(&d, s);
	for (i = 10; i < 20; i++)
		talk(&d, i, i + 10, 10000);
	look(&d, s);
	assert_int_equal(find(s, 1)->out, 100);
	assert_int_not_equal(find(s, 1)->absent_ms, 0);
	talk(&d, 1, 2, 20000);
	look(&d, s);
	assert_int_equal(find(s, 1)->absent_ms, 0);
	assert_int_equal(find(s, 1)->out, 100);
	talk(&d, 1, 2, 7);
	look(&d, s);
	assert_int_equal(find(s, 1)->out, 107);
	assert_int_equal(sum_out(s), d.total);
	/* For ever so long: it goes. */
	for (i = 10; i < 20; i++)
		talk(&d, i, i + 10, 1000000);
	look(&d, s);
	d.now += 400000;
	look(&d, s);
	assert_null(find(s, 1));
	assert_int_equal(sum_out(s) + 107, d.total);
	members_free(s);
}

/* Chance: every counter at every step. */
static void
only_up(void **state)
{
	struct members	*s = members_new(TOP, true);
	uint64_t	 last[HOSTS] = { 0 }, created[HOSTS] = { 0 };
	uint64_t	 other = 0;
	struct daemon	 d;
	int		 step, i, n;

	(void)state;
	daemon_init(&d);
	srand(1);
	for (step = 0; step < 5000; step++) {
		for (n = rand() % 8; n > 0; n--)
			talk(&d, rand() % HOSTS, rand() % HOSTS,
			    (uint64_t)(rand() % 1000) << (step / 100 % 8));
		if (rand() % 50 == 0)
			save(&d);
		d.now += (uint64_t)(rand() % 10000);
		look(&d, s);
		assert_true(members_count(s) <= 4 * TOP);
		for (i = 0; i < HOSTS; i++) {
			const struct member	*m = find(s, i);

			if (m == NULL)
				continue;
			if (m->created_ns == created[i])
				assert_true(m->out >= last[i]);
			created[i] = m->created_ns;
			last[i] = m->out;
		}
		assert_true(members_other(s)->out >= other);
		other = members_other(s)->out;
		assert_true(sum_out(s) <= d.total);
	}
	members_free(s);
}

static void
once(void **state)
{
	struct members	*s = members_new(TOP, false);
	struct daemon	 d;

	(void)state;
	daemon_init(&d);
	talk(&d, 1, 1, 0);
	d.hosts[1].count.ip = 100;
	d.hosts[1].count.data = 40;
	d.total = 150;
	look(&d, s);
	d.hosts[1].count.ip = 200;
	d.hosts[1].count.data = 80;
	d.total = 260;
	look(&d, s);
	assert_int_equal(find(s, 1)->out, 40);
	assert_int_equal(find(s, 1)->in, 60);
	assert_int_equal(members_other(s)->out, 160);
	assert_int_equal(members_other(s)->in, 0);
	members_free(s);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(counts_from_when_it_came),
		cmocka_unit_test(save_is_no_step),
		cmocka_unit_test(failed_save),
		cmocka_unit_test(new_daemon),
		cmocka_unit_test(absence),
		cmocka_unit_test(only_up),
		cmocka_unit_test(once),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
