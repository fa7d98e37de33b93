/*
 * Fields as members of an object of JSON (fields.h).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fields_impl.h"

#define DEEPEST	16		/* deeper groups add to the one there */

struct tree {
	struct fields	 fields;	/* must be first */
	json_t		*at[DEEPEST];	/* borrowed from their parents */
	unsigned	 depth;		/* at[depth] is the current group */
	unsigned	 deeper;	/* groups below that have no object */
	json_t		*words;		/* borrowed */
};

static void
check(struct tree *t, int rc)
{
	if (rc == -1)
		t->fields.failed = true;
}

/*
 * Add a member; if the name is there, it becomes a list of both.  A list
 * remains one with one element.
 */
static void
add(struct tree *t, const char *name, json_t *value, bool list)
{
	json_t	*group = t->at[t->depth];
	json_t	*there = json_object_get(group, name);

	if (there == NULL && !list) {
		check(t, json_object_set_new_nocheck(group, name, value));
		return;
	}
	if (!json_is_array(there)) {
		json_t	*both = json_array();

		if (there != NULL)
			check(t, json_array_append(both, there));
		check(t, json_object_set_new_nocheck(group, name, both));
		there = json_object_get(group, name);
	}
	check(t, json_array_append_new(there, value));
}

static void
json_begin(struct fields *f, const char *name, bool list)
{
	struct tree	*t = (struct tree *)f;
	json_t		*group;

	if (t->depth + 1 == DEEPEST || t->deeper > 0 ||
	    (group = json_object()) == NULL) {
		t->deeper++;
		return;
	}
	json_incref(group);
	add(t, name, group, list);
	t->at[++t->depth] = group;
}

static void
json_end(struct fields *f)
{
	struct tree	*t = (struct tree *)f;

	if (t->deeper > 0)
		t->deeper--;
	else
		json_decref(t->at[t->depth--]);
}

static void
json_number(struct fields *f, const char *name, const char *text,
    json_t *(*value)(uint64_t), uint64_t v, const char *meaning)
{
	char	named[64];

	(void)text;
	add((struct tree *)f, name, value(v), false);
	if (meaning == NULL)
		return;
	(void)snprintf(named, sizeof(named), "%s_name", name);
	add((struct tree *)f, named, json_string(meaning), false);
}

static void
json_text(struct fields *f, const char *name, const char *text)
{
	add((struct tree *)f, name, json_string(text), false);
}

static void
json_octets(struct fields *f, const char *name, const char *text, bool whole)
{
	char	cut[FIELDS_OCTETS * 4 + 4];

	(void)snprintf(cut, sizeof(cut), "%s%s", text, whole ? "" : "...");
	json_text(f, name, cut);
}

static void
json_words(struct fields *f, const char *name)
{
	struct tree	*t = (struct tree *)f;

	if ((t->words = json_array()) == NULL)
		f->failed = true;
	add(t, name, t->words, false);
}

static void
json_word(struct fields *f, const char *word)
{
	struct tree	*t = (struct tree *)f;

	check(t, json_array_append_new(t->words, json_string(word)));
}

static void
json_words_end(struct fields *f)
{
	((struct tree *)f)->words = NULL;
}

static void
json_note(struct fields *f, const char *text)
{
	add((struct tree *)f, "notes", json_string(text), true);
}

static void
json_free(struct fields *f)
{
	free(f);
}

static const struct fields_ops	ops = {
	json_begin, json_end, json_number, json_text, json_octets, json_words,
	json_word, json_words_end, json_note, json_free
};

struct fields *
fields_json_new(void)
{
	struct tree	*t = calloc(1, sizeof(*t));

	if (t == NULL)
		return (NULL);
	t->fields.ops = &ops;
	fields_packet(&t->fields);
	return (&t->fields);
}

void
fields_json_into(struct fields *f, json_t *object)
{
	((struct tree *)f)->at[0] = object;
}
