#!/usr/bin/env python3
"""Send UDP packets of chosen addresses and length from an interface.

	packets.py IFACE SRC DST COUNT IPLEN [MAC [VLAN]]

Each of the COUNT packets has IPLEN octets of IP.  MAC is the receiver's, by
default nobody's.
"""
import ipaddress
import socket
import struct
import sys


def header(src, dst, length):
    """The IP header of a UDP packet of so many octets."""
    if src.version == 6:
        return (struct.pack("!IHBB", 6 << 28, length - 40, 17, 64) +
                src.packed + dst.packed)
    fixed = struct.pack("!BBHHHBBH4s4s", 0x45, 0, length, 1, 0, 64, 17, 0,
                        src.packed, dst.packed)
    total = sum(struct.unpack("!10H", fixed))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return fixed[:10] + struct.pack("!H", ~total & 0xffff) + fixed[12:]


def frame(src, dst, length, mac="02:00:00:00:00:01", vlan=None):
    """An Ethernet frame with such a packet."""
    source, target = ipaddress.ip_address(src), ipaddress.ip_address(dst)
    ip = header(source, target, length)
    udp = struct.pack("!HHHH", 1000, 2000, length - len(ip), 0)
    link = bytes.fromhex(mac.replace(":", "")) + b"\x02\0\0\0\0\x02"
    if vlan is not None:
        link += struct.pack("!HH", 0x8100, int(vlan))
    link += b"\x86\xdd" if source.version == 6 else b"\x08\0"
    return link + (ip + udp).ljust(length, b"\0")


def main(ifname, src, dst, count, length, *rest):
    """Send them."""
    octets = frame(src, dst, int(length), *rest)
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as s:
        s.bind((ifname, 0))
        for _ in range(int(count)):
            s.send(octets)


if __name__ == "__main__":
    main(*sys.argv[1:])
