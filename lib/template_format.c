/*
 * The formats of a template: checked and taken apart, so that only what is
 * known to be harmless is ever printed by them.
 */
#include <string.h>

#include "template_impl.h"

#define DIGITS	"0123456789"

/*
 * Conversions of strftime(3) that need nothing but the time.  %s is not in
 * POSIX; it is printed by template.c.
 */
static const char	time_letters[] =
    "aAbBcCdDeFgGhHIjklmMnprRsStTuUVwWxXyYzZ%";

/* Letters of each kind, and the lengths that formats of C have before them. */
static const struct kind {
	const char	*letters;
	const char	*lengths;
	const char	*expected;
} kinds[] = {
	[TEMPLATE_TEXT] = { "s", "", "not a conversion of a string (%s)" },
	[TEMPLATE_NUMBER] = { "diuxXo", "hlqjzt",
	    "not a conversion of a number (%d, %i, %u, %x, %X or %o)" },
};

static void
parse_flags(const char **p, struct conversion *c)
{
	for (;; (*p)++)
		switch (**p) {
		case '-':
			c->left = true;
			break;
		case '0':
			c->zero = true;
			break;
		case ' ':
			if (c->sign == '\0')
				c->sign = ' ';
			break;
		case '+':
			c->sign = '+';
			break;
		default:
			return;
		}
}

/* A width or precision; -1 if it is too great. */
static int
parse_size(const char **p)
{
	int	v = 0;

	for (; **p >= '0' && **p <= '9'; (*p)++)
		if ((v = v * 10 + **p - '0') > TEMPLATE_WIDTH)
			return (-1);
	return (v);
}

/* What follows a %.  NULL, or what is wrong. */
static const char *
parse_conversion(const char **p, const struct kind *k, struct conversion *c)
{
	memset(c, 0, sizeof(*c));
	c->precision = -1;
	parse_flags(p, c);
	if ((c->width = parse_size(p)) == -1)
		return ("width too great");
	if (**p == '.') {
		(*p)++;
		if ((c->precision = parse_size(p)) == -1)
			return ("precision too great");
	}
	*p += strspn(*p, k->lengths);
	if (**p == '\0' || strchr(k->letters, **p) == NULL)
		return (k->expected);
	c->letter = *(*p)++;
	return (NULL);
}

/* Copy what is no conversion, %% as %, up to the next one or the end. */
static const char *
copy_plain(const char *p, char *to)
{
	while (*p != '\0' && (*p != '%' || p[1] == '%')) {
		*to++ = *p;
		p += *p == '%' ? 2 : 1;
	}
	*to = '\0';
	return (p);
}

static const char *
check_time(const char *p)
{
	while ((p = strchr(p, '%')) != NULL) {
		if (p[1] == '\0' || strchr(time_letters, p[1]) == NULL)
			return ("not a conversion of a time");
		p += 2;
	}
	return (NULL);
}

const char *
template_format(struct template_item *item, const char *format)
{
	const struct kind	*k = &kinds[item->key->kind];
	const char		*wrong;

	if (strlen(format) >= TEMPLATE_FORMAT)
		return ("format too long");
	if (item->key->kind == TEMPLATE_TIME) {
		strlcpy(item->before, format, sizeof(item->before));
		return (check_time(format));
	}
	format = copy_plain(format, item->before);
	if (*format == '\0')
		return ("no conversion in the format");
	format++;
	wrong = parse_conversion(&format, k, &item->conversion);
	if (wrong != NULL)
		return (wrong);
	return (*copy_plain(format, item->after) == '\0' ? NULL :
	    "more than one conversion in the format");
}
