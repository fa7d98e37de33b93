/*
 * Encodes and decodes the table of owners of a block.  An id is not stored: it
 * is made from the names again, so that a name cannot be put to the id of
 * another owner.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "base/crc32c.h"
#include "base/printable.h"
#include "block_format.h"
#include "owner_table.h"

/* What it saves at a higher level is not worth the time. */
#define ZSTD_LEVEL	3

/* Longest text of an owner or an interface, with all that belongs to it. */
#define ENTRY_MAX	(4 + OWNER_UNIT_MAX + OWNER_USER_MAX + \
			    OWNER_PROGRAM_MAX)

_Static_assert(OWN_FIXED + OWN_TEXT_MAX + OWN_TEXT_MAX / 200 + 1024 <=
    OWN_MAX, "a table may not fit its bound");

/* ---- what rows use ---- */

struct used_owner {
	const struct owner	*owner;
	uint64_t		 bytes;		/* of its rows */
};

struct used {
	struct used_owner	 *owner;
	size_t			  n;
	uint16_t		  interface;	/* the last one */
	bool			  is_interface[OWNERS_MAP];
};

/* at: the places of owners in u, by number; 0: not seen yet. */
static void
use_owner(const struct owners *o, const uint8_t *id, uint64_t bytes,
    uint32_t *at, struct used *u)
{
	size_t	number;

	if (!owner_is(id) || (number = owners_number(o, id)) == OWNERS_NONE)
		return;
	if (at[number] == 0) {
		u->owner[u->n].owner = owners_at(o, number);
		at[number] = (uint32_t)++u->n;
	}
	u->owner[at[number] - 1].bytes += bytes;
}

static void
use_interface(const struct owners *o, uint16_t number, struct used *u)
{
	if (owners_ifname(o, number) == NULL)
		return;
	u->is_interface[number] = true;
	if (number > u->interface)
		u->interface = number;
}

static int
by_name(const void *a, const void *b)
{
	const struct owner	*x = ((const struct used_owner *)a)->owner;
	const struct owner	*y = ((const struct used_owner *)b)->owner;
	int			 d;

	if ((d = strcmp(x->unit, y->unit)) != 0)
		return (d);
	if ((d = strcmp(x->program, y->program)) != 0)
		return (d);
	return ((x->uid > y->uid) - (x->uid < y->uid));
}

/* The one with most octets first. */
static int
by_bytes(const void *a, const void *b)
{
	const struct used_owner	*x = a, *y = b;

	if (x->bytes != y->bytes)
		return (x->bytes < y->bytes ? 1 : -1);
	return (by_name(a, b));
}

static size_t
text_len(const struct owner *o)
{
	return (4 + strlen(o->unit) + strlen(o->user) + strlen(o->program) +
	    3);
}

/* If there are more than a table holds, those with few octets are left out. */
static void
choose(struct used *u)
{
	size_t	room = OWN_TEXT_MAX - ENTRY_MAX -
		    OWNERS_INTERFACES * (size_t)OWNERS_IFNAME_MAX;
	size_t	i, len = 0;

	for (i = 0; i < u->n; i++)
		len += text_len(u->owner[i].owner);
	if (u->n > OWN_OWNERS_MAX || len > room) {
		qsort(u->owner, u->n, sizeof(*u->owner), by_bytes);
		for (i = len = 0; i < u->n && i < OWN_OWNERS_MAX; i++)
			if ((len += text_len(u->owner[i].owner)) > room)
				break;
		u->n = i;
	}
	qsort(u->owner, u->n, sizeof(*u->owner), by_name);
}

static int
find_used(const struct owners *o, const struct flow *const *rows, size_t n,
    struct used *u)
{
	uint32_t	*at = calloc(owners_count(o) + 1, sizeof(*at));
	size_t		 i;

	u->owner = calloc(owners_count(o) + 1, sizeof(*u->owner));
	if (at == NULL || u->owner == NULL) {
		free(at);
		return (-1);
	}
	for (i = 0; i < n; i++) {
		use_owner(o, rows[i]->key.src, rows[i]->count.ip, at, u);
		use_owner(o, rows[i]->key.dst, rows[i]->count.ip, at, u);
		use_interface(o, rows[i]->key.vlan, u);
	}
	free(at);
	choose(u);
	return (0);
}

