/*
 * Boundaries of the local clock, and names of finished files.
 */
#include "config.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rotate.h"

#define DAY	86400
#define HOUR	3600
#define YEAR	(UINT64_C(366) * DAY)

static const struct {
	const char	*unit;
	uint32_t	 seconds;
} units[] = {
	{ "s", 1 }, { "m", 60 }, { "min", 60 }, { "h", HOUR }, { "d", DAY },
};

int
rotate_parse_span(const char *text, uint32_t *seconds)
{
	uint64_t	n = 0;
	size_t		i;

	for (; *text >= '0' && *text <= '9' && n <= YEAR; text++)
		n = 10 * n + (uint64_t)(*text - '0');
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(text, units[i].unit) == 0)
			break;
	if (i == sizeof(units) / sizeof(units[0]) || n == 0 ||
	    n * units[i].seconds > YEAR)
		return (-1);
	*seconds = (uint32_t)(n * units[i].seconds);
	return (0);
}

/* ---- boundaries ---- */

/* Midnight so many days after that of t. */
static time_t
midnight(const struct tm *t, int days)
{
	struct tm	m = { .tm_year = t->tm_year, .tm_mon = t->tm_mon,
			    .tm_mday = t->tm_mday + days, .tm_isdst = -1 };

	return (mktime(&m));
}

/* The clock shows so many seconds since midnight of the day of t. */
static time_t
at_clock(const struct tm *t, int seconds)
{
	struct tm	m = { .tm_year = t->tm_year, .tm_mon = t->tm_mon,
			    .tm_mday = t->tm_mday, .tm_hour = seconds / HOUR,
			    .tm_min = seconds % HOUR / 60,
			    .tm_sec = seconds % 60, .tm_isdst = -1 };

	return (mktime(&m));
}

/*
 * Up to an hour the time goes on as it is: when the clock is put back, an hour
 * comes twice, and so do its boundaries.
 */
time_t
rotate_next(time_t now, uint32_t seconds)
{
	struct tm	t;
	time_t		next, end;
	int		at, to;

	if (localtime_r(&now, &t) == NULL)
		return (now + (time_t)seconds);
	if (seconds > DAY)
		return (midnight(&t, (int)(seconds / DAY)));
	at = t.tm_hour * HOUR + t.tm_min * 60 + (t.tm_sec < 60 ? t.tm_sec :
	    59);
	to = (at / (int)seconds + 1) * (int)seconds;
	end = midnight(&t, 1);
	next = seconds <= HOUR ? now + (to - at) : at_clock(&t, to);
	while (next <= now && to < DAY) {	/* an hour that came twice */
		to += (int)seconds;
		next = at_clock(&t, to);
	}
	return (next <= now || next > end ? end : next);
}

/* ---- names ---- */

void
rotate_stamp(time_t begun, unsigned int n, char to[ROTATE_STAMP])
{
	struct tm	t;
	size_t		len;

	if (gmtime_r(&begun, &t) == NULL)
		memset(&t, 0, sizeof(t));
	len = strftime(to, ROTATE_STAMP, "%Y%m%dT%H%M%SZ", &t);
	if (n > 0)
		(void)snprintf(to + len, ROTATE_STAMP - len, "-%u", n);
}

/* Digits where the pattern has 0, else the same. */
static bool
is_stamp(const char *s)
{
	static const char	pattern[] = "00000000T000000Z";
	size_t			i;

	for (i = 0; i < sizeof(pattern) - 1; i++)
		if (pattern[i] == '0' ? s[i] < '0' || s[i] > '9' :
		    s[i] != pattern[i])
			return (false);
	return (true);
}

bool
rotate_is_own(const char *base, const char *name, struct rotated *r)
{
	size_t		 len = strlen(base);
	char		*end;
	unsigned long	 n = 0;

	if (strncmp(name, base, len) != 0 || name[len] != '.' ||
	    !is_stamp(name + len + 1))
		return (false);
	name += len + 1;
	memcpy(r->stamp, name, sizeof(r->stamp) - 1);
	r->stamp[sizeof(r->stamp) - 1] = '\0';
	name += sizeof(r->stamp) - 1;
	if (name[0] == '-' && name[1] >= '1' && name[1] <= '9') {
		n = strtoul(name + 1, &end, 10);
		if (n > INT_MAX)
			return (false);
		name = end;
	}
	r->number = (unsigned int)n;
	r->zst = strcmp(name, ".zst") == 0;
	return (r->zst || name[0] == '\0');
}

int
rotate_compare(const struct rotated *a, const struct rotated *b)
{
	int	rc = strcmp(a->stamp, b->stamp);

	return (rc != 0 ? rc : (a->number > b->number) -
	    (a->number < b->number));
}
