/*
 * The rows of one block in memory: those that are meant.
 */
#include <stdlib.h>
#include <string.h>

#include "blocks.h"
#include "pattern.h"
#include "traflog.h"
#include "where.h"

void
rows_free(struct rows *rows)
{
	free(rows->row);
	free(rows->order);
}

/* Make room for n rows; what was there is gone. */
static int
reserve(struct rows *rows, size_t n)
{
	rows->n = 0;
	if (n <= rows->room)
		return (0);
	rows_free(rows);
	rows->room = 0;
	rows->row = reallocarray(NULL, n, sizeof(*rows->row));
	rows->order = reallocarray(NULL, n, sizeof(*rows->order));
	if (rows->row == NULL || rows->order == NULL)
		return (-1);
	rows->room = n;
	return (0);
}

static void
add_meant(struct rows *rows, const struct flow *part, size_t n,
    const struct options *opt)
{
	const struct pattern	*p = opt->pattern;
	const struct where	*w = opt->question.where;
	size_t			 i;

	for (i = 0; i < n; i++)
		if ((p == NULL || pattern_match(p, &part[i].key)) &&
		    (w == NULL || where_match(w, &part[i])))
			rows->row[rows->n++] = part[i];
}

static enum block_error
load(struct rows *rows, struct blocks *b, const struct options *opt)
{
	const struct flow	*part;
	enum block_error	 rc;
	size_t			 n;

	while ((rc = blocks_rows(b, &part, &n)) == BLOCK_OK && n > 0) {
		if (n > rows->room - rows->n)
			return (BLOCK_DAMAGED);
		if (opt->pattern != NULL || opt->question.where != NULL) {
			add_meant(rows, part, n, opt);
			continue;
		}
		memcpy(rows->row + rows->n, part, n * sizeof(*part));
		rows->n += n;
	}
	return (rc);
}

/* What a block of only these rows says about itself. */
static void
set_info(struct rows *rows, const struct block_info *info)
{
	static const struct flow_count	none;
	size_t				i;

	rows->info = *info;
	rows->info.rows = rows->n;
	rows->info.total = none;
	for (i = 0; i < rows->n; i++) {
		rows->order[i] = &rows->row[i];
		flow_count_add(&rows->info.total, &rows->row[i].count);
	}
}

enum block_error
rows_load(struct rows *rows, struct blocks *b, const struct options *opt)
{
	enum block_error	rc;

	if ((rc = blocks_verify(b)) != BLOCK_OK)
		return (rc);
	if (reserve(rows, (size_t)blocks_info(b)->rows) == -1)
		return (BLOCK_IO);
	if ((rc = load(rows, b, opt)) == BLOCK_OK)
		set_info(rows, blocks_info(b));
	return (rc);
}
