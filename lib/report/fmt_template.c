/*
 * Rows by a template of the user: no header, only what the template says.
 * Times are formatted once per block.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/digits.h"
#include "cells.h"
#include "fmt.h"
#include "template.h"

/* Longer than any expanded format, because conversions are short. */
#define TIME_LEN	8192

struct by_template {
	struct out		*out;
	struct cells_style	 style;
	struct cells		 cells;
	const struct template	*template;
	char			*times[TEMPLATE_FIELDS_MAX];
};

static void *
template_begin(struct out *o, const struct fmt_view *v)
{
	struct by_template	*t;

	if ((t = calloc(1, sizeof(*t))) == NULL)
		return (NULL);
	t->out = o;
	t->template = v->template;
	t->style.names = v->names;
	t->style.client = "client";
	t->style.blank_ports = v->blank_ports;
	return (t);
}

/* Replace %s by the epoch: not every strftime(3) supports it. */
static void
expand_epoch(const char *format, uint64_t epoch, char *to)
{
	char		 digits[DIGITS_LEN];
	const char	*seconds = digits_format(epoch, digits);

	while (*format != '\0') {
		if (format[0] == '%' && format[1] == 's') {
			memcpy(to, seconds, strlen(seconds));
			to += strlen(seconds);
			format += 2;
			continue;
		}
		if (*format == '%')
			*to++ = *format++;
		*to++ = *format++;
	}
	*to = '\0';
}

/* A time by a format; NULL if memory is exhausted. */
static char *
format_time(const char *format, uint64_t ns)
{
	char		expanded[TEMPLATE_TEXT_MAX * DIGITS_LEN];
	char		buf[TIME_LEN];
	time_t		when = (time_t)(ns / NS_PER_S);
	struct tm	tm;

	expand_epoch(format, ns / NS_PER_S, expanded);
	if (localtime_r(&when, &tm) == NULL ||
	    strftime(buf, sizeof(buf), expanded, &tm) == 0)
		buf[0] = '\0';
	return (strdup(buf));
}

static void
free_times(struct by_template *t)
{
	size_t	i;

	for (i = 0; i < TEMPLATE_FIELDS_MAX; i++) {
		free(t->times[i]);
		t->times[i] = NULL;
	}
}

static void
template_block(void *state, const struct block_info *b)
{
	struct by_template		*t = state;
	const struct template_field	*f;
	size_t				 i;

	free_times(t);
	for (i = 0; i < t->template->n; i++) {
		f = &t->template->field[i];
		if (f->key != TEMPLATE_FTIME && f->key != TEMPLATE_LTIME)
			continue;
		t->times[i] = format_time(f->before,
		    f->key == TEMPLATE_FTIME ? b->begin_ns : b->end_ns);
		if (t->times[i] == NULL)
			out_fail(t->out, ENOMEM);
	}
}

static void
put_fill(struct out *o, char fill, size_t len, size_t width)
{
	for (; len < width; len++)
		out_char(o, fill);
}

/* As printf("%*.*s") would. */
static void
put_text(struct out *o, const struct template_field *f, const char *text)
{
	size_t	len = strlen(text);

	if (f->precise && f->precision < len)
		len = f->precision;
	out_str(o, f->before);
	if (!f->left)
		put_fill(o, ' ', len, f->width);
	out_mem(o, text, len);
	if (f->left)
		put_fill(o, ' ', len, f->width);
	out_str(o, f->after);
}

/* As printf("%*.*ju") would: a precision is the minimum number of digits. */
static void
put_number(struct out *o, const struct template_field *f, uint64_t v)
{
	char		 digits[DIGITS_LEN];
	const char	*text = digits_format(v, digits);
	size_t		 len = strlen(text), least = f->precision, all;

	if (f->zero && !f->left && !f->precise)
		least = f->width;
	all = len > least ? len : least;
	out_str(o, f->before);
	if (!f->left)
		put_fill(o, ' ', all, f->width);
	put_fill(o, '0', len, least);
	out_mem(o, text, len);
	if (f->left)
		put_fill(o, ' ', all, f->width);
	out_str(o, f->after);
}

static void
put_field(struct by_template *t, size_t i, const struct flow *row)
{
	const struct template_field	*f = &t->template->field[i];

	switch (f->key) {
	case TEMPLATE_FROM:
		put_text(t->out, f, t->cells.src);
		break;
	case TEMPLATE_TO:
		put_text(t->out, f, t->cells.dst);
		break;
	case TEMPLATE_SPORT:
		put_text(t->out, f, t->cells.sport);
		break;
	case TEMPLATE_DPORT:
		put_text(t->out, f, t->cells.dport);
		break;
	case TEMPLATE_PROTO:
		put_text(t->out, f, t->cells.proto);
		break;
	case TEMPLATE_BYTES:
		put_number(t->out, f, row->count.data);
		break;
	case TEMPLATE_PSIZE:
		put_number(t->out, f, row->count.ip);
		break;
	default:
		out_str(t->out, t->times[i] == NULL ? "" : t->times[i]);
		break;
	}
}

static void
template_row(void *state, const struct flow *row)
{
	struct by_template	*t = state;
	size_t			 i;

	cells_fill(&t->cells, &t->style, &row->key);
	/* The same protocol as in the text format. */
	if (flow_is_other(&row->key))
		memcpy(t->cells.proto, "ip", sizeof("ip"));
	for (i = 0; i < t->template->n; i++)
		put_field(t, i, row);
}

static void
template_end(void *state)
{
	free_times(state);
	free(state);
}

const struct fmt_ops fmt_template = {
	"template", template_begin, template_block, template_row, template_end
};
