#!/usr/bin/env python3
"""Traces for the tests of ipreport, on standard output.

    traces.py aix               the packet of AIX's example
    traces.py mixed [iptrace]   a packet of each kind, in both directions, as
                                pcapng or as iptrace 2.0
    traces.py sums              checksums that are right, wrong, missing, left
                                to the interface, or cannot be verified
    traces.py short             options that are cut, a length that is too short,
                                packets without a length, groups
    traces.py told              what pcapng tells of a packet: joined, lost
                                before it, cut, process, comment; and losses
    traces.py hostile           escape sequences wherever a trace has text
    traces.py many N            N packets of UDP, pcap

Each packet is built from its parts here; nothing is decoded.
"""
import ipaddress
import struct
import sys

MAC = bytes.fromhex("020000000001020000000002")
BEGIN = 1500000000
IN, OUT, NOT_READY, VALID, JOINED = 1, 2, 1 << 9, 1 << 10, 1 << 11


def h(text):
    """Octets from hexadecimal digits."""
    return bytes.fromhex(text.replace(" ", ""))


def checksum(octets):
    """RFC 1071."""
    octets += b"\0" * (len(octets) % 2)
    total = sum(struct.unpack(f"!{len(octets) // 2}H", octets))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def address(text):
    """An address as octets."""
    return ipaddress.ip_address(text).packed


def ip4(proto, data, src="10.0.0.1", dst="192.0.2.2", frag=0, ident=7,
        options=b"", total=None):
    """A packet of IPv4."""
    if total is None:
        total = 20 + len(options) + len(data)
    head = struct.pack("!BBHHHBBH4s4s", 0x45 + len(options) // 4, 0, total,
                       ident, frag, 64, proto, 0, address(src),
                       address(dst)) + options
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + data


def ip6(proto, data, src="2001:db8::1", dst="2001:db8::2"):
    """A packet of IPv6."""
    return struct.pack("!IHBB16s16s", 6 << 28 | 0xabcde, len(data), proto, 64,
                       address(src), address(dst)) + data


def summed(proto, data, at, src="10.0.0.1", dst="192.0.2.2"):
    """The data of a transport with its checksum at that offset."""
    pseudo = address(src) + address(dst) + struct.pack(
        "!II", len(data), proto)
    value = checksum(pseudo + data) or 0xffff
    return data[:at] + struct.pack("!H", value) + data[at + 2:]


def udp(data, sport=40000, dport=9999, **sides):
    """UDP with its checksum."""
    return summed(17, struct.pack("!HHHH", sport, dport, 8 + len(data), 0)
                  + data, 6, **sides)


def tcp(data, flags=0x18, options=b"", **sides):
    """TCP with its checksum."""
    return summed(6, struct.pack("!HHIIBBHHH", 40000, 22, 1000, 2000,
                                 80 + 4 * len(options), flags, 512, 0, 0)
                  + options + data, 16, **sides)


def icmp(data):
    """ICMP with its checksum."""
    return data[:2] + struct.pack("!H", checksum(data)) + data[4:]


def icmp6(data):
    """ICMPv6 with its checksum."""
    return summed(58, data, 2, **V6)


E4, E6 = MAC + h("0800"), MAC + h("86dd")
V6 = {"src": "2001:db8::1", "dst": "2001:db8::2"}
ABC = b"abcdefghijklmnopqrst"
SYN = h("020405b4 0402080a 00000001 00000000 01030307")


