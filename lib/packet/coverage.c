/*
 * Formats coverage (coverage.h).  No state.
 */
#include <stdio.h>
#include <string.h>

#include "base/age.h"
#include "base/clock.h"
#include "base/digits.h"
#include "base/plural.h"
#include "coverage.h"

/* In tenths of a percent, rounded down: 1000 only if nothing is missing. */
static unsigned int
seen_permille(const struct ledger *l)
{
	double	seen = (double)ledger_packets(l);
	double	all = seen + (double)ledger_dropped(l);

	return (all > 0 ? (unsigned int)(seen / all * 1000) : 1000);
}

/* Append why nothing was counted, and how long: as far as it is known. */
static void
add_reason(char buf[COVERAGE_LEN], const struct ledger *l,
    enum ledger_entry e, const char *why)
{
	size_t	used = strlen(buf);

	if (l->v[e] >= NS_PER_S / 20)	/* shows as 0.1 */
		(void)snprintf(buf + used, COVERAGE_LEN - used, "%s%s %.1f s",
		    used == 0 ? "" : ", ", why, (double)l->v[e] / NS_PER_S);
}

static void
set_reasons(char buf[COVERAGE_LEN], const struct ledger *l)
{
	buf[0] = '\0';
	add_reason(buf, l, LEDGER_DOWN_NS, "no trafd running");
	add_reason(buf, l, LEDGER_SUSPENDED_NS, "machine suspended");
	add_reason(buf, l, LEDGER_AWAY_NS, "interface missing");
}

/* Rows do not contain these: without them the sums seem to differ. */
static void
add_nonip(char buf[COVERAGE_LEN], const struct ledger *l)
{
	char	n[DIGITS_GROUPED_LEN];
	size_t	used = strlen(buf);

	if (l->v[LEDGER_NONIP] > 0)
		(void)snprintf(buf + used, COVERAGE_LEN - used, "; %s not IP",
		    digits_grouped(l->v[LEDGER_NONIP], n));
}

char *
coverage_format(const struct ledger *l, char buf[COVERAGE_LEN])
{
	char		all[DIGITS_GROUPED_LEN], kernel[DIGITS_GROUPED_LEN];
	char		iface[DIGITS_GROUPED_LEN], gaps[DIGITS_GROUPED_LEN];
	char		seconds[DIGITS_GROUPED_LEN], why[COVERAGE_LEN];
	unsigned int	permille = seen_permille(l);
	uint64_t	n = l->v[LEDGER_GAPS], ns = l->v[LEDGER_GAP_NS];

	set_reasons(why, l);
	if (n == 0 && ns > 0)	/* it began in an earlier block */
		n = 1;
	(void)snprintf(buf, COVERAGE_LEN, "%u.%u%% of %s packet%s seen; %s "
	    "dropped by the capture buffer, %s by the interface; %s gap%s, "
	    "%s s%s%s%s", permille / 10, permille % 10,
	    digits_grouped(ledger_packets(l) + ledger_dropped(l), all),
	    plural(ledger_packets(l) + ledger_dropped(l)),
	    digits_grouped(l->v[LEDGER_DROP_KERNEL], kernel),
	    digits_grouped(l->v[LEDGER_DROP_IFACE], iface),
	    digits_grouped(n, gaps), plural(n),
	    digits_grouped(ns / NS_PER_S, seconds),
	    why[0] == '\0' ? "" : " (", why,
	    why[0] == '\0' ? "" : ")");
	add_nonip(buf, l);
	return (buf);
}

char *
coverage_joined(const struct ledger *l, char buf[COVERAGE_LEN])
{
	char	frames[DIGITS_GROUPED_LEN], bytes[DIGITS_GROUPED_LEN];

	if (l->v[LEDGER_JOINED] == 0)
		return (NULL);
	(void)snprintf(buf, COVERAGE_LEN, "%s frames were longer than the MTU: "
	    "segmentation offload had joined packets, and at least %s bytes "
	    "of headers are not counted; use --source auto, or turn it off "
	    "with ethtool -K (gro, gso, tso)",
	    digits_grouped(l->v[LEDGER_JOINED], frames),
	    digits_grouped(l->v[LEDGER_JOINED_BYTES], bytes));
	return (buf);
}

/* Append how far the clock was set in one direction, if it was. */
static void
add_shift(char buf[COVERAGE_LEN / 2], uint64_t ns, const char *where)
{
	char	span[AGE_LEN];
	size_t	used = strlen(buf);

	if (ns > 0)
		(void)snprintf(buf + used, COVERAGE_LEN / 2 - used,
		    "%s%s by %s", used == 0 ? "" : " and ", where,
		    age_format(ns, span));
}

char *
coverage_clock(const struct ledger *l, char buf[COVERAGE_LEN])
{
	char		times[DIGITS_GROUPED_LEN], how[COVERAGE_LEN / 2] = "";
	uint64_t	n = l->v[LEDGER_CLOCK_JUMPS];

	if (n == 0)
		return (NULL);
	add_shift(how, l->v[LEDGER_CLOCK_FORWARD_NS], "forward");
	add_shift(how, l->v[LEDGER_CLOCK_BACK_NS], "back");
	(void)snprintf(buf, COVERAGE_LEN, "the clock was set %s time%s, %s in "
	    "all: a block has the time of the clock when it was saved, so "
	    "earlier blocks may be dated wrongly",
	    digits_grouped(n, times), plural(n), how);
	return (buf);
}

char *
coverage_data(const struct ledger *l, char buf[COVERAGE_LEN])
{
	char	records[DIGITS_GROUPED_LEN];

	if (l->v[LEDGER_DATA_RECORDS] == 0)
		return (NULL);
	(void)snprintf(buf, COVERAGE_LEN, "%s record%s of the data trace: "
	    "they are no packets and are not counted",
	    digits_grouped(l->v[LEDGER_DATA_RECORDS], records),
	    plural(l->v[LEDGER_DATA_RECORDS]));
	return (buf);
}

bool
coverage_is_whole(const struct ledger *l)
{
	return (ledger_dropped(l) == 0 && l->v[LEDGER_GAPS] == 0 &&
	    l->v[LEDGER_GAP_NS] == 0);
}

char *
coverage_short(const struct ledger *l, bool counted, char buf[COVERAGE_LEN])
{
	char	all[DIGITS_GROUPED_LEN];

	if (counted && l->v[LEDGER_FRAMES] == 0)
		(void)snprintf(buf, COVERAGE_LEN, "coverage unknown: the "
		    "blocks do not record what was lost");
	else if (coverage_is_whole(l)) {
		(void)snprintf(buf, COVERAGE_LEN, "100%% of %s packet%s seen; "
		    "0 dropped", digits_grouped(ledger_packets(l), all),
		    plural(ledger_packets(l)));
		add_nonip(buf, l);
	} else
		(void)coverage_format(l, buf);
	return (buf);
}
