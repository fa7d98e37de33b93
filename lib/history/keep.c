/*
 * Replaces and deletes accounts, and deletes old periods.  First one
 * transaction notes that the data are gone, then many small ones delete them.
 * A kill in between leaves garbage, which the next deletion removes, but never
 * a wrong answer.
 */
#include <errno.h>
#include <string.h>

#include "history_impl.h"

/* The most items that one transaction deletes. */
#define BATCH	1000

/*
 * The keys from `key' to before `end' that begin with the first `prefix' bytes
 * of `key'.
 */
struct stretch {
	uint8_t	key[KEY_MAX];
	uint8_t	end[KEY_MAX];
	size_t	len;		/* of both */
	size_t	prefix;
};

static bool
is_in(const struct stretch *s, const struct store_item *item)
{
	return (item->klen >= s->len &&
	    memcmp(item->key, s->key, s->prefix) == 0 &&
	    memcmp(item->key, s->end, s->len) < 0);
}

/* Delete up to BATCH of these items.  Returns how many, or -1. */
static int
delete_batch(struct history *h, const struct stretch *s)
{
	struct store_cursor	*c;
	struct store_item	 item;
	int			 n = 0, rc;

	if (store_begin(h->store) == -1)
		return (-1);
	if ((c = store_cursor_new(h->store)) == NULL) {
		store_abort(h->store);
		return (-1);
	}
	rc = store_cursor_from(c, s->key, s->len, &item);
	while (rc == 1 && n < BATCH && is_in(s, &item)) {
		n++;
		if ((rc = store_cursor_delete(c)) == 0)
			rc = store_cursor_next(c, &item);
	}
	store_cursor_free(c);
	if (rc == -1) {
		store_abort(h->store);
		return (-1);
	}
	return (store_commit(h->store) == -1 ? -1 : n);
}

static int
delete_stretch(struct history *h, const struct stretch *s)
{
	int	n, done = 0;

	while ((n = delete_batch(h, s)) > 0) {
		done += n;
		if (done % (32 * BATCH) == 0 && store_yield(h->store) == -1)
			return (-1);
	}
	return (n);
}

/* ---- accounts ---- */

static int
sweep_account(struct history *h, uint32_t id)
{
	static const char	letters[] = {
		KEY_EPOCH, KEY_AGAIN, KEY_TOTALS, KEY_BLOCK, KEY_ROWS,
		KEY_JOB, KEY_OWNER, KEY_INTERFACE
	};
	struct stretch		s;
	size_t			i;

	for (i = 0; i < sizeof(letters); i++) {
		s.key[0] = s.end[0] = (uint8_t)letters[i];
		(void)put_be(s.key + 1, id, 4);
		(void)put_be(s.end + 1, (uint64_t)id + 1, 4);
		s.len = 5;
		s.prefix = 1;
		if (delete_stretch(h, &s) == -1)
			return (-1);
	}
	return (0);
}

static void
key_garbage(uint32_t id, uint8_t key[5])
{
	key[0] = KEY_GARBAGE;
	(void)put_be(key + 1, id, 4);
}

/* Get the first account whose items are garbage.  Returns 1, 0, or -1. */
static int
next_garbage(struct history *h, uint32_t *id)
{
	struct store_cursor	*c;
	struct store_item	 item;
	uint8_t			 key[5];
	int			 rc;

	if ((c = store_cursor_new(h->store)) == NULL)
		return (-1);
	key_garbage(0, key);
	rc = store_cursor_from(c, key, sizeof(key), &item);
	if (rc == 1 && (item.klen != sizeof(key) ||
	    item.key[0] != KEY_GARBAGE))
		rc = 0;
	if (rc == 1)
		*id = (uint32_t)get_be(item.key + 1, 4);
	store_cursor_free(c);
	return (rc);
}

static int
sweep(struct history *h)
{
	uint8_t		key[5];
	uint32_t	id;
	int		rc;

	while ((rc = next_garbage(h, &id)) == 1) {
		if (sweep_account(h, id) == -1 || store_begin(h->store) == -1)
			return (-1);
		key_garbage(id, key);
		if (store_delete(h->store, key, sizeof(key)) == -1) {
			store_abort(h->store);
			return (-1);
		}
		if (store_commit(h->store) == -1)
			return (-1);
	}
	return (rc);
}

/*
 * Within a transaction: delete an account and note its items as garbage.
 * Returns 1, 0 if there is no such account, or -1.
 */
static int
make_garbage(struct history *h, const char *name)
{
	struct history_account	a;
	uint8_t			key[5], id[4];
	int			rc;

	if ((rc = history_account(h, name, &a)) != 1)
		return (rc);
	key_garbage(a.id, key);
	(void)put_be(id, a.id, sizeof(id));
	if (store_put(h->store, key, sizeof(key), id, sizeof(id)) == -1 ||
	    account_delete(h, name) == -1)
		return (-1);
	return (1);
}

