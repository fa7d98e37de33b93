/*
 * The period of a question and its tables of keys.
 */
#include <stdio.h>
#include <string.h>

#include "query/where.h"
#include "question.h"

uint64_t
question_instant(uint64_t begin_ns, uint64_t end_ns)
{
	/* If the clock was set back, the block counts at its begin. */
	return (end_ns <= begin_ns ? begin_ns :
	    begin_ns + (end_ns - begin_ns) / 2);
}

bool
question_in_period(const struct question *q, uint64_t begin_ns,
    uint64_t end_ns)
{
	uint64_t	instant = question_instant(begin_ns, end_ns);

	return (instant >= q->since_ns && (instant < q->until_ns ||
	    q->until_ns == UINT64_MAX));
}

/* Add the key of one word of the list. */
static const char *
add_key(const struct question *q, struct question_table *t, const char *word,
    size_t len)
{
	char		 text[32];
	const char	*wrong;
	size_t		 i;

	if (t->nkeys == QUESTION_KEYS_MAX)
		return ("too many keys");
	if (len >= sizeof(text))
		return (KEY_UNKNOWN);
	memcpy(text, word, len);
	text[len] = '\0';
	if ((wrong = key_open(&t->key[t->nkeys], text)) != NULL)
		return (wrong);
	for (i = 0; i < t->nkeys; i++)
		if (t->key[i].ops == t->key[t->nkeys].ops) {
			key_close(&t->key[t->nkeys]);
			return ("given twice");
		}
	if (t->key[t->nkeys].ops->local)
		t->key[t->nkeys].state = q->devices;
	if (t->key[t->nkeys].ops->owner)
		t->key[t->nkeys].state = q->book;
	t->nkeys++;
	return (NULL);
}

const char *
question_table_add(struct question *q, const char *name, const char *title,
    const char *list, const char **bad)
{
	struct question_table	*t = &q->table[q->ntables];
	const char		*wrong;
	size_t			 len;

	*bad = list;
	if (q->ntables == QUESTION_TABLES_MAX)
		return ("too many tables");
	memset(t, 0, sizeof(*t));
	t->name = name;
	t->title = title;
	q->ntables++;
	while (*list != '\0') {
		len = strcspn(list, ",");
		*bad = list;
		if ((wrong = add_key(q, t, list, len)) != NULL)
			return (wrong);
		list += len;
		if (*list == ',' && *++list == '\0') {
			*bad = list;
			return ("a key is missing after the comma");
		}
	}
	return (NULL);
}

char *
question_percentile(const struct question *q,
    char buf[QUESTION_PERCENTILE_LEN])
{
	(void)snprintf(buf, QUESTION_PERCENTILE_LEN, q->permille % 10 != 0 ?
	    "p%u_%u" : "p%u", q->permille / 10, q->permille % 10);
	return (buf);
}

bool
question_sorts(const struct question *q, const struct question_table *t,
    const char *word)
{
	static const char *const	measures[] = {
		"in", "out", "bytes", "data", "packets", "rate", "share"
	};
	char				p[QUESTION_PERCENTILE_LEN];
	size_t				i, len;

	for (i = 0; i < sizeof(measures) / sizeof(measures[0]); i++)
		if (strcmp(word, measures[i]) == 0)
			return (true);
	for (i = 0; i < t->nkeys; i++)
		if (strcmp(word, t->key[i].ops->name) == 0)
			return (true);
	len = strlen(question_percentile(q, p));
	return (q->permille > 0 && strncmp(word, p, len) == 0 &&
	    (word[len] == '\0' || strcmp(word + len, "_in") == 0 ||
	    strcmp(word + len, "_out") == 0));
}

bool
question_has_key(const struct question *q, const char *name)
{
	size_t	i, k;

	for (i = 0; i < q->ntables; i++)
		for (k = 0; k < q->table[i].nkeys; k++)
			if (strcmp(q->table[i].key[k].ops->name, name) == 0)
				return (true);
	return (false);
}

bool
question_asks_devices(const struct question *q)
{
	return (question_has_key(q, "local") || question_has_key(q, "mac"));
}

bool
question_asks_owners(const struct question *q)
{
	size_t	i, k;

	for (i = 0; i < q->ntables; i++)
		for (k = 0; k < q->table[i].nkeys; k++)
			if (q->table[i].key[k].ops->owner)
				return (true);
	return (q->where != NULL && where_is_owned(q->where));
}

void
question_end(struct question *q)
{
	size_t	i, k;

	for (i = 0; i < q->ntables; i++)
		for (k = 0; k < q->table[i].nkeys; k++)
			key_close(&q->table[i].key[k]);
	q->ntables = 0;
}
