"""Frames and what must be counted for them.

Tables of cases, for gencap.py.  Nothing is decoded here: every frame is built
from parts whose meaning is known, so the expected row is known too.  A case
says how the outermost IP packet must be counted: (source port, destination
port, protocol, data octets, IP octets), or a class below.
"""
from collections import namedtuple
import socket
import struct

NONIP, MALFORMED, UNSUPPORTED = 'nonip', 'malformed', 'unsupported'

TCP, UDP, ICMP, ICMP6, DCCP, SCTP, UDPLITE = 6, 17, 1, 58, 33, 132, 136
HOPOPTS, ROUTING, FRAGMENT, AH, DSTOPTS = 0, 43, 44, 51, 60

# octets as captured; link type; want: class or record (see above) with
# addresses; wire: length on the wire
Frame = namedtuple('Frame', 'link octets want wire')

DST4 = bytes([192, 0, 2, 1])
DST6 = bytes.fromhex('20010db8' + '00' * 11 + '01')


def h(*text):
    return bytes.fromhex(''.join(text))


# ---- IP packets.  The source address is filled in by frame() ----

def ip4(proto, payload, total=None, ihl=5, options=b'', frag=0, version=4):
    if total is None:
        total = 20 + len(options) + len(payload)
    return struct.pack('>BBHHHBBH4x4s', version << 4 | ihl, 0, total, 7, frag,
                       64, proto, 0, DST4) + options + payload


def ip6(proto, payload, length=None, version=6):
    if length is None:
        length = len(payload)
    return struct.pack('>IHBB16x16s', version << 28, length, proto, 64,
                       DST6) + payload


def ports(n, s=4001, d=80):
    """The first n octets of any header that begins with ports."""
    return struct.pack('>HH', s, d) + bytes(n - 4)


def udp(data=b''):
    return ports(8) + data


def tcp(data=b'', words=5, said=None):
    head = bytearray(ports(words * 4))
    head[12] = (words if said is None else said) << 4
    return bytes(head) + data


def option_header(following, options=b'', words=None):
    """Hop-by-Hop, Routing or Destination Options; options as padded."""
    body = options + bytes(-(len(options) + 2) % 8)
    n = (len(body) + 2) // 8 - 1 if words is None else words
    return bytes([following, n]) + body


def fragment(following, offset=0, more=0):
    return struct.pack('>BxHI', following, offset << 3 | more, 99)


def ah(following, spare=1):
    """spare: 32-bit words behind the 8 octets that every one has."""
    return bytes([following, spare]) + bytes(6 + 4 * spare)


def jumbo(length, following=UDP, before=b''):
    return option_header(following, before + h('c204')
                         + struct.pack('>I', length))


ABC = b'abc'
P = (4001, 80)              # the ports of ports()

