/*
 * Entry points of the decoder: the table of link types and the names of the
 * verdicts.  Reads no packet itself.
 */
#include <stddef.h>

#include "decode.h"
#include "decode_impl.h"

static const struct {
	const char		*name;
	enum decode_class	 class;
} verdicts[DECODED_VERDICTS] = {
	[DECODED_IP] = { "ip", DECODE_IP },
	[DECODED_NONIP] = { "nonip", DECODE_NONIP },
	[DECODED_UNSUPPORTED] = { "unsupported", DECODE_UNSUPPORTED },
	[DECODED_L2_CUT] = { "l2-cut", DECODE_MALFORMED },
	[DECODED_IP_CUT] = { "ip-cut", DECODE_MALFORMED },
	[DECODED_IP_VERSION] = { "ip-version", DECODE_MALFORMED },
	[DECODED_IP_IHL] = { "ip-ihl", DECODE_MALFORMED },
	[DECODED_IP_LEN] = { "ip-len", DECODE_MALFORMED },
};

/*
 * LINKTYPE_ numbers (https://www.tcpdump.org/linktypes.html), and the DLT_
 * numbers that libpcap uses for the same types on some systems.
 */
static const struct link {
	int		 number;
	const char	*name;
	decode_fn	*decode;
} links[] = {
	{ 0, "null", link_null },
	{ 1, "ethernet", link_ethernet },
	{ 6, "token-ring", link_token_ring },
	{ 8, "slip", link_slip },
	{ 9, "ppp", link_ppp },
	{ 10, "fddi", link_fddi },
	{ 12, "raw", link_raw },	/* DLT_RAW, most systems */
	{ 14, "raw", link_raw },	/* DLT_RAW, OpenBSD */
	{ 50, "ppp-hdlc", link_ppp },
	{ 51, "pppoe", link_pppoe },
	{ 101, "raw", link_raw },
	{ 104, "cisco-hdlc", link_chdlc },
	{ 105, "802.11", link_wifi },
	{ 107, "frame-relay", link_frelay },
	{ 108, "loop", link_null },
	{ 109, "enc", link_enc },
	{ 113, "linux-sll", link_sll },
	{ 119, "prism", link_prism },
	{ 127, "radiotap", link_radiotap },
	{ 163, "avs", link_avs },
	{ 166, "ppp-pppd", link_ppp_pppd },
	{ 192, "ppi", link_ppi },
	{ 204, "ppp-with-dir", link_ppp_dir },
	{ 226, "ipnet", link_ipnet },
	{ 228, "ipv4", link_ip4 },
	{ 229, "ipv6", link_ip6 },
	{ 239, "nflog", link_nflog },
	{ 276, "linux-sll2", link_sll2 },
};

enum decode_class
decode_class(enum decode_verdict v)
{
	return (verdicts[v].class);
}

const char *
decode_verdict_name(enum decode_verdict v)
{
	return (verdicts[v].name);
}

static const struct link *
find_link(int number)
{
	size_t	i;

	for (i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (links[i].number == number)
			return (&links[i]);
	return (NULL);
}

decode_fn *
decode_for_link(int number)
{
	const struct link	*l = find_link(number);

	return (l == NULL ? NULL : l->decode);
}

const char *
decode_link_name(int number)
{
	const struct link	*l = find_link(number);

	return (l == NULL ? NULL : l->name);
}
