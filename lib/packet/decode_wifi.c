/*
 * IEEE 802.11 data frames, alone or after a header with radio information:
 * radiotap, PPI, Prism, AVS.  Protected frames and aggregates of several
 * packets count as non-IP.
 */
#include <stdbool.h>
#include <stddef.h>

#include "decode_impl.h"

/* Bits of frame control: those of the first octet, then of the second. */
#define FC_VERSION		0x03
#define FC_TYPE			0x0c
#define FC_TYPE_DATA		0x08
#define FC_SUBTYPE_NULL		0x40	/* carries no data */
#define FC_SUBTYPE_QOS		0x80
#define FC_TO_AND_FROM_DS	0x03
#define FC_PROTECTED		0x40
#define FC_ORDER		0x80

#define QOS_AMSDU		0x80

#define PRISM_LENGTH		144
#define PRISM_CODE_1		0x44
#define PRISM_CODE_2		0x41
#define AVS_MAGIC_1		0x80211001
#define AVS_MAGIC_2		0x80211002

/* radiotap, https://www.radiotap.org/ */
#define RADIOTAP_TSFT		0x00000001u
#define RADIOTAP_FLAGS		0x00000002u
#define RADIOTAP_MORE		0x80000000u
#define RADIOTAP_F_DATAPAD	0x20

/*
 * A frame from its frame control on.  Some drivers pad its header to a
 * multiple of 4 octets, and say so in the radio header.
 */
enum decode_verdict
wifi_header(const struct cursor *c, bool padded, uint32_t *length)
{
	const uint8_t	*fc = cursor_peek(c, 2), *qos;
	uint32_t	 n = 24;

	if (fc == NULL)
		return (DECODED_L2_CUT);
	if ((fc[0] & FC_VERSION) != 0 || (fc[0] & FC_TYPE) != FC_TYPE_DATA ||
	    (fc[0] & FC_SUBTYPE_NULL) != 0 || (fc[1] & FC_PROTECTED) != 0)
		return (DECODED_NONIP);
	if ((fc[1] & FC_TO_AND_FROM_DS) == FC_TO_AND_FROM_DS)
		n += 6;				/* the fourth address */
	if ((fc[0] & FC_SUBTYPE_QOS) != 0) {
		if ((qos = cursor_peek(c, n + 2)) == NULL)
			return (DECODED_L2_CUT);
		if ((qos[n] & QOS_AMSDU) != 0)
			return (DECODED_NONIP);
		n += (fc[1] & FC_ORDER) != 0 ? 6 : 2;	/* HT control */
	}
	*length = padded ? (n + 3) & ~3u : n;
	return (DECODED_IP);
}

static enum decode_verdict
wifi(struct cursor *c, bool padded, struct packet *pkt)
{
	uint32_t		n;
	enum decode_verdict	v = wifi_header(c, padded, &n);

	if (v != DECODED_IP)
		return (v);
	if (cursor_take(c, n) == NULL)
		return (DECODED_L2_CUT);
	return (encap_llc(c, pkt));
}

/* The frame begins n octets from the start, after the radio header. */
static enum decode_verdict
wifi_at(uint32_t n, const uint8_t *frame, uint32_t caplen, uint32_t wirelen,
    struct packet *pkt)
{
	struct cursor	c = cursor_open(frame, caplen, wirelen);

	if (cursor_take(&c, n) == NULL)
		return (DECODED_L2_CUT);
	return (wifi(&c, false, pkt));
}

enum decode_verdict
link_wifi(const uint8_t *frame, uint32_t caplen, uint32_t wirelen,
    struct packet *pkt)
{
	return (wifi_at(0, frame, caplen, wirelen, pkt));
}

/*
 * Does the flags field of a radiotap header say that the header of the 802.11
 * frame is padded?  The bitmap of present fields may extend over several
 * words; only the timestamp, aligned to 8 octets, can lie between the bitmap
 * and the flags.  -1 if the header is cut.
 */
