#!/usr/bin/env python3
"""Turn segmentation offload of an interface on or off, as ethtool(8) does.

usage: offload.py INTERFACE on|off [gro] [gso] [tso] [udp]
"""
import array
import fcntl
import socket
import struct
import sys

SIOCETHTOOL = 0x8946
GET_STRINGS, GET_COUNT, SET_FEATURES = 0x1b, 0x37, 0x3b
FEATURES = 4    # the set of strings
SET = {"tso": 0x1f, "gso": 0x24, "gro": 0x2c}

interface, on = sys.argv[1], sys.argv[2] == "on"
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)


def ask(octets):
    """Pass octets to the driver; returns what it makes of them."""
    value = array.array("B", octets)
    request = struct.pack("16sP", interface.encode(), value.buffer_info()[0])
    fcntl.ioctl(s, SIOCETHTOOL, request.ljust(40, b"\0"))
    return value.tobytes()


def set_udp():
    """UDP_SEGMENT of the card, which has no number of its own."""
    count = struct.unpack_from("I", ask(struct.pack(
        "IIQI", GET_COUNT, 0, 1 << FEATURES, 0)), 16)[0]
    names = ask(struct.pack("III", GET_STRINGS, FEATURES, count) +
                bytes(32 * count))[12:]
    bit = next(i for i in range(count) if names[32 * i:].startswith(
        b"tx-udp-segmentation\0"))
    words = [0] * (2 * ((count + 31) // 32))
    words[bit // 32 * 2] = 1 << bit % 32
    words[bit // 32 * 2 + 1] = on << bit % 32
    ask(struct.pack("II%dI" % len(words), SET_FEATURES, len(words) // 2,
                    *words))


for name in sys.argv[3:] or [*SET, "udp"]:
    if name == "udp":
        set_udp()
    else:
        ask(struct.pack("II", SET[name], on))
