/*
 * The devices of an account: what counts, what has to go, and a file that
 * people may have edited.
 */
#include <sys/socket.h>
#include <sys/stat.h>
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "file/devices.h"
#include "packet/flow.h"
#include "scratch.h"

#define TODAY	20787		/* 2026-11-30 */

static char	dir[SCRATCH_LEN];
static int	dirfd_of_test;

static int
begin(void **state)
{
	(void)state;
	if (scratch_make(dir) == -1)
		return (-1);
	dirfd_of_test = open(dir, O_RDONLY | O_DIRECTORY);
	return (dirfd_of_test == -1 ? -1 : 0);
}

static int
end(void **state)
{
	(void)state;
	(void)close(dirfd_of_test);
	return (scratch_remove(dir));
}

static void
put(const char *text)
{
	int	fd = openat(dirfd_of_test, "devices.t", O_WRONLY | O_CREAT |
		    O_TRUNC, 0600);

	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(close(fd), 0);
}

/* The lines of the file that are no comments. */
static void
get(char *to, size_t len)
{
	char	text[4096];
	int	fd = openat(dirfd_of_test, "devices.t", O_RDONLY);
	ssize_t	n;
	char	*line, *rest = NULL;

	assert_int_not_equal(fd, -1);
	n = read(fd, text, sizeof(text) - 1);
	assert_true(n >= 0);
	(void)close(fd);
	text[n] = '\0';
	to[0] = '\0';
	for (line = strtok_r(text, "\n", &rest); line != NULL;
	    line = strtok_r(NULL, "\n", &rest))
		if (line[0] != '#')
			(void)snprintf(to + strlen(to), len - strlen(to),
			    "%s\n", line);
}

static struct device
device(const char *addr, uint16_t mac)
{
	struct device	d = { .mac = { 2, 0, 0, 0, (uint8_t)(mac >> 8),
			    (uint8_t)mac } };

	d.family = strchr(addr, ':') == NULL ? FLOW_FAMILY_IP4 :
	    FLOW_FAMILY_IP6;
	if (d.family == FLOW_FAMILY_IP4) {
		d.addr[10] = d.addr[11] = 0xff;
		assert_int_equal(inet_pton(AF_INET, addr, d.addr + 12), 1);
	} else
		assert_int_equal(inet_pton(AF_INET6, addr, d.addr), 1);
	return (d);
}

static bool
note(struct devices *d, const char *addr, uint16_t mac, uint32_t day)
{
	struct device	one = device(addr, mac);

	return (devices_note(d, &one, day));
}

static void
the_newest_counts_and_only_changes_are_told(void **state)
{
	struct devices	*d = devices_new();
	char		 got[512];

	(void)state;
	assert_non_null(d);
	assert_true(note(d, "fd00::2", 7, TODAY));
	assert_true(note(d, "192.168.1.10", 7, TODAY));
	assert_true(note(d, "192.168.1.9", 8, TODAY));
	assert_false(note(d, "192.168.1.9", 8, TODAY));
	assert_true(note(d, "192.168.1.9", 8, TODAY + 1));
	assert_true(note(d, "fd00::2", 9, TODAY + 2));
	assert_int_equal(devices_write(d, dirfd_of_test, "devices.t"), 0);
	get(got, sizeof(got));
	assert_string_equal(got,
	    "192.168.1.9 02:00:00:00:00:08 2026-11-30 2026-12-01\n"
	    "192.168.1.10 02:00:00:00:00:07 2026-11-30 2026-11-30\n"
	    "fd00::2 02:00:00:00:00:09 2026-12-02 2026-12-02\n");
	devices_free(d);
}

