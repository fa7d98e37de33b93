#!/usr/bin/env python3
"""Make a database in MaxMind's format (version 2.0).  Tests only.

    mkmmdb.py TYPE <DESCRIPTION >FILE

Lines of the description: NETWORK, a tab, and the record as JSON; integers
become uint32.  The tree is for IPv6, with IPv4 networks below ::/96.
"""
import ipaddress
import json
import struct
import sys


def control(kind, size):
    """The octets before a value: its type and how long it is."""
    first, extra = (kind << 5, b'') if kind < 8 else (0, bytes([kind - 7]))
    if size < 29:
        return bytes([first | size]) + extra
    if size < 285:
        return bytes([first | 29]) + extra + bytes([size - 29])
    return bytes([first | 30]) + extra + struct.pack('!H', size - 285)


def encode(v, kind=6):
    if isinstance(v, str):
        octets = v.encode()
        return control(2, len(octets)) + octets
    if isinstance(v, dict):
        return control(7, len(v)) + b''.join(
            encode(k) + encode(x, {'binary_format_major_version': 5,
                                   'binary_format_minor_version': 5,
                                   'record_size': 5, 'ip_version': 5,
                                   'build_epoch': 9}.get(k, 6))
            for k, x in v.items())
    if isinstance(v, list):
        return control(11, len(v)) + b''.join(encode(x) for x in v)
    octets = v.to_bytes((v.bit_length() + 7) // 8, 'big')
    return control(kind, len(octets)) + octets


class Tree:
    def __init__(self):
        self.nodes = [[None, None]]

    def add(self, network, offset):
        net = ipaddress.ip_network(network)
        bits, length = int(net.network_address), net.prefixlen
        if net.version == 4:
            length += 96
        at = 0
        for i in range(length):
            bit = bits >> (127 - i) & 1
            if i == length - 1:
                self.nodes[at][bit] = ('data', offset)
            elif isinstance(self.nodes[at][bit], int):
                at = self.nodes[at][bit]
            else:
                self.nodes.append([None, None])
                self.nodes[at][bit] = len(self.nodes) - 1
                at = len(self.nodes) - 1

    def octets(self):
        n = len(self.nodes)

        def record(r):
            if r is None:
                return n
            return r if isinstance(r, int) else n + 16 + r[1]
        return b''.join(struct.pack('!II', record(a), record(b))
                        for a, b in self.nodes)


def main():
    tree, data = Tree(), b''
    for line in sys.stdin:
        network, record = line.rstrip('\n').split('\t')
        tree.add(network, len(data))
        data += encode(json.loads(record))
    metadata = {
        'binary_format_major_version': 2, 'binary_format_minor_version': 0,
        'build_epoch': 1700000000, 'database_type': sys.argv[1],
        'description': {'en': 'made by a test'}, 'ip_version': 6,
        'languages': ['en'], 'node_count': len(tree.nodes),
        'record_size': 32,
    }
    sys.stdout.buffer.write(tree.octets() + bytes(16) + data +
                            b'\xab\xcd\xefMaxMind.com' + encode(metadata))


main()
