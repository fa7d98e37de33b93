/*
 * Budgets in words.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/amount.h"
#include "limit.h"

const char *
limit_subject(const struct limit *l)
{
	if (limit_has_owner(&l->owner))
		return (l->owner.text);
	if (l->hosts[0] != '\0')
		return (l->hosts);
	return (l->nets[0] == '\0' || l->whole ? "all" : l->nets);
}

int
limit_percents_parse(const char *text, uint32_t percent[LIMIT_THRESHOLDS])
{
	unsigned long	 v;
	char		*end;
	size_t		 n = 0;

	memset(percent, 0, LIMIT_THRESHOLDS * sizeof(percent[0]));
	do {
		v = strtoul(text, &end, 10);
		if (*text < '0' || *text > '9' || v == 0 || v > 10000 ||
		    n == LIMIT_THRESHOLDS)
			return (-1);
		percent[n++] = (uint32_t)v;
		text = end + 1;
	} while (*end == ',');
	return (*end == '\0' ? 0 : -1);
}

char *
limit_percents(const struct limit *l, char buf[LIMIT_PERCENTS_LEN])
{
	char	one[16];
	size_t	i;

	buf[0] = '\0';
	for (i = 0; i < LIMIT_THRESHOLDS && l->percent[i] > 0; i++) {
		(void)snprintf(one, sizeof(one), "%s%u", i == 0 ? "" : ",",
		    (unsigned)l->percent[i]);
		(void)strlcat(buf, one, LIMIT_PERCENTS_LEN);
	}
	return (buf);
}

/* ` from day 15', unless the period begins as that of the calendar does. */
static void
format_day(const struct limit *l, char buf[32])
{
	buf[0] = '\0';
	if (l->period != LIMIT_DAY && l->day > 1)
		(void)snprintf(buf, 32, " from day %u", (unsigned)l->day);
}

char *
limit_text(const struct limit *l, char buf[LIMIT_TEXT_LEN])
{
	char	octets[AMOUNT_LEN], at[LIMIT_PERCENTS_LEN], day[32];
	bool	all = !limit_has_owner(&l->owner) &&
		    (l->nets[0] == '\0' || l->whole);
	bool	named = l->whole ||
		    (l->hosts[0] != '\0' && strcmp(l->hosts, l->nets) != 0);

	format_day(l, day);
	(void)snprintf(buf, LIMIT_TEXT_LEN, "%s: %s a %s%s on %s for "
	    "%s%s%s%s, %s, reported at %s%%", l->name,
	    amount_format(l->octets, octets), limit_periods[l->period], day,
	    l->iface, all ? "all traffic" : limit_subject(l),
	    !named ? "" : l->whole ? " (local " : " (",
	    named ? l->nets : "", named ? ")" : "",
	    l->direction == LIMIT_BOTH ? "in and out" :
	    limit_directions[l->direction], limit_percents(l, at));
	return (buf);
}
