#!/usr/bin/env python3
"""Does ipreport show what trafd counts?

    ipreport_account.py IPREPORT TRAFD TRAFLOG CAPTURE...

Compares the account of each capture with ipreport's text and JSON: for each
pair of addresses and ports the packets and their octets.  Prints what differs;
1 if anything does.
"""
import collections
import json
import os
import re
import subprocess
import sys
import tempfile

LINES = re.compile(r"(====\( )|^ +< (SRC|DST) = +(\S+) >|[ ,](ip_len)=(\d+)|"
                   r"<(source) port=(\d+), destination port=(\d+)|"
                   r"^(Authentication) header:")


def output(*command):
    """Of a damaged file, what comes before the damage."""
    return subprocess.run(command, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL,
                          check=False).stdout.decode()


def of_account(trafd, traflog, path):
    """{(source, port, destination, port): (packets, octets)}"""
    sums = collections.Counter(), collections.Counter()
    with tempfile.TemporaryDirectory() as state:
        output(trafd, "--read", path, "-f", "x", "-m", "0", "--state-dir",
               state)
        name = os.path.join(state, "trafd.x")
        text = output(traflog, "-n", "--format=tsv", "-i", name)
    rows = [line.split("\t") for line in text.splitlines()]
    for row in rows[1:]:
        of = dict(zip(rows[0], row))
        key = of["src"], of["sport"], of["dst"], of["dport"]
        sums[0][key] += int(of["packets"])
        sums[1][key] += int(of["bytes"])
    return sums


def of_json(ipreport, path):
    """The same of the member `flow'."""
    sums = collections.Counter(), collections.Counter()
    for line in output(ipreport, "--format=json", path).splitlines():
        f = json.loads(line).get("flow")
        if f is not None:
            key = f["src"], str(f["srcport"]), f["dst"], str(f["dstport"])
            sums[0][key] += f["packets"]
            sums[1][key] += f["ip_bytes"]
    return sums


def of_text(ipreport, path):
    """The same of the lines that scripts for AIX read."""
    sums = collections.Counter(), collections.Counter()

    def add(now):
        if "octets" in now:
            key = now["SRC"], now.get("sport", "0"), now["DST"], \
                now.get("dport", "0")
            sums[0][key] += 1
            sums[1][key] += now["octets"]
    now = {}
    for line in output(ipreport, "-N", path).splitlines():
        # What counts in IPv4 is AH: it has no ports, what it carries has.
        found = LINES.search(line)
        if found is None:
            continue
        if found[1]:
            add(now)
            now = {}
        elif found[2]:
            now[found[2]] = found[3]
        elif found[4]:
            now["octets"] = int(found[5])
        elif found[9]:
            now["hidden"] = now["SRC"].count(".") == 3
        elif not now.get("hidden"):
            now["sport"], now["dport"] = found[7], found[8]
    add(now)
    return sums


def main():
    ipreport, trafd, traflog, *paths = sys.argv[1:]
    wrong = packets = 0
    for path in paths:
        account = of_account(trafd, traflog, path)
        packets += sum(account[0].values())
        for name, sums in (("json", of_json(ipreport, path)),
                           ("text", of_text(ipreport, path))):
            if sums == account:
                continue
            wrong += 1
            for i, what in enumerate(("packets", "octets")):
                print(f"{path}: {what}: only in the account:",
                      dict(account[i] - sums[i]), f"only in {name}:",
                      dict(sums[i] - account[i]))
    print(f"{packets} packets of {len(paths)} captures")
    return 1 if wrong or packets == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
