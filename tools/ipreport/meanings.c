/*
 * What numbers mean, from the registries of IEEE and IANA.
 */
#include "base/endian.h"
#include "ipreport.h"

struct meaning {
	uint32_t	 number;
	const char	*text;
};

#define COUNT(list)	(sizeof(list) / sizeof((list)[0]))

static const char *
find(const struct meaning *list, size_t n, uint32_t number)
{
	size_t	i;

	for (i = 0; i < n; i++)
		if (list[i].number == number)
			return (list[i].text);
	return (NULL);
}

const char *
meaning_ethertype(uint32_t type)
{
	static const struct meaning	list[] = {
		{ 0x0800, "IP" }, { 0x86dd, "IPv6" }, { 0x0806, "ARP" },
		{ 0x8035, "RARP" }, { 0x8100, "VLAN" }, { 0x88a8, "VLAN" },
		{ 0x9100, "VLAN" }, { 0x9200, "VLAN" }, { 0x8847, "MPLS" },
		{ 0x8848, "MPLS multicast" }, { 0x8863, "PPPoE discovery" },
		{ 0x8864, "PPPoE" }, { 0x88cc, "LLDP" }, { 0x8809, "LACP" },
		{ 0x888e, "EAPOL" }, { 0x88f7, "PTP" }, { 0x88e5, "MACsec" },
		{ 0x6558, "Ethernet" }, { 0x880b, "PPP" },
		{ 0x88be, "ERSPAN" }, { 0x22eb, "ERSPAN" },
		{ 0x6003, "DECnet" }, { 0x80f3, "AARP" }, { 0x809b,
		"AppleTalk" }, { 0x8137, "IPX" }, { 0x9000, "loopback" },
		{ 0x88e1, "HomePlug" }, { 0x8902, "CFM" }, { 0x22f0, "AVTP" },
		{ 0x8906, "FCoE" }, { 0x8892, "PROFINET" },
	};

	return (find(list, COUNT(list), type));
}

const char *
meaning_ppp(uint32_t proto)
{
	static const struct meaning	list[] = {
		{ 0x0021, "IP" }, { 0x0057, "IPv6" }, { 0x0281, "MPLS" },
		{ 0x0283, "MPLS multicast" }, { 0x8021, "IPCP" },
		{ 0x8057, "IPV6CP" }, { 0x80fd, "CCP" }, { 0x8281, "MPLSCP" },
		{ 0xc021, "LCP" }, { 0xc023, "PAP" }, { 0xc223, "CHAP" },
		{ 0xc227, "EAP" }, { 0x003d, "multilink" },
	};

	return (find(list, COUNT(list), proto));
}

const char *
meaning_proto(uint32_t proto)
{
	static const struct meaning	list[] = {
		{ 6, "TCP" }, { 17, "UDP" }, { 1, "ICMP" }, { 58, "ICMPv6" },
		{ 0, "hop-by-hop" }, { 2, "IGMP" }, { 4, "IPIP" },
		{ 8, "EGP" }, { 9, "IGP" }, { 33, "DCCP" }, { 41, "IPv6" },
		{ 43, "routing" }, { 44, "fragment" }, { 46, "RSVP" },
		{ 47, "GRE" }, { 50, "ESP" }, { 51, "AH" }, { 59, "none" },
		{ 60, "destination" }, { 88, "EIGRP" }, { 89, "OSPF" },
		{ 94, "IPIP" }, { 97, "EtherIP" }, { 103, "PIM" },
		{ 108, "IPComp" }, { 112, "VRRP" }, { 115, "L2TP" },
		{ 124, "IS-IS" }, { 132, "SCTP" }, { 135, "mobility" },
		{ 136, "UDP-Lite" }, { 137, "MPLS" }, { 139, "HIP" },
		{ 140, "shim6" }, { 143, "Ethernet" },
	};

	return (find(list, COUNT(list), proto));
}

