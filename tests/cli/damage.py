"""Damage a save file of three blocks in many places and see what traflog and
trafd make of it.  One case of damage.bats a run; says what is wrong and ends
with 1.  --step 1 damages at every octet, which is the long form."""

import argparse
import os
import struct
import subprocess
import sys

BLOCKS = """\
block eth0 gate 1795215600 1795219200
192.168.0.1 80 10.100.2.98 1025 6 10 12345 13456
10.0.0.1 client 10.0.0.2 53 17 2 60 120
|block eth0 gate 1795219200 1795222800
2001:db8::1 0 2001:db8::2 0 58 1 8 56
172.16.0.9 0 172.16.0.1 0 1 1 56 84
|block eth0 gate 1795222800 1795226400
192.168.0.1 80 10.100.2.98 1026 6 1 5000000000 5000000040
"""


def run(*command, **more):
    return subprocess.run(command, capture_output=True, timeout=60, **more)


class Damage:
    def __init__(self, opt):
        self.opt = opt
        self.path = os.path.join(opt.dir, "trafd.eth0")
        self.blocks, self.rows = [], []
        for text in BLOCKS.split("|"):
            if os.path.exists(self.path):
                os.unlink(self.path)
            run(opt.mksave, self.path, input=text.encode(), check=True)
            with open(self.path, "rb") as f:
                self.blocks.append(f.read())
            self.rows.append(self.report()[1])
        self.whole = b"".join(self.blocks)
        self.ends = [sum(map(len, self.blocks[:n])) for n in range(4)]

    def write(self, octets):
        with open(self.path, "wb") as f:
            f.write(octets)

    def report(self, *options):
        p = run(self.opt.traflog, "-a", "-n", "--format=tsv", "-i",
                self.path, *options)
        return p.returncode, p.stdout.split(b"\n")[1:-1], p.stderr

    def expect(self, where, octets, sound):
        """Exactly these blocks are printed; --check finds as many."""
        self.write(octets)
        damaged = octets != b"".join(self.blocks[n] for n in sound)
        rc, rows, err = self.report()
        check = run(self.opt.traflog, "--check", self.path)
        good = (rc == damaged and check.returncode == damaged and
                rows == [r for n in sound for r in self.rows[n]] and
                (b"damaged block: " in err) == damaged and
                (b"damaged block: " in check.stderr) == damaged and
                check.stdout.count(b" ok\n") == len(sound))
        if not good:
            sys.exit(f"{where}: status {rc}, --check {check.returncode}, "
                     f"rows {rows}, {err} {check.stderr}")

    def truncate(self):
        for n in range(0, len(self.whole), self.opt.step):
            sound = [b for b in range(3) if self.ends[b + 1] <= n]
            self.expect(f"cut to {n} octets", self.whole[:n], sound)

    def flip(self):
        for n in range(0, len(self.whole), self.opt.step):
            octets = bytearray(self.whole)
            octets[n] ^= 1 << (n % 8)
            sound = [b for b in range(3)
                     if not self.ends[b] <= n < self.ends[b + 1]]
            self.expect(f"bit {n % 8} of octet {n}", bytes(octets), sound)

    def capture(self):
        """One UDP packet in a capture file."""
        ip = bytes.fromhex("45000020000000004011000001020304050607080035"
                           "0035000c000000000000")
        path = os.path.join(self.opt.dir, "one.pcap")
        with open(path, "wb") as f:
            f.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535,
                                101))
            f.write(struct.pack("<IIII", 1795230000, 0, len(ip), len(ip)))
            f.write(ip)
        return path

    def append(self):
        """What is torn is cut off, kept aside and followed by a block."""
        capture = self.capture()
        aside = self.path + ".torn.1"
        alien = self.path + ".alien.1"
        for n in range(1, len(self.whole), self.opt.step):
            self.write(self.whole[:n])
            run(self.opt.trafd, "--read", capture, "-f", "eth0", "-m", "0",
                "--state-dir", self.opt.dir, check=True)
            sound = [b for b in range(3) if self.ends[b + 1] <= n]
            end = self.ends[len(sound)]
            kept = b""
            # A file without any whole block is kept as it was.
            for name in (aside, alien):
                if os.path.exists(name):
                    with open(name, "rb") as f:
                        kept += f.read()
                    os.unlink(name)
            with open(self.path, "rb") as f:
                now = f.read()
            rc, rows, err = self.report()
            old = [r for b in sound for r in self.rows[b]]
            if (rc != 0 or now[:end] != self.whole[:end] or
                    kept != self.whole[end:n] or rows[:-1] != old or
                    b"1.2.3.4\t53\t5.6.7.8\t53\t17\t1" not in rows[-1]):
                sys.exit(f"appended after {n} octets: status {rc}, rows "
                         f"{rows}, kept {len(kept)}, {err}")


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--dir")
    p.add_argument("--mksave")
    p.add_argument("--traflog")
    p.add_argument("--trafd")
    p.add_argument("--step", type=int, default=1)
    p.add_argument("case", choices=("truncate", "flip", "append"))
    opt = p.parse_args()
    getattr(Damage(opt), opt.case)()


main()
