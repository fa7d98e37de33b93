/*
 * The names of owners and interfaces in an account of owners.  Rows have an
 * owner's id, which is the same in all blocks, and the number of an interface,
 * which each run of trafd gives anew: here it has one number for good.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/printable.h"
#include "history_impl.h"

#define ID_LEN		(OWNER_LEN - OWNER_PREFIX_LEN)
#define KEY_OWNER_LEN	(1 + 4 + ID_LEN)
#define KEY_IFACE_LEN	(1 + 4 + 2)

/* The most owners that one transaction deletes. */
#define BATCH		1000

struct feed_owners {
	struct owners	*all;		/* seen in this feed; interfaces: all */
	uint32_t	*last;		/* of each owner: what is stored */
	size_t		 room;
	bool		 renumber;	/* rows of the current block */
	uint16_t	 map[OWNERS_MAP];
};

void
feed_owners_free(struct feed_owners *f)
{
	if (f == NULL)
		return;
	owners_free(f->all);
	free(f->last);
	free(f);
}

/* ---- items ---- */

static void
key_owner(uint32_t account, const uint8_t *id, uint8_t key[KEY_OWNER_LEN])
{
	key[0] = KEY_OWNER;
	(void)put_be(key + 1, account, 4);
	memcpy(key + 5, id + OWNER_PREFIX_LEN, ID_LEN);
}

static void
key_interface(uint32_t account, uint16_t number, uint8_t key[KEY_IFACE_LEN])
{
	key[0] = KEY_INTERFACE;
	(void)put_be(key + 1, account, 4);
	(void)put_be(key + 5, number, 2);
}

/* The last day on which it has rows, uid, unit, user, program. */
size_t
owner_pack(const struct owner *o, uint32_t last, uint8_t value[OWNER_PACKED])
{
	char	*text = (char *)value;
	size_t	 n = 8;

	(void)put_be(value, last, 4);
	(void)put_be(value + 4, o->uid, 4);
	n += strlcpy(text + n, o->unit, OWNER_UNIT_MAX) + 1;
	n += strlcpy(text + n, o->user, OWNER_USER_MAX) + 1;
	return (n + strlcpy(text + n, o->program, OWNER_PROGRAM_MAX) + 1);
}

static int
put_owner(struct history *h, uint32_t account, const struct owner *o,
    uint32_t last)
{
	uint8_t	key[KEY_OWNER_LEN], value[OWNER_PACKED];
	size_t	n = owner_pack(o, last, value);

	key_owner(account, o->id, key);
	return (store_put(h->store, key, sizeof(key), value, n));
}

static bool
take_text(const uint8_t **from, const uint8_t *end, char *to, size_t room)
{
	const uint8_t	*nul = memchr(*from, '\0', (size_t)(end - *from));
	size_t		 len, i;

	if (nul == NULL || (len = (size_t)(nul - *from)) >= room)
		return (false);
	memcpy(to, *from, len + 1);
	for (i = 0; i < len; i++)
		if (!is_printable(to[i]))
			return (false);
	*from = nul + 1;
	return (true);
}

bool
owner_unpack(const uint8_t *value, size_t len, struct owner *o)
{
	const uint8_t	*from = value, *end = value + len;

	memset(o, 0, sizeof(*o));
	if (len < 8)
		return (false);
	from += 8;
	o->uid = (uint32_t)get_be(value + 4, 4);
	if (!take_text(&from, end, o->unit, sizeof(o->unit)) ||
	    !take_text(&from, end, o->user, sizeof(o->user)) ||
	    !take_text(&from, end, o->program, sizeof(o->program)) ||
	    from != end)
		return (false);
	owner_identify(o);
	return (true);
}

/* The id is that of the names. */
static bool
owner_of(const struct store_item *item, struct owner *o)
{
	return (item->klen == KEY_OWNER_LEN &&
	    owner_unpack(item->value, item->len, o) &&
	    memcmp(o->id + OWNER_PREFIX_LEN, item->key + 5, ID_LEN) == 0);
}

