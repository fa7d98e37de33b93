/*
 * Items of the store: transactions, reading, writing, cursors.
 */
#include <db.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store_impl.h"

/* The history has no longer keys. */
#define KEY_LONGEST	128

struct store_cursor {
	struct store	*store;
	DBC		*dbc;
	uint8_t		 key[KEY_LONGEST];	/* of the current item */
	size_t		 klen;
};

static DBT
dbt_of(const void *p, size_t n)
{
	DBT	t;

	memset(&t, 0, sizeof(t));
	/* Berkeley DB does not write to this memory. */
	t.data = (void *)(uintptr_t)p;
	t.size = (u_int32_t)n;
	return (t);
}

/* ---- transactions ---- */

int
store_begin(struct store *st)
{
	int	rc;

	if (st->failed)
		return (store_fail(st, "", 0));
	if ((rc = st->env->txn_begin(st->env, NULL, &st->txn, 0)) == 0)
		return (0);
	st->txn = NULL;
	return (store_fail(st, "begin", rc));
}

int
store_commit(struct store *st)
{
	DB_TXN	*txn = st->txn;
	int	 rc;

	if (st->failed) {
		store_abort(st);
		return (store_fail(st, "", 0));
	}
	st->txn = NULL;
	if ((rc = txn->commit(txn, 0)) == 0)
		return (0);
	st->broken = true;
	return (store_fail(st, "commit", rc));
}

void
store_abort(struct store *st)
{
	DB_TXN	*txn = st->txn;
	int	 rc;

	if (txn == NULL)
		return;
	st->txn = NULL;
	if ((rc = txn->abort(txn)) == 0)
		return;
	st->broken = true;
	(void)store_fail(st, "abort", rc);
}

/* ---- items ---- */

int
store_put(struct store *st, const void *key, size_t klen, const void *value,
    size_t len)
{
	DBT	k = dbt_of(key, klen), v = dbt_of(value, len);
	int	rc;

	if (st->failed)
		return (store_fail(st, "", 0));
	if ((rc = st->db->put(st->db, st->txn, &k, &v, 0)) != 0)
		return (store_fail(st, "write", rc));
	return (0);
}

int
store_delete(struct store *st, const void *key, size_t klen)
{
	DBT	k = dbt_of(key, klen);
	int	rc;

	if (st->failed)
		return (store_fail(st, "", 0));
	rc = st->db->del(st->db, st->txn, &k, 0);
	if (rc != 0 && rc != DB_NOTFOUND)
		return (store_fail(st, "delete", rc));
	return (0);
}

int
store_get(struct store *st, const void *key, size_t klen, const void **value,
    size_t *len)
{
	DBT	k = dbt_of(key, klen), v = dbt_of(NULL, 0);
	int	rc;

	if (st->failed)
		return (store_fail(st, "", 0));
	rc = st->db->get(st->db, st->txn, &k, &v, 0);
	if (rc == DB_NOTFOUND)
		return (0);
	if (rc != 0)
		return (store_fail(st, "read", rc));
	*value = v.data;
	*len = v.size;
	return (1);
}

/* ---- cursors ---- */

struct store_cursor *
store_cursor_new(struct store *st)
{
	struct store_cursor	*c;
	int			 rc;

	if ((c = calloc(1, sizeof(*c))) == NULL) {
		(void)store_fail(st, "cursor", ENOMEM);
		return (NULL);
	}
	c->store = st;
	if (!st->failed) {
		rc = st->db->cursor(st->db, st->txn, &c->dbc, 0);
		if (rc == 0)
			return (c);
		(void)store_fail(st, "cursor", rc);
	}
	free(c);
	errno = st->error_number;
	return (NULL);
}

void
store_cursor_free(struct store_cursor *c)
{
	int	rc;

	if (c == NULL)
		return;
	if ((rc = c->dbc->close(c->dbc)) != 0)
		(void)store_fail(c->store, "cursor", rc);
	free(c);
}

static int
out_of_order(struct store_cursor *c)
{
	return (store_refuse(c->store, EBADMSG, DB_NAME ": items are out of "
	    "order"));
}

