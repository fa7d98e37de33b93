#!/usr/bin/env python3
"""Who may include whom.

    rooms.py TREE           complaints, one a line; 1 when there are any
    rooms.py --self-test    does it find what is planted in a tree of its own?

Each folder of lib is a room.  It may include its own headers, by their bare
names, and those of the rooms before it in ORDER but what NEVER says.  Programs
include rooms, never the other way round.  A folder within a room counts with
it.  Files of a room may not include each other in a circle.
"""
import collections
import os
import re
import sys
import tempfile

# From what knows nothing to what knows most; rooms of one line are strangers
# to each other.
ORDER = """
base
packet
table names file
capture bpf host daemon
owner
meter trace
control
history query
tally
report
export
"""

# Room or program: what it never includes though it could.
NEVER = {
    "daemon": "packet table names file",    # any daemon's, this one's or not
    "host": "table names",
    "control": "capture bpf meter owner trace host daemon",
    "history": "capture bpf meter owner trace host daemon control",
    "query": "capture bpf meter owner trace host daemon control",
    "tally": "capture bpf meter owner trace host daemon control",
    "report": "capture bpf meter owner trace host daemon control",
    "trafd": "names query history tally report export",
    "iptrace": "meter query history tally report",
    "tools": "capture bpf meter owner trace",
}

# What NEVER says of programs, but not of these.
READS = {
    "tools/ipreport": "capture trace",
}

# A header of a program that another one may know.
LENT = {
    # The budgets: trafdb keeps them in the history and adds them up,
    # trafstatd shows them.
    ("tools/trafstatd", "tools/trafdb/counted.h"),
    ("tools/trafstatd", "tools/trafdb/limit.h"),
}

# Files of lib/packet and lib/table that know no messages, whoever counts them.
SILENT = re.compile(r"lib/(packet/(decode.*|flow)|table/table)\.[ch]$")

# A header of a library: who may know it.
FOREIGN = [
    (r"pcap(/|\.h)", r"lib/capture/"),
    (r"db\.h$", r"lib/history/store/|lib/names/namecache\.c$"),
    (r"(bpf|linux/bpf)(/|\.h)", r"lib/(bpf|meter|owner)/"),
    (r"event", r"trafd/|iptrace/|tools/"),
    (r"microhttpd\.h$", r"tools/trafstatd/"),
    (r"maxminddb\.h$", r"lib/tally/geo\.c$"),
]

SYSTEM = re.compile(r"#\s*(?:el)?if.*\b__(?:linux__|(?:Free|Net|Open)BSD__|"
                    r"APPLE__|DragonFly__)")
OF_A_SYSTEM = re.compile(r"_(linux|bsd|none)\.[ch]$")

# Complaints about what is still to be cut, without the line.  One that is not
# raised any more is a complaint itself: take it out.
KNOWN = []

PROGRAMS = ["trafd", "iptrace", "tools"]
GENERATED = {"config.h", "owners_bpf.inc", "traf_bpf.inc"}
INCLUDE = re.compile(r"\s*#\s*include\s*([<\"])([^>\"]+)[>\"]")


class Tree:
    def __init__(self, root):
        self.root = root
        self.bad = []
        self.sources = sorted(self.find("lib", *PROGRAMS, "include"))
        self.known = set(self.sources)
        self.rank = {room: n for n, line in enumerate(ORDER.split("\n"))
                     for room in line.split()}

    def find(self, *folders):
        for folder in folders:
            for at, _, names in os.walk(os.path.join(self.root, folder)):
                for name in names:
                    if name.endswith((".c", ".h")):
                        yield os.path.relpath(os.path.join(at, name),
                                              self.root)

    def complain(self, where, what):
        self.bad.append("%s: %s" % (where, what))

    def resolve(self, path, name):
        """The file that is meant, or None."""
        for place in (os.path.dirname(path), "lib", "tools", "include", ""):
            found = os.path.normpath(os.path.join(place, name))
            if found in self.known:
                return found
        return None


def room_of(path):
    """lib/file/legacy/x.c is of the room file, tools/a/x.c of tools/a."""
    parts = path.split("/")
    return parts[1] if parts[0] == "lib" else \
        "/".join(parts[:2]) if parts[0] == "tools" else parts[0]


