/*
 * exchange PORT N RATE: sends N datagrams of 1000 octets over the loopback to
 * itself, RATE a second (0: as fast as it can), receives each, and prints the
 * seconds that passed and the CPU time of it all, both in nanoseconds a
 * datagram.  Each is two exchanges: one socket sends, another one receives.
 */
#include <sys/resource.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define OCTETS	1000
#define BURST	64

static double
now(void)
{
	struct timespec	t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return ((double)t.tv_sec * 1e9 + (double)t.tv_nsec);
}

static double
spent(void)
{
	struct rusage	u;

	(void)getrusage(RUSAGE_SELF, &u);
	return ((double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e9 +
	    (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e3);
}

static void
wait_until(double when)
{
	struct timespec	t = { .tv_sec = (time_t)(when / 1e9) };

	t.tv_nsec = (long)(when - (double)t.tv_sec * 1e9);
	(void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

static void
burst(int from, int to, long n)
{
	char	octets[OCTETS] = { 0 };
	long	i;

	for (i = 0; i < n; i++)
		if (send(from, octets, sizeof(octets), 0) != OCTETS)
			err(1, "send");
	for (i = 0; i < n; i++)
		if (recv(to, octets, sizeof(octets), 0) != OCTETS)
			err(1, "recv");
}

int
main(int argc, char **argv)
{
	struct sockaddr_in	sin = { .sin_family = AF_INET };
	double			begin, cpu, rate;
	long			n, i, some;
	int			to, from;

	if (argc != 4)
		errx(1, "usage: exchange PORT N RATE");
	sin.sin_port = htons((uint16_t)atoi(argv[1]));
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	n = atol(argv[2]);
	rate = atof(argv[3]);
	to = socket(AF_INET, SOCK_DGRAM, 0);
	from = socket(AF_INET, SOCK_DGRAM, 0);
	if (to == -1 || from == -1 ||
	    bind(to, (struct sockaddr *)&sin, sizeof(sin)) == -1 ||
	    connect(from, (struct sockaddr *)&sin, sizeof(sin)) == -1)
		err(1, "socket");
	begin = now();
	cpu = spent();
	for (i = 0; i < n; i += some) {
		if (rate > 0)
			wait_until(begin + (double)i / rate * 1e9);
		some = n - i < BURST ? n - i : BURST;
		burst(from, to, some);
	}
	(void)printf("%.0f %.0f\n", (now() - begin) / (double)n,
	    (spent() - cpu) / (double)n);
	return (0);
}
