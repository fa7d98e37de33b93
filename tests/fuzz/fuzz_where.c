/*
 * Expressions of --where: each compiles, or an error is reported.  A compiled
 * one is matched against a row.
 */
#include <stdlib.h>
#include <string.h>

#include "query/where.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t size)
{
	char		*text = malloc(size + 1), err[64] = "";
	struct where	*w;
	struct flow	 row;

	check(text != NULL);
	if (size > 0)
		memcpy(text, in, size);
	text[size] = '\0';
	memset(&row, 0, sizeof(row));
	if (size > 0)
		memcpy(&row, in, size < sizeof(row) ? size : sizeof(row));
	if ((w = where_new(text, err, sizeof(err))) == NULL)
		check(err[0] != '\0' && strlen(err) < sizeof(err));
	else
		(void)where_match(w, &row, NULL);
	where_free(w);
	free(text);
	return (0);
}
