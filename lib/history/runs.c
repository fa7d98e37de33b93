/*
 * Runs: sorted rows in packs of a few hundred.  The key of a pack is the run
 * and the first subject of the pack.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "history_impl.h"

/* Bytes of a pack: eight packs of this length, with their keys, fill a page. */
#define PACK_WANTED	8064
#define ROWS_FIRST	1024

struct run_writer {
	struct history		*h;
	struct sorted_run	 run;
	size_t			 n;
	size_t			 want;		/* rows of the next pack */
	int			 ahead;		/* bytes too many so far */
	struct history_row	 row[HISTORY_PACK_ROWS];
};

struct run_reader {
	struct history		*h;
	struct sorted_run	 run;
	struct store_cursor	*cursor;
	bool			 begun;
	size_t			 n;		/* unpacked */
	size_t			 i;		/* returned */
	struct history_row	 row[HISTORY_PACK_ROWS];
};

/* ---- lists ---- */

void
runs_free(struct runs *l)
{
	free(l->run);
	memset(l, 0, sizeof(*l));
}

static int
runs_add(struct history *h, struct runs *l, const struct sorted_run *r)
{
	struct sorted_run	*more;
	size_t		 room = l->room == 0 ? 32 : 2 * l->room;

	if (l->n == l->room) {
		if ((more = reallocarray(l->run, room, sizeof(*more))) == NULL)
			return (history_fail(h, ENOMEM, "out of memory"));
		l->run = more;
		l->room = room;
	}
	l->run[l->n++] = *r;
	return (0);
}

static bool
same_list(const struct sorted_run *a, const struct sorted_run *b)
{
	return (a->account == b->account && a->kind == b->kind &&
	    a->grain == b->grain);
}

int
runs_list(struct history *h, uint32_t account, enum history_kind kind,
    enum history_grain grain, uint32_t from, uint32_t until, struct runs *l)
{
	struct sorted_run	 r = { account, kind, grain, from, 0 }, found;
	struct store_cursor	*c;
	struct store_item	 item;
	uint8_t			 key[KEY_MAX];
	size_t			 len;
	int			 rc;

	if ((c = store_cursor_new(h->store)) == NULL)
		return (-1);
	for (;;) {
		len = key_run(&r, key);
		rc = store_cursor_from(c, key, len, &item);
		if (rc != 1 || !key_is_run(&item, &found) ||
		    !same_list(&r, &found) || found.period >= until)
			break;
		if ((rc = runs_add(h, l, &found)) == -1)
			break;
		/* Continue after all packs of this run. */
		r = found;
		if (++r.number == 0)
			r.period++;
	}
	store_cursor_free(c);
	return (rc == -1 ? -1 : 0);
}

int
run_new(struct history *h, struct sorted_run *r)
{
	struct runs	l = { 0 };
	int		rc;

	rc = runs_list(h, r->account, r->kind, r->grain, r->period,
	    r->period + 1, &l);
	if (rc == 0 && l.n > 0 && l.run[l.n - 1].number == UINT16_MAX)
		rc = history_fail(h, EOVERFLOW, "too many runs");
	else if (rc == 0)
		r->number = l.n == 0 ? 0 :
		    (uint16_t)(l.run[l.n - 1].number + 1);
	runs_free(&l);
	return (rc);
}

int
run_delete(struct history *h, const struct sorted_run *r)
{
	struct store_cursor	*c;
	struct store_item	 item;
	uint8_t			 key[KEY_MAX];
	size_t			 len = key_run(r, key);
	int			 rc;

	if ((c = store_cursor_new(h->store)) == NULL)
		return (-1);
	rc = store_cursor_from(c, key, len, &item);
	while (rc == 1 && item.klen > len && memcmp(item.key, key, len) == 0) {
		if ((rc = store_cursor_delete(c)) == 0)
			rc = store_cursor_next(c, &item);
	}
	store_cursor_free(c);
	return (rc == -1 ? -1 : 0);
}

/* ---- writing ---- */

struct run_writer *
run_begin(struct history *h, const struct sorted_run *r)
{
	struct run_writer	*w;

	if ((w = malloc(sizeof(*w))) == NULL) {
		(void)history_fail(h, ENOMEM, "out of memory");
		return (NULL);
	}
	w->h = h;
	w->run = *r;
	w->n = 0;
	w->want = ROWS_FIRST;
	w->ahead = 0;
	return (w);
}

/*
 * After a pack of n rows and len bytes: set how many rows the next one gets,
 * so that it has PACK_WANTED bytes, less what the packs before were too long.
 * So packs fill pages whatever the traffic is.
 */
static void
aim(struct run_writer *w, size_t n, int len)
{
	w->ahead += len - PACK_WANTED;
	if (w->ahead > PACK_WANTED / 2)
		w->ahead = PACK_WANTED / 2;
	if (w->ahead < -PACK_WANTED / 2)
		w->ahead = -PACK_WANTED / 2;
	w->want = n * (size_t)(PACK_WANTED - w->ahead) / (size_t)len;
	if (w->want > HISTORY_PACK_ROWS)
		w->want = HISTORY_PACK_ROWS;
}

