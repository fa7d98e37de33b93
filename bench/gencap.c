/*
 * Make a capture file of known traffic, distributed like that of real
 * networks.  The same arguments make the same file everywhere.  Prints the
 * totals that an accounting program must find.
 *
 *	gencap [-6 share] [-f flows] [-g share] [-n packets] [-p packet]
 *	    [-V share] [-w octets] [-z exponent] file
 *
 * For each packet a flow is drawn by Zipf's law with that exponent (0: all
 * with the same probability).  Shares from 0 to 1: -6 IPv6 (of flows), -V VLAN
 * tags (of flows), -g later fragments (of packets).  With -w all packets have so
 * many octets, and are captured as a whole.  With -p every 100th from that
 * packet on, 100 in all, is of one flow more, the host of which is printed.
 */
#include <err.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SNAPLEN		96
#define LOCAL_HOSTS	500
#define PLANTED		(UINT32_MAX - 1)	/* the flow */

struct shape {
	uint64_t	packets;
	uint32_t	flows;
	double		zipf, ip6, vlan, fragments;
	uint32_t	whole;		/* octets; 0: as drawn, cut */
	uint64_t	planted;	/* UINT64_MAX: none */
};

struct packet {
	uint8_t		octets[SNAPLEN];
	size_t		used;
	uint32_t	length;		/* on the wire */
	uint32_t	ip;		/* octets of the IP packet */
};

static uint64_t	state = 1;

/* A hash of x: every bit of the result depends on every bit of x. */
static uint64_t
mix(uint64_t x)
{
	x = (x ^ x >> 32) * UINT64_C(0xd6e8feb86659fd93);
	x = (x ^ x >> 32) * UINT64_C(0xd6e8feb86659fd93);
	return (x ^ x >> 32);
}

static double
draw(void)
{
	return ((double)(mix(state += UINT64_C(0x9e3779b97f4a7c15)) >> 11) /
	    9007199254740992.0);
}

/*
 * True for `share' of all flows; choices with different `what' are
 * independent.
 */
static bool
chosen(uint32_t flow, unsigned what, double share)
{
	return ((double)(mix((uint64_t)what << 40 | flow >> 1) >> 11) /
	    9007199254740992.0 < share);
}

static void
put(struct packet *p, uint64_t v, unsigned n)
{
	for (; n > 0; n--)
		p->octets[p->used++] = (uint8_t)(v >> 8 * (n - 1));
}

/* Flows come in pairs, one for each direction. */
static void
put_addresses(struct packet *p, uint32_t flow, bool ip6)
{
	uint64_t	pair = mix(flow >> 1), remote = mix(pair / LOCAL_HOSTS);
	unsigned	side, local = (unsigned)(pair % LOCAL_HOSTS);

	for (side = 0; side < 2; side++)
		if (side == (flow & 1) && ip6) {
			put(p, UINT64_C(0x20010db800200000), 8);
			put(p, mix(local), 8);
		} else if (side == (flow & 1))
			put(p, UINT64_C(0x0a140000) | local, 4);
		else if (ip6) {
			put(p, UINT64_C(0x2a00) << 48 | remote >> 16, 8);
			put(p, mix(remote), 8);
		} else
			put(p, (20 + remote % 100) << 24 |
			    (remote >> 8 & 0xffffff), 4);
}

static uint8_t
protocol(uint32_t flow, bool ip6)
{
	unsigned	n = (unsigned)(mix(flow >> 1 ^ 0x5555) % 100);

	if (n >= 95)
		return (n == 99 ? 50 : ip6 ? 58 : 1);
	return (n < 70 ? 6 : 17);
}

static void
put_ip(struct packet *p, uint32_t flow, bool ip6, bool fragment)
{
	uint8_t	proto = fragment ? 17 : protocol(flow, ip6);

	if (!ip6) {
		put(p, 0x4500, 2);
		put(p, p->ip, 2);
		put(p, flow & 0xffff, 2);
		put(p, fragment ? 185 : 0x4000, 2);
		put(p, (uint64_t)64 << 24 | (uint64_t)proto << 16, 4);
		put_addresses(p, flow, false);
		return;
	}
	put(p, 0x60000000, 4);
	put(p, p->ip - 40, 2);
	put(p, (fragment ? 44U : proto) << 8 | 64, 2);
	put_addresses(p, flow, true);
	if (fragment) {
		put(p, (uint64_t)proto << 24 | 185 << 3, 4);
		put(p, flow, 4);
	}
}

static void
put_sub(struct packet *p, uint32_t flow)
{
	static const uint16_t	services[] = { 443, 443, 443, 80, 53, 22, 25,
	    3306 };
	uint64_t		pair = mix(flow >> 1 ^ 0x3333);
	uint16_t		client = (uint16_t)(32768 + pair % 28000);
	uint16_t		service = services[pair >> 32 & 7];

	put(p, (flow & 1) == 0 ? client : service, 2);
	put(p, (flow & 1) == 0 ? service : client, 2);
	put(p, p->length - (uint32_t)p->used + 4, 2);	/* UDP's length */
	put(p, 0, 6);
	put(p, 0x5010, 2);			/* TCP: offset 5, ACK */
}

/* Of twelve packets seven are small, four medium and one of full size. */
static uint32_t
draw_length(bool ip6)
{
	double	d = draw() * 12;

	return ((d < 7 ? 64U : d < 11 ? 576U : 1500U) + (ip6 ? 20U : 0U));
}

