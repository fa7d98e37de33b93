#!/usr/bin/env python3
"""Random questions to traflog, each answered a second time from the rows that
`traflog -a -n --format=csv' prints: the two must agree in every number.

usage: questions.py traflog mksave directory [seed [rounds [questions]]]
"""

import csv
import io
import ipaddress
import os
import random
import subprocess
import sys
import time

PORTED = {6: "tcp", 17: "udp", 33: "dccp", 132: "sctp", 136: "udplite"}
NAMES = {0: "ip", 1: "icmp", 58: "ipv6-icmp", 47: "gre", **PORTED}
ZONES = ["UTC0", "CET-1CEST,M3.5.0,M10.5.0/3", "PST8PDT,M3.2.0,M11.1.0",
         "NST3:30NDT,M3.2.0,M11.1.0"]
UNITS = {"": 1, "k": 1000, "M": 10**6, "Ki": 1024, "MiB": 1 << 20}
LOCAL = "10.0.0.0/8 fd00::/8"
# Around the ends of summer in Europe and America, and a quiet day.
STARTS = [1792800000, 1774746000, 1793500000, 1795300000]


# ---- the file ----

def address(rnd):
    kind = rnd.random()
    if kind < 0.04:
        return "other"
    if kind < 0.5:
        return "10.%d.%d.%d" % (rnd.randrange(2), rnd.randrange(3),
                                rnd.randrange(1, 6))
    if kind < 0.85:
        return "192.0.2.%d" % rnd.randrange(256)
    return "%s::%d:%x" % (rnd.choice(["fd00", "2001:db8"]),
                          rnd.randrange(2), rnd.randrange(1, 9))


def row(rnd):
    """A row; both sides are of one family, and a side may be folded."""
    while True:
        src, dst = address(rnd), address(rnd)
        sides = [s for s in (src, dst) if s != "other"]
        if len({":" in s for s in sides}) <= 1:
            break
    proto = rnd.choice([6, 6, 6, 17, 17, 1, 58, 47, 132, 0])
    ports = (0, 0)
    if proto in PORTED and not src == dst == "other":
        ports = (rnd.choice([80, 443, 53, 22, 0, 40000]),
                 rnd.choice([80, 443, 53, 1024, 65535]))
    packets = rnd.randrange(1, 2000)
    size = rnd.choice([100, 10**4, 10**6, 10**10])
    octets = rnd.randrange(1, size)
    return (src, ports[0], dst, ports[1], proto, packets,
            rnd.randrange(octets + 1), octets)


def describe(rnd):
    """The text for mksave, of some blocks."""
    text = []
    length = rnd.choice([20, 60, 120, 240, 300, 300, 301, 450, 3600, 86400])
    at = rnd.choice(STARTS) + rnd.randrange(7200)
    for _ in range(rnd.randrange(1, 40)):
        begin = at
        end = begin + length + rnd.choice([0, 0, 0, 1, -1])
        text.append("block eth0 gate %d %d" % (begin, end))
        text.append("ledger frames %d" % rnd.randrange(1, 10**6))
        text.append("networks " + LOCAL)
        seen = {}
        for _ in range(rnd.randrange(0, 60)):
            r = row(rnd)
            seen[r[:5]] = r
        for r in seen.values():
            text.append("%s %d %s %d %d %d %d %d" % r)
        at = end + rnd.choice([0, 0, 0, 0, 30, 4000])
    return "\n".join(text) + "\n"


def devices(rnd):
    """The text of a devices file, and the same as a dictionary."""
    macs = {}
    for addr in ["10.%d.%d.%d" % (i, j, k) for i in range(2)
                 for j in range(3) for k in range(1, 6)] + \
            ["fd00::%d:%x" % (i, j) for i in range(2) for j in range(1, 9)]:
        if rnd.random() < 0.7:
            macs[addr] = "02:00:00:00:00:%02x" % rnd.randrange(12)
    macs = {str(ipaddress.ip_address(a)): mac for a, mac in macs.items()}
    return "".join("%s %s\n" % pair for pair in macs.items()), macs


# ---- the rows as traflog prints them ----

class Row:
    def __init__(self, fields):
        self.begin = seconds(fields["begin"])
        self.end = seconds(fields["end"])
        self.src, self.dst = fields["src"], fields["dst"]
        self.sport, self.dport = int(fields["sport"]), int(fields["dport"])
        self.proto = int(fields["proto"])
        self.packets = int(fields["packets"])
        self.data = int(fields["data"])
        self.bytes = int(fields["bytes"])
        self.folded = self.src == self.dst == "other"

    def ported(self):
        return self.proto in PORTED and not self.folded


