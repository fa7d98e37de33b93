/*
 * The loss ledger: what was seen beside the rows, what was lost, and where.
 * A plain array of 64-bit counters so that files can carry it as it is.
 * New entries go at the end; their numbers are frozen by the file format.
 */
#ifndef LEDGER_H
#define LEDGER_H

#include <stdint.h>

#include "decode.h"

enum ledger_entry {
	LEDGER_FRAMES,		/* handed to trafd by the capture source */
	LEDGER_WIRE_BYTES,	/* their bytes, link layer and all */
	LEDGER_IP,		/* frames counted in rows */
	LEDGER_NONIP,
	LEDGER_UNSUPPORTED,
	LEDGER_L2_CUT,		/* malformed, by reason */
	LEDGER_IP_CUT,
	LEDGER_IP_VERSION,
	LEDGER_IP_IHL,
	LEDGER_IP_LEN,
	LEDGER_TRUNCATED,	/* not captured in full (files) */
	LEDGER_DROP_KERNEL,	/* packets lost because the buffer was full */
	LEDGER_DROP_IFACE,	/* packets the interface or driver dropped */
	LEDGER_FOLD_PACKETS,	/* counted, but with detail given up (cap) */
	LEDGER_FOLD_BYTES,
	LEDGER_GAPS,		/* times that the source was away */
	LEDGER_GAP_NS,		/* how long in all */
	LEDGER_RX_PACKETS_BEGIN, /* the interface's own counters */
	LEDGER_RX_BYTES_BEGIN,
	LEDGER_RX_DROPS_BEGIN,
	LEDGER_TX_PACKETS_BEGIN,
	LEDGER_TX_BYTES_BEGIN,
	LEDGER_RX_PACKETS_END,
	LEDGER_RX_BYTES_END,
	LEDGER_RX_DROPS_END,
	LEDGER_TX_PACKETS_END,
	LEDGER_TX_BYTES_END,
	LEDGER_ENTRIES
};

/* The interface's own counters: so many, RX_PACKETS first. */
#define LEDGER_IFACE_COUNTERS	5

struct ledger {
	uint64_t	v[LEDGER_ENTRIES];
};

/* The entry that counts the frames of each verdict. */
extern const uint8_t	ledger_of_verdict[DECODED_VERDICTS];

/* The name of an entry: `frames', `drop_kernel', ... */
const char	*ledger_name(enum ledger_entry);

/*
 * Add a later ledger to an earlier one: counters add up; the interface
 * counters keep the begin of the earlier and the end of the later.
 */
void		 ledger_add(struct ledger *earlier, const struct ledger *later);

/* Begin with the interface counters that the ledger before ends with. */
void		 ledger_follow(struct ledger *, const struct ledger *before);

/* Packets lost by kernel and interface together. */
uint64_t	 ledger_dropped(const struct ledger *);

#endif
