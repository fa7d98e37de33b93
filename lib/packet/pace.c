/*
 * Estimates of running periods.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/calendar.h"
#include "base/clock.h"
#include "base/when.h"
#include "pace.h"

#define MINUTE_NS	(60 * NS_PER_S)
#define HOUR_NS		(60 * MINUTE_NS)
#define DAY_NS		(24 * HOUR_NS)

static uint64_t
less(uint64_t from, uint64_t what)
{
	return (from > what ? from - what : 0);
}

/*
 * A block's duration lacks the times in which no daemon was running or the
 * machine was suspended, but not those without the interface.  Older blocks do
 * not say why there was a gap: then all of it is missing from their span.
 */
uint64_t
pace_accounted(uint64_t span_ns, uint64_t duration_ns, const struct ledger *l)
{
	uint64_t	away = l->v[LEDGER_AWAY_NS], gap = l->v[LEDGER_GAP_NS];
	uint64_t	told = away + l->v[LEDGER_DOWN_NS] +
			    l->v[LEDGER_SUSPENDED_NS];
	uint64_t	accounted, most = less(span_ns, gap);

	if (duration_ns == 0)
		return (most);
	accounted = less(duration_ns, away);
	return (gap > told && accounted > most ? most : accounted);
}

static uint64_t
length_of(const struct pace *p)
{
	return (less(p->end_ns, p->begin_ns));
}

bool
pace_is_enough(const struct pace *p)
{
	return (p->accounted_ns > 0 && p->accounted_ns >=
	    length_of(p) / 100 * PACE_LEAST_PERCENT);
}

uint64_t
pace_estimate(const struct pace *p)
{
	double	all;

	if (!pace_is_enough(p))
		return (PACE_UNKNOWN);
	/* A block may be longer than its period. */
	if (p->accounted_ns >= length_of(p))
		return (p->octets);
	all = (double)p->octets * (double)length_of(p) /
	    (double)p->accounted_ns + 0.5;
	return (all >= (double)INT64_MAX ? INT64_MAX : (uint64_t)all);
}

static int
year_of(uint64_t ns)
{
	time_t		t = (time_t)(ns / NS_PER_S);
	struct tm	tm;

	return (localtime_r(&t, &tm) == NULL ? 0 : tm.tm_year + 1900);
}

char *
pace_end(const struct pace *p, uint64_t now_ns, char buf[PACE_LEN])
{
	struct calendar_period	day;
	char			text[WHEN_LEN], year[16] = "";
	uint64_t		last = p->end_ns;
	bool			whole;

	calendar_period(CALENDAR_DAY, p->end_ns, &day);
	whole = day.begin_ns == p->end_ns;
	if (whole)
		last -= NS_PER_S;
	if (year_of(last) != year_of(now_ns))
		(void)snprintf(year, sizeof(year), " %d", year_of(last));
	(void)when_local(last, text);	/* `Nov  1 12:00:00' */
	(void)snprintf(buf, PACE_LEN, "%.3s %ld%.*s%s", text,
	    strtol(text + 4, NULL, 10), whole ? 0 : 6, text + 6, year);
	return (buf);
}

char *
pace_share(const struct pace *p, char buf[PACE_LEN])
{
	uint64_t	length = length_of(p), unit = DAY_NS;
	const char	*name = "days";

	if (length <= 2 * HOUR_NS) {
		unit = MINUTE_NS;
		name = "minutes";
	} else if (length <= 2 * DAY_NS) {
		unit = HOUR_NS;
		name = "hours";
	}
	(void)snprintf(buf, PACE_LEN, "%.1f of %.1f %s accounted",
	    (double)p->accounted_ns / (double)unit, (double)length /
	    (double)unit, name);
	return (buf);
}