int
radiotap_padded(const struct cursor *c, uint32_t length, uint32_t present)
{
	const uint8_t	*at;
	uint32_t	 word = present, n = 8;

	if ((present & RADIOTAP_FLAGS) == 0)
		return (0);
	while ((word & RADIOTAP_MORE) != 0) {
		if (n + 4 > length || (at = cursor_peek(c, n + 4)) == NULL)
			return (-1);
		word = get_le32(at + n);
		n += 4;
	}
	if ((present & RADIOTAP_TSFT) != 0)
		n = ((n + 7) & ~7u) + 8;
	if (n >= length)
		return (0);
	if ((at = cursor_peek(c, n + 1)) == NULL)
		return (-1);
	return ((at[n] & RADIOTAP_F_DATAPAD) != 0);
}

enum decode_verdict
link_radiotap(const uint8_t *frame, uint32_t caplen, uint32_t wirelen,
    struct packet *pkt)
{
	struct cursor	 c = cursor_open(frame, caplen, wirelen);
	const uint8_t	*at = cursor_peek(&c, 8);
	uint32_t	 length;
	int		 padded;

	if (at == NULL)
		return (DECODED_L2_CUT);
	length = get_le16(at + 2);
	padded = radiotap_padded(&c, length, get_le32(at + 4));
	if (length < 8 || padded == -1 || cursor_take(&c, length) == NULL)
		return (DECODED_L2_CUT);
	return (wifi(&c, padded, pkt));
}

/* Per-Packet Information: the header's length, and the inner link type. */
enum decode_verdict
link_ppi(const uint8_t *frame, uint32_t caplen, uint32_t wirelen,
    struct packet *pkt)
{
	struct cursor	 c = cursor_open(frame, caplen, wirelen);
	const uint8_t	*at = cursor_peek(&c, 8);
	uint32_t	 length, dlt;

	if (at == NULL)
		return (DECODED_L2_CUT);
	length = get_le16(at + 2);
	dlt = get_le32(at + 4);
	if (length < 8)
		return (DECODED_L2_CUT);
	if (dlt != PPI_WIFI && dlt != PPI_ETHERNET)
		return (DECODED_NONIP);
	if (cursor_take(&c, length) == NULL)
		return (DECODED_L2_CUT);
	if (dlt == PPI_WIFI)
		return (wifi(&c, false, pkt));
	return (link_ethernet(c.p, cursor_left(&c), cursor_wire(&c), pkt));
}

/* AVS: a magic number, then the length of the header, big-endian. */
enum decode_verdict
link_avs(const uint8_t *frame, uint32_t caplen, uint32_t wirelen,
    struct packet *pkt)
{
	struct cursor	 c = cursor_open(frame, caplen, wirelen);
	const uint8_t	*at = cursor_peek(&c, 8);

	if (at == NULL)
		return (DECODED_L2_CUT);
	return (wifi_at(get_be32(at + 4), frame, caplen, wirelen, pkt));
}

/*
 * Drivers put either the Prism or the AVS header before the frame.  The Prism
 * header's length field is valid for known message codes only; 0 or an unknown
 * code means the usual length.
 */
uint32_t
prism_length(const uint8_t *at)
{
	uint32_t	length = 0;

	if (get_be32(at) == AVS_MAGIC_1 || get_be32(at) == AVS_MAGIC_2)
		return (get_be32(at + 4));
	if (get_le32(at) == PRISM_CODE_1 || get_le32(at) == PRISM_CODE_2)
		length = get_le32(at + 4);
	return (length == 0 ? PRISM_LENGTH : length);
}

enum decode_verdict
link_prism(const uint8_t *frame, uint32_t caplen, uint32_t wirelen,
    struct packet *pkt)
{
	struct cursor	 c = cursor_open(frame, caplen, wirelen);
	const uint8_t	*at = cursor_peek(&c, 8);

	if (at == NULL)
		return (DECODED_L2_CUT);
	return (wifi_at(prism_length(at), frame, caplen, wirelen, pkt));
}
