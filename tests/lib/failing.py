"""Runs a program on a system that is in a bad state, as failing.c stands in
for it: each fault at each place.  Whatever happens, a program that ends with
status 0 has done all of its work and its sums are right, one that fails has
left what was there before, and nobody leaves a temporary file behind.

    failing.py read|write|answer|history|live [OPTION...]

in an empty directory, with failing.so in $FAILING.  TRAF_FAILING_POINTS says
at how many calls each kind of fault comes; 0: at each."""
import mmap, os, re, shutil, signal, struct, subprocess, sys, time

KINDS = ["none", "short", "interrupted", "full", "half", "before", "after",
         "unreadable", "descriptors", "memory", "forward", "backward"]
# Those that may well last: the disk stays full.  Where not even a cut works any
# more nobody can undo anything.
LASTING = ["short", "full", "half", "descriptors"]
ALWAYS = 1 << 30
BUILD = os.environ["TRAF_BUILDDIR"]
POINTS = int(os.environ.get("TRAF_FAILING_POINTS", "1"))
TRAFD = BUILD + "/trafd/trafd"
TRAFLOG = BUILD + "/tools/traflog/traflog"
TRAFDB = BUILD + "/tools/trafdb/trafdb"
TRAFSTAT = BUILD + "/tools/trafstat/trafstat"
SENDER = BUILD + "/tests/lib/sender"

runs = failures = 0
place = 0.5


class Plan:
    """The file that failing.c looks at."""
    def __init__(self, path):
        with open(path, "wb") as f:
            f.write(bytes(24))
        with open(path, "r+b") as f:
            self.map = mmap.mmap(f.fileno(), 24)
        self.env = dict(os.environ, FAILING_PLAN=os.path.abspath(path),
                        LD_PRELOAD=os.environ["FAILING"])

    def set(self, kind, at, times, spared=0):
        # First nothing, so that no other kind is hit meanwhile.
        self.map[0:16] = struct.pack("<4I", 0, 0, 0, 0)
        self.map[16:24] = struct.pack("<Q", spared)
        self.map[4:16] = struct.pack("<3I", at, times, 0)
        self.map[0:4] = struct.pack("<I", KINDS.index(kind))

    def calls(self):
        return struct.unpack("<I", self.map[12:16])[0]


def run(args, plan=None):
    try:
        p = subprocess.run(args, stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, timeout=60,
                           env=plan.env if plan else None)
    except subprocess.TimeoutExpired as e:
        return "hangs", e.stdout or b"", e.stderr or b""
    return p.returncode, p.stdout, p.stderr


def good(args):
    status, out, err = run(args)
    assert status == 0, (args, status, err)
    return out


def points(calls):
    """Which of the calls are hit: not the same ones for each program."""
    global place
    if POINTS == 0 or calls <= POINTS:
        return range(1, calls + 1)
    chosen = set()
    while len(chosen) < POINTS:
        place = (place + 0.618034) % 1
        chosen.add(1 + int(place * calls))
    return sorted(chosen)


def listing(at):
    return sorted(os.path.relpath(os.path.join(d, n), at)
                  for d, dirs, files in os.walk(at) for n in dirs + files)


def restore(begin, at):
    shutil.rmtree(at, ignore_errors=True)
    subprocess.check_call(["cp", "-r", "--sparse=always", begin, at])


def table(path):
    """The rows of all blocks, added up."""
    if not os.path.exists(path):
        return {}
    rows = {}
    out = good([TRAFLOG, "-a", "-n", "--format=tsv", "-i", path]).decode()
    for line in out.splitlines()[1:]:
        f = line.split("\t")
        key = tuple(f[2:7])
        old = rows.get(key, (0, 0, 0))
        rows[key] = tuple(int(a or 0) + b for a, b in zip(f[7:10], old))
    return rows


