/*
 * Makes the result of a tally: its tables, what was missed and when, and notes
 * about the numbers.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/digits.h"
#include "base/plural.h"
#include "base/printable.h"
#include "packet/coverage.h"
#include "device_map.h"
#include "tally_impl.h"

/* Longer blocks hide the peaks that 5-minute percentiles are about. */
#define LONG_NS		(330 * NS_PER_S)

#define HOLE_TIME(name, title)						\
	{ name, title, RESULT_TIME, CALENDAR_INSTANT, true, false }

static const struct result_column hole_columns[] = {
	HOLE_TIME("begin", "Begin"),
	HOLE_TIME("end", "End"),
	{ "what", "What", RESULT_TEXT, CALENDAR_INSTANT, true, false },
	{ "packets", "Packets", RESULT_PACKETS, CALENDAR_INSTANT, false,
	    false },
	{ "seconds", "Seconds", RESULT_COUNT, CALENDAR_INSTANT, false, false }
};

static int
add_holes(const struct tally *t, struct result *r)
{
	struct result_table	*to;
	union result_value	*v;
	const struct hole	*h;
	size_t			 i;

	to = result_table_add(r, RESULT_MISSING, "Not counted", hole_columns,
	    sizeof(hole_columns) / sizeof(hole_columns[0]));
	if (to == NULL)
		return (-1);
	for (i = 0; i < t->nholes; i++) {
		h = &t->holes[i];
		if ((v = result_row_add(to)) == NULL)
			return (-1);
		v[0].number = h->begin_ns;
		v[1].number = h->end_ns;
		v[2].text = h->what;
		v[3].number = h->packets;
		v[4].number = h->away_ns / NS_PER_S;
	}
	return (0);
}

/* Blocks are not split: note it if a block is longer than its period. */
static int
note_long_blocks(const struct tally *t, struct result *r)
{
	const struct tally_table	*table;
	uint64_t			 n;

	for (table = t->table; table < t->table + t->q->ntables; table++) {
		if ((n = table->longer) == 0)
			continue;
		return (result_note_add(r, "%llu block%s longer than the "
		    "periods shown; a block counts in the period of its "
		    "middle", (unsigned long long)n,
		    n == 1 ? " is" : "s are"));
	}
	return (0);
}

static int
note_percentile(const struct tally *t, struct result *r)
{
	uint64_t	longest = 0;
	size_t		i, n = 0;

	for (i = 0; t->q->permille > 0 && i < t->nblocks; i++) {
		if (t->spans[i].duration_ns > LONG_NS)
			n++;
		if (t->spans[i].duration_ns > longest)
			longest = t->spans[i].duration_ns;
	}
	if (n == 0)
		return (0);
	return (result_note_add(r, "%zu of %zu block%s %s longer than "
	    "5 minutes (up to %llu s); percentiles use the average of each "
	    "and miss peaks inside it", n, t->nblocks, plural(t->nblocks),
	    plural_of(n, "is", "are"),
	    (unsigned long long)(longest / NS_PER_S)));
}

static int
note_folded(const struct tally *t, struct result *r)
{
	uint64_t	n = t->ledger.v[LEDGER_FOLD_BYTES];
	char		text[DIGITS_GROUPED_LEN];

	if (n == 0)
		return (0);
	return (result_note_add(r, "%s byte%s %s counted without ports "
	    "or addresses, because the table of trafd was full",
	    digits_grouped(n, text), plural(n),
	    plural_of(n, "was", "were")));
}

/*
 * Can the answer differ because rows lack ports or hosts?  The local host stays
 * in a row however small it is, and with it the device and its MAC address; but
 * local is what was so for trafd.
 */
static bool
needs_detail(const struct question *q)
{
	const struct question_table	*t;
	size_t				 i;

	for (t = q->table; t < q->table + q->ntables; t++)
		for (i = 0; i < t->nkeys; i++)
			if (!key_is_time(&t->key[i]) &&
			    (!t->key[i].ops->local || q->local != NULL) &&
			    strcmp(t->key[i].ops->name, "proto") != 0 &&
			    strcmp(t->key[i].ops->name, "vlan") != 0)
				return (true);
	return (q->where != NULL);
}

static int
note_small(const struct tally *t, struct result *r)
{
	uint64_t	n = t->ledger.v[LEDGER_SMALL_BYTES];
	char		text[DIGITS_GROUPED_LEN];

	if (n == 0 || !needs_detail(t->q))
		return (0);
	return (result_note_add(r, "%s byte%s of these blocks %s in small "
	    "rows, which may lack the client's port, the remote host or the "
	    "service (see -m of trafd)", digits_grouped(n, text), plural(n),
	    plural_of(n, "was", "were")));
}

