/*
 * The clocks of the system as nanoseconds.  Owns no state.
 */
#include <sys/stat.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "traffic.h"

/* A smaller change of the wall clock is not noticed. */
#define NOTICE_NS	((int64_t)NS_PER_S / 20)

/* The two clocks are read together: within this time, if possible. */
#define TOGETHER_NS	NS_PER_MS
#define READINGS	10

#define UUID_DIGITS	32

/* 2020-01-01, years before version 5 of trafd. */
#define SET_SINCE	(UINT64_C(1577836800) * NS_PER_S)

static uint64_t
now(clockid_t clock)
{
	struct timespec	ts;

	(void)clock_gettime(clock, &ts);
	return ((uint64_t)ts.tv_sec * NS_PER_S + (uint64_t)ts.tv_nsec);
}

uint64_t
now_wall(void)
{
	return (now(CLOCK_REALTIME));
}

uint64_t
now_mono(void)
{
	return (now(CLOCK_MONOTONIC));
}

uint64_t
now_boot(void)
{
#ifdef CLOCK_BOOTTIME
	return (now(CLOCK_BOOTTIME));
#else
	return (now_mono());
#endif
}

/*
 * A busy machine may stop this thread between the readings, for seconds: of
 * several attempts the one that took least is used.
 */
static int64_t
offset_now(void)
{
	uint64_t	before, wall, took, least = UINT64_MAX;
	int64_t		offset = 0;
	int		i;

	for (i = 0; i < READINGS && least > TOGETHER_NS; i++) {
		before = now_boot();
		wall = now_wall();
		took = now_boot() - before;
		if (took >= least)
			continue;
		least = took;
		offset = (int64_t)(wall - before - took / 2);
	}
	return (offset);
}

void
clock_watch_start(struct clock_watch *w)
{
	w->offset_ns = offset_now();
}

int64_t
clock_watch_look(struct clock_watch *w)
{
	int64_t	shift = offset_now() - w->offset_ns;

	if (shift > -NOTICE_NS && shift < NOTICE_NS)
		return (0);
	w->offset_ns += shift;
	return (shift);
}

uint64_t
clock_shifted(uint64_t when_ns, int64_t shift_ns)
{
	if (shift_ns < 0 && when_ns < -(uint64_t)shift_ns)
		return (0);
	return (when_ns + (uint64_t)shift_ns);
}

bool
clock_is_set(uint64_t wall_ns)
{
	return (wall_ns >= SET_SINCE);
}

/* Copy the digits of a boot's UUID; systemd writes it without dashes. */
static void
copy_digits(char to[UUID_DIGITS + 1], const char *from)
{
	size_t	n = 0;

	for (; n < UUID_DIGITS && *from != '\0' && *from != '\n'; from++)
		if (*from != '-')
			to[n++] = *from;
	to[n] = '\0';
}

/* In a service of systemd the file may be hidden; the unit has it, too. */
static void
read_boot_id(char id[UUID_DIGITS + 1])
{
	const char	*given = getenv(TRAFD_ENV_BOOT);
	char		 text[UUID_DIGITS * 2] = "";
	int		 fd;

	fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	if (fd != -1) {
		if (read(fd, text, sizeof(text) - 1) <= 0)
			text[0] = '\0';
		(void)close(fd);
	}
	copy_digits(id, text[0] == '\0' && given != NULL ? given : text);
}

void
clock_boot_name(char name[CLOCK_NAME_LEN])
{
	struct stat	st;
	char		id[UUID_DIGITS + 1];

	/* A time namespace has a clock of its own. */
	if (stat("/proc/self/ns/time", &st) == -1)
		st.st_ino = 0;
	read_boot_id(id);
	name[0] = '\0';
	if (id[0] != '\0' && id[strcspn(id, " /")] == '\0')
		(void)snprintf(name, CLOCK_NAME_LEN, "%s/%" PRIu64, id,
		    (uint64_t)st.st_ino);
}

uint64_t
thread_cpu_ns(void)
{
	return (now(CLOCK_THREAD_CPUTIME_ID));
}

int64_t
now_mono_ms(void)
{
	return ((int64_t)(now_mono() / NS_PER_MS));
}

int
ms_until(uint64_t when, uint64_t now)
{
	uint64_t	ms;

	if (when == UINT64_MAX)
		return (-1);
	if (when <= now)
		return (0);
	ms = (when - now + NS_PER_MS - 1) / NS_PER_MS;
	return (ms < INT_MAX ? (int)ms : INT_MAX);
}

struct timespec
mono_timespec(uint64_t ns)
{
	struct timespec	ts = {
		.tv_sec = (time_t)(ns / NS_PER_S),
		.tv_nsec = (long)(ns % NS_PER_S)
	};

	return (ts);
}
