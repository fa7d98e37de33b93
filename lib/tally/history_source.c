/*
 * Which kind of rows of the history contains the keys of a table.
 */
#include <string.h>

#include "history_source.h"

static bool
is_one_of(const char *name, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcmp(name, *list) == 0)
			return (true);
	return (false);
}

enum source
source_of_table(const struct question_table *t)
{
	static const char *const	services[] = {
		"service", "proto", NULL
	};
	static const char *const	pairs[] = {
		"host", "src", "dst", "pair", "net", "local", "mac", "owner",
		"program", "user", "unit", "container", NULL
	};
	size_t				i, n = 0, ns = 0, np = 0, nh = 0;
	size_t				nv = 0;

	for (i = 0; i < t->nkeys; i++) {
		if (key_is_time(&t->key[i]))
			continue;
		n++;
		ns += is_one_of(t->key[i].ops->name, services);
		np += is_one_of(t->key[i].ops->name, pairs);
		nh += strcmp(t->key[i].ops->name, "host") == 0;
		nv += strcmp(t->key[i].ops->name, "vlan") == 0 ||
		    strcmp(t->key[i].ops->name, "interface") == 0;
	}
	if (n == 0)
		return (FROM_TOTALS);
	if (n == 1 && nh == 1)
		return (FROM_HOSTS);
	if (n == 1 && nv == 1)
		return (FROM_VLANS);
	if (ns == n)
		return (FROM_SERVICES);
	return (np == n ? FROM_PAIRS : FROM_FILES);
}

bool
sources_within(const struct question *q, enum source most)
{
	size_t		i;
	enum source	s;

	for (i = 0; i < q->ntables; i++) {
		s = source_of_table(&q->table[i]);
		if (s == FROM_FILES || s == FROM_SERVICES ||
		    s == FROM_VLANS ||
		    (most == FROM_TOTALS && s != FROM_TOTALS))
			return (false);
	}
	return (true);
}

bool
sources_have(const struct question *q, enum source s)
{
	size_t	i;

	for (i = 0; i < q->ntables; i++)
		if (source_of_table(&q->table[i]) == s)
			return (true);
	return (false);
}
