#!/usr/bin/env python3
"""A device without a link header, and one of a kind that hardly anything
knows, receive a datagram each whenever a line is read; until the input ends.

usage: tuns.py NAME NAME
"""
import fcntl
import os
import struct
import subprocess
import sys

TUNSETIFF, TUNSETLINK, TUN, NO_PI = 0x400454ca, 0x400454cd, 1, 0x1000
PPP = 512                               # ARPHRD_PPP

udp = struct.pack('>HHHH', 1025, 443, 8 + 5, 0) + b'hello'
ip = struct.pack('>BBHHHBBH4s4s', 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0,
                 bytes([192, 0, 2, 1]), bytes([192, 0, 2, 2])) + udp
devices = []
for name in sys.argv[1:3]:
    tun = os.open('/dev/net/tun', os.O_RDWR)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack('16sH14x', name.encode(),
                                            TUN | NO_PI))
    if devices:
        fcntl.ioctl(tun, TUNSETLINK, PPP)
    subprocess.run(['ip', 'link', 'set', name, 'up'], check=True)
    devices.append(tun)
print('ready', flush=True)
for _ in sys.stdin:
    for tun in devices:
        os.write(tun, ip)
