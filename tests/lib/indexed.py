#!/usr/bin/env python3
"""Random traces, long enough for an index of several parts, and conditions.

    indexed.py pcap|ns|iptrace|pcapng SEED MIB   write a trace of about so many
                                                 MiB
    indexed.py where SEED N                      N conditions of traflog, one a
                                                 line
    indexed.py arp N                             pcap: N packets of ARP, one a
                                                 second
    indexed.py told                              pcapng with all that can be told
                                                 of packets and interfaces

Packets are in flights: hosts of one are rare in others, so that most parts of a
trace do not have them.  Those of pcapng are of several sections, byte orders
and interfaces, some of which come later.
"""
import os
import random
import struct
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'captures'))

from frames import Frame
from gencap import block, enhanced, interface, pcap, section

ETHERNET, RAW = 1, 101
BEGIN = 1500000000
FLIGHTS = 8
PORTS = (53, 80, 443, 8080)
MAC = bytes.fromhex('ffffffffffff020000000001')


def host4(r, flight):
    if r.random() < 0.02:
        flight = r.randrange(FLIGHTS)
    return bytes((10, 0, flight, r.randrange(1, 6)))


def host6(r, flight):
    return bytes.fromhex('fd00') + bytes(12) + bytes((flight, r.randrange(3)))


def packet(r, flight, size):
    """An IP packet of about so many octets, and its EtherType."""
    proto = r.choice((6, 6, 17, 17, 1, 132))
    ports = [r.choice(PORTS), r.randrange(1024, 1064)]
    r.shuffle(ports)
    sub = struct.pack('!HH', *ports) + bytes(8) + b'\x50' + bytes(7)
    sub += bytes(min(size, 65000))
    if r.random() < 0.3:
        return b'\x86\xdd', struct.pack(
            '!IHBB', 6 << 28, len(sub), proto, 64) + host6(r, flight) + host6(
                r, flight) + sub
    return b'\x08\x00', struct.pack(
        '!BBHHHBBH', 0x45, 0, 20 + len(sub), 7, 0, 64, proto, 0) + host4(
            r, flight) + host4(r, flight) + sub


def frame(r, flight, link=ETHERNET):
    kind, ip = packet(r, flight, r.choice((0, 100, 1400, 60000, 60000)))
    octets = ip
    if link == ETHERNET:
        tag = b'\x81\x00\x00' + bytes((r.randrange(6, 9),))
        octets = MAC + (tag if r.random() < 0.2 else b'') + kind + ip
        if r.random() < 0.03:
            octets = MAC + b'\x08\x06' + bytes(28)
    wire = len(octets)
    if r.random() < 0.1:
        octets = octets[:r.randrange(len(octets) + 1)]
    return Frame(link, octets, None, wire)


def frames(r, mib, link=lambda: ETHERNET):
    """Frames and their times, which go back now and then, up to that size."""
    size, ns = 0, BEGIN * 1000000000
    while size < mib << 20:
        flight = size * FLIGHTS // (mib << 20)
        f = frame(r, flight, link())
        size += len(f.octets)
        ns += r.randrange(-20000, 10000000)
        yield f, ns


