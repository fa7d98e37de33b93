/*
 * Send known traffic from an interface (Linux, AF_PACKET) and print what was
 * sent: the table that a daemon at the other end must show.
 *
 *	sender IFACE FLOWS PACKETS [PPS [DATA]]
 *
 * Flow i has its own addresses and ports and one of the kinds below; packet
 * n belongs to flow n mod FLOWS.  Its data varies from 1 to DATA octets, 1200
 * by default: then frames are of 640 octets on average.  PPS 0: no limit.  Prints
 * src sport dst dport proto packets data ip, tab-separated, for each flow.
 *
 *	sender IFACE random PACKETS [PPS]
 *
 * A flood: each packet is short and belongs to another random flow.  Prints
 * only the sums: packets data ip.  With IFACE `-' a capture file is written to
 * standard output and the table to standard error.
 */
#include "config.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/endian.h"

#define BATCH		32
#define FRAME_MAX	1514
#define DATA_MOST	1200

struct kind {
	const char	*name;
	uint8_t		 version;
	uint8_t		 proto;
	uint8_t		 l4;		/* octets of the sub-protocol header */
	uint8_t		 vlan;		/* tags */
	uint8_t		 ext;		/* octets of IPv6 extension headers */
	uint16_t	 fragment;	/* offset field, in network units */
};

static const struct kind kinds[] = {
	{ "tcp", 4, 6, 20, 0, 0, 0 },
	{ "udp", 4, 17, 8, 0, 0, 0 },
	{ "icmp", 4, 1, 8, 0, 0, 0 },
	{ "later fragment", 4, 17, 0, 0, 0, 185 },
	{ "vlan", 4, 17, 8, 1, 0, 0 },
	{ "qinq", 4, 6, 20, 2, 0, 0 },
	{ "udp6", 6, 17, 8, 0, 0, 0 },
	{ "tcp6", 6, 6, 20, 0, 0, 0 },
	{ "icmp6", 6, 58, 8, 0, 0, 0 },
	{ "tcp6 behind options", 6, 6, 20, 0, 8, 0 },
	{ "gre", 4, 47, 0, 0, 0, 0 },
};

#define NKINDS	(sizeof(kinds) / sizeof(kinds[0]))

struct flow_sent {
	uint64_t	packets, data, ip;
};

static uint16_t
port(uint32_t flow, int dst)
{
	return (dst ? 80 : (uint16_t)(1024 + flow % 60000));
}

static int
has_ports(const struct kind *k)
{
	return ((k->proto == 6 || k->proto == 17) && k->fragment == 0);
}

static uint8_t *
put_link(uint8_t *p, const struct kind *k)
{
	static const uint8_t	mac[12] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2 };
	int			i;

	memcpy(p, mac, sizeof(mac));
	p += sizeof(mac);
	for (i = 0; i < k->vlan; i++)
		p = put_be(p, (i + 1 < k->vlan ? 0x88a8U : 0x8100U) << 16 |
		    100, 4);
	return (put_be(p, k->version == 4 ? 0x0800 : 0x86dd, 2));
}

static uint8_t *
put_ip4(uint8_t *p, const struct kind *k, uint32_t flow, unsigned int payload)
{
	memset(p, 0, 20);
	p[0] = 0x45;
	put_be16(p + 2, (uint16_t)(20 + payload));
	put_be16(p + 6, k->fragment);
	p[8] = 64;
	p[9] = k->proto;
	p[12] = p[16] = 10;
	p[17] = 1;
	put_be16(p + 14, (uint16_t)flow);
	put_be16(p + 18, (uint16_t)(flow >> 16));
	return (p + 20);
}

