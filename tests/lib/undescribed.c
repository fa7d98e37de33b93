/*
 * Tests only: preloaded into a daemon.  The statistics of its ring say once that
 * the kernel has dropped 7 frames and was not full, as if it could not describe
 * them.
 */
#define _GNU_SOURCE
#include <sys/socket.h>
#include <sys/syscall.h>
#include <linux/if_packet.h>
#include <unistd.h>

int
getsockopt(int fd, int level, int name, void *value, socklen_t *len)
{
	static int	told;
	int		rc = (int)syscall(SYS_getsockopt, fd, level, name,
	    value, len);
	struct tpacket_stats_v3	*s = value;

	if (rc != 0 || level != SOL_PACKET || name != PACKET_STATISTICS)
		return (rc);
	if (s->tp_packets > 0 && !told) {
		told = 1;
		s->tp_drops += 7;
	}
	return (rc);
}
