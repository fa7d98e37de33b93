/*
 * BSD: the kernel cuts a buffer to net.bpf.maxbufsize without an error.
 */
#include "config.h"

#include <sys/types.h>
#include <sys/ioctl.h>
#include <net/bpf.h>

#include "granted.h"

uint64_t
granted_buffer(int fd)
{
	u_int	bytes;

	return (ioctl(fd, BIOCGBLEN, &bytes) == 0 ? bytes : 0);
}
