/*
 * Compares the account with the interface's own counters (closure.h).
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/digits.h"
#include "base/plural.h"
#include "closure.h"

/*
 * Counters are read a moment before or after the last packet is counted: so
 * many packets, or one in so many, say nothing.
 */
#define NEAR_LEAST	16
#define NEAR_PART	1000

/* The longest reason with a number, with the NUL. */
#define REASON_LEN	80

/* Of the interface's counters: how much two of them grew; false if unknown. */
static bool
grown(const struct ledger *l, enum ledger_entry rx, enum ledger_entry tx,
    uint64_t *sum)
{
	const uint64_t	*begin = l->v, *end = l->v + LEDGER_IFACE_COUNTERS;

	*sum = end[rx] - begin[rx] + end[tx] - begin[tx];
	return (end[rx] >= begin[rx] && end[tx] >= begin[tx] &&
	    end[rx] + end[tx] > 0);
}

bool
closure_get(const struct ledger *l, struct closure *c)
{
	c->packets = ledger_packets(l);
	c->bytes = l->v[LEDGER_WIRE_BYTES];
	return (grown(l, LEDGER_RX_PACKETS_BEGIN, LEDGER_TX_PACKETS_BEGIN,
	    &c->iface_packets) && grown(l, LEDGER_RX_BYTES_BEGIN,
	    LEDGER_TX_BYTES_BEGIN, &c->iface_bytes));
}

static bool
is_near(const struct closure *c, uint64_t difference)
{
	return (difference <= NEAR_LEAST ||
	    difference <= c->iface_packets / NEAR_PART);
}

/* A loopback interface sends and receives each packet. */
static bool
is_twice(const struct ledger *l, const struct closure *c)
{
	return (c->iface_packets == 2 * c->packets &&
	    l->v[LEDGER_RX_PACKETS_END] - l->v[LEDGER_RX_PACKETS_BEGIN] ==
	    l->v[LEDGER_TX_PACKETS_END] - l->v[LEDGER_TX_PACKETS_BEGIN]);
}

static const char *
why_more(const struct ledger *l, const struct closure *c, bool filtered)
{
	uint64_t	more = c->iface_packets - c->packets;
	uint64_t	dropped = ledger_dropped(l);

	if (filtered)
		return ("the filter leaves packets out");
	if (is_twice(l, c))
		return ("it counts each packet twice, as sent and as "
		    "received");
	if (dropped > 0 && (dropped >= more || is_near(c, more - dropped)))
		return ("packets were dropped");
	if (l->v[LEDGER_JOINED] > 0)
		return ("segmentation offload had joined packets before trafd "
		    "received them");
	if (l->v[LEDGER_GAP_NS] > 0)
		return ("nothing was counted in the gaps");
	if (is_near(c, more))
		return ("its counters are read a moment earlier or later");
	return ("frames passed it that trafd was not given");
}

static const char *
why_less(const struct ledger *l, const struct closure *c)
{
	uint64_t	less = c->packets - c->iface_packets;
	uint64_t	segments = l->v[LEDGER_SEGMENTS];

	if (segments > 0 && (segments >= less || is_near(c, less - segments)))
		return ("it counts a frame that segmentation offload has "
		    "joined once, with one header; the account is that of "
		    "the wire");
	if (is_near(c, less))
		return ("its counters are read a moment earlier or later");
	return ("it does not count all frames that trafd was given");
}

/* The packets are the same, their bytes are not. */
static const char *
why_bytes(const struct closure *c, char buf[REASON_LEN])
{
	uint64_t	more = c->iface_bytes > c->bytes ?
			    c->iface_bytes - c->bytes :
			    c->bytes - c->iface_bytes;

	if (c->packets == 0 || more % c->packets != 0)
		return ("it counts headers of the link layer in another way");
	(void)snprintf(buf, REASON_LEN, "it counts %" PRIu64 " byte%s %s a "
	    "packet, of the link layer", more / c->packets,
	    plural(more / c->packets),
	    c->iface_bytes > c->bytes ? "more" : "less");
	return (buf);
}

#define PERCENT_LEN	32

/* ` (-1.25%)', or nothing if the interface has counted nothing. */
static const char *
percent(uint64_t account, uint64_t iface, char buf[PERCENT_LEN])
{
	buf[0] = '\0';
	if (iface > 0)
		(void)snprintf(buf, PERCENT_LEN, " (%+.2f%%)",
		    ((double)account - (double)iface) / (double)iface * 100);
	return (buf);
}

static void
format_same(const struct ledger *l, const struct closure *c,
    char buf[CLOSURE_LEN])
{
	char	packets[DIGITS_GROUPED_LEN], bytes[DIGITS_GROUPED_LEN];

	(void)snprintf(buf, CLOSURE_LEN, "the interface itself counted the "
	    "same: %s packet%s, %s bytes%s", digits_grouped(c->packets,
	    packets), plural(c->packets), digits_grouped(c->bytes, bytes),
	    l->v[LEDGER_JOINED] > 0 ?
	    "; it counts joined frames once, too" : "");
}

char *
closure_format(const struct ledger *l, bool filtered, char buf[CLOSURE_LEN])
{
	char		iface[DIGITS_GROUPED_LEN], ours[DIGITS_GROUPED_LEN];
	char		iface_bytes[DIGITS_GROUPED_LEN];
	char		bytes[DIGITS_GROUPED_LEN], text[REASON_LEN];
	char		more[PERCENT_LEN], more_bytes[PERCENT_LEN];
	const char	*why;
	struct closure	 c;

	if (!closure_get(l, &c))
		return (NULL);
	if (c.packets == c.iface_packets && c.bytes == c.iface_bytes) {
		format_same(l, &c, buf);
		return (buf);
	}
	why = c.iface_packets > c.packets ? why_more(l, &c, filtered) :
	    c.iface_packets < c.packets ? why_less(l, &c) :
	    why_bytes(&c, text);
	(void)snprintf(buf, CLOSURE_LEN, "the interface itself counted %s "
	    "packet%s, %s bytes, the account %s%s, %s%s; %s",
	    digits_grouped(c.iface_packets, iface), plural(c.iface_packets),
	    digits_grouped(c.iface_bytes, iface_bytes),
	    digits_grouped(c.packets, ours),
	    percent(c.packets, c.iface_packets, more),
	    digits_grouped(c.bytes, bytes),
	    percent(c.bytes, c.iface_bytes, more_bytes), why);
	return (buf);
}
