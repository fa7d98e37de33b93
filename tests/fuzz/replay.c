/*
 * main() for the fuzz harnesses when they are built without libFuzzer: runs
 * the given inputs, files or directories of files.  Options of libFuzzer
 * (arguments that begin with a minus) are ignored.
 */
#include <sys/types.h>
#include <sys/stat.h>
#include <dirent.h>
#include <err.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

/* The input in memory of exactly its size, so that sanitizers see its end. */
static void
replay_file(const char *name, size_t size)
{
	uint8_t	*in = malloc(size > 0 ? size : 1);
	FILE	*f = fopen(name, "rb");

	if (in == NULL || f == NULL || fread(in, 1, size, f) != size)
		err(1, "%s", name);
	(void)fclose(f);
	(void)LLVMFuzzerTestOneInput(size > 0 ? in : NULL, size);
	free(in);
}

/* Returns how many inputs there were; goes one directory deep. */
static unsigned
replay(const char *name, int depth)
{
	char		 path[PATH_MAX];
	struct dirent	*e;
	struct stat	 st;
	unsigned	 n = 0;
	DIR		*d;

	if (stat(name, &st) == -1)
		err(1, "%s", name);
	if (S_ISREG(st.st_mode)) {
		replay_file(name, (size_t)st.st_size);
		return (1);
	}
	if (!S_ISDIR(st.st_mode) || depth == 0)
		return (0);
	if ((d = opendir(name)) == NULL)
		err(1, "%s", name);
	while ((e = readdir(d)) != NULL) {
		(void)snprintf(path, sizeof(path), "%s/%s", name, e->d_name);
		n += replay(path, depth - 1);
	}
	(void)closedir(d);
	return (n);
}

int
main(int argc, char *argv[])
{
	unsigned	n = 0;
	int		i;

	for (i = 1; i < argc; i++)
		if (argv[i][0] != '-')
			n += replay(argv[i], 1);
	printf("%u inputs\n", n);
	return (n == 0);
}
