/*
 * traflog -s on several processors: each thread merges the blocks that begin
 * in its part of the file into one shared sum.  Block headers and damage are
 * collected per part and joined in the order of the file.
 */
#include <sys/stat.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/parallel.h"
#include "common/damage.h"
#include "file/savefile.h"
#include "query/aggregate.h"
#include "report.h"

/* Least octets of the file per thread: below, a thread costs more time. */
#define PART_LEAST	((off_t)1 << 20)

struct part {
	struct report	report;
	struct finds	finds;
	int		rc;
};

/*
 * Returns the number of parts and sets their length in octets.  A report with
 * --where is read as one part.
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

/* Add the results of a part to the report; parts in the order of the file. */
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
	r->owned = r->owned || part->owned;
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
 * Run all parts at once.  The last one reads to the end of the file, which
 * may grow meanwhile.  False if the sum holds rows of a damaged block.
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

/* 0, -1 after a message, or 1: the sum is spoilt, try again carefully. */
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
