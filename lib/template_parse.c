/*
 * The file of formats: `name { key "format" ... };', # begins a comment.
 */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "template_impl.h"

#define WORD	64	/* longest name or key, with its NUL */

struct parser {
	const char	*p;
	unsigned	 line;
	char		*err;
	size_t		 errlen;
	char		 names[256];	/* of the templates so far */
};

static int
fail(struct parser *s, const char *what)
{
	(void)snprintf(s->err, s->errlen, "line %u: %s", s->line, what);
	return (-1);
}

static void
skip_blanks(struct parser *s)
{
	for (;; s->p++) {
		if (*s->p == '#')
			s->p += strcspn(s->p, "\n");
		if (*s->p == '\n')
			s->line++;
		if (*s->p == '\0' || !isspace((unsigned char)*s->p))
			return;
	}
}

/* Is `c' next?  If so it is taken. */
static bool
take(struct parser *s, char c)
{
	skip_blanks(s);
	if (*s->p != c)
		return (false);
	s->p++;
	return (true);
}

static int
take_word(struct parser *s, char word[WORD])
{
	size_t	n = 0;

	skip_blanks(s);
	for (; isalnum((unsigned char)*s->p) || *s->p == '_' || *s->p == '-';
	    s->p++) {
		if (n + 1 == WORD)
			return (fail(s, "name too long"));
		word[n++] = *s->p;
	}
	word[n] = '\0';
	return (n > 0 ? 0 : fail(s, "name expected"));
}

/* The character that \c stands for, or NUL. */
static char
unescape(char c)
{
	static const char	letters[] = "abfnrtv\\\"";
	static const char	meanings[] = "\a\b\f\n\r\t\v\\\"";
	const char		*at = c == '\0' ? NULL : strchr(letters, c);

	return (at == NULL ? '\0' : meanings[at - letters]);
}

static int
take_string(struct parser *s, char text[TEMPLATE_FORMAT])
{
	size_t	n = 0;

	if (!take(s, '"'))
		return (fail(s, "format in quotes expected"));
	for (; *s->p != '"'; s->p++) {
		if (n + 1 == TEMPLATE_FORMAT)
			return (fail(s, "format too long"));
		if (*s->p == '\0' || *s->p == '\n')
			return (fail(s, "quote is not closed"));
		text[n] = *s->p;
		if (*s->p == '\\' && (text[n] = unescape(*++s->p)) == '\0')
			return (fail(s, "unknown escape"));
		n++;
	}
	s->p++;
	text[n] = '\0';
	return (0);
}

static int
take_item(struct parser *s, struct template *t)
{
	struct template_item	*item;
	char			 word[WORD], format[TEMPLATE_FORMAT];
	const char		*wrong;

	if (t->n == TEMPLATE_ITEMS)
		return (fail(s, "template too long"));
	item = &t->item[t->n++];
	if (take_word(s, word) == -1)
		return (-1);
	if ((item->key = template_key(word)) == NULL)
		return (fail(s, "unknown key"));
	if (take_string(s, format) == -1)
		return (-1);
	wrong = template_format(item, format);
	return (wrong == NULL ? 0 : fail(s, wrong));
}

static int
take_template(struct parser *s, char name[WORD], struct template *t)
{
	memset(t, 0, sizeof(*t));
	if (take_word(s, name) == -1)
		return (-1);
	if (!take(s, '{'))
		return (fail(s, "{ expected"));
	while (!take(s, '}'))
		if (take_item(s, t) == -1)
			return (-1);
	if (t->n == 0)
		return (fail(s, "template is empty"));
	(void)take(s, ';');
	return (0);
}

static bool
at_end(struct parser *s)
{
	skip_blanks(s);
	return (*s->p == '\0');
}

/* 0 if the template was found.  The whole text must be right. */
static int
find(struct parser *s, const char *wanted, struct template *t)
{
	struct template	*scratch = malloc(sizeof(*scratch));
	char		 name[WORD];
	bool		 found = false, right = true;

	if (scratch == NULL)
		return (fail(s, strerror(errno)));
	while (right && !at_end(s)) {
		right = take_template(s, name, scratch) == 0;
		if (!found && strcmp(name, wanted) == 0) {
			*t = *scratch;
			found = true;
		}
		(void)strlcat(s->names, " ", sizeof(s->names));
		(void)strlcat(s->names, name, sizeof(s->names));
	}
	free(scratch);
	if (right && !found)
		(void)snprintf(s->err, s->errlen,
		    "no template %s (there are:%s)", wanted, s->names);
	return (right && found ? 0 : -1);
}

struct template *
template_parse(const char *text, const char *name, char *err, size_t errlen)
{
	struct parser	 s = { text, 1, err, errlen, "" };
	struct template	*t = malloc(sizeof(*t));

	if (t == NULL) {
		(void)fail(&s, strerror(errno));
		return (NULL);
	}
	if (find(&s, name, t) == 0)
		return (t);
	free(t);
	return (NULL);
}

void
template_free(struct template *t)
{
	free(t);
}
