/*
 * Send the frames of a capture of gencap.c from an interface as fast as
 * possible, in full length (octets not captured are 0), and print the CPU time
 * per frame in nanoseconds.  On a veth pair that includes all that the kernel
 * does at the other end.
 *
 *	replay IFACE FILE PACKETS
 */
#include <sys/types.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BATCH		32
#define FILE_HEADER	24
#define FRAME_HEADER	16
#define FRAME_MOST	1514

static const uint8_t	zeros[FRAME_MOST];

struct meter {
	const uint8_t	*begin, *end, *at;
};

static struct meter
open_capture(const char *name)
{
	struct stat	st;
	struct meter	c;
	int		fd = open(name, O_RDONLY);
	void		*p;

	if (fd == -1 || fstat(fd, &st) == -1)
		err(1, "%s", name);
	p = mmap(NULL, (size_t)st.st_size, PROT_READ,
	    MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (p == MAP_FAILED || st.st_size <= FILE_HEADER)
		err(1, "%s", name);
	c.begin = p;
	c.end = c.begin + st.st_size;
	c.at = c.begin + FILE_HEADER;
	return (c);
}

/* The next frame in two parts: captured octets, and zeros.  Starts again
 * from the first frame after the last. */
static void
next(struct meter *c, struct iovec part[2])
{
	uint32_t	caplen, len;

	if (c->end - c->at < FRAME_HEADER)
		c->at = c->begin + FILE_HEADER;
	memcpy(&caplen, c->at + 8, sizeof(caplen));
	memcpy(&len, c->at + 12, sizeof(len));
	len = len > FRAME_MOST ? FRAME_MOST : len;
	part[0].iov_base = (void *)(uintptr_t)(c->at + FRAME_HEADER);
	part[0].iov_len = caplen < len ? caplen : len;
	part[1].iov_base = (void *)(uintptr_t)zeros;
	part[1].iov_len = len - part[0].iov_len;
	c->at += FRAME_HEADER + caplen;
}

static int
open_socket(const char *ifname)
{
	struct sockaddr_ll	ll = { .sll_family = AF_PACKET };
	int			s = socket(AF_PACKET, SOCK_RAW, 0), one = 1;

	ll.sll_ifindex = (int)if_nametoindex(ifname);
	if (s == -1 || ll.sll_ifindex == 0 || setsockopt(s, SOL_PACKET,
	    PACKET_QDISC_BYPASS, &one, sizeof(one)) == -1 ||
	    bind(s, (struct sockaddr *)&ll, sizeof(ll)) == -1)
		err(1, "%s", ifname);
	return (s);
}

static double
cpu_ns(void)
{
	struct rusage	r;

	(void)getrusage(RUSAGE_SELF, &r);
	return ((double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) * 1e9 +
	    (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec) * 1e3);
}

static void
send_batch(int s, struct meter *c)
{
	struct mmsghdr	m[BATCH] = { 0 };
	struct iovec	parts[BATCH][2];
	unsigned int	i, done = 0;
	int		n;

	for (i = 0; i < BATCH; i++) {
		next(c, parts[i]);
		m[i].msg_hdr.msg_iov = parts[i];
		m[i].msg_hdr.msg_iovlen = parts[i][1].iov_len > 0 ? 2 : 1;
	}
	while (done < BATCH) {
		n = sendmmsg(s, m + done, BATCH - done, 0);
		if (n == -1 && errno != ENOBUFS && errno != EINTR)
			err(1, "sendmmsg");
		done += n > 0 ? (unsigned int)n : 0;
	}
}

int
main(int argc, char **argv)
{
	struct meter	c;
	unsigned long	n, sent;
	double		before;
	int		s;

	if (argc != 4)
		errx(127, "usage: replay IFACE FILE PACKETS");
	s = open_socket(argv[1]);
	c = open_capture(argv[2]);
	n = strtoul(argv[3], NULL, 10);
	before = cpu_ns();
	for (sent = 0; sent < n; sent += BATCH)
		send_batch(s, &c);
	printf("%.0f\n", (cpu_ns() - before) / (double)sent);
	return (0);
}
