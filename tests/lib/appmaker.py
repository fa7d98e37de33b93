#!/usr/bin/env python3
"""Captures of application protocols, every octet made here.

    appmaker.py KIND FILE     a capture: one of KINDS below
    appmaker.py --seeds DIR   inputs of fuzz_apps: the payloads of all of them

Packets are 1 ms apart, the first at 2026-01-02 03:04:05 UTC.
"""
import ipaddress
import os
import struct
import sys

START = 1767323045 * 10 ** 9
STEP = 10 ** 6
UDP, TCP = 17, 6
CLIENT, SERVER = "192.0.2.1", "192.0.2.53"
CLIENT6, SERVER6 = "2001:db8::1", "2001:db8::53"


# ---- packets ----

def checksum(octets):
    if len(octets) % 2:
        octets += b"\0"
    total = sum(struct.unpack("!%dH" % (len(octets) // 2), octets))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


class Capture:
    """Frames with their times, and the payloads in them."""

    def __init__(self):
        self.frames, self.payloads, self.now = [], [], START
        self.most = 65000       # octets of a fragment of UDP
        self.next = {}          # of TCP: the sequence number of each side

    def ip(self, src, dst, proto, body, offset=0, more=False):
        src, dst = ipaddress.ip_address(src), ipaddress.ip_address(dst)
        if src.version == 6:
            link = b"\x86\xdd"
            head = struct.pack("!IHBB", 6 << 28, len(body), proto, 64) + \
                src.packed + dst.packed
        else:
            link = b"\x08\0"
            head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(body),
                               1 if offset or more else
                               len(self.frames) + 1 & 0xffff,
                               offset // 8 | (0x2000 if more else 0), 64,
                               proto, 0,
                               src.packed, dst.packed)
            head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
        frame = b"\x02\0\0\0\0\x02\x02\0\0\0\0\x01" + link + head + body
        self.frames.append((self.now, frame))
        self.now += STEP

    def pseudo(self, src, dst, proto, body):
        src, dst = ipaddress.ip_address(src), ipaddress.ip_address(dst)
        return checksum(src.packed + dst.packed +
                        struct.pack("!II", len(body), proto) + body)

    def udp(self, src, sport, dst, dport, payload):
        self.payloads.append((UDP, sport, dport, payload))
        head = struct.pack("!HHHH", sport, dport, 8 + len(payload), 0)
        total = self.pseudo(src, dst, UDP, head + payload) or 0xffff
        body = head[:6] + struct.pack("!H", total) + payload
        for at in range(0, len(body), self.most):
            self.ip(src, dst, UDP, body[at:at + self.most], at,
                    at + self.most < len(body))

    def tcp(self, src, sport, dst, dport, payload):
        self.payloads.append((TCP, sport, dport, payload))
        side, other = (src, sport, dst, dport), (dst, dport, src, sport)
        seq, ack = self.next.get(side, 1000), self.next.get(other, 1000)
        self.next[side] = seq + len(payload)
        head = struct.pack("!HHIIBBHHH", sport, dport, seq, ack, 0x50, 0x18,
                           512, 0, 0)
        total = self.pseudo(src, dst, TCP, head + payload)
        self.ip(src, dst, TCP, head[:16] + struct.pack("!H", total) +
                head[18:] + payload)

    def wait(self, ns):
        self.now += ns - STEP

    def write(self, path):
        with open(path, "wb") as f:
            f.write(struct.pack("<IHHiIII", 0xa1b23c4d, 2, 4, 0, 0, 65535, 1))
            for when, frame in self.frames:
                f.write(struct.pack("<IIII", when // 10 ** 9, when % 10 ** 9,
                                    len(frame), len(frame)) + frame)


def both(c, port, call, reply, client=CLIENT, server=SERVER, sport=40000,
         tcp=False):
    """A call, and its reply if there is one."""
    send = c.tcp if tcp else c.udp
    send(client, sport, server, port, call)
    if reply is not None:
        send(server, port, client, sport, reply)


# ---- DNS ----

A, NS, CNAME, SOA, PTR, MX, TXT, AAAA, SRV, OPT = \
    1, 2, 5, 6, 12, 15, 16, 28, 33, 41
DS, RRSIG, DNSKEY, SVCB, HTTPS, CAA = 43, 46, 48, 64, 65, 257


def name(text):
    labels = [p.encode() for p in text.split(".") if p]
    return b"".join(bytes([len(p)]) + p for p in labels) + b"\0"


def pointer(at):
    return struct.pack("!H", 0xc000 | at)


def question(text, kind, cls=1):
    return name(text) + struct.pack("!HH", kind, cls)


def record(owner, kind, data, ttl=300, cls=1):
    return owner + struct.pack("!HHIH", kind, cls, ttl, len(data)) + data


def message(ident, flags, questions=(), answers=(), authority=(), more=()):
    parts = (questions, answers, authority, more)
    return struct.pack("!HHHHHH", ident, flags, *map(len, parts)) + \
        b"".join(b"".join(p) for p in parts)


OWNER = pointer(12)             # the name of the question


def answers():
    """One record of each kind that is decoded."""
    v6 = ipaddress.ip_address
    return [
        record(OWNER, A, bytes([192, 0, 2, 80])),
        record(OWNER, AAAA, v6("2001:db8::80").packed),
        record(OWNER, CNAME, b"\x05other" + OWNER),
        record(OWNER, NS, name("ns.example.net")),
        record(OWNER, PTR, name("host.example.net")),
        record(OWNER, MX, struct.pack("!H", 10) + b"\x04mail" + OWNER),
        record(OWNER, SOA, name("ns.example.net") + name("root.example.net") +
               struct.pack("!IIIII", 2026010203, 3600, 600, 86400, 60)),
        record(OWNER, TXT, b"\x05v=\"1\"" + b"\x03a\x07b"),
        record(OWNER, SRV, struct.pack("!HHH", 1, 2, 389) +
               name("ldap.example.net")),
        record(OWNER, CAA, b"\x80\x05issueca.example"),
        record(OWNER, DS, struct.pack("!HBB", 12345, 13, 2) + bytes(32)),
        record(OWNER, DNSKEY, struct.pack("!HBB", 257, 3, 13) +
               bytes(range(64))),
        record(OWNER, RRSIG, struct.pack("!HBBIIIH", A, 13, 2, 300,
                                         1767323045, 1767000000, 12345) +
               name("example.com") + bytes(64)),
        record(OWNER, HTTPS, struct.pack("!H", 1) + b"\0" +
               struct.pack("!HH", 1, 6) + b"\x02h2\x02h3" +
               struct.pack("!HHH", 3, 2, 8443) +
               struct.pack("!HH", 4, 4) + bytes([192, 0, 2, 81]) +
               struct.pack("!HH", 6, 16) + v6("2001:db8::81").packed),
        record(OWNER, SVCB, struct.pack("!H", 0) + name("svc.example.net")),
        record(OWNER, 13, b"\x03cpu\x02os"),
        record(OWNER, 44, b"\x01\x01" + bytes(20)),
    ]


def opt(options=b"", size=1232, ttl=0x8000):
    return record(b"\0", OPT, options, ttl, size)


def option(code, data):
    return struct.pack("!HH", code, len(data)) + data


def prefixed(m):
    return struct.pack("!H", len(m)) + m


def dns(c):
    ask = question("www.example.com", A)
    subnet = option(8, struct.pack("!HBB", 1, 24, 0) + bytes([198, 51, 100]))
    both(c, 53, message(0x1234, 0x0100, [ask], more=[opt(subnet)]),
         message(0x1234, 0x8180, [ask], answers(),
                 [record(name("example.com"), NS, name("ns.example.net"))],
                 [opt(subnet + option(10, bytes(8)) +
                      option(15, b"\0\x16" + b"stale"))]))
    ask = question("none.example.com", AAAA)
    both(c, 53, message(7, 0x0100, [ask]), message(7, 0x8183, [ask]),
         CLIENT6, SERVER6)
    ask = question("big.example.com", TXT)
    one, two = prefixed(message(8, 0x0100, [ask])), \
        prefixed(message(9, 0x0100, [question("x.example.com", 65280)]))
    both(c, 53, one + two,
         prefixed(message(8, 0x8180, [ask], [record(OWNER, TXT, b"\x01a")])) +
         prefixed(message(9, 0x8182, [question("x.example.com", 65280)])),
         tcp=True)
    long = prefixed(message(10, 0x8180, [ask], [record(OWNER, TXT,
                                                       (b"\xff" + b"t" * 255)
                                                       * 4)]))
    c.tcp(SERVER, 53, CLIENT, 40000, long[:600])
    c.tcp(SERVER, 53, CLIENT, 40000, long[600:])
    local = question("_ipp._tcp.local", PTR, 0x8001)
    c.udp(CLIENT, 5353, "224.0.0.251", 5353, message(0, 0, [local]))
    c.udp(SERVER, 5353, "224.0.0.251", 5353, message(
        0, 0x8400, [], [record(name("_ipp._tcp.local"), PTR,
                               b"\x04desk" + OWNER, cls=0x8001)]))
    ask = question("printer", A)
    c.udp(CLIENT, 40001, "224.0.0.252", 5355, message(11, 0, [ask]))
    c.udp(SERVER, 5355, CLIENT, 40001, message(
        11, 0x8000, [ask], [record(OWNER, A, bytes([192, 0, 2, 9]))]))


# ---- DHCP ----

def dhcp_option(code, data):
    return bytes([code, len(data)]) + data


def bootp(op, options, sname=b"", boot=b"", flags=0x8000):
    return struct.pack("!BBBBIHH", op, 1, 6, 0, 0x3903f326, 5, flags) + \
        bytes(4) + bytes([192, 0, 2, 9]) + bytes([192, 0, 2, 1]) + bytes(4) + \
        bytes.fromhex("020000000001").ljust(16, b"\0") + \
        sname.ljust(64, b"\0") + boot.ljust(128, b"\0") + \
        bytes.fromhex("63825363") + options


def dhcp6_option(code, data):
    return struct.pack("!HH", code, len(data)) + data


def dhcp(c):
    discover = dhcp_option(53, b"\1") + \
        dhcp_option(61, b"\1" + bytes.fromhex("020000000001")) + \
        dhcp_option(12, b"desk") + dhcp_option(55, bytes([1, 3, 6, 121, 200]))\
        + dhcp_option(60, b"MSFT 5.0") + b"\xff"
    c.udp("0.0.0.0", 68, "255.255.255.255", 67, bootp(1, discover))
    offer = dhcp_option(53, b"\2") + dhcp_option(54, bytes([192, 0, 2, 1])) + \
        dhcp_option(51, struct.pack("!I", 3600)) + \
        dhcp_option(1, bytes([255, 255, 255, 0])) + \
        dhcp_option(3, bytes([192, 0, 2, 1, 192, 0, 2, 2])) + \
        dhcp_option(121, bytes([24, 198, 51, 100, 192, 0, 2, 1, 0,
                                192, 0, 2, 2])) + \
        dhcp_option(119, name("example.com") + b"\x03lab\xc0\x00") + \
        dhcp_option(82, b"\x01\x04eth0" + b"\x02\x03\x00\x01\x02") + \
        dhcp_option(43, bytes(3)) + dhcp_option(52, b"\3") + b"\xff"
    c.udp("192.0.2.1", 67, "192.0.2.9", 68, bootp(
        2, offer, dhcp_option(66, b"tftp.example.com") + b"\xff",
        dhcp_option(67, b"boot.img") + b"\xff"))
    c.udp("192.0.2.1", 67, "192.0.2.9", 68, bootp(
        2, dhcp_option(53, b"\5") + b"\0\0\xff", b"server", b"/boot/img", 0))
    duid = struct.pack("!HHI", 1, 1, 1234) + bytes.fromhex("020000000001")
    address = ipaddress.ip_address("2001:db8::9").packed
    ia = dhcp6_option(3, struct.pack("!III", 1, 100, 200) + dhcp6_option(
        5, address + struct.pack("!II", 300, 0xffffffff) +
        dhcp6_option(13, b"\0\0fine")))
    solicit = b"\x01\x12\x34\x56" + dhcp6_option(1, duid) + \
        dhcp6_option(6, struct.pack("!HHH", 23, 24, 9999)) + \
        dhcp6_option(8, b"\0\x0a") + ia
    c.udp("fe80::1", 546, "ff02::1:2", 547, solicit)
    prefix = dhcp6_option(25, struct.pack("!III", 2, 0, 0) + dhcp6_option(
        26, struct.pack("!IIB", 300, 600, 56) + address))
    reply = b"\x07\x12\x34\x56" + dhcp6_option(1, duid) + \
        dhcp6_option(2, duid) + ia + prefix + dhcp6_option(23, address) + \
        dhcp6_option(24, name("example.com") + name("lab.example.com"))
    c.udp("fe80::2", 547, "fe80::1", 546, reply)
    c.udp("fe80::3", 547, "fe80::2", 547,
          b"\x0c\x01" + address + address + dhcp6_option(18, b"ge-0/0/1") +
          dhcp6_option(9, solicit))


# ---- RPC ----

def u32(*values):
    return struct.pack("!%dI" % len(values), *values)


def u64(*values):
    return struct.pack("!%dQ" % len(values), *values)


def opaque(octets):
    if isinstance(octets, str):
        octets = octets.encode()
    return u32(len(octets)) + octets + bytes(-len(octets) % 4)


NONE = u32(0, 0)
SYS = u32(1) + opaque(u32(99) + opaque("desk") + u32(1000, 100, 2, 10, 20))


def rpc_call(xid, program, version, procedure, body=b"", cred=SYS):
    return u32(xid, 0, 2, program, version, procedure) + cred + NONE + body


def rpc_reply(xid, body=b"", status=0):
    return u32(xid, 1, 0) + NONE + u32(status) + body


def rpc_denied(xid, status, *more):
    return u32(xid, 1, 1, status, *more)


def mark(m, last=True):
    return u32(len(m) | (0x80000000 if last else 0)) + m


FH3 = bytes(range(28))


def rpc(c):
    both(c, 111, rpc_call(1, 100000, 2, 3, u32(100003, 3, 17, 0), NONE),
         rpc_reply(1, u32(2049)))
    both(c, 111, rpc_call(2, 100000, 4, 3, u32(100005, 3) + opaque("udp") +
                          opaque("") + opaque("superuser")),
         rpc_reply(2, opaque("192.0.2.53.78.80")))
    both(c, 111, rpc_call(3, 100000, 2, 4, b"", NONE),
         rpc_reply(3, u32(1, 100003, 3, 6, 2049, 1, 100005, 3, 17, 20048, 0)))
    both(c, 20048, rpc_call(4, 100005, 3, 1, opaque("/export/home")),
         rpc_reply(4, u32(0) + opaque(FH3) + u32(2, 1, 390003)))
    both(c, 20048, rpc_call(5, 100005, 3, 5, b"", NONE),
         rpc_reply(5, u32(1) + opaque("/export") + u32(1) + opaque("desk") +
                   u32(0, 0)))
    both(c, 20048, rpc_call(6, 100005, 3, 1, opaque("/root")),
         rpc_reply(6, u32(13)))
    both(c, 20048, rpc_call(7, 100005, 9, 0), rpc_reply(7, u32(1, 3), 2))
    both(c, 2049, rpc_call(8, 100003, 3, 0), rpc_denied(8, 1, 5))
    both(c, 2049, rpc_call(9, 100003, 3, 0), rpc_denied(9, 0, 2, 2))
    both(c, 2049, rpc_call(10, 100003, 3, 77), rpc_reply(10, b"", 3))
    both(c, 4045, rpc_call(11, 100021, 4, 2, opaque("ck") + u32(1, 1) +
                           opaque("desk") + opaque(FH3) + opaque("own") +
                           u32(5) + u64(0, 100) + u32(0, 1)),
         rpc_reply(11, opaque("ck") + u32(0)))
    both(c, 4046, rpc_call(12, 100024, 1, 2, opaque("srv") + opaque("desk") +
                           u32(100021, 4, 16) + bytes(16)),
         rpc_reply(12, u32(0, 3)))
    both(c, 4047, rpc_call(13, 100004, 2, 3, opaque("dom") + opaque("passwd") +
                           opaque("root")),
         rpc_reply(13, u32(1) + opaque("root:*:0:0")))
    both(c, 5000, rpc_call(14, 0x20000099, 1, 5, bytes(8)),
         rpc_reply(14, bytes(12)))
    c.udp(SERVER, 2049, CLIENT, 40000, rpc_reply(999, u32(0)))


# ---- NFS ----

FH2 = bytes(range(32))
ATTR2 = u32(1, 0o100644, 1, 1000, 100, 5000, 4096, 0, 10, 7, 1234) + \
    u32(1767323045, 0) * 3
SATTR2 = u32(0o644, 0xffffffff, 100, 0xffffffff) + u32(1767323045, 0) * 2


def nfs2(c):
    n = 0

    def do(procedure, args, result):
        nonlocal n
        n += 1
        both(c, 2049, rpc_call(0x200 + n, 100003, 2, procedure, args),
             rpc_reply(0x200 + n, result))
    ok = u32(0)
    do(0, b"", b"")
    do(1, FH2, ok + ATTR2)
    do(2, FH2 + SATTR2, ok + ATTR2)
    do(4, FH2 + opaque("passwd"), ok + FH2 + ATTR2)
    do(4, FH2 + opaque("gone"), u32(2))
    do(5, FH2, ok + opaque("/target"))
    do(6, FH2 + u32(0, 100, 0), ok + ATTR2 + opaque("x" * 100))
    do(8, FH2 + u32(0, 200, 0) + opaque("y" * 50), ok + ATTR2)
    do(9, FH2 + opaque("new") + SATTR2, ok + FH2 + ATTR2)
    do(10, FH2 + opaque("old"), ok)
    do(11, FH2 + opaque("a") + FH2 + opaque("b"), ok)
    do(12, FH2 + FH2 + opaque("hard"), ok)
    do(13, FH2 + opaque("soft") + opaque("/to") + SATTR2, ok)
    do(14, FH2 + opaque("dir") + SATTR2, ok + FH2 + ATTR2)
    do(15, FH2 + opaque("dir"), u32(66))
    do(16, FH2 + u32(0, 512), ok + u32(1, 7) + opaque("file") + u32(1, 0, 1))
    do(17, FH2, ok + u32(8192, 4096, 1000, 500, 400))


ATTR3 = u32(2, 0o40755, 2, 1000, 100) + u64(4096, 8192) + u32(0, 0) + \
    u64(0x99, 77) + u32(1767323045, 0) * 3
SOME = u32(1) + ATTR3
WCC = u32(1) + u64(4096) + u32(1767323045, 0) * 2 + SOME
DIR3 = opaque(FH3)
SATTR3 = u32(1, 0o644, 0, 1, 100, 0, 1, 2, 1767323045, 0)


def nfs3(c, tcp=False):
    n = 0

    def do(procedure, args, result):
        nonlocal n
        n += 1
        call = rpc_call(0x300 + n, 100003, 3, procedure, args)
        reply = rpc_reply(0x300 + n, result)
        if tcp:
            call, reply = mark(call), mark(reply)
        both(c, 2049, call, reply, tcp=tcp)
    ok = u32(0)
    do(0, b"", b"")
    do(1, DIR3, ok + ATTR3)
    do(2, DIR3 + SATTR3 + u32(1, 1767323045, 0), ok + WCC)
    do(3, DIR3 + opaque("etc"), ok + DIR3 + SOME + SOME)
    do(3, DIR3 + opaque("none"), u32(2) + SOME)
    do(4, DIR3 + u32(0x1f), ok + SOME + u32(3))
    do(5, DIR3, ok + SOME + opaque("/to"))
    do(6, DIR3 + u64(1 << 33) + u32(100), ok + SOME + u32(100, 1) +
       opaque("z" * 100))
    do(7, DIR3 + u64(4096) + u32(30, 2) + opaque("w" * 30),
       ok + WCC + u32(30, 2) + u64(0x1122334455667788))
    do(8, DIR3 + opaque("new") + u32(0) + SATTR3, ok + u32(1) + DIR3 + SOME +
       WCC)
    do(8, DIR3 + opaque("once") + u32(2) + u64(5), u32(17) + WCC)
    do(9, DIR3 + opaque("dir") + SATTR3, ok + u32(0, 0) + WCC)
    do(10, DIR3 + opaque("soft") + SATTR3 + opaque("/to"),
       ok + u32(0, 0) + WCC)
    do(11, DIR3 + opaque("dev") + u32(4) + SATTR3 + u32(1, 3),
       ok + u32(0, 0) + WCC)
    do(12, DIR3 + opaque("old"), ok + WCC)
    do(13, DIR3 + opaque("dir"), u32(66) + WCC)
    do(14, DIR3 + opaque("a") + DIR3 + opaque("b"), ok + WCC + WCC)
    do(15, DIR3 + DIR3 + opaque("hard"), ok + SOME + WCC)
    do(16, DIR3 + u64(0, 0) + u32(4096), ok + SOME + u64(9) + u32(1) +
       u64(5) + opaque("file") + u64(1) + u32(0, 1))
    do(17, DIR3 + u64(0, 0) + u32(512, 4096), ok + SOME + u64(9) + u32(1) +
       u64(5) + opaque("file") + u64(1) + SOME + u32(1) + DIR3 + u32(0, 1))
    do(18, DIR3, ok + SOME + u64(100, 50, 40, 10, 5, 4) + u32(0))
    do(19, DIR3, ok + SOME + u32(1, 2, 3, 4, 5, 6, 7) + u64(1 << 40) +
       u32(0, 1, 27))
    do(20, DIR3, ok + SOME + u32(1000, 255, 1, 1, 0, 1))
    do(21, DIR3 + u64(0) + u32(0), ok + WCC + u64(9))


def nfs3tcp(c):
    """The same over TCP; then records that a segment does not hold."""
    nfs3(c, True)
    one = rpc_call(0x391, 100003, 3, 1, DIR3)
    two = rpc_call(0x392, 100003, 3, 3, DIR3 + opaque("both"))
    c.tcp(CLIENT, 40000, SERVER, 2049, mark(one) + mark(two))
    c.tcp(SERVER, 2049, CLIENT, 40000,
          mark(rpc_reply(0x392, u32(2) + SOME)) +
          mark(rpc_reply(0x391, u32(0) + ATTR3)))
    write = rpc_call(0x393, 100003, 3, 7, DIR3 + u64(0) + u32(3000, 0) +
                     opaque("d" * 3000))
    whole = mark(write)
    for at in range(0, len(whole), 1400):
        c.tcp(CLIENT, 40000, SERVER, 2049, whole[at:at + 1400])
    c.tcp(SERVER, 2049, CLIENT, 40000,
          mark(rpc_reply(0x393, u32(0) + WCC + u32(3000, 0) + u64(1))))
    c.tcp(CLIENT, 40000, SERVER, 2049, mark(rpc_call(
        0x394, 100003, 3, 3, DIR3 + opaque("piece"))[:100], False))


STATEID = u32(1) + bytes(range(12))
CHANGE = u32(1) + u64(1, 2)
BITS = u32(2, 0x0010011a, 0x00b0a23a)
# type, change, size, fsid, fileid; mode and the like.
ATTR4 = u32(2, 0x0010011a, 0x00000002) + opaque(
    u32(1) + u64(5, 4096, 0, 99, 1234) + u32(0o644))
OWNER4 = u64(0xc11e) + opaque("open id")
SESSION = bytes(range(16))


def ops(*each):
    return u32(len(each)) + b"".join(each)


def nfs4(c):
    n = 0

    def do(minor, calls, results, status=0, tag=""):
        nonlocal n
        n += 1
        both(c, 2049, mark(rpc_call(0x400 + n, 100003, 4, 1, opaque(tag) +
                                    u32(minor) + ops(*calls))),
             mark(rpc_reply(0x400 + n, u32(status) + opaque(tag) +
                            ops(*results))), tcp=True)

    def op(number, args=b""):
        return u32(number) + args

    def done(number, result=b"", status=0):
        return u32(number, status) + result
    fh = opaque(FH3)
    put, put_done = op(22, fh), done(22)
    do(0, [op(35, u64(7) + opaque("Linux NFS") + u32(0x40000000) +
              opaque("tcp") + opaque("192.0.2.1.3.9") + u32(1))],
       [done(35, u64(0xc11e, 0xc0))])
    do(0, [op(36, u64(0xc11e, 0xc0))], [done(36)])
    do(0, [op(24), op(10), op(9, BITS)],
       [done(24), done(10, fh), done(9, ATTR4)], tag="root")
    do(0, [put, op(15, opaque("etc")), op(10), op(3, u32(0x1f))],
       [put_done, done(15), done(10, fh), done(3, u32(0x1f, 3))])
    do(0, [put, op(15, opaque("none"))], [put_done, done(15, b"", 2)], 2)
    do(0, [put, op(18, u32(5, 1, 0) + OWNER4 + u32(0, 0) + opaque("file")),
           op(10)],
       [put_done, done(18, STATEID + CHANGE + u32(4, 0, 0)), done(10, fh)])
    do(0, [put, op(18, u32(6, 2, 0) + OWNER4 + u32(1, 1) + ATTR4 + u32(0) +
                   opaque("new"))],
       [put_done, done(18, STATEID + CHANGE + u32(0, 1, 2, 2) + STATEID +
                       u32(0, 1) + u64(100) + u32(0, 0, 3) + opaque("me"))])
    do(0, [put, op(25, STATEID + u64(0) + u32(50))],
       [put_done, done(25, u32(1) + opaque("r" * 50))])
    do(0, [put, op(38, STATEID + u64(8) + u32(2) + opaque("w" * 20)),
           op(5, u64(0) + u32(0))],
       [put_done, done(38, u32(20, 2) + u64(3)), done(5, u64(3))])
    do(0, [put, op(26, u64(0, 0) + u32(100, 4096) + BITS)],
       [put_done, done(26, u64(0) + u32(1) + u64(3) + opaque("file") +
                       ATTR4 + u32(0, 1))])
    do(0, [put, op(12, u32(2, 0) + u64(0, 10) + u32(1, 1) + STATEID + u32(1) +
                   OWNER4)], [put_done, done(12, STATEID)])
    do(0, [put, op(12, u32(1, 0) + u64(0, 10) + u32(0) + STATEID + u32(2))],
       [put_done, done(12, u64(0, 10) + u32(2) + OWNER4, 10010)], 10010)
    do(0, [put, op(14, u32(2, 3) + STATEID + u64(0, 10)),
           op(4, u32(7) + STATEID)],
       [put_done, done(14, STATEID), done(4, STATEID)])
    do(0, [put, op(6, u32(5) + opaque("/to") + opaque("soft") + ATTR4),
           op(28, opaque("old")), op(34, STATEID + ATTR4)],
       [put_done, done(6, CHANGE + u32(0)), done(28, CHANGE),
        done(34, u32(0))])
    do(0, [put, op(32), put, op(29, opaque("a") + opaque("b")), op(31),
           op(11, opaque("hard")), op(27), op(33, opaque("x")), op(16)],
       [put_done, done(32), put_done, done(29, CHANGE + CHANGE), done(31),
        done(11, CHANGE), done(27, opaque("/to")),
        done(33, u32(2, 1, 6) + opaque(b"\x2a") + u32(0, 2)), done(16)])
    do(0, [op(30, u64(0xc11e)), op(39, OWNER4)], [done(30), done(39)])
    channel = u32(0, 1 << 20, 1 << 20, 4096, 8, 64, 0)
    do(1, [op(42, u64(7) + opaque("owner") + u32(0x101, 0, 1) +
              opaque("kernel.org") + opaque("Linux") + u64(0) + u32(0))],
       [done(42, u64(0xc11e) + u32(1, 0x20003, 0) + u64(0) +
             opaque("srv") + opaque("scope") + u32(0))])
    do(1, [op(43, u64(0xc11e) + u32(1, 3) + channel + channel +
              u32(0x40000000, 1, 0))],
       [done(43, SESSION + u32(1, 3) + channel + channel)])
    sequence = op(53, SESSION + u32(1, 0, 0, 1))
    sequenced = done(53, SESSION + u32(1, 0, 0, 63, 0))
    do(1, [sequence, op(58, u32(0))], [sequenced, done(58)])
    do(1, [sequence, put, op(55, u32(1) + STATEID), op(45, STATEID)],
       [sequenced, put_done, done(55, u32(1, 0)), done(45)])
    do(2, [sequence, put, op(69, STATEID + u64(0) + u32(0)),
           op(59, STATEID + u64(0, 10)), op(60, STATEID + STATEID + u64(0, 0, 5)
                                            + u32(1, 1, 0))],
       [sequenced, put_done, done(69, u32(0) + u64(8)), done(59),
        done(60, u32(0) + u64(5) + u32(2) + u64(9) + u32(1, 1))])
    do(1, [op(44, SESSION)], [done(44)])
    do(0, [op(999)], [done(10044, b"", 10044)], 10044)


# ---- pairs ----

def pairs(c):
    """Repeated, late, unanswered, never asked: for tables."""
    def get(xid, procedure=1):
        return rpc_call(xid, 100003, 3, procedure, DIR3)
    good = u32(0) + ATTR3
    both(c, 2049, get(1), rpc_reply(1, good))
    c.udp(CLIENT, 40000, SERVER, 2049, get(2))
    c.wait(700 * STEP)
    c.udp(CLIENT, 40000, SERVER, 2049, get(2))
    c.udp(SERVER, 2049, CLIENT, 40000, rpc_reply(2, u32(70)))
    c.udp(SERVER, 2049, CLIENT, 40000, rpc_reply(2, u32(70)))
    c.udp(CLIENT, 40000, SERVER, 2049, get(3))
    c.udp(SERVER, 2049, CLIENT, 40000, rpc_reply(77, good))
    c.udp(CLIENT, 40000, SERVER, 2049, get(4))
    c.udp(CLIENT, 40000, SERVER, 2049, get(5))
    c.udp(SERVER, 2049, CLIENT, 40000, rpc_reply(5, good))
    c.udp(SERVER, 2049, CLIENT, 40000, rpc_reply(4, good))
    ask = question("a.example.com", A)
    both(c, 53, message(1, 0x0100, [ask]), message(1, 0x8180, [ask], [
        record(OWNER, A, bytes(4))]))
    c.udp(CLIENT, 40000, SERVER, 53, message(2, 0x0100, [ask]))
    c.wait(1000 * STEP)
    c.udp(CLIENT, 40000, SERVER, 53, message(2, 0x0100, [ask]))
    c.udp(SERVER, 53, CLIENT, 40000, message(2, 0x8182, [ask]))
    c.udp(CLIENT, 40000, SERVER, 53, message(3, 0x0100, [ask]))
    c.udp(CLIENT, 40000, SERVER, 53,
          message(3, 0x0100, [question("b.example.com", AAAA)]))
    c.udp(SERVER, 53, CLIENT, 40000,
          message(4, 0x8180, [question("c.example.com", A)]))


def unended(c):
    """A name after another one, which ends in a label that is none."""
    c.udp(CLIENT, 40000, SERVER, 53,
          message(1, 0x0100, [question("confidential.example.com", A)]))
    c.udp(CLIENT, 40000, SERVER, 53, message(2, 0x0100, [b"\2ab\x80abcdefg"]))


def fragments(c):
    """A reply that is longer than the link allows."""
    c.most = 1480
    both(c, 2049, rpc_call(1, 100003, 3, 6, DIR3 + u64(0) + u32(4000)),
         rpc_reply(1, u32(0) + SOME + u32(4000, 1) + opaque("z" * 4000)))


def flood(c):
    """More calls than are waited for."""
    for xid in range(17000):
        c.udp(CLIENT, 40000, SERVER, 2049, rpc_call(xid, 100003, 3, 0))


# ---- the others, and what is wrong ----

def others(c):
    stamp = u32(1767323045 + 2208988800, 1 << 31)
    c.udp(CLIENT, 123, SERVER, 123, bytes([0x23, 0, 6, 0xec]) + bytes(36) +
          stamp)
    c.udp(SERVER, 123, CLIENT, 123, bytes([0x24, 2, 6, 0xec]) +
          u32(0x180, 0x40) + bytes([192, 0, 2, 7]) + stamp * 4)
    pdu = bytes.fromhex("a01a02040102030402010002010030"
                        "0c300a06062b060102010105000000")[:28]
    body = b"\x02\x01\x01\x04\x06public" + pdu
    c.udp(CLIENT, 40000, SERVER, 161, b"\x30" + bytes([len(body)]) + body)
    c.udp(CLIENT, 514, SERVER, 514, b"<34>Jan  2 03:04:05 desk su: \x1b[2Jno")
    c.udp(CLIENT, 40000, SERVER, 69, b"\0\1boot.img\0octet\0tsize\x000\0")
    c.udp(SERVER, 69, CLIENT, 40000, b"\0\5\0\1File not found\0")


def hostile(c):
    """Nothing here may take long, or print what it is not."""
    loop = struct.pack("!HHHHHH", 1, 0x8180, 0, 65535, 0, 0)
    c.udp(SERVER, 53, CLIENT, 40000, loop + pointer(12) * 200)
    c.udp(SERVER, 53, CLIENT, 40000, loop + b"\x01a" + pointer(12) + bytes(10))
    long = b"".join(b"\x3f" + b"\x07" * 63 for _ in range(5)) + b"\0"
    c.udp(SERVER, 53, CLIENT, 40000, loop + long + bytes(10))
    chain = loop + b"\0" + b"".join(pointer(12 + max(0, 2 * i - 1))
                                    for i in range(1, 200))
    c.udp(SERVER, 53, CLIENT, 40000, chain)
    many = loop + (b"\0" + struct.pack("!HHIH", 1, 1, 1, 0)) * 5000
    c.udp(SERVER, 53, CLIENT, 40000, many)
    c.udp(CLIENT, 40000, SERVER, 53, message(5, 0x0100, [
        name("a\x1b[31m\n, type=28.b\\\"c.example") + struct.pack(
            "!HH", 1, 1)]))
    c.udp("192.0.2.1", 67, "192.0.2.9", 68, bootp(
        2, dhcp_option(12, b"x\", type=9\x1b[2J") + b"\x0c\xff"))
    c.udp("fe80::1", 547, "fe80::2", 547, nested(30))
    c.udp(CLIENT, 40000, SERVER, 2049, rpc_call(
        1, 100003, 3, 3, DIR3 + opaque("a\", status=0 \x1b]0;x\x07\xff")))
    c.udp(CLIENT, 40000, SERVER, 2049, rpc_call(
        2, 100003, 3, 3, DIR3 + u32(0xffffffff)))
    c.udp(CLIENT, 40000, SERVER, 2049, rpc_call(
        3, 100003, 4, 1, opaque("") + u32(0, 0xffffffff)))
    c.udp(CLIENT, 40000, SERVER, 2049, rpc_call(
        4, 100003, 4, 1, opaque("") + u32(0, 1000) + op9() * 1000))
    c.udp(SERVER, 2049, CLIENT, 40000, rpc_reply(
        4, u32(0) + opaque("") + u32(1, 9, 0, 0xffffffff)))
    c.tcp(CLIENT, 40000, SERVER, 2049, u32(0x8fffffff) * 300)
    c.tcp(CLIENT, 40000, SERVER, 53, b"\0\x0c" * 300)


def op9():
    return u32(9, 1, 0xffffffff)


def nested(depth):
    inner = b"\x01\0\0\0"
    for _ in range(depth):
        inner = b"\x0c\0" + bytes(32) + dhcp6_option(9, inner)
    return inner


KINDS = {"dns": dns, "dhcp": dhcp, "rpc": rpc, "nfs2": nfs2, "nfs3": nfs3,
         "nfs3tcp": nfs3tcp, "nfs4": nfs4, "pairs": pairs, "flood": flood,
         "fragments": fragments, "others": others, "hostile": hostile,
         "unended": unended}


def made(kind):
    c = Capture()
    KINDS[kind](c)
    return c


def seeds(folder):
    """Protocol, ports, then the payload."""
    for kind in set(KINDS) - {"flood"}:
        for n, (proto, sport, dport, payload) in enumerate(made(
                kind).payloads):
            with open(os.path.join(folder, "%s-%d" % (kind, n)), "wb") as f:
                f.write(struct.pack("!BHH", proto, sport, dport) + payload)


def main():
    if sys.argv[1] == "--seeds":
        seeds(sys.argv[2])
    else:
        made(sys.argv[1]).write(sys.argv[2])


if __name__ == "__main__":
    main()
