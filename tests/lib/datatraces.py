#!/usr/bin/env python3
"""Traces with records of the data trace, on standard output.

    datatraces.py triple        62 packets, then START, DATA and END of the
                                reference's example
    datatraces.py mixed         packets of each kind and records of four
                                sessions, mixed
    datatraces.py stream FILE [gap]
                                FILE as payload, in segments out of order, some
                                of them twice; or with two of them missing
    datatraces.py hostile       escape sequences, wrong numbers, tags that are
                                cut
    datatraces.py many N        N sessions that do not end, one after the other
    datatraces.py seeds DIR     inputs for fuzz_datarec

Tags and comments are built here; nothing is shared with lib/packet/datarec.c.
"""
import os
import random
import struct
import sys

import traces

LINK = 252
NS = 10**9


def tag(kind, value):
    """A tag, padded."""
    value += bytes(-len(value) % 4)
    return struct.pack("!HH", kind, len(value)) + value


def number(kind, value):
    """A tag of a number."""
    return tag(kind, struct.pack("!I", value))


def tags(src, dst, proto, way, payload):
    """The head of a frame; src and dst are an address and a port."""
    (src, sport), (dst, dport) = src, dst
    name, ports = {6: (b"tcp.port", 2), 17: (b"udp.port", 3)}[proto]
    port = min(sport, dport) or max(sport, dport)
    out = tag(14, name) + number(32, port) if port and payload else \
        tag(12, b"data")
    for kind, addr in ((20, src), (21, dst)):
        if addr:
            octets = traces.address(addr)
            out += tag(kind + (2 if len(octets) == 16 else 0), octets)
    return out + number(24, ports) + number(25, sport) + \
        number(26, dport) + number(35, 0 if way == "out" else 1) + tag(0, b"")


class Session:
    """A socket, whose records are written one by one."""

    # pylint: disable=too-many-arguments
    def __init__(self, job, cid, local, remote, proto=6, pid=502, uid=0,
                 unit="", family=4, tid=0):
        self.local, self.remote, self.proto = local, remote, proto
        self.family = family
        self.who = f"job={job} pid={pid}" + (f" tid={tid}" if tid else "") \
            + f" cid={cid:x} uid={uid}" + (f" unit={unit}" if unit else "")

    # pylint: disable=too-many-arguments
    def record(self, at, kind, way="out", data=b"", more="", cut=None,
               seq=None, dropped=0):
        """A record: a packet of pcapng."""
        here, there = self.local, self.remote
        src, dst = (here, there) if way == "out" else (there, here)
        kept = data if cut is None else data[:cut]
        frame = tags(src, dst, self.proto, way, kept)
        comment = f"{kind} {self.who} ip={self.family} " \
            f"type={1 if self.proto == 6 else 2} proto={self.proto} {way}"
        if kind == "DATA":
            comment += f" seq={seq or 0}"
        if more:
            comment += " " + more
        options = traces.option(1, comment.encode())
        if dropped:
            options += traces.option(4, struct.pack("<Q", dropped))
        return Record(frame + kept, len(frame) + len(data), at,
                      2 if way == "out" else 1, options)


class Record:
    """A frame of a data record."""

    # pylint: disable=too-few-public-methods
    def __init__(self, octets, wire, at, flags, options):
        self.octets, self.wire, self.at = octets, wire, at
        self.flags, self.options = flags, options

    def block(self):
        """As a packet of interface 1."""
        octets = traces.packet(self.octets, self.at, self.flags, self.wire,
                               self.options)
        return octets[:8] + struct.pack("<I", 1) + octets[12:]


def head():
    """A section with an interface of Ethernet and one of data records."""
    return traces.head() + traces.head(b"data", LINK)[28:]


def write_triple():
    """13:18:52.705248 of June 22, 2009 UTC."""
    at = 1245676732705248000
    s = Session("USER12", 0x58, ("192.0.2.1", 40000), ("192.0.2.80", 80),
                pid=0x1f6, tid=0x7aee88, uid=4294967294,
                unit="/system.slice/app.service")
    small = [traces.packet(traces.E4 + traces.ip4(17, traces.udp(b"abc")),
                           at - (62 - i) * 1000) for i in range(62)]
    return head() + b"".join(small) + b"".join(r.block() for r in (
        s.record(at, "START"),
        s.record(at + 5000, "DATA", data=traces.h(
            "aebcdb3d 03340a00 00000000")),
        s.record(at + 9000, "END",
                 more="sent=12 received=0 rtt=250 retransmissions=1")))


def web(base):
    """A session of TCP: a request and its answer, of which 8 are kept."""
    s = Session("curl", 0x1f, ("10.0.0.1", 40000), ("192.0.2.80", 80),
                pid=12, uid=4294967290, unit="/user.slice/a%20b")
    return [
        s.record(base, "START"),
        s.record(base + 2000, "DATA", data=b"GET / HTTP/1.1\r\n\r\n",
                 more="segment"),
        s.record(base + 4000, "DATA", "in", b"HTTP/1.1 200 OK\r\n\r\n",
                 "segment abbrev", cut=8, dropped=3),
        s.record(base + 9 * NS, "END",
                 more="sent=18 received=1900 rtt=2500 retransmissions=2"),
    ]


