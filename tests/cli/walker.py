#!/usr/bin/env python3
"""The life of an account, walked at random against the real programs.

    walker.py --build DIR --netns NS --iface IF --send IF --dir DIR
              [--steps N] [--walkers K] [--seed S]

A model knows what was sent and where it must be: which packets the save file
has, which the dump, which a daemon holds, and who has the lock.  Each step is
one thing that happens to an account (a start, a kill, a save, a file from a
backup, a second daemon, two scripts at once ...); the model says what it must
lead to, and the files are compared with that.  So whatever is lost, counted
twice or written by two shows in the step that did it.  K accounts are walked
side by side, each with the options of a row of OPTIONS.  Complaints, with the
steps that led there, and status 1; the same seed takes the same way, but for
the instants of kills.
"""
import argparse
import collections
import os
import random
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

OPTIONS = ["", "--layout old", "--threads 2", "--layout new", "--monitor",
           "--layout old --monitor"]
PACKET = 46                     # its length, as IP has it
ASK = {"version": 1, "dump": 5, "save": 6}
CONF = """trafd_program={build}/trafd/trafd
trafd_ifaces={iface}
trafd_flags="{flags}"
trafd_rundir={run}
trafd_statedir={state}
trafd_log={top}/log
trafd_timeout=60
"""
LEGACY_PCAP = struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101)


class Wrong(Exception):
    """The programs did what the model does not allow."""


def packet(walker, batch):
    """An IP packet; the batch is in its source, the walker in where to."""
    return struct.pack("!BBHHHBBH4s4s", 0x45, 0, PACKET, 0, 0, 64, 17, 0,
                       struct.pack("!I", 0x0a000000 + batch),
                       bytes([10, 255, walker, 1])) + \
        struct.pack("!HHHH", 1000, 53, PACKET - 20, 0) + bytes(PACKET - 28)


def frame(walker, batch):
    return bytes.fromhex("020000000001020000000002") + b"\x08\x00" + \
        packet(walker, batch)


def batch_of(address):
    return struct.unpack("!I", socket.inet_aton(address))[0] - 0x0a000000


def is_there(pid):
    """One that was killed has its locks until its last thread has ended."""
    try:
        with open("/proc/%d/stat" % pid) as f:
            zombie = f.read().rsplit(")", 1)[1].split()[0] in "ZX"
        return not zombie or len(os.listdir("/proc/%d/task" % pid)) > 1
    except (FileNotFoundError, ProcessLookupError, NotADirectoryError):
        return False


def wait(condition, what):
    end = time.monotonic() + 60
    while not condition():
        if time.monotonic() > end:
            raise Wrong("waited in vain for " + what)
        time.sleep(0.005)


class Daemon:
    """One that runs: its process, and what its table holds."""

    def __init__(self, pid, table):
        self.pid, self.table, self.lost = pid, table, False
        self.lost_dump = None           # the file apart, if any

    def processes(self):
        try:
            with open("/proc/%d/task/%d/children" % (self.pid,
                                                     self.pid)) as f:
                return [self.pid] + [int(n) for n in f.read().split()]
        except (FileNotFoundError, ProcessLookupError):
            return [self.pid]


