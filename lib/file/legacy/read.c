/*
 * Reads BPFT's files.  Their bytes are untrusted, and any layout may be the
 * wrong one: a record is read only if its block and the file have room for it.
 */
#include <sys/stat.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/regular.h"
#include "file/block_header.h"
#include "layout.h"

/* Records read at once. */
#define CHUNK	1024

struct legacy {
	int			 fd;
	off_t			 size;
	off_t			 at;		/* of the current block */
	off_t			 next;
	struct legacy_layout	 layout;
	struct block_info	 info;
	struct flow		*rows;
	size_t			 room;
	savefile_damage_fn	*on_damage;
	void			*arg;
};

/* How much of a file is valid in a layout. */
struct walk {
	off_t		end;
	uint64_t	blocks;
	uint64_t	rows;
};

/* ---- which layout ---- */

/*
 * Is there a block at `at'?  Returns 1 and its head, 0, or -1 with errno.  If
 * 1, the file is long enough for all its records.
 */
static int
head_at(int fd, off_t at, off_t size, const struct legacy_layout *l,
    struct legacy_head *head)
{
	uint8_t	 octets[LEGACY_HEADER_MAX];
	off_t	 left = size - at - (off_t)l->header->length;

	if (left < 0)
		return (0);
	if (read_at(fd, octets, l->header->length, at) == -1)
		return (errno == 0 ? 0 : -1);
	return (legacy_head_get(l->header, octets, head) &&
	    head->n <= (uint64_t)left / l->record->size);
}

static off_t
span_of(const struct legacy_layout *l, const struct legacy_head *head)
{
	return ((off_t)(l->header->length + head->n * l->record->size));
}

/* Are all records of the block sane?  1, 0, -1 with errno. */
static int
records_sane(int fd, off_t at, const struct legacy_layout *l, size_t n)
{
	const struct legacy_record	*r = l->record;
	uint8_t				 octets[CHUNK * LEGACY_RECORD_MAX];
	size_t				 part, i;

	at += (off_t)l->header->length;
	for (; n > 0; n -= part, at += (off_t)(part * r->size)) {
		part = n < CHUNK ? n : CHUNK;
		if (read_at(fd, octets, part * r->size, at) == -1)
			return (errno == 0 ? 0 : -1);
		for (i = 0; i < part; i++)
			if (!r->sane(octets + i * r->size))
				return (0);
	}
	return (1);
}

/* Follow the blocks as far as headers (and records, if set) are valid. */
static int
walk(int fd, off_t size, const struct legacy_layout *l, bool records,
    struct walk *w)
{
	struct legacy_head	head;
	int			rc;

	memset(w, 0, sizeof(*w));
	w->end = l->first;
	while ((rc = head_at(fd, w->end, size, l, &head)) == 1) {
		if (records &&
		    (rc = records_sane(fd, w->end, l, head.n)) != 1)
			break;
		w->end += span_of(l, &head);
		w->blocks++;
		w->rows += head.n;
		if (l->first != 0)
			return (0);
	}
	return (rc);
}

/* The best of the layouts tried so far. */
struct choice {
	struct legacy_layout	layout;
	struct walk		walk;
	bool			ambiguous;
};

/*
 * Compare a layout with the best one.  Blocks without records are the same in
 * both layouts: they are not ambiguous.
 */
static void
choose(struct choice *c, const struct legacy_layout *l, const struct walk *w)
{
	if (w->blocks == 0 || w->end < c->walk.end)
		return;
	if (w->end == c->walk.end) {
		c->ambiguous |= w->rows + c->walk.rows > 0;
		return;
	}
	c->layout = *l;
	c->walk = *w;
	c->ambiguous = false;
}

static int
try_record(int fd, off_t size, enum layout record, bool records,
    struct choice *c)
{
	struct legacy_layout	l = { legacy_record(record), NULL, 0 };
	struct walk		w;
	unsigned int		i;

	for (i = 0; i < 2 * LEGACY_HEADERS; i++) {
		l.header = &legacy_headers[i / 2];
		l.first = i % 2 == 0 ? 0 : 4;
		if (walk(fd, size, &l, records, &w) == -1)
			return (-1);
		choose(c, &l, &w);
	}
	return (0);
}

static enum legacy_fit
find_layout(int fd, off_t size, enum layout wanted, struct choice *c)
{
	enum layout	record;

	memset(c, 0, sizeof(*c));
	for (record = LAYOUT_OLD; record <= LAYOUT_NEW; record++)
		if ((wanted == LAYOUT_AUTO || wanted == record) &&
		    try_record(fd, size, record, wanted == LAYOUT_AUTO,
		    c) == -1)
			return (LEGACY_IO);
	if (c->walk.blocks == 0 ||
	    (wanted == LAYOUT_AUTO && c->walk.end != size))
		return (LEGACY_NONE);
	return (c->ambiguous ? LEGACY_AMBIGUOUS : LEGACY_FITS);
}

