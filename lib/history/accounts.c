/*
 * Accounts of the history, and their totals by period.
 */
#include <errno.h>
#include <string.h>

#include "history_impl.h"

/*
 * Bytes of an account.  In format 2 the place had five numbers, and no flags.
 */
#define OLD_OCTETS	(7 * 4 + 5 * 8)
#define ACCOUNT_OCTETS	(OLD_OCTETS + 8 + 4)

#define FLAG_ANY	1

static size_t
key_account(const char *name, uint8_t key[KEY_MAX + 64])
{
	size_t	len = strlen(name);

	key[0] = KEY_ACCOUNT;
	/* A key has a length and no NUL. */
	memcpy(key + 1, name, len);	/* NOLINT(bugprone-not-null-*) */
	return (1 + len);
}

static bool
is_name(const char *name)
{
	struct history_account	a;

	return (name[0] != '\0' && strlen(name) < sizeof(a.name));
}

static void
account_of(const struct store_item *item, struct history_account *a)
{
	const uint8_t	*v = item->value;
	size_t		 g;

	memset(a, 0, sizeof(*a));
	memcpy(a->name, item->key + 1, item->klen - 1);
	a->id = (uint32_t)get_be(v, 4);
	a->closed = (uint32_t)get_be(v + 4, 4);
	a->first = (uint32_t)get_be(v + 8, 4);
	a->last = (uint32_t)get_be(v + 12, 4);
	for (g = 1; g <= 3; g++)
		a->kept[g] = (uint32_t)get_be(v + 12 + 4 * g, 4);
	a->place.device = get_be(v + 28, 8);
	a->place.inode = get_be(v + 36, 8);
	a->place.offset = get_be(v + 44, 8);
	a->place.instance = get_be(v + 52, 8);
	a->place.epoch = get_be(v + 60, 8);
	if (item->len == OLD_OCTETS) {
		a->any = a->first != 0 || a->last != 0;
		return;
	}
	a->place.checksum = get_be(v + 68, 8);
	a->any = (get_be(v + 76, 4) & FLAG_ANY) != 0;
}

/*
 * Format 2 took the first hour of 1970 for an account without blocks.  If
 * nothing is summed up yet, that is corrected here; see UPGRADE in trafdb(8).
 * Returns 1, or -1.
 */
static int
set_first(struct history *h, const struct store_item *item,
    struct history_account *a)
{
	struct history_totals	t;
	int			rc;

	if (item->len != OLD_OCTETS || a->closed > 0)
		return (1);
	rc = totals_get(h, a->id, HISTORY_HOUR, 0, &t);
	if (rc == 1) {
		a->any = true;
		a->first = 0;
	}
	return (rc == -1 ? -1 : 1);
}

int
account_put(struct history *h, const struct history_account *a)
{
	uint8_t		 key[KEY_MAX + 64], value[ACCOUNT_OCTETS], *to = value;
	size_t		 klen = key_account(a->name, key);
	unsigned	 g;

	to = put_be(to, a->id, 4);
	to = put_be(to, a->closed, 4);
	to = put_be(to, a->first, 4);
	to = put_be(to, a->last, 4);
	for (g = 1; g <= 3; g++)
		to = put_be(to, a->kept[g], 4);
	to = put_be(to, a->place.device, 8);
	to = put_be(to, a->place.inode, 8);
	to = put_be(to, a->place.offset, 8);
	to = put_be(to, a->place.instance, 8);
	to = put_be(to, a->place.epoch, 8);
	to = put_be(to, a->place.checksum, 8);
	(void)put_be(to, a->any ? FLAG_ANY : 0, 4);
	return (store_put(h->store, key, klen, value, sizeof(value)));
}

int
account_delete(struct history *h, const char *name)
{
	uint8_t	key[KEY_MAX + 64];
	size_t	len = key_account(name, key);

	return (store_delete(h->store, key, len));
}

/*
 * Is the item a valid account?  Its hours have limits, and its name has no NUL,
 * so that loops over periods and over accounts end.
 */
