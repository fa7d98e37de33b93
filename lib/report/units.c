/*
 * Numbers in short.  Rounded to nearest by whole numbers only, so that the
 * same number reads the same everywhere.
 */
#include <stdbool.h>
#include <stdio.h>

#include "units.h"

struct scale {
	unsigned int	 base;
	const char	*prefix[7];
	const char	*unit;
};

static const struct scale	iec = {
	1024, { "", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei" }, "B"
};
static const struct scale	si = {
	1000, { "", "k", "M", "G", "T", "P", "E" }, "B"
};
static const struct scale	bits = {
	1000, { "", "k", "M", "G", "T", "P", "E" }, "bit"
};
static const struct scale	rate = {
	1000, { "", "k", "M", "G", "T", "P", "E" }, "bit/s"
};
static const struct scale	plain = {
	1000, { "", "k", "M", "G", "T", "P", "E" }, ""
};

static const struct scale *
scale_of(enum result_type type, enum answer_units units)
{
	if (type == RESULT_RATE)
		return (&rate);
	if (type != RESULT_OCTETS)
		return (&plain);
	if (units == ANSWER_IEC)
		return (&iec);
	return (units == ANSWER_BITS ? &bits : &si);
}

/* Beyond 64 bits there is nothing to tell apart. */
static uint64_t
to_bits(const struct scale *s, uint64_t v)
{
	if (s != &bits)
		return (v);
	return (v > UINT64_MAX / 8 ? UINT64_MAX : v * 8);
}

/* v / unit with as many places as make three digits. */
static void
put_places(uint64_t v, uint64_t unit, char buf[UNITS_LEN])
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
		(void)snprintf(buf, UNITS_LEN, "%llu",
		    (unsigned long long)whole);
	else
		(void)snprintf(buf, UNITS_LEN, "%llu.%0*llu",
		    (unsigned long long)whole, places == 100 ? 2 : 1,
		    (unsigned long long)part);
}

char *
units_short(enum result_type type, enum answer_units units, uint64_t v,
    char buf[UNITS_LEN])
{
	const struct scale	*s = scale_of(type, units);
	char			 number[UNITS_LEN];
	uint64_t		 unit = 1;
	size_t			 i;

	v = to_bits(s, v);
	for (i = 0; i < 6 && v / unit >= s->base; i++)
		unit *= s->base;
	if (i == 0)
		(void)snprintf(number, sizeof(number), "%llu",
		    (unsigned long long)v);
	else
		put_places(v, unit, number);
	(void)snprintf(buf, UNITS_LEN, "%.20s%s%s%s", number,
	    i > 0 || s->unit[0] != '\0' ? " " : "", s->prefix[i], s->unit);
	return (buf);
}

uint64_t
units_step(enum result_type type, enum answer_units units, uint64_t most)
{
	static const unsigned int	factors[] = {
		1, 2, 5, 10, 20, 50, 100, 200, 500
	};
	const struct scale		*s = scale_of(type, units);
	unsigned int			 part = s == &bits ? 8 : 1;
	uint64_t			 unit = s == &bits ? 1000 : 1;
	size_t				 i;

	most = to_bits(s, most);
	for (;; unit *= s->base)
		for (i = 0; i < sizeof(factors) / sizeof(factors[0]); i++)
			if (most / factors[i] / unit <= 4)
				return (unit * factors[i] / part);
}
