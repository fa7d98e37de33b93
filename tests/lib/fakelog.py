#!/usr/bin/env python3
"""A log daemon for tests: fakelog.py dgram|stream SOCKET FILE.  Appends each
message that it receives to FILE as a line.  With FILE `-' it only binds the
socket, like a log daemon that hangs; in stream mode its backlog is full."""

import os
import socket
import sys
import threading
import time

kind, path, out = sys.argv[1:]
try:
    os.unlink(path)
except FileNotFoundError:
    pass
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM if kind == "dgram"
                  else socket.SOCK_STREAM)
s.bind(path)
os.chmod(path, 0o666)


def full(sender):
    sender.setblocking(False)
    while True:
        try:
            sender.send(b"x" * 100)
        except BlockingIOError:
            return


if out == "-":
    keep = []
    if kind == "dgram":
        keep.append(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        keep[0].connect(path)
        full(keep[0])
    else:
        s.listen(0)
        try:
            for i in range(10):
                keep.append(socket.socket(socket.AF_UNIX))
                keep[-1].setblocking(False)
                keep[-1].connect(path)
        except BlockingIOError:
            pass
    print("ready", flush=True)
    time.sleep(600)
    sys.exit(1)

log = open(out, "ab", buffering=0)


def serve(c):
    text = b""
    while part := c.recv(4096):
        text += part
        while b"\0" in text:
            line, text = text.split(b"\0", 1)
            log.write(line + b"\n")


if kind == "dgram":
    print("ready", flush=True)
    while True:
        log.write(s.recv(4096) + b"\n")
s.listen(16)
print("ready", flush=True)
while True:
    threading.Thread(target=serve, args=(s.accept()[0],), daemon=True).start()
