/*
 * A hash table of names, with the first address of each.  It is bounded: names
 * that do not fit are taken for names of one address.
 */
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "namesakes.h"

#define BUCKETS		16384
#define NAMES_MOST	((size_t)1 << 20)

struct namesake {
	struct namesake		*next;
	struct names_host	 first;
	bool			 many;
	char			 name[];
};

struct namesakes {
	struct namesake	*bucket[BUCKETS];
	size_t		 n;
};

struct namesakes *
namesakes_new(void)
{
	return (calloc(1, sizeof(struct namesakes)));
}

void
namesakes_free(struct namesakes *all)
{
	struct namesake	*one, *next;
	size_t		 i;

	for (i = 0; all != NULL && i < BUCKETS; i++)
		for (one = all->bucket[i]; one != NULL; one = next) {
			next = one->next;
			free(one);
		}
	free(all);
}

static bool
is_same(const struct names_host *a, const struct names_host *b)
{
	return (a->family == b->family &&
	    memcmp(a->addr, b->addr, sizeof(a->addr)) == 0);
}

bool
namesakes_note(struct namesakes *all, const char *name,
    const struct names_host *host)
{
	size_t		 len = strlen(name);
	struct namesake	*one, **bucket;

	bucket = &all->bucket[XXH3_64bits(name, len) % BUCKETS];
	for (one = *bucket; one != NULL; one = one->next)
		if (strcmp(one->name, name) == 0) {
			one->many |= !is_same(&one->first, host);
			return (one->many);
		}
	if (all->n == NAMES_MOST ||
	    (one = malloc(sizeof(*one) + len + 1)) == NULL)
		return (false);
	one->first = *host;
	one->many = false;
	memcpy(one->name, name, len + 1);
	one->next = *bucket;
	*bucket = one;
	all->n++;
	return (false);
}
