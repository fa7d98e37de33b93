/*
 * Checksums of IP, TCP, UDP, ICMP, IGMP and SCTP.  What cannot be verified is
 * told apart from what is wrong: frames that are captured before an interface
 * computes their checksums, cut ones, fragments.
 */
#include "base/crc32c.h"
#include "base/endian.h"
#include "ipreport.h"

const char *const	sum_words[SUM_STATES] = {
	[SUM_GOOD] = "good", [SUM_BAD] = "bad", [SUM_NONE] = "none",
	[SUM_NOT_READY] = "not-computed", [SUM_VOUCHED] = "vouched",
	[SUM_CUT] = "cut", [SUM_FRAGMENT] = "fragment",
	[SUM_ROUTED] = "routed",
};

/* Where a layer has its checksum, and what it covers. */
static const struct cover {
	uint8_t		at;
	bool		here;		/* the layer has one */
	bool		header;		/* covers its header only */
	uint8_t		pseudo;		/* protocol in that header, or 0 */
	bool		optional;	/* 0: none */
} covers[LAYER_KINDS] = {
	[LAYER_IP4] = { 10, true, true, 0, false },
	[LAYER_ICMP] = { 2, true, false, 0, false },
	[LAYER_ICMP6] = { 2, true, false, 58, false },
	[LAYER_IGMP] = { 2, true, false, 0, false },
	[LAYER_TCP] = { 16, true, false, 6, false },
	[LAYER_UDP] = { 6, true, false, 17, true },
	[LAYER_UDPLITE] = { 6, true, false, 136, false },
};

/* The sum of 16-bit words, RFC 1071; the last octet may be alone. */
static uint64_t
add_words(uint64_t sum, const uint8_t *at, uint32_t n)
{
	for (; n >= 4; at += 4, n -= 4)
		sum += get_be32(at);
	if (n >= 2) {
		sum += get_be16(at);
		at += 2;
		n -= 2;
	}
	return (n == 0 ? sum : sum + ((uint64_t)at[0] << 8));
}

static uint32_t
fold(uint64_t sum)
{
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return ((uint32_t)sum);
}

/* The packet around a layer, or NULL. */
static const struct layer *
packet_of(const struct shown *p, const struct layer *l)
{
	while (l-- > p->d->layers)
		if (l->kind == LAYER_IP4 || l->kind == LAYER_IP6)
			return (l);
	return (NULL);
}

/* Is the destination of the header only the next one of a route? */
static bool
is_routed(const struct layer *ip, const struct layer *l)
{
	uint32_t	i, n;

	if (ip->kind == LAYER_IP6) {
		while (--l > ip)
			if (l->kind == LAYER_ROUTING && l->at[3] != 0)
				return (true);
		return (false);
	}
	for (i = 20; i + 2 < ip->header && ip->at[i] != 0; i += n) {
		n = ip->at[i] == 1 ? 1 : ip->at[i + 1];
		if (n == 0)
			return (false);
		if ((ip->at[i] == 131 || ip->at[i] == 137) &&
		    ip->at[i + 2] <= n)
			return (true);
	}
	return (false);
}

/* Is it only a part of what was checksummed? */
static bool
is_fragment(const struct layer *ip, const struct layer *l)
{
	if (ip->kind == LAYER_IP4)
		return ((get_be16(ip->at + 6) & 0x3fff) != 0);
	while (--l > ip)
		if (l->kind == LAYER_FRAGMENT &&
		    (get_be16(l->at + 2) & 0xfff9) != 0)
			return (true);
	return (false);
}

static uint64_t
pseudo_header(const struct layer *ip, uint8_t proto, uint32_t n)
{
	uint64_t	sum = proto + (uint64_t)n;

	return (ip->kind == LAYER_IP4 ? add_words(sum, ip->at + 12, 8) :
	    add_words(sum, ip->at + 8, 32));
}

/*
 * Is it in a packet without a length?  That is one that offload has joined.  A
 * jumbogram of IPv6 has its length in an option.
 */