# name, octets from the IP header on, what is counted
IP4 = [
    ('udp', ip4(UDP, udp(ABC)), (*P, UDP, 3, 31)),
    ('udp, length field ignored', ip4(UDP, ports(8)[:4] + h('ffff0000')),
     (*P, UDP, 0, 28)),
    ('udp shorter than its header', ip4(UDP, ports(6)), (*P, UDP, 0, 26)),
    ('ports need four octets', ip4(UDP, ports(4)[:3]), (0, 0, UDP, 0, 23)),
    ('no port in padding', ip4(UDP, ports(4), total=22),
     (0, 0, UDP, 0, 22)),
    ('tcp', ip4(TCP, tcp(ABC)), (*P, TCP, 3, 43)),
    ('tcp options', ip4(TCP, tcp(ABC, 9)), (*P, TCP, 3, 59)),
    ('tcp data offset below 5', ip4(TCP, tcp(ABC, 5, 4)),
     (*P, TCP, 3, 43)),
    ('tcp data offset 0', ip4(TCP, tcp(ABC, 5, 0)), (*P, TCP, 3, 43)),
    ('tcp data offset too large', ip4(TCP, tcp(ABC, 5, 15)),
     (*P, TCP, 0, 43)),
    ('tcp cut before the offset', ip4(TCP, tcp()[:12]), (*P, TCP, 0, 32)),
    ('tcp offset in the padding', ip4(TCP, tcp(ABC, 9), total=32),
     (*P, TCP, 0, 32)),
    ('tcp of 13 octets', ip4(TCP, tcp()[:13]), (*P, TCP, 0, 33)),
    ('udp-lite', ip4(UDPLITE, udp(ABC)), (*P, UDPLITE, 3, 31)),
    ('dccp', ip4(DCCP, ports(16)), (*P, DCCP, 16, 36)),
    ('sctp', ip4(SCTP, ports(12)), (*P, SCTP, 12, 32)),
    ('icmp', ip4(ICMP, bytes(8) + ABC), (0, 0, ICMP, 3, 31)),
    ('icmp shorter than its header', ip4(ICMP, bytes(4)),
     (0, 0, ICMP, 0, 24)),
    ('icmp6 in IPv4', ip4(ICMP6, bytes(8) + ABC), (0, 0, ICMP6, 3, 31)),
    ('protocol 0', ip4(0, udp(ABC)), (0, 0, 0, 11, 31)),
    ('gre counts outside', ip4(47, h('00000800') + ip4(UDP, udp())),
     (0, 0, 47, 32, 52)),
    ('ip in ip counts outside', ip4(4, ip4(TCP, tcp())), (0, 0, 4, 40, 60)),
    ('6in4 counts outside', ip4(41, ip6(UDP, udp())), (0, 0, 41, 48, 68)),
    ('esp', ip4(50, bytes(24)), (0, 0, 50, 24, 44)),
    ('ah is not walked in IPv4', ip4(AH, ah(UDP) + udp()),
     (0, 0, AH, 20, 40)),
    ('hop-by-hop number is not walked', ip4(0, option_header(UDP) + udp()),
     (0, 0, 0, 16, 36)),
    ('protocol 255', ip4(255, b''), (0, 0, 255, 0, 20)),
    ('options', ip4(UDP, udp(ABC), ihl=8, options=bytes([1] * 12)),
     (*P, UDP, 3, 43)),
    ('most options', ip4(TCP, tcp(ABC), ihl=15, options=bytes([1] * 40)),
     (*P, TCP, 3, 83)),
    ('options cut', ip4(UDP, b'', total=40, ihl=10), (0, 0, UDP, 0, 40)),
    ('header only', ip4(UDP, b''), (0, 0, UDP, 0, 20)),
    ('total length beyond the frame', ip4(UDP, udp(), total=65535),
     (*P, UDP, 65507, 65535)),
    ('padding', ip4(UDP, udp(ABC)) + bytes(15), (*P, UDP, 3, 31)),
    ('trailer', ip4(TCP, tcp()) + bytes([0xff] * 6), (*P, TCP, 0, 40)),
    ('trailer in place of udp', ip4(UDP, b'') + bytes([9] * 26),
     (0, 0, UDP, 0, 20)),
    ('first fragment', ip4(UDP, udp(ABC), frag=0x2000), (*P, UDP, 3, 31)),
    ('middle fragment', ip4(UDP, udp(ABC), frag=0x2001),
     (0, 0, UDP, 11, 31)),
    ('last fragment', ip4(TCP, tcp(ABC), frag=0x1fff), (0, 0, TCP, 23, 43)),
    ('fragment of icmp', ip4(ICMP, bytes(16), frag=1), (0, 0, ICMP, 16, 36)),
    ('do not fragment', ip4(UDP, udp(ABC), frag=0x4000), (*P, UDP, 3, 31)),
    ('reserved flag', ip4(UDP, udp(ABC), frag=0x8000), (*P, UDP, 3, 31)),
    ('offload', ip4(TCP, tcp(ABC), total=0), (*P, TCP, 3, 43)),
    ('offload, padding is not told apart', ip4(UDP, udp(ABC), total=0)
     + bytes(15), (*P, UDP, 18, 46)),
    ('offload fragment', ip4(UDP, udp(), total=0, frag=2),
     (0, 0, UDP, 8, 28)),
    ('offload, options beyond the frame', ip4(UDP, b'', total=0, ihl=6),
     MALFORMED),
    ('total length below the header', ip4(UDP, udp(), total=19), MALFORMED),
    ('total length below the options', ip4(UDP, udp(), total=27, ihl=7,
                                           options=bytes(8)), MALFORMED),
    ('total length 1', ip4(UDP, udp(), total=1), MALFORMED),
    ('header length 4', ip4(UDP, udp(), ihl=4), MALFORMED),
    ('header length 0', ip4(UDP, udp(), ihl=0), MALFORMED),
]

