/*
 * Files of BPFT.  The first octet of the input chooses the layout to force,
 * if any.  The result must be consistent: blocks and damage cover the file to
 * its end, rows are in order, add up to the block's totals, and are the same
 * after being written and read again.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file/legacy/legacy.h"
#include "fuzz.h"

static int	file = -1, again = -1;

static void
check_rows(const struct flow *rows, const struct block_info *info)
{
	struct flow_count	sum = { 0, 0, 0 };
	size_t			i;

	for (i = 0; i < info->rows; i++) {
		check(i == 0 || flow_key_cmp(&rows[i - 1].key,
		    &rows[i].key) < 0);
		flow_count_add(&sum, &rows[i].count);
	}
	check(sum.packets == 0 && sum.data == info->total.data &&
	    sum.ip == info->total.ip && info->begin_ns <= info->end_ns);
}

/* One block in a file of its own: forced, since it may be empty. */
static void
write_again(enum layout layout, const struct flow *rows,
    const struct block_info *info)
{
	const size_t		  count = (size_t)info->rows;
	const struct flow	**order = calloc(count + 1, sizeof(*order));
	struct legacy_loss	  loss = { 0 };
	struct legacy		 *l;
	int64_t			  n;
	size_t			  i;

	check(order != NULL && ftruncate(again, 0) == 0);
	for (i = 0; i < count; i++)
		order[i] = &rows[i];
	n = legacy_write(again, 0, layout, info, order, count, &loss);
	free(order);
	check(loss.rows == 0);
	if (n == -1) {
		check(errno == EOVERFLOW);	/* 64-bit times */
		return;
	}
	check(legacy_open(again, layout, &l) == LEGACY_FITS);
	check(legacy_next(l) == 1);
	check(legacy_info(l)->begin_ns == info->begin_ns);
	check(legacy_info(l)->end_ns == info->end_ns);
	check(legacy_info(l)->rows == info->rows);
	for (i = 0; i < info->rows; i++)
		check(memcmp(&rows[i], &legacy_rows(l)[i],
		    sizeof(rows[i])) == 0);
	check(legacy_next(l) == 0);
	legacy_close(l);
}

static void
on_damage(void *arg, const struct savefile_damage *d)
{
	off_t	*end = arg;

	check(d->offset == *end && d->length > 0);
	*end += d->length;
}

static void
read_all(struct legacy *l, off_t size)
{
	const struct block_info	*info;
	off_t			 at, len, end = 0;
	bool			 first = true;

	legacy_on_damage(l, on_damage, &end);
	while (legacy_next(l) == 1) {
		legacy_place(l, &at, &len);
		check(at == end || (first && at == 4));
		end = at + len;
		first = false;
		info = legacy_info(l);
		check_rows(legacy_rows(l), info);
		write_again(info->ports == FLOW_PORTS_SERVICE ? LAYOUT_OLD :
		    LAYOUT_NEW, legacy_rows(l), info);
	}
	check(!first && end == size);
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t size)
{
	static const enum layout	layouts[] = {
		LAYOUT_AUTO, LAYOUT_OLD, LAYOUT_NEW
	};
	struct legacy			*l;

	if (size < 2)
		return (0);
	if (file == -1) {
		file = fuzz_scratch();
		again = fuzz_scratch();
	}
	check(ftruncate(file, 0) == 0);
	check(pwrite(file, in + 1, size - 1, 0) == (ssize_t)(size - 1));
	if (legacy_open(file, layouts[in[0] % 3], &l) == LEGACY_FITS)
		read_all(l, (off_t)(size - 1));
	else
		check(l == NULL);
	legacy_close(l);
	return (0);
}
