/*
 * The periods of budgets: days, weeks and months of the local calendar, from
 * a billing day on.
 */
#include <time.h>

#include "base/calendar.h"
#include "base/clock.h"
#include "limit.h"

/* When that day begins: some days have no midnight, some have two. */
static time_t
day_begin(struct tm *tm)
{
	struct calendar_period	p;

	tm->tm_hour = 12;
	tm->tm_min = tm->tm_sec = 0;
	tm->tm_isdst = -1;
	calendar_period(CALENDAR_DAY, (uint64_t)mktime(tm) * NS_PER_S, &p);
	return ((time_t)(p.begin_ns / NS_PER_S));
}

static int
days_of_month(int year, int month)
{
	struct tm	tm = { .tm_year = year, .tm_mon = month + 1,
			    .tm_mday = 0, .tm_hour = 12, .tm_isdst = -1 };

	return (mktime(&tm) == (time_t)-1 ? 28 : tm.tm_mday);
}

/*
 * The beginning of the billing day in that month; if the month is shorter, of
 * its last day.
 */
static time_t
month_begin(const struct limit *l, int year, int month)
{
	struct tm	tm = { .tm_sec = 0 };
	int		last;

	year += month / 12 - (month < 0);
	month = (month % 12 + 12) % 12;
	last = days_of_month(year, month);
	tm.tm_year = year;
	tm.tm_mon = month;
	tm.tm_mday = (int)l->day > last ? last : (int)l->day;
	return (day_begin(&tm));
}

static time_t
days_begin(const struct tm *now, int days)
{
	struct tm	tm = *now;

	tm.tm_mday += days;
	return (day_begin(&tm));
}

static void
bounds(const struct limit *l, time_t now, time_t *begin, time_t *end)
{
	struct tm	tm;
	int		back;

	(void)localtime_r(&now, &tm);
	if (l->period == LIMIT_MONTH) {
		back = now < month_begin(l, tm.tm_year, tm.tm_mon) ? 1 : 0;
		*begin = month_begin(l, tm.tm_year, tm.tm_mon - back);
		*end = month_begin(l, tm.tm_year, tm.tm_mon - back + 1);
		return;
	}
	/* tm_wday: 0 is Sunday; day: 1 is Monday. */
	back = l->period == LIMIT_DAY ? 0 :
	    (tm.tm_wday + 7 - (int)(l->day % 7)) % 7;
	*begin = days_begin(&tm, -back);
	*end = days_begin(&tm, (l->period == LIMIT_DAY ? 1 : 7) - back);
}

void
limit_period(const struct limit *l, uint64_t now, struct history_range *r)
{
	time_t	begin, end;

	bounds(l, (time_t)now, &begin, &end);
	/* East of UTC the first period of 1970 begins before 1970 in UTC. */
	r->from = begin < 0 ? 0 : (uint32_t)((begin + 3599) / 3600);
	r->until = (uint32_t)((end + 3599) / 3600);
}