static void
what_is_written_is_read(void **state)
{
	struct devices	*d = devices_new(), *e = devices_new();
	char		 one[512], two[512];
	uint64_t	 line;

	(void)state;
	assert_int_equal(devices_read(d, dirfd_of_test, "none", &line), 0);
	put("\n# mine\n  10.0.0.1\t02-00-00-00-00-AB  \r\n"
	    "fd00::1 02:00:00:00:00:01 - 2026-02-28\n"
	    "10.0.0.1 02:00:00:00:00:0c 2024-02-29");
	assert_int_equal(devices_read(d, dirfd_of_test, "devices.t", &line),
	    1);
	assert_int_equal(devices_write(d, dirfd_of_test, "devices.t"), 0);
	get(one, sizeof(one));
	assert_string_equal(one,
	    "10.0.0.1 02:00:00:00:00:0c 2024-02-29 -\n"
	    "fd00::1 02:00:00:00:00:01 - 2026-02-28\n");
	assert_int_equal(devices_read(e, dirfd_of_test, "devices.t", &line),
	    1);
	assert_int_equal(devices_write(e, dirfd_of_test, "devices.t"), 0);
	get(two, sizeof(two));
	assert_string_equal(one, two);
	devices_free(d);
	devices_free(e);
}

static const char *const	bad[] = {
	"10.0.0.1", "10.0.0 02:00:00:00:00:01", "10.0.0.256 02:00:00:00:00:01",
	"fd00::1/64 02:00:00:00:00:01", "10.0.0.1 02:00:00:00:00",
	"10.0.0.1 02:00:00:00:00:01:02", "10.0.0.1 02:00:00:00:00:0g",
	"10.0.0.1 2:0:0:0:0:1", "10.0.0.1 00:00:00:00:00:00",
	"10.0.0.1 ff:ff:ff:ff:ff:ff", "10.0.0.1 01:00:5e:00:00:01",
	"10.0.0.1 02:00:00:00:00:01 2026-02-30",
	"10.0.0.1 02:00:00:00:00:01 1969-12-31",
	"10.0.0.1 02:00:00:00:00:01 2026-1-01",
	"10.0.0.1 02:00:00:00:00:01 2026/01/01",
	"10.0.0.1 02:00:00:00:00:01 20260101xx",
	"10.0.0.1 02:00:00:00:00:01 - - -", "\001\002", "- - - -"
};

static void
lines_that_are_wrong_are_told_and_others_used(void **state)
{
	char		 text[256];
	struct devices	*d;
	uint64_t	 line;
	size_t		 i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		d = devices_new();
		(void)snprintf(text, sizeof(text), "#\n%s\n"
		    "10.9.9.9 02:00:00:00:00:01\n%s\n", bad[i], bad[i]);
		put(text);
		errno = 0;
		assert_int_equal(devices_read(d, dirfd_of_test, "devices.t",
		    &line), -1);
		assert_int_equal(errno, EBADMSG);
		assert_int_equal(line, 2);
		assert_int_equal(devices_count(d), 1);
		devices_free(d);
	}
}

