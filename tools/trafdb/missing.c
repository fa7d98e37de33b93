/*
 * Counts the blocks of a history that another one lacks: a rebuild must lose
 * nothing, and verify reports what it could not compare.
 */
#include "trafdb.h"

/* Compare by months: format 2 did not note single blocks for ever. */
static int
missing_in_month(struct history *h, const struct history_account *a,
    struct history *other, const struct history_account *b,
    struct history_range month, uint64_t *n)
{
	struct history_totals	have, found;

	if (history_total(h, a, month, &have) == -1)
		return (db_fail(h));
	if (history_total(other, b, month, &found) == -1)
		return (db_fail(other));
	if (have.blocks > found.blocks)
		*n += have.blocks - found.blocks;
	else if (have.blocks == found.blocks &&
	    have.checksum != found.checksum)
		*n += 1;
	return (0);
}

int
blocks_missing(struct history *h, const struct history_account *a,
    struct history *other, const struct history_account *b, uint64_t *n)
{
	struct history_range	r;
	/* Months that were pruned on purpose are not missing. */
	uint32_t		hour = b->kept[HISTORY_MONTH];
	uint64_t		named, months = 0;
	int			rc;

	if (history_missing(h, a, other, b, &named) == -1)
		return (db_fail(h));
	while ((rc = history_skip(h, a, HISTORY_MONTH, &hour)) == 1) {
		r.from = hour;
		r.until = hour = history_period_next(HISTORY_MONTH, hour);
		if (missing_in_month(h, a, other, b, r, &months) == -1)
			return (-1);
	}
	*n = named > months ? named : months;
	return (rc == -1 ? db_fail(h) : 0);
}
