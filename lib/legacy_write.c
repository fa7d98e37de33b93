/*
 * Writing BPFT's layouts, for sites that keep their own readers: always with
 * the header of 32-bit hosts, which all of them know.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "block_header.h"
#include "legacy_layout.h"

/* Records written at once. */
#define CHUNK	1024

struct writer {
	int				 fd;
	off_t				 at;
	const struct legacy_record	*record;
	uint64_t			 n;	/* records so far */
	size_t				 used;
	uint8_t				 octets[CHUNK * LEGACY_RECORD_MAX];
};

static int
flush(struct writer *w)
{
	if (write_at(w->fd, w->octets, w->used, w->at) == -1)
		return (-1);
	w->at += (off_t)w->used;
	w->used = 0;
	return (0);
}

static int
put_record(struct writer *w, const struct flow *f)
{
	if (w->used == CHUNK * w->record->size && flush(w) == -1)
		return (-1);
	memset(w->octets + w->used, 0, w->record->size);
	w->record->put(w->octets + w->used, f);
	w->used += w->record->size;
	w->n++;
	return (0);
}

/* Take as much as 32 bits hold. */
static uint64_t
take(uint64_t *from)
{
	uint64_t	part = *from < UINT32_MAX ? *from : UINT32_MAX;

	*from -= part;
	return (part);
}

/* A row as one record, or as many as its counts need. */
static int
put_row(struct writer *w, const struct flow *f)
{
	struct flow_count	left = f->count;
	struct flow		part = *f;

	do {
		part.count.ip = take(&left.ip);
		part.count.data = take(&left.data);
		if (put_record(w, &part) == -1)
			return (-1);
	} while (left.ip > 0 || left.data > 0);
	return (0);
}

/*
 * The rows as the layout can hold them; rows that it cannot tell apart
 * become one.
 */
static size_t
reduce_rows(const struct legacy_record *r, const struct flow *const *rows,
    size_t n, struct flow *out, struct legacy_loss *loss)
{
	size_t	i, used = 0;

	for (i = 0; i < n; i++) {
		if (rows[i]->key.family == FLOW_FAMILY_IP6) {
			loss->rows++;
			flow_count_add(&loss->count, &rows[i]->count);
			continue;
		}
		out[used] = *rows[i];
		r->reduce(&out[used++].key);
	}
	return (flow_merge(out, used));
}

/* The header comes last: only now is the number of records known. */
static int
put_head(struct writer *w, off_t offset, const struct block_info *info)
{
	struct legacy_head	head = {
		(uint32_t)w->n, info->begin_ns, info->end_ns
	};
	uint8_t			octets[LEGACY_HEADER_MAX];

	if (w->n > INT32_MAX) {
		errno = EOVERFLOW;
		return (-1);
	}
	if (legacy_head_put(&head, octets) == -1)
		return (-1);
	return (write_at(w->fd, octets, legacy_headers[0].length, offset));
}

static int
put_rows(struct writer *w, const struct flow *rows, size_t n)
{
	size_t	i;

	for (i = 0; i < n; i++)
		if (put_row(w, &rows[i]) == -1)
			return (-1);
	return (flush(w));
}

int64_t
legacy_write(int fd, off_t offset, enum layout layout,
    const struct block_info *info, const struct flow *const *rows, size_t n,
    struct legacy_loss *loss)
{
	struct writer	*w = calloc(1, sizeof(*w));
	struct flow	*reduced = reallocarray(NULL, n + 1, sizeof(*reduced));
	int64_t		 length = -1;

	if (w != NULL && reduced != NULL) {
		w->fd = fd;
		w->at = offset + (off_t)legacy_headers[0].length;
		w->record = legacy_record(layout);
		n = reduce_rows(w->record, rows, n, reduced, loss);
		if (put_rows(w, reduced, n) == 0 &&
		    put_head(w, offset, info) == 0)
			length = w->at - offset;
	}
	free(reduced);
	free(w);
	return (length);
}
