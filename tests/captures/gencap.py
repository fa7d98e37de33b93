#!/usr/bin/env python3
"""Make the captures of the tests, and the tables expected from them.

    gencap.py DIR           NAME.pcap or NAME.pcapng, and NAME.expected
    gencap.py --seeds DIR   one file per frame, for tests/fuzz/fuzz_decode
    gencap.py --small DIR   captures of few frames, for tests/fuzz/fuzz_capture

A table holds src sport dst dport proto packets data ip, tab-separated, in
the order of LC_ALL=C sort, then a line with the counts.  Reading a capture
whose name begins with `damaged-' must fail after the table's frames.  The
files are the same each time.  Needs only Python's standard library.
"""
import os
import struct
import sys

sys.dont_write_bytecode = True

from frames import (CUTS4, CUTS6, IP4, IP6, MALFORMED, NONIP, UDP,
                    UNSUPPORTED, WIRE4, WIRE6, WRONG4, WRONG6, ABC, P, Frame,
                    cuts, frame, h, ip4, ip6, udp)
from links import HEADS, MAC, E4, E6, UNSUPPORTED_LINKS, cut_head

ETHERNET, RAW = 1, 101
ETHER4, ETHER6 = MAC + E4, MAC + E6
UDP4, UDP6 = ip4(UDP, udp(ABC)), ip6(UDP, udp(ABC))
WANT4, WANT6 = (*P, UDP, 3, 31), (*P, UDP, 3, 51)


class Frames(list):
    """The frames of a capture; each gets a source address of its own."""

    def put(self, link, head, packet, want, wire=None):
        self.append(frame(len(self) + 1, link, head, packet, want, wire))

    def put_cuts(self, link, head, packet, want):
        """Cut inside the link header and inside the fixed IP header."""
        whole = head + packet
        for n in range(len(head) + (20 if packet is UDP4 else 40)):
            class_ = NONIP if n < len(head) and cut_head(link, head, n) \
                else MALFORMED
            self.append(Frame(link, whole[:n], class_, len(whole)))
        self.put(link, head, packet, want)


# ---- the captures by topic ----

def link_frames(link, heads4, heads6, none, broken):
    f = Frames()
    for head in heads4:
        f.put(link, head, UDP4, WANT4)
    for head in heads6:
        f.put(link, head, UDP6, WANT6)
    for head in none:
        f.put(link, head, UDP4, NONIP)
    for head in broken:
        f.put(link, head, UDP4, MALFORMED)
    for head in heads4:
        f.put_cuts(link, head, UDP4, WANT4)
    for head in heads6:
        f.put_cuts(link, head, UDP6, WANT6)
    return f


def ip_frames(link, head4, head6):
    """Every corner of the IP header, and the packets cut at every octet."""
    f = Frames()
    for head, table, wires, wrong, cut in (
            (head4, IP4, WIRE4, WRONG4, CUTS4),
            (head6, IP6, WIRE6, WRONG6, CUTS6)):
        for _, octets, want in table:
            f.put(link, head, octets, want)
        for _, octets, wire, want in wires:
            f.put(link, head, octets, want, wire)
        for octets in wrong:
            f.put(link, head, octets, MALFORMED)
        for parts in cut:
            for octets, want in cuts(*parts):
                if head + octets:
                    f.put(link, head, octets, want, len(parts[0]))
    return f