static uint8_t *
put_ip6(uint8_t *p, const struct kind *k, uint32_t flow, unsigned int payload)
{
	memset(p, 0, 48);
	p[0] = 0x60;
	put_be16(p + 4, (uint16_t)(payload + k->ext));
	p[6] = k->ext > 0 ? 60 : k->proto;	/* destination options */
	p[7] = 64;
	p[8] = p[24] = 0xfd;
	put_be16(p + 22, (uint16_t)flow);
	put_be16(p + 20, (uint16_t)(flow >> 16));
	p[39] = 1;
	if (k->ext > 0) {
		p[40] = k->proto;
		p[42] = 1;			/* PadN over the rest */
		p[43] = 4;
	}
	return (p + 40 + k->ext);
}

/* Build one frame of the flow; returns its length and counts it. */
static size_t
build(uint8_t *frame, uint32_t flow, unsigned int data,
    struct flow_sent *sent)
{
	const struct kind	*k = &kinds[flow % NKINDS];
	unsigned int		 payload = k->l4 + data;
	uint8_t			*p = put_link(frame, k);

	p = k->version == 4 ? put_ip4(p, k, flow, payload) :
	    put_ip6(p, k, flow, payload);
	memset(p, 0, payload);
	if (has_ports(k)) {
		put_be16(p, port(flow, 0));
		put_be16(p + 2, port(flow, 1));
		if (k->proto == 6)
			p[12] = 0x50;
	}
	sent->packets++;
	sent->data += data;
	sent->ip += payload + (k->version == 4 ? 20u : 40u + k->ext);
	p += payload;
	/* Short frames are padded, as Ethernet does. */
	if (p - frame < 60) {
		memset(p, 0xee, (size_t)(60 - (p - frame)));
		p = frame + 60;
	}
	return ((size_t)(p - frame));
}

static void
print_flow(FILE *to, uint32_t flow, const struct flow_sent *sent)
{
	const struct kind	*k = &kinds[flow % NKINDS];
	uint8_t			 frame[FRAME_MAX];
	struct flow_sent	 unused = { 0, 0, 0 };
	char			 src[64], dst[64];
	const uint8_t		*ip;

	if (sent->packets == 0)
		return;
	(void)build(frame, flow, 1, &unused);
	ip = frame + 14 + 4 * k->vlan;
	if (k->version == 4) {
		inet_ntop(AF_INET, ip + 12, src, sizeof(src));
		inet_ntop(AF_INET, ip + 16, dst, sizeof(dst));
	} else {
		inet_ntop(AF_INET6, ip + 8, src, sizeof(src));
		inet_ntop(AF_INET6, ip + 24, dst, sizeof(dst));
	}
	fprintf(to, "%s\t%u\t%s\t%u\t%u\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\n",
	    src, has_ports(k) ? port(flow, 0) : 0, dst,
	    has_ports(k) ? port(flow, 1) : 0, k->proto,
	    sent->packets, sent->data, sent->ip);
}

static void
send_batch(int s, struct mmsghdr *m, unsigned int n)
{
	unsigned int	done = 0;
	int		rc;

	while (done < n) {
		rc = sendmmsg(s, m + done, n - done, 0);
		if (rc == -1 && errno != ENOBUFS && errno != EINTR)
			err(1, "sendmmsg");
		if (rc > 0)
			done += (unsigned int)rc;
	}
}

