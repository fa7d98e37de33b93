#!/usr/bin/env python3
"""Traffic of a home network, in the network namespace of each machine.

    athome.py serve ADDRESS...            answers on the ports of SERVICES
    athome.py use CLIENT ADDRESS4 ADDRESS6 DNS4 SERVER4 SERVER6 GO

serve prints "ready" and answers until it is killed.  use waits until the file
GO is there, does what this client does, and ends.
"""
import os
import socket
import struct
import sys
import threading
import time

WEB, DNS, GAME = 443, 53, 27015


def family(address):
    return socket.AF_INET6 if ':' in address else socket.AF_INET


def udp(address, port=0):
    s = socket.socket(family(address), socket.SOCK_DGRAM)
    s.settimeout(5)
    s.bind((address, port))
    return s


# ---- servers ----

def echo(address, port):
    s = udp(address, port)
    s.settimeout(None)
    while True:
        data, peer = s.recvfrom(2048)
        s.sendto(data * 2, peer)


def web_one(c):
    wanted, = struct.unpack('!I', c.recv(4, socket.MSG_WAITALL))
    c.sendall(bytes(wanted))
    c.close()


def web(s):
    while True:
        c, _ = s.accept()
        threading.Thread(target=web_one, args=(c,), daemon=True).start()


def serve(addresses):
    for a in addresses:
        s = socket.socket(family(a), socket.SOCK_STREAM)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind((a, WEB))
        s.listen(64)
        threading.Thread(target=web, args=(s,), daemon=True).start()
        for port in (DNS, GAME):
            threading.Thread(target=echo, args=(a, port), daemon=True).start()
    print('ready', flush=True)
    threading.Event().wait()


# ---- clients ----

def download(own, server, n):
    s = socket.socket(family(own), socket.SOCK_STREAM)
    s.settimeout(20)
    s.bind((own, 0))
    s.connect((server, WEB))
    s.sendall(struct.pack('!I', n))
    while n > 0:
        n -= len(s.recv(65536))
    s.close()


def ask(own, server, port, payload):
    """A question from a port of its own, and the answer."""
    with udp(own) as s:
        s.sendto(payload, (server, port))
        s.recv(4096)


def play(own, server, n):
    with udp(own) as s:
        for _ in range(n):
            s.sendto(bytes(60), (server, GAME))
            s.recv(4096)


def use(client, own4, own6, dns, server4, server6):
    ask(own4, dns, DNS, bytes(30))
    if client == 'pc':
        download(own4, server4, 3000000)
        download(own6, server6, 1000000)
    elif client == 'tv':
        download(own6, server6, 5000000)
    elif client == 'kid':
        for i in range(1500):       # nothing is as small as each of these
            ask(own4, dns, DNS, bytes(30 + i % 20))
        play(own4, server4, 400)
        play(own6, server6, 100)
    elif client == 'phone':
        download(own6, server6, 200000)
        time.sleep(1)               # asleep
        download(own4, server4, 150000)
    else:
        for _ in range(20):
            ask(own6, server6, DNS, bytes(40))


if __name__ == '__main__':
    if sys.argv[1] == 'serve':
        serve(sys.argv[2:])
    else:
        while not os.path.exists(sys.argv[8]):
            time.sleep(0.02)
        use(*sys.argv[2:8])