class Walker(threading.Thread):
    def __init__(self, args, number, steps):
        super().__init__()
        self.args, self.number, self.steps = args, number, steps
        self.rng = random.Random("%d.%d" % (args.seed, number))
        self.options = OPTIONS[number % len(OPTIONS)]
        self.ext = "w%d" % number
        self.top = os.path.join(args.dir, self.ext)
        self.state = os.path.join(self.top, "state")
        self.file = os.path.join(self.state, "trafd." + self.ext)
        self.dump_file = os.path.join(self.state, "tmp", "trafd." + self.ext)
        self.lock = os.path.join(self.state, ".trafd.%s.lock" % self.ext)
        self.said, self.way, self.done = [], [], collections.Counter()
        self.batches, self.read = 0, {}
        # ---- the model ----
        self.saved = collections.Counter()      # batches, times
        self.dump = None                        # batches, or no such file
        self.backup = None                      # (saved, dump)
        self.running = {}                       # by number of run directory
        self.holder = None                      # a key of it
        self.line = None                        # whose the lock file is

    # ---- the programs ----

    def run_dir(self, slot):
        return os.path.join(self.top, "run%d" % slot)

    def flags(self, resume):
        return "%s-m 0 --user root --source pcap --buffer 1 -f %s %s" % (
            "-r " if resume else "", self.ext, self.options)

    def expression(self):
        return "dst host 10.255.%d.1" % self.number

    def trafd(self, slot, *more):
        return subprocess.run(
            ["nsenter", "--net=/run/netns/" + self.args.netns,
             self.args.build + "/trafd/trafd", "--run-dir",
             self.run_dir(slot), "--state-dir", self.state, *more],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, check=False)

    def script(self, name, hidden):
        """Where hidden, ps(1) does not show the daemon, as in containers."""
        return subprocess.Popen(
            ["nsenter", "--net=/run/netns/" + self.args.netns,
             self.args.build + "/scripts/" + name],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=dict(os.environ, TRAFD_CONF=self.top + "/conf",
                     TRAF_SUBR=self.args.build + "/scripts/traf.subr",
                     PATH=(self.top + "/bin:" if hidden else "") +
                     self.args.build + "/tools/trafstat:" +
                     os.environ["PATH"]))

    def ask(self, slot, what):
        """By its socket; the status of the answer and its text."""
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(60)
            s.connect("%s/trafd.%s.sock" % (self.run_dir(slot), self.ext))
            s.sendall(b"TRFQ" + struct.pack("<HHII", 1, ASK[what], 0, 0))
            got = b""
            while part := s.recv(4096):
                got += part
        if len(got) < 24:
            raise Wrong("no answer to " + what)
        return struct.unpack_from("<I", got, 8)[0], got[24:]

    def rows(self, path):
        """Packets by batch, over all blocks of a file."""
        count = collections.Counter()
        if not os.path.exists(path) or os.path.getsize(path) == 0:
            return count
        st = os.stat(path)
        stamp = (st.st_ino, st.st_size, st.st_mtime_ns)
        if self.read.get(path, (None,))[0] == stamp:
            return self.read[path][1]
        done = subprocess.run(
            [self.args.build + "/tools/traflog/traflog", "-a", "-n",
             "--format=tsv", "-i", path], stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True, check=False)
        for line in done.stdout.splitlines()[1:]:
            field = line.split("\t")
            count[batch_of(field[2])] += int(field[9]) // PACKET
        self.read[path] = (stamp, count)
        return count

    def daemons(self):
        """All that this account has, whatever any file says."""
        found = []
        for name in os.listdir("/proc"):
            if not name.isdigit():
                continue
            try:
                with open("/proc/%s/cmdline" % name, "rb") as f:
                    words = f.read().split(b"\0")
                with open("/proc/%s/status" % name) as f:
                    parent = int(f.read().split("PPid:")[1].split()[0])
            except (OSError, IndexError):
                continue
            if words[0].endswith(b"/trafd") and \
                    self.state.encode() in words and is_there(int(name)):
                found.append((int(name), parent))
        pids = {pid for pid, _ in found}
        return [pid for pid, parent in found if parent not in pids]

    # ---- what the model says of the files ----

    def compare(self):
        for what, path, want in (("save file", self.file, self.saved),
                                 ("dump", self.dump_file, self.dump)):
            got = self.rows(path)
            if got != +collections.Counter(want or {}):
                raise Wrong("%s: has %s, must have %s" % (
                    what, dict(got), dict(want or {})))
        for daemon in self.running.values():
            if daemon.lost_dump is not None:
                got = self.rows(daemon.lost_dump[0])
                if got != daemon.lost_dump[1]:
                    raise Wrong("dump apart: has %s, must have %s" % (
                        dict(got), dict(daemon.lost_dump[1])))

    def is_void(self):
        """Is the dump part of the save file already?"""
        return bool(self.dump) and all(self.saved[b] for b in self.dump)

    def confirm(self, slot):
        """What a daemon does before it writes.  Has it the account?

        If there is no lock file, the first one that looks takes the account,
        unless it knows already that another one has had it.
        """
        d = self.running[slot]
        if not d.lost and self.line is None:
            self.holder = self.line = slot
        elif self.line != slot:
            d.lost = True
        return not d.lost

    def held(self):
        return self.holder is not None and self.line == self.holder

    def note_dump(self, slot):
        d = self.running[slot]
        if self.confirm(slot):
            self.dump = d.table.copy()
        else:
            if d.lost_dump is None:
                names = [n for n in os.listdir(self.state + "/tmp")
                         if ".lost." in n]
                newest = max(names, key=lambda n: int(n.rsplit(".")[-1]))
                d.lost_dump = (self.state + "/tmp/" + newest, None)
            d.lost_dump = (d.lost_dump[0], d.table.copy())

    # ---- steps; None: not possible now ----

    def begin(self, slot, resume):
        done = self.trafd(slot, "-i", self.args.iface,
                          *self.flags(resume).split(), self.expression())
        may = slot not in self.running and not self.held()
        if done.returncode != (0 if may else 1):
            raise Wrong("a start ended with %d: %s" % (done.returncode,
                                                       done.stdout))
        if not may:
            return
        if self.is_void():
            self.dump = None
        table = collections.Counter()
        if self.dump is not None and resume:
            table = self.dump.copy()
        elif self.dump is not None:
            self.saved += self.dump
            self.dump = None
        with open("%s/trafd.%s" % (self.run_dir(slot), self.ext)) as f:
            self.running[slot] = Daemon(int(f.read()), table)
        self.holder = self.line = slot

    def step_start(self):
        self.begin(self.rng.choice((1, 1, 1, 2)), self.rng.random() < 0.7)

    def step_second(self):
        if self.holder is None:
            return False
        self.begin(3 - self.holder, True)

    def step_send(self):
        self.batches += 1
        n = self.rng.randrange(1, 20)
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as s:
            s.bind((self.args.send, 0))
            for _ in range(n):
                s.send(frame(self.number, self.batches))
        for d in self.running.values():
            d.table[self.batches] += n

    def one(self):
        return self.rng.choice(sorted(self.running)) if self.running else None

    def step_dump(self):
        if (slot := self.one()) is None:
            return False
        status, text = self.ask(slot, "dump")
        if status != 0:
            raise Wrong("a dump failed: %r" % text)
        self.note_dump(slot)

    def step_save(self):
        if (slot := self.one()) is None:
            return False
        mine = self.confirm(slot)
        status, text = self.ask(slot, "save")
        if (status == 0) != mine:
            raise Wrong("a save ended with %d: %r" % (status, text))
        if mine:
            self.saved += self.running[slot].table
            self.running[slot].table = collections.Counter()
            self.dump = None

    def end(self, slot, sig):
        d = self.running[slot]
        pids = d.processes()
        os.kill(d.pid, sig)
        wait(lambda: not any(map(is_there, pids)), "PID %d to end" % d.pid)
        return pids

    def forget(self, slot):
        del self.running[slot]
        if self.holder == slot:
            self.holder = None

    def step_term(self):
        if (slot := self.one()) is None:
            return False
        self.end(slot, signal.SIGTERM)
        self.note_dump(slot)
        self.forget(slot)

    def killed(self, slot, also):
        """The files are as they were, or as one of also says."""
        before = (self.saved, self.dump)
        got = (self.rows(self.file), self.rows(self.dump_file))
        for saved, dump in [before] + also:
            if (+saved, +collections.Counter(dump or {})) == got:
                self.saved, self.dump = saved.copy(), dump
                break
        else:
            raise Wrong("after a kill: %s, must be one of %s" % (
                got, [before] + also))
        self.forget(slot)

    def at_risk(self, slot):
        """What a job, finished or not, may have left on the disk."""
        d = self.running[slot]
        if not self.confirm(slot):
            return []
        new = self.saved + d.table
        return [(self.saved, d.table.copy()), (new, None),
                (new, self.dump), (new, d.table.copy())]

    def step_kill(self):
        if (slot := self.one()) is None:
            return False
        # A worker whose parent has gone ends as if it had been told to.
        also = self.at_risk(slot)[:1] if "monitor" in self.options and \
            not self.running[slot].lost else []
        self.end(slot, signal.SIGKILL)
        self.killed(slot, also)

    def step_kill_at_work(self):
        if (slot := self.one()) is None or self.running[slot].lost or \
                self.holder != slot or not self.held():
            return False
        d = self.running[slot]
        os.kill(d.pid, self.rng.choice((signal.SIGINT, signal.SIGHUP)))
        time.sleep(self.rng.choice((0, 0.12)) + self.rng.random() * 0.03)
        also = self.at_risk(slot)
        self.end(slot, signal.SIGKILL)
        self.killed(slot, also + [(s, t) for s, t in
                                  ((self.saved + d.table,
                                    collections.Counter()),)])

    def step_backup(self):
        if self.running:
            return False
        shutil.rmtree(self.top + "/backup", ignore_errors=True)
        shutil.copytree(self.state, self.top + "/backup")
        self.backup = (self.saved.copy(), self.dump and self.dump.copy())

    def step_restore(self):
        """All of it; of one that runs the save file alone, which is used."""
        if self.backup is None or len(self.running) > 1:
            return False
        name = "/backup/trafd." + self.ext
        if not self.running:
            shutil.rmtree(self.state)
            os.rename(self.top + "/backup", self.state)
            self.saved, self.dump = self.backup
        elif "layout" in self.options or self.dump is not None or \
                not os.path.exists(self.top + name):
            return False
        else:
            os.rename(self.top + name, self.file)
            self.saved = self.backup[0]
        self.backup = None

    def step_move_file(self):
        if self.dump is not None or not os.path.exists(self.file):
            return False
        os.rename(self.file, "%s/aside.%d" % (self.top, len(self.way)))
        self.saved = collections.Counter()

    def step_move_all(self):
        if any(d.lost for d in self.running.values()):
            return False
        os.rename(self.state, "%s/away.%d" % (self.top, len(self.way)))
        os.makedirs(self.state + "/tmp")
        self.saved, self.dump = collections.Counter(), None
        self.line = None

    def step_remove_lock(self):
        if self.holder is None:
            return False
        if os.path.exists(self.lock):
            os.unlink(self.lock)
        self.line = None

    def step_torn(self):
        """What a power failure left; BPFT's layouts cannot know it."""
        if "layout" in self.options or not os.path.exists(self.file):
            return False
        with open(self.file, "ab") as f:
            f.write(os.urandom(self.rng.randrange(1, 300)))

    def step_read(self):
        self.batches += 1
        p = packet(self.number, self.batches)
        with open(self.top + "/capture", "wb") as f:
            f.write(LEGACY_PCAP + struct.pack("<IIII", 1795215600, 0, len(p),
                                              len(p)) + p)
        done = self.trafd(1, "--read", self.top + "/capture", "-m", "0",
                          "-f", self.ext, *[o for o in self.options.split()
                                            if "-monitor" not in o and
                                            "-threads" not in o and
                                            o != "2"])
        may = not self.held()
        if done.returncode != (0 if may else 1):
            raise Wrong("--read ended with %d: %s" % (done.returncode,
                                                      done.stdout))
        if may:
            if self.is_void():
                self.dump = None
            self.saved[self.batches] += 1
            self.line = None                    # --read removes its file

    def step_status(self):
        """Who has the account is known, whatever became of the PID file."""
        done = self.trafd(1, "--status", "-f", self.ext)
        if not self.held():
            return False
        want = "pid %d\n" % self.running[self.holder].pid
        if done.returncode != 0 or not done.stdout.startswith(want):
            raise Wrong("--status: %d, %r" % (done.returncode, done.stdout))

    def step_scripts(self):
        """trafstop and trafstart at once: a daemon with its files, or none."""
        if len(self.running) > 1 or 2 in self.running or (
                self.running and not self.held()):
            return False
        before = self.running.get(1)
        hidden = self.rng.random() < 0.5
        scripts = [self.script(n, hidden) for n in self.rng.choice((
            ("trafstop",), ("trafstop", "trafstart"),
            ("trafstart", "trafstop"),
            ("trafstop", "trafstart", "trafstop", "trafstart")))]
        for s in scripts:
            s.wait()
        pids = self.daemons()
        names = sorted(os.listdir(self.run_dir(1)))
        if self.is_void():
            self.dump = None
        held = before.table.copy() if before else \
            collections.Counter(self.dump or {})
        if len(pids) > 1 or (not pids and names):
            raise Wrong("scripts: daemons %s, files %s" % (pids, names))
        if before and pids != [before.pid]:
            self.dump = held.copy()
        if before:
            self.forget(1)
        if not pids:
            return
        if len(names) != 3:
            raise Wrong("scripts: daemon %d, files %s" % (pids[0], names))
        with open("%s/trafd.%s" % (self.run_dir(1), self.ext)) as f:
            if int(f.read() or 0) != pids[0]:
                raise Wrong("scripts: the PID file is not that of %d" %
                            pids[0])
        self.running[1] = Daemon(pids[0], held)
        self.holder = self.line = 1

    # ---- the walk ----

    WEIGHTS = {"start": 10, "second": 5, "send": 14, "dump": 8, "save": 10,
               "term": 4, "kill": 4, "kill_at_work": 5, "backup": 4,
               "restore": 5, "move_file": 2, "move_all": 1, "torn": 2,
               "remove_lock": 2, "read": 3, "status": 2, "scripts": 3}

    def step(self):
        name = self.rng.choices(list(self.WEIGHTS),
                                list(self.WEIGHTS.values()))[0]
        self.way.append(name)
        if getattr(self, "step_" + name)() is False:
            self.way.pop()
            return False
        self.compare()
        self.done[name] += 1
        return True

    def prepare(self):
        for name in ("run1", "run2", "state/tmp", "bin"):
            os.makedirs(os.path.join(self.top, name))
        with open(self.top + "/bin/ps", "w") as f:
            os.fchmod(f.fileno(), 0o755)
            f.write("#!/bin/sh\nexit 0\n")
        with open(self.top + "/conf", "w") as f:
            f.write(CONF.format(
                build=self.args.build, iface=self.args.iface, top=self.top,
                flags=self.flags(True) + " " + self.expression(),
                run=self.run_dir(1), state=self.state))

    def run(self):
        self.prepare()
        left = self.steps
        try:
            while left > 0:
                left -= self.step()
        except (Wrong, OSError) as e:
            self.said.append("%s %s: %s: %s; the way: %s" % (
                self.ext, self.options or "(no options)", type(e).__name__,
                e, " ".join(self.way)))
        finally:
            for pid in self.daemons():
                os.kill(pid, signal.SIGKILL)
            wait(lambda: not self.daemons(), "the end")


def main():
    p = argparse.ArgumentParser()
    for name in ("build", "netns", "iface", "send", "dir"):
        p.add_argument("--" + name, required=True)
    p.add_argument("--steps", type=int, default=300)
    p.add_argument("--walkers", type=int, default=12)
    p.add_argument("--seed", type=int, default=1)
    args = p.parse_args()
    walkers = [Walker(args, n, args.steps // args.walkers)
               for n in range(args.walkers)]
    for w in walkers:
        w.start()
    for w in walkers:
        w.join()
    done = sum((w.done for w in walkers), collections.Counter())
    said = [text for w in walkers for text in w.said]
    print("%d steps of %d walks, seed %d: %s" % (
        sum(done.values()), len(walkers), args.seed,
        ", ".join("%s %d" % pair for pair in sorted(done.items()))))
    print("\n".join(said))
    sys.exit(1 if said else 0)


main()
