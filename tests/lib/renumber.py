#!/usr/bin/env python3
"""Renumber an interface between packets, with a few milliseconds in between.

	renumber.py IFACE NETNS OTHER ROUNDS PAUSE REST [first|remote]

IFACE, in this namespace, is the other end of OTHER in NETNS.  OTHER has
10.0.0.1/24.  In each round its network becomes 10.1.0.0/24 or 10.0.0.0/24 in
turn, and after PAUSE seconds a packet goes from a host of the new network to
one of the old: always out, 100 octets.  The next round is REST seconds later.  With
`first' the new address is added before the old one is removed, with `remote'
the packet goes to a host of neither network.
"""
import ctypes
import os
import socket
import struct
import sys
import time

import packets

RTM_NEWADDR, RTM_DELADDR, IFA_LOCAL, IFA_ADDRESS = 20, 21, 2, 1


def change(netlink, index, kind, address):
    """Add or remove an address with 24 bits, and wait for the answer."""
    octets = socket.inet_aton(address)
    body = struct.pack("=BBBBI", socket.AF_INET, 24, 0, 0, index)
    for attribute in (IFA_LOCAL, IFA_ADDRESS):
        body += struct.pack("=HH4s", 8, attribute, octets)
    flags = 0x605 if kind == RTM_NEWADDR else 5
    netlink.send(struct.pack("=IHHII", 16 + len(body), kind, flags, 1, 0) +
                 body)
    answer = netlink.recv(65536)
    error = struct.unpack_from("=i", answer, 16)[0]
    if error:
        raise OSError(-error, os.strerror(-error))


def main(ifname, netns, other, rounds, pause, rest, first=None):
    """Send in this namespace, renumber in the other."""
    sending = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    sending.bind((ifname, 0))
    with open("/run/netns/" + netns, encoding="ascii") as file:
        if ctypes.CDLL(None).setns(file.fileno(), 0) == -1:
            raise OSError("setns")
    netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
    index = socket.if_nametoindex(other)
    for i in range(int(rounds)):
        old, new = ("10.0.0.", "10.1.0.") if i % 2 == 0 else \
            ("10.1.0.", "10.0.0.")
        if first == "first":
            change(netlink, index, RTM_NEWADDR, new + "1")
        change(netlink, index, RTM_DELADDR, old + "1")
        if first != "first":
            change(netlink, index, RTM_NEWADDR, new + "1")
        time.sleep(float(pause))
        peer = "192.0.2.7" if first == "remote" else old + "7"
        sending.send(packets.frame(new + "7", peer, 100))
        time.sleep(float(rest))


main(*sys.argv[1:])