static bool
is_unsaid(const struct shown *p, const struct layer *l)
{
	while (l-- > p->d->layers)
		if ((l->kind == LAYER_IP4 && get_be16(l->at + 2) == 0) ||
		    (l->kind == LAYER_IP6 && get_be16(l->at + 4) == 0 &&
		    (l->at[6] == 6 || l->at[6] == 17)))
			return (true);
	return (false);
}

/* Reasons that have nothing to do with what the checksum is. */
static enum sum_state
obstacle(const struct shown *p, const struct layer *l,
    const struct layer *ip, uint32_t n)
{
	if (l->quoted || ip == NULL)
		return (SUM_UNKNOWN);
	if (p->about->segments > 1 || p->frame->gso_size != 0 ||
	    p->about->sums == FRAME_SUMS_NOT_READY || is_unsaid(p, l))
		return (SUM_NOT_READY);
	if (is_fragment(ip, l))
		return (SUM_FRAGMENT);
	if (n > l->captured)
		return (p->about->sums == FRAME_SUMS_VALID ? SUM_VOUCHED :
		    SUM_CUT);
	return (SUM_GOOD);
}

/* How many octets the checksum covers. */
static uint32_t
covered(const struct layer *l, const struct cover *c)
{
	uint32_t	n;

	if (c->header)
		return (l->header);
	if (l->kind == LAYER_UDPLITE) {
		n = get_be16(l->at + 4);
		return (n >= 8 && n < l->wire ? n : l->wire);
	}
	return (l->wire);
}

static struct sum
verify_sctp(const struct shown *p, const struct layer *l)
{
	static const uint8_t	zero[4];
	enum sum_state		state = obstacle(p, l, packet_of(p, l),
	    l->wire);
	uint32_t		crc;

	if (state != SUM_GOOD)
		return ((struct sum){ .state = state });
	crc = crc32c(0, l->at, 8);
	crc = crc32c(crc, zero, sizeof(zero));
	crc = crc32c(crc, l->at + 12, l->wire - 12);
	if (crc == get_le32(l->at + 8))
		return ((struct sum){ .state = SUM_GOOD });
	return ((struct sum){ SUM_BAD, __builtin_bswap32(crc), 8 });
}

/* The header of an IP packet, which nobody leaves to an interface. */
static enum sum_state
header_obstacle(const struct shown *p, const struct layer *l)
{
	if (l->quoted)
		return (SUM_UNKNOWN);
	return (get_be16(l->at + 2) == 0 || p->about->segments > 1 ||
	    p->frame->gso_size != 0 ? SUM_NOT_READY : SUM_GOOD);
}

struct sum
sum_verify(const struct shown *p, const struct layer *l)
{
	const struct cover	*c = &covers[l->kind];
	const struct layer	*ip = packet_of(p, l);
	struct sum		 s = { .state = SUM_UNKNOWN };
	uint32_t		 n, stated;
	uint64_t		 sum = 0;

	if (l->kind == LAYER_SCTP)
		return (verify_sctp(p, l));
	if (!c->here)
		return (s);
	n = covered(l, c);
	s.state = c->header ? header_obstacle(p, l) : obstacle(p, l, ip, n);
	stated = get_be16(l->at + c->at);
	if (c->optional && stated == 0 && s.state != SUM_UNKNOWN)
		s.state = SUM_NONE;
	if (s.state == SUM_GOOD && c->pseudo != 0 && is_routed(ip, l))
		s.state = SUM_ROUTED;
	if (s.state != SUM_GOOD)
		return (s);
	if (c->pseudo != 0)
		sum = pseudo_header(ip, c->pseudo, l->wire);
	sum = add_words(sum, l->at, n);
	if (fold(sum) == 0xffff)
		return (s);
	s.state = SUM_BAD;
	s.right = ~fold(sum - stated) & 0xffff;
	s.digits = 4;
	return (s);
}