def seconds(text):
    import calendar
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))


def is_local(side):
    if side == "other":
        return False
    a = ipaddress.ip_address(side)
    return any(a.version == n.version and a in n
               for n in map(ipaddress.ip_network, LOCAL.split()))


def direction(r):
    src, dst = is_local(r.src), is_local(r.dst)
    return "" if src == dst else "in" if dst else "out"


# ---- keys ----

def offset_text(t):
    lt = time.localtime(t)
    if lt.tm_gmtoff == 0:
        return "Z"
    sign = "-" if lt.tm_gmtoff < 0 else "+"
    minutes = abs(lt.tm_gmtoff) // 60
    return "%s%02d:%02d" % (sign, minutes // 60, minutes % 60)


def iso(t):
    return time.strftime("%Y-%m-%dT%H:%M:%S",
                         time.localtime(t)) + offset_text(t)


def middle(block):
    return block[0] + (block[1] - block[0]) // 2


def hour(block):
    lt = time.localtime(middle(block))
    return iso(middle(block) - lt.tm_min * 60 - lt.tm_sec)


def stamp(form):
    return lambda block: time.strftime(form, time.localtime(middle(block)))


def minute(block):
    return iso(middle(block) - time.localtime(middle(block)).tm_sec)


TIMES = {
    "minute": minute,
    "hour": hour,
    "day": stamp("%Y-%m-%d"),
    "week": stamp("%G-W%V"),
    "month": stamp("%Y-%m"),
    "block": None,
}


def port_text(r, port):
    if r.proto not in PORTED and not (r.src == r.dst == "other" and
                                      r.proto == 0):
        return "-"
    return "other" if r.folded else str(port)


def service(r):
    proto = NAMES[r.proto]
    text = port_text(r, min(r.sport, r.dport))
    return proto if text == "-" else text + "/" + proto


def rank(side):
    if side == "other":
        return (255, 0)
    a = ipaddress.ip_address(side)
    return (a.version, int(a))


def network(side, length4, length6):
    if side == "other":
        return side
    a = ipaddress.ip_address(side)
    n = ipaddress.ip_network((a, length4 if a.version == 4 else length6),
                             strict=False)
    return str(n)


def key_of(key, r, destination, q):
    name, _, argument = key.partition("/")
    side = r.dst if destination else r.src
    if name == "host":
        return (side,)
    if name == "local":
        # Its addresses are known when all rows are, see name_devices().
        return (q["macs"].get(side, side), "")
    if name == "mac":
        return (q["macs"].get(side, "unknown"),)
    if name == "src":
        return (r.src,)
    if name == "dst":
        return (r.dst,)
    if name == "pair":
        return tuple(sorted((r.src, r.dst), key=rank))
    if name == "net":
        lengths = [int(x) for x in argument.split("/")]
        if len(lengths) == 1:
            lengths = [lengths[0], 64] if lengths[0] <= 32 else \
                [32, lengths[0]]
        return (network(side, *lengths),)
    if name == "port":
        return (port_text(r, r.dport if destination else r.sport),)
    if name == "service":
        return (service(r),)
    return (NAMES[r.proto],)


WIDTH = {"block": 3, "pair": 2, "local": 2}     # columns
SIDED = ("host", "net", "port", "local", "mac")
LOCAL_ONLY = ("local", "mac")


# ---- conditions ----

def literal(rnd):
    """A condition as text and as a predicate."""
    side = rnd.choice(["", "src ", "dst "])

    def sides(r, test):
        return (side != "dst " and test(r, False)) or \
            (side != "src " and test(r, True))

    kind = rnd.randrange(6)
    if kind == 0:
        host = address(rnd)
        while host == "other":
            host = address(rnd)
        want = ipaddress.ip_address(host)
        return side + "host " + host, lambda r: sides(
            r, lambda r, d: (r.dst if d else r.src) != "other" and
            ipaddress.ip_address(r.dst if d else r.src) == want)
    if kind == 1:
        net = rnd.choice(["10.0.0.0/16", "192.0.2.128/25", "fd00::/16",
                          "0.0.0.0/0", "2001:db8::1:0/112"])
        want = ipaddress.ip_network(net)

        def inside(r, d):
            s = r.dst if d else r.src
            if s == "other":
                return False
            a = ipaddress.ip_address(s)
            return a.version == want.version and a in want
        return side + "net " + net, lambda r: sides(r, inside)
    if kind == 2:
        port = rnd.choice([80, 443, 53, 0, 1024])
        return side + "port %d" % port, lambda r: sides(
            r, lambda r, d: r.ported() and
            (r.dport if d else r.sport) == port)
    if kind == 3:
        low, high = sorted((rnd.randrange(65536), rnd.randrange(65536)))
        return side + "portrange %d-%d" % (low, high), lambda r: sides(
            r, lambda r, d: r.ported() and
            low <= (r.dport if d else r.sport) <= high)
    if kind == 4:
        proto = rnd.choice([6, 17, 1, 58, 47])
        return "proto %d" % proto, lambda r: r.proto == proto
    field = rnd.choice(["bytes", "data", "packets"])
    op = rnd.choice(["<", "<=", "=", "!=", ">=", ">"])
    number, unit = rnd.randrange(1500), rnd.choice(list(UNITS))
    value = number * UNITS[unit]
    tests = {"<": lambda v: v < value, "<=": lambda v: v <= value,
             "=": lambda v: v == value, "!=": lambda v: v != value,
             ">=": lambda v: v >= value, ">": lambda v: v > value}
    return "%s %s %d%s" % (field, op, number, unit), \
        lambda r: tests[op](getattr(r, field))


def condition(rnd, depth=3):
    if depth == 0 or rnd.random() < 0.35:
        return literal(rnd)
    if rnd.random() < 0.25:
        text, test = condition(rnd, depth - 1)
        return "not (%s)" % text, lambda r: not test(r)
    op = rnd.choice(["and", "or"])
    parts = [condition(rnd, depth - 1) for _ in range(rnd.randrange(2, 4))]
    text = (" %s " % op).join("(%s)" % p[0] for p in parts)
    if op == "and":
        return text, lambda r: all(p[1](r) for p in parts)
    return text, lambda r: any(p[1](r) for p in parts)


# ---- answers ----

class Group:
    def __init__(self):
        self.bytes = self.data = self.packets = 0
        self.received = self.sent = 0
        self.blocks = {}

    def add(self, r, received, sent):
        self.bytes += r.bytes
        self.data += r.data
        self.packets += r.packets
        self.received += received
        self.sent += sent
        b = self.blocks.setdefault((r.begin, r.end), [0, 0, 0])
        b[0] += received
        b[1] += sent
        b[2] += r.bytes


def rate(octets, duration):
    if duration == 0:
        return None
    return int(float(octets) * 8e9 / float(duration * 10**9) + 0.5)


def samples_of(blocks):
    """Lists of blocks that come nearest to five minutes each."""
    samples = []
    for b in sorted(blocks):
        length = b[1] - b[0]
        if samples and b[0] <= samples[-1][-1][1] + 300:
            lasts = sum(x[1] - x[0] for x in samples[-1])
            if abs(lasts + length - 300) < abs(lasts - 300):
                samples[-1].append(b)
                continue
        samples.append([b])
    return samples


def percentile(group, blocks, permille):
    samples = samples_of(blocks)
    total = sum(b[1] - b[0] for b in blocks)
    if total == 0:
        return [None] * 3
    result = []
    for i in range(3):
        loads = []
        for s in samples:
            octets = sum(group.blocks.get(b, (0, 0, 0))[i] for b in s)
            length = sum(b[1] - b[0] for b in s)
            loads.append((rate(octets, length), length))
        loads.sort(reverse=True)
        above = 0
        for r, length in loads:
            above += length
            if above * 1000 > total * (1000 - permille):
                result.append(r)
                break
        else:
            result.append(0)
    return result


def time_part(keys, block, numbers):
    part = []
    for k in keys:
        if k == "block":
            part += [str(numbers[block]), iso(block[0]), iso(block[1])]
        elif k in TIMES:
            part.append(TIMES[k](block))
    return tuple(part)


def full_key(q, r, destination, numbers):
    """None if a key of local devices has no value for that side."""
    keys = q["keys"]
    side = r.dst if destination else r.src
    if any(k in LOCAL_ONLY for k in keys):
        if not is_local(side):
            return None
        q["seen"].add(side)
    block = (r.begin, r.end)
    key = []
    for k in keys:
        key += time_part([k], block, numbers) if k in TIMES else \
            key_of(k, r, destination, q)
    return tuple(key)


def answer(rows, blocks, q):
    numbers = {b: i + 1 for i, b in enumerate(blocks)}
    meant = [b for b in blocks
             if q["since"] <= middle(b) + (b[1] - b[0]) % 2 * 0.5 <
             q["until"]]
    periods = {}
    for b in meant:
        periods.setdefault(time_part(q["keys"], b, numbers), []).append(b)
    groups, total = {}, 0
    if not q["keys"]:
        groups[()] = Group()
    sided = any(k.partition("/")[0] in SIDED for k in q["keys"])
    for r in rows:
        d = direction(r)
        if (r.begin, r.end) not in meant or not q["where"][1](r) or \
                (q["directions"] and d not in q["directions"]):
            continue
        total += r.bytes
        a = full_key(q, r, False, numbers)
        if not sided:
            groups.setdefault(a, Group()).add(
                r, r.bytes if d == "in" else 0, r.bytes if d == "out" else 0)
            continue
        b = full_key(q, r, True, numbers)
        if a is None or b is None:
            if a is not None:
                groups.setdefault(a, Group()).add(r, 0, r.bytes)
            if b is not None:
                groups.setdefault(b, Group()).add(r, r.bytes, 0)
        elif a == b:
            groups.setdefault(a, Group()).add(r, r.bytes, r.bytes)
        else:
            groups.setdefault(a, Group()).add(r, 0, r.bytes)
            groups.setdefault(b, Group()).add(r, r.bytes, 0)
    return name_devices(finish(groups, periods, total, q), q)


def name_devices(result, q):
    """Put names and addresses for what identified the devices."""
    if "local" not in q["keys"]:
        return result
    at = sum(WIDTH.get(k, 1) for k in q["keys"][:q["keys"].index("local")])
    named = {}
    for key, values in result.items():
        own = sorted((a for a in q["seen"]
                      if q["macs"].get(a, a) == key[at]), key=rank)
        text = " ".join(own[:4])
        if len(own) > 4:
            text += " (%d more)" % (len(own) - 4)
        named[key[:at] + (own[0], text) + key[at + 2:]] = values
    return named


def finish(groups, periods, total, q):
    result = {}
    # Rows may count for both of their ends.
    whole = sum(g.bytes for g in groups.values())
    for key, g in groups.items():
        at, part = 0, []
        for k in q["keys"]:
            n = WIDTH.get(k, 1)
            if k in TIMES:
                part += key[at:at + n]
            at += n
        own = periods.get(tuple(part), [])
        values = [g.received, g.sent, g.bytes, g.data, g.packets,
                  rate(g.bytes, sum(b[1] - b[0] for b in own))]
        share = g.bytes * 10**6 // whole if whole else 0
        values.append("%d.%06d" % divmod(share, 10**6))
        if q["permille"]:
            values += percentile(g, own, q["permille"])
        result[key] = ["" if v is None else str(v) for v in values]
    return result


# ---- one question ----

def ask(rnd, blocks):
    keys = rnd.sample(["host", "local", "mac", "src", "dst", "pair", "port", "service",
                       "proto", "net/24", "net/8/32", "net/48"] +
                      list(TIMES), rnd.choice([0, 1, 1, 1, 2, 2, 3]))
    keys = [k for i, k in enumerate(keys)
            if k.partition("/")[0] not in
            [x.partition("/")[0] for x in keys[:i]]]
    first, last = blocks[0][0], blocks[-1][1]
    q = {
        "keys": keys, "where": ("", lambda r: True), "directions": [],
        "since": 0, "until": 1 << 40, "permille": 0, "top": 0,
        "zone": rnd.choice(ZONES),
    }
    if rnd.random() < 0.6:
        q["where"] = condition(rnd)
    if rnd.random() < 0.3:
        q["directions"] = rnd.choice([["in"], ["out"], ["in", "out"]])
    if rnd.random() < 0.3:
        q["since"] = rnd.randrange(first - 100, last + 100)
    if rnd.random() < 0.3:
        q["until"] = rnd.randrange(max(first, q["since"]) + 1, last + 5000)
    if rnd.random() < 0.4:
        q["permille"] = rnd.choice([950, 500, 999, 1000, 10])
    q["apart"] = "local" in keys and "mac" not in keys and rnd.random() < 0.3
    return q


def command(q):
    args = ["--tz=" + q["zone"], "--format=csv"]
    args.append("--by=" + ",".join(q["keys"]) if q["keys"] else "--total")
    if q["where"][0]:
        args.append("--where=" + q["where"][0])
    args += ["--" + d for d in q["directions"]]
    for name, limit in (("since", 0), ("until", 1 << 40)):
        if q[name] != limit:
            args.append("--%s=%s" % (name, time.strftime(
                "%Y-%m-%dT%H:%M:%SZ", time.gmtime(q[name]))))
    if q["apart"]:
        args.append("--apart")
    if q["permille"]:
        args.append("--percentile=%g" % (q["permille"] / 10))
    return args


def run(traflog, args, zone):
    env = dict(os.environ, TZ=zone)
    p = subprocess.run([traflog] + args, env=env, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, text=True)
    if p.returncode != 0:
        sys.exit("%s: %s" % (args, p.stderr))
    return list(csv.reader(io.StringIO(p.stdout)))


def in_order(lines, q):
    """Are periods in order, and the largest of each first?"""
    header, rows = lines[0], lines[1:]
    n = header.index("in")
    periods = [i for i, name in enumerate(header[:n])
               if name in TIMES]
    last = None
    for r in rows:
        key = tuple(int(r[i]) if header[i] == "block" else r[i]
                    for i in periods)
        # Minutes and hours of one offset only sort as texts.
        now = (key, -int(r[n + 2]))
        if last is not None and not {"minute", "hour"} & set(header[:n]) and \
                now < last and (len(periods) < n or key < last[0]):
            return False
        last = now
    return True


def check(traflog, path, rows, blocks, macs, rnd):
    q = ask(rnd, blocks)
    q["macs"] = {} if q["apart"] else macs
    q["seen"] = set()
    os.environ["TZ"] = q["zone"]
    time.tzset()
    args = ["-i", path, "-n"] + command(q)
    lines = run(traflog, args, "UTC0")
    nkeys = lines[0].index("in")
    got = {tuple(r[:nkeys]): r[nkeys:] for r in lines[1:]}
    want = answer(rows, blocks, q)
    if len(got) != len(lines) - 1:
        sys.exit("%s: a key comes twice" % args)
    if got != want:
        for key in sorted(set(got) | set(want)):
            if got.get(key) != want.get(key):
                print(key, "is", got.get(key), "not", want.get(key))
        sys.exit("%s: another answer" % args)
    if not in_order(lines, q):
        sys.exit("%s: out of order" % args)
    if nkeys and "pair" not in q["keys"]:
        check_top(traflog, args, lines, q)


def check_top(traflog, args, lines, q):
    """The first rows are those of the whole answer, of each period."""
    n = lines[0].index("in")
    top = run(traflog, args + ["--top=3"], "UTC0")
    times = [i for i, name in enumerate(lines[0][:n])
             if name in TIMES or name in ("begin", "end")]
    want = {}
    for r in lines[1:]:
        period = tuple(r[i] for i in times) if len(times) < n else ()
        want.setdefault(period, []).append(int(r[n + 2]))
    for sizes in want.values():
        sizes.sort(reverse=True)
        del sizes[3:]
    got = {}
    for r in top[1:]:
        period = tuple(r[i] for i in times) if len(times) < n else ()
        got.setdefault(period, []).append(int(r[n + 2]))
    if got != want:
        sys.exit("%s: --top=3 gives %s, not %s" % (args, got, want))


def main():
    traflog, mksave, directory = sys.argv[1:4]
    seed = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    rounds = int(sys.argv[5]) if len(sys.argv) > 5 else 6
    questions = int(sys.argv[6]) if len(sys.argv) > 6 else 25
    for i in range(rounds):
        rnd = random.Random(seed * 1000 + i)
        path = os.path.join(directory, "trafd.%d" % i)
        subprocess.run([mksave, path], input=describe(rnd), text=True,
                       check=True)
        text, macs = devices(rnd)
        with open(os.path.join(directory, "devices.%d" % i), "w") as f:
            f.write(text)
        lines = run(traflog, ["-i", path, "-a", "-n", "--format=csv"],
                    "UTC0")
        rows = [Row(dict(zip(lines[0], r))) for r in lines[1:]]
        blocks = [(seconds(b), seconds(e)) for b, e in headers(traflog, path)]
        for _ in range(questions):
            check(traflog, path, rows, blocks, macs, rnd)
    print("%d questions, seed %d" % (rounds * questions, seed))


def headers(traflog, path):
    """Begin and end of all blocks, also of those without rows."""
    lines = run(traflog, ["-i", path, "--coverage", "--format=csv"], "UTC0")
    return [r[:2] for r in lines[1:]]


if __name__ == "__main__":
    main()
