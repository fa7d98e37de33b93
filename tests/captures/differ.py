#!/usr/bin/env python3
"""Compare the decoder with an independent one on random frames.

    differ.py CORPUS CAPDUMP [FRAMES [SEED]]

CORPUS/oracle.py decodes each frame in Python, CAPDUMP -p decodes a capture file
of them: the results must be equal for every frame.  Frames are mutations of
those of gencap.py; FRAMES per link type (default 2000), the same for one SEED.
"""
import os
import random
import struct
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

from frames import Frame
from gencap import pcap, seeds

# Values at which something changes: lengths, protocols, types, flags.
EDGES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 0x0f, 0x11, 0x21, 0x3c, 0x2b, 0x2c, 0x33,
         0x40, 0x45, 0x46, 0x4f, 0x57, 0x60, 0x7f, 0x80, 0x81, 0x84, 0x86,
         0x88, 0xaa, 0xc2, 0xdd, 0xfe, 0xff]


def mutate(rng, octets, wire):
    b = bytearray(octets[:2000])
    for _ in range(rng.choice((0, 1, 1, 1, 2, 2, 4))):
        if not b:
            break
        at = rng.randrange(min(len(b), rng.choice((8, 20, 64, 2000))))
        how = rng.randrange(6)
        if how == 0:
            b[at] ^= 1 << rng.randrange(8)
        elif how == 1:
            b[at] = rng.randrange(256)
        elif how == 2:
            b[at] = rng.choice(EDGES)
        elif how == 3:
            del b[at:at + rng.choice((1, 2, 4, 8))]
        elif how == 4:
            b[at:at] = bytes(rng.choice(EDGES)
                             for _ in range(rng.choice((1, 2, 4, 8))))
        else:
            b[at:at] = b[at:at + rng.choice((2, 4, 8, 16))]
    if rng.randrange(6) == 0:
        del b[rng.randrange(len(b) + 1):]
    wire = rng.choice((wire, len(b), len(b) + rng.randrange(200), 70000,
                       rng.randrange(1 << 32), 0))
    return bytes(b), wire


def mutants(link, some, count, rng):
    for _ in range(count):
        s = rng.choice(some)
        octets, wire = mutate(rng, s.octets, s.wire)
        yield Frame(link, octets, None, wire)


def oracle_line(oracle, number, f):
    class_, key, data, ip = oracle.decode(
        f.link, f.octets, f.wire, oracle.REQUIRED | oracle.OPTIONAL)
    if class_ == 'ip':
        return '\t'.join(map(str, (number, class_, '-', *key, data, ip)))
    return '%d\t%s\t%s' % (number, class_,
                           key if class_ == 'malformed' else '-')


def compare(oracle, capdump, link, frames):
    with tempfile.NamedTemporaryFile(suffix='.pcap') as out:
        out.write(pcap(link, frames))
        out.flush()
        got = subprocess.run([capdump, '-p', out.name], check=True,
                             stdout=subprocess.PIPE).stdout.decode()
    got = got.splitlines()
    bad = 0
    if len(got) != len(frames):
        print('link type %d: %d frames read of %d' % (link, len(got),
                                                      len(frames)))
        return 1
    for n, f in enumerate(frames):
        want = oracle_line(oracle, n + 1, f)
        if got[n] != want:
            bad += 1
            if bad <= 3:
                print('link type %d, wire %d: %s\n  got  %s\n  want %s' % (
                    link, f.wire, f.octets.hex(), got[n], want))
    return bad


def main(argv):
    if len(argv) < 3:
        sys.exit(__doc__)
    sys.path.insert(0, argv[1])
    import oracle
    capdump = os.path.abspath(argv[2])
    count = int(argv[3]) if len(argv) > 3 else 2000
    rng = random.Random(int(argv[4]) if len(argv) > 4 else 1)
    by_link = {}
    for f in seeds():
        by_link.setdefault(f.link, []).append(f)
    bad = total = 0
    for link, some in sorted(by_link.items()):
        frames = list(mutants(link, some, count, rng))
        bad += compare(oracle, capdump, link, frames)
        total += len(frames)
    print('%d frames of %d link types, %d different' % (total, len(by_link),
                                                        bad))
    return bad != 0


if __name__ == '__main__':
    sys.exit(main(sys.argv))
