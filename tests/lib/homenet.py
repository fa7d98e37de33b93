#!/usr/bin/env python3
"""homenet.py CAPTURE TRUTH [START]: minutes of a home network, from START.

Five clients with two addresses each and two servers: DNS from ever new ports,
a game, downloads, a phone that mostly sleeps, a port scan from outside.  Each
frame is an IP packet (link type RAW).  TRUTH gets the bytes of each local
address, `host ADDRESS IN OUT', and of each service, `service PROTO PORT
BYTES', and all of them, `total BYTES PACKETS'.
"""
import collections
import ipaddress
import random
import struct
import sys

UDP, TCP = 17, 6


def packet(src, dst, proto, sport, dport, size):
    """An IP packet of size bytes; its payload is zero and not captured."""
    head = struct.pack('!HH', sport, dport)
    head += (struct.pack('!HH', size - 20 - 20 * (src.version == 6), 0)
             if proto == UDP else struct.pack('!IIBBHHH', 0, 0, 80, 16, 0, 0, 0))
    if src.version == 4:
        ip = struct.pack('!BBHHHBBH', 0x45, 0, size, 0, 0, 64, proto, 0)
    else:
        ip = struct.pack('!IHBB', 6 << 28, size - 40, proto, 64)
    return ip + src.packed + dst.packed + head


class Net:
    """Writes frames and adds up what they are."""

    def __init__(self, capture, start):
        self.file = capture
        self.start = start
        self.now = 0
        self.hosts = collections.defaultdict(lambda: [0, 0])
        self.services = collections.Counter()
        self.bytes = self.packets = 0
        capture.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535,
                                  101))

    def send(self, src, dst, proto, sport, dport, size):
        frame = packet(src, dst, proto, sport, dport, size)
        self.now += 1
        self.file.write(struct.pack('<IIII', self.start + self.now // 200,
                                    self.now % 200 * 5000, len(frame), size))
        self.file.write(frame)
        for address, way in ((dst, 0), (src, 1)):
            if address.is_private:
                self.hosts[address][way] += size
        self.services[proto, min(sport, dport)] += size
        self.bytes += size
        self.packets += 1

    def ask(self, client, server, proto, cport, sport, sizes):
        """A question and its answers."""
        self.send(client, server, proto, cport, sport, sizes[0])
        for size in sizes[1:]:
            self.send(server, client, proto, sport, cport, size)


def client_day(net, rng, number, servers):
    own = [ipaddress.ip_address('192.168.1.%d' % (10 + number)),
           ipaddress.ip_address('fd00::%d' % (10 + number))]
    for i in range(300 if number else 3000):
        me, far = rng.choice(list(zip(own, servers['dns'])))
        net.ask(me, far, UDP, rng.randrange(1025, 65536), 53,
                [rng.randrange(61, 90), rng.randrange(90, 220)])
    for i in range(0 if number == 4 else 200):      # a page here and there
        me, far = rng.choice(list(zip(own, rng.choice(servers['web']))))
        net.ask(me, far, TCP, rng.randrange(32768, 61000), 443,
                [rng.randrange(64, 400)] + [1500] * rng.choice([0, 1, 1, 9]))
    if number == 1:                                 # a game: small packets
        for i in range(4000):
            far = servers['game'][i % 40]
            net.ask(own[0], far, UDP, 30000, 27015, [60, 80])
    if number == 2:
        for i in range(3000):
            net.ask(own[0], servers['web'][0][0], TCP, 40000, 443, [64, 1500])


def main():
    rng = random.Random(5)
    v4, v6 = ipaddress.IPv4Address, ipaddress.IPv6Address
    servers = {
        'dns': [v4('9.9.9.9'), v6('2620:fe::fe')],
        'web': [(v4(0x17000000 + 77 * i), v6((0x2a02 << 112) + i))
                for i in range(60)],
        'game': [v4(0x2d000000 + i) for i in range(40)],
    }
    with open(sys.argv[1], 'wb') as capture:
        net = Net(capture, int(sys.argv[3]) if sys.argv[3:] else 1760000000)
        for number in range(5):
            client_day(net, rng, number, servers)
        for name, size in (('192.168.1.2', 900), ('192.168.1.3', 70)):
            for i in range(300):                    # between the hosts here
                net.ask(v4('192.168.1.%d' % (10 + i % 5)), v4(name), TCP,
                        rng.randrange(32768, 61000), 445, [70, size])
        for port in range(5000, 8000):              # a scan from outside
            net.send(v4('45.1.2.3'), v4('192.168.1.4'), TCP, 60001, port, 40)
    with open(sys.argv[2], 'w') as truth:
        for host, (received, sent) in sorted(net.hosts.items(), key=str):
            truth.write('host %s %d %d\n' % (host, received, sent))
        for (proto, port), size in sorted(net.services.items()):
            truth.write('service %d %d %d\n' % (proto, port, size))
        truth.write('total %d %d\n' % (net.bytes, net.packets))


main()
