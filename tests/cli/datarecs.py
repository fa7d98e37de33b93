"""Reads the data records of a pcapng trace, independently of ipreport.

datarecs.py lines FILE: one line a record: kind, local port, direction,
    program; of DATA the offset, octets and the captured ones; of END the octets
    sent and received and the retransmissions
datarecs.py words FILE: the comments of the records, and the option of the
    process
datarecs.py lost FILE: how many records were lost, and the octets in them
datarecs.py packets FILE: the interfaces of the packets that are no records
datarecs.py stream FILE PORT in|out: the payload that sockets with this local
    port have received or sent, each octet once; fails if one is missing, comes
    twice or was not captured
"""
import struct
import sys
from urllib.parse import unquote

TAGS = {20: ("src", 4), 22: ("src", 16), 21: ("dst", 4), 23: ("dst", 16),
        25: ("sport", 0), 26: ("dport", 0)}


def options(block):
    """The options of a block, as (code, value)."""
    at = 0
    while at + 4 <= len(block):
        code, length = struct.unpack_from("<HH", block, at)
        if code == 0:
            return
        yield code, block[at + 4:at + 4 + length]
        at += 4 + (length + 3) // 4 * 4


def tags(frame):
    """What the tags of a frame say, and where they end."""
    at, found = 0, {}
    while True:
        tag, length = struct.unpack_from(">HH", frame, at)
        value = frame[at + 4:at + 4 + length]
        at += 4 + length
        if tag == 0:
            return found, at
        if tag in TAGS:
            name, size = TAGS[tag]
            found[name] = value[:size] if size else int.from_bytes(value,
                                                                   "big")


def packet(body):
    """The record of a packet block."""
    _, _, _, caplen, wirelen = struct.unpack_from("<IIIII", body)
    frame = body[20:20 + caplen]
    rec, head = tags(frame)
    rec["payload"] = frame[head:]
    rec["length"] = wirelen - head
    rec["comments"] = []
    for code, value in options(body[20 + (caplen + 3) // 4 * 4:]):
        if code == 1:
            rec["comments"].append(value.decode())
        elif code == 2:
            rec["out"] = struct.unpack("<I", value)[0] & 3 == 2
        elif code == 4:
            rec["lost"] = struct.unpack("<Q", value)[0]
        elif code == 8:
            rec["process"] = struct.unpack("<II", value)
    for part in "; ".join(rec["comments"]).split("; "):
        if part.split(" ")[0] in ("START", "DATA", "END"):
            words = part.split(" ")
            rec["kind"] = words[0]
            rec["words"] = words[1:]
            rec.update((k, unquote(v)) for k, v in
                       (w.split("=", 1) for w in words[1:] if "=" in w))
    return rec


def blocks(path):
    """The packet blocks of a trace: link type, interface, block."""
    links = []
    with open(path, "rb") as f:
        while len(head := f.read(8)) == 8:
            kind, length = struct.unpack("<II", head)
            body = f.read(length - 8)
            if len(body) < length - 8:
                return
            if kind == 1:
                names = [v for c, v in options(body[8:-4]) if c == 2]
                links.append((struct.unpack_from("<H", body)[0],
                              names[0].decode() if names else "-"))
            elif kind == 6:
                yield (*links[struct.unpack_from("<I", body)[0]], body[:-4])


def records(path):
    """The data records of a trace."""
    return (packet(b) for link, _, b in blocks(path) if link == 252)


def packets(path):
    """Print the interfaces of the others."""
    for link, name, _ in blocks(path):
        if link != 252:
            print(name)


def local_port(r):
    """The port on the side of the socket."""
    return r["sport"] if r["out"] else r["dport"]


def lines(path):
    """Print the records."""
    for r in records(path):
        more = []
        if r["kind"] == "DATA":
            more = [r["seq"], r["length"], len(r["payload"])]
        elif r["kind"] == "END":
            more = [r.get(k, "?") for k in ("sent", "received",
                                            "retransmissions")]
        print(r["kind"], local_port(r), "out" if r["out"] else "in", r["job"],
              *more)


def words(path):
    """Print what is told of the records."""
    for r in records(path):
        print(r["kind"], *r["words"], "process=%d/%d" % r["process"])


def lost(path):
    """Print what was lost; the octets are those up to the last record."""
    n, octets = 0, 0
    for r in records(path):
        n += r.get("lost", 0)
        for c in r["comments"]:
            if c.startswith("up to here "):
                octets = int(c.split()[3])
    print(n, octets)


def stream(path, port, out):
    """Print the octets of a direction in order."""
    parts = []
    for r in records(path):
        if (r["kind"] != "DATA" or local_port(r) != port or
                r["out"] != out):
            continue
        if len(r["payload"]) != r["length"]:
            sys.exit("not captured: %d of %d" % (len(r["payload"]),
                                                 r["length"]))
        parts.append((int(r["seq"]), r["payload"]))
    at = 0
    for seq, payload in sorted(parts, key=lambda p: p[0]):
        if seq != at:
            sys.exit("offset %d follows %d" % (seq, at))
        sys.stdout.buffer.write(payload)
        at += len(payload)


if sys.argv[1] == "stream":
    stream(sys.argv[2], int(sys.argv[3]), sys.argv[4] == "out")
else:
    {"lines": lines, "words": words, "lost": lost,
     "packets": packets}[sys.argv[1]](sys.argv[2])