def record(kind, f, ns):
    if kind == 'iptrace':
        return struct.pack('>II3xB4s12sBB2xII', 32 + len(f.octets),
                           ns // 1000000000, 0, b'en', b'', 6, 0,
                           ns // 1000000000, ns % 1000000000) + f.octets
    fraction = ns % 1000000000 // (1 if kind == 'ns' else 1000)
    return struct.pack('<IIII', ns // 1000000000, fraction, len(f.octets),
                       f.wire) + f.octets


def option(order, code, value):
    return struct.pack(order + 'HH', code, len(value)) + value + bytes(
        -len(value) % 4)


def described(order, link, name, more=b''):
    return interface(order, link, options=option(order, 2, name) +
                     option(order, 9, b'\x09') + more)


def pcapng(r, mib, write):
    order, links = '<', []

    def begin():
        nonlocal order
        order = r.choice('<>')
        write(section(order))
        links.clear()
        add()

    def add():
        links.append(r.choice((ETHERNET, RAW)))
        write(described(order, links[-1], b'if%d' % len(links)))

    begin()
    chosen = [0]

    def link():
        if r.random() < 0.004:
            begin()
        if r.random() < 0.01:
            add()
        if r.random() < 0.02:
            write(block(order, 5, struct.pack(order + 'III', 0, 0, 0)))
        chosen[0] = r.randrange(len(links))
        return links[chosen[0]]

    for f, ns in frames(r, mib, link):
        more = option(order, 1, b'packet') if r.random() < 0.1 else b''
        write(enhanced(order, f, chosen[0], more, ns))
    write(block(order, 5, struct.pack(order + 'III', 0, 0, 0)))


def condition(r, depth=0):
    if depth < 2 and r.random() < 0.4:
        return '(%s %s %s)' % (condition(r, depth + 1),
                               r.choice(('and', 'or')),
                               condition(r, depth + 1))
    flight, last = r.randrange(FLIGHTS), r.randrange(1, 6)
    return r.choice(('', '', '', 'not ')) + r.choice((
        'host 10.0.%d.%d' % (flight, last), 'net 10.0.%d.0/24' % flight,
        'src host 10.0.%d.%d' % (flight, last),
        'dst host fd00::%x' % (flight * 256 + last % 3),
        'host fd00::%x' % (flight * 256 + last % 3),
        'port %d' % r.choice(PORTS), 'src port 1030', 'tcp', 'udp',
        'host 192.0.2.1', 'vlan 7', 'host 10.0.%d.77' % flight))


def told():
    """Interfaces, directions, comments, joined packets and losses."""
    o, out = '<', []
    udp = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 32, 7, 0, 64, 17, 0,
                      bytes((10, 0, 0, 1)), bytes((10, 0, 0, 2)))
    udp += struct.pack('!HHHH', 4000, 53, 12, 0) + b'data'
    other = udp[:12] + bytes((10, 9, 9, 9)) + udp[16:]
    tcp = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 40 + 3000, 7, 0, 64, 6, 0,
                      bytes((10, 0, 0, 1)), bytes((10, 0, 0, 2)))
    tcp += struct.pack('!HHIIBBHHH', 4000, 443, 1, 1, 0x50, 16, 0, 0, 0)
    tcp += bytes(3000)
    out.append(section(o))
    out.append(described(o, ETHERNET, b'eth7', option(
        o, 6, bytes.fromhex('020000000007')) + option(
            o, 8, struct.pack('<Q', 1000000000)) + option(
                o, 11, b'\0tcp or udp')))
    out.append(described(o, RAW, b'tun0'))

    def put(number, ip, ns, *options):
        octets = ip if number == 1 else MAC + b'\x08\x00' + ip
        out.append(enhanced(o, Frame(1, octets, None, len(octets)), number,
                            b''.join(options), BEGIN * 1000000000 + ns))

    put(0, udp, 1, option(o, 2, struct.pack('<I', 1)),
        option(o, 1, b'first'), option(o, 1, b'second'))
    put(0, other, 2, option(o, 1, b'not wanted'))
    put(1, udp, 3, option(o, 2, struct.pack('<I', 2 | 1 << 9)))
    put(0, tcp, 4, option(o, 2, struct.pack('<I', 2 | 1 << 11)), option(
        o, 1, b'3 segments of 1000 octets; and more'))
    out.append(block(o, 5, struct.pack('<III', 0, 0, 0) + option(
        o, 5, struct.pack('<Q', 5)) + option(o, 7, struct.pack('<Q', 70))))
    return b''.join(out)


def main(argv):
    out = sys.stdout.buffer
    if argv[1] == 'told':
        out.write(told())
        return
    if argv[1] == 'arp':
        out.write(pcap(ETHERNET, []))
        for i in range(int(argv[2])):
            out.write(record('pcap', Frame(
                ETHERNET, MAC + b'\x08\x06' + bytes(28), None, 42),
                             (BEGIN + i) * 1000000000))
        return
    r = random.Random(int(argv[2]))
    if argv[1] == 'where':
        for _ in range(int(argv[3])):
            print(condition(r))
        return
    if argv[1] == 'pcapng':
        pcapng(r, int(argv[3]), out.write)
        return
    out.write(b'iptrace 2.0' if argv[1] == 'iptrace' else pcap(
        ETHERNET, [], magic=0xa1b23c4d if argv[1] == 'ns' else 0xa1b2c3d4))
    for f, ns in frames(r, int(argv[3])):
        out.write(record(argv[1], f, ns))


if __name__ == '__main__':
    main(sys.argv)
