/*
 * Comparisons of counters with numbers.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "where_parser.h"

/* Units of numbers: as traffic is sold, and with an i as memory is. */
static const struct unit {
	const char	*name;
	uint64_t	 factor;
} units[] = {
	{ "", 1 }, { "b", 1 },
	{ "k", 1000 }, { "kb", 1000 },
	{ "m", 1000000 }, { "mb", 1000000 },
	{ "g", 1000000000 }, { "gb", 1000000000 },
	{ "t", 1000000000000 }, { "tb", 1000000000000 },
	{ "ki", 1 << 10 }, { "kib", 1 << 10 },
	{ "mi", 1 << 20 }, { "mib", 1 << 20 },
	{ "gi", 1 << 30 }, { "gib", 1 << 30 },
	{ "ti", UINT64_C(1) << 40 }, { "tib", UINT64_C(1) << 40 }
};

/* 1500, 1.5M, 2GiB.  -1 if it is none or does not fit 64 bits. */
static int
parse_amount(const char *text, uint64_t *amount)
{
	size_t		digits = strspn(text, "0123456789"), i;
	uint64_t	whole, tenths = 0, scale = 1;
	const char	*s = text + digits;

	if (digits == 0 || digits > 18)
		return (-1);
	whole = strtoull(text, NULL, 10);
	if (*s == '.') {
		if (!isdigit((unsigned char)s[1]))
			return (-1);
		for (s++; isdigit((unsigned char)*s) && scale < 1000; s++) {
			tenths = tenths * 10 + (uint64_t)(*s - '0');
			scale *= 10;
		}
	}
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcasecmp(units[i].name, s) != 0)
			continue;
		if (whole > UINT64_MAX / 2 / units[i].factor)
			return (-1);
		*amount = whole * units[i].factor +
		    tenths * units[i].factor / scale;
		return (0);
	}
	return (-1);
}

int
parser_comparison(struct parser *p, struct where_test *t)
{
	char		op[3];
	uint64_t	v;

	if (p->word[0] == '\0' || strchr("<>=!", p->word[0]) == NULL ||
	    parser_is(p, "!"))
		return (parser_fail(p, "expected <, <=, =, !=, >= or >"));
	(void)snprintf(op, sizeof(op), "%.2s", p->word);
	if (parser_advance(p) == -1)
		return (-1);
	if (parse_amount(p->word, &v) == -1)
		return (parser_fail(p,
		    "expected a number, such as 1500, 10k or 1.5GiB"));
	t->low = 0;
	t->high = UINT64_MAX;
	if (op[0] == '<')
		t->high = v;
	else if (op[0] == '>')
		t->low = v;
	else
		t->low = t->high = v;
	/* Without equality: the opposite of the other side. */
	if (op[1] == '\0' && op[0] == '<') {
		t->low = v;
		t->high = UINT64_MAX;
		t->negate = true;
	} else if (op[1] == '\0' && op[0] == '>') {
		t->low = 0;
		t->high = v;
		t->negate = true;
	} else if (op[0] == '!')
		t->negate = true;
	return (parser_advance(p));
}
