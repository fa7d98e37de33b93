"""Clients of the control socket that mean no good.

usage: control.py SOCKET N | full | ask PID SECONDS TOP

N connections, one kind after the other, of which some stay open for a while;
`full' takes all places, is refused one more, gives one back and is served;
`ask' is twelve clients who ask for the TOP greatest rows without a pause.  That
may cost the daemon, process PID, two seconds of processor time and a fiftieth
of each second, and it may serve 200 connections and 80 a second; 1 when it is
more than that and 2 %.
"""
import glob
import random
import socket
import struct
import sys
import threading
import time

ASK = {"version": 1, "stat": 2, "ledger": 3, "table": 4}


def request(command, payload=b"", length=None, magic=b"TRFQ", version=1):
    return magic + struct.pack("<HHII", version, command,
                               len(payload) if length is None else length,
                               0) + payload


def query(top=0, by=0, rules=0):
    return struct.pack("<IBBHH6x", top, by, 0, 0, rules)


def connect(path):
    end = time.time() + 60
    while True:
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(20)
        try:
            s.connect(path)
            return s
        except (BlockingIOError, socket.timeout, ConnectionRefusedError):
            s.close()
            if time.time() > end:
                raise
            time.sleep(0.02)


def send(s, octets):
    try:
        s.sendall(octets)
    except OSError:
        pass


def read(s, n):
    got = b""
    try:
        while len(got) < n:
            part = s.recv(n - len(got))
            if not part:
                break
            got += part
    except OSError:
        pass
    return got


def hostile(path, kind):
    s = connect(path)
    rnd = random.Random(kind)
    if kind == 0:
        pass                                    # connects and goes
    elif kind == 1:
        send(s, rnd.randbytes(rnd.randrange(1, 5000)))
    elif kind == 2:
        send(s, request(2)[:rnd.randrange(1, 16)])
    elif kind == 3:
        send(s, request(4, length=0xFFFFFFFF))
    elif kind == 4:
        send(s, request(99))
    elif kind == 5:
        send(s, request(2, version=7))
    elif kind == 6:
        send(s, request(4, query(rules=65535)))
    elif kind == 7:
        send(s, request(4, query(by=200)))
    elif kind == 8:
        send(s, request(4, query()))            # does not wait
    elif kind == 9:
        send(s, request(4, query()))
        read(s, 10)                             # reads a little
    elif kind == 10:
        send(s, request(2) + request(2))        # more than asked for
        read(s, 100)
    elif kind == 11:
        send(s, request(2))
        s.shutdown(socket.SHUT_WR)
        read(s, 1)
    elif kind == 12:
        for octet in request(2):
            send(s, bytes([octet]))
        if len(read(s, 24)) not in (0, 24):
            raise SystemExit("half a head")
    elif kind == 13:
        send(s, request(4, query(top=5, by=1)))
        read(s, 100000)
    return s


def storm(path, n):
    idle = []
    for i in range(n):
        s = hostile(path, i % 14)
        if i % 29 == 0 and len(idle) < 12:
            idle.append(s)                      # and stays
        else:
            s.close()
    for s in idle:
        s.close()


def full(path):
    held = [connect(path) for _ in range(16)]
    more = connect(path)
    head = read(more, 24)
    status = struct.unpack("<4sHHIIQ", head)[3]
    if status != 3 or read(more, 100) != b"too many clients":
        raise SystemExit("not refused: %r" % head)
    held.pop().close()
    end = time.time() + 20
    while time.time() < end:
        s = connect(path)
        send(s, request(1))
        if len(read(s, 24 + 64)) == 88:
            print("busy, then served")
            return
        time.sleep(0.1)
    raise SystemExit("not served")


def processor_time(pid):
    return sum(int(open(f).read().split()[0]) for f in
               glob.glob(f"/proc/{pid}/task/*/schedstat")) / 1e9


def ask(path, pid, seconds, top):
    served = [0] * 12
    end = time.time() + seconds

    def client(i):
        while time.time() < end:
            s = socket.socket(socket.AF_UNIX)
            s.settimeout(5)
            try:
                s.connect(path)
                s.sendall(request(4, query(top=top)))
                served[i] += len(read(s, 24)) == 24
            except OSError:
                time.sleep(0.01)
            s.close()

    before, begin = processor_time(pid), time.time()
    clients = [threading.Thread(target=client, args=(i,)) for i in range(12)]
    for c in clients:
        c.start()
    for c in clients:
        c.join()
    took = time.time() - begin
    used = processor_time(pid) - before
    print(f"{sum(served)} answers, {used:.2f} s of CPU in {took:.0f} s")
    return (sum(served) == 0 or sum(served) > 220 + 82 * took or
            used > 2 + 0.04 * took)


if sys.argv[2] == "full":
    full(sys.argv[1])
elif sys.argv[2] == "ask":
    sys.exit(ask(sys.argv[1], sys.argv[3], float(sys.argv[4]),
                 int(sys.argv[5])))
else:
    storm(sys.argv[1], int(sys.argv[2]))
