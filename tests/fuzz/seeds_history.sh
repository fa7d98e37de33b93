#!/bin/sh
# seeds_history.sh DIR: inputs for fuzz_history: sound values as a history and
# a cache of names have them, each cut at some octets, and such as only damage
# makes.
set -eu

exec python3 - "$1" <<'EOF'
import os
import struct
import sys


def number(v):
    out = b''
    while v >= 0x80:
        out += bytes([v & 0x7f | 0x80])
        v >>= 7
    return out + bytes([v])


def pack(kind, subjects, counts, sides=b''):
    """Rows in plain; counts: for each direction the columns, row by row."""
    n = len(subjects)
    body = number(n) + bytes(n) + bytes(len(s) for s in subjects)
    body += b''.join(subjects)
    body += b''.join(number(v) for c in counts for v in c)
    return bytes([kind, 0]) + body + sides


V4, V6 = b'\4\x0a\0\0\1', b'\6' + bytes(range(16))
BIG = 2 ** 64 - 1
host = pack(1, [b'\0', V4, V6], [[10, 1, 2, 300, 0, BIG, 1, 0, 7, 0, 5, 1],
                                 [0] * 12, [1] * 12],
            bytes([0, 1, 3]) + number(5) + number(BIG))
seeds = {
    'host': host,
    'service': pack(2, [b'\6\0\0\x50', b'\x11\0\0\x35'], [[BIG] * 8],
                    bytes([2, 0])),
    'pair': pack(3, [V4 + V4[1:], V6 + V6[1:]], [[1] * 8, [BIG, 0] * 4]),
    'no-rows': pack(1, [], [], b''),
    'many-rows': bytes([1, 0]) + number(2 ** 40),
    'other-family': pack(1, [b'\x63' + bytes(4)], [[1] * 4] * 3, b'\0'),
    'short-address': pack(3, [V4 + b'\1'], [[1] * 4] * 2),
    'long-service': pack(2, [b'\6\0\0\x50\0'], [[1] * 4], b'\0'),
    'sides': pack(2, [b'\6\0\0\x50'], [[1] * 4], b'\x09'),
    # More is taken from the row before than that has.
    'shared': bytes([1, 0, 2, 0, 9, 1, 1]) + b'\0\0',
    'too-long': bytes([1, 0, 1, 0, 34]) + bytes(80),
    'endless-number': bytes([2, 0]) + b'\xff' * 40,
    'no-zstd': bytes([1, 1]) + b'\x28\xb5\x2f\xfd' + b'\xff' * 20,
    'zstd-of-nothing': bytes([1, 1]) + bytes.fromhex('28b52ffd2000010000'),
    'totals': b'\0' + b''.join(map(number, [3, 9, 300, 10, 20, 7, 5, 1, 2, 3,
                                            0])),
    'totals-newer': b'\0' + bytes(10) + number(1000) + bytes(1000),
    'name': b'\4' + struct.pack('<Q', 1010) + b'www.example.net',
    'no-name': b'\4' + struct.pack('<Q', 1010),
    'name-of-old': b'\4' + struct.pack('<Q', 10) + b'a',
    'name-of-future': b'\4' + struct.pack('<Q', BIG) + b'a',
    'name-with-nul': b'\4' + struct.pack('<Q', 1010) + b'a\0b',
    'name-with-escape': b'\4' + struct.pack('<Q', 1010) + b'\x1b[2J',
    'name-too-long': b'\4' + struct.pack('<Q', 1010) + b'a' * 5000,
}
for name, octets in seeds.items():
    with open(os.path.join(sys.argv[1], name), 'wb') as f:
        f.write(octets)
for name in ('host', 'service', 'pair', 'totals', 'name'):
    for cut in range(len(seeds[name])):
        with open(os.path.join(sys.argv[1], '%s-%d' % (name, cut)), 'wb') as f:
            f.write(seeds[name][:cut])
EOF