static void
make_packet(struct packet *p, const struct shape *s, uint32_t flow)
{
	bool	ip6 = chosen(flow, 1, s->ip6);
	bool	fragment = draw() < s->fragments;

	memset(p, 0, sizeof(*p));
	p->ip = s->whole == 0 ? draw_length(ip6) : s->whole - 14;
	put(p, UINT64_C(0x020000000001), 6);
	put(p, UINT64_C(0x020000000002), 6);
	if (chosen(flow, 2, s->vlan))
		put(p, UINT64_C(0x81000064), 4);
	put(p, ip6 ? 0x86dd : 0x0800, 2);
	p->length = (uint32_t)p->used + p->ip;
	put_ip(p, flow, ip6, fragment);
	if (!fragment)
		put_sub(p, flow);
}

/* Words of a capture file, little-endian. */
static void
write_words(FILE *out, const uint32_t *words, size_t n)
{
	uint8_t	octets[24];
	size_t	i;

	for (i = 0; i < 4 * n; i++)
		octets[i] = (uint8_t)(words[i / 4] >> 8 * (i % 4));
	if (fwrite(octets, 4, n, out) != n)
		err(1, "write");
}

static void
write_packet(FILE *out, const struct packet *p, uint64_t number, bool whole)
{
	static const uint8_t	zeros[65536];
	uint32_t	kept = whole || p->length < SNAPLEN ? p->length :
	    SNAPLEN;
	uint32_t	own = kept < SNAPLEN ? kept : SNAPLEN;
	const uint32_t	head[4] = { (uint32_t)(1700000000 + number / 100000),
	    (uint32_t)(number % 100000 * 10), kept, p->length };

	write_words(out, head, 4);
	if (fwrite(p->octets, 1, own, out) != own ||
	    fwrite(zeros, 1, kept - own, out) != kept - own)
		err(1, "write");
}

/* The cumulative distribution: flow i is drawn below its value, in [0, 1). */
static double *
distribution(const struct shape *s)
{
	double		*upto, sum = 0;
	uint32_t	 i;

	if ((upto = calloc(s->flows, sizeof(*upto))) == NULL)
		err(1, NULL);
	for (i = 0; i < s->flows; i++)
		upto[i] = sum += pow(i + 1, -s->zipf);
	for (i = 0; i < s->flows; i++)
		upto[i] /= sum;
	return (upto);
}

static uint32_t
draw_flow(const double *upto, uint32_t flows)
{
	double		d = draw();
	uint32_t	low = 0, high = flows - 1, middle;

	while (low < high) {
		middle = (low + high) / 2;
		if (upto[middle] > d)
			high = middle;
		else
			low = middle + 1;
	}
	return (low);
}

static bool
is_planted(const struct shape *s, uint64_t i)
{
	return (s->planted != UINT64_MAX && i >= s->planted &&
	    i < s->planted + 10000 && (i - s->planted) % 100 == 0);
}

static void
print_planted(void)
{
	struct packet	p = { .used = 0 };

	put_addresses(&p, PLANTED, false);
	printf("planted %d.%d.%d.%d\n", p.octets[4], p.octets[5],
	    p.octets[6], p.octets[7]);
}

static void
generate(FILE *out, const struct shape *s)
{
	const uint32_t		header[6] = { 0xa1b2c3d4, 2 | 4 << 16, 0, 0,
	    s->whole == 0 ? SNAPLEN : s->whole, 1 };
	double			*upto = distribution(s);
	struct packet		 p;
	uint64_t		 i, bytes = 0;

	write_words(out, header, 6);
	for (i = 0; i < s->packets; i++) {
		make_packet(&p, s, is_planted(s, i) ? PLANTED :
		    draw_flow(upto, s->flows));
		write_packet(out, &p, i, s->whole != 0);
		bytes += p.ip;
	}
	if (s->planted != UINT64_MAX)
		print_planted();
	printf("packets %" PRIu64 "\nbytes %" PRIu64 "\n", s->packets, bytes);
	free(upto);
}

int
main(int argc, char **argv)
{
	struct shape	s = { 1000000, 1000, 1.0, 0, 0, 0, 0,
	    UINT64_MAX };
	FILE		*out;
	int		 c;

	while ((c = getopt(argc, argv, "6:f:g:n:p:V:w:z:")) != -1)
		switch (c) {
		case '6': s.ip6 = atof(optarg); break;
		case 'f': s.flows = (uint32_t)strtoul(optarg, NULL, 10); break;
		case 'g': s.fragments = atof(optarg); break;
		case 'n': s.packets = strtoull(optarg, NULL, 10); break;
		case 'p': s.planted = strtoull(optarg, NULL, 10); break;
		case 'V': s.vlan = atof(optarg); break;
		case 'w': s.whole = (uint32_t)strtoul(optarg, NULL, 10); break;
		case 'z': s.zipf = atof(optarg); break;
		default: optind = argc;
		}
	if (optind + 1 != argc || s.flows == 0 ||
	    (s.whole != 0 && (s.whole < SNAPLEN || s.whole > 65535)))
		errx(127, "usage: gencap [-6 share] [-f flows] [-g share] "
		    "[-n packets] [-p packet] [-V share] [-w octets] "
		    "[-z exponent] file");
	if ((out = fopen(argv[optind], "wb")) == NULL)
		err(1, "%s", argv[optind]);
	generate(out, &s);
	if (fclose(out) != 0)
		err(1, "%s", argv[optind]);
	return (0);
}