enum legacy_fit
legacy_open(int fd, enum layout wanted, struct legacy **out)
{
	struct choice	 c;
	enum legacy_fit	 fit;
	struct legacy	*f;
	struct stat	 st;

	*out = NULL;
	if (fstat(fd, &st) == -1)
		return (LEGACY_IO);
	if ((fit = find_layout(fd, st.st_size, wanted, &c)) != LEGACY_FITS)
		return (fit);
	if ((f = calloc(1, sizeof(*f))) == NULL)
		return (LEGACY_IO);
	f->fd = fd;
	f->size = st.st_size;
	f->layout = c.layout;
	f->next = c.layout.first;
	*out = f;
	return (LEGACY_FITS);
}

enum legacy_fit
legacy_end(int fd, enum layout wanted, off_t *end)
{
	struct choice	c;
	enum legacy_fit	fit;
	struct stat	st;

	if (fstat(fd, &st) == -1)
		return (LEGACY_IO);
	fit = find_layout(fd, st.st_size, wanted, &c);
	*end = c.walk.end;
	return (fit);
}

void
legacy_close(struct legacy *f)
{
	if (f == NULL)
		return;
	free(f->rows);
	free(f);
}

void
legacy_on_damage(struct legacy *f, savefile_damage_fn *fn, void *arg)
{
	f->on_damage = fn;
	f->arg = arg;
}

/* ---- blocks ---- */

static int
reserve(struct legacy *f, size_t n)
{
	if (n <= f->room)
		return (0);
	free(f->rows);
	f->room = 0;
	if ((f->rows = reallocarray(NULL, n, sizeof(*f->rows))) == NULL)
		return (-1);
	f->room = n;
	return (0);
}

/* Read n records; -1 with errno, which is 0 if the file ends before. */
static int
read_rows(struct legacy *f, off_t at, size_t n)
{
	const struct legacy_record	*r = f->layout.record;
	uint8_t				 octets[CHUNK * LEGACY_RECORD_MAX];
	struct flow			*row = f->rows;
	size_t				 part, i;

	for (; n > 0; n -= part) {
		part = n < CHUNK ? n : CHUNK;
		if (read_at(f->fd, octets, part * r->size, at) == -1)
			return (-1);
		for (i = 0; i < part; i++)
			r->get(octets + i * r->size, row++);
		at += (off_t)(part * r->size);
	}
	return (0);
}

static void
fill_info(struct legacy *f, const struct legacy_head *head)
{
	struct block_info	*info = &f->info;
	size_t			 i;

	memset(info, 0, sizeof(*info));
	info->kind = f->layout.first == 0 ? BLOCK_SAVE : BLOCK_DUMP;
	info->ports = f->layout.record == legacy_record(LAYOUT_OLD) ?
	    FLOW_PORTS_SERVICE : FLOW_PORTS_ALL;
	info->begin_ns = head->begin_ns;
	info->end_ns = head->end_ns;
	info->duration_ns = head->end_ns - head->begin_ns;
	info->rows = flow_merge(f->rows, head->n);
	for (i = 0; i < info->rows; i++)
		flow_count_add(&info->total, &f->rows[i].count);
}

/* Report the rest of the file as damaged. */
static int
give_up(struct legacy *f)
{
	struct savefile_damage	d = {
		BLOCK_DAMAGED, f->next, f->size - f->next
	};

	f->next = f->size;
	if (f->on_damage != NULL)
		f->on_damage(f->arg, &d);
	return (0);
}

int
legacy_next(struct legacy *f)
{
	struct legacy_head	head;
	int			rc;

	if (f->next == f->size)
		return (0);
	/* A dump file has one block. */
	if (f->layout.first != 0 && f->next != f->layout.first)
		return (give_up(f));
	rc = head_at(f->fd, f->next, f->size, &f->layout, &head);
	if (rc != 1)
		return (rc == 0 ? give_up(f) : -1);
	if (reserve(f, head.n) == -1)
		return (-1);
	if (read_rows(f, f->next + (off_t)f->layout.header->length,
	    head.n) == -1)
		return (errno == 0 ? give_up(f) : -1);
	fill_info(f, &head);
	f->at = f->next;
	f->next += span_of(&f->layout, &head);
	return (1);
}

struct block_info *
legacy_info(struct legacy *f)
{
	return (&f->info);
}

const struct flow *
legacy_rows(const struct legacy *f)
{
	return (f->rows);
}

void
legacy_place(const struct legacy *f, off_t *offset, off_t *length)
{
	*offset = f->at;
	*length = f->next - f->at;
}
