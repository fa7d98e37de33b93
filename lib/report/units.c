/*
 * Which unit a number of a report is in.
 */
#include "units.h"

struct scale {
	unsigned int	 base;		/* of its prefixes */
	const char	*unit;
};

static const struct scale	iec = { 1024, "B" };
static const struct scale	si = { 1000, "B" };
static const struct scale	bits = { 1000, "bit" };
static const struct scale	rate = { 1000, "bit/s" };
static const struct scale	plain = { 1000, "" };

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

char *
units_short(enum result_type type, enum answer_units units, uint64_t v,
    char buf[AMOUNT_LEN])
{
	const struct scale	*s = scale_of(type, units);

	return (amount_short(to_bits(s, v), s->base, s->unit, buf));
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
