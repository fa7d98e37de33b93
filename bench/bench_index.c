/*
 * What the index of a trace costs its recorder: CPU time a packet, in
 * nanoseconds.  The packets of a capture are copied to where a ring's block
 * would be, a few hundred at a time, which is not measured.
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
#define ROUNDS	9		/* the median is printed */
#define ROOM	(BATCH * 65536)
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
	struct frame	 f[BATCH] = { 0 };
	int		 i, n;

	if (c == NULL)
		err(1, "%s", path);
	while (capfile_next(c, f, BATCH, &n) == CAPFILE_FRAMES)
		for (i = 0; i < n; i++)
			keep(p, c, &f[i]);
	p->link = capfile_link(c);
	capfile_close(c);
}

/* As the kernel does it.  Returns what the frames take in the trace. */
static off_t
receive(const struct packets *p, size_t at, size_t n, bool whole,
    struct frame *f)
{
	static uint8_t	block[ROOM];
	uint8_t		*to = block;
	off_t		 octets = 0;
	size_t		 i;

	for (i = 0; i < n; i++) {
		f[i] = p->frames[at + i];
		memcpy(to, f[i].octets, f[i].caplen);
		f[i].octets = to;
		to += (f[i].caplen + 63) & ~63U;
		octets += EACH + (whole ? f[i].wirelen : f[i].caplen);
	}
	return (octets);
}

/* Returns nanoseconds. */
static uint64_t
make_index(const struct packets *p, const char *path, bool whole)
{
	const off_t		 head = 0;
	int			 fd, zeros = open("/dev/zero", O_RDONLY);
	struct index_writer	*w;
	struct frame		 f[BATCH];
	off_t			 from = 24, to;
	size_t			 at, n;
	uint64_t		 begin, sum = 0;

	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0640);
	if (fd == -1 || zeros == -1)
		err(1, "%s", path);
	if ((w = index_writer_new(fd, zeros, "eth0")) == NULL)
		err(1, "index_writer_new");
	for (at = 0; at < p->n; at += n, from = to) {
		n = p->n - at < BATCH ? p->n - at : BATCH;
		to = from + receive(p, at, n, whole, f);
		begin = now_ns();
		if (index_writer_add(w, p->link, f, n, from, to, &head, 1) ==
		    -1)
			err(1, "%s", path);
		sum += now_ns() - begin;
	}
	begin = now_ns();
	if (index_writer_end(w) == -1)
		err(1, "%s", path);
	(void)close(zeros);
	return (sum + now_ns() - begin);
}

static int
compare(const void *a, const void *b)
{
	const uint64_t	*x = a, *y = b;

	return (*x < *y ? -1 : *x > *y);
}

int
main(int argc, char *argv[])
{
	bool		whole = argc > 1 && strcmp(argv[1], "-w") == 0;
	struct packets	p = { 0 };
	uint64_t	ns[ROUNDS];
	size_t		i;

	argv += whole;
	if (argc - whole != 3)
		errx(1, "usage: bench_index [-w] capture index");
	load(&p, argv[1]);
	for (i = 0; i < ROUNDS; i++)
		ns[i] = make_index(&p, argv[2], whole);
	qsort(ns, ROUNDS, sizeof(ns[0]), compare);
	printf("%.1f\n", (double)ns[ROUNDS / 2] / (double)p.n);
	return (0);
}
