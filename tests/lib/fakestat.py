#!/usr/bin/env python3
"""A daemon whose numbers all have the same value.  Tests only.

fakestat.py SOCKET NUMBER FILE    until killed, answer `stat' with NUMBER in all
                                  values, `table' with the contents of FILE, and
                                  all other commands with an error
"""
import os
import socket
import struct
import sys

VALUES, LEDGER, PROTO, TEXTS = 64, 27, 1544, 5


def body(number):
    n = VALUES + 2 * LEDGER + PROTO
    texts = b"".join(t.ljust(256, b"\0") for t in [b"x"] * TEXTS)
    return struct.pack("<HHHH", VALUES, LEDGER, PROTO, TEXTS) + \
        struct.pack("<Q", number) * n + texts


def serve(s, answers):
    head = s.recv(16)
    if len(head) < 16:
        return
    command = struct.unpack_from("<H", head, 6)[0]
    status = 0 if command in answers else 4
    answer = answers.get(command, b"not here")
    s.sendall(b"TRFA" + struct.pack("<HHIIQ", 1, command, status, 0,
                                    len(answer)) + answer)


def main():
    path = sys.argv[1]
    with open(sys.argv[3], "rb") as f:
        answers = {2: body(int(sys.argv[2])), 4: f.read()}
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path + ".new")
        listener.listen(16)
        os.rename(path + ".new", path)
        while True:
            s, _ = listener.accept()
            with s:
                try:
                    serve(s, answers)
                except OSError:
                    pass


main()
