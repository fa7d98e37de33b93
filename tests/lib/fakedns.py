#!/usr/bin/env python3
"""A name server whose answers depend on the address.  Tests only.

    fakedns.py LOG READY

Listens on 127.0.0.1:53 (in a network namespace of the test).  The reverse name
of 192.0.2.N is hN.example.org, and so is that of 2001:db8::N, N < 10; those of 198.51.100.N are in NAMES below; other
addresses of 198.51.100/24 and 203.0.113/24 have none; queries for 10/8 are not
answered.  Each address asked for is appended to LOG as a line; the file READY
is created when the server listens.
"""
import re
import socket
import struct
import sys

NAMES = {
    1: b'evil\x1b[31m\x07name',
    2: b'10.9.8.7',             # reads as an address
    3: b'a,b"c<script>',
    4: b"x\\y';DROP",
}


def encode(labels):
    return b''.join(bytes([len(x)]) + x for x in labels) + b'\0'


def question(packet):
    """The labels asked for, and where the question ends."""
    labels, at = [], 12
    while packet[at]:
        labels.append(packet[at + 1:at + 1 + packet[at]])
        at += 1 + packet[at]
    return labels, at + 5


def answer_to(address):
    """Labels of its name, [] if it has none, None for silence."""
    net, last = address.rsplit('.', 1)
    if address.startswith('10.'):
        return None
    if net == '192.0.2':
        return [b'h%d' % int(last), b'example', b'org']
    if net == '198.51.100' and int(last) in NAMES:
        name = NAMES[int(last)]
        return name.split(b'.') if int(last) == 2 else [name, b'example']
    return []


# The nibbles of 2001:db8::, before the last one.
NET6 = '0.' * 23 + '8.b.d.0.1.0.0.2.ip6.arpa'


def main():
    log = open(sys.argv[1], 'a', buffering=1)
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    s.bind(('127.0.0.1', 53))
    open(sys.argv[2], 'w').close()
    while True:
        packet, client = s.recvfrom(512)
        labels, end = question(packet)
        name = b'.'.join(labels).decode('ascii', 'replace')
        m = re.fullmatch(r'(\d+)\.(\d+)\.(\d+)\.(\d+)\.in-addr\.arpa', name)
        address = '.'.join(reversed(m.groups())) if m else name
        log.write(address + '\n')
        if name[1:] == '.' + NET6 and name[0].isdigit():
            labels = answer_to('192.0.2.' + name[0])
        else:
            labels = answer_to(address) if m else []
        if labels is None:
            continue
        reply = packet[:2] + struct.pack(
            '!HHHHH', 0x8180 if labels else 0x8183, 1, 1 if labels else 0, 0,
            0) + packet[12:end]
        if labels:
            data = encode(labels)
            reply += b'\xc0\x0c' + struct.pack(
                '!HHIH', 12, 1, 60, len(data)) + data
        s.sendto(reply, client)


main()
