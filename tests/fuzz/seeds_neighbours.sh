#!/bin/sh
# seeds_neighbours.sh DIR: inputs for fuzz_neighbours.
set -eu

python3 - "$1" <<'END'
import socket
import struct
import sys


def attribute(kind, what):
    text = struct.pack('=HH', 4 + len(what), kind) + what
    return text + bytes(-len(text) % 4)


def message(kind, body, sequence=42):
    return struct.pack('=IHHII', 16 + len(body), kind, 2, sequence, 0) + body


def neighbour(family, addr, mac, index=7, state=2):
    return message(28, struct.pack('=BBHiHBB', family, 0, 0, index, state, 0,
                                   1) +
                   attribute(1, socket.inet_pton(family, addr)) +
                   attribute(2, mac))


mac = bytes([2, 0, 0, 0, 0, 1])
four = neighbour(socket.AF_INET, '192.168.1.2', mac)
six = neighbour(socket.AF_INET6, 'fd00::2', mac, state=4)


def route(family, addr, mac, index=7, flags=0x405):
    addr = socket.inet_pton(family, addr)
    host = bytes([16, 2, 0, 0]) + addr + bytes(8) if len(addr) == 4 else \
        bytes([28, 28]) + bytes(6) + addr + bytes(8)
    link = struct.pack('=BBHBBBB', 54, 18, index, 6, 0, len(mac), 0) + \
        (mac + bytes(48))[:48]
    return struct.pack('=HBBHHii8x', 24 + len(host + link), 5, 4, index, 0,
                       flags, 3) + host + link


seeds = {
    'route': route(socket.AF_INET, '10.0.0.1', mac) +
    route(socket.AF_INET6, 'fe80:7::1', mac),
    'proxy': route(socket.AF_INET, '10.0.0.1', mac, flags=0x2405),
    'both': four + six,
    'done': four + message(3, bytes(4)),
    'error': message(2, struct.pack('=i', -1)),
    'other': message(3, b'', 41) + neighbour(socket.AF_INET, '10.0.0.1',
                                             mac, 8),
    'group': neighbour(socket.AF_INET, '10.0.0.1', bytes([1] * 6)),
    'cut': (four + six)[:-3],
    'empty': b'',
}
for name, text in seeds.items():
    with open(sys.argv[1] + '/' + name, 'wb') as f:
        f.write(text)
END