static bool
add_interface(const struct store_item *item, struct owners *o)
{
	char	name[OWNERS_IFNAME_MAX];

	if (item->klen != KEY_IFACE_LEN || item->len == 0 ||
	    item->len >= sizeof(name) ||
	    memchr(item->value, '\0', item->len) != NULL)
		return (false);
	memcpy(name, item->value, item->len);
	name[item->len] = '\0';
	(void)printable(name);
	return (owners_set_interface(o, (uint16_t)get_be(item->key + 5, 2),
	    name));
}

static bool
add_owner(const struct store_item *item, struct owners *o)
{
	struct owner	one;

	/* What is beyond OWNERS_MOST has no name. */
	return (owner_of(item, &one) &&
	    (owners_add(o, &one) != -1 || errno == ENOSPC));
}

/* Add all items of one letter of the account. */
static int
load(struct history *h, uint32_t account, uint8_t letter,
    bool (*add)(const struct store_item *, struct owners *), struct owners *o)
{
	struct store_cursor	*c;
	struct store_item	 item;
	uint8_t			 key[5];
	int			 rc;

	if ((c = store_cursor_new(h->store)) == NULL)
		return (-1);
	key[0] = letter;
	(void)put_be(key + 1, account, 4);
	rc = store_cursor_from(c, key, sizeof(key), &item);
	while (rc == 1 && item.klen > sizeof(key) &&
	    memcmp(item.key, key, sizeof(key)) == 0) {
		errno = EBADMSG;
		if (!add(&item, o))
			rc = errno == ENOMEM ?
			    history_fail(h, ENOMEM, "out of memory") :
			    history_fail(h, EBADMSG, "damaged owner");
		else
			rc = store_cursor_next(c, &item);
	}
	store_cursor_free(c);
	return (rc == -1 ? -1 : 0);
}

int
history_owners(struct history *h, const struct history_account *a,
    struct owners **out)
{
	struct owners	*o;

	*out = NULL;
	if ((o = owners_new()) == NULL)
		return (history_fail(h, ENOMEM, "out of memory"));
	if (load(h, a->id, KEY_INTERFACE, add_interface, o) == -1 ||
	    load(h, a->id, KEY_OWNER, add_owner, o) == -1) {
		owners_free(o);
		return (-1);
	}
	if (owners_count(o) == 0 && owners_interfaces(o) == 0) {
		owners_free(o);
		return (0);
	}
	*out = o;
	return (1);
}

/* ---- feeding ---- */

static int
begin(struct history *h, uint32_t account, struct feed_owners **f)
{
	if (*f != NULL)
		return (0);
	if ((*f = calloc(1, sizeof(**f))) == NULL ||
	    ((*f)->all = owners_new()) == NULL) {
		(void)history_fail(h, ENOMEM, "out of memory");
		return (-1);
	}
	return (load(h, account, KEY_INTERFACE, add_interface, (*f)->all));
}

static int
note_interfaces(struct history *h, uint32_t account, struct feed_owners *f,
    const struct owners *from)
{
	uint8_t		 key[KEY_IFACE_LEN];
	const char	*name;
	uint16_t	 n = owners_interfaces(f->all);

	(void)owners_join_interfaces(f->all, from, f->map);
	f->renumber = true;
	while (++n <= owners_interfaces(f->all)) {
		name = owners_ifname(f->all, n);
		key_interface(account, n, key);
		if (store_put(h->store, key, sizeof(key), name,
		    strlen(name)) == -1)
			return (-1);
	}
	return (0);
}

/* Make room in `last' for all owners; those that are new have 0. */
static int
make_room(struct history *h, struct feed_owners *f)
{
	size_t		 want = owners_count(f->all) + 1, room = want * 2;
	uint32_t	*p;

	if (want <= f->room)
		return (0);
	if ((p = reallocarray(f->last, room, sizeof(*p))) == NULL)
		return (history_fail(h, ENOMEM, "out of memory"));
	memset(p + f->room, 0, (room - f->room) * sizeof(*p));
	f->last = p;
	f->room = room;
	return (0);
}

