"""Between trafstatd and a daemon: slowly.py SOCKET DAEMONS-SOCKET

Passes questions and answers on; the first three questions for a table are
held back for a second, as on a machine that is busy with other things.
"""
import socket
import struct
import sys
import threading
import time

TABLE = 4
held = 3


def serve(client):
    global held
    question = client.recv(65536)
    if len(question) >= 8 and struct.unpack("<H", question[6:8])[0] == TABLE \
            and held > 0:
        held -= 1
        time.sleep(1)
    daemon = socket.socket(socket.AF_UNIX)
    daemon.connect(sys.argv[2])
    daemon.sendall(question)
    while octets := daemon.recv(65536):
        client.sendall(octets)
    client.close()


listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen(16)
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],),
                     daemon=True).start()
