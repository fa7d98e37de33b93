/*
 * trafdb stat: prints a summary of the history.
 */
#include <stdio.h>

#include "base/amount.h"
#include "base/log.h"
#include "base/plural.h"
#include "base/printable.h"
#include "base/when.h"
#include "common/finish.h"
#include "trafdb.h"
#include "traffic.h"

static const char	*const grain_names[] = {
	[HISTORY_HOUR] = "hour", [HISTORY_DAY] = "day",
	[HISTORY_MONTH] = "month"
};

static const char *
hour_text(uint32_t hour, char buf[WHEN_LEN])
{
	return (when_iso(hour * HISTORY_HOUR_NS, buf));
}

/* ---- stat ---- */

static void
print_kept(const struct history_account *a)
{
	char		since[WHEN_LEN];
	unsigned	g;

	for (g = HISTORY_HOUR; g <= HISTORY_MONTH; g++)
		if (a->kept[g] > a->first)
			(void)printf("  %ss\tsince %s\n", grain_names[g],
			    hour_text(a->kept[g], since));
}

static int
stat_account(const struct options *opt, struct history *h,
    const struct history_account *a)
{
	struct history_range	all = { 0, UINT32_MAX };
	struct history_totals	t;
	char			begin[WHEN_LEN], end[WHEN_LEN];
	char			octets[AMOUNT_LEN], name[sizeof(a->name)];
	uint64_t		again;

	(void)opt;
	if (history_total(h, a, all, &t) == -1 ||
	    history_count_again(h, a, &again) == -1) {
		(void)db_fail(h);
		return (TRAFD_EXIT_ERROR);
	}
	(void)printf("%s: %llu block%s, %llu row%s, %s\n",
	    printable_word(a->name, name, sizeof(name)),
	    (unsigned long long)t.blocks, plural(t.blocks),
	    (unsigned long long)t.rows, plural(t.rows),
	    amount_format(t.total.ip, octets));
	if (t.blocks == 0)
		return (TRAFD_EXIT_OK);
	(void)printf("  from\t%s\n  to\t%s\n", when_iso(t.begin_ns, begin),
	    when_iso(t.end_ns, end));
	print_kept(a);
	if (again > 0)
		(void)printf("  again\t%llu block%s the number of another "
		    "one\n", (unsigned long long)again,
		    plural_of(again, " has", "s have"));
	return (TRAFD_EXIT_OK);
}

static int
print_stat(const struct options *opt, struct history *h)
{
	struct history_stat	st;
	char			all[AMOUNT_LEN], unused[AMOUNT_LEN];

	if (history_stat(h, &st) == -1) {
		(void)db_fail(h);
		return (TRAFD_EXIT_ERROR);
	}
	(void)printf("%s/" HISTORY_DIR ": %s, of these %s unused, "
	    "%llu item%s\n", opt->statedir, amount_format(st.octets, all),
	    amount_format(st.free, unused), (unsigned long long)st.items,
	    plural(st.items));
	return (db_each(opt, h, stat_account));
}

int
stat_run(const struct options *opt)
{
	struct history	*h;
	int		 rc;

	if ((h = db_open(opt, HISTORY_READ)) == NULL)
		return (TRAFD_EXIT_ERROR);
	rc = print_stat(opt, h);
	return (stdout_finish(db_close(h, rc)));
}
