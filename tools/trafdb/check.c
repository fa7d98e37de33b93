/*
 * trafdb check: prints which budgets have passed a threshold in their period.
 * A threshold is reported once; if a hook is given and fails, the next check
 * reports it again.
 */
#include <sys/wait.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/amount.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/streams.h"
#include "base/when.h"
#include "common/finish.h"
#include "limit.h"
#include "limit_host.h"
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

/*
 * `31.2 GB by Nov 30 at this pace'.  Without --estimate only where it helps:
 * if a threshold was passed and something is left.
 */
static void
tell_estimate(const struct options *opt, const struct limit *l,
    const struct pace *p, uint32_t percent)
{
	uint64_t	then = pace_estimate(p);
	char		octets[AMOUNT_LEN], text[PACE_LEN];

	if (!opt->estimate && (percent == 0 || then == PACE_UNKNOWN ||
	    p->octets >= l->octets))
		return;
	if (then == PACE_UNKNOWN)
		(void)printf("; no estimate yet: %s", pace_share(p, text));
	else
		(void)printf("; %s by %s at this pace",
		    amount_format(then, octets), pace_end(p,
		    (uint64_t)time(NULL) * NS_PER_S, text));
}

static void
tell(const struct options *opt, const struct limit *l, const struct pace *p,
    uint32_t percent, const char *since)
{
	char	now[AMOUNT_LEN], most[AMOUNT_LEN];

	(void)printf("%s: %s, %s, %s%s: %s of %s (%.1f%%) since %s",
	    l->name, l->iface, limit_subject(l),
	    l->direction == LIMIT_BOTH ? "" :
	    limit_directions[l->direction],
	    l->direction == LIMIT_BOTH ? "in and out" : "",
	    amount_format(p->octets, now), amount_format(l->octets, most),
	    (double)p->octets * 100 / (double)l->octets, since);
	if (percent > 0)
		(void)printf(": passed %u%%", (unsigned)percent);
	tell_estimate(opt, l, p, percent);
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
	char	 what[sizeof(l->owner.text)], day[WHEN_LEN];

	if (opt->exec == NULL)
		return (0);
	(void)snprintf(threshold, sizeof(threshold), "%u", (unsigned)percent);
	(void)snprintf(now, sizeof(now), "%llu", (unsigned long long)octets);
	(void)snprintf(most, sizeof(most), "%llu",
	    (unsigned long long)l->octets);
	(void)strlcpy(what, limit_subject(l), sizeof(what));
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
	struct pace		pace;
	uint32_t		percent;	/* newly passed, or 0 */
	bool			counted;
	bool			told;
	bool			changed;	/* its addresses */
};

#define FINDINGS_MAX	1000

struct findings {
	struct finding	*list;
	size_t		 n;
	bool		 failed;
	struct use_cache cache;
};

static void
list(const struct options *opt, struct history *h, struct findings *all)
{
	struct limit	 l = { .name = "" };
	int		 rc;

	(void)opt;
	while ((rc = limit_next(h, l.name, &l)) > 0 && all->n < FINDINGS_MAX)
		if (rc == LIMIT_UNKNOWN)
			all->failed = true;
		else {
			memset(&all->list[all->n], 0, sizeof(*all->list));
			all->list[all->n++].limit = l;
		}
	if (rc > 0)
		log_errorx("too many budgets: only the first %d are checked",
		    FINDINGS_MAX);
	if (rc != 0)
		all->failed = true;
}

/* A budget whose host has other addresses is said, since it counts others. */
static void
apply(const struct limit_names *names, struct finding *f)
{
	struct limit	*l = &f->limit;
	char		 before[LIMIT_NETS_MAX];
	const char	*bad;

	(void)strlcpy(before, l->nets, sizeof(before));
	switch (limit_names_apply(names, l, &bad)) {
	case LIMIT_CHANGED:
		f->changed = true;
		log_warnx("addresses changed: %s: %s is %s now, and was %s",
		    l->name, l->hosts, l->nets, before);
		break;
	case LIMIT_UNRESOLVED:
		log_warnx("not resolved: %s: %s; its last addresses count: %s",
		    l->name, bad, l->nets);
		break;
	case LIMIT_TOO_MANY:
		log_warnx("too many addresses: %s: %s; its last ones count: "
		    "%s", l->name, l->hosts, l->nets);
		break;
	default:
		break;
	}
}

static void
resolve(struct findings *all)
{
	struct limit_names	names;
	size_t			i;

	limit_names_begin(&names);
	for (i = 0; i < all->n; i++)
		if (limit_names_add(&names, &all->list[i].limit) == -1) {
			log_error("check");
			all->failed = true;
		}
	limit_names_resolve(&names);
	for (i = 0; i < all->n; i++)
		apply(&names, &all->list[i]);
	limit_names_end(&names);
}