def module_of(path):
    """name.c, name.h and name_impl.h are one."""
    return re.sub(r"(_impl)?\.[ch]$", "", path)


def may(tree, path, meant):
    """Why a file may not include that one, or None."""
    here, there = room_of(path), room_of(meant)
    if here == there or there == "include":
        return None
    if here.startswith("tools/") and there == "tools/common":
        return None
    if (here, meant) in LENT:
        return None
    if there not in tree.rank:
        return "includes " + meant + " of another program"
    if here in tree.rank and tree.rank[there] >= tree.rank[here]:
        return "includes %s: in ORDER %s is not before %s" % (meant, there,
                                                              here)
    if there in NEVER.get(here.split("/")[0], "").split() and \
            there not in READS.get(here, "").split():
        return "includes %s: %s knows nothing of %s" % (meant, here, there)
    if SILENT.match(path) and os.path.basename(meant) == "log.h":
        return "includes %s: what it finds is counted, not told" % meant
    return None


def quoted(tree, path, line, name):
    """Check an #include "name"; gives the file that is meant."""
    where = "%s:%d" % (path, line)
    meant = tree.resolve(path, name)
    if meant is None:
        if os.path.basename(name) not in GENERATED:
            tree.complain(where, "includes %s, which is nowhere" % name)
        return None
    if name.startswith(".."):
        tree.complain(where, "includes %s by a way and no name" % name)
    why = may(tree, path, meant)
    if why:
        tree.complain(where, why)
    elif os.path.dirname(path) == os.path.dirname(meant) and "/" in name:
        tree.complain(where, "includes %s of its own room: %s would do" %
                      (name, os.path.basename(name)))
    elif "/" not in name and os.path.dirname(path) != \
            os.path.dirname(meant) and not meant.startswith("include/"):
        tree.complain(where, "includes %s: say of which room" % name)
    return meant


def foreign(tree, path, line, name):
    for header, allowed in FOREIGN:
        if re.match(header, name) and not re.match(allowed, path):
            tree.complain("%s:%d" % (path, line),
                          "<%s> is for %s" % (name, allowed))


def read(tree):
    """Check every line; the graph of modules, and how much was seen."""
    graph, seen = collections.defaultdict(set), 0
    for path in tree.sources:
        if path.startswith("lib/") and room_of(path) not in tree.rank:
            tree.complain(path, "a room that ORDER does not know")
            continue
        with open(os.path.join(tree.root, path), encoding="utf-8") as f:
            for line, text in enumerate(f, 1):
                if SYSTEM.match(text) and not OF_A_SYSTEM.search(path):
                    tree.complain("%s:%d" % (path, line),
                                  "systems have files of their own")
                m = INCLUDE.match(text)
                if not m:
                    continue
                seen += 1
                if m.group(1) == "<":
                    foreign(tree, path, line, m.group(2))
                    continue
                meant = quoted(tree, path, line, m.group(2))
                if meant and module_of(meant) != module_of(path):
                    graph[module_of(path)].add(module_of(meant))
    return graph, seen


def circles(graph):
    """Groups of modules that reach each other (Tarjan's algorithm)."""
    index, low, stack, found = {}, {}, [], []

    def visit(v):
        index[v] = low[v] = len(index)
        stack.append(v)
        for w in sorted(graph.get(v, ())):
            if w not in index:
                visit(w)
                low[v] = min(low[v], low[w])
            elif w in stack:
                low[v] = min(low[v], index[w])
        if low[v] == index[v]:
            group = stack[stack.index(v):]
            del stack[-len(group):]
            if len(group) > 1:
                found.append(sorted(group))

    for v in sorted(graph):
        if v not in index:
            visit(v)
    return found


def complaints(root):
    tree = Tree(root)
    graph, seen = read(tree)
    rooms = {room_of(p) for p in tree.sources if p.startswith("lib/")}
    if seen == 0 or len(rooms) < 2:
        tree.complain(root, "%d includes of %d rooms were seen" %
                      (seen, len(rooms)))
    for group in circles(graph):
        tree.complain(group[0], "in a circle with " + ", ".join(group[1:]))
    return tree.bad


