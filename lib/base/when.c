/*
 * Times as users write and read them.  Local time is computed by the C
 * library.  No state.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "when.h"

/* Not strftime(3): scripts expect these names in every locale. */
static const char months[12][4] = {
	"Jan", "Feb", "Mar", "Apr", "May", "Jun",
	"Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
};

/* The two-digit fields of a time, from the right: minutes are last. */
static const struct field {
	size_t	offset;
	int	least;
	int	most;
	int	bias;		/* tm value minus written value */
} fields[] = {
	{ offsetof(struct tm, tm_min), 0, 59, 0 },
	{ offsetof(struct tm, tm_hour), 0, 23, 0 },
	{ offsetof(struct tm, tm_mday), 1, 31, 0 },
	{ offsetof(struct tm, tm_mon), 1, 12, -1 },
	{ offsetof(struct tm, tm_year), 0, 99, 0 },
};

#define NFIELDS	(sizeof(fields) / sizeof(fields[0]))

static int
two_digits(const char *s)
{
	return ((s[0] - '0') * 10 + s[1] - '0');
}

/* Set the field of tm from two digits; -1 if out of bounds. */
static int
field_set(struct tm *tm, const struct field *f, const char *digits)
{
	int	v = two_digits(digits);

	if (v < f->least || v > f->most)
		return (-1);
	if (f->offset == offsetof(struct tm, tm_year) && v < 70)
		v += 100;
	v += f->bias;
	memcpy((char *)tm + f->offset, &v, sizeof(v));
	return (0);
}

/* The value of `.ss'; 0 if the text ends here, -1 for other text. */
static int
parse_seconds(const char *s)
{
	if (*s == '\0')
		return (0);
	if (s[0] != '.' || strspn(s + 1, "0123456789") != 2 || s[3] != '\0' ||
	    two_digits(s + 1) > 59)
		return (-1);
	return (two_digits(s + 1));
}

static int
parse_time(const char *text, time_t now, struct when *w)
{
	size_t		digits = strspn(text, "0123456789"), i;
	struct tm	tm;
	time_t		t;
	int		mday;

	if (digits == 0 || digits % 2 != 0 || digits / 2 > NFIELDS ||
	    localtime_r(&now, &tm) == NULL)
		return (-1);
	for (i = 0; i < digits / 2; i++)
		if (field_set(&tm, &fields[i],
		    text + digits - 2 * (i + 1)) == -1)
			return (-1);
	if ((tm.tm_sec = parse_seconds(text + digits)) == -1)
		return (-1);
	tm.tm_isdst = -1;
	mday = tm.tm_mday;
	/* mktime(3) turns February 30 into March: reject such days. */
	if ((t = mktime(&tm)) < 0 || tm.tm_mday != mday)
		return (-1);
	w->kind = WHEN_TIME;
	w->value = (uint64_t)t;
	return (0);
}

static int
parse_number(const char *text, struct when *w)
{
	size_t	digits = strspn(text, "0123456789");

	if (digits == 0 || digits > 18 || text[digits] != '\0')
		return (-1);
	w->kind = WHEN_NUMBER;
	w->value = strtoull(text, NULL, 10);
	return (0);
}

int
when_parse(const char *text, time_t now, struct when *w)
{
	if (*text == '#')
		return (parse_number(text + 1, w));
	return (parse_time(text, now, w));
}

bool
when_in_range(const struct when_range *r, uint64_t number, uint64_t begin_ns,
    uint64_t end_ns)
{
	const struct when	*b = &r->begin, *e = &r->end;

	if (b->kind != WHEN_ANY && b->value >
	    (b->kind == WHEN_NUMBER ? number : begin_ns / NS_PER_S))
		return (false);
	if (e->kind != WHEN_ANY && e->value <
	    (e->kind == WHEN_NUMBER ? number : end_ns / NS_PER_S))
		return (false);
	return (true);
}

char *
when_local(uint64_t ns, char buf[WHEN_LEN])
{
	time_t		t = (time_t)(ns / NS_PER_S);
	struct tm	tm;

	if (localtime_r(&t, &tm) == NULL)
		memset(&tm, 0, sizeof(tm));
	memcpy(buf, months[tm.tm_mon], 3);
	if (strftime(buf + 3, WHEN_LEN - 3, " %e %H:%M:%S", &tm) == 0)
		buf[0] = '\0';
	return (buf);
}

char *
when_iso(uint64_t ns, char buf[WHEN_LEN])
{
	time_t		t = (time_t)(ns / NS_PER_S);
	struct tm	tm;

	if (gmtime_r(&t, &tm) == NULL)
		memset(&tm, 0, sizeof(tm));
	if (strftime(buf, WHEN_LEN, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		buf[0] = '\0';
	return (buf);
}
