#!/usr/bin/env python3
"""Are numbers, lengths, addresses, protocols and ports those of tshark?

    ipreport_tshark.py IPREPORT CAPTURE...

Compares `ipreport --format=json' with `tshark -T fields' packet by packet, of
the outermost IP packet.  Prints differences and a summary; 1 if there is a
difference that EXCEPT does not name.
"""
import json
import os
import subprocess
import sys

FIELDS = ("frame.number frame.len frame.cap_len frame.time_epoch "
          "frame.protocols ip.src ip.dst ip.proto ipv6.src ipv6.dst "
          "ipv6.nxt tcp.srcport tcp.dstport udp.srcport udp.dstport "
          "sctp.srcport sctp.dstport").split()

# Reasons why both may differ.
EXCEPT = {
    "announced": "tshark guesses IP where the link layer announces none, so "
                 "that trafd does not count it",
    "malformed": "trafd has no key for a header that is inconsistent or cut",
    "slip": "tshark does not decode SLIP",
    "routed": "tshark shows the last destination of a source route",
    "offload": "tshark shows no ports of an IPv6 packet without a length",
    "cut": "tshark shows no fields of a header that is cut",
    "snaplen": "libpcap cuts records that exceed the snapshot length, as "
               "trafd does",
}


def tshark(path):
    """The fields of each packet; reassembly is off."""
    command = ["tshark", "-n", "-r", path, "-T", "fields", "-E",
               "separator=/t", "-E", "occurrence=f", "-o",
               "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE", "-o",
               "tcp.desegment_tcp_streams:FALSE"]
    for field in FIELDS:
        command += ["-e", field]
    out = subprocess.run(command, stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL, check=False).stdout
    for line in out.decode("latin-1").splitlines():
        yield dict(zip(FIELDS, line.split("\t")))


def ipreport(program, path):
    """The packets, and whether the end was read."""
    done = subprocess.run([program, "--format=json", path],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          check=False)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return [r for r in rows if "number" in r], done


def outermost(t):
    """Which IP version tshark has found first, and what is behind it."""
    stack = t["frame.protocols"].split(":")
    for i, name in enumerate(stack):
        if name in ("ip", "ipv6"):
            return name, stack[i + 1:]
    return None, []


def of_tshark(t):
    """(src, dst, ports) as tshark has them."""
    kind, behind = outermost(t)
    if kind is None:
        return None
    side = "ip." if kind == "ip" else "ipv6."
    ports = None
    for name in behind:
        if name in ("tcp", "udp", "sctp"):
            ports = (t[name + ".srcport"], t[name + ".dstport"])
        if name in ("tcp", "udp", "sctp", "icmp", "icmpv6", "ip", "ipv6",
                    "gre", "ah", "esp", "mpls"):
            break
    return t[side + "src"], t[side + "dst"], ports


def reason(row, ours, theirs):
    """Why they may differ: a key of EXCEPT, or None."""
    layers = {x["layer"]: x for x in row["layers"]}
    if row["verdict"] not in ("ip", "nonip", "unsupported"):
        return "malformed"
    if ours is None:
        return "announced"
    if theirs is None:
        return "slip" if "slip" in layers else None
    if "source route" in layers.get("ipv4", {}).get("options", ""):
        return "routed"
    if any("captured" in x and x["captured"] < x.get("header", 0)
           for x in row["layers"]):
        return "cut"
    if ours[:2] == theirs[:2] and layers.get("ipv6", {}).get(
            "payload") == 0:
        return "offload"
    return None


def is_later_fragment(row):
    """By the fields of the layers."""
    return any(x.get("offset", 0) > 0 for x in row["layers"]
               if x["layer"] in ("ipv4", "fragment"))


def of_ours(row):
    """The same as ipreport has them; None ports if there is no transport."""
    if "flow" not in row:
        return None
    f = row["flow"]
    ports = (str(f["srcport"]), str(f["dstport"]))
    has = f["proto"] in (6, 17, 132) and not is_later_fragment(row)
    return f["src"], f["dst"], ports if has else None


def numbers(row, t):
    """Do number, lengths and time agree?  tshark prints impossible times."""
    fraction = t["frame.time_epoch"].partition(".")[2]
    if "time_ns" in row and len(fraction) == 9 and \
            row["time_ns"] != int(t["frame.time_epoch"].replace(".", "")):
        return False
    return (str(row["number"]), str(row["length"]), str(row["captured"])) == \
        (t["frame.number"], t["frame.len"], t["frame.cap_len"])


def complaints(row, t):
    """What differs, and the reason that allows it."""
    if not numbers(row, t):
        return f"number, lengths or time: {row['number']} {t}", \
            "snaplen" if t["frame.len"] == str(row["length"]) and \
            int(t["frame.cap_len"]) > row["captured"] else None
    ours, theirs = of_ours(row), of_tshark(t)
    if ours == theirs:
        return None, None
    return f"{ours} {theirs} {t['frame.protocols']}", \
        reason(row, ours, theirs)


def compare(program, path):
    """Returns how many packets were compared, and what differs."""
    rows, done = ipreport(program, path)
    theirs = list(tshark(path))
    wrong, excused = [], {}
    if len(rows) != len(theirs):
        wrong.append(f"{len(rows)} packets, {len(theirs)} of tshark "
                     f"({done.stderr.decode().strip()})")
    for row, t in zip(rows, theirs):
        what, why = complaints(row, t)
        if what is None:
            continue
        if why is None:
            wrong.append(f"packet {row['number']}: {what}")
        else:
            excused[why] = excused.get(why, 0) + 1
    return len(rows), wrong, excused


def main(program, *paths):
    """Of all captures."""
    total, bad, all_excused = 0, 0, {}
    for path in paths:
        n, wrong, excused = compare(program, path)
        total += n
        bad += len(wrong)
        for line in wrong[:5]:
            print(f"{os.path.basename(path)}: {line}")
        for why, times in excused.items():
            all_excused[why] = all_excused.get(why, 0) + times
    for why, times in sorted(all_excused.items()):
        print(f"# {times} packets: {EXCEPT[why]}")
    print(f"# {total} packets of {len(paths)} captures compared, "
          f"{bad} differ")
    return 1 if bad or total == 0 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
