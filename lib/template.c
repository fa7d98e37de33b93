/*
 * Rows by a template: what its items print, and the keys there are.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "out.h"
#include "template_impl.h"

#define NSEC		UINT64_C(1000000000)

/* Octal digits of a uint64_t, and the NUL. */
#define NUMBER_LEN	24

/* Whatever a locale makes of a time. */
#define TIME_LEN	256

#define CELL(member)	offsetof(struct cells, member)
#define VALUE(member)	offsetof(struct template_values, member)

static const struct template_key keys[] = {
	{ "from", TEMPLATE_TEXT, CELL(src) },
	{ "to", TEMPLATE_TEXT, CELL(dst) },
	{ "sport", TEMPLATE_TEXT, CELL(sport) },
	{ "dport", TEMPLATE_TEXT, CELL(dport) },
	{ "proto", TEMPLATE_TEXT, CELL(proto) },
	{ "bytes", TEMPLATE_NUMBER, VALUE(data) },
	{ "psize", TEMPLATE_NUMBER, VALUE(all) },
	{ "ftime", TEMPLATE_TIME, VALUE(begin_ns) },
	{ "ltime", TEMPLATE_TIME, VALUE(end_ns) },
};

const struct template_key *
template_key(const char *name)
{
	size_t	i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strcmp(keys[i].name, name) == 0)
			return (&keys[i]);
	return (NULL);
}

static void
repeat(struct out *o, char c, size_t from, size_t to)
{
	for (; from < to; from++)
		out_char(o, c);
}

static void
print_text(struct out *o, const struct conversion *c, const char *text)
{
	size_t	len = strlen(text), width = (size_t)c->width;

	if (c->precision >= 0 && len > (size_t)c->precision)
		len = (size_t)c->precision;
	if (!c->left)
		repeat(o, ' ', len, width);
	out_mem(o, text, len);
	if (c->left)
		repeat(o, ' ', len, width);
}

/* The digits, without sign and padding. */
static void
format_number(char letter, uint64_t v, char buf[NUMBER_LEN])
{
	unsigned long long	n = v;

	switch (letter) {
	case 'x':
		(void)snprintf(buf, NUMBER_LEN, "%llx", n);
		break;
	case 'X':
		(void)snprintf(buf, NUMBER_LEN, "%llX", n);
		break;
	case 'o':
		(void)snprintf(buf, NUMBER_LEN, "%llo", n);
		break;
	default:
		(void)snprintf(buf, NUMBER_LEN, "%llu", n);
		break;
	}
}

/* As printf(3) does it: a precision switches off the padding with 0. */
static void
print_number(struct out *o, const struct conversion *c, uint64_t v)
{
	char	digits[NUMBER_LEN];
	size_t	len, zeros, total, width = (size_t)c->width;
	bool	sign = c->sign != '\0' && (c->letter == 'd' ||
		    c->letter == 'i');

	format_number(c->letter, v, digits);
	if (v == 0 && c->precision == 0)
		digits[0] = '\0';
	len = zeros = strlen(digits);
	if (c->precision > (int)len)
		zeros = (size_t)c->precision;
	if (c->zero && !c->left && c->precision < 0 && width > zeros + sign)
		zeros = width - sign;
	total = zeros + sign;
	if (!c->left)
		repeat(o, ' ', total, width);
	if (sign)
		out_char(o, c->sign);
	repeat(o, '0', len, zeros);
	out_mem(o, digits, len);
	if (c->left)
		repeat(o, ' ', total, width);
}

/* One conversion after the other: each is known to be harmless. */
static void
print_time(struct out *o, const char *format, uint64_t ns)
{
	time_t		t = (time_t)(ns / NSEC);
	char		one[3] = "%", text[TIME_LEN];
	struct tm	tm;

	if (localtime_r(&t, &tm) == NULL)
		memset(&tm, 0, sizeof(tm));
	for (; *format != '\0'; format++) {
		if (*format != '%') {
			out_char(o, *format);
			continue;
		}
		one[1] = *++format;
		if (*format == 's')
			out_u64(o, ns / NSEC);
		else if (strftime(text, sizeof(text), one, &tm) > 0)
			out_str(o, text);
	}
}

static uint64_t
number_at(const void *base, size_t offset)
{
	uint64_t	v;

	memcpy(&v, (const char *)base + offset, sizeof(v));
	return (v);
}

static void
print_item(struct out *o, const struct template_item *item,
    const struct template_values *v)
{
	size_t	offset = item->key->offset;

	if (item->key->kind == TEMPLATE_TIME) {
		print_time(o, item->before, number_at(v, offset));
		return;
	}
	out_str(o, item->before);
	if (item->key->kind == TEMPLATE_TEXT)
		print_text(o, &item->conversion,
		    (const char *)v->cells + offset);
	else
		print_number(o, &item->conversion, number_at(v, offset));
	out_str(o, item->after);
}

void
template_print(const struct template *t, const struct template_values *v,
    struct out *o)
{
	size_t	i;

	for (i = 0; i < t->n; i++)
		print_item(o, &t->item[i], v);
}
