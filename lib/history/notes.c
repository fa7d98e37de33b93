/*
 * Notes: small values that other modules keep in the history, under names.
 */
#include <errno.h>
#include <string.h>

#include "history_impl.h"

static size_t
key_note(const char *name, uint8_t key[1 + HISTORY_NAME_MAX])
{
	size_t	len = strnlen(name, HISTORY_NAME_MAX - 1);

	key[0] = KEY_NOTE;
	memcpy(key + 1, name, len);
	return (1 + len);
}

static int
end(struct history *h, int rc)
{
	if (rc == 0)
		return (store_commit(h->store));
	store_abort(h->store);
	return (-1);
}

int
history_note_put(struct history *h, const char *name, const void *note,
    size_t len)
{
	uint8_t	key[1 + HISTORY_NAME_MAX];
	size_t	klen = key_note(name, key);

	if (len > HISTORY_NOTE_MAX)
		return (history_fail(h, EMSGSIZE, "too long"));
	if (store_begin(h->store) == -1)
		return (-1);
	return (end(h, store_put(h->store, key, klen, note, len)));
}

int
history_note_delete(struct history *h, const char *name)
{
	uint8_t	key[1 + HISTORY_NAME_MAX];
	size_t	klen = key_note(name, key);

	if (store_begin(h->store) == -1)
		return (-1);
	return (end(h, store_delete(h->store, key, klen)));
}

/* If the name had a NUL, the search for the next one would find it again. */
static bool
is_note(const struct store_item *item)
{
	return (item->klen >= 2 && item->klen <= HISTORY_NAME_MAX &&
	    memchr(item->key + 1, '\0', item->klen - 1) == NULL &&
	    item->len <= HISTORY_NOTE_MAX);
}

int
history_note_next(struct history *h, const char *after,
    char name[HISTORY_NAME_MAX], uint8_t note[HISTORY_NOTE_MAX], size_t *len)
{
	struct store_cursor	*c;
	struct store_item	 item;
	uint8_t			 key[1 + HISTORY_NAME_MAX];
	size_t			 klen;
	int			 rc;

	if ((c = store_cursor_new(h->store)) == NULL)
		return (-1);
	klen = key_note(after, key);
	key[klen++] = after[0] == '\0' ? '\1' : '\0';
	rc = store_cursor_from(c, key, klen, &item);
	if (rc == 1 && item.key[0] != KEY_NOTE)
		rc = 0;
	if (rc == 1 && !is_note(&item))
		rc = history_fail(h, EBADMSG, "damaged note");
	if (rc == 1) {
		memcpy(name, item.key + 1, item.klen - 1);
		name[item.klen - 1] = '\0';
		memcpy(note, item.value, item.len);
		*len = item.len;
	}
	store_cursor_free(c);
	return (rc);
}