IP6 = [
    ('udp', ip6(UDP, udp(ABC)), (*P, UDP, 3, 51)),
    ('tcp', ip6(TCP, tcp(ABC, 7)), (*P, TCP, 3, 71)),
    ('icmp6', ip6(ICMP6, bytes(8) + ABC), (0, 0, ICMP6, 3, 51)),
    ('icmp in IPv6', ip6(ICMP, bytes(8) + ABC), (0, 0, ICMP, 3, 51)),
    ('sctp', ip6(SCTP, ports(12)), (*P, SCTP, 12, 52)),
    ('dccp', ip6(DCCP, ports(12)), (*P, DCCP, 12, 52)),
    ('udp-lite', ip6(UDPLITE, udp()), (*P, UDPLITE, 0, 48)),
    ('no next header', ip6(59, b''), (0, 0, 59, 0, 40)),
    ('no next header, padded', ip6(59, b'') + bytes(6), (0, 0, 59, 0, 40)),
    ('esp', ip6(50, bytes(24)), (0, 0, 50, 24, 64)),
    ('mobility is a protocol', ip6(135, bytes(8)), (0, 0, 135, 8, 48)),
    ('hip is a protocol', ip6(139, bytes(8)), (0, 0, 139, 8, 48)),
    ('shim6 is a protocol', ip6(140, bytes(8)), (0, 0, 140, 8, 48)),
    ('padding', ip6(UDP, udp(ABC)) + bytes(3), (*P, UDP, 3, 51)),
    ('length beyond the frame', ip6(UDP, udp(), length=65535),
     (*P, UDP, 65527, 65575)),
    ('hop-by-hop', ip6(HOPOPTS, option_header(UDP) + udp(ABC)),
     (*P, UDP, 3, 59)),
    ('routing', ip6(ROUTING, option_header(TCP, bytes(22)) + tcp()),
     (*P, TCP, 0, 84)),
    ('destination options', ip6(DSTOPTS, option_header(UDP) + udp()),
     (*P, UDP, 0, 56)),
    ('authentication', ip6(AH, ah(UDP, 4) + udp(ABC)), (*P, UDP, 3, 75)),
    ('shortest authentication', ip6(AH, ah(UDP, 0) + udp(ABC)),
     (*P, UDP, 3, 59)),
    ('fragment, first', ip6(FRAGMENT, fragment(UDP, 0, 1) + udp(ABC)),
     (*P, UDP, 3, 59)),
    ('fragment, reserved bits are no offset',
     ip6(FRAGMENT, fragment(UDP, 0, 7) + udp(ABC)), (*P, UDP, 3, 59)),
    ('fragment, later', ip6(FRAGMENT, fragment(UDP, 1, 1) + udp(ABC)),
     (0, 0, UDP, 11, 59)),
    ('fragment, later, of an extension header',
     ip6(FRAGMENT, fragment(DSTOPTS, 9) + option_header(UDP) + udp()),
     (0, 0, DSTOPTS, 16, 64)),
    ('fragment, later, behind another',
     ip6(DSTOPTS, option_header(FRAGMENT) + fragment(TCP, 8191) + tcp()),
     (0, 0, TCP, 20, 76)),
    ('every extension header',
     ip6(HOPOPTS, option_header(DSTOPTS) + option_header(ROUTING)
         + option_header(FRAGMENT) + fragment(AH, 0, 1) + ah(UDP, 2)
         + udp(ABC)), (*P, UDP, 3, 99)),
    ('extension headers in any order, twice',
     ip6(DSTOPTS, option_header(AH) + ah(HOPOPTS, 2) + option_header(DSTOPTS)
         + option_header(TCP) + tcp(ABC)), (*P, TCP, 3, 103)),
    ('a hundred extension headers',
     ip6(DSTOPTS, option_header(DSTOPTS) * 99 + option_header(UDP) + udp()),
     (*P, UDP, 0, 848)),
    ('esp behind hop-by-hop', ip6(HOPOPTS, option_header(50) + bytes(16)),
     (0, 0, 50, 16, 64)),
    ('extension past the payload',
     ip6(HOPOPTS, option_header(UDP, words=2) + udp()),
     (0, 0, HOPOPTS, 16, 56)),
    ('second extension past the payload',
     ip6(HOPOPTS, option_header(ROUTING) + option_header(UDP, words=1)),
     (0, 0, ROUTING, 8, 56)),
    ('authentication past the payload', ip6(AH, ah(UDP, 7)[:20]),
     (0, 0, AH, 20, 60)),
    ('extension that ends the payload', ip6(HOPOPTS, option_header(UDP)),
     (0, 0, UDP, 0, 48)),
    ('extension of 7 octets', ip6(DSTOPTS, option_header(UDP)[:7]),
     (0, 0, DSTOPTS, 7, 47)),
    ('extension in the padding', ip6(DSTOPTS, option_header(UDP), length=4),
     (0, 0, DSTOPTS, 4, 44)),
    ('fragment header of 4 octets', ip6(FRAGMENT, fragment(UDP)[:4]),
     (0, 0, FRAGMENT, 4, 44)),
    ('offload tcp', ip6(TCP, tcp(ABC), length=0), (*P, TCP, 3, 63)),
    ('offload udp', ip6(UDP, udp(ABC), length=0), (*P, UDP, 3, 51)),
    ('no offload of others', ip6(SCTP, ports(12), length=0),
     (0, 0, SCTP, 0, 40)),
    ('no offload of icmp6', ip6(ICMP6, bytes(12), length=0),
     (0, 0, ICMP6, 0, 40)),
    ('no offload behind hop-by-hop',
     ip6(HOPOPTS, option_header(TCP) + tcp(), length=0),
     (0, 0, HOPOPTS, 0, 40)),
]

