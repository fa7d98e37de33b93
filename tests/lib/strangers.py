#!/usr/bin/env python3
"""Untrusted clients of trafstatd.

strangers.py line PORT N      open N idle connections, then send a line, which
                              must be answered
strangers.py http PORT N      the same with idle, slow and malformed HTTP
                              clients, and a page
strangers.py hostile PORT N   N hostile clients one after the other
strangers.py activate ADDRESS PROGRAM ARGS
                              start the program with a socket that listens on
                              ADDRESS, as a service manager does
"""
import os
import random
import resource
import signal
import socket
import subprocess
import sys

JUNK = [
    b"",
    b"GET / HTTP/1.1\r\n",
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ",
    b"GET /" + b"a" * 20000 + b" HTTP/1.1\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(64)),
    b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999\r\n\r\nx",
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n"
    b"\r\nffffffffffffffff\r\n",
    b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    b"GET /?i=%00%ff%zz&since=-1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /api/v1/live?since=99999999999999999999999 HTTP/1.1\r\n"
    b"Host: localhost\r\n\r\n",
    b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n" * 4,
    b"\r\n" * 100,
    b"HEAD / HTTP/9.9\r\n\r\n",
    b"GET / HTTP/1.1\nHost: localhost\nAuthorization: Basic !!!!\n\n",
    b"\0" * 4096,
]


def connect(port):
    s = socket.socket()
    s.settimeout(30)
    s.connect(("127.0.0.1", port))
    return s


def ask(port, request):
    with connect(port) as s:
        s.sendall(request)
        s.shutdown(socket.SHUT_WR)
        answer = b""
        while True:
            part = s.recv(65536)
            if not part:
                return answer
            answer += part


def hold(port, n, junk):
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
    held = []
    for i in range(n):
        s = connect(port)
        try:
            s.sendall(junk[i % len(junk)])
        except OSError:
            pass
        held.append(s)
    return held


def line(port, n):
    held = hold(port, n, [b"", b"-n"])
    sys.stdout.buffer.write(ask(port, b"-n\n").splitlines(True)[0])
    return len(held) != n


def http(port, n):
    held = hold(port, n, JUNK)
    answer = ask(port, b"GET / HTTP/1.1\r\nHost: localhost\r\n"
                       b"Connection: close\r\n\r\n")
    print(answer.splitlines()[0].decode())
    return not answer.startswith(b"HTTP/1.1 200 ") or len(held) != n


def hostile(port, n):
    """1 when half of them were not let in."""
    chance, met = random.Random(1), 0
    for i in range(n):
        junk = bytearray(chance.choice(JUNK))
        if junk and chance.random() < .3:
            junk[chance.randrange(len(junk))] = chance.randrange(256)
        try:
            s = connect(port)
            met += 1
            s.sendall(bytes(junk))
            if chance.random() < .5:
                s.settimeout(.02)
                s.recv(65536)
        except OSError:
            pass
        finally:
            # Half of them vanish without a word.
            if chance.random() < .5:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                             b"\1\0\0\0\0\0\0\0")
            s.close()
    return met < n / 2


def activate(address, program, *args):
    with socket.socket() as listener:
        listener.bind((address, 0))
        listener.listen()
        port = listener.getsockname()[1]
        pid = os.fork()
        if pid == 0:
            fd = os.dup(listener.fileno())
            os.dup2(fd, 3, inheritable=True)
            os.environ["LISTEN_PID"] = str(os.getpid())
            os.environ["LISTEN_FDS"] = "1"
            os.execv(program, [program, *args])
    sys.stdout.buffer.write(ask(port, b"-n\n"))
    os.kill(pid, signal.SIGTERM)
    status = os.waitpid(pid, 0)[1]
    return os.waitstatus_to_exitcode(status) % 256


def main():
    what, *args = sys.argv[1:]
    if what == "activate":
        return activate(*args)
    return globals()[what](*map(int, args))


sys.exit(main())
