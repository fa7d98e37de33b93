/*
 * Parses times as people write them.  Each notation has a function that
 * accepts or refuses the whole text; the C library computes the calendar.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/age.h"
#include "base/clock.h"
#include "period.h"

#define HALF_A_DAY	((time_t)12 * 3600)
#define YEAR_LEAST	1970
#define YEAR_MOST	2500		/* uint64_t nanoseconds end in 2554 */

/* ---- the calendar ---- */

/* A time about noon of that local day; mday may exceed the month's length. */
static time_t
noon(int year, int month, int mday)
{
	struct tm	tm = { .tm_year = year - 1900, .tm_mon = month - 1,
			    .tm_mday = mday, .tm_hour = 12, .tm_isdst = -1 };

	return (mktime(&tm));
}

/*
 * The period of that grain that contains t; -1 if t is before 1970.  East of
 * Greenwich the first noon of 1970 is before the epoch.
 */
static int
around(enum calendar_grain g, time_t t, struct calendar_period *p)
{
	if (t < -HALF_A_DAY)
		return (-1);
	calendar_period(g, t < 0 ? 0 : (uint64_t)t * NS_PER_S, p);
	return (0);
}

static int
year_of(int year, struct calendar_period *p)
{
	struct calendar_period	next;

	if (around(CALENDAR_DAY, noon(year, 1, 1), p) == -1 ||
	    around(CALENDAR_DAY, noon(year + 1, 1, 1), &next) == -1)
		return (-1);
	p->end_ns = next.begin_ns;
	return (0);
}

static int
instant(time_t t, struct calendar_period *p)
{
	if (t < 0 || (uint64_t)t >= UINT64_MAX / NS_PER_S)
		return (-1);
	p->begin_ns = p->end_ns = (uint64_t)t * NS_PER_S;
	return (0);
}

/* ---- ISO 8601 ---- */

/* The value of exactly n digits; advances.  -1 if there are fewer. */
static int
digits(const char **s, int n)
{
	int	v = 0;

	for (; n > 0; n--, (*s)++) {
		if (**s < '0' || **s > '9')
			return (-1);
		v = v * 10 + **s - '0';
	}
	return (v);
}

static bool
take(const char **s, char c)
{
	if (**s != c)
		return (false);
	(*s)++;
	return (true);
}

/* W47 of a year; -1 if the year has no such week. */
static int
parse_week(const char *s, int year, struct calendar_period *p)
{
	struct tm	tm;
	time_t		t;
	char		found[16];
	int		week = digits(&s, 2);

	if (week < 1 || *s != '\0')
		return (-1);
	/* January 4 is always in week 1 (ISO 8601). */
	t = noon(year, 1, 4 + (week - 1) * 7);
	if (localtime_r(&t, &tm) == NULL ||
	    strftime(found, sizeof(found), "%G %V", &tm) == 0 ||
	    strtol(found, NULL, 10) != year ||
	    strtol(found + 5, NULL, 10) != week)
		return (-1);
	return (around(CALENDAR_WEEK, t, p));
}

/* Z, +01:00 or -0530, as seconds east of UTC; nothing means local time. */
static int
parse_zone(const char *s, bool *local, long *east)
{
	int	sign = *s == '-' ? -1 : 1, hours, minutes;

	*east = 0;
	*local = *s == '\0';
	if (*local || strcmp(s, "Z") == 0)
		return (0);
	if (*s != '+' && *s != '-')
		return (-1);
	s++;
	hours = digits(&s, 2);
	(void)take(&s, ':');
	minutes = digits(&s, 2);
	if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 ||
	    *s != '\0')
		return (-1);
	*east = sign * (hours * 3600L + minutes * 60L);
	return (0);
}

/* 14:00[:05][zone] on the day in *tm. */
static int
parse_clock(const char *s, struct tm *tm, struct calendar_period *p)
{
	struct tm	asked;
	time_t		t;
	bool		local;
	long		east;

	tm->tm_hour = digits(&s, 2);
	if (tm->tm_hour < 0 || tm->tm_hour > 23 || !take(&s, ':'))
		return (-1);
	tm->tm_min = digits(&s, 2);
	if (take(&s, ':'))
		tm->tm_sec = digits(&s, 2);
	if (tm->tm_min < 0 || tm->tm_min > 59 || tm->tm_sec < 0 ||
	    tm->tm_sec > 59 || parse_zone(s, &local, &east) == -1)
		return (-1);
	if (!local)
		return (instant(timegm(tm) - east, p));
	asked = *tm;
	tm->tm_isdst = -1;
	t = mktime(tm);
	/* Where clocks are set forward, some local times do not exist. */
	if (tm->tm_hour != asked.tm_hour || tm->tm_min != asked.tm_min)
		return (-1);
	return (instant(t, p));
}

