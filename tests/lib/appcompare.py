#!/usr/bin/env python3
"""What ipreport says of application protocols beside what tshark says.

    appcompare.py IPREPORT CAPTURE...

Compares, packet by packet, identifiers, names, types, programs, procedures and
statuses of the DNS, DHCP, RPC, mount and NFS, and in tables the pairs and the
times between.  Prints what differs, and how much was compared; 1 if anything
differs or nothing was compared.
"""
import collections
import json
import re
import subprocess
import sys

OPTIONS = ["tcp.desegment_tcp_streams:FALSE", "ip.defragment:FALSE",
           "ipv6.defragment:FALSE", "rpc.desegment_rpc_over_tcp:FALSE",
           "rpc.defragment_rpc_over_tcp:FALSE"]

# Our path, tshark's field, and what makes both alike.
PLAIN = re.compile(r"^[\w.-]+$")
ROOT = object()


def number(text):
    return int(text, 0)


def named(text):
    """Names that both sides write alike; the root is not always told."""
    if text in (".", "<Root>"):
        return ROOT
    return text if PLAIN.match(text) else None


ROWS = [
    ("dns.id", "dns.id", number),
    ("dns.rcode", "dns.flags.rcode", number),
    ("dns.answers", "dns.count.answers", number),
    ("dns.question.name", "dns.qry.name", named),
    ("dns.question.type", "dns.qry.type", number),
    ("dns.answer.name,dns.authority.name,dns.additional.name",
     "dns.resp.name", named),
    ("dns.answer.type,dns.authority.type,dns.additional.type",
     "dns.resp.type", number),
    ("dhcp.xid", "dhcp.id", number),
    ("dhcp.yiaddr", "dhcp.ip.your", str),
    ("dhcp.option.code", "dhcp.option.type", number),
    ("dhcp.option.type", "dhcp.option.dhcp", number),
    ("dhcpv6.type,dhcpv6.option.message.type", "dhcpv6.msgtype", number),
    ("dhcpv6.xid,dhcpv6.option.message.xid", "dhcpv6.xid", number),
    ("rpc.xid", "rpc.xid", number),
    ("rpc.kind", "rpc.msgtyp", number),
    ("rpc.program", "rpc.program", number),
    ("rpc.version", "rpc.programversion", number),
    ("rpc.procedure", "rpc.procedure", number),
    ("mount.path", "mount.path", str),
    ("pmap.port,pmap.mapping.port", "portmap.port", number),
]

# These are of any version of NFS, whose fields differ.
EITHER = [
    ("nfs.status,nfs.operation.status,nfs.operation.result.status",
     ["nfs.status2", "nfs.status3", "nfs.nfsstat4"], number),
    ("nfs.operation.op", ["nfs.opcode"], number),
]


def tshark(path, fields, shown):
    command = ["tshark", "-n", "-r", path, "-Y", shown, "-T", "fields",
               "-E", "occurrence=a", "-E", "aggregator=\t",
               "-E", "separator=\x1f"]
    for option in OPTIONS:
        command += ["-o", option]
    for field in fields:
        command += ["-e", field]
    text = subprocess.run(command, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=False).stdout
    for line in text.decode(errors="replace").split("\n"):
        if line:
            yield dict(zip(fields, line.split("\x1f")))


def values(row, field):
    return [v for v in row.get(field, "").split("\t") if v]


def found(tree, path):
    """All values at a path of keys, through lists."""
    if isinstance(tree, list):
        return [v for each in tree for v in found(each, path)]
    if not path:
        return [tree]
    return found(tree[path[0]], path[1:]) if isinstance(tree, dict) and \
        path[0] in tree else []


def ours(tree, paths, alike):
    got = []
    for path in paths.split(","):
        for value in found(tree, path.split(".")):
            got.append(value if isinstance(value, int) else alike(value))
    return got


class Comparison:
    def __init__(self, program):
        self.program, self.bad = program, 0
        self.seen = collections.Counter()

    def differs(self, path, what, mine, other):
        self.bad += 1
        print("%s: %s: %s, tshark: %s" % (path, what, mine, other))

    def compare(self, where, key, mine, other):
        if None in mine or None in other:
            return                      # names that are written differently
        kind = key.split(".")[0]
        # tshark repeats what RPC says in the programs, and leaves out the
        # names of some records.
        count = set if kind in ("rpc", "pmap") or "answer.name" in key else \
            collections.Counter
        mine, other = (count(v for v in side if v is not ROOT)
                       for side in (mine, other))
        self.seen[kind] += len(other)
        if mine != other:
            self.differs(where, key, mine, other)

    def json(self, path, *options):
        done = subprocess.run([self.program, "-N", "-r", "--format=json",
                               *options, path], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, check=False)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def capture(self, path):
        fields = ["frame.number", "_ws.malformed", "icmp.type",
                  "icmpv6.type", "udp.port", "rpc.reply.dup", "dns.time",
                  "rpc.time"] + \
            [row[1] for row in ROWS] + [f for e in EITHER for f in e[1]]
        rows = [row for row in tshark(path, fields, "dns or mdns or llmnr or "
                                      "dhcp or dhcpv6 or rpc")
                if not (row["icmp.type"] or row["icmpv6.type"])]
        if not rows:
            return
        mine = {o["number"]: o for o in self.json(path)
                if o.get("verdict") == "ip"}
        rows = [row for row in rows if int(row["frame.number"]) in mine]
        for row in rows:
            if not row["_ws.malformed"]:
                self.packet("%s: packet %s" % (path, row["frame.number"]),
                            mine[int(row["frame.number"])], row)
        self.pairs(path, rows, "dns", "dns.time")
        self.pairs(path, rows, "nfs", "rpc.time")

    def packet(self, where, tree, row):
        for paths, field, alike in ROWS:
            other = [alike(v) for v in values(row, field)]
            if field == "dhcp.option.type":
                other = [v for v in other if v not in (0, 255)]
            kind = paths.split(".")[0]
            if kind in tree and not found(tree, [kind, "notes"]) or other:
                self.compare(where, paths, ours(tree, paths, alike), other)
        for paths, names, alike in EITHER:
            if "nfs" in tree:
                other = [alike(v) for f in names for v in values(row, f)]
                self.compare(where, paths, ours(tree, paths, alike), other)

    def pairs(self, path, rows, table, field):
        """Times between, by the number of the reply."""
        mine = {}
        for row in self.json(path, "--table=" + table):
            if row["reply"] is not None and row["ms"] is not None:
                mine.setdefault(row["reply"], []).append(row["ms"])
        for row in rows:
            # tshark pairs numbers of multicast DNS, which are all 0.
            if not row[field] or row["rpc.reply.dup"] or \
                    "5353" in values(row, "udp.port"):
                continue
            self.seen["pairs of " + table] += 1
            other = [float(v) * 1000 for v in values(row, field)]
            got = mine.get(int(row["frame.number"]), [])
            if not any(abs(g - o) < 0.0015 for g in got for o in other):
                self.differs("%s: packet %s" % (path, row["frame.number"]),
                             field, got, other)


def main():
    c = Comparison(sys.argv[1])
    for path in sys.argv[2:]:
        c.capture(path)
    print("compared: " + ", ".join("%d of %s" % (n, what)
                                   for what, n in sorted(c.seen.items())))
    return c.bad > 0 or not c.seen


if __name__ == "__main__":
    sys.exit(main())
