/*
 * Writes BPFT's layouts, for sites that keep their own readers: always with
 * the header of 32-bit hosts, which all these readers support.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/regular.h"
#include "file/block_header.h"
#include "layout.h"

/* A block that is being made. */
struct writer {
	const struct legacy_record	*record;
	uint64_t			 n;	/* records so far */
	uint8_t				*octets;
	size_t				 used;
	size_t				 room;
};

static int
reserve(struct writer *w, size_t more)
{
	size_t	 room = w->room == 0 ? 4096 : w->room;
	uint8_t	*octets;

	if (w->room - w->used >= more)
		return (0);
	while (room - w->used < more)
		room *= 2;
	if ((octets = realloc(w->octets, room)) == NULL)
		return (-1);
	w->octets = octets;
	w->room = room;
	return (0);
}

static int
put_record(struct writer *w, const struct flow *f)
{
	if (reserve(w, w->record->size) == -1)
		return (-1);
	memset(w->octets + w->used, 0, w->record->size);
	w->record->put(w->octets + w->used, f);
	w->used += w->record->size;
	w->n++;
	return (0);
}

/* Take from a count as much as fits in 32 bits. */
static uint64_t
take(uint64_t *from)
{
	uint64_t	part = *from < UINT32_MAX ? *from : UINT32_MAX;

	*from -= part;
	return (part);
}

/* Put a row as one record, or as several if its counts need them. */
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
 * Reduce the rows to what the layout can represent; rows that are equal then
 * become one.
 */
static size_t
reduce_rows(const struct legacy_record *r, const struct flow *const *rows,
    size_t n, struct flow *out, struct legacy_loss *loss)
{
	size_t	i, used = 0;
	bool	owner;

	for (i = 0; i < n; i++) {
		owner = owner_is(rows[i]->key.src) ||
		    owner_is(rows[i]->key.dst);
		if (owner || rows[i]->key.family == FLOW_FAMILY_IP6) {
			loss->rows++;
			loss->owners += owner;
			flow_count_add(&loss->count, &rows[i]->count);
			continue;
		}
		out[used] = *rows[i];
		r->reduce(&out[used++].key);
	}
	return (flow_merge(out, used));
}

/* Write the header last: only now is the number of records known. */
static int
put_head(struct writer *w, const struct block_info *info)
{
	struct legacy_head	head = {
		(uint32_t)w->n, info->begin_ns, info->end_ns
	};

	if (w->n > INT32_MAX) {
		errno = EOVERFLOW;
		return (-1);
	}
	return (legacy_head_put(&head, w->octets));
}

static int
put_block(struct writer *w, const struct block_info *info,
    const struct flow *rows, size_t n)
{
	size_t	i;

	if (reserve(w, LEGACY_HEADER_MAX) == -1)
		return (-1);
	w->used = legacy_headers[0].length;
	for (i = 0; i < n; i++)
		if (put_row(w, &rows[i]) == -1)
			return (-1);
	return (put_head(w, info));
}

int64_t
legacy_encode(enum layout layout, const struct block_info *info,
    const struct flow *const *rows, size_t n, struct legacy_loss *loss,
    uint8_t **octets)
{
	struct writer	 w = { .record = legacy_record(layout) };
	struct flow	*reduced = reallocarray(NULL, n + 1, sizeof(*reduced));
	int		 rc;

	if (reduced == NULL)
		return (-1);
	n = reduce_rows(w.record, rows, n, reduced, loss);
	rc = put_block(&w, info, reduced, n);
	free(reduced);
	if (rc == -1) {
		free(w.octets);
		return (-1);
	}
	*octets = w.octets;
	return ((int64_t)w.used);
}

int64_t
legacy_write(int fd, off_t offset, enum layout layout,
    const struct block_info *info, const struct flow *const *rows, size_t n,
    struct legacy_loss *loss)
{
	uint8_t	*octets;
	int64_t	 length;

	length = legacy_encode(layout, info, rows, n, loss, &octets);
	if (length == -1)
		return (-1);
	if (write_at(fd, octets, (size_t)length, offset) == -1)
		length = -1;
	free(octets);
	return (length);
}
