#!/usr/bin/env python3
"""Captures for tests of `trafd --read', and frames for tests of filters.

    captures.py KIND [N [FIRST]]   write a capture, of kind pcap, ns, pcapng or
                                   iptrace, with N packets of UDP, one a second, the
                                   first at 1500000000 + FIRST
    captures.py KIND-more N FIRST  only the packets, to continue one
    captures.py told               pcapng in both byte orders, each with packets
                                   that have options, and with statistics
    captures.py untimed            two simple packet blocks of pcapng
    captures.py tagged             ICMP: 3 untagged, 2 of VLAN 7, 1 of VLAN 7
                                   inside VLAN 8
    captures.py part NAME...       the captures of gencap.py as one, with an
                                   interface each
    captures.py send IFACE         send the 18 frames of FRAMES
"""
import os
import socket
import struct
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'captures'))

from frames import Frame, ip4, ip6, udp, UDP
from gencap import (ETHERNET, all_captures, block, enhanced, interface, pcap,
                    section, several, simple)

BEGIN = 1500000000
MAC = bytes.fromhex('ffffffffffff020000000001')
TAG, OUTER = b'\x81\x00\x00\x07', b'\x88\xa8\x00\x08'
E4, E6 = b'\x08\x00', b'\x86\xdd'
ICMP = E4 + ip4(1, b'\x08\x00' + bytes(6))
UDP6 = E6 + ip6(UDP, udp(b''))
# An IPv6 header is followed by one of options, which has 8 octets.
BEHIND = E6 + ip6(0, bytes((UDP, 0)) + bytes(6) + udp(b''))
DEEP = E4 + ip4(UDP, udp(bytes(1000) + b'deepdeep'))
FRAMES = [MAC + x for x in (
    [UDP6] * 3 + [TAG + UDP6] * 3 + [ICMP] * 3 + [TAG + ICMP] * 3
    + [DEEP] * 3 + [BEHIND] * 2 + [TAG + BEHIND])]


def frame(octets):
    return Frame(ETHERNET, octets, None, len(octets))


def some(n):
    return [frame(MAC + E4 + ip4(UDP, udp(b'abc')))] * n


def record(kind, f, at):
    if kind == 'pcapng':
        return enhanced('<', f, ticks=at * 1000000)
    if kind == 'iptrace':
        return struct.pack('>II3xB4s12sBB2xII', 32 + len(f.octets), at, 0,
                           b'en', b'', 6, 0, at, 0) + f.octets
    return struct.pack('<IIII', at, 0, len(f.octets), f.wire) + f.octets


def header(kind):
    if kind == 'pcapng':
        return section('<') + interface('<', ETHERNET)
    if kind == 'iptrace':
        return b'iptrace 2.0'
    return pcap(ETHERNET, [], magic=0xa1b23c4d if kind == 'ns' else 0xa1b2c3d4)


def capture(kind, n=0, first=0):
    out = [record(kind.split('-')[0], f, BEGIN + first + i)
           for i, f in enumerate(some(n))]
    if not kind.endswith('-more'):
        out.insert(0, header(kind))
    return b''.join(out)


def option(order, code, value):
    return struct.pack(order + 'HH', code, len(value)) + value + bytes(
        -len(value) % 4)


def told(order):
    """What the recorder writes: flags, losses, joined frames, processes."""
    def number(code, n, size='I'):
        return option(order, code, struct.pack(order + size, n))
    end = option(order, 0, b'')
    losses = (number(5, 2, 'Q') + number(7, 9, 'Q')
              + option(order, 1, b'4 dropped by the writer') + end)
    return b''.join([
        section(order), interface(order, ETHERNET),
        interface(order, ETHERNET),
        enhanced(order, frame(MAC + ICMP), 0, number(2, 0x202) + end),
        enhanced(order, frame(MAC + DEEP), 1, number(2, 0x801) + option(
            order, 1, b'17 segments of 1448 octets; and more') + end),
        enhanced(order, frame(MAC + UDP6), 0, number(4, 3, 'Q')
                 + option(order, 8, struct.pack(order + 'II', 1, 2))),
        simple(order, frame(MAC + ICMP)),
        block(order, 5, struct.pack(order + 'III', 1, 0, 0) + losses),
        enhanced(order, frame(MAC + ICMP), 1, number(2, 0x401)),
    ])


def send(iface):
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    s.bind((iface, 0))
    for f in FRAMES:
        s.send(f)


def main(argv):
    if argv[1] == 'send':
        send(argv[2])
        return
    if argv[1] == 'untimed':
        out = header('pcapng') + b''.join(simple('<', f) for f in some(2))
    elif argv[1] == 'told':
        out = told('<') + told('>')
    elif argv[1] == 'tagged':
        out = pcap(ETHERNET, [frame(MAC + x) for x in [ICMP] * 3 + [
            TAG + ICMP] * 2 + [OUTER + TAG + ICMP]])
    elif argv[1] == 'part':
        every = all_captures()
        out = several([every[name] for name in argv[2:]])[0]
    else:
        out = capture(argv[1], *map(int, argv[2:]))
    sys.stdout.buffer.write(out)


if __name__ == '__main__':
    main(sys.argv)
