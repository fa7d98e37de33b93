/*
 * The text of /proc/net/dev, which contains untrusted names of interfaces.  Up
 * to the first NUL the input is the interface to look for, the rest is the
 * text.
 */
#include <stdlib.h>
#include <string.h>

#include "host/ifcounters_linux.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t size)
{
	char			*text = malloc(size + 2);
	struct ifcounters	 c;
	size_t			 label;

	if (text == NULL)
		abort();
	if (size > 0)
		memcpy(text, in, size);
	text[size] = text[size + 1] = '\0';
	label = strlen(text);
	if (ifcounters_parse(text + label + 1, text, &c) &&
	    strstr(text + label + 1, text) == NULL)
		abort();
	free(text);
	return (0);
}