static void
no_link_nor_giant_is_read(void **state)
{
	struct devices	*d = devices_new();
	struct stat	 st;
	uint64_t	 line;
	int		 fd;

	(void)state;
	put("10.0.0.1 02:00:00:00:00:01\n");
	assert_int_equal(symlinkat("devices.t", dirfd_of_test, "link"), 0);
	assert_int_equal(devices_read(d, dirfd_of_test, "link", &line), -1);
	assert_int_equal(devices_count(d), 0);
	/* A link is replaced; where it leads nothing changes. */
	assert_int_equal(devices_write(d, dirfd_of_test, "link"), 0);
	assert_int_equal(fstatat(dirfd_of_test, "link", &st,
	    AT_SYMLINK_NOFOLLOW), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(devices_read(d, dirfd_of_test, "devices.t", &line),
	    1);
	assert_int_equal(devices_count(d), 1);
	assert_int_equal(mkdirat(dirfd_of_test, "folder", 0700), 0);
	assert_int_equal(devices_read(d, dirfd_of_test, "folder", &line), -1);
	assert_int_equal(devices_write(d, dirfd_of_test, "folder"), -1);
	assert_int_equal(faccessat(dirfd_of_test, ".folder.new", F_OK, 0),
	    -1);
	fd = openat(dirfd_of_test, "devices.t", O_WRONLY);
	assert_int_equal(ftruncate(fd, DEVICES_SIZE + 1), 0);
	assert_int_equal(close(fd), 0);
	assert_int_equal(devices_read(d, dirfd_of_test, "devices.t", &line),
	    -1);
	assert_int_equal(errno, EFBIG);
	devices_free(d);
}

static void
the_longest_unseen_goes_first(void **state)
{
	struct devices	*d = devices_new();
	char		 addr[32];
	int		 i;

	(void)state;
	for (i = 0; i < DEVICES_MAX; i++) {
		(void)snprintf(addr, sizeof(addr), "10.0.%d.%d", i / 256,
		    i % 256);
		assert_true(note(d, addr, (uint16_t)i,
		    i == 77 ? TODAY - 9 : TODAY));
	}
	/* 10.0.0.77 */
	assert_true(note(d, "10.9.0.1", 7, TODAY));
	assert_int_equal(devices_count(d), DEVICES_MAX);
	assert_int_equal(devices_at(d, 76)->addr[15], 76);
	assert_int_equal(devices_at(d, 77)->addr[15], 78);
	/* None of today has to go for another of today. */
	assert_false(note(d, "10.9.0.2", 7, TODAY));
	assert_false(note(d, "10.0.0.77", 7, TODAY));
	assert_int_equal(devices_count(d), DEVICES_MAX);
	assert_true(note(d, "10.9.0.2", 7, TODAY + 1));
	assert_int_equal(devices_count(d), DEVICES_MAX);
	devices_free(d);
}

static void
what_people_added_stays_in_a_full_list(void **state)
{
	struct devices	*d = devices_new();
	char		 text[DEVICES_MAX * 64], addr[32];
	size_t		 i, n = 0;
	uint64_t	 line;

	(void)state;
	assert_non_null(d);
	for (i = 0; i < DEVICES_MAX; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
		    "10.0.%zu.%zu 52:54:00:00:00:07 2026-01-01 2026-01-02\n",
		    i / 256, i % 256);
	/* Behind all others, and before all others. */
	(void)snprintf(text + n, sizeof(text) - n,
	    "10.200.0.1 52:54:00:00:00:08\n9.0.0.1 52:54:00:00:00:09\n");
	put(text);
	assert_int_equal(devices_read(d, dirfd_of_test, "devices.t",
	    &line), 1);
	for (i = 0; i < DEVICES_MAX; i++) {
		(void)snprintf(addr, sizeof(addr), "10.1.%zu.%zu", i / 256,
		    i % 256);
		/* The two that were added leave room for two less. */
		assert_int_equal(note(d, addr, (uint16_t)i, TODAY),
		    i < DEVICES_MAX - 2);
	}
	assert_int_equal(devices_count(d), DEVICES_MAX);
	assert_int_equal(devices_at(d, 0)->mac[5], 9);
	assert_int_equal(devices_at(d, DEVICES_MAX - 1)->mac[5], 8);
	devices_free(d);
}

/* Which entries are shared: their numbers, `0 3 '. */
static const char *
shared(const struct devices *d)
{
	static char	text[256];
	bool		*is = devices_shared(d);
	size_t		 i;

	assert_non_null(is);
	text[0] = '\0';
	for (i = 0; i < devices_count(d); i++)
		if (is[i])
			(void)snprintf(text + strlen(text),
			    sizeof(text) - strlen(text), "%zu ", i);
	free(is);
	return (text);
}

static void
many_addresses_at_once_are_no_device(void **state)
{
	struct devices	*d = devices_new();
	char		 addr[32];
	uint16_t	 i;

	(void)state;
	for (i = 0; i < 100; i++) {
		(void)snprintf(addr, sizeof(addr), "10.0.0.%u", i);
		/* One more than a device has, and no more are needed. */
		assert_int_equal(note(d, addr, 7, TODAY), i <= MAC_MOST_IP4);
		/* One after the other: a device with a new lease each day. */
		(void)snprintf(addr, sizeof(addr), "10.0.1.%u", i);
		assert_true(note(d, addr, 8, TODAY + i));
	}
	assert_true(note(d, "fd00::7", 7, TODAY));
	assert_true(note(d, "fd00::8", 8, TODAY));
	assert_string_equal(shared(d), "0 1 2 3 4 105 ");
	/* It takes no address from a device. */
	assert_true(note(d, "10.0.2.1", 9, TODAY));
	assert_false(note(d, "10.0.2.1", 7, TODAY));
	devices_free(d);
}

static void
what_people_say_is_a_device_whatever_it_has(void **state)
{
	struct devices	*d = devices_new();
	char		 got[512];
	uint64_t	 line;

	(void)state;
	put("10.0.0.1 02:00:00:00:00:01 2026-11-01 2026-11-30\n"
	    "10.0.0.2 02:00:00:00:00:01 2026-11-02 2026-11-05\n"
	    "10.0.0.3 02:00:00:00:00:01 2026-11-03 2026-11-30\n"
	    "10.0.0.4 02:00:00:00:00:01 2026-11-04 2026-11-30\n"
	    "10.0.0.5 02:00:00:00:00:01 2026-11-06 2026-11-30\n"
	    "10.0.0.6 02:00:00:00:00:01\n"
	    "10.0.0.7 02:00:00:00:00:01 - 2026-11-30\n");
	assert_int_equal(devices_read(d, dirfd_of_test, "devices.t", &line),
	    1);
	assert_string_equal(shared(d), "");
	put("10.0.0.2 02:00:00:00:00:01 2026-11-02 2026-11-06\n");
	assert_int_equal(devices_read(d, dirfd_of_test, "devices.t", &line),
	    1);
	assert_string_equal(shared(d), "0 1 2 3 4 ");
	/* That they were seen does not change who said so. */
	assert_true(note(d, "10.0.0.6", 1, TODAY + 1));
	assert_string_equal(shared(d), "0 1 2 3 4 ");
	assert_int_equal(devices_write(d, dirfd_of_test, "devices.t"), 0);
	get(got, sizeof(got));
	assert_non_null(strstr(got,
	    "10.0.0.6 02:00:00:00:00:01 - 2026-12-01\n"));
	devices_free(d);
}

static bool
note_capture(struct devices *d, const char *addr, uint16_t mac, uint32_t day)
{
	struct device	one = device(addr, mac);

	return (devices_note_capture(d, &one, day));
}

static void
an_old_capture_does_not_change_what_is_newer(void **state)
{
	struct devices	*d = devices_new();
	char		 got[512];

	(void)state;
	assert_true(note(d, "10.0.0.1", 1, TODAY));
	assert_true(note(d, "10.0.0.2", 2, TODAY));
	assert_true(note(d, "10.0.0.3", 3, TODAY));
	assert_true(note_capture(d, "10.0.0.1", 1, TODAY - 5));
	assert_false(note_capture(d, "10.0.0.1", 1, TODAY - 2));
	assert_false(note_capture(d, "10.0.0.2", 9, TODAY - 5));
	assert_true(note_capture(d, "10.0.0.3", 9, TODAY + 1));
	assert_true(note_capture(d, "10.0.0.4", 4, TODAY - 5));
	assert_int_equal(devices_write(d, dirfd_of_test, "devices.t"), 0);
	get(got, sizeof(got));
	assert_string_equal(got,
	    "10.0.0.1 02:00:00:00:00:01 2026-11-25 2026-11-30\n"
	    "10.0.0.2 02:00:00:00:00:02 2026-11-30 2026-11-30\n"
	    "10.0.0.3 02:00:00:00:00:09 2026-12-01 2026-12-01\n"
	    "10.0.0.4 02:00:00:00:00:04 2026-11-25 2026-11-25\n");
	devices_free(d);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(the_newest_counts_and_only_changes_are_told),
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(lines_that_are_wrong_are_told_and_others_used),
		cmocka_unit_test(no_link_nor_giant_is_read),
		cmocka_unit_test(the_longest_unseen_goes_first),
		cmocka_unit_test(what_people_added_stays_in_a_full_list),
		cmocka_unit_test(many_addresses_at_once_are_no_device),
		cmocka_unit_test(what_people_say_is_a_device_whatever_it_has),
		cmocka_unit_test(an_old_capture_does_not_change_what_is_newer),
	};

	return (cmocka_run_group_tests(tests, begin, end));
}