static int
note_joined(const struct tally *t, struct result *r)
{
	char	text[COVERAGE_LEN];

	return (coverage_joined(&t->ledger, text) == NULL ? 0 :
	    result_note_add(r, "%s", text));
}

/* In and Out are what a user would trust: say when they rest on a guess. */
static int
note_unknown(const struct tally *t, struct result *r)
{
	const struct result_table	*table;
	size_t				 i;

	if (!t->unknown || t->q->local != NULL)
		return (0);
	for (table = r->table; table != NULL; table = table->next)
		for (i = 0; i < table->ncolumns; i++)
			if (strcmp(table->column[i].name, "in") == 0)
				return (result_note_add(r, "In and Out are "
				    "those of the private networks, because "
				    "the interface had no address; give its "
				    "networks with --local"));
	return (0);
}

static int
note_clock(const struct tally *t, struct result *r)
{
	char	text[COVERAGE_LEN];

	return (coverage_clock(&t->ledger, text) == NULL ? 0 :
	    result_note_add(r, "%s", text));
}

static int
note_reading(const struct tally *t, struct result *r)
{
	if (t->damaged > 0 && result_note_add(r, "%llu damaged part%s of "
	    "the data could not be counted",
	    (unsigned long long)t->damaged, plural(t->damaged)) == -1)
		return (-1);
	if (t->several && result_note_add(r,
	    "the sums include blocks of several interfaces or hosts") == -1)
		return (-1);
	return (0);
}

static int
set_account(const struct tally *t, struct result *r)
{
	char	text[NAMES_HOST_LEN], coverage[COVERAGE_LEN];

	/* Texts of files are untrusted. */
	printable_word(t->first.ifname, text, sizeof(text));
	if ((r->account = result_text(r, text)) == NULL)
		return (-1);
	printable_word(t->first.host, text, sizeof(text));
	if ((r->host = result_text(r, text)) == NULL)
		return (-1);
	r->coverage = result_text(r, coverage_short(&t->ledger,
	    t->total.count.octets > 0, coverage));
	if (r->coverage == NULL)
		return (-1);
	r->question = result_text(r, t->q->text == NULL ? "" : t->q->text);
	return (r->question == NULL ? -1 : 0);
}

/* The abbreviation of the local zone: `CET'. */
static const char *
zone_of(uint64_t ns, struct result *r)
{
	time_t		t = (time_t)(ns / NS_PER_S);
	struct tm	tm;
	char		zone[CALENDAR_LEN], clean[CALENDAR_LEN];

	if (localtime_r(&t, &tm) == NULL ||
	    strftime(zone, sizeof(zone), "%Z", &tm) == 0)
		zone[0] = '\0';
	return (result_text(r, printable_word(zone, clean, sizeof(clean))));
}

static int
fill(const struct tally *t, struct result *r, struct names *names)
{
	size_t	i;

	r->since_ns = t->q->since_ns;
	r->until_ns = t->q->until_ns == UINT64_MAX ? 0 : t->q->until_ns;
	r->begin_ns = t->begin_ns;
	r->end_ns = t->end_ns;
	r->duration_ns = t->duration_ns;
	r->blocks = t->nblocks;
	r->damaged = t->damaged;
	r->interrupted = t->interrupted;
	if ((r->zone = zone_of(t->begin_ns, r)) == NULL)
		return (-1);
	r->ledger = t->ledger;
	if (set_account(t, r) == -1)
		return (-1);
	names_set_local(names, t->first.networks);
	for (i = 0; i < t->q->ntables; i++)
		if (tally_make_table(t, &t->table[i], r, names) == -1)
			return (-1);
	if (add_holes(t, r) == -1 || note_long_blocks(t, r) == -1 ||
	    note_percentile(t, r) == -1 || note_folded(t, r) == -1 ||
	    note_small(t, r) == -1 || note_joined(t, r) == -1 ||
	    note_clock(t, r) == -1)
		return (-1);
	return (note_unknown(t, r) == -1 ? -1 : note_reading(t, r));
}

struct result *
tally_result(struct tally *t, struct names *names)
{
	struct result	*r;

	if (t->q->devices != NULL && device_map_failed(t->q->devices)) {
		errno = ENOMEM;
		return (NULL);
	}
	if ((r = result_new()) == NULL)
		return (NULL);
	if (fill(t, r, names) == -1) {
		result_free(r);
		return (NULL);
	}
	return (r);
}
