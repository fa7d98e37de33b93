/*
 * The headers of an account's single blocks, which are kept as long as hours
 * are: so coverage is reported in the same detail as from save files.
 */
#include <errno.h>
#include <string.h>
#include <xxhash.h>

#include "history_impl.h"

#define KEY_BLOCK_LEN	(1 + 4 + 4 + 8 + 8)
#define TEXTS_MAX	(BLOCK_IFNAME_MAX + BLOCK_HOST_MAX + BLOCK_TEXT_MAX)

/* ---- blocks ---- */

static void
key_block(uint32_t account, uint32_t hour, const struct history_totals *t,
    uint8_t key[KEY_BLOCK_LEN])
{
	uint8_t	*to = key;

	*to++ = KEY_BLOCK;
	to = put_be(to, account, 4);
	to = put_be(to, hour, 4);
	to = put_be(to, t->begin_ns, 8);
	(void)put_be(to, t->checksum, 8);
}

int
block_put(struct history *h, uint32_t account, uint32_t hour,
    const struct history_totals *t)
{
	uint8_t	key[KEY_BLOCK_LEN], value[TOTALS_MAX];

	key_block(account, hour, t, key);
	return (store_put(h->store, key, sizeof(key), value,
	    totals_pack(t, value)));
}

static bool
is_block(const struct store_item *item, const uint8_t *key, uint32_t until)
{
	return (item->klen == KEY_BLOCK_LEN && memcmp(item->key, key, 5) == 0 &&
	    get_be(item->key + 5, 4) < until);
}

int
history_blocks(struct history *h, const struct history_account *a,
    struct history_range r, history_block_fn *fn, void *arg)
{
	struct history_totals	 t = { 0 };
	struct store_cursor	*c;
	struct store_item	 item;
	uint8_t			 key[KEY_BLOCK_LEN];
	int			 rc;

	if ((c = store_cursor_new(h->store)) == NULL)
		return (-1);
	key_block(a->id, r.from, &t, key);
	rc = store_cursor_from(c, key, sizeof(key), &item);
	while (rc == 1 && (rc = is_block(&item, key, r.until)) == 1) {
		if (!totals_unpack(item.value, item.len, &t))
			rc = history_fail(h, EBADMSG, "damaged block");
		else
			rc = fn(arg, &t);
		if (rc != 0)
			break;
		rc = store_cursor_next(c, &item);
	}
	store_cursor_free(c);
	return (rc);
}

/* ---- texts ---- */

static size_t
texts_pack(const struct block_info *b, char to[TEXTS_MAX])
{
	size_t	n = 0;

	n += strlcpy(to + n, b->ifname, BLOCK_IFNAME_MAX) + 1;
	n += strlcpy(to + n, b->host, BLOCK_HOST_MAX) + 1;
	return (n + strlcpy(to + n, b->networks, BLOCK_TEXT_MAX) + 1);
}

static void
key_texts(uint64_t texts, uint8_t key[9])
{
	key[0] = KEY_TEXTS;
	(void)put_be(key + 1, texts, 8);
}

/* Texts are few and rarely change: each is stored once, under its hash. */
int
texts_put(struct history *h, const struct block_info *b, uint64_t *texts)
{
	char		 value[TEXTS_MAX];
	uint8_t		 key[9];
	const void	*old;
	size_t		 len = texts_pack(b, value), oldlen;
	int		 rc;

	*texts = XXH3_64bits(value, len);
	if (*texts <= HISTORY_MANY_TEXTS)
		*texts = ~*texts;
	key_texts(*texts, key);
	if ((rc = store_get(h->store, key, sizeof(key), &old, &oldlen)) != 0)
		return (rc == 1 ? 0 : -1);
	return (store_put(h->store, key, sizeof(key), value, len));
}

static bool
take_text(const char **from, const char *end, char *to, size_t room)
{
	const char	*nul = memchr(*from, '\0', (size_t)(end - *from));

	if (nul == NULL || (size_t)(nul - *from) >= room)
		return (false);
	memcpy(to, *from, (size_t)(nul - *from) + 1);
	*from = nul + 1;
	return (true);
}

int
history_texts(struct history *h, uint64_t texts, struct block_info *b)
{
	uint8_t		 key[9];
	const void	*value;
	const char	*from, *end;
	size_t		 len;
	int		 rc;

	b->ifname[0] = b->host[0] = b->networks[0] = '\0';
	if (texts <= HISTORY_MANY_TEXTS)
		return (0);
	key_texts(texts, key);
	if ((rc = store_get(h->store, key, sizeof(key), &value, &len)) == -1)
		return (-1);
	from = value;
	end = from + len;
	if (rc == 0 || !take_text(&from, end, b->ifname, BLOCK_IFNAME_MAX) ||
	    !take_text(&from, end, b->host, BLOCK_HOST_MAX) ||
	    !take_text(&from, end, b->networks, BLOCK_TEXT_MAX))
		return (history_fail(h, EBADMSG, "damaged texts"));
	return (0);
}
