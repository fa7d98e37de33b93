/*
 * Variables of trafd.conf(5), read without a shell: each line that is read has
 * the value that a shell gives it, and each that is not is an error.
 */
#include <sys/stat.h>
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

#include "base/conf.h"
#include "scratch.h"

#define NAME	"trafd_statedir"
#define NOBODY	65534

static char	dir[SCRATCH_LEN], file[SCRATCH_LEN + 16];
static char	value[64], err[CONF_ERROR];

static int
setup(void **state)
{
	(void)state;
	if (scratch_make(dir) == -1)
		return (-1);
	(void)snprintf(file, sizeof(file), "%s/trafd.conf", dir);
	return (setenv("TRAFD_CONF", file, 1));
}

static int
teardown(void **state)
{
	(void)state;
	return (scratch_remove(dir));
}

static enum conf_outcome
read_text(const char *text)
{
	FILE	*f = fopen(file, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	memset(value, 'x', sizeof(value));
	err[0] = '\0';
	return (conf_read(NAME, value, sizeof(value), err));
}

/* What sh makes of the file: the same must have been read. */
static void
assert_same_as_shell(const char *text)
{
	char	 command[256], said[128] = "";
	FILE	*p;

	(void)snprintf(command, sizeof(command), ". '%s' && printf %%s "
	    "\"${" NAME "-}\"", file);
	assert_non_null(p = popen(command, "r"));
	said[fread(said, 1, sizeof(said) - 1, p)] = '\0';
	assert_int_equal(pclose(p), 0);
	if (strcmp(said, value) != 0)
		fail_msg("%s: sh: \"%s\", read: \"%s\"", text, said, value);
}

static void
plain_values_are_read_as_a_shell_reads_them(void **state)
{
	static const char *const	texts[] = {
		NAME "=/srv/trafd\n",
		NAME "=/srv/trafd",			/* no newline */
		"  \t" NAME "=/srv/trafd  \n",
		"export " NAME "=/srv/trafd\n",
		NAME "=\"/srv/my trafd\" # moved in May\n",
		NAME "='/srv/a$b'\"c d\"e\n",
		NAME "=/srv/a#b\n",
		NAME "=/first\ntrafd_ifaces=\"eth0 eth1\"\n" NAME "=/last\n",
		"my" NAME "=/no\n" NAME "=/yes\n" NAME "s=/no\n",
		NAME "=/srv/x\ntrafd_flags=\"-r -F $" NAME "/filter\"\n",
		"if [ -d / ]; then\n\tx=1\nfi\n" NAME "=/a\n",
		"f() {\n\tif x; then y; else z; fi\n}\n" NAME "=/a\n",
		"case x in\na) ;;\n(b | c) x=1 ;;\nesac\n" NAME "=/a\n",
		"for i in if case\ndo\n:; done </dev/null\n" NAME "=/a\n",
		"true &&\n# and\n\ntrue\n" NAME "=/a # don't\n",
		"x=\"-r\n" NAME "=/no\n\"\n" NAME "=/a\n",
		"x='\"if' # don't {\n: >/dev/null 2>&1\n:&\n" NAME "=/a\n",
		"x=$(echo \"$(echo y)\" | cat)\nunset x\n" NAME "=/a\n",
		"echo if { \\\n>/dev/null\n" NAME "=/a\n",
		NAME "=/srv/x\n#" NAME "=`id`\nx=1 # " NAME "=/no\n",
	};
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (read_text(texts[i]) != CONF_FOUND)
			fail_msg("%s: %s", texts[i], err);
		assert_same_as_shell(texts[i]);
	}
}

static void
what_is_not_set_is_not_found(void **state)
{
	static const char *const	texts[] = {
		"", "\n\n", "#" NAME "=/srv\n", NAME "=\n", NAME "=\"\"\n",
		NAME "=/first\n" NAME "=\n", "trafd_rundir=/run\n",
		"echo $" NAME "\n",
	};
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (read_text(texts[i]) != CONF_NONE)
			fail_msg("%s: %s: %s", texts[i], value, err);
		assert_string_equal(value, "");
	}
	assert_int_equal(unlink(file), 0);
	assert_int_equal(conf_read(NAME, value, sizeof(value), err),
	    CONF_NONE);
}