/* Set *last to what is stored; 0 if there is no such owner. */
static int
stored(struct history *h, uint32_t account, const uint8_t *id, uint32_t *last)
{
	uint8_t		 key[KEY_OWNER_LEN];
	const void	*value;
	size_t		 len;
	int		 rc;

	*last = 0;
	key_owner(account, id, key);
	rc = store_get(h->store, key, sizeof(key), &value, &len);
	if (rc == 1 && len >= 4)
		*last = (uint32_t)get_be(value, 4);
	return (rc == -1 ? -1 : 0);
}

/* Note that the owner has rows on this day, unless it has on a later one. */
static int
note_owner(struct history *h, uint32_t account, struct feed_owners *f,
    const struct owner *o, uint32_t day)
{
	uint32_t	*last;
	int		 new;

	if ((new = owners_add(f->all, o)) == -1)
		return (errno == ENOSPC ? 0 :
		    history_fail(h, ENOMEM, "out of memory"));
	if (make_room(h, f) == -1)
		return (-1);
	last = &f->last[owners_number(f->all, o->id)];
	if (new == 1 && stored(h, account, o->id, last) == -1)
		return (-1);
	if (*last >= day)
		return (0);
	*last = day;
	return (put_owner(h, account, o, day));
}

int
feed_owners_interfaces(struct history *h, uint32_t account,
    struct feed_owners **f, const struct owners *from)
{
	if (begin(h, account, f) == -1)
		return (-1);
	return (note_interfaces(h, account, *f, from));
}

int
feed_owners_block(struct history *h, uint32_t account,
    struct feed_owners **f, const struct owners *from, uint32_t hour)
{
	/* 0 is no day: what has rows in 1970 has them on its second day. */
	uint32_t	day = history_period(HISTORY_DAY, hour);
	size_t		i, n;

	if (*f != NULL)
		(*f)->renumber = false;
	if (from == NULL)
		return (0);
	if (feed_owners_interfaces(h, account, f, from) == -1)
		return (-1);
	n = owners_count(from);
	for (i = 0; i < n; i++)
		if (note_owner(h, account, *f, owners_at(from, i),
		    day == 0 ? 24 : day) == -1)
			return (-1);
	return (0);
}

void
feed_owners_row(const struct feed_owners *f, struct flow *row)
{
	if (f != NULL && f->renumber)
		row->key.vlan = f->map[row->key.vlan] & FLOW_VLAN_MASK;
}

/* ---- pruning ---- */

/* Delete up to BATCH owners without rows since.  Returns how many, or -1. */
static int
delete_batch(struct history *h, uint32_t account, uint32_t since)
{
	struct store_cursor	*c;
	struct store_item	 item;
	uint8_t			 key[5];
	int			 n = 0, rc;

	if ((c = store_cursor_new(h->store)) == NULL)
		return (-1);
	key[0] = KEY_OWNER;
	(void)put_be(key + 1, account, 4);
	rc = store_cursor_from(c, key, sizeof(key), &item);
	while (rc == 1 && n < BATCH && item.klen > sizeof(key) &&
	    memcmp(item.key, key, sizeof(key)) == 0) {
		if (item.len >= 4 && get_be(item.value, 4) < since) {
			n++;
			if (store_cursor_delete(c) == -1)
				break;
		}
		rc = store_cursor_next(c, &item);
	}
	store_cursor_free(c);
	return (rc == -1 ? -1 : n);
}

int
owners_prune(struct history *h, uint32_t account, uint32_t since)
{
	int	n;

	do {
		if (store_begin(h->store) == -1)
			return (-1);
		if ((n = delete_batch(h, account, since)) == -1) {
			store_abort(h->store);
			return (-1);
		}
		if (store_commit(h->store) == -1)
			return (-1);
	} while (n == BATCH);
	return (0);
}
