#!/usr/bin/env python3
"""Have a new device receive joined frames that the kernel cannot describe to a
ring: datagrams that it shall cut into fragments of IP.  It drops them there.

usage: undescribed.py INTERFACE COUNT
"""
import fcntl
import os
import struct
import subprocess
import sys

TUNSETIFF, TAP, NO_PI, VNET_HDR = 0x400454ca, 2, 0x1000, 0x4000
NEEDS_CSUM, FRAGMENTS = 1, 3    # VIRTIO_NET_HDR_GSO_UDP
DATA, SIZE = 4000, 1000

link = bytes([2, 0, 0, 0, 0, 2]) + bytes([2, 0, 0, 0, 0, 1]) + b"\x08\x00"
udp = struct.pack(">HHHH", 1025, 443, 8 + DATA, 0)
ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 28 + DATA, 1, 0, 64, 17, 0,
                 bytes([192, 0, 2, 1]), bytes([192, 0, 2, 2]))
start = len(link) + len(ip)
tap = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(tap, TUNSETIFF, struct.pack("16sH14x", sys.argv[1].encode(),
                                        TAP | NO_PI | VNET_HDR))
subprocess.run(["ip", "link", "set", sys.argv[1], "up"], check=True)
for i in range(int(sys.argv[2])):
    os.write(tap, struct.pack("=BBHHHH", NEEDS_CSUM, FRAGMENTS,
                              start + len(udp), SIZE, start, 6) +
             link + ip + udp + bytes(DATA))
