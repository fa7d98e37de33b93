/*
 * The parser of the eBPF program, compiled for this machine, compared with the
 * decoder: verdict, key, sizes and mark must be equal for every frame.  Frames
 * are random sequences of layers, then cut and damaged at random.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "meter/ebpf_parse.h"
#include "packet/decode.h"

#define FRAMES		400000
#define FRAME_MOST	600
#define SLL_LENGTH	16

static uint32_t	rng = 88172645;

static uint32_t
any(uint32_t below)
{
	rng ^= rng << 13;
	rng ^= rng >> 17;
	rng ^= rng << 5;
	return (rng % below);
}

/* ---- frames ---- */

static size_t
put(uint8_t *to, size_t at, const char *octets, size_t n)
{
	if (at + n > FRAME_MOST)
		return (at);
	memcpy(to + at, octets, n);
	return (at + n);
}

#define PUT(to, at, text)	put(to, at, text, sizeof(text) - 1)

/* Tags, LLC, labels, PPPoE; returns where the IP header begins. */
static size_t
put_layers(uint8_t *f, size_t at, int version)
{
	const char	*type = version == 4 ? "\x08\x00" : "\x86\xdd";
	uint32_t	 n = any(3) == 0 ? any(70) : any(4);

	for (; n > 0; n--)
		switch (any(8)) {
		case 0:
			at = PUT(f, at, "\x00\x40\xaa\xaa\x03\x00\x00\x00");
			break;
		case 1:
			at = PUT(f, at, "\x91\x00\x00\x07");
			break;
		default:
			at = PUT(f, at, "\x81\x00\x00\x05");
		}
	switch (any(6)) {
	case 0:
		at = PUT(f, at, "\x88\x47");
		for (n = any(4) == 0 ? any(60) : any(3); n > 0; n--)
			at = PUT(f, at, "\x00\x01\x00\x40");
		return (PUT(f, at, "\x00\x01\x01\x40"));
	case 1:
		at = PUT(f, at, "\x88\x64\x11\x00\x00\x01\x00\x20");
		if (any(2) == 0)
			at = PUT(f, at, "\xff\x03");
		if (any(2) == 0)
			at = PUT(f, at, "\x00");
		return (put(f, at, version == 4 ? "\x21" : "\x57", 1));
	default:
		return (put(f, at, type, 2));
	}
}

static uint8_t
any_protocol(void)
{
	static const uint8_t	protocols[] = {
		6, 6, 17, 17, 1, 58, 33, 132, 136, 47, 0, 43, 44, 51, 60, 255
	};

	return (protocols[any(sizeof(protocols))]);
}

static size_t
put_ip4(uint8_t *f, size_t at)
{
	uint8_t	ip[20] = { 0x45 };
	int	i;

	for (i = 12; i < 20; i++)
		ip[i] = (uint8_t)any(256);
	ip[0] = (uint8_t)(0x40 | (any(4) == 0 ? any(16) : 5));
	if (any(8) != 0)
		ip[3] = (uint8_t)(any(4) == 0 ? any(64) : 20 + any(200));
	if (any(8) == 0)
		ip[7] = (uint8_t)any(3);
	if (any(8) == 0)
		ip[6] = (uint8_t)any(64);
	ip[9] = any_protocol();
	return (put(f, at, (const char *)ip, sizeof(ip)));
}

static size_t
put_ip6(uint8_t *f, size_t at)
{
	uint8_t		ip[40] = { 0x60 }, ext[8] = { 0 };
	uint32_t	n = any(3) == 0 ? any(30) : any(3);
	int		i;

	for (i = 8; i < 40; i++)
		ip[i] = (uint8_t)any(256);
	if (any(6) != 0)
		ip[5] = (uint8_t)any(256);
	ip[6] = any_protocol();
	at = put(f, at, (const char *)ip, sizeof(ip));
	for (; n > 0; n--) {
		ext[0] = any_protocol();
		ext[1] = (uint8_t)(any(3) == 0 ? any(4) : 0);
		ext[2] = (uint8_t)(any(2) == 0 ? 0xc2 : any(3));
		ext[3] = (uint8_t)(any(2) == 0 ? 4 : any(8));
		ext[5] = (uint8_t)any(3);
		at = put(f, at, (const char *)ext, sizeof(ext));
	}
	return (at);
}

/* Octets of a frame whose type/length field begins at `at'. */
static size_t
any_frame(uint8_t *f, size_t at, int layers)
{
	int	version = any(2) == 0 ? 4 : 6;
	size_t	i;

	if (layers)
		at = put_layers(f, at, version);
	at = version == 4 ? put_ip4(f, at) : put_ip6(f, at);
	for (i = at; i < FRAME_MOST; i++)
		f[i] = (uint8_t)any(256);
	at += any(60);
	at = at > FRAME_MOST ? FRAME_MOST : at;
	if (any(3) == 0)
		at = any((uint32_t)at + 1);
	if (any(3) == 0 && at > 0)
		f[any((uint32_t)at)] = (uint8_t)any(256);
	return (at);
}

/* ---- both ---- */

