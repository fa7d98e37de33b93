/*
 * Temporary files for harnesses of functions that read files.
 */
#include <stdio.h>
#include <unistd.h>

#include "fuzz.h"

int
fuzz_scratch(void)
{
	FILE	*f = tmpfile();
	int	 fd = f == NULL ? -1 : dup(fileno(f));

	check(fd != -1);
	fclose(f);
	return (fd);
}