def added(a, b):
    return {k: tuple(x + y for x, y in zip(a.get(k, (0, 0, 0)),
                                           b.get(k, (0, 0, 0))))
            for k in set(a) | set(b)}


def sent(text):
    """The table that the sender has printed."""
    rows = {}
    for line in text.splitlines():
        f = line.split("\t")
        rows[tuple(f[:5])] = tuple(map(int, f[5:8]))
    return rows


def capture(path, flows, packets):
    with open(path, "wb") as f:
        p = subprocess.run([SENDER, "-", str(flows), str(packets)], stdout=f,
                           stderr=subprocess.PIPE, check=True)
    return sent(p.stderr.decode())


def may_crash(args, kind, end):
    """Berkeley DB does, in several places, if malloc(3) fails."""
    return args[0] == TRAFDB and kind == "memory" and \
        end[0] == -signal.SIGSEGV


def every(plan, kinds, prepare, args, check):
    """Runs args with each fault, and has each end checked."""
    global runs, failures
    for kind in kinds:
        prepare()
        plan.set(kind, 0, 0)
        status, _, err = run(args, plan)
        assert status == 0, (args, status, err)
        calls = plan.calls()
        for at in points(calls):
            for times in [1, ALWAYS] if kind in LASTING else [1]:
                prepare()
                plan.set(kind, at, times)
                end = run(args, plan)
                plan.set("none", 0, 0)
                runs += 1
                try:
                    assert end[0] in (0, 1) or may_crash(args, kind, end), \
                        "status %s" % end[0]
                    check(end, kind, times)
                except AssertionError as e:
                    failures += 1
                    print("%s at %d of %d%s: %s: status %s: %s: %s" %
                          (kind, at, calls, " and on" if times > 1 else "",
                           " ".join(args), end[0],
                           end[2].decode(errors="replace").strip(), e))


# ---- trafd --read ----

def read(plan):
    a, b = capture("a.pcap", 40, 400), capture("b.pcap", 60, 300)
    for layout in ["trafd", "old", "new"]:
        args = [TRAFD, "--state-dir", "at", "--user", "root", "-m", "0",
                "-f", "x", "--layout", layout, "--read"]
        shutil.rmtree("begin", ignore_errors=True)
        os.mkdir("begin")
        good(args[:2] + ["begin"] + args[3:] + ["a.pcap"])
        before = table("begin/trafd.x")
        restore("begin", "at")
        good(args + ["b.pcap"])
        after, names = table("at/trafd.x"), listing("at")
        if layout == "trafd":
            assert before == a and after == added(a, b)
        else:                   # no IPv6, and no packets
            want = sum(v[2] for k, v in added(a, b).items() if "." in k[0])
            assert sum(v[2] for v in after.values()) == want

        def check(end, kind, times):
            got = table("at/trafd.x")
            if end[0] == 0:
                assert got == after, "not all of it"
            elif re.search(rb"after \d+ counted frames?:", end[2]):
                pass            # it says so: the capture file was cut
            else:
                assert got == before, "it is not what it was"
            # Without descriptors no directory is opened to remove a file
            # from; a lock file that nobody locks keeps nobody out.
            left = [n for n in listing("at") if n not in names and not
                    n == ".trafd.x.lock"]
            assert not left, left

        every(plan, KINDS[1:], lambda: restore("begin", "at"),
              args + ["b.pcap"], check)


# ---- traflog -w ----

def write(plan):
    capture("a.pcap", 40, 400)
    capture("b.pcap", 60, 300)
    os.mkdir("begin")
    for pcap in ["a.pcap", "b.pcap"]:   # all layouts can take IPv4
        good([TRAFD, "--state-dir", "begin", "--user", "root", "-f", "x",
              "--read", pcap, "ip"])
    good([TRAFLOG, "-i", "begin/trafd.x", "-w", "begin/out"])
    before = table("begin/out")
    assert before
    for args in [["-a"], ["-s"], ["-a", "--layout=old"]]:
        args = [TRAFLOG, "-i", "at/trafd.x"] + args + ["-w", "at/out"]
        restore("begin", "at")
        good(args)
        after, names = table("at/out"), listing("at")

        def check(end, kind, times):
            got = table("at/out")
            # The last steps come when the file is in its place.
            want = [after] if end[0] == 0 else [before, after]
            assert got in want, "neither the old file nor the new one"
            assert listing("at") == names, listing("at")

        every(plan, KINDS[1:10], lambda: restore("begin", "at"), args, check)


