#!/usr/bin/env python3
"""trunk.py CAPTURE TRUTH [LINK]: what a mirror port of a switch shows.

Five hosts with two addresses each in two VLANs; a router between them and to
the Internet, so that what it passes on is there twice; a repeater that hides
six telephones behind its own MAC address.  LINK is ethernet, sll or sll2, the
link type of the capture.  TRUTH gets the bytes in and out of each device and of
each MAC address, with tabs: `local ADDRESS IN OUT', `mac ADDRESS IN OUT'.
"""
import collections
import ipaddress
import struct
import sys

UDP = 17
ROUTER, REPEATER = '52:54:00:00:00:ff', '52:54:00:00:00:ee'
OUTSIDE = ['198.51.100.9', '2001:db8::9']
START = 1795215600                      # 2026-11-20

# name: MAC, VLAN, addresses
Host = collections.namedtuple('Host', 'mac vlan addresses')
HOSTS = [Host(f'52:54:00:00:00:{n}', n // 10 * 10,
              [f'192.168.{n // 10 * 10}.{n}', f'fd00:{n // 10 * 10}::{n}'])
         for n in (11, 12, 13, 21, 22)]
PHONES = [Host(REPEATER, 10, [f'192.168.10.{n}']) for n in range(101, 107)]
GATES = {10: Host(ROUTER, 10, ['192.168.10.1', 'fd00:10::1']),
         20: Host(ROUTER, 20, ['192.168.20.1', 'fd00:20::1'])}


def octets(mac):
    return bytes.fromhex(mac.replace(':', ''))


def packet(src, dst, hops, size):
    """An IP packet of size bytes, of which only the headers are captured."""
    src, dst = ipaddress.ip_address(src), ipaddress.ip_address(dst)
    v4 = src.version == 4
    udp = struct.pack('!HHHH', 40000, 9999, size - (20 if v4 else 40), 0)
    if v4:
        ip = struct.pack('!BBHHHBBH', 0x45, 0, size, 0, 0, hops, UDP, 0)
    else:
        ip = struct.pack('!IHBB', 6 << 28, size - 40, UDP, hops)
    return ip + src.packed + dst.packed + udp


class Trunk:
    def __init__(self, capture, link):
        self.file = capture
        self.link = link
        self.now = 0
        self.local = collections.defaultdict(lambda: [0, 0])
        self.mac = collections.defaultdict(lambda: [0, 0])
        number = {'ethernet': 1, 'sll': 113, 'sll2': 276}[link]
        capture.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535,
                                  number))

    def head(self, src, dst, vlan, version):
        kind = 0x0800 if version == 4 else 0x86dd
        tag = struct.pack('!HH', vlan, kind)
        if self.link == 'sll':
            return struct.pack('!HHH', 3, 1, 6) + octets(src) + bytes(2) + \
                struct.pack('!H', 0x8100) + tag
        if self.link == 'sll2':
            return struct.pack('!HHIHBB', 0x8100, 0, 2, 1, 3, 6) + \
                octets(src) + bytes(2) + tag
        return octets(dst) + octets(src) + struct.pack('!H', 0x8100) + tag

    def frame(self, smac, dmac, vlan, src, dst, hops, size):
        head = self.head(smac, dmac, vlan, ipaddress.ip_address(src).version)
        text = head + packet(src, dst, hops, size)
        self.now += 1
        self.file.write(struct.pack('<IIII', START + self.now, 0, len(text),
                                    len(head) + size))
        self.file.write(text)
        for address, way in ((dst, 0), (src, 1)):
            self.count(address, way, size)

    def count(self, address, way, size):
        for h in HOSTS + PHONES + list(GATES.values()):
            if address not in h.addresses:
                continue
            first = h.addresses[0] if h.mac != ROUTER else '192.168.10.1'
            self.local[first][way] += size
            self.mac['unknown' if h in PHONES else h.mac][way] += size

    def send(self, host, to, v, size, hops=64):
        """From a host to another one of the trunk, maybe by the router."""
        src, dst = host.addresses[v], to.addresses[v]
        if host.vlan == to.vlan:
            self.frame(host.mac, to.mac, host.vlan, src, dst, hops, size)
            return
        self.frame(host.mac, ROUTER, host.vlan, src, dst, hops, size)
        self.frame(ROUTER, to.mac, to.vlan, src, dst, hops - 1, size)

    def ask(self, host, v, size):
        """To the Internet and back."""
        src, dst = host.addresses[v], OUTSIDE[v]
        self.frame(host.mac, ROUTER, host.vlan, src, dst, 64, size)
        self.frame(ROUTER, host.mac, host.vlan, dst, src, 57, 10 * size)


def traffic(t):
    for i, h in enumerate(HOSTS):
        for v in (0, 1):
            t.send(h, GATES[h.vlan], v, 84 + i)
            t.send(GATES[h.vlan], h, v, 84, 255)
            t.ask(h, v, 101 + 7 * i + v)
            for k, to in enumerate(HOSTS):
                if to is not h:
                    t.send(h, to, v, 200 + 10 * i + k + v, 128 if i else 64)
    for i, h in enumerate(PHONES):
        t.ask(h, 0, 70 + i)


def main():
    with open(sys.argv[1], 'wb') as capture, open(sys.argv[2], 'w') as truth:
        t = Trunk(capture, sys.argv[3] if len(sys.argv) > 3 else 'ethernet')
        traffic(t)
        for kind, sums in (('local', t.local), ('mac', t.mac)):
            for name, (n_in, n_out) in sums.items():
                print(kind, name, n_in, n_out, sep='\t', file=truth)


main()
