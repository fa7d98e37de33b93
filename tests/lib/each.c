/*
 * each [-s SNAPLEN] [FILTER]: frames of all interfaces, as they are on their
 * links, until the input ends.  Prints a line for each frame: interface, link
 * type, direction, state of the checksums, length on the wire, size of joined
 * segments, and its octets; and what is known of each interface when it is
 * seen first.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/capturable.h"
#include "capture/frames.h"
#include "host/ifabout.h"

#define OCTETS_MOST	64

static struct frames	*from;
static uint32_t		 seen[256];
static size_t		 nseen;

static void
print_interface(uint32_t index)
{
	struct ifabout	a;
	size_t		i;

	for (i = 0; i < nseen; i++)
		if (seen[i] == index)
			return;
	seen[nseen++ % 256] = index;
	if (ifabout_find(index, &a) == NULL)
		(void)printf("gone %u\n", (unsigned int)index);
	else
		(void)printf("interface %s %d %02x:%02x:%02x:%02x:%02x:%02x "
		    "%d %llu\n", a.name, a.link, a.mac[0], a.mac[1], a.mac[2],
		    a.mac[3], a.mac[4], a.mac[5], a.has_mac,
		    (unsigned long long)a.speed);
}

static void
print(void *arg, const struct frame *f, size_t n)
{
	static const char *const	directions[] = { "?", "in", "out" };
	static const char *const	sums[] = { "?", "later", "valid" };
	struct ifabout			a;
	uint32_t			i;

	(void)arg;
	for (; n > 0; n--, f++) {
		print_interface(f->interface);
		(void)printf("frame %s %d %s %s %u %u ",
		    ifabout_find(f->interface, &a) == NULL ? "-" : a.name,
		    frames_link(from), directions[f->direction],
		    sums[f->sums], (unsigned int)f->wirelen,
		    (unsigned int)f->gso_size);
		for (i = 0; i < f->caplen && i < OCTETS_MOST; i++)
			(void)printf("%02x", f->octets[i]);
		(void)printf("\n");
	}
	(void)fflush(stdout);
}

static void
print_list(void)
{
	char	  err[FRAMES_ERRLEN] = "";
	size_t	  n, i;
	char	**names = capturable_list(&n, err);

	for (i = 0; i < n; i++)
		(void)printf("can %s\n", names[i]);
	if (names == NULL)
		(void)printf("cannot %s\n", err);
	capturable_free(names, n);
}

int
main(int argc, char **argv)
{
	struct frames_opts	 o = {
		.ifname = "any", .ring = true, .each = true, .optimize = true,
	};
	struct pollfd		 p[2] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .events = POLLIN },
	};
	char			 err[FRAMES_ERRLEN], c;

	if (argc > 2 && strcmp(argv[1], "-s") == 0) {
		o.snaplen = (unsigned int)atoi(argv[2]);
		argv += 2;
		argc -= 2;
	}
	o.filter = argc > 1 ? argv[1] : NULL;
	if ((from = frames_open(&o, err)) == NULL) {
		(void)fprintf(stderr, "%s\n", err);
		return (1);
	}
	print_list();
	(void)printf("ready\n");
	(void)fflush(stdout);
	p[1].fd = frames_fd(from);
	do {
		(void)poll(p, 2, 1000);
		while (frames_next(from, print, NULL) == FRAMES_MORE)
			continue;
	} while (p[0].revents == 0 || read(STDIN_FILENO, &c, 1) == 1);
	frames_close(from);
	return (0);
}