# ---- traflog's answers ----

def answer(plan):
    capture("a.pcap", 40, 400)
    capture("b.pcap", 60, 300)
    for pcap in ["a.pcap", "b.pcap"]:
        good([TRAFD, "--state-dir", ".", "--user", "root", "-f", "x",
              "--read", pcap])
    for args in [["-a", "-n"], ["-n", "--by=host", "--format=csv"],
                 ["-n", "--by=host,proto", "--local=10.1.0.0/16,fd00::/16",
                  "--format=json"], ["--total", "-n"]]:
        args = [TRAFLOG, "-i", "./trafd.x"] + args
        want = good(args)

        def check(end, kind, times):
            assert end[0] != 0 or end[1] == want, "another answer"
            assert end[0] == 0 or end[2] != b"", "no message"

        every(plan, ["interrupted", "unreadable", "descriptors", "memory"],
              lambda: None, args, check)


# ---- trafdb ----

def dump(at):
    return good([TRAFDB, "--state-dir", at, "dump"])


def history(plan):
    for n in range(1, 5):
        capture("%d.pcap" % n, 10 * n, 100 * n)
    os.mkdir("begin")

    def more(n):
        good([TRAFD, "--state-dir", "begin", "--user", "root", "-f", "x",
              "--read", "%d.pcap" % n])

    more(1)
    more(2)
    for news, words in [(3, ["update"]), (0, ["update"]),
                        (0, ["rebuild", "x"]),
                        (0, ["prune", "--keep=hours=1d,days=2d"])]:
        args = [TRAFDB, "--state-dir", "at"] + words
        restore("begin", "at")
        good(args)
        want, names = dump("at"), listing("at")

        def check(end, kind, times):
            if end[0] != 0:             # once more, on a good day
                again = run(args)
                assert again[0] == 0, "not again: %s" % again[2]
            assert dump("at") == want, "another history"
            good([TRAFDB, "--state-dir", "at", "verify"])
            # What rebuild cannot read it keeps, whole, and says where.
            kept = re.findall(r"db\.damaged\.\d+", end[2].decode())
            left = [n for n in listing("at") if n not in names and
                    "log." not in n and "__db" not in n and
                    n.split("/")[0] not in kept]
            assert not left, left

        kinds = KINDS[1:10] if POINTS != 1 or words == ["update"] else \
            ["half", "after", "memory"]    # the short form
        every(plan, kinds, lambda: restore("begin", "at"), args, check)
        if words == ["update"]:
            good([TRAFDB, "--state-dir", "begin", "update"])
        if news:
            more(news)


# ---- trafd, live ----