/* Sleep until packet n is due at pps packets a second. */
static void
pace(const struct timespec *start, uint64_t n, uint64_t pps)
{
	struct timespec	due = *start;
	uint64_t	ns = n * NS_PER_S / pps +
	    (uint64_t)due.tv_nsec;

	due.tv_sec += (time_t)(ns / NS_PER_S);
	due.tv_nsec = (long)(ns % NS_PER_S);
	(void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
}

static int
open_socket(const char *ifname)
{
	struct sockaddr_ll	ll = { .sll_family = AF_PACKET };
	int			s;

	if ((s = socket(AF_PACKET, SOCK_RAW, 0)) == -1)
		err(1, "socket");
	ll.sll_ifindex = (int)if_nametoindex(ifname);
	if (ll.sll_ifindex == 0 ||
	    bind(s, (struct sockaddr *)&ll, sizeof(ll)) == -1)
		err(1, "%s", ifname);
	return (s);
}

/* What to send: a number of flows in turn, or 0: a flood. */
struct job {
	uint32_t		 flows;
	uint32_t		 data;		/* most octets of a packet */
	uint32_t		 rng;
	struct flow_sent	*sent;		/* one a flow, or the sum */
	FILE			*table;
};

static size_t
build_next(struct job *job, uint8_t *frame, uint32_t n)
{
	if (job->flows > 0)
		return (build(frame, n % job->flows, 1 + n * 37 % job->data,
		    &job->sent[n % job->flows]));
	job->rng ^= job->rng << 13;	/* all numbers but 0, once each */
	job->rng ^= job->rng >> 17;
	job->rng ^= job->rng << 5;
	return (build(frame, job->rng, 1, job->sent));
}

/* A pcap file, in the byte order of this machine: Ethernet. */
static void
write_all(struct job *job, uint32_t packets)
{
	static const uint32_t	head[6] = {
		0xa1b2c3d4, 4u << 16 | 2, 0, 0, 65535, 1
	};
	static uint8_t		frame[FRAME_MAX];
	uint32_t		record[4] = { 1795215600, 0, 0, 0 }, n;

	(void)fwrite(head, sizeof(head), 1, stdout);
	for (n = 0; n < packets; n++) {
		record[2] = record[3] = (uint32_t)build_next(job, frame, n);
		(void)fwrite(record, sizeof(record), 1, stdout);
		(void)fwrite(frame, record[2], 1, stdout);
	}
	if (fflush(stdout) == EOF)
		err(1, "standard output");
}

static void
send_all(struct job *job, const char *ifname, uint32_t packets, uint64_t pps)
{
	static uint8_t		 frames[BATCH][FRAME_MAX];
	static struct iovec	 iov[BATCH];
	static struct mmsghdr	 m[BATCH];
	struct timespec		 start;
	uint32_t		 n, i;
	int			 s = open_socket(ifname);

	clock_gettime(CLOCK_MONOTONIC, &start);
	for (n = 0; n < packets; n += i) {
		for (i = 0; i < BATCH && n + i < packets; i++) {
			iov[i].iov_base = frames[i];
			iov[i].iov_len = build_next(job, frames[i], n + i);
			m[i].msg_hdr.msg_iov = &iov[i];
			m[i].msg_hdr.msg_iovlen = 1;
		}
		send_batch(s, m, i);
		if (pps > 0)
			pace(&start, n + i, pps);
	}
}

int
main(int argc, char **argv)
{
	struct job	job = { .rng = 2463534242u, .data = DATA_MOST };
	uint32_t	packets, i;
	int		flood;

	if (argc < 4)
		errx(127, "usage: sender IFACE FLOWS|random PACKETS "
		    "[PPS [DATA]]");
	flood = strcmp(argv[2], "random") == 0;
	job.flows = (uint32_t)strtoul(argv[2], NULL, 10);
	packets = (uint32_t)strtoul(argv[3], NULL, 10);
	if (argc > 5)
		job.data = (uint32_t)strtoul(argv[5], NULL, 10);
	if (job.data == 0 || job.data > DATA_MOST)
		errx(127, "DATA: 1 to %d", DATA_MOST);
	if (job.flows == 0 && !flood)
		errx(127, "FLOWS: a number or random");
	job.sent = calloc(flood ? 1 : job.flows, sizeof(*job.sent));
	if (job.sent == NULL)
		err(1, "FLOWS");
	if (strcmp(argv[1], "-") == 0)
		write_all(&job, packets);
	else
		send_all(&job, argv[1], packets,
		    argc > 4 ? strtoul(argv[4], NULL, 10) : 0);
	job.table = strcmp(argv[1], "-") == 0 ? stderr : stdout;
	if (flood)
		fprintf(job.table, "%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\n",
		    job.sent->packets, job.sent->data, job.sent->ip);
	for (i = 0; i < job.flows; i++)
		print_flow(job.table, i, &job.sent[i]);
	free(job.sent);
	return (0);
}
