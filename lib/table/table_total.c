/*
 * What all rows of a table add up to.  It knows rows only as table.h has them.
 */
#include "table.h"

struct flow_count
table_total(const struct table *t)
{
	struct flow_count	sum = { 0, 0, 0 };
	size_t			i;

	for (i = 0; i < table_rows(t); i++)
		flow_count_add(&sum, &table_row(t, i)->count);
	return (sum);
}
