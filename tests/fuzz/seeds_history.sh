#!/bin/sh
# seeds_history.sh DIR: inputs for fuzz_history: valid values of a history and
# of a cache of names, each also cut at some octets, and damaged values.
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


class Bits:
    def __init__(self):
        self.v = self.n = 0

    def put(self, v, n):
        self.v |= v << self.n
        self.n += n

    def octets(self):
        return self.v.to_bytes((self.n + 7) // 8, 'little')

    def code(self, v, direct, fine):
        length = v.bit_length()
        if length <= direct:
            return v
        n = length - 1 - fine
        self.put(v & (1 << n) - 1, n)
        return (1 << direct) + (length - 1 - direct << fine) + \
            (v >> n & (1 << fine) - 1)

    def below(self, limit, v):
        k = limit.bit_length() - 1
        few = (2 << k) - limit
        if v < few:
            self.put(v, k)
        else:
            self.put(v + few >> 1, k)
            self.put(v + few & 1, 1)


def frame(octets):
    """zstd, of one block as it is."""
    return (struct.pack('<IBB', 0xfd2fb528, 0x20, len(octets)) +
            struct.pack('<I', len(octets) << 3 | 1)[:3] + octets)


def value(kind, rows, columns, bits=b''):
    columns = frame(columns)
    return (bytes([kind]) + number(rows) + number(len(columns)) + columns +
            bits)


def pack(kind, subjects, counts, sides=(), rest=()):
    """Rows without shared octets; of each count packets, data, head."""
    bits = Bits()
    columns = bytes(len(subjects)) + bytes(len(s) for s in subjects)
    for at in range(33):
        columns += bytes(s[at] for s in subjects if at < len(s))
    each = [c for column in counts for c in column]
    columns += bytes(bits.code(p, 3, 2) for p, data, head in each)
    for p, data, head in each:
        per = p or 1
        columns += bytes([bits.code(data // per, 3, 2)])
        bits.below(per, data % per)
    columns += bytes(bits.code(h // (p or 1), 6, 1) for p, data, h in each)
    columns += bytes(bits.code(h % (p or 1), 3, 2) for p, data, h in each)
    columns += bytes(sides) + bytes(bits.code(v, 3, 2) for v in rest)
    return value(kind, len(subjects), columns, bits.octets())


V4, V6 = b'\4\x0a\0\0\1', b'\6' + bytes(range(16))
BIG = 2 ** 64 - 1
ONE, ALL, NONE = (1, 1, 1), (BIG, BIG, BIG), (0, 0, 0)
host = pack(1, [b'\0', V4, V6], [[(10, 300, 400), NONE, ONE],
                                 [(1, BIG, 0), NONE, ONE], [NONE] * 3],
            [0, 1, 3], [5, BIG])
seeds = {
    'host': host,
    'service': pack(2, [b'\6\0\0\x50', b'\x11\0\0\x35'],
                    [[ALL, (7, 1000, 280)]], [2, 0]),
    'pair': pack(3, [V4 + V4[1:], V6 + V6[1:]], [[ONE] * 2, [ALL, NONE]]),
    'no-rows': pack(1, [], []),
    'many-rows': value(1, 2 ** 40, b''),
    'other-family': pack(1, [b'\x63' + bytes(4)], [[ONE]] * 3, [0]),
    'short-address': pack(3, [V4 + b'\1'], [[ONE]] * 2),
    'long-service': pack(2, [b'\6\0\0\x50\0'], [[ONE]], [0]),
    'sides': pack(2, [b'\6\0\0\x50'], [[ONE]], [9]),
    # More is taken from the row before than that has.
    'shared': value(1, 2, bytes([0, 9, 1, 10]) + bytes(80)),
    'shared-of-nothing': value(1, 2, bytes([0, 2, 2, 1]) + bytes(80)),
    'too-long': value(1, 1, bytes([0, 34]) + bytes(80)),
    'no-such-symbol': value(2, 1, bytes([0, 4]) + b'\6\0\0\x50' +
                            b'\xff' * 5, bytes(9)),
    'no-bits': value(2, 1, bytes([0, 4]) + b'\6\0\0\x50' + b'\xf0' * 5),
    'endless-number': b'\2' + b'\xff' * 40,
    'no-zstd': bytes([1, 1, 24]) + b'\x28\xb5\x2f\xfd' + b'\xff' * 20,
    'zstd-of-nothing': value(1, 1, b''),
    'zstd-beyond-end': bytes([1, 1, 0x7f]) + frame(bytes(9)),
    'totals': b'\0' + b''.join(map(number, [3, 9, 300, 10, 20, 7, 5, 1, 2, 3,
                                            0])),
    'totals-newer': b'\0' + bytes(10) + number(1000) + bytes(1000),
    'owner': b'\xff' + struct.pack('>II', 24, 33) +
             b'/system.slice/a.service\0root\0nginx\0',
    'owner-without-user': b'\xff' + bytes(8) + b'/\0\0(kernel)\0',
    'owner-with-more': b'\xff' + bytes(8) + b'/\0\0x\0\0',
    'owner-with-escape': b'\xff' + bytes(8) + b'/\x1b[2J\0\0x\0',
    'owner-too-long': b'\xff' + bytes(8) + b'/' * 256 + b'\0\0x\0',
    'vlan': pack(4, [b'\0\x07'], [[ONE]], [0]),
    'name': b'\5' + struct.pack('<Q', 1010) + b'www.example.net',
    'no-name': b'\5' + struct.pack('<Q', 1010),
    'name-of-old': b'\5' + struct.pack('<Q', 10) + b'a',
    'name-of-future': b'\5' + struct.pack('<Q', BIG) + b'a',
    'name-with-nul': b'\5' + struct.pack('<Q', 1010) + b'a\0b',
    'name-with-escape': b'\5' + struct.pack('<Q', 1010) + b'\x1b[2J',
    'name-too-long': b'\5' + struct.pack('<Q', 1010) + b'a' * 5000,
}
for name, octets in seeds.items():
    with open(os.path.join(sys.argv[1], name), 'wb') as f:
        f.write(octets)
for name in ('host', 'service', 'pair', 'vlan', 'totals', 'owner', 'name'):
    for cut in range(len(seeds[name])):
        with open(os.path.join(sys.argv[1], '%s-%d' % (name, cut)), 'wb') as f:
            f.write(seeds[name][:cut])
EOF