/* Write one pack, or two if it would be too long. */
static int
put_pack(struct run_writer *w, const struct history_row *row, size_t n)
{
	uint8_t		 key[KEY_MAX];
	const uint8_t	*octets;
	size_t		 klen, len;

	octets = history_pack(w->h->packer, w->run.kind, row, n, &len);
	if (octets == NULL)
		return (history_fail(w->h, errno, "pack"));
	if (len > HISTORY_PACK_OCTETS && n > 1)
		return (put_pack(w, row, n / 2) == -1 ? -1 :
		    put_pack(w, row + n / 2, n - n / 2));
	klen = key_run(&w->run, key);
	memcpy(key + klen, row[0].subject, row[0].len);
	aim(w, n, (int)len);
	return (store_put(w->h->store, key, klen + row[0].len, octets, len));
}

static int
flush(struct run_writer *w)
{
	size_t	n = w->n;

	w->n = 0;
	return (n == 0 ? 0 : put_pack(w, w->row, n));
}

int
run_put(struct run_writer *w, const struct history_row *row)
{
	w->row[w->n++] = *row;
	return (w->n >= w->want ? flush(w) : 0);
}

bool
run_is_even(const struct run_writer *w)
{
	return (w->n == 0);
}

int
run_end(struct run_writer *w, bool good)
{
	int	rc = good ? flush(w) : -1;

	free(w);
	return (rc);
}

/* ---- reading ---- */

struct run_reader *
run_open(struct history *h, const struct sorted_run *run)
{
	struct run_reader	*r;

	if ((r = malloc(sizeof(*r))) == NULL) {
		(void)history_fail(h, ENOMEM, "out of memory");
		return (NULL);
	}
	r->h = h;
	r->run = *run;
	r->n = r->i = 0;
	r->begun = false;
	if ((r->cursor = store_cursor_new(h->store)) != NULL)
		return (r);
	free(r);
	return (NULL);
}

void
run_close(struct run_reader *r)
{
	if (r == NULL)
		return;
	store_cursor_free(r->cursor);
	free(r);
}

static int
unpack(struct history *h, const struct sorted_run *run,
    const struct store_item *item,
    struct history_row *row, size_t *n)
{
	*n = history_unpack(h->packer, run->kind, item->value, item->len, row);
	return (*n > 0 ? 0 : history_fail(h, EBADMSG,
	    "damaged rows"));
}

int
run_seek(struct run_reader *r, const struct history_row *subject)
{
	struct store_item	item;
	uint8_t			key[KEY_MAX];
	size_t			len = key_run(&r->run, key);
	int			rc;

	if (subject->len == 0)
		return (0);
	memcpy(key + len, subject->subject, subject->len);
	rc = store_cursor_upto(r->cursor, key, len + subject->len, &item);
	if (rc != 1 || item.klen <= len || memcmp(item.key, key, len) != 0)
		/* The run begins after the subject. */
		return (rc == -1 ? -1 : 0);
	if (unpack(r->h, &r->run, &item, r->row, &r->n) == -1)
		return (-1);
	r->begun = true;
	for (r->i = 0; r->i < r->n && history_subject_cmp(&r->row[r->i],
	    subject) < 0; r->i++)
		;
	return (0);
}

int
run_next(struct run_reader *r, const struct history_row **row)
{
	struct store_item	item;
	uint8_t			key[KEY_MAX];
	size_t			len;
	int			rc;

	if (r->i == r->n) {
		len = key_run(&r->run, key);
		rc = r->begun ? store_cursor_next(r->cursor, &item) :
		    store_cursor_from(r->cursor, key, len, &item);
		r->begun = true;
		if (rc != 1)
			return (rc);
		if (item.klen <= len || memcmp(item.key, key, len) != 0)
			return (0);
		if (unpack(r->h, &r->run, &item, r->row, &r->n) == -1)
			return (-1);
		r->i = 0;
	}
	*row = &r->row[r->i++];
	return (1);
}

static int
search(const void *a, const void *b)
{
	return (history_subject_cmp(a, b));
}

int
run_find(struct history *h, const struct sorted_run *run,
    const struct history_row *subject, const struct history_row **row)
{
	struct store_cursor	*c;
	struct store_item	 item;
	uint8_t			 key[KEY_MAX];
	size_t			 n = 0, len = key_run(run, key);
	int			 rc;

	if ((c = store_cursor_new(h->store)) == NULL)
		return (-1);
	memcpy(key + len, subject->subject, subject->len);
	rc = store_cursor_upto(c, key, len + subject->len, &item);
	if (rc == 1 && (item.klen <= len || memcmp(item.key, key, len) != 0))
		rc = 0;
	if (rc == 1 && unpack(h, run, &item, h->row, &n) == -1)
		rc = -1;
	store_cursor_free(c);
	if (rc != 1)
		return (rc);
	*row = bsearch(subject, h->row, n, sizeof(*h->row), search);
	return (*row != NULL);
}