static int
compare(const void *a, size_t alen, const void *b, size_t blen)
{
	int	d = memcmp(a, b, alen < blen ? alen : blen);

	return (d != 0 ? d : (alen > blen) - (alen < blen));
}

static int
move(struct store_cursor *c, DBT *key, u_int32_t how, struct store_item *item)
{
	DBT	v = dbt_of(NULL, 0);
	int	rc;

	if (c->store->failed)
		return (store_fail(c->store, "", 0));
	rc = c->dbc->get(c->dbc, key, &v, how);
	if (rc == DB_NOTFOUND)
		return (0);
	if (rc != 0)
		return (store_fail(c->store, "read", rc));
	if (key->size > sizeof(c->key))
		return (store_refuse(c->store, EBADMSG, DB_NAME ": a key is "
		    "too long"));
	memcpy(c->key, key->data, key->size);
	c->klen = key->size;
	item->key = key->data;
	item->klen = key->size;
	item->value = v.data;
	item->len = v.size;
	return (1);
}

int
store_cursor_from(struct store_cursor *c, const void *key, size_t klen,
    struct store_item *item)
{
	DBT	k = dbt_of(key, klen);
	int	rc;

	rc = move(c, &k, DB_SET_RANGE, item);
	if (rc == 1 && compare(item->key, item->klen, key, klen) < 0)
		return (out_of_order(c));
	return (rc);
}

int
store_cursor_upto(struct store_cursor *c, const void *key, size_t klen,
    struct store_item *item)
{
	DBT	k = dbt_of(key, klen);
	int	rc;

	if ((rc = move(c, &k, DB_SET_RANGE, item)) == -1)
		return (-1);
	if (rc == 1 && compare(item->key, item->klen, key, klen) == 0)
		return (1);
	k = dbt_of(NULL, 0);
	rc = move(c, &k, rc == 1 ? DB_PREV : DB_LAST, item);
	if (rc == 1 && compare(item->key, item->klen, key, klen) > 0)
		return (out_of_order(c));
	return (rc);
}

int
store_cursor_next(struct store_cursor *c, struct store_item *item)
{
	uint8_t	before[KEY_LONGEST];
	size_t	len = c->klen;
	DBT	k = dbt_of(NULL, 0);
	int	rc;

	memcpy(before, c->key, len);
	rc = move(c, &k, DB_NEXT, item);
	if (rc == 1 && compare(item->key, item->klen, before, len) <= 0)
		return (out_of_order(c));
	return (rc);
}

int
store_cursor_delete(struct store_cursor *c)
{
	int	rc;

	if (c->store->failed)
		return (store_fail(c->store, "", 0));
	if ((rc = c->dbc->del(c->dbc, 0)) != 0)
		return (store_fail(c->store, "delete", rc));
	return (0);
}

/* ---- the whole ---- */

int
store_checkpoint(struct store *st)
{
	int	rc;

	if ((rc = st->env->txn_checkpoint(st->env, 0, 0, DB_FORCE)) == 0)
		return (0);
	st->broken = true;
	return (store_fail(st, "checkpoint", rc));
}

int
store_compact(struct store *st)
{
	int	rc;

	if (st->failed)
		return (store_fail(st, "", 0));
	rc = st->db->compact(st->db, NULL, NULL, NULL, NULL, DB_FREE_SPACE,
	    NULL);
	if (rc == 0)
		return (0);
	st->broken = true;
	return (store_fail(st, "compact", rc));
}

int
store_stat(struct store *st, struct store_stat *out)
{
	DB_BTREE_STAT	*b;
	int		 rc;

	memset(out, 0, sizeof(*out));
	if (st->failed)
		return (store_fail(st, "", 0));
	if ((rc = st->db->stat(st->db, st->txn, &b, 0)) != 0)
		return (store_fail(st, "stat", rc));
	out->items = b->bt_ndata;
	out->page_octets = b->bt_pagesize;
	out->file_octets = (uint64_t)b->bt_pagecnt * b->bt_pagesize;
	out->free_octets = (uint64_t)b->bt_free * b->bt_pagesize;
	free(b);
	return (0);
}