static int
move(struct history *h, const char *from, const char *to)
{
	struct history_account	a;
	int			rc;

	if ((rc = history_account(h, from, &a)) == 0)
		return (history_fail(h, ENOENT, "no such account"));
	if (rc == -1 || make_garbage(h, to) == -1)
		return (-1);
	(void)strlcpy(a.name, to, sizeof(a.name));
	if (account_put(h, &a) == -1)
		return (-1);
	return (account_delete(h, from));
}

int
history_replace(struct history *h, const char *from, const char *to)
{
	if (store_begin(h->store) == -1)
		return (-1);
	if (move(h, from, to) == -1) {
		store_abort(h->store);
		return (-1);
	}
	return (store_commit(h->store) == -1 ? -1 : sweep(h));
}

int
history_forget(struct history *h, const char *name)
{
	if (store_begin(h->store) == -1)
		return (-1);
	if (make_garbage(h, name) == -1) {
		store_abort(h->store);
		return (-1);
	}
	return (store_commit(h->store) == -1 ? -1 : sweep(h));
}

/* ---- retention ---- */

/*
 * The first hour to keep: only what the coarser grain includes is deleted, and
 * only what the finer grain does not have.  A query skips months that are gone,
 * so it would miss the days and hours in them.
 */
static uint32_t
oldest_kept(const struct history_account *a, enum history_grain grain,
    uint32_t hour)
{
	enum history_grain	by;

	by = grain == HISTORY_HOUR ? HISTORY_DAY : HISTORY_MONTH;
	if (hour > a->closed)
		hour = a->closed;
	if (grain != HISTORY_HOUR && hour > a->kept[grain - 1])
		hour = a->kept[grain - 1];
	return (history_period(by, hour));
}

static void
stretch_of(const uint8_t *key, size_t prefix, uint32_t hour, struct stretch *s)
{
	memcpy(s->key, key, prefix);
	memcpy(s->end, key, prefix);
	(void)put_be(s->key + prefix, 0, 4);
	(void)put_be(s->end + prefix, hour, 4);
	s->prefix = prefix;
	s->len = prefix + 4;
}

static int
delete_before(struct history *h, uint32_t account, enum history_grain grain,
    uint32_t hour)
{
	struct sorted_run	r = { account, HISTORY_HOST, grain, 0, 0 };
	struct stretch	s;
	uint8_t		key[KEY_MAX];
	int		kind;

	for (kind = 1; kind <= HISTORY_KINDS; kind++) {
		r.kind = (enum history_kind)kind;
		(void)key_run(&r, key);
		stretch_of(key, 7, hour, &s);
		if (delete_stretch(h, &s) == -1)
			return (-1);
	}
	(void)key_totals(account, grain, 0, key);
	stretch_of(key, 6, hour, &s);
	if (delete_stretch(h, &s) == -1)
		return (-1);
	if (grain != HISTORY_HOUR)
		return (0);
	key[0] = KEY_BLOCK;
	(void)put_be(key + 1, account, 4);
	stretch_of(key, 5, hour, &s);
	return (delete_stretch(h, &s));
}

/* Sum up periods that are over, then note what is kept. */
static int
cut(struct history *h, struct history_account *a, enum history_grain grain,
    uint32_t hour)
{
	uint32_t	at;

	if (roll_up_periods(h, a, SIZE_MAX) == -1)
		return (-1);
	at = oldest_kept(a, grain, hour);
	if (at > a->kept[grain])
		a->kept[grain] = at;
	return (account_put(h, a));
}

int
history_prune(struct history *h, struct history_account *a,
    enum history_grain grain, uint32_t hour)
{
	if (store_begin(h->store) == -1)
		return (-1);
	if (cut(h, a, grain, hour) == -1) {
		store_abort(h->store);
		return (-1);
	}
	if (store_commit(h->store) == -1)
		return (-1);
	if (delete_before(h, a->id, grain, a->kept[grain]) == -1)
		return (-1);
	/* Months are kept longest: nothing is left of what was before. */
	return (owners_prune(h, a->id, a->kept[HISTORY_MONTH]));
}

/* ---- the file ---- */

int
history_compact(struct history *h)
{
	return (store_compact(h->store));
}

int
history_stat(struct history *h, struct history_stat *out)
{
	struct store_stat	st;

	if (store_stat(h->store, &st) == -1)
		return (-1);
	out->items = st.items;
	out->octets = st.file_octets;
	out->free = st.free_octets;
	return (0);
}