def deep_frames():
    """Headers so deep that recursion or a bound would show."""
    f = Frames()
    for n in (100, 10000):
        f.put(ETHERNET, MAC + h('8100', '0001') * n + E4, UDP4, WANT4)
        f.put(ETHERNET, MAC + h('8847') + bytes(4 * n) + h('00000140'), UDP4,
              WANT4)
        f.put(ETHERNET, MAC + h('8100', '0001', '0040', 'aaaa03', '000000')
              * n + E4, UDP4, WANT4)
        f.put(ETHERNET, MAC + h('8100', '0001') * n, b'', MALFORMED)
        f.put(ETHERNET, MAC + h('8847') + bytes(4 * n), b'', MALFORMED)
        f.put(ETHERNET, ETHER6, ip6(60, h('3c00', '00' * 6) * (n // 2)
                                    + h('1100', '00' * 6) + udp(ABC)),
              (*P, UDP, 3, 59 + n // 2 * 8))
    return f


def sum_frames():
    """Packets of few keys: sums, both directions, equal but for one part."""
    f, out = Frames(), []
    for n in range(300):
        f.put(ETHERNET, ETHER4, ip4(UDP, udp(bytes(n))),
              (*P, UDP, n, 28 + n))
    for i, x in enumerate(f):
        same = frame(1 + i % 3, ETHERNET, ETHER4, x.octets[14:], x.want[1:2]
                     + x.want[3:])
        out.append(same)
    a = out[0].octets
    back = a[:26] + a[30:34] + a[26:30] + a[34:]
    w = out[0].want
    out.append(Frame(ETHERNET, back, (w[2], w[1], w[0], *w[3:]), len(back)))
    return out


def unsupported_frames(link):
    return [Frame(link, UDP4[:n], UNSUPPORTED, 28) for n in (0, 1, 28)]


def all_captures():
    """name -> frames"""
    out = {}
    for link, name, *heads in HEADS:
        out['link-' + name] = link_frames(link, *heads)
    for link in UNSUPPORTED_LINKS:
        out['link-unsupported-%d' % link] = unsupported_frames(link)
    out['ip-ethernet'] = ip_frames(ETHERNET, ETHER4, ETHER6)
    out['ip-raw'] = ip_frames(RAW, b'', b'')
    out['ip-sll2'] = ip_frames(276, E4 + bytes(18), E6 + bytes(18))
    out['ip-vlan'] = ip_frames(ETHERNET, MAC + h('8100', '0001') + E4,
                               MAC + h('8100', '0001') + E6)
    out['deep'] = deep_frames()
    out['sums'] = sum_frames()
    out['empty'] = []
    return out


# ---- files ----

def records(frames, order, magic=0xa1b2c3d4):
    extra = bytes(8) if magic == 0xa1b2cd34 else b''
    for i, f in enumerate(frames):
        yield struct.pack(order + 'IIII', 1000000000 + i, i, len(f.octets),
                          f.wire) + extra + f.octets


def pcap(link, frames, order='<', magic=0xa1b2c3d4, snaplen=262144,
         version=(2, 4)):
    return struct.pack(order + 'IHHIIII', magic, *version, 0, 0, snaplen,
                       link) + b''.join(records(frames, order, magic))


def block(order, kind, body):
    body += bytes(-len(body) % 4)
    n = struct.pack(order + 'I', len(body) + 12)
    return struct.pack(order + 'I', kind) + n + body + n


def section(order):
    return block(order, 0x0a0d0d0a, struct.pack(order + 'IHHq', 0x1a2b3c4d,
                                                1, 0, -1))


def interface(order, link, snaplen=262144, options=b''):
    return block(order, 1, struct.pack(order + 'HHI', link, 0, snaplen)
                 + options)


def enhanced(order, f, interface_id=0, options=b'', ticks=0):
    data = f.octets + bytes(-len(f.octets) % 4)
    return block(order, 6, struct.pack(order + 'IIIII', interface_id,
                                       ticks >> 32, ticks & 0xffffffff,
                                       len(f.octets), f.wire) + data
                 + options)


def simple(order, f):
    return block(order, 3, struct.pack(order + 'I', f.wire) + f.octets)


def obsolete(order, f):
    return block(order, 2, struct.pack(order + 'HHIIII', 0, 0xffff, 0, 0,
                                       len(f.octets), f.wire) + f.octets)


def pcapng(link, frames, order='<'):
    """Packets in every kind of block, among blocks that hold none."""
    comment = struct.pack(order + 'HH', 1, 4) + b'text' + bytes(4)
    out = [section(order), interface(order, link, options=comment),
           block(order, 4, bytes(4)), interface(order, link),
           block(order, 0x0bad, bytes(16))]
    for i, f in enumerate(frames):
        if i % 4 == 0:
            out.append(enhanced(order, f, i % 8 // 4, comment))
        elif i % 4 == 1 and f.wire == len(f.octets):
            out.append(simple(order, f))
        elif i % 4 == 2:
            out.append(obsolete(order, f))
        else:
            out.append(enhanced(order, f))
    return b''.join(out) + block(order, 5, bytes(12))


def several(parts, order='<'):
    """One section with an interface for each part; its octets and frames.

    The parts have different link types and snapshot lengths and take turns.
    The second half of the interfaces is described only after some packets.
    """
    out, frames, late = [section(order)], [], len(parts) // 2
    for n in range(1 + max(map(len, parts))):
        for i, part in enumerate(parts):
            at = n - (i >= late)
            if at == 0:
                out.append(interface(order, part[0].link, 65536 + i))
            if 0 <= at < len(part):
                out.append(enhanced(order, part[at], i))
                frames.append(part[at])
    return b''.join(out), frames


def overlong(frames, snaplen):
    """What a reader must make of records longer than the file allows."""
    return [f._replace(octets=f.octets + bytes(snaplen - len(f.octets) + 9),
                       wire=snaplen + 9)
            for f in frames if len(f.octets) <= snaplen]


def long(frames):
    """Frames longer than what is read at once, up to the longest allowed."""
    sizes = (131056, 200000, 60, 131072, 262144)
    return [f._replace(octets=f.octets.ljust(size, b'\0'),
                       wire=max(size, len(f.octets)))
            for f, size in zip(frames, sizes * len(frames))]


def all_files():
    """name of the file -> its octets and frames"""
    out = {}
    captures = all_captures()
    for name, frames in captures.items():
        link = frames[0].link if frames else ETHERNET
        out[name + '.pcap'] = pcap(link, frames), frames
    f = captures['ip-ethernet']
    for name, order, magic in (('be-us', '>', 0xa1b2c3d4),
                               ('le-ns', '<', 0xa1b23c4d),
                               ('be-ns', '>', 0xa1b23c4d),
                               ('modified', '<', 0xa1b2cd34)):
        out['file-%s.pcap' % name] = pcap(ETHERNET, f, order, magic), f
    out['file-le.pcapng'] = pcapng(ETHERNET, f), f
    out['file-be.pcapng'] = pcapng(ETHERNET, f, '>'), f
    two = f[:50]
    out['file-sections.pcapng'] = (pcapng(ETHERNET, two[:25])
                                   + pcapng(ETHERNET, two[25:]), two)
    few = [x for x in f[:5]]
    out['file-long.pcap'] = pcap(ETHERNET, long(few)), few
    out['file-snaplen.pcap'] = pcap(ETHERNET, overlong(few, 100),
                                    snaplen=100), few
    parts = [captures[n][:90] for n in (
        'ip-ethernet', 'ip-raw', 'ip-sll2', 'link-ppp', 'link-null',
        'link-unsupported-147')]
    links, every = several(parts)
    foreign, _ = several(parts, '>')
    out['several-links-le.pcapng'] = links, every
    out['several-links-be.pcapng'] = foreign, every
    out['several-orders.pcapng'] = (
        pcapng(ETHERNET, two, '>') + links
        + pcapng(parts[1][0].link, parts[1]) + foreign,
        two + every + parts[1] + every)
    out['several-snaplens.pcapng'] = (
        section('<') + interface('<', ETHERNET, 96)
        + enhanced('<', two[0]) + interface('<', ETHERNET, 0)
        + enhanced('<', two[1], 1) + simple('<', two[2]), two[:3])
    nflog = captures['link-nflog']
    swapped = [x._replace(octets=swap_nflog(x.octets)) for x in nflog]
    out['file-nflog-be.pcap'] = pcap(239, swapped, '>'), nflog
    out['file-nflog-be.pcapng'] = pcapng(239, swapped, '>'), nflog
    out['file-options.pcapng'] = (
        section('<') + interface('<', ETHERNET)
        + block('<', 0x0bad, bytes(3 << 20))
        + b''.join(enhanced('<', x, 0, bytes(4) * 16384) for x in two), two)
    whole = pcap(ETHERNET, two)
    last = pcap(ETHERNET, two[:-1])
    for name, cut in (('record', len(last) + 20), ('header', len(last) + 7)):
        out['damaged-%s.pcap' % name] = whole[:cut], two[:-1]
    out['damaged-length.pcap'] = (last + struct.pack('<IIII', 0, 0, 0x7ffffff,
                                                     60), two[:-1])
    whole = section('<') + interface('<', ETHERNET) \
        + b''.join(enhanced('<', x) for x in two)
    out['damaged-block.pcapng'] = whole[:-3], two[:-1]
    out['damaged-zero.pcapng'] = (whole + struct.pack('<II', 6, 0) + bytes(32),
                                  two)
    out['damaged-huge.pcapng'] = (whole + struct.pack('<II', 6, 0x7ffffffc)
                                  + bytes(64), two)
    middle = len(section('<') + interface('<', ETHERNET)) \
        + sum(len(enhanced('<', x)) for x in two[:20])
    out['damaged-middle.pcapng'] = (whole[:middle + 4] + b'\x13'
                                    + whole[middle + 5:], two[:20])
    out['damaged-trailer.pcapng'] = (whole[:middle - 4] + b'\x77'
                                     + whole[middle - 3:], two[:19])
    out['damaged-links.pcapng'] = links[:-2], every[:-1]
    out['damaged-interface.pcapng'] = whole + enhanced('<', two[0], 7), two
    return out


def swap_nflog(octets):
    """The same with attributes in the other byte order, as far as whole."""
    b, at = bytearray(octets), 4
    while octets[1:2] == b'\0' and len(b) - at >= 4:
        length = b[at] | b[at + 1] << 8
        b[at:at + 4] = bytes((b[at + 1], b[at], b[at + 3], b[at + 2]))
        if length < 4:
            break
        at += length + 3 & ~3
    return bytes(b)


def expected(frames):
    sums, classes = {}, dict.fromkeys(
        ('ip', NONIP, MALFORMED, UNSUPPORTED), 0)
    for f in frames:
        if not isinstance(f.want, tuple):
            classes[f.want] += 1
            continue
        classes['ip'] += 1
        *key, data, ip = f.want
        s = sums.setdefault(tuple(key), [0, 0, 0])
        s[0] += 1
        s[1] += data
        s[2] += ip
    lines = sorted('\t'.join(map(str, (*k, *v))) for k, v in sums.items())
    return '\n'.join(lines + ['# frames %d ' % len(frames) + ' '.join(
        '%s %d' % c for c in classes.items())]) + '\n'


def write_captures(where):
    for name, (octets, frames) in all_files().items():
        with open(os.path.join(where, name), 'wb') as f:
            f.write(octets)
        with open(os.path.join(where, name + '.expected'),
                  'w', encoding='ascii') as f:
            f.write(expected(frames))


def seeds():
    """Whole frames to mutate: every header, and every packet behind one."""
    f = Frames()
    for link, _, heads4, heads6, none, broken in HEADS:
        for head in heads4 + none + broken:
            f.put(link, head, UDP4, None)
        for head in heads6:
            f.put(link, head, UDP6, None)
        for heads, table, wires in ((heads4, IP4, WIRE4),
                                    (heads6, IP6, WIRE6)):
            for head in heads[:1]:
                for _, octets, _ in table:
                    f.put(link, head, octets, None)
                for _, octets, wire, _ in wires:
                    f.put(link, head, octets, None, wire)
    return f


def write_seeds(where):
    """Link type and wire length, little-endian, then the frame."""
    for n, f in enumerate(seeds()):
        with open(os.path.join(where, 'frame-%d-%d' % (f.link, n)),
                  'wb') as out:
            out.write(struct.pack('<HI', f.link, f.wire) + f.octets)


def small_files():
    """name -> octets: every kind of header, record and block"""
    f = [Frame(ETHERNET, x.octets[:60], None, x.wire)
         for x in all_captures()['ip-ethernet'][:3]]
    raw = [x._replace(link=RAW) for x in f]
    out = {'long.pcap': pcap(ETHERNET, long(f[:1])),
           'snaplen.pcap': pcap(ETHERNET, f, snaplen=20),
           'links.pcapng': several([f, raw])[0],
           'orders.pcapng': pcapng(ETHERNET, f) + pcapng(ETHERNET, f, '>'),
           'nflog.pcap': pcap(239, all_captures()['link-nflog'][:9], '>')}
    for order, name in (('<', 'le'), ('>', 'be')):
        out[name + '.pcapng'] = pcapng(ETHERNET, f, order)
        for magic in (0xa1b2c3d4, 0xa1b23c4d, 0xa1b2cd34):
            out['%s-%x.pcap' % (name, magic)] = pcap(ETHERNET, f, order, magic)
        for minor in range(5):
            out['%s-%d.pcap' % (name, minor)] = pcap(ETHERNET, f, order,
                                                     version=(2, minor))
        for n, value in enumerate((0, 3, 6, 9, 12, 19, 0x80, 0x94, 0xa0, 0xbf)):
            times = struct.pack(order + 'HHB3xHHq', 9, 1, value, 14, 8, n - 3)
            out['%s-times%d.pcapng' % (name, value)] = (
                section(order) + interface(order, ETHERNET, 0, times)
                + b''.join(enhanced(order, x, ticks=0x123456789abcdef)
                           for x in f))
    return out


def write_small(where):
    for name, octets in small_files().items():
        with open(os.path.join(where, name), 'wb') as f:
            f.write(octets)


def main(argv):
    if len(argv) == 3 and argv[1] == '--seeds':
        write_seeds(argv[2])
    elif len(argv) == 3 and argv[1] == '--small':
        write_small(argv[2])
    elif len(argv) == 2 and not argv[1].startswith('-'):
        write_captures(argv[1])
    else:
        sys.exit(__doc__)


if __name__ == '__main__':
    main(sys.argv)
