/*
 * traflog -s on several processors: each thread merges the blocks that begin
 * in its part of the file, as if there were no others, and what they have is
 * then put together in the order of the file.
 */
#include <sys/stat.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "aggregate.h"
#include "log.h"
#include "savefile.h"
#include "traflog_report.h"

/* Octets of a file for which one more thread pays off; most threads. */
#define PART_LEAST	((off_t)1 << 20)
#define PARTS_MOST	8

/* Damage in the order of the file. */
struct finds {
	struct savefile_damage	*list;
	size_t			 n, room;
	bool			 failed;	/* no memory */
};

struct part {
	struct report	report;
	struct finds	finds;
	pthread_t	thread;
	bool		started;
	int		rc;
};

void
parts_find(struct finds *f, const struct savefile_damage *d)
{
	size_t	 room = f->room == 0 ? 16 : 2 * f->room;
	void	*p;

	if (f->n == f->room) {
		p = reallocarray(f->list, room, sizeof(*f->list));
		if (p == NULL) {
			f->failed = true;
			return;
		}
		f->list = p;
		f->room = room;
	}
	f->list[f->n++] = *d;
}

/*
 * How many parts, and how long each.  One thread alone where a condition
 * asks for more than the row.
 */
static unsigned
parts_of(const struct report *r, off_t *length)
{
	struct stat	st;
	long		n = sysconf(_SC_NPROCESSORS_ONLN);

	if (stat(r->path, &st) == -1 || r->opt->question.where != NULL)
		return (1);
	if (n > PARTS_MOST)
		n = PARTS_MOST;
	if (n > st.st_size / PART_LEAST)
		n = (long)(st.st_size / PART_LEAST);
	if (n < 1)
		n = 1;
	*length = st.st_size / n;
	return ((unsigned)n);
}

static void *
run(void *arg)
{
	struct part	*p = arg;

	p->rc = report_file(&p->report);
	return (NULL);
}

static void
start(struct part *p, const struct report *r, off_t from, off_t to)
{
	p->report = *r;
	p->report.from = from;
	p->report.to = to;
	p->report.finds = &p->finds;
	p->rc = -1;
	if ((p->report.sum = aggregate_new()) == NULL) {
		log_error("%s", r->path);
		return;
	}
	p->started = pthread_create(&p->thread, NULL, run, p) == 0;
	if (!p->started)
		run(p);
}

/* Wait for it and take over what it has. */
static int
finish(struct part *p, struct report *r)
{
	struct report	*part = &p->report;
	size_t		 i;

	if (p->started)
		(void)pthread_join(p->thread, NULL);
	for (i = 0; i < p->finds.n; i++)
		damage_report(r->path, &p->finds.list[i]);
	if (p->finds.failed) {
		log_warnx("%s: out of memory: not all damage is told",
		    r->path);
		r->damaged = true;
	}
	r->damaged = r->damaged || part->damaged;
	if (p->rc == 0 && part->chosen > 0) {
		aggregate_join(r->sum, part->sum);
		ledger_add(&r->ledger, &part->ledger);
		r->chosen += part->chosen;
	}
	if (part->number > r->number)
		r->number = part->number;
	aggregate_free(part->sum);
	rows_free(&part->rows);
	free(p->finds.list);
	return (p->rc);
}

/* The last part goes on to the end, however long the file gets meanwhile. */
int
parts_merge(struct report *r)
{
	off_t		 length = 0;
	unsigned	 i, n = parts_of(r, &length);
	struct part	*parts;
	int		 rc = 0;

	if (n == 1)
		return (report_file(r));
	if ((parts = calloc(n, sizeof(*parts))) == NULL) {
		log_error("%s", r->path);
		return (-1);
	}
	for (i = 0; i < n; i++)
		start(&parts[i], r, length * i,
		    i + 1 == n ? OFF_MAX : length * (i + 1));
	for (i = 0; i < n; i++)
		if (finish(&parts[i], r) == -1)
			rc = -1;
	free(parts);
	r->silent = true;
	return (rc);
}
