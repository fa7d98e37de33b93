/*
 * Save files.  The first octet of the input says whether the checksums are
 * corrected first; else no mutation would pass them.  An accepted block must
 * be consistent: its rows are in order, add up to the totals of the header,
 * and are the same after being written and read again, with the names of the
 * owners and interfaces that they use.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/regular.h"
#include "file/block_header.h"
#include "file/savefile.h"
#include "file/savefile_tail.h"
#include "fuzz.h"
#include "seal.h"

#define ROWS_MAX	100000

static int	file = -1, again = -1;

/* All rows of a block that has been verified; the caller frees them. */
static struct flow *
take_rows(struct block *b, size_t n)
{
	struct flow		*all = calloc(n + 1, sizeof(*all));
	const struct flow	*rows;
	size_t			 got, at = 0;

	check(all != NULL);
	for (;;) {
		check(block_rows(b, &rows, &got) == BLOCK_OK);
		if (got == 0)
			break;
		check(got <= n - at);
		memcpy(all + at, rows, got * sizeof(*rows));
		at += got;
	}
	check(at == n);
	return (all);
}

static void
check_owner(const struct owners *all, const struct owners *copy,
    const uint8_t *id)
{
	const struct owner	*one;

	if (!owner_is(id) || (one = owners_find(all, id)) == NULL)
		return;
	check(copy != NULL && owners_find(copy, id) != NULL &&
	    memcmp(owners_find(copy, id), one, sizeof(*one)) == 0);
}

/* What rows use of the owners is there again, and nothing else. */
static void
check_owners(const struct owners *all, const struct owners *copy,
    const struct flow *rows, size_t n)
{
	size_t	i, side;

	for (i = 0; copy != NULL && i < owners_count(copy); i++)
		check(owners_find(all, owners_at(copy, i)->id) != NULL);
	for (i = 0; all != NULL && i < n; i++)
		for (side = 0; side < 2; side++)
			check_owner(all, copy, side == 0 ? rows[i].key.src :
			    rows[i].key.dst);
}

static void
write_again(const struct block *b, const struct flow *all, size_t n)
{
	const struct flow	**rows = calloc(n + 1, sizeof(*rows));
	struct block_info	*info = malloc(sizeof(*info));
	struct block		*copy;
	struct flow		*back;
	size_t			 i;

	check(rows != NULL && info != NULL);
	for (i = 0; i < n; i++)
		rows[i] = &all[i];
	*info = *block_info(b);
	check(block_write(again, 0, info, rows, n) > 0);
	check(block_open(again, 0, &copy) == BLOCK_OK);
	check(block_verify(copy) == BLOCK_OK);
	check_owners(block_owners(b), block_owners(copy), all, n);
	*info = *block_info(copy);
	info->owners = block_owners(b);
	/* What readers ignore, and names without rows, are not written. */
	info->checksum = block_info(b)->checksum;
	check(memcmp(info, block_info(b), sizeof(*info)) == 0);
	back = take_rows(copy, n);
	check(memcmp(back, all, n * sizeof(*all)) == 0);
	free(back);
	block_free(copy);
	free(info);
	free(rows);
}

static void
check_block(struct block *b)
{
	const struct block_info	*info = block_info(b);
	struct flow		*all;

	if (info->rows > ROWS_MAX)
		return;
	all = take_rows(b, (size_t)info->rows);
	write_again(b, all, (size_t)info->rows);
	free(all);
}

/* Damaged ranges come in order, are not empty and lie in the file. */
static void
on_damage(void *arg, const struct savefile_damage *d)
{
	off_t	*end = arg;

	check(d->offset >= *end && d->length > 0);
	*end = d->offset + d->length;
	(void)block_strerror(d->why);
}

static void
read_all(bool whole)
{
	struct savefile	*f = savefile_of_fd(file);
	struct block	*b;
	off_t		 end = 0;

	check(f != NULL);
	savefile_on_damage(f, on_damage, &end);
	while (savefile_next(f, whole, &b) == 1) {
		check(block_offset(b) >= end);
		end = block_offset(b) + block_length(b);
		if (whole)
			check_block(b);
	}
	/* Every octet is part of a block or of a damaged range. */
	check(end == savefile_size(f));
	savefile_close(f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t size)
{
	struct block_place	 t;
	uint8_t		*p;

	if (size < 2)
		return (0);
	if (file == -1) {
		file = fuzz_scratch();
		again = fuzz_scratch();
	}
	check((p = malloc(size - 1)) != NULL);
	memcpy(p, in + 1, size - 1);
	if (in[0] & 1)
		seal_all(p, size - 1);
	check(ftruncate(file, 0) == 0);
	check(write_at(file, p, size - 1, 0) == 0);
	free(p);
	read_all(true);
	read_all(false);
	check(tail_find(file, (off_t)size - 1, NULL, &t) != -1);
	check(t.end <= (off_t)size - 1);
	return (0);
}
