/*
 * Times that users write and times in files.  The first eight octets are `now'
 * and the time of a block, the rest is the text of -b or -e.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/when.h"
#include "fuzz.h"

#define PREFIX	8

static void
print(uint64_t ns)
{
	char	buf[WHEN_LEN];

	check(when_local(ns, buf) == buf && strlen(buf) == 15);
	check(when_iso(ns, buf) == buf && strlen(buf) == 20);
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t size)
{
	struct when_range	 range = { { WHEN_ANY, 0 }, { WHEN_ANY, 0 } };
	uint64_t		 ns;
	char			*text;

	if (size < PREFIX)
		return (0);
	memcpy(&ns, in, PREFIX);
	check((text = malloc(size - PREFIX + 1)) != NULL);
	memcpy(text, in + PREFIX, size - PREFIX);
	text[size - PREFIX] = '\0';
	print(ns);
	check(when_in_range(&range, 1, ns, ns));
	if (when_parse(text, (time_t)(ns % (UINT64_C(1) << 33)),
	    &range.begin) == 0) {
		check(range.begin.kind == WHEN_TIME ||
		    (range.begin.kind == WHEN_NUMBER && text[0] == '#'));
		/* The instant itself is in the range that it begins. */
		if (range.begin.kind == WHEN_TIME &&
		    range.begin.value < UINT64_MAX / 1000000000u)
			check(when_in_range(&range, 1,
			    range.begin.value * 1000000000u, UINT64_MAX));
	}
	free(text);
	return (0);
}
