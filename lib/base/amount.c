/*
 * Amounts and ages as people write them.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amount.h"

static const char	prefixes[] = "kMGTPE";

/* What stands behind the number: `', `B', `G', `GB', `Gi', `GiB'. */
static int
multiplier(const char *unit, double *by)
{
	const char	*at;
	double		 step = 1000;
	int		 n = 0;

	*by = 1;
	at = *unit == '\0' ? NULL : strchr(prefixes, *unit == 'K' ? 'k' :
	    *unit);
	if (at != NULL) {
		n = (int)(at - prefixes) + 1;
		unit++;
		if (*unit == 'i') {
			step = 1024;
			unit++;
		}
	}
	while (n-- > 0)
		*by *= step;
	return (strcmp(unit, "") == 0 || strcmp(unit, "B") == 0 ? 0 : -1);
}

int
amount_parse(const char *text, uint64_t *octets)
{
	char	*end;
	double	 v, by;

	if (!isdigit((unsigned char)text[0]) || text[1] == 'x' ||
	    text[1] == 'X')
		return (-1);
	v = strtod(text, &end);
	if (multiplier(end, &by) == -1 || v * by > 9.2e18)
		return (-1);
	*octets = (uint64_t)(v * by);
	/* All digits of a whole number count. */
	if (by <= 1 && strspn(text, "0123456789") == (size_t)(end - text))
		*octets = strtoull(text, NULL, 10);
	return (0);
}

char *
amount_format(uint64_t octets, char buf[AMOUNT_LEN])
{
	double	v = (double)octets;
	int	n = -1;

	while (v >= 999.95 && prefixes[n + 1] != '\0') {
		v /= 1000;
		n++;
	}
	if (n < 0)
		(void)snprintf(buf, AMOUNT_LEN, "%.0f B", v);
	else
		(void)snprintf(buf, AMOUNT_LEN, "%.1f %cB", v, prefixes[n]);
	return (buf);
}

int
age_parse(const char *text, size_t len, uint32_t *hours)
{
	static const struct {
		char		unit;
		uint32_t	hours;
	} units[] = {
		{ 'h', 1 }, { 'd', 24 }, { 'w', 7 * 24 }, { 'm', 30 * 24 },
		{ 'y', 365 * 24 }
	};
	unsigned long	 n;
	char		*end;
	size_t		 i;

	if (!isdigit((unsigned char)text[0]))
		return (-1);
	n = strtoul(text, &end, 10);
	if (end + 1 != text + len || n > 1000000)
		return (-1);
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (units[i].unit == *end && n < 5000000 / units[i].hours) {
			*hours = (uint32_t)n * units[i].hours;
			return (0);
		}
	return (-1);
}
