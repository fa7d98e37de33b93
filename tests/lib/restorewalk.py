"""The life of save files and of their history, at random, with a ledger.

restorewalk.py BUILDDIR SEED STEPS

A daemon saves, somebody takes backups of the save file and puts them in its
place again, in the same file or as another one; the daemon goes on with the
numbers that it finds there.  Files are moved away, the history is updated,
pruned and rebuilt, and old files are pruned.  After each step: every block
that the history was given, and every one in the file, is counted once; no
file was removed that has a block which is nowhere else.  Says what was done,
and status 1 at the first difference.
"""
import os
import random
import subprocess
import sys

ACCOUNT = "trafd.x"
HOUR = 3600


class Walk:
    def __init__(self, builddir, seed):
        self.builddir = builddir
        self.rng = random.Random(seed)
        self.clock = 1577836800		# 2020: old enough to be pruned
        self.instance = 1
        self.file = []			# blocks, in order
        self.backups = []		# (octets, blocks)
        self.moved = {}			# name: blocks
        self.fed = set()		# in the history
        self.done = []
        os.mkdir("arc")

    # ---- programs ----

    def run(self, program, *args, stdin=None):
        return subprocess.run(
            [os.path.join(self.builddir, program), *args], input=stdin,
            capture_output=True, text=True, timeout=60)

    def trafdb(self, *args):
        return self.run("tools/trafdb/trafdb", *args, "--state-dir", ".")

    def fail(self, text, result=None):
        print("\n".join(self.done))
        print("FAILED:", text)
        if result is not None:
            print("status", result.returncode, result.stdout, result.stderr)
        sys.exit(1)

    def succeeds(self, result):
        if result.returncode != 0:
            self.fail("status", result)
        return result

    # ---- steps ----

    def save(self):
        epoch = self.file[-1][1] + 1 if self.file else 1
        self.clock += self.rng.choice((300, 1200, 5 * HOUR, 40 * HOUR))
        block = (self.instance, epoch, self.clock,
                 self.rng.randrange(1, 1 << 40))
        lines = ["block x gate %d %d" % (block[2], block[2] + 290),
                 "instance %d %d" % block[:2],
                 "10.0.0.%d 80 8.8.8.8 1025 6 1 1 %d" %
                 (self.rng.randrange(1, 5), block[3])]
        self.succeeds(self.run("tests/lib/mksave", ACCOUNT,
                               stdin="\n".join(lines) + "\n"))
        self.file.append(block)
        return "save %d" % epoch

    def backup(self):
        if not self.file:
            return "no backup"
        with open(ACCOUNT, "rb") as f:
            self.backups.append((f.read(), list(self.file)))
        return "backup of %d" % len(self.file)

    def restore(self):
        if not self.backups:
            return "no restore"
        octets, blocks = self.rng.choice(self.backups)
        same = self.rng.random() < 0.5
        name = ACCOUNT if same else "new"
        with open(name, "wb") as f:
            f.write(octets)
        if not same:
            os.rename(name, ACCOUNT)
        self.file = list(blocks)
        self.instance = blocks[-1][0]
        did = "restore %d %s" % (len(blocks), "in place" if same else "")
        # The daemon did not stop.
        if self.rng.random() < 0.5:
            did += ", " + self.save()
        return did

    def move(self):
        if not self.file:
            return "no move"
        name = "arc/%d" % len(self.done)
        os.rename(ACCOUNT, name)
        self.moved[name] = self.file
        self.file = []
        self.instance = self.rng.randrange(1, 1 << 60)
        return "move to " + name

    def update(self):
        if not self.file:
            return "no update"
        names = {b[:2]: b for b in self.fed}
        again = any(b[:2] in names and b not in self.fed for b in self.file)
        result = self.succeeds(self.trafdb("update"))
        self.fed |= set(self.file)
        if again and "number of another block" not in result.stderr:
            self.fail("another block was not told", result)
        return "update" + (", again" if again else "")

    def update_moved(self):
        if not self.moved:
            return "no moved file"
        name = self.rng.choice(sorted(self.moved))
        self.succeeds(self.trafdb("update", "-f", name, "x"))
        self.fed |= set(self.moved[name])
        return "update -f " + name

    def prune(self):
        if not self.fed:
            return "no prune"
        self.succeeds(self.trafdb("prune", "--keep=hours=1d"))
        return "prune hours"

    def prune_files(self):
        if not self.fed or not self.moved:
            return "no prune --files"
        self.trafdb("prune", "--files=1d", "x", *sorted(self.moved))
        for name in sorted(self.moved):
            held = set(self.moved[name]) <= self.fed
            if os.path.exists(name) == held:
                self.fail("%s: %s" % (name, "kept" if held else
                                      "the only copy was removed"))
            if held:
                del self.moved[name]
        return "prune --files"

    def rebuild(self):
        if not self.fed or not self.file:
            return "no rebuild"
        have = set(self.file).union(*self.moved.values())
        result = self.trafdb("rebuild", "x", *sorted(self.moved))
        if result.returncode == 0:
            if not self.fed <= have:
                self.fail("rebuild lost blocks", result)
            self.fed = have
        elif self.fed <= have:
            self.fail("rebuild", result)
        return "rebuild %d" % result.returncode

    # ---- the ledger ----

    def check(self):
        want = self.fed | set(self.file)
        if not want:
            return
        result = self.succeeds(self.run(
            "tools/traflog/traflog", "--state-dir", ".", "-i", "x", "-n",
            "--by=host", "--format=csv", "--where=host 8.8.8.8"))
        lines = [line.split(",") for line in result.stdout.splitlines()]
        at = lines[0].index("bytes")
        got = [int(line[at]) for line in lines[1:] if line[0] == "8.8.8.8"]
        if got != [sum(b[3] for b in want)]:
            self.fail("%s bytes, not %d" % (got, sum(b[3] for b in want)),
                      result)
        if self.fed:
            result = self.succeeds(self.trafdb("stat", "x"))
            n, end = len(self.fed), "" if len(self.fed) == 1 else "s"
            if "x: %d block%s, %d row%s," % (n, end, n,
                                             end) not in result.stdout:
                self.fail("not %d blocks" % len(self.fed), result)

    def verify(self):
        if not self.fed:
            return "no verify"
        result = self.trafdb("verify", "x")
        if (result.returncode == 0) != (set(self.file) <= self.fed):
            self.fail("verify", result)
        return "verify %d" % result.returncode

    def step(self):
        steps = ((self.save, 6), (self.backup, 3), (self.restore, 5),
                 (self.update, 8), (self.move, 1), (self.update_moved, 1),
                 (self.prune, 0.5), (self.prune_files, 1),
                 (self.rebuild, 1), (self.verify, 1))
        step = self.rng.choices([s[0] for s in steps],
                                [s[1] for s in steps])[0]
        self.done.append(step())
        self.check()


def main():
    builddir, seed, steps = sys.argv[1:4]
    walk = Walk(builddir, int(seed))
    for _ in range(int(steps)):
        walk.step()
    print("%d steps, %d blocks, %d of them again" % (
        len(walk.done), len(walk.fed),
        len(walk.fed) - len({b[:2] for b in walk.fed})))


main()
