#!/usr/bin/env python3
"""Object files that need each other in a circle.

    circles.py TREE         complaints, one a line; 1 when there are any
    circles.py --self-test  does it find a circle that is planted?

The includes (rooms.py) do not show a circle of two sources behind one header.
The symbols do: in the convenience libraries of a build, an object file needs
another if it uses a function or variable that the other defines.
"""
import collections
import glob
import os
import subprocess
import sys

sys.dont_write_bytecode = True
from rooms import circles  # noqa: E402 (its __pycache__ would stay)

LEAST = 150     # object files; fewer, and something was not looked at


def read(tree):
    """What each object file needs, and why: {object: {object: symbols}}."""
    defined, used = {}, collections.defaultdict(set)
    libraries = sorted(glob.glob(os.path.join(tree, "**", "lib*.a"),
                                 recursive=True))
    listing = subprocess.run(["nm", "-A", "-g"] + libraries, text=True,
                             check=True, stdout=subprocess.PIPE).stdout
    for line in listing.splitlines():
        # tree/lib/base/libbase.a:age.o:0000000000000000 T age_parse
        if line.count(":") < 2:
            continue
        library, member, symbol = line.split(":", 2)
        name = os.path.relpath(os.path.join(os.path.dirname(library),
                                            member), tree)[:-len(".o")]
        kind, symbol = symbol.split()[-2:]
        if kind == "U":
            used[name].add(symbol)
        else:
            defined[symbol] = name
            used[name].discard(symbol)
    needs = {name: collections.defaultdict(set) for name in
             set(used) | set(defined.values())}
    for name, symbols in used.items():
        for symbol in symbols:
            if defined.get(symbol, name) != name:
                needs[name][defined[symbol]].add(symbol)
    return needs


def complaints(needs):
    for group in circles(needs):
        for name in sorted(group):
            for other in sorted(set(needs[name]) & set(group)):
                yield "%s needs %s of %s, in a circle" % (
                    name, ", ".join(sorted(needs[name][other])), other)


def self_test():
    """A circle of three is found, a chain is not."""
    chain = {"a": {"b": {"f"}, "c": {"h"}}, "b": {"c": {"g"}}, "c": {}}
    ring = {"a": {"b": {"f"}}, "b": {"c": {"g"}}, "c": {"a": {"h"}}}
    return not list(complaints(chain)) and len(list(complaints(ring))) == 3


def main():
    if sys.argv[1] == "--self-test":
        return 0 if self_test() else "circles.py finds no planted circle"
    needs = read(sys.argv[1])
    if len(needs) < LEAST:
        return "only %d object files were found" % len(needs)
    found = list(complaints(needs))
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


sys.exit(main())
