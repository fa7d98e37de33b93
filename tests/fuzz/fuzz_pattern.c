/*
 * Texts of patterns: each compiles, or an error is reported.  A compiled one
 * is printed and matched against a key.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/out.h"
#include "query/pattern.h"
#include "fuzz.h"

/* The rest of the input as a key. */
static void
try_key(const struct pattern *p, const uint8_t *in, size_t size)
{
	struct flow_key	k;

	memset(&k, 0, sizeof(k));
	memcpy(&k, in, size < sizeof(k) ? size : sizeof(k));
	(void)pattern_match(p, &k);
}

static void
try_pattern(struct pattern *p, const uint8_t *in, size_t size)
{
	static struct out	*o;

	if (o == NULL)
		check((o = out_new(open("/dev/null", O_WRONLY))) != NULL);
	pattern_print(p, o);
	try_key(p, in, size);
	pattern_free(p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t size)
{
	char		*text = malloc(size + 1), err[64] = "";
	struct pattern	*p;

	check(text != NULL);
	if (size > 0)
		memcpy(text, in, size);
	text[size] = '\0';
	if ((p = pattern_of_text(text, err, sizeof(err))) == NULL)
		check(err[0] != '\0');
	else
		try_pattern(p, in, size);
	free(text);
	return (0);
}
