/*
 * Names of the ledger's entries, and how two ledgers are added.
 */
#include <string.h>

#include "ledger.h"

const uint8_t ledger_of_verdict[DECODED_VERDICTS] = {
	[DECODED_IP] = LEDGER_IP,
	[DECODED_NONIP] = LEDGER_NONIP,
	[DECODED_UNSUPPORTED] = LEDGER_UNSUPPORTED,
	[DECODED_L2_CUT] = LEDGER_L2_CUT,
	[DECODED_IP_CUT] = LEDGER_IP_CUT,
	[DECODED_IP_VERSION] = LEDGER_IP_VERSION,
	[DECODED_IP_IHL] = LEDGER_IP_IHL,
	[DECODED_IP_LEN] = LEDGER_IP_LEN,
};

static const char *const names[LEDGER_ENTRIES] = {
	[LEDGER_FRAMES] = "frames",
	[LEDGER_WIRE_BYTES] = "wire_bytes",
	[LEDGER_IP] = "ip",
	[LEDGER_NONIP] = "nonip",
	[LEDGER_UNSUPPORTED] = "unsupported",
	[LEDGER_L2_CUT] = "l2_cut",
	[LEDGER_IP_CUT] = "ip_cut",
	[LEDGER_IP_VERSION] = "ip_version",
	[LEDGER_IP_IHL] = "ip_ihl",
	[LEDGER_IP_LEN] = "ip_len",
	[LEDGER_TRUNCATED] = "truncated",
	[LEDGER_DROP_KERNEL] = "drop_kernel",
	[LEDGER_DROP_IFACE] = "drop_iface",
	[LEDGER_FOLD_PACKETS] = "fold_packets",
	[LEDGER_FOLD_BYTES] = "fold_bytes",
	[LEDGER_GAPS] = "gaps",
	[LEDGER_GAP_NS] = "gap_ns",
	[LEDGER_RX_PACKETS_BEGIN] = "rx_packets_begin",
	[LEDGER_RX_BYTES_BEGIN] = "rx_bytes_begin",
	[LEDGER_RX_DROPS_BEGIN] = "rx_drops_begin",
	[LEDGER_TX_PACKETS_BEGIN] = "tx_packets_begin",
	[LEDGER_TX_BYTES_BEGIN] = "tx_bytes_begin",
	[LEDGER_RX_PACKETS_END] = "rx_packets_end",
	[LEDGER_RX_BYTES_END] = "rx_bytes_end",
	[LEDGER_RX_DROPS_END] = "rx_drops_end",
	[LEDGER_TX_PACKETS_END] = "tx_packets_end",
	[LEDGER_TX_BYTES_END] = "tx_bytes_end",
	[LEDGER_SMALL_BYTES] = "small_bytes",
	[LEDGER_DOWN_NS] = "down_ns",
	[LEDGER_SUSPENDED_NS] = "suspended_ns",
	[LEDGER_AWAY_NS] = "away_ns",
	[LEDGER_SEGMENTS] = "segments",
	[LEDGER_JOINED] = "joined",
	[LEDGER_JOINED_BYTES] = "joined_bytes",
	[LEDGER_CLOCK_JUMPS] = "clock_jumps",
	[LEDGER_CLOCK_FORWARD_NS] = "clock_forward_ns",
	[LEDGER_CLOCK_BACK_NS] = "clock_back_ns",
	[LEDGER_DATA_RECORDS] = "data_records",
};

const char *
ledger_name(enum ledger_entry e)
{
	return (names[e]);
}

void
ledger_add(struct ledger *earlier, const struct ledger *later)
{
	int	i;

	for (i = 0; i < LEDGER_ENTRIES; i++)
		if (i < LEDGER_RX_PACKETS_BEGIN || i > LEDGER_TX_BYTES_END)
			earlier->v[i] += later->v[i];
		else if (i >= LEDGER_RX_PACKETS_END)
			earlier->v[i] = later->v[i];
}

void
ledger_follow(struct ledger *l, const struct ledger *before)
{
	memcpy(&l->v[LEDGER_RX_PACKETS_BEGIN],
	    &before->v[LEDGER_RX_PACKETS_END],
	    LEDGER_IFACE_COUNTERS * sizeof(l->v[0]));
}

size_t
ledger_used(const struct ledger *l)
{
	size_t	n = LEDGER_ENTRIES;

	while (n > 0 && l->v[n - 1] == 0)
		n--;
	return (n);
}

uint64_t
ledger_dropped(const struct ledger *l)
{
	return (l->v[LEDGER_DROP_KERNEL] + l->v[LEDGER_DROP_IFACE]);
}

uint64_t
ledger_packets(const struct ledger *l)
{
	return (l->v[LEDGER_FRAMES] + l->v[LEDGER_SEGMENTS]);
}
