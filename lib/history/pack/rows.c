/*
 * Rows: their order, how they are added up, and which subjects are valid.
 */
#include <stdlib.h>
#include <string.h>

#include "base/endian.h"
#include "rows.h"

int
history_subject_cmp(const struct history_row *a, const struct history_row *b)
{
	size_t	n = a->len < b->len ? a->len : b->len;
	int	d;

	if ((d = memcmp(a->subject, b->subject, n)) != 0)
		return (d);
	return (a->len - b->len);
}

unsigned
history_counts(enum history_kind kind)
{
	return (kind == HISTORY_HOST ? 3 : kind == HISTORY_PAIR ? 2 : 1);
}

void
history_row_add(struct history_row *to, const struct history_row *row)
{
	unsigned	k;

	for (k = 0; k < HISTORY_COUNTS; k++)
		flow_count_add(&to->count[k], &row->count[k]);
	to->in += row->in;
	to->out += row->out;
}

static int
compare_rows(const void *a, const void *b)
{
	return (history_subject_cmp(a, b));
}

size_t
history_rows_merge(struct history_row *row, size_t n)
{
	size_t	i, last = 0;

	if (n == 0)
		return (0);
	qsort(row, n, sizeof(*row), compare_rows);
	for (i = 1; i < n; i++) {
		if (history_subject_cmp(&row[last], &row[i]) != 0) {
			row[++last] = row[i];
			continue;
		}
		history_row_add(&row[last], &row[i]);
	}
	return (last + 1);
}

/*
 * Bytes of an address of that family.  If there is no such family, a length
 * that no row has.
 */
static size_t
address_len(unsigned family)
{
	switch (family) {
	case FLOW_FAMILY_NONE:
		return (0);
	case FLOW_FAMILY_IP4:
		return (4);
	default:
		return (family == FLOW_FAMILY_IP6 ? 16 : SIZE_MAX / 4);
	}
}

bool
history_subject_is_valid(enum history_kind kind, const struct history_row *row)
{
	const uint8_t	*s = row->subject;

	switch (kind) {
	case HISTORY_SERVICE:
		return (row->len == 4 && (s[1] & ~HISTORY_SERVICE_FLAGS) == 0);
	case HISTORY_HOST:
		return (row->len == 1 + address_len(s[0]));
	case HISTORY_VLAN:
		return (row->len == 2 && get_be16(s) != FLOW_VLAN_NONE &&
		    get_be16(s) <= FLOW_VLAN_MIXED);
	default:
		return (row->len == 1 + 2 *
		    address_len(s[0] & ~(unsigned)HISTORY_SIDES));
	}
}
