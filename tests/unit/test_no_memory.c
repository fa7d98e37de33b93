/*
 * Parts of the daemon that a start needs are opened without memory: there is
 * a message, whichever allocation fails.
 */
#include <sys/types.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/log.h"
#include "file/holder.h"
#include "trafd/control_server.h"
#include "trafd/runfiles.h"
#include "scratch.h"

static char	dir[SCRATCH_LEN];
static int	fail_at;	/* which calloc(3) fails, from 1; 0: none */
static int	calls;

void	*__real_calloc(size_t, size_t);
void	*__wrap_calloc(size_t, size_t);

void *
__wrap_calloc(size_t n, size_t size)
{
	if (++calls != fail_at)
		return (__real_calloc(n, size));
	errno = ENOMEM;
	return (NULL);
}

/* ---- what is opened; false: it could not be ---- */

static bool
opens_control(void)
{
	struct control_server	*s = control_open(dir, "x", (gid_t)-1);

	control_close(s);
	return (s != NULL);
}

static bool
opens_runfiles(void)
{
	struct runfiles	*r = runfiles_open(dir, "x", (uid_t)-1, (gid_t)-1);

	if (r != NULL)
		runfiles_remove(r);
	return (r != NULL);
}

static bool
opens_holder(void)
{
	struct holder	*h = holder_take(dir, "x", (uid_t)-1, (gid_t)-1,
			    HOLDER_DAEMON);

	holder_release(h);
	return (h != NULL);
}

/* Open it with standard error in a file; returns what was written there. */
static bool
run(bool (*opens)(void), int at, char *text, size_t size)
{
	FILE	*f = tmpfile();
	int	 saved = dup(STDERR_FILENO);
	bool	 rc;
	ssize_t	 n;

	assert_non_null(f);
	assert_int_equal(dup2(fileno(f), STDERR_FILENO), STDERR_FILENO);
	fail_at = at;
	calls = 0;
	rc = opens();
	fail_at = 0;
	log_flush();
	(void)dup2(saved, STDERR_FILENO);
	(void)close(saved);
	n = pread(fileno(f), text, size - 1, 0);
	text[n > 0 ? n : 0] = '\0';
	(void)fclose(f);
	return (rc);
}

static void
a_message_each_time(void **state)
{
	static const struct {
		const char	*name;
		bool		(*opens)(void);
	} parts[] = {
		{ "control", opens_control },
		{ "runfiles", opens_runfiles },
		{ "holder", opens_holder },
	};
	char	text[512];
	size_t	i;
	int	at;

	(void)state;
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		for (at = 1; !run(parts[i].opens, at, text, sizeof(text));
		    at++)
			if (strstr(text, strerror(ENOMEM)) == NULL)
				fail_msg("%s: %d: \"%s\"", parts[i].name, at,
				    text);
		assert_true(at > 1);
		assert_string_equal(text, "");
	}
}

static int
set_up(void **state)
{
	(void)state;
	log_init("trafd", LOG_TO_STDERR);
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
		cmocka_unit_test(a_message_each_time),
	};

	return (cmocka_run_group_tests(tests, set_up, tear_down));
}