static int
parse_day(const char *s, int year, int month, struct calendar_period *p)
{
	struct tm	tm = { .tm_year = year - 1900, .tm_mon = month - 1 };
	struct tm	found;
	time_t		t;

	tm.tm_mday = digits(&s, 2);
	if (tm.tm_mday < 1)
		return (-1);
	t = noon(year, month, tm.tm_mday);
	if (localtime_r(&t, &found) == NULL || found.tm_mday != tm.tm_mday)
		return (-1);
	if (*s == '\0')
		return (around(CALENDAR_DAY, t, p));
	if (*s != 'T' && *s != ' ')
		return (-1);
	return (parse_clock(s + 1, &tm, p));
}

static int
parse_iso(const char *s, time_t now, struct calendar_period *p)
{
	int	year = digits(&s, 4), month;

	(void)now;
	if (year < YEAR_LEAST || year > YEAR_MOST)
		return (-1);
	if (*s == '\0')
		return (year_of(year, p));
	if (!take(&s, '-'))
		return (-1);
	if (take(&s, 'W'))
		return (parse_week(s, year, p));
	month = digits(&s, 2);
	if (month < 1 || month > 12)
		return (-1);
	if (*s == '\0')
		return (around(CALENDAR_MONTH, noon(year, month, 15), p));
	return (take(&s, '-') ? parse_day(s, year, month, p) : -1);
}

/* ---- words ---- */

/* A time about noon, so many days before today. */
static int
days_ago(time_t now, int days, time_t *t, struct tm *tm)
{
	if (localtime_r(&now, tm) == NULL)
		return (-1);
	*t = noon(tm->tm_year + 1900, tm->tm_mon + 1, tm->tm_mday - days);
	return (localtime_r(t, tm) == NULL ? -1 : 0);
}

/* today, yesterday 22:00, 10:00. */
static int
parse_word(const char *s, time_t now, struct calendar_period *p)
{
	bool		yesterday = strncmp(s, "yesterday", 9) == 0;
	struct tm	tm;
	time_t		t;

	if (strcmp(s, "now") == 0)
		return (instant(now, p));
	if (days_ago(now, yesterday, &t, &tm) == -1)
		return (-1);
	if (yesterday || strncmp(s, "today", 5) == 0) {
		s += yesterday ? 9 : 5;
		if (*s == '\0')
			return (around(CALENDAR_DAY, t, p));
		if (!take(&s, ' '))
			return (-1);
	}
	tm.tm_sec = 0;
	return (parse_clock(s, &tm, p));
}

/* this month, last week. */
static int
parse_relative(const char *s, time_t now, struct calendar_period *p)
{
	bool			 last = strncmp(s, "last ", 5) == 0;
	enum calendar_grain	 g;
	struct tm		 tm;

	if (!last && strncmp(s, "this ", 5) != 0)
		return (-1);
	s += 5;
	if (strcmp(s, "year") == 0)
		return (localtime_r(&now, &tm) == NULL ? -1 :
		    year_of(tm.tm_year + 1900 - last, p));
	for (g = CALENDAR_MINUTE; g < CALENDAR_GRAINS; g++)
		if (strcmp(s, calendar_name(g)) == 0)
			break;
	if (g == CALENDAR_GRAINS || around(g, now, p) == -1)
		return (-1);
	return (!last ? 0 : around(g, (time_t)(p->begin_ns / NS_PER_S) - 1, p));
}

/* Units in words, and as age_before() has them. */
static const struct {
	const char	*word;		/* may be followed by s */
	const char	*unit;
} units[] = {
	{ "second", "s" }, { "minute", "min" }, { "hour", "h" },
	{ "day", "d" }, { "week", "w" }, { "month", "mo" }, { "year", "y" },
};

/* The unit of "hours ago", or NULL. */
static const char *
unit_of(const char *s)
{
	size_t	i, len;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		len = strlen(units[i].word);
		if (strncmp(s, units[i].word, len) != 0)
			continue;
		s += len;
		(void)take(&s, 's');
		return (strcmp(s, " ago") == 0 ? units[i].unit : NULL);
	}
	return (NULL);
}

/* -7d, 2 hours ago. */
static int
parse_ago(const char *s, time_t now, struct calendar_period *p)
{
	const char	*number = s + (*s == '-'), *unit;
	size_t		 n = strspn(number, "0123456789");
	char		 age[16];
	time_t		 then;

	unit = *s != '-' ? (number[n] == ' ' ? unit_of(number + n + 1) : NULL) :
	    /* A month is "mo". */
	    strcmp(number + n, "m") == 0 ? "min" : number + n;
	if (unit == NULL || n + strlen(unit) >= sizeof(age))
		return (-1);
	(void)snprintf(age, sizeof(age), "%.*s%s", (int)n, number, unit);
	if (age_before(age, now, &then) == -1)
		return (-1);
	return (instant(then, p));
}

int
period_parse(const char *text, time_t now, struct calendar_period *p)
{
	if (parse_iso(text, now, p) == 0 || parse_word(text, now, p) == 0 ||
	    parse_relative(text, now, p) == 0)
		return (0);
	return (parse_ago(text, now, p));
}
