/*
 * Systems whose table of neighbours is not read: devices are told apart by
 * their names.
 */
#include <errno.h>
#include <stddef.h>


#include "neighbours.h"

struct neighbours *
neighbours_open(void)
{
	errno = ENOSYS;
	return (NULL);
}

void
neighbours_close(struct neighbours *n)
{
	(void)n;
}

int
neighbours_read(struct neighbours *n, const char *ifname, neighbours_fn *fn,
    void *arg)
{
	(void)n;
	(void)ifname;
	(void)fn;
	(void)arg;
	return (0);
}