static uint32_t
shorter(uint32_t a, uint32_t b)
{
	return (a < b ? a : b);
}

/* Where the decoder counts it. */
static int
mark_of(const struct packet *p)
{
	if (p->fragment == PACKET_LATER_FRAGMENT)
		return (TALLY_LATER_FRAGMENT);
	switch (p->key.proto) {
	case P_TCP:
		return ((p->data > 0 ? TALLY_TCP_DATA : TALLY_TCP) + p->mark);
	case P_ICMP:
		return (TALLY_ICMP + p->mark);
	case P_ICMP6:
		return (TALLY_ICMP6 + p->mark);
	default:
		return (TALLY_PLAIN);
	}
}

static void
same(enum decode_verdict v, const struct packet *want, int got,
    const struct ebpf_parsed *p)
{
	assert_int_equal(got, v);
	if (v != DECODED_IP)
		return;
	assert_memory_equal(&p->flow.key, &want->key, sizeof(want->key));
	assert_int_equal(p->flow.count.ip, want->ip);
	assert_int_equal(p->flow.count.data, want->data);
	assert_int_equal(p->payload, want->payload);
	assert_int_equal(p->first_fragment,
	    want->fragment == PACKET_FIRST_FRAGMENT);
	assert_int_equal(p->mark, mark_of(want));
}

/* The frame without what the kernel shows of it in another way. */
static void
check(enum parse_link link, int number, const uint8_t *frame, uint32_t len,
    uint32_t wire, uint32_t header)
{
	struct ebpf_head	h = { .cap = 0 };
	struct ebpf_parsed	p = { .payload = 0 };
	struct packet		want;
	uint32_t		cap = shorter(len, PARSE_SNAPLEN);
	enum decode_verdict	v;

	if (cap < header)
		return;
	v = decode_for_link(number)(frame, cap, wire, &want);
	h.cap = cap - header;
	h.wire = wire - header;
	memcpy(h.at, frame + header, h.cap);
	same(v, &want, parse_frame(&h, link, header > 0 ?
	    (int)be16(frame + 14) : 0, &p), &p);
}

/* Where the straight way leads to the end it leads to the same. */
static void
check_plain(const uint8_t *frame, uint32_t len, uint32_t wire)
{
	struct ebpf_parsed	p = { .payload = 0 };
	struct packet		want;
	int			done = 0;

	if (len >= 14 + PLAIN_IP4 && be16(frame + 12) == 0x0800)
		done = parse_plain4(frame + 14, &p);
	else if (len >= 14 + PLAIN_IP6 && be16(frame + 12) == 0x86dd)
		done = parse_plain6(frame + 14, &p);
	if (done)
		same(decode_for_link(1)(frame, shorter(len, PARSE_SNAPLEN),
		    wire, &want), &want, DECODED_IP, &p);
}

static void
ethernet(void **state)
{
	uint8_t		f[FRAME_MOST] = { 2 };
	uint32_t	len, wire;
	int		i;

	(void)state;
	for (i = 0; i < FRAMES; i++) {
		len = (uint32_t)any_frame(f, 12, 1);
		wire = any(4) == 0 ? len + any(100000) : len;
		check(PARSE_ETHERNET, 1, f, len, wire, 0);
		check_plain(f, len, wire);
	}
}

static void
raw(void **state)
{
	uint8_t		f[FRAME_MOST] = { 0 };
	uint32_t	len;
	int		i;

	(void)state;
	for (i = 0; i < FRAMES / 2; i++) {
		len = (uint32_t)any_frame(f, 0, 0);
		check(PARSE_RAW, 101, f, len, len + any(2) * any(9000), 0);
	}
}

static void
cooked(void **state)
{
	uint8_t		f[FRAME_MOST] = { 0 };
	uint32_t	len;
	int		i;

	(void)state;
	for (i = 0; i < FRAMES / 4; i++) {
		len = (uint32_t)any_frame(f, SLL_LENGTH - 2, 1);
		f[2] = f[3] = 0;	/* the kind of device is Ethernet */
		check(PARSE_COOKED, 113, f, len, len, SLL_LENGTH);
	}
}

/* flow_key_reduce() is the other one. */
static void
ports(void **state)
{
	struct ebpf_parsed	p;
	struct flow_key		k;
	int			i, mode;

	(void)state;
	for (i = 0; i < 1000; i++)
		for (mode = 0; mode < FLOW_PORTS_MODES; mode++) {
			memset(&p, 0, sizeof(p));
			p.flow.key.sport = (uint16_t)any(4);
			p.flow.key.dport = (uint16_t)any(4);
			p.flow.key.proto = 6;
			p.payload = 7;
			k = p.flow.key;
			flow_key_reduce(&k, (enum flow_ports)mode);
			parse_reduce(&p, (enum flow_ports)mode);
			assert_memory_equal(&k, &p.flow.key, sizeof(k));
			assert_int_equal(p.flow.count.data,
			    mode == FLOW_PORTS_NONE ? 7 : 0);
		}
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(ethernet),
		cmocka_unit_test(raw),
		cmocka_unit_test(cooked),
		cmocka_unit_test(ports),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
