"""Send one of each kind of frame that trafstat -s tells apart.

usage: frames.py INTERFACE
"""
import socket
import struct
import sys

ETHER = bytes(12)


def ip4(proto, payload, flags=0, ihl=5, total=None):
    total = 20 + len(payload) if total is None else total
    return struct.pack(">BBHHHBBH4s4s", 0x40 | ihl, 0, total, 1, flags, 64,
                       proto, 0, bytes([10, 1, 1, 1]),
                       bytes([10, 1, 1, 2])) + payload


def ip6(proto, payload):
    return struct.pack(">IHBB", 6 << 28, len(payload), proto, 64) + \
        bytes(15) + b"\1" + bytes(15) + b"\2" + payload


def tcp(flags, data=b""):
    return struct.pack(">HHIIBBHHH", 1025, 80, 0, 0, 0x50, flags, 0, 0,
                       0) + data


def icmp(kind):
    return bytes([kind, 0, 0, 0, 0, 0, 0, 0]) + bytes(8)


IP4, IP6 = b"\x08\x00", b"\x86\xdd"
FRAMES = [
    IP4 + ip4(6, tcp(0x02)), IP4 + ip4(6, tcp(0x12)),
    IP4 + ip4(6, tcp(0x10)), IP4 + ip4(6, tcp(0x18, b"hello")),
    IP4 + ip4(6, tcp(0x11)), IP4 + ip4(6, tcp(0x04)),
    IP4 + ip4(6, tcp(0x03)), IP6 + ip6(6, tcp(0x10, b"six")),
    IP4 + ip4(17, struct.pack(">HHHH", 53, 1025, 8, 0) + bytes(10)),
    IP4 + ip4(1, icmp(8)), IP4 + ip4(1, icmp(8)), IP4 + ip4(1, icmp(0)),
    IP4 + ip4(1, icmp(99)), IP6 + ip6(58, icmp(135)),
    IP4 + ip4(47, bytes(20)),
    IP4 + ip4(17, bytes(24), flags=0x2000),
    IP4 + ip4(17, bytes(24), flags=0x0003),
    IP6 + ip6(44, bytes([17, 0, 0, 1, 0, 0, 0, 1]) + bytes(16)),
    IP6 + ip6(44, bytes([17, 0, 0, 8, 0, 0, 0, 1]) + bytes(16)),
    b"\x08\x06" + bytes(46),
    IP4 + ip4(6, tcp(2), ihl=4), IP4 + ip4(6, tcp(2), total=10),
    IP6 + ip4(6, bytes(30)), IP4 + b"\x45\x00",
]

s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind((sys.argv[1], 0))
for frame in FRAMES:
    s.send(ETHER + frame)
print(len(FRAMES))
