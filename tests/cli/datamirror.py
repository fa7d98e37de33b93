"""A peer that sends back to the sender what it gets, as if its own, but loses,
repeats and reorders packets: the tun device `mirror', 10.9.0.1 and fd09::1.
Prints a line when it is ready.  Its short queue drops, too.
"""
import fcntl
import os
import random
import select
import struct
import subprocess

SETUP = """link set mirror mtu 1500 txqueuelen 20 up
addr add 10.9.0.1/24 dev mirror
addr add fd09::1/64 dev mirror nodad
"""


def turned(p):
    """Source and destination changed, which no checksum notices."""
    if p[0] >> 4 == 4:
        return p[:12] + p[16:20] + p[12:16] + p[20:]
    return p[:8] + p[24:40] + p[8:24] + p[40:]


def main():
    """Run until killed."""
    random.seed(1)
    fd = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(fd, 0x400454ca, struct.pack("16sH22x", b"mirror", 0x1001))
    subprocess.run(["ip", "-batch", "-"], input=SETUP.encode(), check=True)
    print("ready", flush=True)
    held = []
    while True:
        ready = select.select([fd], [], [], 0.002)[0]
        if not ready or len(held) > 5:
            for p in held:
                os.write(fd, p)
            held = []
        if not ready:
            continue
        p = turned(os.read(fd, 70000))
        x = random.random()
        if x < 0.01:
            continue
        if x < 0.06:
            held.append(p)
            continue
        os.write(fd, p)
        if x > 0.99:
            os.write(fd, p)


main()
