#!/usr/bin/env python3
"""Send frames with VLAN tags in which packets are joined, as the kernel's own
protocols do: it cuts them as late as it can.

usage: joined.py INTERFACE
"""
import socket
import struct
import sys

SOL_PACKET, PACKET_VNET_HDR = 263, 15
NEEDS_CSUM = 1
TCP4, TCP6, UDP = 1, 4, 5       # kinds of segmentation
C_TAG, S_TAG = 0x8100, 0x88a8


def ip4(proto, payload):
    return struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + payload, 1, 0, 64, proto,
                       0, bytes([192, 0, 2, 1]), bytes([192, 0, 2, 2]))


def ip6(proto, payload):
    return struct.pack(">IHBB16s16s", 6 << 28, payload, proto, 64,
                       bytes([0xfd]) + bytes(14) + b"\1",
                       bytes([0xfd]) + bytes(14) + b"\2")


def frame(tags, kind, size, data):
    """One frame of data with its description for the kernel.  The length of a
    long IPv6 packet is in an option, as older kernels put it."""
    proto, header = (17, struct.pack(">HHHH", 1025, 443, 8 + data, 0)) \
        if kind == UDP else (6, struct.pack(">HHIIBBHHH", 1025, 443, 1, 1,
                                            0x80, 0x18, 999, 0, 0)
                             + bytes([1]) * 12)
    if len(header) + data > 65535:
        ip = ip6(0, 0) + struct.pack(">BBBBI", proto, 0, 0xc2, 4,
                                     8 + len(header) + data)
    else:
        ip = (ip6 if kind == TCP6 else ip4)(proto, len(header) + data)
    link = bytes([2, 0, 0, 0, 0, 2]) + bytes([2, 0, 0, 0, 0, 1])
    for tpid, vid in tags:
        link += struct.pack(">HH", tpid, vid)
    link += struct.pack(">H", 0x86dd if kind == TCP6 else 0x0800)
    start = len(link) + len(ip)
    return struct.pack("=BBHHHH", NEEDS_CSUM, kind, start + len(header), size,
                       start, 6 if kind == UDP else 16) + \
        link + ip + header + bytes(data)


s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
s.bind((sys.argv[1], 0))
for tags, kind, size, data in (
        ([(C_TAG, 10)], TCP4, 1400, 20000),
        ([(C_TAG, 10)], TCP6, 536, 5000),
        ([(C_TAG, 20)], UDP, 1000, 10007),
        ([(C_TAG, 40)], TCP6, 1400, 100000),
        ([(S_TAG, 30), (C_TAG, 10)], TCP4, 1300, 40000)):
    s.send(frame(tags, kind, size, data))