/* The last line that has the name. */
static int
last_line(const char *text)
{
	const char	*p;
	int		 line = 1, last = 0;

	for (p = text; *p != '\0'; p++) {
		line += *p == '\n';
		if (strncmp(p, NAME, sizeof(NAME) - 1) == 0)
			last = line;
	}
	return (last);
}

static void
what_needs_a_shell_is_an_error(void **state)
{
	static const char *const	texts[] = {
		"x=1\n" NAME "=$HOME/trafd\n", "x=1\n" NAME "=\"`pwd`\"\n",
		"x=1\n" NAME "=~/trafd\n", "x=1\n" NAME "=/a\\ b\n",
		"x=1\n" NAME "=\"/a\n", "x=1\n" NAME "=/a trafstart\n",
		"x=1\n" NAME "=/a; echo\n", "x=1\n: \"${" NAME ":=/a}\"\n",
		"x=1\n[ -d /a ] && " NAME "=/a\n", "x=1\n" NAME "+=/b\n",
		"x=1\ny=2 " NAME "=/a\n",
		"if false; then\n" NAME "=/a\nfi\n",
		"case x in y)\n" NAME "=/a\nesac\n",
		"while false; do\n\t" NAME "=/a\ndone\n",
		"f() {\n\t" NAME "=/a\n}\n", "(\n" NAME "=/a\n)\n",
		"cat <<E >/dev/null\n" NAME "=/a\nE\n",
		"cat <<E >/dev/null\n}\n" NAME "=/a\nE\n",
		"echo \\\n" NAME "=/a\n", "false &&\n" NAME "=/a\n",
		NAME "=/a\nunset x " NAME "\n",
		"x=1\n" NAME "=/longer/than/the/buffer/of/this/test/which/"
		    "takes/more/than/sixty/four\n",
	};
	char	where[64];
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (read_text(texts[i]) != CONF_WRONG)
			fail_msg("%s: \"%s\"", texts[i], value);
		assert_string_equal(value, "");
		(void)snprintf(where, sizeof(where), "trafd.conf line %d; ",
		    last_line(texts[i]));
		assert_non_null(strstr(err, where));
	}
}

static void
a_relative_path_is_an_error(void **state)
{
	static const char *const	texts[] = {
		NAME "=srv\n", NAME "=./srv # here\n", NAME "='../srv'\n",
		"export " NAME "=\"srv/trafd\"\n", NAME "=.\n",
	};
	char	want[256];
	size_t	i;

	(void)state;
	(void)snprintf(want, sizeof(want), "not an absolute path: " NAME
	    ": %s line 1; begin it with /", file);
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(read_text(texts[i]), CONF_WRONG);
		assert_string_equal(err, want);
		assert_string_equal(value, "");
	}
	assert_int_equal(unlink(file), 0);
}

static void
only_files_are_opened(void **state)
{
	(void)state;
	assert_int_equal(setenv("TRAFD_CONF", "/dev/null", 1), 0);
	assert_int_equal(conf_read(NAME, value, sizeof(value), err),
	    CONF_NONE);
	assert_int_equal(setenv("TRAFD_CONF", file, 1), 0);
	(void)unlink(file);
	assert_int_equal(mkfifo(file, 0600), 0);
	assert_int_equal(conf_read(NAME, value, sizeof(value), err),
	    CONF_WRONG);
	assert_non_null(strstr(err, "cannot read the configuration"));
	assert_int_equal(unlink(file), 0);
}

static void
a_file_without_permission_is_another_outcome(void **state)
{
	const bool		root = geteuid() == 0;
	enum conf_outcome	rc;

	(void)state;
	(void)read_text(NAME "=/srv\n");
	assert_int_equal(chmod(file, 0), 0);
	assert_int_equal(root ? seteuid(NOBODY) : 0, 0);
	rc = conf_read(NAME, value, sizeof(value), err);
	assert_int_equal(root ? seteuid(0) : 0, 0);
	assert_int_equal(rc, CONF_UNREADABLE);
	assert_non_null(strstr(err, "Permission denied"));
	assert_int_equal(unlink(file), 0);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(plain_values_are_read_as_a_shell_reads_them),
		cmocka_unit_test(what_is_not_set_is_not_found),
		cmocka_unit_test(what_needs_a_shell_is_an_error),
		cmocka_unit_test(a_relative_path_is_an_error),
		cmocka_unit_test(only_files_are_opened),
		cmocka_unit_test(a_file_without_permission_is_another_outcome),
	};

	return (cmocka_run_group_tests(tests, setup, teardown));
}
