"""Sockets that exchange something, for tests of the data trace.

datapeers.py KIND JOB ADDRESS PORT [SIZE]: a server on the port, a client on the
port plus one, both of a program of this name; prints its pid.

  tcp    a question of 8 octets, an answer of 10, the client ends
  udp    the same, and an empty datagram
  http   a request and its answer
  defer  as tcp, but the server's socket is made by the question
  fast   as tcp, but the question is in the SYN
  again  as tcp, and then the client's socket is connected once more
  both   SIZE octets each way at once: the files up and down in this directory;
         the client connects to the address that follows
  flood  SIZE datagrams of 1000 octets, one after the other
  wait   as tcp, but says the cookie of the client, and goes on at a line of
         standard input, when both are connected
"""
import ctypes
import ipaddress
import os
import socket
import struct
import sys
import threading

KIND, JOB, ADDRESS, PORT = sys.argv[1], sys.argv[2], sys.argv[3], \
    int(sys.argv[4])
SIZE = int(sys.argv[5]) if len(sys.argv) > 5 else 0
FAMILY = socket.AF_INET6 if ":" in ADDRESS else socket.AF_INET


def make(kind, port):
    """A socket on the port."""
    s = socket.socket(FAMILY, kind)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind((ADDRESS, port))
    return s


def listener():
    """A server's."""
    s = make(socket.SOCK_STREAM, PORT)
    if KIND == "defer":
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 5)
    if KIND == "fast":
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 5)
    s.listen()
    return s


def ask(client, server):
    """One question, one answer."""
    if client:
        client.sendall(b"question")
    assert server.recv(100) == b"question"
    server.sendall(b"the answer")
    if client:
        assert client.recv(100) == b"the answer"
        client.close()
        assert server.recv(100) == b""
    server.close()


def tcp():
    """A connection that asks."""
    served = listener()
    c = make(socket.SOCK_STREAM, PORT + 1)
    if KIND == "fast":
        c.sendto(b"question", 0x20000000, (ADDRESS, PORT))
        s, _ = served.accept()
        ask(None, s)
        assert c.recv(100) == b"the answer"
        c.close()
        return
    c.connect((ADDRESS, PORT))
    if KIND == "defer":
        c.sendall(b"question")
        s, _ = served.accept()
        ask(None, s)
        assert c.recv(100) == b"the answer"
        c.close()
        return
    s, _ = served.accept()
    if KIND == "wait":
        cookie = c.getsockopt(socket.SOL_SOCKET, 57, 8)
        print("%x" % struct.unpack("<Q", cookie), flush=True)
        sys.stdin.readline()
    ask(c, s)


def udp():
    """Datagrams that ask."""
    s = make(socket.SOCK_DGRAM, PORT)
    c = make(socket.SOCK_DGRAM, PORT + 1)
    c.sendto(b"question", (ADDRESS, PORT))
    _, who = s.recvfrom(100)
    s.sendto(b"the answer", who)
    c.recv(100)
    c.sendto(b"", (ADDRESS, PORT))
    s.recv(100)


def http():
    """What tshark knows by its port."""
    served = listener()
    c = make(socket.SOCK_STREAM, PORT + 1)
    c.connect((ADDRESS, PORT))
    s, _ = served.accept()
    c.sendall(b"GET /secret HTTP/1.1\r\nHost: here\r\n\r\n")
    s.recv(1000)
    s.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    c.recv(1000)


def pump(s, data):
    """Send all, and receive as much."""
    t = threading.Thread(target=lambda: (s.sendall(data), s.shutdown(1)))
    t.start()
    n = 0
    while got := s.recv(1 << 18):
        n += len(got)
    t.join()
    assert n == len(data), (n, len(data))
    s.close()


def both():
    """Two files at once."""
    data = {}
    for name in ("up", "down"):
        data[name] = os.urandom(SIZE)
        with open(name, "wb") as f:
            f.write(data[name])
    served = listener()
    c = make(socket.SOCK_STREAM, PORT + 1)
    c.connect((str(ipaddress.ip_address(ADDRESS) + 1), PORT))
    s, _ = served.accept()
    t = threading.Thread(target=pump, args=(s, data["down"]))
    t.start()
    pump(c, data["up"])
    t.join()


def again():
    """Two connections of one socket."""
    served = listener()
    c = make(socket.SOCK_STREAM, PORT + 1)
    for _ in range(2):
        c.connect((ADDRESS, PORT))
        s, _ = served.accept()
        c.sendall(b"question")
        ask(None, s)
        assert c.recv(100) == b"the answer"
        assert c.recv(100) == b""
        libc = ctypes.CDLL(None)
        libc.connect(c.fileno(), bytes(16), 16)     # AF_UNSPEC


def flood():
    """Datagrams that nobody reads."""
    s = make(socket.SOCK_DGRAM, PORT)
    c = make(socket.SOCK_DGRAM, PORT + 1)
    c.connect((ADDRESS, PORT))
    for _ in range(SIZE):
        c.send(b"x" * 1000)
    s.close()


with open("/proc/self/comm", "w", encoding="ascii") as f:
    f.write(JOB)
print(os.getpid(), flush=True)
{"again": again, "udp": udp, "http": http, "both": both, "flood": flood}.get(KIND, tcp)()
