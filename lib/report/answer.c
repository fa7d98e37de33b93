/*
 * The table of answer formats.
 */
#include <string.h>

#include "answer.h"

static const struct answer_ops *const formats[] = {
	&answer_text, &answer_csv, &answer_tsv, &answer_json, &answer_sql,
	&answer_svg, &answer_html, &answer_graph
};

const struct answer_ops *
answer_format(const char *name)
{
	size_t	i;

	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (strcmp(formats[i]->name, name) == 0)
			return (formats[i]);
	return (NULL);
}
