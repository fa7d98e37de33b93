#!/usr/bin/env python3
"""Read a save file as trafd(5) describes it.

Written from the manual page alone, without the program's sources, so that the
tests compare page and program.  Prints a line for each row:
src sport dst dport proto packets data bytes, and the VLAN if there is one.
An owner is uid,user,unit,program instead of an address, and the VLAN the name
of an interface.  Needs zstd(1) for codec 1.
"""
import hashlib
import ipaddress
import struct
import subprocess
import sys

MAGIC = b"\x89TRAF\r\n\x1a"
PLANES = {1: 4, 2: 8, 3: 8, 4: 3, 5: 3, 6: 1, 7: 2, 8: 2, 9: 1, 10: 2,
          11: 8, 12: 8, 13: 8, 14: 8, 15: 2}
LEDGER = 27


def table():
    for n in range(256):
        for _ in range(8):
            n = n >> 1 ^ (0x82F63B78 if n & 1 else 0)
        yield n


TABLE = list(table())


def crc32c(octets):
    crc = 0xFFFFFFFF
    for octet in octets:
        crc = crc >> 8 ^ TABLE[(crc ^ octet) & 255]
    return crc ^ 0xFFFFFFFF


def expand(codec, octets):
    if codec == 0:
        return octets
    return subprocess.run(["zstd", "-dc"], input=octets, check=True,
                          stdout=subprocess.PIPE).stdout


def columns(segment, counts, streams):
    col = {c: [0] * counts[c] for c in PLANES}
    at = 32
    for _ in range(streams):
        c, encoding, plane, codec, stored = struct.unpack_from(
            "<BBBBI", segment, at)
        assert encoding == 1 and plane < PLANES[c]
        octets = expand(codec, segment[at + 8:at + 8 + stored])
        assert len(octets) == counts[c]
        for i, octet in enumerate(octets):
            col[c][i] |= octet << 8 * plane
        at += 8 + stored
    assert len(segment) - at < 8 and not any(segment[at:])
    return col


def addresses(col):
    value, out = 0, []
    for step in col[1]:
        value += step
        out.append(ipaddress.IPv4Address(value))
    value = 0
    for step, low in zip(col[2], col[3]):
        value = (value + step) % 2**64
        out.append(ipaddress.IPv6Address(value << 64 | low))
    return out


def rows(col, addrs):
    src = dst = 0
    for i in range(len(col[4])):
        if col[4][i] != 0:
            dst = 0
        src = (src + col[4][i]) % len(addrs)
        dst = (dst + col[5][i]) % len(addrs)
        packets, data = col[11][i], col[12][i]
        total = data + col[13][i] * (packets or 1) + col[14][i]
        yield (addrs[src], col[7][i], addrs[dst], col[8][i], col[6][i],
               packets, data, total % 2**64) + ((col[15][i],)
                                                if col[15][i] else ())


def read_segment(octets, number):
    length, crc, num, n, n4, n6, streams = struct.unpack_from(
        "<6IH", octets)
    segment = octets[:length]
    assert num == number and length % 8 == 0 and 1 <= n <= 65536
    assert crc == crc32c(segment[:4] + bytes(4) + segment[8:])
    counts = {c: n4 if c == 1 else n6 if c <= 3 else n for c in PLANES}
    col = columns(segment, counts, streams)
    return length, list(rows(col, addresses(col)))


def read_owners(octets):
    """Return the table of owners: names by address, and of interfaces."""
    length, crc, interfaces, codec, zero, n, size, stored = struct.unpack_from(
        "<IIHBBIII", octets)
    table = octets[:length]
    assert length % 8 == 0 and zero == 0 and crc == crc32c(
        table[:4] + bytes(4) + table[8:])
    texts = expand(codec, table[24:24 + stored])
    assert len(texts) == size and length - 24 - stored < 8
    names, owners, at = {}, {}, 0
    for number in range(1, interfaces + 1):
        end = texts.index(0, at)
        names[number] = texts[at:end].decode()
        at = end + 1
    for _ in range(n):
        uid, = struct.unpack_from("<I", texts, at)
        unit, user, program = texts[at + 4:].split(b"\0", 3)[:3]
        at += 4 + len(unit) + len(user) + len(program) + 3
        digest = hashlib.sha256(struct.pack(">I", uid) + unit + b"\0" +
                                program + b"\0").digest()
        owners[ipaddress.IPv6Address(b"\0own" + digest[:12])] = ",".join(
            [str(uid)] + [t.decode() for t in (user, unit, program)])
    assert at == size
    return owners, names


def named(row, owners, names):
    ends = [owners.get(row[0], row[0]), owners.get(row[2], row[2])]
    return (ends[0], row[1], ends[1], *row[3:8],
            *(names.get(v, v) for v in row[8:]))


def read_block(octets):
    assert octets[:8] == MAGIC
    version, _, _, head, crc, segments, body, n = struct.unpack_from(
        "<HBBIIIQQ", octets, 8)
    header = octets[:head]
    assert version in (5, 6) and head % 8 == 0 and body % 8 == 0
    assert crc == crc32c(header[:16] + bytes(4) + header[20:])
    entries, texts = struct.unpack_from("<HH", header, 120)
    assert LEDGER <= entries and texts == 4
    end = head + body + 16
    assert struct.unpack_from("<QII", octets, end - 16) == (
        end, crc, crc32c(octets[end - 16:end - 4]))
    at, all_rows, owners, names = head, [], {}, {}
    if version == 6:
        owners, names = read_owners(octets[head:head + body])
        at += struct.unpack_from("<I", header, 124)[0]
    for number in range(segments):
        length, some = read_segment(octets[at:end - 16], number)
        all_rows += some
        at += length
    assert at == end - 16 and n == len(all_rows)
    sums = tuple(sum(r[k] for r in all_rows) % 2**64 for k in (5, 6, 7))
    assert struct.unpack_from("<3Q", header, 88) == sums
    for row in all_rows:
        print(*named(row, owners, names))
    return end


def main():
    with open(sys.argv[1], "rb") as f:
        octets = f.read()
    while octets:
        octets = octets[read_block(octets):]


main()
