/*
 * Parses the file of templates into fields.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "template.h"

enum token {
	TOKEN_END = 256,
	TOKEN_WORD,
	TOKEN_STRING,
	TOKEN_BAD		/* error in err; others: the character */
};

struct reader {
	FILE		*file;
	unsigned	 line;
	char		 text[TEMPLATE_TEXT_MAX];	/* of the token */
	const char	*path;
	char		*err;
	size_t		 errlen;
};

enum kind {
	KIND_TEXT,
	KIND_NUMBER,
	KIND_TIME
};

static const struct key {
	const char		*name;
	enum template_key	 key;
	enum kind		 kind;
} keys[] = {
	{ "from", TEMPLATE_FROM, KIND_TEXT },
	{ "to", TEMPLATE_TO, KIND_TEXT },
	{ "sport", TEMPLATE_SPORT, KIND_TEXT },
	{ "dport", TEMPLATE_DPORT, KIND_TEXT },
	{ "proto", TEMPLATE_PROTO, KIND_TEXT },
	{ "bytes", TEMPLATE_BYTES, KIND_NUMBER },
	{ "psize", TEMPLATE_PSIZE, KIND_NUMBER },
	{ "ftime", TEMPLATE_FTIME, KIND_TIME },
	{ "ltime", TEMPLATE_LTIME, KIND_TIME },
};

static int
fail(struct reader *r, const char *why, const char *what)
{
	(void)snprintf(r->err, r->errlen, "%s:%u: %s%s%s", r->path, r->line,
	    why, what[0] == '\0' ? "" : ": ", what);
	return (-1);
}

/* ---- tokens ---- */

static int
skip_blanks(struct reader *r)
{
	bool	comment = false;
	int	c;

	while ((c = getc(r->file)) != EOF) {
		if (c == '\n') {
			r->line++;
			comment = false;
		} else if (c == '#')
			comment = true;
		else if (!comment && !isspace(c))
			break;
	}
	return (c);
}

static int
unescape(int c)
{
	static const char	from[] = "abfnrtv", to[] = "\a\b\f\n\r\t\v";
	const char		*p = strchr(from, c);

	return (p == NULL || c == '\0' ? c : to[p - from]);
}

static enum token
read_string(struct reader *r)
{
	size_t	n = 0;
	int	c;

	while ((c = getc(r->file)) != '"') {
		if (c == '\\')
			c = unescape(getc(r->file));
		else if (c == '\n')
			c = EOF;
		if (c == EOF || c == '\0' || n + 1 == sizeof(r->text)) {
			(void)fail(r, c == EOF ? "string has no end" :
			    "string too long", "");
			return (TOKEN_BAD);
		}
		r->text[n++] = (char)c;
	}
	r->text[n] = '\0';
	return (TOKEN_STRING);
}

static enum token
read_word(struct reader *r, int c)
{
	size_t	n = 0;

	for (; c != EOF && (isalnum(c) || strchr("_-.", c) != NULL);
	    c = getc(r->file))
		if (n + 1 < sizeof(r->text))
			r->text[n++] = (char)c;
	if (c != EOF)
		(void)ungetc(c, r->file);
	r->text[n] = '\0';
	return (TOKEN_WORD);
}

static enum token
next_token(struct reader *r)
{
	int	c = skip_blanks(r);

	if (c == EOF)
		return (TOKEN_END);
	if (c == '"')
		return (read_string(r));
	if (isalnum(c) || c == '_')
		return (read_word(r, c));
	r->text[0] = (char)c;
	r->text[1] = '\0';
	return ((enum token)c);
}

/* ---- formats ---- */

/* Reads at most three digits; the caller then finds the fourth invalid. */
static const char *
parse_number(const char *p, size_t *n)
{
	int	digits;

	*n = 0;
	for (digits = 0; digits < 3 && isdigit((unsigned char)*p); digits++)
		*n = *n * 10 + (size_t)(*p++ - '0');
	return (p);
}

