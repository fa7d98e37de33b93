/*
 * Owners of a question.  Ids are the same in all blocks, so that owners need
 * no numbers; interfaces and texts do.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "table/groups.h"
#include "owner_book.h"

struct owner_book {
	struct owners	*all;
	struct groups	*texts;		/* of OWNER_CONTAINER_MAX octets */
	struct groups	*names;		/* of units: how many paths */
	uint16_t	 map[OWNERS_MAP];	/* of the rows at hand */
};

struct owner_book *
owner_book_new(void)
{
	struct owner_book	*b;

	if ((b = calloc(1, sizeof(*b))) == NULL)
		return (NULL);
	b->all = owners_new();
	b->texts = groups_new(OWNER_CONTAINER_MAX, sizeof(uint32_t));
	b->names = groups_new(OWNER_UNIT_MAX, sizeof(uint32_t));
	if (b->all == NULL || b->texts == NULL || b->names == NULL) {
		owner_book_free(b);
		errno = ENOMEM;
		return (NULL);
	}
	return (b);
}

void
owner_book_free(struct owner_book *b)
{
	if (b == NULL)
		return;
	owners_free(b->all);
	groups_free(b->texts);
	groups_free(b->names);
	free(b);
}

int
owner_book_add(struct owner_book *b, const struct owners *o)
{
	(void)owners_join_interfaces(b->all, o, b->map);
	/* Owners beyond the most have no name in the answer. */
	return (owners_add_all(b->all, o) == -1 && errno != ENOSPC ? -1 : 0);
}

const struct owners *
owner_book_owners(const struct owner_book *b)
{
	return (b->all);
}

struct where_owners
owner_book_view(const struct owner_book *b)
{
	struct where_owners	o = { .names = b->all, .map = b->map };

	return (o);
}

uint16_t
owner_book_interface(const struct owner_book *b, uint16_t vlan)
{
	return (vlan == FLOW_VLAN_MIXED ? vlan : b->map[vlan % OWNERS_MAP]);
}

uint32_t
owner_book_intern(struct owner_book *b, const char *text)
{
	uint8_t		 key[OWNER_CONTAINER_MAX];
	uint32_t	*number;

	memset(key, 0, sizeof(key));
	(void)strlcpy((char *)key, text, sizeof(key));
	if ((number = groups_get(b->texts, key)) == NULL)
		return (0);
	if (*number == 0)
		*number = (uint32_t)groups_count(b->texts);
	return (*number);
}

/* How many units have the name of that path; NULL without memory. */
static uint32_t *
count_of(const struct owner_book *b, const char *path)
{
	uint8_t	key[OWNER_UNIT_MAX];

	memset(key, 0, sizeof(key));
	(void)strlcpy((char *)key, owner_unit_name(path), sizeof(key));
	return (groups_get(b->names, key));
}

uint32_t
owner_book_unit(struct owner_book *b, const char *path)
{
	size_t		 before = groups_count(b->texts);
	uint32_t	 number = owner_book_intern(b, path), *count;

	if (groups_count(b->texts) > before &&
	    (count = count_of(b, path)) != NULL)
		(*count)++;
	return (number);
}

bool
owner_book_has_namesakes(const struct owner_book *b, const char *path)
{
	const uint32_t	*count = count_of(b, path);

	return (count == NULL || *count > 1);
}

const char *
owner_book_text(const struct owner_book *b, uint32_t number)
{
	if (number == 0 || number > groups_count(b->texts))
		return ("");
	return ((const char *)groups_key(b->texts,
	    groups_at(b->texts, number - 1)));
}

const uint8_t *
owner_of_row(const struct flow_key *k, bool *is_source)
{
	*is_source = false;
	if (k->family == FLOW_FAMILY_NONE)
		return (NULL);
	if (!(k->flags & FLOW_NO_SRC) && owner_is(k->src)) {
		*is_source = true;
		return (k->src);
	}
	return (!(k->flags & FLOW_NO_DST) && owner_is(k->dst) ? k->dst : NULL);
}
