/*
 * trafdb check: prints which budgets have passed a threshold in their period.
 * A threshold is reported once; if a hook is given and fails, the next check
 * reports it again.
 */
#include <sys/wait.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/amount.h"
#include "base/log.h"
#include "base/streams.h"
#include "base/when.h"
#include "common/finish.h"
#include "limit.h"
#include "trafdb.h"
#include "traffic.h"
#include "use.h"

/* At least one budget has newly passed a threshold. */
#define EXIT_PASSED	2

/* ---- reporting ---- */

/* The highest threshold passed, in percent; 0 if none. */
static uint32_t
passed(const struct limit *l, uint64_t octets)
{
	uint32_t	most = 0;
	size_t		i;

	for (i = 0; i < LIMIT_THRESHOLDS && l->percent[i] > 0; i++)
		if ((double)octets >= (double)l->octets *
		    l->percent[i] / 100 && l->percent[i] > most)
			most = l->percent[i];
	return (most);
}

static const char *
subject(const struct limit *l)
{
	return (l->nets[0] == '\0' ? "all" : l->nets);
}

static void
tell(const struct limit *l, uint64_t octets, uint32_t percent,
    const char *since)
{
	char	now[AMOUNT_LEN], most[AMOUNT_LEN];

	(void)printf("%s: %s, %s, %s%s: %s of %s (%.1f%%) since %s",
	    l->name, l->iface, subject(l),
	    l->direction == LIMIT_BOTH ? "" :
	    limit_directions[l->direction],
	    l->direction == LIMIT_BOTH ? "in and out" : "",
	    amount_format(octets, now), amount_format(l->octets, most),
	    (double)octets * 100 / (double)l->octets, since);
	if (percent > 0)
		(void)printf(": passed %u%%", (unsigned)percent);
	(void)putchar('\n');
}

/*
 * Run the program without a shell: it gets each value as an argument of its
 * own, and runs as the caller of trafdb.
 */
static int
run_hook(const struct options *opt, char *const argv[])
{
	const char	*program = opt->exec;
	pid_t		 pid;
	int		 status;

	(void)fflush(stdout);
	if ((pid = fork()) == -1) {
		log_error("cannot run: %s", program);
		return (-1);
	}
	if (pid == 0) {
		if (owner_switch_back(opt->owner) == -1)
			_exit(127);
		streams_restore_signals();
		(void)execvp(program, argv);
		log_error("cannot run: %s", program);
		_exit(127);
	}
	while (waitpid(pid, &status, 0) == -1)
		if (errno != EINTR)
			return (-1);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return (0);
	log_errorx("program failed: %s; the next check runs it again",
	    program);
	return (-1);
}

static int
call_hook(const struct options *opt, const struct limit *l, uint64_t octets,
    uint32_t percent, const char *since)
{
	char	 threshold[16], now[24], most[24];
	char	*argv[10];
	struct limit	copy = *l;
	char	 what[LIMIT_NETS_MAX], day[WHEN_LEN];

	if (opt->exec == NULL)
		return (0);
	(void)snprintf(threshold, sizeof(threshold), "%u", (unsigned)percent);
	(void)snprintf(now, sizeof(now), "%llu", (unsigned long long)octets);
	(void)snprintf(most, sizeof(most), "%llu",
	    (unsigned long long)l->octets);
	(void)strlcpy(what, subject(l), sizeof(what));
	(void)strlcpy(day, since, sizeof(day));
	argv[0] = (char *)(uintptr_t)opt->exec;
	argv[1] = copy.name;
	argv[2] = copy.iface;
	argv[3] = what;
	argv[4] = (char *)(uintptr_t)limit_directions[l->direction];
	argv[5] = threshold;
	argv[6] = now;
	argv[7] = most;
	argv[8] = day;
	argv[9] = NULL;
	return (run_hook(opt, argv));
}

/* ---- all of them ---- */

/*
 * What is to be reported.  All is collected first, so that slow output and
 * hooks do not make others wait for the history.
 */
struct finding {
	struct limit		limit;
	struct history_range	range;
	uint64_t		octets;
	uint32_t		percent;	/* newly passed, or 0 */
	bool			told;
};

#define FINDINGS_MAX	1000

struct findings {
	struct finding	*list;
	size_t		 n;
	bool		 failed;
	struct use_cache cache;
};

static void
look_at(const struct options *opt, struct history *h, const struct limit *l,
    struct findings *all)
{
	struct finding	*f = &all->list[all->n];
	uint32_t	 percent;

	memset(f, 0, sizeof(*f));
	f->limit = *l;
	limit_period(l, (uint64_t)time(NULL), &f->range);
	if (use_octets(&all->cache, opt, h, l, f->range, &f->octets) == -1) {
		all->failed = true;
		return;
	}
	percent = passed(l, f->octets);
	if (l->told_since != f->range.from || percent > l->told)
		f->percent = percent;
	all->n++;
}

static void
look(const struct options *opt, struct findings *all)
{
	struct history	*h;
	struct limit	 l = { .name = "" };
	int		 rc;

	if ((h = db_open(opt, HISTORY_READ)) == NULL) {
		all->failed = true;
		return;
	}
	while ((rc = limit_next(h, l.name, &l)) > 0 && all->n < FINDINGS_MAX)
		if (rc == LIMIT_UNKNOWN)
			all->failed = true;
		else
			look_at(opt, h, &l, all);
	if (rc > 0)
		log_errorx("too many budgets: only the first %d are checked",
		    FINDINGS_MAX);
	/* note() could not write while it is open here. */
	if (db_close(h, rc) != 0)
		all->failed = true;
}

static void
tell_all(const struct options *opt, struct findings *all)
{
	struct finding	*f;
	char		 since[WHEN_LEN];

	for (f = all->list; f < all->list + all->n; f++) {
		when_iso(f->range.from * HISTORY_HOUR_NS, since);
		if (f->percent > 0 || opt->all)
			tell(&f->limit, f->octets, f->percent, since);
		if (f->percent == 0)
			continue;
		f->told = call_hook(opt, &f->limit, f->octets, f->percent,
		    since) == 0;
		if (!f->told)
			all->failed = true;
	}
}

/* Note in the history what was reported. */
static void
note(const struct options *opt, struct findings *all)
{
	struct history	*h = NULL;
	struct finding	*f;

	for (f = all->list; f < all->list + all->n; f++) {
		if (!f->told)
			continue;
		if (h == NULL && (h = db_open(opt, HISTORY_WRITE)) == NULL) {
			all->failed = true;
			return;
		}
		f->limit.told_since = f->range.from;
		f->limit.told = f->percent;
		if (limit_put(h, &f->limit) == -1)
			all->failed = true;
	}
	if (h != NULL && db_close(h, 0) != 0)
		all->failed = true;
}

static int
status_of(const struct findings *all)
{
	size_t	i;

	if (all->failed)
		return (TRAFD_EXIT_ERROR);
	for (i = 0; i < all->n; i++)
		if (all->list[i].percent > 0)
			return (EXIT_PASSED);
	return (TRAFD_EXIT_OK);
}

int
check_run(const struct options *opt)
{
	struct findings	all = { .list = NULL };
	int		rc;

	all.list = reallocarray(NULL, FINDINGS_MAX, sizeof(*all.list));
	if (all.list == NULL) {
		log_error("check");
		return (TRAFD_EXIT_ERROR);
	}
	use_begin(&all.cache);
	look(opt, &all);
	use_end(&all.cache);
	tell_all(opt, &all);
	note(opt, &all);
	rc = stdout_finish(status_of(&all));
	free(all.list);
	return (rc);
}
