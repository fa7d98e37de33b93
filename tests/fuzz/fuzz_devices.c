/*
 * Files of devices.  The input is the file.  What was read of it is the same
 * after being written and read again, and only lines that are wrong are told.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/regular.h"
#include "file/devices.h"
#include "fuzz.h"

static int	dirfd_of_all = -1;
static char	dir[] = "/tmp/fuzz_devices.XXXXXX";

static void
remove_dir(void)
{
	(void)unlinkat(dirfd_of_all, "in", 0);
	(void)unlinkat(dirfd_of_all, "out", 0);
	(void)rmdir(dir);
}

static void
begin(void)
{
	if (dirfd_of_all != -1)
		return;
	check(mkdtemp(dir) != NULL);
	dirfd_of_all = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	check(dirfd_of_all != -1);
	(void)atexit(remove_dir);
}

static void
put(const uint8_t *in, size_t size)
{
	int	fd = openat(dirfd_of_all, "in", O_WRONLY | O_CREAT | O_TRUNC,
		    0600);

	check(fd != -1);
	check(size == 0 || write_at(fd, in, size, 0) == 0);
	(void)close(fd);
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t size)
{
	struct devices	*d = devices_new(), *e = devices_new();
	uint64_t	 line;
	size_t		 i;
	int		 rc;

	begin();
	check(d != NULL && e != NULL);
	put(in, size);
	rc = devices_read(d, dirfd_of_all, "in", &line);
	check(rc == 1 || (rc == -1 && errno == EBADMSG && line > 0) ||
	    (rc == -1 && errno == EFBIG && size > DEVICES_SIZE));
	check(devices_count(d) <= DEVICES_MAX);
	check(devices_write(d, dirfd_of_all, "out") == 0);
	check(devices_read(e, dirfd_of_all, "out", &line) == 1);
	check(devices_count(e) == devices_count(d));
	for (i = 0; i < devices_count(d); i++)
		check(memcmp(devices_at(d, i), devices_at(e, i),
		    sizeof(struct device)) == 0);
	devices_free(d);
	devices_free(e);
	return (0);
}
