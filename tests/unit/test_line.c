/*
 * Request lines of trafstatd: the arguments that trafstat gets, and lines that
 * are refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "tools/trafstatd/line.h"

/* Arguments joined by `|', or NULL where the line is refused. */
static const struct {
	const char	*line;
	const char	*args;
} cases[] = {
	{ "\n", "" },
	{ "", "" },
	{ "-i eth0 -n\n", "-i|eth0|-n" },
	{ "-i eth0 -n\r\n", "-i|eth0|-n" },
	{ "  -i\teth0 ", "-i|eth0" },
	{ "-nNieth0.7", "-n|-N|-i|eth0.7" },
	{ "-fnNAb -i ed0\nrm -rf /\n", "-f|-n|-N|-A|-b|-i|ed0" },
	{ "-n --format=json --rows=10", "-n|--format=json|--rows=10" },
	{ "--version", "--version" },
	{ "-D --format=json", "-D|--format=json" },
	{ "-ss -p tcp -I eth0", "-s|-s|-p|tcp|-I|eth0" },
	{ "192.0.2.1", "192.0.2.1" },
	{ "-n 2001:db8::1 smtp", "-n|2001:db8::1|smtp" },
	{ "all 443 -n", "all|443|-n" },
	/* A value is never an option, an option never a value. */
	{ "-i -D", NULL },
	{ "-i", NULL },
	{ "-ni", NULL },
	{ "-i ../../etc/passwd", NULL },
	{ "-i .", NULL },
	{ "-i a/b", NULL },
	{ "-i a$b", NULL },
	{ "-i eth0;id", NULL },
	{ "-i 01234567890123456789012345678901234567890123456789"
	    "012345678901234", NULL },
	/* Not everything that trafstat knows is for strangers. */
	{ "-h 10.0.0.1", NULL },
	{ "-Z", NULL },
	{ "-D 1", NULL },
	{ "-D 1 1000000", NULL },
	{ "-p ../x", NULL },
	{ "-w file", NULL },
	{ "--run-dir=/tmp", NULL },
	{ "--top", NULL },
	{ "--ask=quit", NULL },
	{ "--rows=-1", NULL },
	{ "--rows=9999999999", NULL },
	{ "--timeout=9", NULL },
	{ "--format", NULL },
	{ "--format=sql", NULL },
	{ "--format=", NULL },
	{ "--version=1", NULL },
	{ "--forma=json", NULL },
	{ "-", NULL },
	{ "--", NULL },
	/* Names would be asked for in this host's name. */
	{ "gate.example.org", NULL },
	{ "10.1", NULL },
	{ "999.1.1.1", NULL },
	{ "192.0.2.1 443 80", NULL },
	{ "192.0.2.1 -x", NULL },
	{ "all ../80", NULL },
	{ "443", NULL },
	{ "gate", NULL },
	{ "$(id)", NULL },
	{ "`id`", NULL },
	{ "-i eth0 | id", NULL },
	{ "-i eth0 > /tmp/x", NULL },
	{ "-n\r-b", NULL },
	{ "-n \033[2J", NULL },
	{ "-n \200", NULL },
};

static const char *
join(const struct line *l, char *buf, size_t len)
{
	size_t	n = 0;
	int	i;

	buf[0] = '\0';
	for (i = 1; i < l->argc; i++)
		n += (size_t)snprintf(buf + n, len - n, "%s%s",
		    i > 1 ? "|" : "", l->argv[i]);
	return (buf);
}

static void
lines(void **state)
{
	struct line	 l;
	const char	*why;
	char		 buf[2048];
	size_t		 i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		why = line_parse(&l, cases[i].line, strlen(cases[i].line));
		if ((why == NULL) != (cases[i].args != NULL))
			fail_msg("\"%s\": %s", cases[i].line,
			    why != NULL ? why : "accepted");
		if (why != NULL)
			continue;
		assert_string_equal(join(&l, buf, sizeof(buf)),
		    cases[i].args);
		assert_string_equal(l.argv[0], "trafstat");
		assert_null(l.argv[l.argc]);
	}
}

static void
octets(void **state)
{
	struct line	l;

	(void)state;
	assert_string_equal(line_parse(&l, "-n\0-b", 5),
	    "line contains bytes that are not text");
	/* What comes after the line is nobody's. */
	assert_null(line_parse(&l, "-n\n\0\377", 5));
	assert_int_equal(l.argc, 2);
}

static void
lengths(void **state)
{
	struct line	l;
	char		buf[LINE_OCTETS + 1];

	(void)state;
	memset(buf, ' ', sizeof(buf));
	assert_non_null(line_parse(&l, buf, LINE_OCTETS));
	assert_non_null(line_parse(&l, buf, LINE_OCTETS + 1));
	buf[LINE_OCTETS - 1] = '\n';
	assert_null(line_parse(&l, buf, LINE_OCTETS));
}

static void
many_arguments(void **state)
{
	struct line	l;
	char		buf[LINE_OCTETS];

	(void)state;
	memset(buf, 'n', sizeof(buf));
	buf[0] = '-';
	assert_null(line_parse(&l, buf, LINE_ARGS));
	assert_int_equal(l.argc, LINE_ARGS);
	assert_string_equal(line_parse(&l, buf, LINE_ARGS + 1),
	    "too many arguments");
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(octets),
		cmocka_unit_test(lengths),
		cmocka_unit_test(many_arguments),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