def mixed():
    """A frame of each kind."""
    inner = ip4(17, udp(b"inside"), src="10.1.1.1", dst="10.1.1.2")
    return [
        MAC + h("0806 0001 0800 06 04 0001 020000000002 0a000001"
                "000000000000 0a000002") + bytes(18),
        E4 + ip4(6, tcp(b"", 2, SYN)),
        E4 + ip4(6, tcp(ABC)),
        E4 + ip4(17, udp(b"abc")) + bytes(15),
        E6 + ip6(6, tcp(ABC, **V6)),
        E6 + ip6(0, h("1100010400000000") + udp(b"abc", **V6)),
        MAC + h("8100 6007 0800") + ip4(17, udp(b"tagged")),
        E4 + ip4(1, icmp(h("0800 0000 468a 0003") + ABC)),
        E4 + ip4(1, icmp(h("0301 0000 00000000") + ip4(17, udp(b"lost")))),
        E6 + ip6(58, icmp6(h("8700 0000 00000000") + address(
            "2001:db8::2") + h("0101020000000002"))),
        E4 + ip4(2, icmp(h("1600 0000 e0000005")), options=h("94040000")),
        E4 + ip4(17, udp(ABC)[:24], frag=0x2000),
        E4 + ip4(17, ABC, frag=3),
        E4 + ip4(132, h("9c40 0050 00000001 00000000 0300 0010 00000001"
                        "00000002 00000000 0003 0013 00000001 0000 0002"
                        "00000000 616263 00")),
        E4 + ip4(47, h("0000 0800") + inner),
        E4 + ip4(4, inner),
        E4 + ip4(17, udp(h("08000000 00002a00") + E4 + inner, dport=4789)),
        MAC + h("8847 00010140") + ip4(17, udp(b"mpls")),
        MAC + h("8864 1100 0001 0025 0021") + ip4(17, udp(b"pppoe")),
        MAC + h("0026 424203 0000") + bytes(33),
        MAC + h("88cc 0207 04 020000000002"),
        E4 + ip4(89, h("02010018 0a000001 00000000")),
        E4 + h("4500 0014 0000"),
    ]


def option(code, value):
    """An option of pcapng."""
    return struct.pack("<HH", code, len(value)) + value + bytes(
        -len(value) % 4)


def block(kind, body):
    """A block of pcapng."""
    body += bytes(-len(body) % 4)
    n = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + n + body + n


def head(name=b"en0", link=1):
    """Section and interface, whose times are in nanoseconds."""
    return block(0x0a0d0d0a, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1)) + \
        block(1, struct.pack("<HHI", link, 0, 262144) + option(2, name)
              + option(9, b"\x09") + option(0, b""))


def packet(octets, at, flags=None, wire=None, more=b""):
    """A packet; `at' is its time in nanoseconds."""
    options = more
    if flags is not None:
        options += option(2, struct.pack("<I", flags))
    if options:
        options += option(0, b"")
    return block(6, struct.pack("<IIIII", 0, at >> 32, at & 0xffffffff,
                                len(octets), wire or len(octets))
                 + octets + bytes(-len(octets) % 4) + options)


def times(frames):
    """Frames with a time and a direction each."""
    return [(f, (BEGIN + i) * 10**9 + 123456789, OUT if i % 2 else IN)
            for i, f in enumerate(frames)]


