/*
 * Amounts as people write and read them.  What is a whole number stays one:
 * the same amount reads the same everywhere.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "amount.h"

#define DIGITS		"0123456789"
#define DIGITS_MOST	19	/* all such numbers fit 64 bits */
#define PLACES_MOST	9	/* behind the point; more are left out */

/* Powers of 1000, as they are printed. */
static const char	prefixes[] = "kMGTPE";

#define NPREFIXES	(sizeof(prefixes) - 1)

/* ---- reading ---- */

/* `', `B', `G', `GB', `Gi', `GiB' in any case; -1 if it is none. */
static int
parse_unit(const char *s, uint64_t *factor)
{
	uint64_t	step = 1000;
	size_t		n;

	*factor = 1;
	for (n = 0; n < NPREFIXES; n++)
		if (toupper((unsigned char)*s) ==
		    toupper((unsigned char)prefixes[n]))
			break;
	if (n < NPREFIXES) {
		s++;
		if (*s == 'i' || *s == 'I') {
			step = 1024;
			s++;
		}
		for (n++; n > 0; n--)
			*factor *= step;
	}
	return (*s == '\0' || strcasecmp(s, "B") == 0 ? 0 : -1);
}

/* Digits behind the point as part/scale; NULL if there are none. */
static const char *
parse_fraction(const char *s, uint64_t *part, uint64_t *scale)
{
	const char	*end = s + strspn(s, DIGITS);
	int		 n;

	for (n = 0; n < PLACES_MOST && s + n < end; n++) {
		*part = *part * 10 + (uint64_t)(s[n] - '0');
		*scale *= 10;
	}
	return (n == 0 ? NULL : end);
}

int
amount_parse(const char *text, uint64_t *amount)
{
	size_t		 digits = strspn(text, DIGITS);
	const char	*s = text + digits;
	uint64_t	 whole, part = 0, scale = 1, factor;

	if (digits == 0 || digits > DIGITS_MOST)
		return (-1);
	whole = strtoull(text, NULL, 10);
	if (*s == '.' && (s = parse_fraction(s + 1, &part, &scale)) == NULL)
		return (-1);
	if (parse_unit(s, &factor) == -1 || whole > INT64_MAX / factor)
		return (-1);
	/* factor * part / scale, of which no part exceeds 64 bits. */
	whole = whole * factor + factor / scale * part +
	    factor % scale * part / scale;
	if (whole > INT64_MAX)
		return (-1);
	*amount = whole;
	return (0);
}

/* ---- printing ---- */

char *
amount_format(uint64_t bytes, char buf[AMOUNT_LEN])
{
	double	v = (double)bytes;
	size_t	n = 0;

	while (v >= 999.95 && n < NPREFIXES) {
		v /= 1000;
		n++;
	}
	if (n == 0)
		(void)snprintf(buf, AMOUNT_LEN, "%.0f B", v);
	else
		(void)snprintf(buf, AMOUNT_LEN, "%.1f %cB", v,
		    prefixes[n - 1]);
	return (buf);
}

/* v / unit with as many places as make three digits. */
static void
put_places(uint64_t v, uint64_t unit, char buf[AMOUNT_LEN])
{
	uint64_t	whole = v / unit, rest = v % unit;
	unsigned int	places = whole < 10 ? 100 : whole < 100 ? 10 : 1;
	uint64_t	part;

	/* What is beyond 2^50 would overflow, and nobody sees it. */
	for (; unit >> 50 != 0; unit >>= 1)
		rest >>= 1;
	part = (rest * places + unit / 2) / unit;
	if (part >= places) {
		whole++;
		part = 0;
	}
	if (places == 1)
		(void)snprintf(buf, AMOUNT_LEN, "%llu",
		    (unsigned long long)whole);
	else
		(void)snprintf(buf, AMOUNT_LEN, "%llu.%0*llu",
		    (unsigned long long)whole, places == 100 ? 2 : 1,
		    (unsigned long long)part);
}

char *
amount_short(uint64_t v, unsigned int base, const char *unit,
    char buf[AMOUNT_LEN])
{
	static const char *const	iec[] = {
		"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"
	};
	static const char *const	si[] = {
		"", "k", "M", "G", "T", "P", "E"
	};
	char				number[AMOUNT_LEN];
	uint64_t			power = 1;
	size_t				n;

	for (n = 0; n < NPREFIXES && v / power >= base; n++)
		power *= base;
	if (n == 0)
		(void)snprintf(number, sizeof(number), "%llu",
		    (unsigned long long)v);
	else
		put_places(v, power, number);
	(void)snprintf(buf, AMOUNT_LEN, "%.20s%s%s%s", number,
	    n > 0 || unit[0] != '\0' ? " " : "",
	    (base == 1024 ? iec : si)[n], unit);
	return (buf);
}

char *
amount_scaled(double v, const char *separator, const char *unit,
    char buf[AMOUNT_LEN])
{
	char	prefix[2] = "";
	int	places;
	size_t	n = 0;

	while (v >= 999.5 && n < NPREFIXES) {
		v /= 1000;
		n++;
	}
	places = n == 0 || v >= 99.95 ? 0 : v >= 9.995 ? 1 : 2;
	if (n > 0)
		prefix[0] = prefixes[n - 1];
	(void)snprintf(buf, AMOUNT_LEN, "%.*f%s%s%s", places, v, separator,
	    prefix, unit);
	return (buf);
}
