#!/usr/bin/env python3
"""Frames of several VLANs, and what each VLAN has of them.

usage: vlans.py pcap FILE [N [NET]]       write a capture of N frames
       vlans.py send INTERFACE [N [NET]]  send the same frames

NET: the first octet of the three hosts, 10 if it is not given; another one has
very many hosts, and none of IPv6.

Prints `VLAN PACKETS BYTES' in the order of ids, the bytes those of IP.  Adds
up by itself what it makes: nothing is taken from the program that is tested.
"""
import collections
import ipaddress
import random
import socket
import struct
import sys

ETHER = bytes.fromhex("525400000001525400000002")
# Tags, from the outside: (EtherType, id), and the VLAN that they mean.
TAGS = [
    ([], "untagged"),
    ([(0x8100, 0)], "untagged"),
    ([(0x8100, 0), (0x8100, 7)], 7),
    ([(0x8100, 1)], 1),
    ([(0x8100, 10)], 10),
    ([(0x8100, 20)], 20),
    ([(0x8100, 4094)], 4094),
    ([(0x88a8, 300), (0x8100, 10)], 300),
    ([(0x9100, 301), (0x8100, 20)], 301),
    ([(0x9200, 302)], 302),
]


def tag(random_, ether_type, number):
    return struct.pack(">HH", ether_type,
                       random_.randrange(16) << 12 | number)


def udp(port, data):
    return struct.pack(">HHHH", port, 53, 8 + len(data), 0) + data


def ip4(net, host, payload):
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 1, 0, 64,
                       17, 0, bytes([net, 1, host >> 8, host & 255]), bytes([192, 0, 2, 9]))
    return 0x0800, head + payload


def ip6(_, host, payload):
    source = ipaddress.ip_address("fd00::%x" % host).packed
    head = struct.pack(">IHBB", 6 << 28, len(payload), 17, 64)
    to = ipaddress.ip_address("2001:db8::9").packed
    return 0x86dd, head + source + to + payload


def make(count, net):
    """Yields frames, the VLAN of each, and the bytes of IP in it."""
    r = random.Random(14)
    for i in range(count):
        tags, vlan = TAGS[i % len(TAGS)]
        # The same flows in all VLANs, and from ever new ports.
        data = bytes(10 + i * 7 % 900)
        packet = udp(1024 + i // (3 * len(TAGS)), data)
        version = r.choice((ip4, ip6)) if net == 10 else ip4
        host = 1 + i % 3 if net == 10 else i // 4 % 65536
        ether_type, packet = version(net, host, packet)
        header = b"".join(tag(r, t, n) for t, n in tags)
        # Each tag's type comes before it, and that of IP behind the last.
        yield (ETHER + header + struct.pack(">H", ether_type) + packet,
               vlan, len(packet))


def write(path, frames):
    with open(path, "wb") as f:
        f.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for i, (frame, _, _) in enumerate(frames):
            f.write(struct.pack("<IIII", 1700000000 + i // 100, i % 100,
                                len(frame), len(frame)))
            f.write(frame)


def send(interface, frames):
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    s.bind((interface, 0))
    for frame, _, _ in frames:
        s.send(frame)


def main():
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 600
    net = int(sys.argv[4]) if len(sys.argv) > 4 else 10
    frames = list(make(count, net))
    {"pcap": write, "send": send}[sys.argv[1]](sys.argv[2], frames)
    sums = collections.defaultdict(lambda: [0, 0])
    for _, vlan, length in frames:
        sums[vlan][0] += 1
        sums[vlan][1] += length
    for vlan in sorted(sums, key=lambda v: 0 if v == "untagged" else v):
        print(vlan, *sums[vlan])


main()