/* Parse a conversion after its %; NULL if it is not valid for this kind. */
static const char *
parse_conversion(struct template_field *f, enum kind kind, const char *p)
{
	for (; *p == '-' || *p == '0'; p++)
		if (*p == '-')
			f->left = true;
		else
			f->zero = true;
	p = parse_number(p, &f->width);
	if ((f->precise = *p == '.'))
		p = parse_number(p + 1, &f->precision);
	if (kind == KIND_NUMBER)
		p += strspn(p, "hlqjzt");
	if (f->width > TEMPLATE_WIDTH_MAX || f->precision > TEMPLATE_WIDTH_MAX)
		return (NULL);
	if (*p == '\0' || strchr(kind == KIND_TEXT ? "s" : "diu", *p) == NULL)
		return (NULL);
	return (p + 1);
}

/* Copy the text before the next conversion; `%%' is a percent sign. */
static const char *
copy_literal(const char *p, char *to)
{
	while (*p != '\0' && (*p != '%' || p[1] == '%')) {
		if (*p == '%')
			p++;
		*to++ = *p++;
	}
	*to = '\0';
	return (p);
}

static int
parse_format(struct template_field *f, enum kind kind, const char *text)
{
	const char	*p = copy_literal(text, f->before);

	if (*p != '%' || (p = parse_conversion(f, kind, p + 1)) == NULL)
		return (-1);
	return (*copy_literal(p, f->after) == '\0' ? 0 : -1);
}

/* Accept only what every strftime(3) supports, and %s. */
static int
parse_time(struct template_field *f, const char *text)
{
	const char	*p;

	for (p = text; (p = strchr(p, '%')) != NULL; p += 2)
		if (p[1] == '\0' || strchr("aAbBcCdDeFgGhHIjmMnprRsStTuUVwWxX"
		    "yYzZ%", p[1]) == NULL)
			return (-1);
	memcpy(f->before, text, strlen(text) + 1);
	return (0);
}

/* ---- templates ---- */

static const struct key *
find_key(const char *name)
{
	size_t	i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strcmp(keys[i].name, name) == 0)
			return (&keys[i]);
	return (NULL);
}

/* r->text is a key; read the format that follows. */
static int
read_field(struct reader *r, struct template *t)
{
	struct template_field	*f = &t->field[t->n];
	const struct key	*k = find_key(r->text);
	enum token		 token;

	if (k == NULL)
		return (fail(r, "no such key", r->text));
	if (t->n == TEMPLATE_FIELDS_MAX)
		return (fail(r, "too many fields", ""));
	if ((token = next_token(r)) == TOKEN_BAD)
		return (-1);
	if (token != TOKEN_STRING)
		return (fail(r, "a key without its format", k->name));
	memset(f, 0, sizeof(*f));
	f->key = k->key;
	if ((k->kind == KIND_TIME ? parse_time(f, r->text) :
	    parse_format(f, k->kind, r->text)) == -1)
		return (fail(r, "expected one format of its kind", k->name));
	t->n++;
	return (0);
}

/* `{ key "format" ... }' with an optional semicolon. */
static int
read_body(struct reader *r, struct template *t)
{
	enum token	token;

	t->n = 0;
	if (next_token(r) != '{')
		return (fail(r, "expected {", ""));
	while ((token = next_token(r)) == TOKEN_WORD)
		if (read_field(r, t) == -1)
			return (-1);
	if (token == TOKEN_BAD)
		return (-1);
	return (token == '}' ? 0 : fail(r, "expected a key or }", ""));
}

static int
find_template(struct reader *r, const char *name, struct template *t)
{
	enum token	token;
	bool		wanted;

	while ((token = next_token(r)) != TOKEN_END) {
		if (token == ';')
			continue;
		if (token == TOKEN_BAD)
			return (-1);
		if (token != TOKEN_WORD)
			return (fail(r, "expected a name", r->text));
		wanted = strcmp(r->text, name) == 0;
		if (read_body(r, t) == -1)
			return (-1);
		if (wanted)
			return (0);
	}
	(void)snprintf(r->err, r->errlen, "%s: no template of that name: %s",
	    r->path, name);
	return (-1);
}

int
template_load(struct template *t, const char *path, const char *name,
    char *err, size_t len)
{
	struct reader	r = { .line = 1, .path = path, .err = err,
			    .errlen = len };
	int		rc;

	if ((r.file = fopen(path, "r")) == NULL) {
		(void)snprintf(err, len, "%s: %s", path, strerror(errno));
		return (-1);
	}
	rc = find_template(&r, name, t);
	(void)fclose(r.file);
	return (rc);
}