static void
count(const struct options *opt, struct history *h, struct findings *all)
{
	struct finding	*f;
	struct limit	*l;
	uint32_t	 percent;

	for (f = all->list; f < all->list + all->n; f++) {
		l = &f->limit;
		limit_period(l, (uint64_t)time(NULL), &f->range);
		f->counted = use_of(&all->cache, opt, h, l, f->range,
		    &f->pace) == 0;
		if (!f->counted) {
			all->failed = true;
			continue;
		}
		percent = passed(l, f->pace.octets);
		if (l->told_since != f->range.from || percent > l->told)
			f->percent = percent;
	}
}

/*
 * note() could not write while the history is open here, and nobody should
 * wait for a name server.
 */
static void
look(const struct options *opt, struct findings *all,
    void (*fn)(const struct options *, struct history *, struct findings *))
{
	struct history	*h;

	if ((h = db_open(opt, HISTORY_READ)) == NULL) {
		all->failed = true;
		return;
	}
	fn(opt, h, all);
	if (db_close(h, 0) != 0)
		all->failed = true;
}

static void
tell_all(const struct options *opt, struct findings *all)
{
	struct finding	*f;
	char		 since[WHEN_LEN];

	for (f = all->list; f < all->list + all->n; f++) {
		if (!f->counted)
			continue;
		when_iso(f->range.from * HISTORY_HOUR_NS, since);
		if (f->percent > 0 || opt->all)
			tell(opt, &f->limit, &f->pace, f->percent, since);
		if (f->percent == 0)
			continue;
		f->told = call_hook(opt, &f->limit, f->pace.octets,
		    f->percent, since) == 0;
		if (!f->told)
			all->failed = true;
	}
}

/*
 * A reader may check, too.  The next check that may write notes the addresses.
 */
static bool
must_note(const struct options *opt, const struct finding *f)
{
	char	path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/" HISTORY_DIR, opt->statedir);
	return (f->told || (f->changed && access(path, W_OK) == 0));
}

/* Is the budget what it was when it was checked?  Addresses may differ. */
static bool
is_same(const struct limit *a, const struct limit *b)
{
	return (strcmp(a->iface, b->iface) == 0 &&
	    strcmp(a->hosts, b->hosts) == 0 &&
	    strcmp(a->owner.text, b->owner.text) == 0 &&
	    (a->hosts[0] != '\0' || strcmp(a->nets, b->nets) == 0) &&
	    a->whole == b->whole && a->direction == b->direction &&
	    a->period == b->period && a->day == b->day &&
	    a->octets == b->octets &&
	    memcmp(a->percent, b->percent, sizeof(a->percent)) == 0);
}

/*
 * Note in the budget as it is now, since another check may have told of it
 * meanwhile: the higher threshold stays.
 */
static void
note_one(struct history *h, const struct finding *f, struct limit *now,
    struct findings *all)
{
	if (f->told && (now->told_since != f->range.from ||
	    now->told < f->percent)) {
		now->told_since = f->range.from;
		now->told = f->percent;
	}
	if (f->changed)
		(void)strlcpy(now->nets, f->limit.nets, sizeof(now->nets));
	if (limit_put(h, now) == -1)
		all->failed = true;
}

/*
 * Both are in the order of names.  A budget that was deleted or set again in
 * the meantime stays so.
 */
static void
note_all(const struct options *opt, struct history *h, struct findings *all)
{
	struct finding	*f = all->list, *end = all->list + all->n;
	struct limit	 l = { .name = "" };
	int		 rc;

	while (f < end && (rc = limit_next(h, l.name, &l)) != 0) {
		if (rc == -1) {
			all->failed = true;
			return;
		}
		while (f < end && strcmp(f->limit.name, l.name) < 0)
			f++;
		if (f < end && rc == 1 &&
		    strcmp(f->limit.name, l.name) == 0 &&
		    must_note(opt, f) && is_same(&f->limit, &l))
			note_one(h, f, &l, all);
	}
}

/* Note in the history what was reported, and the last known addresses. */
static void
note(const struct options *opt, struct findings *all)
{
	struct history	*h;
	size_t		 i = 0;

	while (i < all->n && !must_note(opt, &all->list[i]))
		i++;
	if (i == all->n)
		return;
	if ((h = db_open(opt, HISTORY_WRITE)) == NULL) {
		all->failed = true;
		return;
	}
	note_all(opt, h, all);
	if (db_close(h, 0) != 0)
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
	look(opt, &all, list);
	if (all.n > 0) {
		resolve(&all);
		look(opt, &all, count);
	}
	use_end(&all.cache);
	tell_all(opt, &all);
	note(opt, &all);
	rc = stdout_finish(status_of(&all));
	free(all.list);
	return (rc);
}
