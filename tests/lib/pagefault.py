"""Damage one page of a file, as a disk, a file system or a copy may do.

pagefault.py KIND SEED FILE [OLD]

KIND is zero, swap, copy, cut, flip or stale; SEED chooses the page, and how
long one is: that of the database or that of a file system.  `swap' exchanges
two pages, `copy' writes one over another, `cut' ends the file there, `stale'
puts the page of OLD, an earlier state of the file, in its place.  Says what
it has done; status 1 if there is no such page.
"""
import os
import random
import sys

LENGTHS = (65536, 4096)


def pages(data, length):
    return [data[i:i + length] for i in range(0, len(data), length)]


def choose(rng, kind, data, old):
    """(length, candidates) of the first length that has some."""
    lengths = list(LENGTHS)
    if rng.random() < 0.3:
        lengths.reverse()
    for length in lengths:
        all_pages = pages(data, length)
        found = range(len(all_pages))
        if kind in ("zero", "cut"):
            found = [i for i in found if any(all_pages[i])]
        elif kind in ("swap", "copy"):
            whole = [i for i in found if len(all_pages[i]) == length]
            found = whole if len(set(all_pages[i] for i in whole)) > 1 else []
        elif kind == "stale":
            before = pages(old, length)
            found = [i for i in found if i < len(before) and
                     len(before[i]) == len(all_pages[i]) and
                     before[i] != all_pages[i]]
        if found:
            return length, list(found)
    return None


def damage(rng, kind, data, old):
    """The damaged octets and what was done, or None."""
    chosen = choose(rng, kind, data, old)
    if chosen is None:
        return None
    length, found = chosen
    at = rng.choice(found)
    all_pages = pages(data, length)
    did = "%s page %d of %d (%d octets)" % (kind, at, len(all_pages), length)
    if kind == "zero":
        all_pages[at] = bytes(len(all_pages[at]))
    elif kind in ("swap", "copy"):
        other = rng.choice([i for i in found if all_pages[i] !=
                            all_pages[at]])
        did += ", %d" % other
        if kind == "swap":
            all_pages[other], all_pages[at] = all_pages[at], all_pages[other]
        else:
            all_pages[at] = all_pages[other]
    elif kind == "cut":
        del all_pages[at:]
    elif kind == "flip":
        page = bytearray(all_pages[at])
        for _ in range(rng.choice((1, 1, 8))):
            page[rng.randrange(len(page))] ^= 1 << rng.randrange(8)
        all_pages[at] = bytes(page)
    elif kind == "stale":
        all_pages[at] = pages(old, length)[at]
    return b"".join(all_pages), did


def main():
    kind, seed, path = sys.argv[1:4]
    old = b""
    if kind == "stale":
        try:
            old = open(sys.argv[4], "rb").read()
        except FileNotFoundError:
            sys.exit(1)
    with open(path, "rb") as f:
        data = f.read()
    result = damage(random.Random(int(seed)), kind, data, old)
    if result is None or result[0] == data:
        sys.exit(1)
    # The same file, as a disk would have it.
    with open(path, "r+b") as f:
        f.write(result[0])
        f.truncate(len(result[0]))
    print("%s: %s" % (os.path.basename(path), result[1]))


main()
