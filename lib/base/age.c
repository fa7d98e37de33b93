/*
 * Spans of time: the table of their units.  Units of retention times convert
 * to hours; units of times before now go by seconds or by the calendar.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "age.h"

#define DIGITS_MOST	7
#define N_MOST		1000000
#define HOURS_MOST	5000000

/* NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): a table */
static const struct unit {
	const char	*name;
	uint32_t	 hours;		/* 0: shorter than an hour */
	time_t		 seconds;	/* 0: use the calendar */
	size_t		 offset;	/* of the int in struct tm to change */
	int		 factor;	/* of that int; 0: no calendar unit */
} units[] = {
	{ "s", 0, 1, 0, 0 },
	{ "min", 0, 60, 0, 0 },
	{ "h", 1, 3600, 0, 0 },
	{ "d", 24, 0, offsetof(struct tm, tm_mday), 1 },
	{ "w", 7 * 24, 0, offsetof(struct tm, tm_mday), 7 },
	{ "m", 30 * 24, 0, 0, 0 },
	{ "mo", 30 * 24, 0, offsetof(struct tm, tm_mon), 1 },
	{ "y", 365 * 24, 0, offsetof(struct tm, tm_year), 1 }
};

/* Split a text of len octets into number and unit; NULL if it is neither. */
static const struct unit *
parse(const char *text, size_t len, unsigned int *n)
{
	size_t	digits = strspn(text, "0123456789"), i;

	if (digits == 0 || digits > DIGITS_MOST || digits >= len)
		return (NULL);
	if ((*n = (unsigned int)strtoul(text, NULL, 10)) > N_MOST)
		return (NULL);
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strlen(units[i].name) == len - digits &&
		    strncmp(text + digits, units[i].name, len - digits) == 0)
			return (&units[i]);
	return (NULL);
}

int
age_hours(const char *text, size_t len, uint32_t *hours)
{
	unsigned int		 n;
	const struct unit	*u = parse(text, len, &n);

	if (u == NULL || u->hours == 0 || n >= HOURS_MOST / u->hours)
		return (-1);
	*hours = n * u->hours;
	return (0);
}

int
age_before(const char *text, time_t now, time_t *then)
{
	unsigned int		 n;
	const struct unit	*u = parse(text, strlen(text), &n);
	struct tm		 tm;
	int			 v;

	if (u != NULL && u->seconds != 0) {
		*then = now - u->seconds * (time_t)n;
		return (0);
	}
	if (u == NULL || u->factor == 0 || localtime_r(&now, &tm) == NULL)
		return (-1);
	memcpy(&v, (char *)&tm + u->offset, sizeof(v));
	v -= (int)n * u->factor;
	memcpy((char *)&tm + u->offset, &v, sizeof(v));
	tm.tm_isdst = -1;
	*then = mktime(&tm);
	return (*then == -1 ? -1 : 0);
}

char *
age_format(uint64_t ns, char buf[AGE_LEN])
{
	static const struct {
		const char	*unit;
		double		 seconds;
	} shown[] = { { "s", 1 }, { "min", 60 }, { "hours", 3600 },
	    { "days", 86400 } };
	double	seconds = (double)ns / 1e9;
	size_t	i = 0;

	/* From two of a unit on; 120 s are 2.0 min. */
	while (i < 3 && seconds + 0.05 >= 2 * shown[i + 1].seconds)
		i++;
	(void)snprintf(buf, AGE_LEN, "%.1f %s", seconds / shown[i].seconds,
	    shown[i].unit);
	return (buf);
}
