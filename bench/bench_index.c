/*
 * What the index of a trace costs its recorder: CPU time a packet, for the
 * packets of a capture, which are in memory as they are in the ring.
 *
 *	bench_index [-w] capture index
 *
 * With -w the parts of the trace are as long as if frames were recorded whole.
 * The index is written for real.
 */
#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "capture/capfile.h"
#include "trace/index_write.h"

#define BATCH	256		/* about what a block of the ring has */
#define EACH	44		/* octets a packet of pcapng besides its own */

struct packets {
	struct frame	*frames;
	size_t		 n, room;
	int		 link;
};

static uint64_t
now_ns(void)
{
	struct timespec	t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return ((uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec);
}

/* Keep a copy of the frame. */
static void
keep(struct packets *p, const struct capfile *c, const struct frame *f)
{
	uint8_t	*octets = malloc(f->caplen + 1);

	if (p->n == p->room) {
		p->room = p->room * 2 + 1024;
		p->frames = realloc(p->frames, p->room * sizeof(*f));
	}
	if (octets == NULL || p->frames == NULL)
		err(1, "malloc");
	memcpy(octets, f->octets, f->caplen);
	p->frames[p->n] = *f;
	p->frames[p->n].octets = octets;
	p->frames[p->n++].time_ns = capfile_time(c, f);
}

static void
load(struct packets *p, const char *path)
{
	struct capfile	*c = capfile_open(path);
	struct frame	 f[BATCH];
	int		 i, n;

	if (c == NULL)
		err(1, "%s", path);
	while (capfile_next(c, f, BATCH, &n) == CAPFILE_FRAMES)
		for (i = 0; i < n; i++)
			keep(p, c, &f[i]);
	p->link = capfile_link(c);
	capfile_close(c);
}

static void
make_index(const struct packets *p, const char *path, bool whole)
{
	const off_t		 head = 0;
	int			 fd, zeros = open("/dev/zero", O_RDONLY);
	struct index_writer	*w;
	off_t			 from = 24, to;
	size_t			 at, i, n;

	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0640);
	if (fd == -1 || zeros == -1)
		err(1, "%s", path);
	if ((w = index_writer_new(fd, zeros, "eth0")) == NULL)
		err(1, "index_writer_new");
	for (at = 0; at < p->n; at += n, from = to) {
		n = p->n - at < BATCH ? p->n - at : BATCH;
		for (i = 0, to = from; i < n; i++)
			to += EACH + (whole ? p->frames[at + i].wirelen :
			    p->frames[at + i].caplen);
		if (index_writer_add(w, p->link, p->frames + at, n, from, to,
		    &head, 1) == -1)
			err(1, "%s", path);
	}
	if (index_writer_end(w) == -1)
		err(1, "%s", path);
	(void)close(zeros);
}

int
main(int argc, char *argv[])
{
	bool		whole = argc > 1 && strcmp(argv[1], "-w") == 0;
	struct packets	p = { 0 };
	uint64_t	begin;

	argv += whole;
	if (argc - whole != 3)
		errx(1, "usage: bench_index [-w] capture index");
	load(&p, argv[1]);
	begin = now_ns();
	make_index(&p, argv[2], whole);
	printf("%.1f\n", (double)(now_ns() - begin) / (double)p.n);
	return (0);
}
