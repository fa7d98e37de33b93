/*
 * The ledger: counters of what was seen, dropped or not counted in rows.  A
 * plain array of 64-bit counters; files store it as it is.  New entries go at
 * the end: the file format freezes their numbers.  No state; any thread.
 */
#ifndef LEDGER_H
#define LEDGER_H

#include <stddef.h>
#include <stdint.h>

#include "decode.h"

enum ledger_entry {
	LEDGER_FRAMES,		/* frames received from the source */
	LEDGER_WIRE_BYTES,	/* their octets, link layer included */
	LEDGER_IP,		/* frames counted in rows */
	LEDGER_NONIP,
	LEDGER_UNSUPPORTED,
	LEDGER_L2_CUT,		/* malformed, by reason */
	LEDGER_IP_CUT,
	LEDGER_IP_VERSION,
	LEDGER_IP_IHL,
	LEDGER_IP_LEN,
	LEDGER_TRUNCATED,	/* not captured in full (files only) */
	LEDGER_DROP_KERNEL,	/* packets lost: capture buffer full */
	LEDGER_DROP_IFACE,	/* packets the interface or driver dropped */
	LEDGER_FOLD_PACKETS,	/* counted with less detail: table full */
	LEDGER_FOLD_BYTES,
	LEDGER_GAPS,		/* times in which nothing was counted */
	LEDGER_GAP_NS,		/* nanoseconds of them in all */
	LEDGER_RX_PACKETS_BEGIN, /* the interface's counters */
	LEDGER_RX_BYTES_BEGIN,
	LEDGER_RX_DROPS_BEGIN,
	LEDGER_TX_PACKETS_BEGIN,
	LEDGER_TX_BYTES_BEGIN,
	LEDGER_RX_PACKETS_END,
	LEDGER_RX_BYTES_END,
	LEDGER_RX_DROPS_END,
	LEDGER_TX_PACKETS_END,
	LEDGER_TX_BYTES_END,
	LEDGER_SMALL_BYTES,	/* saved with less detail: rows below -m */
	LEDGER_DOWN_NS,		/* of gap_ns: no daemon was running */
	LEDGER_SUSPENDED_NS,	/* of gap_ns: the machine was suspended */
	LEDGER_AWAY_NS,		/* of gap_ns: the interface was missing */
	LEDGER_SEGMENTS,	/* packets that frames stood for, less one
				   for each frame */
	LEDGER_JOINED,		/* frames longer than the MTU, counted as
				   one packet each */
	LEDGER_JOINED_BYTES,	/* of their headers, missing at least */
	LEDGER_CLOCK_JUMPS,	/* times the wall clock was set */
	LEDGER_CLOCK_FORWARD_NS, /* by how much in all, forward */
	LEDGER_CLOCK_BACK_NS,	/* and back */
	LEDGER_DATA_RECORDS,	/* of the data trace, in a trace: no frames */
	LEDGER_ENTRIES
};

/* The number of the interface's counters, of which RX_PACKETS is first. */
#define LEDGER_IFACE_COUNTERS	5

struct ledger {
	uint64_t	v[LEDGER_ENTRIES];
};

/* The entry that counts frames of each verdict. */
extern const uint8_t	ledger_of_verdict[DECODED_VERDICTS];

/* The name of an entry: `frames', `drop_kernel', ... */
const char	*ledger_name(enum ledger_entry);

/*
 * Add a later ledger to an earlier one.  Counters add up; of the interface's
 * counters, *_BEGIN stay those of the earlier, *_END become those of the
 * later.
 */
void		 ledger_add(struct ledger *earlier, const struct ledger *later);

/* Set *_BEGIN to the *_END of the ledger before. */
void		 ledger_follow(struct ledger *, const struct ledger *before);

/*
 * The number of entries up to the last one that is not 0.  Entries that a later
 * format adds are 0 in the blocks of an earlier one.
 */
size_t		 ledger_used(const struct ledger *);

/* Packets dropped by kernel and interface together. */
uint64_t	 ledger_dropped(const struct ledger *);

/* Packets received: a frame that stood for several counts as these. */
uint64_t	 ledger_packets(const struct ledger *);

#endif
