/*
 * A system that gives a smaller capture buffer than --buffer asks for, as
 * FreeBSD does: logged once, and again only if it is another size.
 */
#include <sys/types.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/log.h"
#include "capture/granted.h"
#include "meter/meter.h"

static uint64_t	granted;
static int	said;

uint64_t	__wrap_granted_buffer(int);

uint64_t
__wrap_granted_buffer(int fd)
{
	assert_true(fd >= 0);
	return (granted);
}

/* What the log has from now on; the text is valid until the next call. */
static const char *
new_lines(void)
{
	static char	text[4096];
	static off_t	at;
	ssize_t		n;

	/* The descriptor shares its offset with standard error. */
	n = pread(said, text, sizeof(text) - 1, at);
	assert_true(n >= 0);
	text[n] = '\0';
	at += n;
	return (text);
}

static struct meter *
open_loopback(const struct meter_opts *o)
{
	char		 err[METER_ERRLEN] = "";
	struct meter	*m = meter_open(o, err);

	if (m == NULL)
		print_message("%s\n", err);
	return (m);
}

static void
a_smaller_buffer_is_logged_once(void **state)
{
	const struct meter_opts	 o = {
		.frames = { .ifname = "lo", .buffer_mib = 2 },
		.source = METER_PCAP,
	};
	char			 err[METER_ERRLEN];
	struct meter		*m;

	(void)state;
	granted = 512 << 10;
	if (geteuid() != 0 || (m = open_loopback(&o)) == NULL)
		return;		/* nobody may capture here */
	assert_int_equal(meter_buffer(m), 512 << 10);
	assert_string_equal(new_lines(), "trafd: capture buffer is small: lo: "
	    "512 of 2048 KiB; raise the sysctl net.bpf.maxbufsize\n");
	assert_int_equal(meter_reopen(m, err), 0);
	assert_string_equal(new_lines(), "");
	granted = 1 << 20;
	assert_int_equal(meter_reopen(m, err), 0);
	assert_non_null(strstr(new_lines(), "lo: 1024 of 2048 KiB;"));
	granted = 2 << 20;
	assert_int_equal(meter_reopen(m, err), 0);
	assert_int_equal(meter_buffer(m), 2 << 20);
	assert_string_equal(new_lines(), "");
	meter_close(m);
	/* Nothing is known of it. */
	granted = 0;
	assert_non_null(m = open_loopback(&o));
	assert_int_equal(meter_buffer(m), 0);
	assert_string_equal(new_lines(), "");
	meter_close(m);
}

/* Standard error is a file, `said', during the test only. */
static int	terminal;

static int
redirect(void **state)
{
	char	name[] = "/tmp/trafd-said.XXXXXX";

	(void)state;
	if ((said = mkstemp(name)) == -1 || unlink(name) == -1 ||
	    (terminal = dup(STDERR_FILENO)) == -1 ||
	    dup2(said, STDERR_FILENO) == -1)
		return (-1);
	return (0);
}

static int
restore(void **state)
{
	(void)state;
	(void)close(said);
	return (dup2(terminal, STDERR_FILENO) == -1 ? -1 : 0);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test_setup_teardown(a_smaller_buffer_is_logged_once,
		    redirect, restore),
	};

	log_init("trafd", LOG_TO_STDERR);
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