/* ---- texts ---- */

static uint8_t *
put_text(uint8_t *to, const char *text)
{
	size_t	len = strlen(text);
	size_t	i;

	for (i = 0; i < len; i++)
		*to++ = is_printable(text[i]) ? (uint8_t)text[i] : '?';
	*to++ = '\0';
	return (to);
}

static uint8_t *
put_owner(uint8_t *to, const struct owner *o)
{
	put_le32(to, o->uid);
	to = put_text(to + 4, o->unit);
	to = put_text(to, o->user);
	return (put_text(to, o->program));
}

/* Sets *len and how many owners there was room for; the caller frees it. */
static uint8_t *
make_texts(const struct owners *o, const struct used *u, size_t *len,
    size_t *owners)
{
	size_t	 most = OWN_TEXT_MAX, i;
	uint8_t	*texts, *to;

	if (u->n < OWN_TEXT_MAX / ENTRY_MAX)
		most = u->n * ENTRY_MAX;
	most += OWNERS_INTERFACES * (size_t)OWNERS_IFNAME_MAX;
	if ((texts = to = malloc(most + 1)) == NULL)
		return (NULL);
	for (i = 1; i <= u->interface; i++)
		to = put_text(to, u->is_interface[i] ?
		    owners_ifname(o, (uint16_t)i) : "");
	for (i = 0; i < u->n && i < OWN_OWNERS_MAX &&
	    (size_t)(to - texts) + ENTRY_MAX <= OWN_TEXT_MAX; i++)
		to = put_owner(to, u->owner[i].owner);
	*owners = i;
	*len = (size_t)(to - texts);
	return (texts);
}

/* Returns the length of the table, or -1. */
static int64_t
close_table(uint8_t *table, const uint8_t *texts, size_t len,
    uint16_t interfaces, size_t owners)
{
	size_t	stored, at;

	table[OWN_CODEC] = CODEC_ZSTD;
	stored = ZSTD_compress(table + OWN_FIXED, ZSTD_compressBound(len),
	    texts, len, ZSTD_LEVEL);
	if (ZSTD_isError(stored) || stored >= len) {
		memcpy(table + OWN_FIXED, texts, len);
		table[OWN_CODEC] = CODEC_NONE;
		stored = len;
	}
	for (at = OWN_FIXED + stored; at % 8 != 0; at++)
		table[at] = 0;
	put_le32(table + OWN_LENGTH, (uint32_t)at);
	put_le16(table + OWN_INTERFACES, interfaces);
	put_le32(table + OWN_OWNERS, (uint32_t)owners);
	put_le32(table + OWN_SIZE, (uint32_t)len);
	put_le32(table + OWN_STORED, (uint32_t)stored);
	put_le32(table + OWN_CRC, crc32c(0, table, at));
	return ((int64_t)at);
}

int64_t
owner_table_encode(const struct owners *o, const struct flow *const *rows,
    size_t n, uint8_t **table)
{
	struct used	 u = { .n = 0 };
	uint8_t		*texts = NULL;
	int64_t		 length = -1;
	size_t		 len, owners;

	*table = NULL;
	if (find_used(o, rows, n, &u) == 0) {
		length = u.n == 0 && u.interface == 0 ? 0 : -1;
		if (length == -1)
			texts = make_texts(o, &u, &len, &owners);
	}
	if (texts != NULL && (*table = calloc(1, OWN_FIXED + 8 +
	    ZSTD_compressBound(len))) != NULL)
		length = close_table(*table, texts, len, u.interface, owners);
	free(texts);
	free(u.owner);
	if (length == -1)
		errno = ENOMEM;
	return (length);
}

/* ---- reading ---- */

/* Octets that are not read yet. */
struct texts {
	const uint8_t	*p, *end;
};

/* Take a text of less than len octets.  False: none that is printable. */
static bool
take_text(struct texts *t, char *to, size_t len)
{
	size_t	i;

	for (i = 0; i < len && t->p < t->end; i++) {
		to[i] = (char)*t->p++;
		if (to[i] == '\0')
			return (true);
		if (!is_printable(to[i]))
			return (false);
	}
	return (false);
}

