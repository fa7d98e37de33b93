#!/usr/bin/env python3
"""Send the frames of captures from an interface: replay.py IFACE FILE...

Files are those of gencap.py: classic pcap, little-endian.  Ethernet frames
are sent through a packet socket, which accepts none that is shorter than its
header or longer than the MTU.  IFACE `tun:NAME' creates a tun device,
`tap:NAME' a tap device; after a line on standard input the frames are received
there.
"""
import fcntl
import os
import socket
import struct
import sys


def frames(name):
    data = open(name, 'rb').read()
    at = 24
    while at < len(data):
        n = struct.unpack_from('<I', data, at + 8)[0]
        yield data[at + 16:at + 16 + n]
        at += 16 + n


def sender(iface):
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    s.bind((iface, 0))
    return s.send


def device(kind, name):
    fd = os.open('/dev/net/tun', os.O_RDWR)
    flags = 0x1000 | (1 if kind == 'tun' else 2)    # without a header
    fcntl.ioctl(fd, 0x400454ca, struct.pack('16sH', name.encode(), flags))
    print('made', flush=True)
    sys.stdin.readline()
    return lambda octets: os.write(fd, octets)


def main():
    kind, _, name = sys.argv[1].rpartition(':')
    put = device(kind, name) if kind else sender(name)
    sent = refused = 0
    for file in sys.argv[2:]:
        for octets in frames(file):
            try:
                put(octets)
                sent += 1
            except OSError:
                refused += 1
    print(sent, refused, flush=True)
    if kind:
        sys.stdin.readline()        # the device goes with us


main()