# Each bit of the fragment offset by itself.
IP4 += [('offset bit %d' % i, ip4(UDP, udp(), frag=1 << i),
         (0, 0, UDP, 8, 28)) for i in range(13)]
IP6 += [('offset bit %d' % i, ip6(FRAGMENT, fragment(UDP, 1 << i) + udp()),
         (0, 0, UDP, 8, 56)) for i in range(13)]

# The version belongs to the other protocol, or to none.
WRONG4 = [ip4(UDP, udp(), version=v) for v in (0, 5, 6, 15)]
WRONG6 = [ip6(UDP, udp(), version=v) for v in (0, 4, 7, 15)]

# name, octets, wire length of the packet, what is counted
WIRE4 = [
    ('snap length', ip4(TCP, tcp(bytes(100)))[:40], 140, (*P, TCP, 100, 140)),
    ('offload', ip4(TCP, tcp(), total=0), 100000, (*P, TCP, 99960, 100000)),
    ('offload, options', ip4(TCP, tcp(), total=0, ihl=6, options=bytes(4)),
     70000, (*P, TCP, 69956, 70000)),
    ('wire shorter than captured', ip4(UDP, udp(ABC), total=0), 5,
     (*P, UDP, 3, 31)),
    ('wire of 3 GB', ip4(UDP, udp(), total=0), 3 << 30,
     (*P, UDP, (3 << 30) - 28, 3 << 30)),
    ('wire of 3 GB, length said', ip4(UDP, udp(ABC)), 3 << 30,
     (*P, UDP, 3, 31)),
]

J = 100000
WIRE6 = [
    ('offload', ip6(TCP, tcp(), length=0), 200000, (*P, TCP, 199940, 200000)),
    ('jumbogram', ip6(HOPOPTS, jumbo(J) + udp(), length=0), J + 40,
     (*P, UDP, J - 16, J + 40)),
    ('jumbogram, trailer', ip6(HOPOPTS, jumbo(J) + udp(), length=0), J + 50,
     (*P, UDP, J - 16, J + 40)),
    ('jumbogram, smallest', ip6(HOPOPTS, jumbo(65536) + udp(), length=0),
     65576, (*P, UDP, 65520, 65576)),
    ('jumbogram, padded', ip6(HOPOPTS, jumbo(J, UDP, h('000104ffffffff00'))
                              + udp(), length=0), J + 40,
     (*P, UDP, J - 24, J + 40)),
    ('jumbogram of a protocol without ports',
     ip6(HOPOPTS, jumbo(J, 59), length=0), J + 40, (0, 0, 59, J - 8, J + 40)),
    ('jumbogram, fragment header', ip6(HOPOPTS, jumbo(J, FRAGMENT)
                                       + fragment(UDP, 1) + udp(), length=0),
     J + 40, (0, 0, UDP, J - 16, J + 40)),
    ('jumbo length beyond the wire',
     ip6(HOPOPTS, jumbo(J) + udp(), length=0), J + 39,
     (0, 0, HOPOPTS, 0, 40)),
    ('jumbo length too small', ip6(HOPOPTS, jumbo(65535) + udp(), length=0),
     J, (0, 0, HOPOPTS, 0, 40)),
    ('jumbo length of 4 GB', ip6(HOPOPTS, jumbo((1 << 32) - 1), length=0),
     J, (0, 0, HOPOPTS, 0, 40)),
    ('first jumbo option counts',
     ip6(HOPOPTS, jumbo(1, UDP, h('c204') + struct.pack('>I', J)) + udp(),
         length=0), J + 40, (*P, UDP, J - 24, J + 40)),
    ('jumbo option of another length',
     ip6(HOPOPTS, option_header(UDP, h('c205000186a000')) + udp(), length=0),
     J + 40, (0, 0, HOPOPTS, 0, 40)),
    ('jumbo option past the header',
     ip6(HOPOPTS, option_header(UDP, h('0102000000c204') + h('000186a0'),
                                words=0), length=0),
     J + 40, (0, 0, HOPOPTS, 0, 40)),
    ('jumbo option cut', ip6(HOPOPTS, jumbo(J)[:7], length=0), J + 40,
     (0, 0, HOPOPTS, 0, 40)),
    ('jumbo option with a length in the header',
     ip6(HOPOPTS, jumbo(J) + udp(ABC)), J + 40, (*P, UDP, 3, 59)),
    ('jumbo option not in hop-by-hop',
     ip6(DSTOPTS, jumbo(J) + udp(), length=0), J + 40,
     (0, 0, DSTOPTS, 0, 40)),
]


