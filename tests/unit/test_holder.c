/*
 * The lock of an account is taken with the rights of the daemon's user alone,
 * and root is as before afterwards.  tests/cli/holder.bats has the rest.
 */
#include <sys/stat.h>
#include <grp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "file/holder.h"
#include "scratch.h"

/* Any numbers: no such users and groups need to exist. */
#define USER		12345
#define GROUP		12346
#define OTHER_USER	23456
#define ROOTS_GROUP	23457

static char	dir[SCRATCH_LEN];

static void
assert_root_again(void)
{
	gid_t	groups[8];

	assert_int_equal(geteuid(), 0);
	assert_int_equal(getegid(), getgid());
	assert_int_equal(getgroups(8, groups), 1);
	assert_int_equal(groups[0], ROOTS_GROUP);
}

static void
begin(uid_t uid, mode_t mode)
{
	const gid_t	groups[] = { ROOTS_GROUP };

	if (geteuid() != 0 || setgroups(1, groups) == -1)
		skip();
	assert_int_equal(chown(dir, uid, ROOTS_GROUP), 0);
	assert_int_equal(chmod(dir, mode), 0);
}

/* What root's supplementary groups may do is not for the daemon's user. */
static void
not_by_groups_of_root(void **state)
{
	(void)state;
	begin(OTHER_USER, 0770);
	assert_null(holder_take(dir, "x", USER, GROUP, HOLDER_DAEMON));
	assert_root_again();
}

static void
taken_as_the_user(void **state)
{
	char		 path[SCRATCH_LEN + 16];
	struct holder	*h;
	struct stat	 st;

	(void)state;
	begin(USER, 0700);
	h = holder_take(dir, "x", USER, GROUP, HOLDER_DAEMON);
	assert_non_null(h);
	assert_root_again();
	(void)snprintf(path, sizeof(path), "%s/.trafd.x.lock", dir);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_uid, USER);
	assert_int_equal(st.st_gid, GROUP);
	holder_release(h);
	assert_int_equal(stat(path, &st), -1);
}

static int
set_up(void **state)
{
	(void)state;
	return (scratch_make(dir));
}

static int
tear_down(void **state)
{
	(void)state;
	return (rmdir(dir));
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(not_by_groups_of_root),
		cmocka_unit_test(taken_as_the_user),
	};

	return (cmocka_run_group_tests(tests, set_up, tear_down));
}
