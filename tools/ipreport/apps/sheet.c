/*
 * Rows of a table of packets (sheet.h).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "report/csv.h"
#include "report/json.h"
#include "sheet.h"

struct sheet {
	struct out			*out;
	enum sheet_format		 format;
	const struct sheet_column	*columns, *next;
	struct csv			 csv;
	struct json_rows		 json;
};

static void
names(struct sheet *s)
{
	const struct sheet_column	*c;

	if (s->format == SHEET_JSON)
		return;
	for (c = s->columns; c->name != NULL; c++)
		sheet_text(s, c->name);
	sheet_end_row(s);
}

struct sheet *
sheet_new(struct out *out, enum sheet_format format,
    const struct sheet_column *columns)
{
	struct sheet	*s = calloc(1, sizeof(*s));

	if (s == NULL)
		return (NULL);
	s->out = out;
	s->format = format;
	s->columns = s->next = columns;
	s->csv = (struct csv){ out, ',', false };
	if (format == SHEET_JSON && json_rows_begin(&s->json, out) == -1) {
		free(s);
		return (NULL);
	}
	names(s);
	return (s);
}

void
sheet_free(struct sheet *s)
{
	if (s != NULL && s->format == SHEET_JSON)
		json_rows_free(&s->json);
	free(s);
}

static void
column(struct sheet *s, const char *text)
{
	if (s->next > s->columns)
		out_char(s->out, ' ');
	if (s->next[1].name == NULL)
		out_str(s->out, text);
	else
		out_left(s->out, text, s->next->width);
}

void
sheet_text(struct sheet *s, const char *text)
{
	if (s->format == SHEET_TEXT)
		column(s, text);
	else if (s->format == SHEET_CSV)
		csv_text(&s->csv, text);
	else
		json_rows_text(&s->json, s->next->name, text);
	s->next++;
}

void
sheet_u64(struct sheet *s, uint64_t v)
{
	char	text[24];

	if (s->format == SHEET_JSON) {
		json_rows_u64(&s->json, s->next->name, v);
		s->next++;
		return;
	}
	(void)snprintf(text, sizeof(text), "%llu", (unsigned long long)v);
	sheet_text(s, text);
}

void
sheet_none(struct sheet *s)
{
	if (s->format != SHEET_JSON) {
		sheet_text(s, s->format == SHEET_TEXT ? "-" : "");
		return;
	}
	json_rows_set(&s->json, s->next->name, json_null());
	s->next++;
}

void
sheet_time(struct sheet *s, uint64_t ns)
{
	time_t		seconds = (time_t)(ns / NS_PER_S);
	bool		local = s->format == SHEET_TEXT;
	struct tm	tm;
	char		text[64];
	size_t		n;

	if ((local ? localtime_r(&seconds, &tm) : gmtime_r(&seconds, &tm)) ==
	    NULL || (n = strftime(text, sizeof(text), local ? "%H:%M:%S" :
	    "%Y-%m-%dT%H:%M:%S", &tm)) == 0) {
		sheet_none(s);
		return;
	}
	(void)snprintf(text + n, sizeof(text) - n, ".%09u%s",
	    (unsigned)(ns % NS_PER_S), local ? "" : "Z");
	sheet_text(s, text);
}

/* A number in JSON: three digits are exact enough in a double. */
void
sheet_ms(struct sheet *s, uint64_t ns)
{
	uint64_t	micros = ns / 1000;
	char		text[32];

	if (s->format == SHEET_JSON) {
		json_rows_set(&s->json, s->next->name,
		    json_real((double)micros / 1000));
		s->next++;
		return;
	}
	(void)snprintf(text, sizeof(text), "%llu.%03u",
	    (unsigned long long)(ns / NS_PER_MS),
	    (unsigned)(ns % NS_PER_MS / 1000));
	sheet_text(s, text);
}

void
sheet_end_row(struct sheet *s)
{
	if (s->format == SHEET_TEXT)
		out_char(s->out, '\n');
	else if (s->format == SHEET_CSV)
		csv_end_row(&s->csv);
	else
		json_rows_end_row(&s->json);
	s->next = s->columns;
}

void
sheet_total(struct sheet *s, const char *text)
{
	if (s->format != SHEET_TEXT)
		return;
	out_str(s->out, text);
	out_char(s->out, '\n');
}
