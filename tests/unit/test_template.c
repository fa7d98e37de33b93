/*
 * Templates: which files are valid, and that rows are printed as printf(3)
 * would.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "report/fmt.h"
#include "report/template.h"

static char	path[] = "/tmp/test_template.XXXXXX";

static void
write_file(const char *text)
{
	FILE	*f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fputs(text, f) < 0, 0);
	assert_int_equal(fclose(f), 0);
}

/* A row of 192.0.2.1:80 -> 192.0.2.2:1025, data 7, all 1234, at 12345 s. */
static const struct {
	const char	*text;		/* the file; the template is `t' */
	const char	*expected;	/* a row, or the end of the message */
} cases[] = {
	{ "t { from \"%s\" };", "192.0.2.1" },
	{ "t{from\"%s \"to\"%s\\n\"}", "192.0.2.1 192.0.2.2\n" },
	{ "# t { to \"%s\" };\n\nt { # x\n sport \"%s\" } ;", "80" },
	{ "other { to \"%s\" };\nt { dport \"%s\" };", "1025" },
	{ "t { proto \"[%6s]\" };", "[   tcp]" },
	{ "t { proto \"[%-6s]\" };", "[tcp   ]" },
	{ "t { proto \"[%-6.2s]\" };", "[tc    ]" },
	{ "t { proto \"[%.s]\" };", "[]" },
	{ "t { bytes \"[%u]\" };", "[7]" },
	{ "t { bytes \"[%3lu]\" };", "[  7]" },
	{ "t { bytes \"[%-3qd]\" };", "[7  ]" },
	{ "t { bytes \"[%03llu]\" };", "[007]" },
	{ "t { bytes \"[%-03i]\" };", "[7  ]" },
	{ "t { bytes \"[%5.3ju]\" };", "[  007]" },
	{ "t { bytes \"[%05.3ju]\" };", "[  007]" },
	{ "t { psize \"100%% of %u%%\\t\\\"\\\\\" };", "100% of 1234%\t\"\\" },
	{ "t { psize \"%2u\" };", "1234" },
	{ "t { ftime \"%s|%%s|%H:%M:%S\" };", "12345|%s|03:25:45" },
	{ "t { ltime \"%Y-%m-%d \" from \"%s\" };", "1970-01-02 192.0.2.1" },
	{ "t { ltime \"\" psize \"%u\" };", "1234" },
	{ "t { };", "" },
	/* a bad one behind it does not matter */
	{ "t { to \"%s\" }; u { nonsense", "192.0.2.2" },

	{ "", ": no template of that name: t" },
	{ "u { from \"%s\" };", ": no template of that name: t" },
	{ "t { size \"%s\" };", ":1: no such key: size" },
	{ "\n\nt { from };", ":3: a key without its format: from" },
	{ "t { from from };", ":1: a key without its format: from" },
	{ "t from", ":1: expected {" },
	{ "t { from \"%s\"", ":1: expected a key or }" },
	{ "t { \"%s\" }", ":1: expected a key or }" },
	{ "} t", ":1: expected a name: }" },
	{ "t { from \"%s", ":1: string has no end" },
	{ "t { from \"%s\n\" }", ":1: string has no end" },
	{ "t { from \"%s\\", ":1: string has no end" },
	{ "t { from \"none\" };", "kind: from" },
	{ "t { from \"%\" };", "kind: from" },
	{ "t { from \"%s%s\" };", "kind: from" },
	{ "t { from \"%n\" };", "kind: from" },
	{ "t { from \"%d\" };", "kind: from" },
	{ "t { from \"%ls\" };", "kind: from" },
	{ "t { from \"%*s\" };", "kind: from" },
	{ "t { from \"%1$s\" };", "kind: from" },
	{ "t { from \"%256s\" };", "kind: from" },
	{ "t { from \"%9999999999s\" };", "kind: from" },
	{ "t { from \"%.999s\" };", "kind: from" },
	{ "t { bytes \"%s\" };", "kind: bytes" },
	{ "t { bytes \"%f\" };", "kind: bytes" },
	{ "t { bytes \"%hhn\" };", "kind: bytes" },
	{ "t { psize \"%u %n\" };", "kind: psize" },
	{ "t { ftime \"%\" };", "kind: ftime" },
	{ "t { ftime \"%Y%\" };", "kind: ftime" },
	{ "t { ftime \"%!\" };", "kind: ftime" },
};

