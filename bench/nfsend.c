/*
 * Bench only: send the flows that mkyear has written as text to a NetFlow
 * collector on this host, as NetFlow 5, to compare with nfdump.
 *
 *	nfsend PORT < FLOWS
 */
#include <sys/socket.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/endian.h"

#define FLOWS	30
#define HEAD	24
#define RECORD	48
#define UPTIME	3600000U	/* of the exporter, ms */

static uint8_t	packet[HEAD + FLOWS * RECORD];

static void
flush(int s, unsigned n, uint32_t sequence, uint32_t end)
{
	static unsigned	sent;
	struct timespec	pause = { 0, 1000000 };

	put_be16(packet, 5);
	put_be16(packet + 2, (uint16_t)n);
	put_be32(packet + 4, UPTIME);
	put_be32(packet + 8, end);
	put_be32(packet + 12, 0);
	put_be32(packet + 16, sequence);
	if (send(s, packet, HEAD + n * RECORD, 0) == -1)
		err(1, "send");
	if (++sent % 50 == 0)	/* slowly: the collector must lose nothing */
		(void)nanosleep(&pause, NULL);
}

int
main(int argc, char **argv)
{
	struct sockaddr_in	to = { .sin_family = AF_INET };
	uint16_t		sport, dport;
	unsigned		proto, n = 0;
	unsigned long		begin, end, last = 0, packets, bytes;
	uint32_t		sequence = 0;
	char			src[20], dst[20];
	uint8_t			*r;
	int			s = socket(AF_INET, SOCK_DGRAM, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	to.sin_port = htons((uint16_t)atoi(argc > 1 ? argv[1] : "0"));
	if (s == -1 || connect(s, (struct sockaddr *)&to, sizeof(to)) == -1)
		err(1, "socket");
	while (scanf("%lu %lu %19s %19s %hu %hu %u %lu %lu", &begin, &end, src,
	    dst, &sport, &dport, &proto, &packets, &bytes) == 9) {
		if (n == FLOWS || (n > 0 && end != last)) {
			flush(s, n, sequence, (uint32_t)last);
			sequence += n;
			n = 0;
		}
		last = end;
		r = packet + HEAD + n++ * RECORD;
		memset(r, 0, RECORD);
		if (inet_pton(AF_INET, src, r) != 1 ||
		    inet_pton(AF_INET, dst, r + 4) != 1)
			errx(1, "bad address");
		put_be32(r + 16, (uint32_t)packets);
		put_be32(r + 20, (uint32_t)bytes);
		put_be32(r + 24, UPTIME - (uint32_t)(end - begin) * 1000);
		put_be32(r + 28, UPTIME);
		put_be16(r + 32, sport);
		put_be16(r + 34, dport);
		r[38] = (uint8_t)proto;
	}
	if (n > 0)
		flush(s, n, sequence, (uint32_t)last);
	return (0);
}
