/*
 * Notes frames that segmentation offload has joined.
 */
#include <string.h>

#include "joined.h"

/* The loopback interface, which has no wire: MAC addresses of zeros. */
static bool
is_loopback(const struct frame *f)
{
	static const uint8_t	zeros[12];

	return (f->caplen >= sizeof(zeros) &&
	    memcmp(f->octets, zeros, sizeof(zeros)) == 0);
}

/* Packets that carry n bytes of data behind their headers. */
static uint32_t
packets_of(uint32_t n, uint32_t headers, uint32_t mtu)
{
	uint32_t	most = mtu > headers ? mtu - headers : 1;

	return (n / most + (n % most != 0));
}

void
joined_note(struct ledger *l, decode_fn *decode, const struct frame *frames,
    size_t n, uint32_t mtu)
{
	struct packet	pkt;
	uint32_t	headers;
	size_t		i;

	for (i = 0; i < n; i++) {
		if (frames[i].gso_size != 0 || frames[i].wirelen <= mtu ||
		    decode(frames[i].octets, frames[i].caplen,
		    frames[i].wirelen, &pkt) != DECODED_IP ||
		    pkt.ip <= mtu || is_loopback(&frames[i]))
			continue;
		headers = pkt.ip - pkt.data;
		l->v[LEDGER_JOINED]++;
		l->v[LEDGER_JOINED_BYTES] += (uint64_t)headers *
		    (packets_of(pkt.data, headers, mtu) - 1);
	}
}