def others(base):
    """UDP over IPv6, UDP to several peers, and TCP whose start is not there."""
    dns = Session("resolved", 0x20, ("2001:db8::1", 5353), ("2001:db8::53", 53),
                  17, pid=7, family=6)
    logs = Session("rsyslogd", 0x21, ("10.0.0.1", 9000), ("10.0.0.2", 514), 17)
    more = Session("rsyslogd", 0x21, ("10.0.0.1", 9000), ("10.0.0.3", 514), 17)
    old = Session("sshd", 0x5, ("10.0.0.1", 22), ("10.9.9.9", 50000))
    bare = Session("idle", 0x22, (None, 0), (None, 0), 17)
    return [
        dns.record(base + 1000, "START"),
        dns.record(base + 3000, "DATA", data=b"query"),
        dns.record(base + 3500, "DATA", "in", b"answer!"),
        logs.record(base + 3600, "START"),
        logs.record(base + 3700, "DATA", data=b"one"),
        more.record(base + 3800, "DATA", data=b"three", seq=3),
        old.record(base + 5000, "DATA", "in", b"secret", seq=1 << 33),
        bare.record(base + 6000, "START", "in"),
        dns.record(base + NS, "END", more="sent=5 received=7 rtt=0 "
                   "retransmissions=0"),
    ]


def write_mixed():
    """Records between packets, in the order of time."""
    base = traces.BEGIN * NS + 500
    blocks = [(at, traces.packet(octets, at, way))
              for octets, at, way in traces.times(traces.mixed())[:4]]
    blocks += [(r.at, r.block()) for r in web(base) + others(base)]
    return head() + b"".join(b for _, b in sorted(
        blocks, key=lambda pair: pair[0]))


def write_stream(path, gap=None):
    """Segments of 1448 octets; windows of 20 are shuffled."""
    with open(path, "rb") as f:
        data = f.read()
    s = Session("scp", 0x77, ("10.0.0.1", 40000), ("10.0.0.2", 22))
    at = traces.BEGIN * NS
    starts = list(range(0, len(data), 1448))
    if gap:
        del starts[7:9]
    rng = random.Random(1)
    order = []
    for i in range(0, len(starts), 20):
        window = starts[i:i + 20]
        rng.shuffle(window)
        order += window + window[:1]
    out = [s.record(at, "START")]
    for i, seq in enumerate(order):
        for way, octets in (("out", data), ("in", data[::-1])):
            out.append(s.record(at + i, "DATA", way, octets[seq:seq + 1448],
                                "segment", seq=seq))
    return head() + b"".join(r.block() for r in out)


def write_hostile():
    """What a stranger writes into a record."""
    escape = "%1B[2J%9B%0A"
    base = traces.BEGIN * NS
    s = Session(escape + "x" * 100, 1 << 63, ("10.0.0.1", 1), ("10.0.0.2", 2),
                pid=1 << 40, unit=escape + "y" * 500)
    huge = Session("huge", 2, ("10.0.0.1", 1), ("10.0.0.2", 2))
    cut = s.record(base, "DATA", data=b"\x1b[2J")
    cut.octets = cut.octets[:20]
    alien = s.record(base, "END")
    alien.octets, alien.wire, alien.options = b"\xff" * 8, 8, b""
    return head() + b"".join(r.block() for r in (
        s.record(base, "START"), s.record(base, "DATA", data=b"\x1b[2J\x9b"),
        cut, alien, huge.record(base, "DATA", data=b"a"),
        huge.record(base, "DATA", data=b"b", seq=(1 << 64) - 1)))


def write_many(n):
    """One a microsecond: the first, with another time and id."""
    first = 1 << 60
    s = Session("many", first, ("10.0.0.1", 40000), ("10.0.0.2", 80))
    before, after = s.record(0, "START").block()[20:].split(b"%x" % first)
    out = [head()]
    for i in range(int(n)):
        at = traces.BEGIN * NS + 1000 * i
        out.append(struct.pack("<IIIII", 6, len(before) + len(after) + 36, 1,
                               at >> 32, at & 0xffffffff)
                   + before + b"%x" % (first + i) + after)
    return b"".join(out)


def write_seeds(path):
    """Each record of `mixed', with its comment before it."""
    base = traces.BEGIN * NS
    for i, r in enumerate(web(base) + others(base)):
        length = struct.unpack("<H", r.options[2:4])[0]
        with open(os.path.join(path, f"record{i}"), "wb") as f:
            f.write(struct.pack("!H", length) + r.options[4:4 + length]
                    + r.octets)
    return b""


if __name__ == "__main__":
    sys.stdout.buffer.write(globals()["write_" + sys.argv[1]](*sys.argv[2:]))
