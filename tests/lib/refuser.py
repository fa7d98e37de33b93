#!/usr/bin/env python3
"""Stands before a daemon's control socket.  Tests only.

refuser.py SOCKET DAEMON FLAG    until killed, pass requests on to the socket
                                 DAEMON; while the file FLAG exists, answer
                                 `table' for all rows with an error instead,
                                 and add a line to FLAG
"""
import os
import socket
import struct
import sys

HEAD, TABLE, BY_ROW, REFUSED = 16, 4, 0, 4


def pass_on(client, request, daemon):
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(daemon)
        s.sendall(request)
        while data := s.recv(1 << 16):
            client.sendall(data)


def serve(client, daemon, flag):
    request = client.recv(1 << 16)
    if len(request) < HEAD:
        return
    command = struct.unpack_from("<H", request, 6)[0]
    if command == TABLE and request[HEAD + 4] == BY_ROW and \
            os.path.exists(flag):
        text = b"not now"
        client.sendall(b"TRFA" + struct.pack("<HHIIQ", 1, command, REFUSED, 0,
                                             len(text)) + text)
        with open(flag, "a") as f:
            f.write("refused\n")
    else:
        pass_on(client, request, daemon)


def main():
    path, daemon, flag = sys.argv[1:]
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path + ".new")
        listener.listen(16)
        os.rename(path + ".new", path)
        while True:
            client, _ = listener.accept()
            with client:
                try:
                    serve(client, daemon, flag)
                except OSError:
                    pass


main()
