/*
 * The table of formats of rows.
 */
#include <string.h>

#include "fmt.h"

static const struct fmt_ops *const formats[] = {
	&fmt_text, &fmt_csv, &fmt_tsv, &fmt_json, &fmt_sql
};

const struct fmt_ops *
fmt_find(const char *name)
{
	size_t	i;

	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (strcmp(formats[i]->name, name) == 0)
			return (formats[i]);
	return (NULL);
}