static bool
is_account(const struct store_item *item)
{
	uint64_t	first, last;
	size_t		at;

	if (item->klen <= 1 || item->klen > 64 ||
	    item->key[0] != KEY_ACCOUNT ||
	    memchr(item->key + 1, '\0', item->klen - 1) != NULL ||
	    (item->len != ACCOUNT_OCTETS && item->len != OLD_OCTETS))
		return (false);
	for (at = 4; at < 28; at += 4)
		if (get_be(item->value + at, 4) > HOUR_MOST)
			return (false);
	first = get_be(item->value + 8, 4);
	last = get_be(item->value + 12, 4);
	return (first <= last);
}

int
history_account(struct history *h, const char *name,
    struct history_account *a)
{
	uint8_t			 key[KEY_MAX + 64];
	struct store_item	 item = { .key = key };
	const void		*value;
	int			 rc;

	if (!is_name(name))
		return (0);
	item.klen = key_account(name, key);
	rc = store_get(h->store, key, item.klen, &value, &item.len);
	if (rc != 1)
		return (rc);
	item.value = value;
	if (!is_account(&item))
		return (history_fail(h, EBADMSG, "damaged account"));
	account_of(&item, a);
	return (set_first(h, &item, a));
}

int
history_account_next(struct history *h, const char *after,
    struct history_account *a)
{
	struct store_cursor	*c;
	struct store_item	 item;
	uint8_t			 key[KEY_MAX + 64];
	size_t			 len;
	int			 rc;

	if ((c = store_cursor_new(h->store)) == NULL)
		return (-1);
	len = key_account(after, key);
	/* The next possible name. */
	key[len++] = after[0] == '\0' ? HISTORY_HIDDEN + 1 : '\0';
	if ((rc = store_cursor_from(c, key, len, &item)) == 1) {
		if (item.key[0] != KEY_ACCOUNT)
			rc = 0;
		else if (!is_account(&item))
			rc = history_fail(h, EBADMSG, "damaged account");
	}
	if (rc == 1) {
		account_of(&item, a);
		rc = set_first(h, &item, a);
	}
	store_cursor_free(c);
	return (rc);
}

static int
later_id(struct history *h, uint32_t *id, const uint8_t *key, size_t len,
    uint8_t letter)
{
	struct store_cursor	*c;
	struct store_item	 item;
	int			 rc;

	if ((c = store_cursor_new(h->store)) == NULL)
		return (-1);
	rc = store_cursor_from(c, key, len, &item);
	for (; rc == 1 && item.key[0] == letter;
	    rc = store_cursor_next(c, &item))
		if (item.len >= 4 && get_be(item.value, 4) > *id)
			*id = (uint32_t)get_be(item.value, 4);
	store_cursor_free(c);
	return (rc == -1 ? -1 : 0);
}

/* The greatest number of an account, also of hidden accounts and garbage. */
static int
last_id(struct history *h, uint32_t *id)
{
	static const uint8_t	accounts[] = { KEY_ACCOUNT };
	static const uint8_t	garbage[] = { KEY_GARBAGE };

	*id = 0;
	if (later_id(h, id, accounts, sizeof(accounts), KEY_ACCOUNT) == -1)
		return (-1);
	return (later_id(h, id, garbage, sizeof(garbage), KEY_GARBAGE));
}

int
account_new(struct history *h, const char *name, struct history_account *a)
{
	if (!is_name(name))
		return (history_fail(h, EINVAL, "invalid name of an account"));
	memset(a, 0, sizeof(*a));
	(void)strlcpy(a->name, name, sizeof(a->name));
	if (last_id(h, &a->id) == -1)
		return (-1);
	a->id++;
	return (account_put(h, a));
}

/* ---- totals ---- */

static uint8_t *
put_count(uint8_t *to, const struct flow_count *c)
{
	to = history_number_put(to, c->packets);
	to = history_number_put(to, c->data);
	return (history_number_put(to, c->ip));
}

/* Ten numbers, the number of ledger entries, the ledger entries. */
size_t
totals_pack(const struct history_totals *t, uint8_t value[TOTALS_MAX])
{
	uint8_t		*to = value;
	unsigned	 i;

	to = history_number_put(to, t->blocks);
	to = history_number_put(to, t->rows);
	to = history_number_put(to, t->duration_ns);
	to = history_number_put(to, t->begin_ns);
	to = history_number_put(to, t->end_ns);
	to = history_number_put(to, t->checksum);
	to = history_number_put(to, t->texts);
	to = put_count(to, &t->total);
	to = history_number_put(to, LEDGER_ENTRIES);
	for (i = 0; i < LEDGER_ENTRIES; i++)
		to = history_number_put(to, t->ledger.v[i]);
	return ((size_t)(to - value));
}