const char *
meaning_arp(uint32_t operation)
{
	static const struct meaning	list[] = {
		{ 1, "request" }, { 2, "reply" }, { 3, "reverse request" },
		{ 4, "reverse reply" }, { 8, "inverse request" },
		{ 9, "inverse reply" },
	};

	return (find(list, COUNT(list), operation));
}

const char *
meaning_icmp(uint32_t type)
{
	static const struct meaning	list[] = {
		{ 8, "ECHO_REQUEST" }, { 0, "ECHO_REPLY" },
		{ 3, "DEST UNREACH" }, { 4, "SOURCE QUENCH" },
		{ 5, "REDIRECT" }, { 9, "ROUTER ADVERT" },
		{ 10, "ROUTER SOLICIT" }, { 11, "TIME EXCEEDED" },
		{ 12, "PARAM PROBLEM" }, { 13, "TIMESTAMP" },
		{ 14, "TIMESTAMP REPLY" }, { 15, "INFO REQUEST" },
		{ 16, "INFO REPLY" }, { 17, "MASK REQUEST" },
		{ 18, "MASK REPLY" }, { 42, "EXT ECHO_REQUEST" },
		{ 43, "EXT ECHO_REPLY" },
	};

	return (find(list, COUNT(list), type));
}

const char *
meaning_icmp6(uint32_t type)
{
	static const struct meaning	list[] = {
		{ 128, "ECHO_REQUEST" }, { 129, "ECHO_REPLY" },
		{ 135, "NEIGHBOR SOLICIT" }, { 136, "NEIGHBOR ADVERT" },
		{ 133, "ROUTER SOLICIT" }, { 134, "ROUTER ADVERT" },
		{ 137, "REDIRECT" }, { 1, "DEST UNREACH" },
		{ 2, "PACKET TOO BIG" }, { 3, "TIME EXCEEDED" },
		{ 4, "PARAM PROBLEM" }, { 130, "MLD QUERY" },
		{ 131, "MLD REPORT" }, { 132, "MLD DONE" },
		{ 138, "ROUTER RENUMBERING" }, { 139, "NODE INFO QUERY" },
		{ 140, "NODE INFO REPLY" }, { 143, "MLDv2 REPORT" },
		{ 155, "RPL" }, { 160, "EXT ECHO_REQUEST" },
		{ 161, "EXT ECHO_REPLY" },
	};

	return (find(list, COUNT(list), type));
}

const char *
meaning_igmp(uint32_t type)
{
	static const struct meaning	list[] = {
		{ 0x11, "query" }, { 0x12, "report" }, { 0x13, "DVMRP" },
		{ 0x14, "PIM" }, { 0x16, "v2 report" }, { 0x17, "leave" },
		{ 0x22, "v3 report" },
	};

	return (find(list, COUNT(list), type));
}

const char *
meaning_chunk(uint32_t type)
{
	static const struct meaning	list[] = {
		{ 0, "DATA" }, { 1, "INIT" }, { 2, "INIT ACK" },
		{ 3, "SACK" }, { 4, "HEARTBEAT" }, { 5, "HEARTBEAT ACK" },
		{ 6, "ABORT" }, { 7, "SHUTDOWN" }, { 8, "SHUTDOWN ACK" },
		{ 9, "ERROR" }, { 10, "COOKIE ECHO" }, { 11, "COOKIE ACK" },
		{ 14, "SHUTDOWN COMPLETE" }, { 15, "AUTH" },
		{ 64, "I-DATA" }, { 128, "ASCONF ACK" },
		{ 130, "RE-CONFIG" }, { 192, "FORWARD TSN" },
		{ 193, "ASCONF" }, { 194, "I-FORWARD TSN" },
	};

	return (find(list, COUNT(list), type));
}

const char *
meaning_next(const struct layer *l)
{
	switch (l->next_kind) {
	case NEXT_ETHERTYPE:
		return (meaning_ethertype(l->next));
	case NEXT_PROTO:
		return (meaning_proto(l->next));
	case NEXT_PPP:
		return (meaning_ppp(l->next));
	default:
		return (NULL);
	}
}
