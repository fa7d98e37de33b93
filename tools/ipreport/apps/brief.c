/*
 * Fields in a few words (brief.h).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ipreport/fields_impl.h"
#include "brief.h"

/* What tells one call from another of its kind. */
static const char	*chosen[] = {
	"name", "to_name", "path", "target", "offset", "count", "octets",
	"program", "host", "domain", "map", "key", NULL
};

struct brief {
	struct fields	 fields;	/* must be first */
	char		*to;
	size_t		 left;		/* octets at `to', with the NUL */
	bool		 operations;	/* the last one was an operation */
	bool		 nothing;	/* there is nothing yet */
};

static bool
is_chosen(const char *name)
{
	const char	**c = chosen;

	while (*c != NULL && strcmp(*c, name) != 0)
		c++;
	return (*c != NULL);
}

/* A word is added as a whole or, like all after it, not at all. */
static void
add(struct brief *b, const char *before, const char *name, const char *value)
{
	int	n;

	if (b->left == 0)
		return;
	n = snprintf(b->to, b->left, "%s%s%s", b->nothing ? "" : before, name,
	    value);
	if (n < 0 || (size_t)n >= b->left) {
		*b->to = '\0';
		b->left = 0;
		return;
	}
	b->to += n;
	b->left -= (size_t)n;
	b->nothing = false;
}

static void
item(struct fields *f, const char *name, const char *quote, const char *value)
{
	char	text[FIELDS_OCTETS * 4 + 8];

	if (!is_chosen(name))
		return;
	(void)snprintf(text, sizeof(text), "=%s%s%s", quote, value, quote);
	add((struct brief *)f, " ", name, text);
	((struct brief *)f)->operations = false;
}

static void
brief_begin(struct fields *f, const char *name, bool list)
{
	(void)f;
	(void)name;
	(void)list;
}

static void
nothing(struct fields *f)
{
	(void)f;
}

static void
brief_number(struct fields *f, const char *name, const char *text,
    json_t *(*value)(uint64_t), uint64_t v, const char *meaning)
{
	struct brief	*b = (struct brief *)f;

	(void)value;
	(void)v;
	if (strcmp(name, "op") != 0) {
		item(f, name, "", meaning != NULL ? meaning : text);
		return;
	}
	add(b, b->operations ? "+" : " ", meaning != NULL ? meaning : text,
	    "");
	b->operations = true;
}

static void
brief_text(struct fields *f, const char *name, const char *text)
{
	item(f, name, "", text);
}

static void
brief_octets(struct fields *f, const char *name, const char *text, bool whole)
{
	(void)whole;
	item(f, name, "\"", text);
}

static void
ignore(struct fields *f, const char *text)
{
	(void)f;
	(void)text;
}

static void
brief_free(struct fields *f)
{
	free(f);
}

static const struct fields_ops	ops = {
	brief_begin, nothing, brief_number, brief_text, brief_octets, ignore,
	ignore, nothing, ignore, brief_free
};

struct fields *
brief_new(void)
{
	struct brief	*b = calloc(1, sizeof(*b));

	if (b == NULL)
		return (NULL);
	b->fields.ops = &ops;
	return (&b->fields);
}

void
brief_into(struct fields *f, char *buf, size_t len)
{
	struct brief	*b = (struct brief *)f;

	fields_packet(f);
	b->to = buf;
	b->left = len;
	b->operations = false;
	b->nothing = true;
	*buf = '\0';
}