# ---- what is captured of a packet, octet by octet ----

# Each packet again as its parts: extension headers [(number, length)], the
# protocol, its header's length as said there, data octets.
CUTS4 = [
    (ip4(UDP, udp(ABC)), 20, [], UDP, 8),
    (ip4(TCP, tcp(ABC, 8)), 20, [], TCP, 32),
    (ip4(SCTP, ports(12)), 20, [], SCTP, 0),
    (ip4(ICMP, bytes(8)), 20, [], ICMP, 8),
    (ip4(TCP, tcp(ABC, 6), ihl=7, options=bytes(8)), 28, [], TCP, 24),
]
CUTS6 = [
    (ip6(UDP, udp(ABC)), 40, [], UDP, 8),
    (ip6(TCP, tcp(ABC, 8)), 40, [], TCP, 32),
    (ip6(HOPOPTS, option_header(ROUTING) + option_header(FRAGMENT, bytes(22))
         + fragment(AH) + ah(DSTOPTS, 4) + option_header(TCP) + tcp(ABC, 6)),
     40, [(HOPOPTS, 8), (ROUTING, 24), (FRAGMENT, 8), (AH, 24),
          (DSTOPTS, 8)], TCP, 24),
]


def cut_record(n, total, base, extensions, proto, header):
    """What is counted when n octets of the packet were captured."""
    at = base
    for number, length in extensions:
        if n < at + 8:
            return (0, 0, number, total - at, total)
        at += length
    if proto == TCP and n < at + 13:
        header = 20
    has_ports = proto in (TCP, UDP, SCTP) and n >= at + 4
    return (*(P if has_ports else (0, 0)), proto, total - at - header, total)


def cuts(packet, base, extensions, proto, header):
    """The packet cut at every octet: (octets, what is counted)."""
    fixed = 20 if packet[0] >> 4 == 4 else 40
    for n in range(len(packet)):
        yield packet[:n], (MALFORMED if n < fixed else cut_record(
            n, len(packet), base, extensions, proto, header))


def source(number, version):
    """An address of its own for each frame, so that no case hides another."""
    if version == 4:
        return struct.pack('>I', 10 << 24 | number)
    return h('20010db8', 'aa' * 4) + struct.pack('>Q', number)


def frame(number, link, head, packet, count, wire=None):
    """Put a frame together; wire is the length of the packet there."""
    octets, version = bytearray(packet), packet[0] >> 4 if packet else 0
    if version == 4 and len(octets) >= 20:
        octets[12:16] = source(number, 4)
    elif version == 6 and len(octets) >= 40:
        octets[8:24] = source(number, 6)
    if isinstance(count, tuple):
        family = socket.AF_INET if version == 4 else socket.AF_INET6
        count = (socket.inet_ntop(family, source(number, version)), count[0],
                 socket.inet_ntop(family, DST4 if version == 4 else DST6),
                 *count[1:])
    return Frame(link, head + bytes(octets), count,
                 len(head) + (len(packet) if wire is None else wire))