def write_mixed(kind="pcapng"):
    """As pcapng or iptrace 2.0."""
    if kind == "pcapng":
        return head() + b"".join(packet(*f) for f in times(mixed()))
    out = b"iptrace 2.0"
    for octets, at, way in times(mixed()):
        out += struct.pack("!II3xB4s12sBB2xII", 32 + len(octets),
                           at // 10**9, 0, b"en", b"", 6, way == OUT,
                           at // 10**9, at % 10**9) + octets
    return out


def write_aix():
    """12:12:33.397003947 UTC; 76 octets of data, of which 16 are known."""
    frame = (h("fa096a20340a b41489de1441 0800")
             + h("4500 0074 6ede 4000 7d06 4a1c 0ac0104e 0ac41eb8")
             + struct.pack("!HHIIBBHHH", 49878, 22, 4291273262, 570980773,
                           0x50, 0x18, 512, 0x3ff7, 0)
             + h("3387f1bb1a998af0fbaa689108f92fc8") + bytes(60))
    at = (BEGIN // 86400 * 86400 + 12 * 3600 + 12 * 60 + 33) * 10**9
    return head() + packet(frame, at + 397003947, IN)


def write_sums():
    """One packet for each state of a checksum."""
    good = E4 + ip4(17, udp(b"abc"))
    wrong = bytearray(good)
    wrong[14 + 26] ^= 0x55
    wrong[14 + 8] = 63
    source_routed = E4 + ip4(17, udp(b"abc"), options=h("83070401020304 00"))
    sctp = h("9c40 0050 00000001 d743a449 0300 0010 00000001 00000002"
             "00000000")
    lite = summed(136, h("9c40 0050 0000 0000 616263"), 6)
    frames = [
        packet(good, BEGIN * 10**9),
        packet(bytes(wrong), BEGIN * 10**9),
        packet(E4 + ip4(17, h("9c40 0050 000b 0000 616263")), BEGIN * 10**9),
        packet(bytes(wrong), BEGIN * 10**9, NOT_READY),
        packet(good[:-1], BEGIN * 10**9, wire=len(good)),
        packet(good[:-1], BEGIN * 10**9, VALID, wire=len(good)),
        packet(E4 + ip4(17, udp(b"abc"), frag=0x2000), BEGIN * 10**9),
        packet(source_routed, BEGIN * 10**9),
        packet(E6 + ip6(6, tcp(ABC, **V6)), BEGIN * 10**9),
        packet(E6 + ip6(58, icmp6(h("8000 0000 0001 0001"))), BEGIN * 10**9),
        packet(E4 + ip4(1, icmp(h("0800 0000 0001 0001") + b"odd")),
               BEGIN * 10**9),
        packet(E4 + ip4(132, sctp), BEGIN * 10**9),
        packet(E4 + ip4(136, lite), BEGIN * 10**9),
    ]
    return head() + b"".join(frames)


def write_short():
    """Cut options, a length that is too short, joined packets, groups."""
    syn = E4 + ip4(6, tcp(b"", 2, SYN))
    options = E4 + ip4(17, udp(b"abc"), options=h("94040000 07070400000000 00"))
    joined = E4 + ip4(6, tcp(ABC), total=0)
    joined6 = E6 + ip6(17, udp(ABC, **V6))
    inner = E4 + ip4(17, udp(h("08000000 00002a00") + joined, dport=4789))
    groups = h("2200 0000 0000 0002 0401 0001 e00000fb c0000207 00000000"
               "0300 0000 e00000fc")
    groups6 = h("8f00 0000 0000 0001 0400 0000") + address("ff02::fb")
    frames = [
        packet(syn[:14 + 20 + 30], BEGIN * 10**9, wire=len(syn)),
        packet(syn[:14 + 20 + 13], BEGIN * 10**9, wire=len(syn)),
        packet(options[:14 + 26], BEGIN * 10**9, wire=len(options)),
        packet(E4 + ip4(17, udp(b"abc"), total=19), BEGIN * 10**9),
        packet(joined, BEGIN * 10**9),
        packet(joined6[:18] + bytes(2) + joined6[20:], BEGIN * 10**9),
        packet(inner, BEGIN * 10**9),
        packet(E4 + ip4(2, icmp(groups)), BEGIN * 10**9),
        packet(E6 + ip6(58, icmp6(groups6)), BEGIN * 10**9),
        packet(E6 + ip6(44, h("1100 05c8 00000007") + ABC), BEGIN * 10**9),
    ]
    return head() + b"".join(frames)


def write_told():
    """What pcapng tells besides the octets."""
    long = E4 + ip4(6, tcp(bytes(3000)))
    more = (option(1, b"3 segments of 1400 octets"), option(4, struct.pack(
        "<Q", 12)), option(1, b"what it was"), option(8, struct.pack(
            "<II", 4711, 4712)))
    statistics = block(5, struct.pack("<III", 0, 0, 0) + option(
        5, struct.pack("<Q", 2)) + option(7, struct.pack("<Q", 40))
        + option(0, b""))
    return head() + packet(long, BEGIN * 10**9, OUT | NOT_READY | JOINED,
                           more=more[0]) + \
        packet(long[:60], BEGIN * 10**9, IN, len(long), more[1]) + \
        packet(E4 + ip4(17, udp(b"abc")), BEGIN * 10**9, IN,
               more=more[2] + more[3]) + statistics


def write_hostile():
    """A name, a comment and data that would clear a terminal."""
    escape = b"\x1b[2J\x07\x9b\xff"
    return head(b"en" + escape) + packet(
        E4 + ip4(17, udp(escape)), BEGIN * 10**9, IN,
        more=option(1, b"note" + escape + b"\n"))


def write_many(n):
    """Of 50 hosts, one a millisecond."""
    out = struct.pack("<IHHIIII", 0xa1b23c4d, 2, 4, 0, 0, 262144, 1)
    for i in range(int(n)):
        frame = E4 + ip4(17, udp(b"x" * (i % 40)), src=f"10.0.0.{i % 50}",
                         ident=i & 0xffff)
        out += struct.pack("<IIII", BEGIN + i // 1000, i % 1000 * 10**6,
                           len(frame), len(frame)) + frame
    return out


if __name__ == "__main__":
    sys.stdout.buffer.write(globals()["write_" + sys.argv[1]](*sys.argv[2:]))
