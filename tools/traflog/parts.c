/*
 * traflog -s on several processors: each thread merges the blocks that begin
 * in its part of the file into a sum that they share; what the blocks say
 * about themselves is put together in the order of the file.
 */
#include <sys/stat.h>
#include <stdlib.h>
#include <string.h>

#include "query/aggregate.h"
#include "base/log.h"
#include "base/parallel.h"
#include "file/savefile.h"
#include "report.h"

/* Octets of a file for which one more thread pays off. */
#define PART_LEAST	((off_t)1 << 20)

struct part {
	struct report	report;
	struct finds	finds;
	int		rc;
};

/*
 * How many parts, and how long each.  One thread alone where a condition
 * asks for more than the row.
 */
static unsigned
parts_of(const struct report *r, off_t *length)
{
	struct stat	st;
	off_t		n = parallel_parts();

	if (stat(r->path, &st) == -1 || r->opt->question.where != NULL)
		return (1);
	if (n > st.st_size / PART_LEAST)
		n = st.st_size / PART_LEAST;
	if (n < 1)
		n = 1;
	*length = st.st_size / n;
	return ((unsigned)n);
}

static void
prepare(struct part *p, const struct report *r, off_t from, off_t to)
{
	p->report = *r;
	p->report.from = from;
	p->report.to = to;
	p->report.finds = &p->finds;
}

static void
run(void *arg, unsigned number)
{
	struct part	*p = (struct part *)arg + number;

	p->rc = -1;
	if ((p->report.adder = adder_new(p->report.sum)) == NULL)
		log_error("%s", p->report.path);
	else
		p->rc = report_file(&p->report);
	adder_free(p->report.adder);
}

/* Take over what it has. */
static int
take(const struct part *p, struct report *r)
{
	const struct report	*part = &p->report;
	size_t			 i;

	for (i = 0; i < p->finds.n; i++)
		damage_report(r->path, &p->finds.list[i]);
	if (p->finds.failed) {
		log_warnx("out of memory: %s: not all damage is reported",
		    r->path);
		r->damaged = true;
	}
	r->damaged = r->damaged || part->damaged;
	if (part->chosen > 0 && r->chosen == 0)
		r->info = part->info;
	else if (part->chosen > 0)
		aggregate_info(&r->info, &part->info);
	ledger_add(&r->ledger, &part->ledger);
	r->chosen += part->chosen;
	if (part->number > r->number)
		r->number = part->number;
	return (p->rc);
}

static void
forget(struct part *p)
{
	rows_free(&p->report.rows);
	free(p->finds.list);
}

/*
 * All parts at once; the last goes on to the end, however long the file gets
 * meanwhile.  Are they free of rows that should not be there?
 */
static bool
run_all(struct part *parts, off_t length, const struct report *r)
{
	bool		sound = true;
	unsigned	i, n = r->threads;

	for (i = 0; i < n; i++)
		prepare(&parts[i], r, length * i,
		    i + 1 == n ? OFF_MAX : length * (i + 1));
	parallel_run(run, parts, n);
	for (i = 0; i < n; i++)
		sound = sound && !parts[i].report.spoilt;
	return (sound);
}

/* 1 if it has to be done again, with more care. */
static int
attempt(struct report *r, off_t length)
{
	unsigned	 n = r->threads;
	struct part	*parts = calloc(n, sizeof(*parts));
	unsigned	 i;
	int		 rc = 0;

	if (parts == NULL || (r->sum = aggregate_new()) == NULL) {
		free(parts);
		log_error("%s", r->path);
		return (-1);
	}
	if (!run_all(parts, length, r))
		rc = 1;
	for (i = 0; i < n; i++) {
		if (rc != 1 && take(&parts[i], r) == -1)
			rc = -1;
		forget(&parts[i]);
	}
	free(parts);
	return (rc);
}

int
parts_merge(struct report *r)
{
	off_t	length = 0;
	int	rc;

	r->threads = parts_of(r, &length);
	if ((rc = attempt(r, length)) == 1) {
		aggregate_free(r->sum);
		r->careful = true;
		rc = attempt(r, length);
	}
	r->silent = true;
	return (rc);
}