def without_known(found):
    told = {re.sub(r"^([^:]*):\d+:", r"\1:", text): text for text in found}
    return [told[text] for text in told if text not in KNOWN] + \
        ["KNOWN has what is not there any more: " + text
         for text in KNOWN if text not in told]


# ---- its own test ----

SOUND = {
    "include/traffic.h": "",
    "lib/base/log.h": "",
    "lib/base/log.c": '#include "config.h"\n#include "traffic.h"\n'
                      '#include "log.h"\n',
    "lib/packet/nets.h": '#include "base/log.h"\n',
    "lib/packet/flow.h": '#include "nets.h"\n',
    "lib/file/legacy/old.c": '#include "file/block.h"\n',
    "lib/file/block.h": '#include "packet/flow.h"\n',
    "lib/host/ifstat_linux.c": "#ifdef __linux__\n",
    "tools/common/say.h": "",
    "tools/traflog/main.c": '#include "file/block.h"\n'
                            '#include "common/say.h"\n',
    "trafd/trafd.c": "#include <event2/event.h>\n",
}
PLANTED = [
    ("lib/base/x.c", '#include "packet/flow.h"\n', "is not before"),
    ("lib/table/x.c", '#include "file/block.h"\n', "is not before"),
    ("lib/table/y.c", '#include "../base/log.h"\n', "by a way"),
    ("lib/packet/x.c", '#  include "flow.h"\n#include "nosuch.h"\n',
     "nowhere"),
    ("lib/packet/y.c", '#include "packet/flow.h"\n', "would do"),
    ("lib/file/legacy/x.c", '#include "traffic.h"\n#include "block.h"\n',
     "nowhere"),
    ("lib/packet/decode_x.c", '#include "base/log.h"\n', "not told"),
    ("lib/daemon/x.c", '#include "packet/flow.h"\n', "knows nothing of"),
    ("lib/attic/x.c", "", "ORDER does not know"),
    ("lib/file/x.c", '#include "common/say.h"\n', "another program"),
    ("tools/traflog/x.c", '#include "meter/m.h"\n', "knows nothing of"),
    ("tools/trafstat/x.c", '#include "traflog/a.h"\n', "another program"),
    ("lib/file/y.c", "#include <pcap/pcap.h>\n", "is for"),
    ("lib/file/legacy/y.c", "# include <db.h>\n", "is for"),
    ("trafd/x.c", "#include <bpf/libbpf.h>\n", "is for"),
    ("lib/names/x.c", "#include <event.h>\n", "is for"),
    ("lib/host/x.c", "#if defined(__FreeBSD__)\n", "files of their own"),
    ("lib/base/a.c", '#include "b.h"\n', "in a circle"),
]
ALSO = {"lib/meter/m.h": "", "tools/traflog/a.h": "",
        "lib/base/a.h": "", "lib/base/b.h": '#include "c.h"\n',
        "lib/base/c.h": "", "lib/base/c.c": '#include "a.h"\n'}


def write(root, files):
    for name, text in files.items():
        path = os.path.join(root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)


def self_test():
    wrong = 0
    for path, text, want in [("", "", "")] + PLANTED:
        with tempfile.TemporaryDirectory() as root:
            write(root, SOUND)
            write(root, ALSO)
            if path:
                write(root, {path: text})
            found = complaints(root)
            if not (len(found) == 1 and want in found[0] if path
                    else found == []):
                print("%s %r: %s" % (path, text, found))
                wrong = 1
    with tempfile.TemporaryDirectory() as root:
        if not complaints(root):
            print("an empty tree is sound")
            wrong = 1
    if KNOWN and without_known(KNOWN[1:]) != [
            "KNOWN has what is not there any more: " + KNOWN[0]]:
        print("KNOWN is kept for ever")
        wrong = 1
    return wrong


def main():
    if sys.argv[1] == "--self-test":
        return self_test()
    bad = without_known(complaints(sys.argv[1]))
    for text in bad:
        print(text)
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