static void
render(const struct template *t, char *text, size_t len)
{
	static struct block_info	 info;
	struct names_opts		 opts = { true, false, false, false };
	struct fmt_view			 v = { .numeric = true };
	struct flow			 row;
	FILE				*f = tmpfile();
	struct out			*o;
	void				*state;
	ssize_t				 n;

	assert_non_null(f);
	assert_non_null(o = out_new(fileno(f)));
	assert_non_null(v.names = names_new(&opts));
	v.template = t;
	info.begin_ns = UINT64_C(12345999999999);
	info.end_ns = UINT64_C(86400000000000);
	memset(&row, 0, sizeof(row));
	row.key.family = FLOW_FAMILY_IP4;
	memcpy(row.key.src + 12, "\xc0\0\2\1", 4);
	memcpy(row.key.dst + 12, "\xc0\0\2\2", 4);
	row.key.sport = 80;
	row.key.dport = 1025;
	row.key.proto = 6;
	row.count.data = 7;
	row.count.ip = 1234;
	assert_non_null(state = fmt_template.begin(o, &v));
	fmt_template.block(state, &info);
	fmt_template.block(state, &info);
	fmt_template.row(state, &row);
	fmt_template.end(state);
	assert_int_equal(out_flush(o), 0);
	assert_true((n = pread(fileno(f), text, len - 1, 0)) >= 0);
	text[n] = '\0';
	out_free(o);
	names_free(v.names);
	(void)fclose(f);
}

static void
ends_with(const char *text, const char *end)
{
	size_t	len = strlen(text), tail = strlen(end);

	assert_true(len >= tail);
	assert_string_equal(text + len - tail, end);
}

static void
templates(void **state)
{
	static struct template	 t;
	char			 text[1024], err[256];
	size_t			 i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("case %zu\n", i);
		write_file(cases[i].text);
		if (template_load(&t, path, "t", err, sizeof(err)) == -1) {
			assert_memory_equal(err, path, strlen(path));
			ends_with(err, cases[i].expected);
			continue;
		}
		render(&t, text, sizeof(text));
		assert_string_equal(text, cases[i].expected);
	}
}

/* The longest of everything: limits hold. */
static void
limits(void **state)
{
	static struct template	 t;
	static char		 text[20000], out[20000];
	char			 err[256];
	size_t			 n;
	int			 i;

	(void)state;
	n = (size_t)sprintf(text, "t { ltime \"");
	for (i = 0; i < 127; i++)
		n += (size_t)sprintf(text + n, "%%s");
	(void)sprintf(text + n, "\" };");
	write_file(text);
	assert_int_equal(template_load(&t, path, "t", err, sizeof(err)), 0);
	render(&t, out, sizeof(out));
	assert_int_equal(strlen(out), 127 * strlen("86400"));
	memset(text, 'x', 300);
	memcpy(text, "t { from \"", 10);
	text[300] = '\0';
	write_file(text);
	assert_int_equal(template_load(&t, path, "t", err, sizeof(err)), -1);
	ends_with(err, "string too long");
	n = (size_t)sprintf(text, "t {");
	for (i = 0; i < TEMPLATE_FIELDS_MAX + 1; i++)
		n += (size_t)sprintf(text + n, " from \"%%s\"");
	(void)sprintf(text + n, " };");
	write_file(text);
	assert_int_equal(template_load(&t, path, "t", err, sizeof(err)), -1);
	ends_with(err, "too many fields");
	assert_int_equal(template_load(&t, "/nowhere/x", "t", err,
	    sizeof(err)), -1);
	assert_string_equal(err, "/nowhere/x: No such file or directory");
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(templates),
		cmocka_unit_test(limits),
	};
	int			fd = mkstemp(path), rc;

	if (fd == -1)
		return (1);
	(void)close(fd);
	setenv("TZ", "UTC0", 1);
	tzset();
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	(void)unlink(path);
	return (rc);
}