class Daemon:
    def __init__(self, plan, options):
        self.plan, self.sent, self.at = plan, {}, os.path.abspath("state")
        shutil.rmtree("state", ignore_errors=True)
        shutil.rmtree("run", ignore_errors=True)
        os.mkdir("state")
        os.mkdir("run")
        self.run = os.path.abspath("run")
        self.log = open("log", "w")
        plan.set("none", 0, 0)
        self.p = subprocess.Popen(
            ["ip", "netns", "exec", os.environ["NS_B"], TRAFD,
             "--foreground", "-i", "veB", "-m", "0", "--user", "root",
             "--run-dir", self.run, "--state-dir", self.at] + options,
            env=plan.env, stderr=self.log, start_new_session=True)

    def wait(self, ready):
        end = time.monotonic() + 30
        while not ready():
            assert self.p.poll() is None, "it has ended"
            assert time.monotonic() < end, "it hangs"
            time.sleep(0.01)

    def is_ready(self):
        return "accounting to" in open("log").read() and \
            os.path.exists(self.run + "/trafd.veB.status")

    def status(self):
        with open(self.run + "/trafd.veB.status") as f:
            return {w[0]: w[1] for w in map(str.split, f) if len(w) == 2}

    def ended(self):
        s = self.status()
        return sum(int(s[k + e]) for k in ("dump_", "save_")
                   for e in ("done", "failed"))

    def send(self, flows, packets):
        out = subprocess.check_output(
            ["ip", "netns", "exec", os.environ["NS_A"], SENDER, "veA",
             str(flows), str(packets)]).decode()
        self.sent = added(self.sent, sent(out))

    def write(self, sig):
        n = self.ended()
        self.p.send_signal(sig)
        self.wait(lambda: self.ended() > n)

    def stop(self):
        self.p.send_signal(signal.SIGTERM)
        self.p.wait(60)

    def kill(self):
        """With what --monitor has started."""
        if self.p.poll() is None:
            os.killpg(self.p.pid, signal.SIGKILL)
            self.p.wait(60)

    def account(self):
        return added(table(self.at + "/trafd.veB"),
                     table(self.at + "/tmp/trafd.veB"))


def leftovers(at):
    return [n for n in listing(at) if n.split("/")[-1] not in (
        "trafd.veB", "devices.veB", "tmp", ".trafd.veB.journal",
        ".trafd.veB.lock")]


def totals(rows, legacy):
    """Legacy layouts know no IPv6, no packets, and one port."""
    if not legacy:
        return rows
    return sum(v[2] for k, v in rows.items() if "." in k[0])


def live(plan, *options):
    """Each dump and save of one daemon meets a fault; when it has passed,
    all is there."""
    d = Daemon(plan, list(options))
    try:
        d.wait(d.is_ready)
        d.spared = os.stat(d.run + "/trafd.veB.status").st_ino
        meet_faults(d, options)
    finally:
        d.kill()
        if failures or sys.exc_info()[0]:
            print(open("log").read())


def meet_faults(d, options):
    global runs, failures
    legacy = "old" in options or "new" in options
    seed = 1
    for _ in range(max(POINTS, 1) if POINTS else 40):
        for kind in KINDS[1:]:
            seed = seed * 1103515245 + 12345 & 0x7fffffff
            sig = [signal.SIGHUP, signal.SIGINT][seed >> 16 & 1]
            d.send(20, 100 + seed % 100)
            # What is interrupted is tried again, for ever.
            times = [1, 3, 5 if kind == "interrupted" else ALWAYS][seed % 3]
            d.plan.set(kind, 1 + (seed >> 8) % 24, times, d.spared)
            d.write(sig)
            d.plan.set("none", 0, 0)
            runs += 1
            left = leftovers(d.at)
            # What cannot be removed now is removed later.
            if left and (times == 1 or kind not in ("before", "after")):
                failures += 1
                print("%s: %s: left behind: %s" % (kind, sig, left))
    d.write(signal.SIGINT)
    got, want = totals(d.account(), legacy), totals(d.sent, legacy)
    if got != want or leftovers(d.at):
        failures += 1
        print("saved is not what was sent, or files are left: %s" %
              leftovers(d.at))
    d.send(20, 100)
    d.stop()
    got, want = totals(d.account(), legacy), totals(d.sent, legacy)
    if got != want:
        failures += 1
        print("not what was sent at the end")
    if d.p.returncode != 0:
        failures += 1
        print("status %s" % d.p.returncode)


globals()[sys.argv[1]](Plan("plan"), *sys.argv[2:])
print("%d runs with a fault, %d failures" % (runs, failures))
assert runs > 0
sys.exit(failures > 0)