int
totals_put(struct history *h, uint32_t account, enum history_grain grain,
    uint32_t period, const struct history_totals *t)
{
	uint8_t	key[KEY_MAX], value[TOTALS_MAX];
	size_t	klen = key_totals(account, grain, period, key);

	return (store_put(h->store, key, klen, value, totals_pack(t, value)));
}

bool
totals_unpack(const uint8_t *value, size_t len, struct history_totals *t)
{
	struct history_octets	r = { value, value + len };
	uint64_t		i, n;

	memset(t, 0, sizeof(*t));
	t->blocks = history_number_get(&r);
	t->rows = history_number_get(&r);
	t->duration_ns = history_number_get(&r);
	t->begin_ns = history_number_get(&r);
	t->end_ns = history_number_get(&r);
	t->checksum = history_number_get(&r);
	t->texts = history_number_get(&r);
	t->total.packets = history_number_get(&r);
	t->total.data = history_number_get(&r);
	t->total.ip = history_number_get(&r);
	/* More entries mean a later format, which has another number. */
	if ((n = history_number_get(&r)) > LEDGER_ENTRIES)
		return (false);
	for (i = 0; i < n; i++)
		t->ledger.v[i] = history_number_get(&r);
	return (r.p != NULL && r.p == r.end);
}

int
totals_get(struct history *h, uint32_t account, enum history_grain grain,
    uint32_t period, struct history_totals *t)
{
	uint8_t		 key[KEY_MAX];
	const void	*value;
	size_t		 len, klen = key_totals(account, grain, period, key);
	int		 rc;

	memset(t, 0, sizeof(*t));
	rc = store_get(h->store, key, klen, &value, &len);
	if (rc == 1 && !totals_unpack(value, len, t))
		return (history_fail(h, EBADMSG, "damaged totals"));
	return (rc);
}

int
history_skip(struct history *h, const struct history_account *a,
    enum history_grain grain, uint32_t *hour)
{
	struct store_cursor	*c;
	struct store_item	 item;
	uint8_t			 key[KEY_MAX];
	size_t			 len = key_totals(a->id, grain, *hour, key);
	int			 rc;

	if ((c = store_cursor_new(h->store)) == NULL)
		return (-1);
	rc = store_cursor_from(c, key, len, &item);
	if (rc == 1 && (item.klen != len || memcmp(item.key, key, len - 4) !=
	    0))
		rc = 0;
	if (rc == 1)
		*hour = (uint32_t)get_be(item.key + len - 4, 4);
	/* The period after a later one would be hour 0: loops end here. */
	if (rc == 1 && *hour > HOUR_MOST)
		rc = history_fail(h, EBADMSG, "damaged totals");
	store_cursor_free(c);
	return (rc);
}

/* The interface's own counters are those of the block that ends last. */
static void
add_ledger(struct history_totals *sum, const struct history_totals *later)
{
	struct ledger	before = sum->ledger;

	ledger_add(&sum->ledger, &later->ledger);
	if (sum->end_ns > later->end_ns)
		memcpy(&sum->ledger.v[LEDGER_RX_PACKETS_END],
		    &before.v[LEDGER_RX_PACKETS_END],
		    LEDGER_IFACE_COUNTERS * sizeof(before.v[0]));
}

void
totals_add(struct history_totals *sum, const struct history_totals *t)
{
	struct history_totals	later = *t;

	if (t->blocks == 0)
		return;
	if (sum->blocks == 0) {
		*sum = *t;
		return;
	}
	/* ledger_add() needs the earlier one first. */
	if (t->begin_ns < sum->begin_ns) {
		later = *sum;
		*sum = *t;
	}
	sum->blocks += later.blocks;
	sum->rows += later.rows;
	sum->duration_ns += later.duration_ns;
	sum->checksum += later.checksum;
	if (later.texts != sum->texts)
		sum->texts = HISTORY_MANY_TEXTS;
	add_ledger(sum, &later);
	if (later.end_ns > sum->end_ns)
		sum->end_ns = later.end_ns;
	flow_count_add(&sum->total, &later.total);
}
