/*
 * Entries of the journal, octet by octet.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/journal.h"

static const struct journal_entry sample = {
	.ident = "trafd", .iface = "em0", .text = "em0: up\nPRIORITY=0",
	.level = LOG_WARNING, .facility = LOG_DAEMON,
};

/* The field of a name: its value, NUL-terminated, and where it ends. */
static const uint8_t *
field(const uint8_t *p, const char *name, char *value)
{
	size_t	len;

	assert_memory_equal(p, name, strlen(name));
	p += strlen(name);
	assert_int_equal(*p, '\n');
	len = p[1];
	assert_memory_equal(p + 2, "\0\0\0\0\0\0\0", 7);
	memcpy(value, p + 9, len);
	value[len] = '\0';
	assert_int_equal(p[9 + len], '\n');
	return (p + 10 + len);
}

/* A newline of a message begins no field. */
static void
fields_in_order(void **state)
{
	uint8_t		octets[512];
	const uint8_t	*p = octets;
	char		value[256], pid[16];
	size_t		len;

	(void)state;
	len = journal_compose(octets, sizeof(octets), &sample);
	p = field(p, "MESSAGE", value);
	assert_string_equal(value, "em0: up\nPRIORITY=0");
	p = field(p, "PRIORITY", value);
	assert_string_equal(value, "4");
	p = field(p, "SYSLOG_FACILITY", value);
	assert_string_equal(value, "3");
	p = field(p, "SYSLOG_IDENTIFIER", value);
	assert_string_equal(value, "trafd");
	p = field(p, "SYSLOG_PID", value);
	(void)snprintf(pid, sizeof(pid), "%d", (int)getpid());
	assert_string_equal(value, pid);
	p = field(p, "TRAFD_INTERFACE", value);
	assert_string_equal(value, "em0");
	assert_ptr_equal(p, octets + len);
}

/* All of an entry or nothing, whatever room there is. */
static void
no_room(void **state)
{
	uint8_t	octets[512];
	size_t	len = journal_compose(octets, sizeof(octets), &sample), room;

	(void)state;
	for (room = 0; room < len; room++)
		assert_int_equal(journal_compose(octets, room, &sample), 0);
	assert_int_equal(journal_compose(octets, len, &sample), len);
}

static void
no_interface(void **state)
{
	struct journal_entry	e = sample;
	uint8_t			octets[512];
	size_t			len;

	(void)state;
	e.iface = NULL;
	len = journal_compose(octets, sizeof(octets), &e);
	assert_null(memmem(octets, len, "TRAFD", 5));
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(fields_in_order),
		cmocka_unit_test(no_room),
		cmocka_unit_test(no_interface),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
