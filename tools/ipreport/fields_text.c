/*
 * Fields as lines of the report, in the style of AIX's: items apart by commas,
 * each inner group on lines of its own (fields.h).
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fields_impl.h"

#define WIDTH	80
#define MARGIN	8		/* of each line, for its tag */

struct text {
	struct fields	 fields;	/* must be first */
	struct out	*out;		/* borrowed */
	bool		 tags;
	char		 tag[16];
	size_t		 column;	/* 0: a line is to be started */
	bool		 first;		/* no item in this line yet */
	const char	*list;		/* that is open */
	size_t		 words;		/* of it */
};

static void
put(struct text *t, const char *text)
{
	out_str(t->out, text);
	t->column += strlen(text);
}

static void
end_line(struct text *t)
{
	if (t->column > 0)
		out_char(t->out, '\n');
	t->column = 0;
}

/* Tag or margin, and four more blanks for each group in the outermost one. */
static void
start_line(struct text *t, unsigned depth)
{
	if (t->tags) {
		put(t, t->tag);
		put(t, " ");
	}
	while (t->column < MARGIN)
		put(t, " ");
	while (depth-- > 1)
		put(t, "    ");
	t->first = true;
}

/* Before an item of so many octets: a comma, or a new line. */
static void
separate(struct text *t, size_t len)
{
	if (t->column > 0 && !t->first && t->column + 2 + len > WIDTH)
		end_line(t);
	if (t->column == 0)
		start_line(t, t->fields.depth);
	else if (!t->first)
		put(t, ", ");
	t->first = false;
}

static void
text_begin(struct fields *f, const char *name, bool list)
{
	struct text	*t = (struct text *)f;
	size_t		 i;

	(void)list;
	end_line(t);
	if (f->depth > 0) {
		start_line(t, f->depth);
		put(t, name);
		put(t, ": ");
		return;
	}
	for (i = 0; i + 2 < sizeof(t->tag) && name[i] != '\0'; i++)
		t->tag[i] = (char)toupper((unsigned char)name[i]);
	t->tag[i] = '\0';
	if (!t->tags) {
		put(t, t->tag);
		put(t, " breakdown:");
		end_line(t);
	}
	(void)strlcpy(t->tag + i, ":", 2);
}

static void
text_end(struct fields *f)
{
	end_line((struct text *)f);
}

static void
item(struct text *t, const char *name, const char *before, const char *value,
    const char *after)
{
	separate(t, strlen(name) + strlen(before) + strlen(value) +
	    strlen(after));
	put(t, name);
	put(t, before);
	put(t, value);
	put(t, after);
}

static void
text_number(struct fields *f, const char *name, const char *text,
    json_t *(*value)(uint64_t), uint64_t v, const char *meaning)
{
	char	after[64] = "";

	(void)value;
	(void)v;
	if (meaning != NULL)
		(void)snprintf(after, sizeof(after), " (%s)", meaning);
	item((struct text *)f, name, "=", text, after);
}

static void
text_text(struct fields *f, const char *name, const char *text)
{
	item((struct text *)f, name, "=", text, "");
}

/* Quoted, so that no packet can add items of its own. */
static void
text_octets(struct fields *f, const char *name, const char *text, bool whole)
{
	char	quoted[FIELDS_OCTETS * 4 + 1], *to = quoted;

	for (; *text != '\0' && to < quoted + sizeof(quoted) - 2; text++) {
		if (*text == '"')
			*to++ = '\\';
		*to++ = *text;
	}
	*to = '\0';
	item((struct text *)f, name, "=\"", quoted, whole ? "\"" : "\"...");
}

/* The name comes with the first word, so that a line breaks before both. */
static void
text_words(struct fields *f, const char *name)
{
	struct text	*t = (struct text *)f;

	t->list = name;
	t->words = 0;
}

static void
text_word(struct fields *f, const char *word)
{
	struct text	*t = (struct text *)f;

	if (t->words++ == 0) {
		item(t, t->list, "<", word, "");
		return;
	}
	put(t, " |");
	if (t->column + 1 + strlen(word) >= WIDTH) {
		end_line(t);
		start_line(t, f->depth + 1);
	} else
		put(t, " ");
	put(t, word);
	t->first = false;
}

static void
text_words_end(struct fields *f)
{
	struct text	*t = (struct text *)f;

	if (t->words == 0)
		item(t, t->list, "<", "", ">");
	else
		put(t, ">");
}

static void
text_note(struct fields *f, const char *text)
{
	item((struct text *)f, "", "(", text, ")");
}

static void
text_free(struct fields *f)
{
	free(f);
}

static const struct fields_ops	ops = {
	text_begin, text_end, text_number, text_text, text_octets, text_words,
	text_word, text_words_end, text_note, text_free
};

struct fields *
fields_text_new(struct out *out, bool tags)
{
	struct text	*t = calloc(1, sizeof(*t));

	if (t == NULL)
		return (NULL);
	t->fields.ops = &ops;
	t->out = out;
	t->tags = tags;
	fields_packet(&t->fields);
	return (&t->fields);
}
