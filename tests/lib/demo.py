#!/usr/bin/env python3
"""Traffic for ./quickstart --demo: a small home network and its servers.

    demo.py serve SECONDS [lo]   the servers; prints "ready"
    demo.py use SECONDS [lo]     the clients: TV, laptop, phone, backup
    demo.py names                "ADDRESS<TAB>NAME" of each of them

Both ends by themselves.  The addresses are those that RFC 5737 and RFC 3849
keep for documentation.  With `lo' all of it happens on the loopback interface.
"""
import contextlib
import os
import random
import signal
import socket
import struct
import sys
import threading
import time

CLIENTS = {
    'tv': '10.1.0.7', 'laptop': '10.1.0.5', 'phone': '10.1.0.6',
    'nas': '10.1.0.8', 'laptop (IPv6)': '2001:db8:5::5',
}
SERVERS = {
    'video.example': ('198.51.100.90', {'tcp': [443]}),
    'www.example': ('198.51.100.80', {'tcp': [80, 443]}),
    'www.example (IPv6)': ('2001:db8:443::80', {'tcp': [443]}),
    'dns.example': ('192.0.2.53', {'udp': [53]}),
    'backup.example': ('203.0.113.22', {'tcp': [22]}),
}
CHUNK = bytes(65536)


def on_loopback():
    """The same names with addresses of 127/8, where all of it is local."""
    for i, name in enumerate(CLIENTS):
        CLIENTS[name] = '127.1.0.%d' % (i + 5)
    for i, name in enumerate(SERVERS):
        SERVERS[name] = ('127.2.0.%d' % (i + 80), SERVERS[name][1])
    try:
        with socket.socket() as s:
            s.bind(('127.1.0.5', 0))
    except OSError:         # this system has 127.0.0.1 only
        for name in CLIENTS:
            CLIENTS[name] = '127.0.0.1'
        for name in SERVERS:
            SERVERS[name] = ('127.0.0.1', SERVERS[name][1])


def bound(address, port, kind):
    s = socket.socket(socket.AF_INET6 if ':' in address else socket.AF_INET,
                      kind)
    s.settimeout(5)
    if kind == socket.SOCK_STREAM:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind((address, port))
    return s


def background(*call):
    threading.Thread(target=call[0], args=call[1:], daemon=True).start()


# ---- servers ----

def serve_one(c):
    """A request is how many bytes will come and how many are wanted."""
    with contextlib.suppress(OSError, struct.error), c:
        c.settimeout(5)
        sent, wanted = struct.unpack('!II', c.recv(8, socket.MSG_WAITALL))
        while sent > 0 and (part := c.recv(min(sent, len(CHUNK)))):
            sent -= len(part)
        while wanted > 0:
            c.sendall(CHUNK[:wanted])
            wanted -= len(CHUNK)


def serve_tcp(s):
    s.settimeout(None)
    while True:
        background(serve_one, s.accept()[0])


def serve_udp(s):
    s.settimeout(None)
    while True:
        query, who = s.recvfrom(512)
        s.sendto(query + bytes(random.randrange(40, 200)), who)


def serve():
    for address, ports in SERVERS.values():
        for kind, function, call in (
                ('tcp', serve_tcp, socket.SOCK_STREAM),
                ('udp', serve_udp, socket.SOCK_DGRAM)):
            for port in ports.get(kind, ()):
                with contextlib.suppress(OSError):  # taken on this machine
                    s = bound(address, port, call)
                    if kind == 'tcp':
                        s.listen()
                    background(function, s)
    print('ready', flush=True)
    signal.pause()


# ---- clients ----

def tcp(client, server, port, send, receive):
    with bound(CLIENTS[client], 0, socket.SOCK_STREAM) as s:
        s.connect((SERVERS[server][0], port))
        s.sendall(struct.pack('!II', send, receive))
        while send > 0:
            s.sendall(CHUNK[:send])
            send -= len(CHUNK)
        while s.recv(len(CHUNK)):
            pass


def dns(client):
    name = b'\3www\7example\0'
    with bound(CLIENTS[client], 0, socket.SOCK_DGRAM) as s:
        s.settimeout(0.5)
        s.sendto(struct.pack('!HHHHHH', random.randrange(65536), 0x100, 1, 0,
                             0, 0) + name + b'\0\1\0\1',
                 (SERVERS['dns.example'][0], 53))
        s.recv(512)


def ping(client, server, sequence):
    packet = struct.pack('!BBHHH', 8, 0, 0, os.getpid() & 0xffff, sequence)
    packet += bytes(range(56))
    total = sum(struct.unpack('!32H', packet))
    total = (total & 0xffff) + (total >> 16)
    total = ~((total & 0xffff) + (total >> 16)) & 0xffff
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, 1) as s:
        s.bind((CLIENTS[client], 0))
        s.sendto(packet[:2] + struct.pack('!H', total) + packet[4:],
                 (SERVERS[server][0], 0))


def one_second(n):
    """What happens in a second; each is (function, arguments)."""
    yield tcp, 'tv', 'video.example', 443, 200, 1500000
    yield tcp, 'nas', 'backup.example', 22, 400000, 300
    yield tcp, 'laptop', 'www.example', 80, 400, 120000
    yield tcp, 'laptop (IPv6)', 'www.example (IPv6)', 443, 600, 250000
    if n % 3 == 0:
        yield tcp, 'phone', 'www.example', 443, 500, 40000
    for client in ('laptop', 'phone', 'tv'):
        yield dns, client
    yield ping, 'laptop', 'www.example', n


def use(seconds):
    end = time.monotonic() + seconds
    n = 0
    while time.monotonic() < end:
        for function, *args in one_second(n):
            with contextlib.suppress(OSError):  # a service may be missing
                function(*args)
        n += 1
        time.sleep(max(0, min(end - time.monotonic(), 1)))


def main():
    what, *args = sys.argv[1:]
    if 'lo' in args:
        on_loopback()
    if what == 'names':
        for name, address in CLIENTS.items():
            print('%s\t%s' % (address, name))
        for name, (address, _) in SERVERS.items():
            print('%s\t%s' % (address, name))
        return
    # Nobody need end it, whatever becomes of the caller.
    signal.alarm(int(args[0]) + 20)
    if what == 'serve':
        serve()
    else:
        use(int(args[0]))


main()