static bool
take_owner(struct texts *t, struct owners *o, enum block_error *e)
{
	struct owner	one;

	memset(&one, 0, sizeof(one));
	if (t->end - t->p < 4)
		return (false);
	one.uid = get_le32(t->p);
	t->p += 4;
	if (!take_text(t, one.unit, sizeof(one.unit)) ||
	    !take_text(t, one.user, sizeof(one.user)) ||
	    !take_text(t, one.program, sizeof(one.program)))
		return (false);
	owner_identify(&one);
	switch (owners_add(o, &one)) {
	case 1:
		return (true);
	case -1:
		*e = BLOCK_IO;
		return (false);
	default:
		return (false);		/* twice */
	}
}

static enum block_error
take_all(struct texts *t, unsigned interfaces, size_t owners,
    struct owners *o)
{
	char			name[OWNERS_IFNAME_MAX];
	enum block_error	e = BLOCK_DAMAGED;
	unsigned		i;

	for (i = 1; i <= interfaces; i++) {
		if (!take_text(t, name, sizeof(name)))
			return (BLOCK_DAMAGED);
		if (name[0] != '\0' &&
		    !owners_set_interface(o, (uint16_t)i, name))
			return (BLOCK_DAMAGED);
	}
	for (; owners > 0; owners--)
		if (!take_owner(t, o, &e))
			return (e);
	return (t->p == t->end ? BLOCK_OK : BLOCK_DAMAGED);
}

static bool
is_intact(const uint8_t *table, size_t len)
{
	static const uint8_t	zeros[4];
	uint32_t		crc;

	if (len < OWN_FIXED || len > OWN_MAX || len % 8 != 0 ||
	    get_le32(table + OWN_LENGTH) != len)
		return (false);
	crc = crc32c(0, table, OWN_CRC);
	crc = crc32c(crc, zeros, sizeof(zeros));
	crc = crc32c(crc, table + OWN_CRC + 4, len - OWN_CRC - 4);
	return (crc == get_le32(table + OWN_CRC) &&
	    get_le16(table + OWN_INTERFACES) <= OWNERS_INTERFACES &&
	    get_le32(table + OWN_OWNERS) <= OWN_OWNERS_MAX &&
	    get_le32(table + OWN_SIZE) <= OWN_TEXT_MAX &&
	    get_le32(table + OWN_STORED) <= len - OWN_FIXED &&
	    len - OWN_FIXED - get_le32(table + OWN_STORED) < 8);
}

/* Returns the texts in *texts, or in memory *own that the caller frees. */
static enum block_error
unpack(const uint8_t *table, const uint8_t **texts, uint8_t **own)
{
	size_t	size = get_le32(table + OWN_SIZE);
	size_t	stored = get_le32(table + OWN_STORED);

	*own = NULL;
	*texts = table + OWN_FIXED;
	if (table[OWN_CODEC] > CODEC_ZSTD)
		return (BLOCK_NEWER);
	if (table[OWN_CODEC] == CODEC_NONE)
		return (stored == size ? BLOCK_OK : BLOCK_DAMAGED);
	if ((*own = malloc(size + 1)) == NULL)
		return (BLOCK_IO);
	*texts = *own;
	return (ZSTD_decompress(*own, size, table + OWN_FIXED, stored) ==
	    size ? BLOCK_OK : BLOCK_DAMAGED);
}

enum block_error
owner_table_decode(const uint8_t *table, size_t len, struct owners **out)
{
	enum block_error	 e;
	const uint8_t		*texts;
	uint8_t			*own;
	struct texts		 t;

	*out = NULL;
	if (!is_intact(table, len))
		return (BLOCK_DAMAGED);
	e = unpack(table, &texts, &own);
	if (e == BLOCK_OK && (*out = owners_new()) == NULL)
		e = BLOCK_IO;
	if (e == BLOCK_OK) {
		t.p = texts;
		t.end = texts + get_le32(table + OWN_SIZE);
		e = take_all(&t, get_le16(table + OWN_INTERFACES),
		    get_le32(table + OWN_OWNERS), *out);
	}
	free(own);
	if (e != BLOCK_OK) {
		owners_free(*out);
		*out = NULL;
	}
	return (e);
}
