"""The traffic of docs/pictures.sh: pictures.py [IFACE SECONDS]

A small office: who talks with whom, for what, how large packets are, how many
of them a second, and how that swings.  In real frames out of an interface; or
as a description, for tests/lib/mksave, of an account saved each hour of a day.
"""
import ipaddress
import math
import socket
import struct
import sys
import time

ANNA, BEN, CLARA, DAVID = ("192.0.2.%d" % n for n in range(10, 14))
VIDEO, FILES, MIRROR, MAIL, DNS = ("198.51.100.7", "198.51.100.20",
                                   "203.0.113.9", "198.51.100.25",
                                   "192.0.2.1")
FLOWS = [
    # server, port, client, port, protocol, size there and back, a second,
    # period of the swing in seconds
    (VIDEO, 443, ANNA, 50112, 17, 1378, 61, 420, 23),
    (VIDEO, 443, CLARA, 51002, 17, 1378, 61, 160, 41),
    (FILES, 443, BEN, 40310, 6, 1500, 52, 240, 31),
    (FILES, 22, DAVID, 40782, 6, 1100, 1400, 60, 17),
    (MIRROR, 80, BEN, 42118, 6, 1500, 52, 130, 53),
    ("2001:db8:5::1", 443, "2001:db8:1::a", 50900, 6, 1440, 72, 95, 29),
    (MAIL, 993, CLARA, 39004, 6, 640, 52, 18, 13),
    (DNS, 53, ANNA, 33012, 17, 180, 64, 9, 7),
    (DNS, 53, BEN, 34512, 17, 150, 62, 6, 11),
    (DNS, 0, DAVID, 0, 1, 84, 84, 1, 5),
]


def frame(src, sport, dst, dport, proto, size):
    a, b = ipaddress.ip_address(src), ipaddress.ip_address(dst)
    if a.version == 4:
        head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, size, 1, 0, 64, proto,
                           0, a.packed, b.packed)
    else:
        head = struct.pack(">IHBB16s16s", 6 << 28, size - 40, proto, 64,
                           a.packed, b.packed)
    if proto == 6:
        inner = struct.pack(">HHIIBBHHH", sport, dport, 1, 1, 0x50, 0x10,
                            512, 0, 0)
    elif proto == 17:
        inner = struct.pack(">HHHH", sport, dport, size - len(head), 0)
    else:
        inner = struct.pack(">BBHHH", 8, 0, 0, 1, 1)
    kind = b"\x08\0" if a.version == 4 else b"\x86\xdd"
    rest = size - len(head) - len(inner)
    return bytes(12) + kind + head + inner + bytes(rest)


def swing(t, period):
    return max(0.05, 0.6 + 0.4 * math.sin(2 * math.pi * t / period) +
               0.3 * math.sin(t * 1.7 + period))


def working(hour):
    return max(0.02, math.sin(math.pi * (hour - 6.5) / 12.5) ** 1.5
               if 6.5 < hour < 19 else 0.02)


def day(begin):
    for hour in range(24):
        packets = 0
        rows = []
        for a, p, b, q, proto, there, back, rate, period in FLOWS:
            n = int(rate * 3600 * working(hour + period / 60) *
                    swing(hour, period) / 4)
            for row in ((a, p, b, q, n, there), (b, q, a, p, n // 2, back)):
                rows.append("%s %d %s %d %d %d %d %d" % (
                    row[:4] + (proto, row[4], row[4] * (row[5] - 40),
                               row[4] * row[5])))
                packets += row[4]
        print("block eth0 gate %d %d" % (begin + hour * 3600,
                                         begin + hour * 3600 + 3600))
        print("networks 192.0.2.0/24 2001:db8:1::/64")
        print("ledger frames %d" % packets)
        print("\n".join(rows))


def office():
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    s.bind((sys.argv[1], 0))
    pairs = [(frame(a, p, b, q, proto, there), frame(b, q, a, p, proto, back),
              rate, period)
             for a, p, b, q, proto, there, back, rate, period in FLOWS]
    due = [0.0] * len(pairs)
    begin = last = time.monotonic()
    while last < begin + float(sys.argv[2]):
        time.sleep(0.02)
        now = time.monotonic()
        for i, (there, back, rate, period) in enumerate(pairs):
            due[i] += rate * swing(now - begin, period) * (now - last)
            for n in range(int(due[i])):
                s.send(there)
                if n % 2 == 0:
                    s.send(back)
            due[i] -= int(due[i])
        last = now


if len(sys.argv) > 1:
    office()
else:
    day(int(time.time()) // 86400 * 86400 - 86400)
