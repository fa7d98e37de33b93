/*
 * All blocks of an account: how many have the name of an earlier block, and
 * how many another account lacks.
 */
#include <errno.h>
#include <string.h>

#include "known.h"

/* Call fn for each item whose key begins with letter and account. */
typedef int	item_fn(struct history *, const struct store_item *, void *);

static int
each_item(struct history *h, const struct history_account *a, uint8_t letter,
    item_fn *fn, void *arg)
{
	struct store_cursor	*c;
	struct store_item	 item;
	uint8_t			 key[5];
	int			 rc;

	key[0] = letter;
	(void)put_be(key + 1, a->id, 4);
	if ((c = store_cursor_new(h->store)) == NULL)
		return (-1);
	rc = store_cursor_from(c, key, sizeof(key), &item);
	while (rc == 1 && item.klen > sizeof(key) &&
	    memcmp(item.key, key, sizeof(key)) == 0) {
		if ((rc = fn(h, &item, arg)) == -1)
			break;
		rc = store_cursor_next(c, &item);
	}
	store_cursor_free(c);
	return (rc == -1 ? -1 : 0);
}

static int
count(struct history *h, const struct store_item *item, void *arg)
{
	(void)h;
	(void)item;
	++*(uint64_t *)arg;
	return (0);
}

int
history_count_again(struct history *h, const struct history_account *a,
    uint64_t *n)
{
	*n = 0;
	return (each_item(h, a, KEY_AGAIN, count, n));
}

/* Blocks of one account that an account of `other' lacks. */
struct missing {
	struct history			*other;
	const struct history_account	*account;
	uint64_t			 n;
};

/*
 * Does the other account have the block?  `listed': e->identity is known.
 * Returns 1, 0, or -1.
 */
static int
has_entry(const struct missing *m, const struct entry *e, bool listed)
{
	struct chunk	c;
	int		rc;

	rc = chunk_before(m->other, m->account->id, e->epochs.instance,
	    e->epochs.last, &c);
	if (rc == 1 && c.epochs.last >= e->epochs.first &&
	    (!listed || c.n == 0 || chunk_look_up(&c, &e->epochs,
	    e->identity) == HISTORY_KNOWN))
		return (1);
	if (rc == -1 || !listed)
		return (rc == -1 ? -1 : 0);
	return (known_again(m->other, m->account->id, e->identity));
}

static int
look_for(struct missing *m, const struct entry *e, bool listed)
{
	int	rc = has_entry(m, e, listed);

	if (rc == 0)
		m->n++;
	return (rc == -1 ? -1 : 0);
}

static int
look_for_chunk(struct history *h, const struct store_item *item, void *arg)
{
	struct missing		*m = arg;
	struct chunk		 c;
	struct entry		 e;
	struct history_octets	 r;

	if (chunk_get(h, item, &c) == -1)
		return (-1);
	r = chunk_list(&c, &e);
	if (c.n == 0) {
		e.epochs = c.epochs;
		return (look_for(m, &e, false));
	}
	while (chunk_next(&r, &e))
		if (look_for(m, &e, true) == -1)
			return (-1);
	return (0);
}

static int
look_for_again(struct history *h, const struct store_item *item, void *arg)
{
	struct entry	e;

	if (item->klen != 1 + 4 + 8 || item->len != AGAIN_OCTETS)
		return (history_fail(h, EBADMSG, "damaged list of blocks"));
	e.identity = get_be(item->key + 5, 8);
	e.epochs.instance = get_be(item->value, 8);
	e.epochs.first = get_be(item->value + 8, 8);
	e.epochs.last = get_be(item->value + 16, 8);
	return (look_for(arg, &e, true));
}

int
history_missing(struct history *h, const struct history_account *a,
    struct history *other, const struct history_account *b, uint64_t *n)
{
	struct missing	m = { other, b, 0 };
	int		rc;

	rc = each_item(h, a, KEY_EPOCH, look_for_chunk, &m);
	if (rc == 0)
		rc = each_item(h, a, KEY_AGAIN, look_for_again, &m);
	*n = m.n;
	if (rc == -1 && history_error(h)[0] == '\0')
		return (history_fail(h, errno, history_error(other)));
	return (rc);
}
