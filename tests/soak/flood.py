#!/usr/bin/env python3
"""A long flood of new flows: not part of `make check'.

    tests/soak/flood.py [--packets N] [--max-flows N] BUILDDIR

Packets with random keys, as fast as they can be made (more than a million per
second on one processor), are counted by `trafd --read -'.  All of them must
be in the account, with detail lost, and the memory must be at most 10 % above
the figure of trafd(8): 72 octets per row, 16 to sort it, 20 MiB.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time


def main():
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("--packets", type=int, default=30_000_000)
    ap.add_argument("--max-flows", type=int, default=1 << 22)
    ap.add_argument("builddir")
    a = ap.parse_args()
    trafd = os.path.join(a.builddir, "trafd/trafd")
    traflog = os.path.join(a.builddir, "tools/traflog/traflog")
    sender = os.path.join(a.builddir, "tests/lib/sender")
    with tempfile.TemporaryDirectory() as state:
        begin = time.monotonic()
        flood = subprocess.Popen([sender, "-", "random", str(a.packets)],
                                 stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE)
        subprocess.check_call([trafd, "--read", "-", "-f", "flood", "-m", "0",
                               "--max-flows", str(a.max_flows),
                               "--state-dir", state], stdin=flood.stdout)
        seconds = time.monotonic() - begin
        sent = [int(n) for n in flood.stderr.read().split()]
        flood.wait()
        path = os.path.join(state, "trafd.flood")
        total = int(subprocess.check_output([traflog, "-r", "-i", path]))
        ledger = json.loads(subprocess.check_output(
            [traflog, "--coverage", "--format=json", "-i", path]))
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    peak = used.ru_maxrss * 1024
    bound = 88 * a.max_flows + (20 << 20)
    print(f"{a.packets} packets in {seconds:.1f} s ({used.ru_utime:.1f} s of "
          f"processor time), {ledger['fold_packets']} folded; "
          f"{peak / 2**20:.0f} MiB, bound {bound / 2**20:.0f} MiB")
    good = (ledger["ip"] == a.packets == sent[0] and total == sent[2] and
            peak <= bound * 1.1)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
