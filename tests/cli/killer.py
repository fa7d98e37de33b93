#!/usr/bin/env python3
"""Kill daemons with SIGKILL at random instants and check their accounts.

    killer.py --trafd P --traflog P --netns NS --iface IF --send IF
              --dir DIR [--instances K] [--rounds R] [--seed S]

K daemons account the same traffic.  In each round they are started with -r,
a flow of the round's own is sent and dumped: that much is known to be on the
disk.  Then more of the flow is sent while dumps, saves and ends are asked for
in random order, and each daemon is killed at a random instant of that.  At
the end the account of every daemon must show for every round at least what
was dumped and at most what was sent: nothing lost that was on the disk, and
nothing counted twice.
"""
import argparse
import collections
import fcntl
import os
import random
import signal
import socket
import struct
import subprocess
import sys
import time

FIRST, MORE = 300, 200          # packets of a round: dumped, and at risk
LAYOUTS = ['trafd', 'old', 'new']       # in turn
PACKET = 46                     # its length, as IP has it
FREEZE = 0.12                   # seconds from a signal to its job


def frame(flow):
    """An Ethernet frame with a UDP packet; the flow is in its source."""
    ip = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 46, 0, 0, 64, 17, 0,
                     struct.pack('!I', 0x0a000000 + flow),
                     socket.inet_aton('10.255.0.1'))
    return (bytes.fromhex('020000000001020000000002') + b'\x08\x00' + ip +
            struct.pack('!HHHH', 1000, 53, 26, 0) + bytes(18))


class Daemon:
    def __init__(self, args, name):
        self.args, self.name = args, name
        self.run = os.path.join(args.dir, 'run')
        self.state = os.path.join(args.dir, 'state-' + name)
        self.save = os.path.join(self.state, 'trafd.' + name)
        self.dump = os.path.join(self.state, 'tmp', 'trafd.' + name)
        self.layout = LAYOUTS[int(name[1:]) % len(LAYOUTS)]
        self.pid = 0
        self.on_disk = {}

    def spawn(self):
        return subprocess.Popen(
            # How packets are captured does not matter; what starts fast does.
            ['nsenter', '--net=/run/netns/' + self.args.netns,
             self.args.trafd, '--source', 'pcap', '-r',
             '-m', '0', '--layout', self.layout, '-i', self.args.iface,
             '-f', self.name, '--user', 'root', '--buffer', '1', '--run-dir', self.run,
             '--state-dir', self.state])

    def started(self):
        with open(os.path.join(self.run, 'trafd.' + self.name)) as f:
            self.pid = int(f.read())

    def status(self, key):
        name = os.path.join(self.run, 'trafd.%s.status' % self.name)
        with open(name) as f:
            for line in f:
                if line.startswith(key + ' '):
                    return int(line.split()[1])
        return 0

    def rows(self, path):
        """Packets by source address, over all blocks of a file."""
        count = collections.Counter()
        if not os.path.exists(path) or os.path.getsize(path) == 0:
            return count
        text = subprocess.run(
            [self.args.traflog, '-a', '-n', '--format=tsv', '-i', path],
            stdout=subprocess.PIPE, text=True).stdout
        for line in text.splitlines()[1:]:
            field = line.split('\t')
            # BPFT's layouts know no packets.
            count[field[2]] += int(field[9]) // PACKET
        return count

    def signal(self, sig):
        try:
            os.kill(self.pid, sig)
        except ProcessLookupError:
            pass

    def gone(self):
        """Has its last thread let go of the lock?"""
        try:
            with open(os.path.join(self.run, 'trafd.' + self.name)) as f:
                fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except FileNotFoundError:
            pass
        except BlockingIOError:
            return False
        return True

    def wait_gone(self):
        wait(self.gone, '%s, PID %d, to end' % (self.name, self.pid))


def wait(condition, what):
    for _ in range(6000):
        if condition():
            return
        time.sleep(0.01)
    sys.exit('waited in vain for ' + what)


def start_all(daemons):
    started = [d.spawn() for d in daemons]
    for d, p in zip(daemons, started):
        if p.wait() != 0:
            sys.exit('%s: did not start' % d.name)
        d.started()


def send(sock, flow, n):
    f = frame(flow)
    for _ in range(n):
        sock.send(f)


def kill_at(rng):
    """Seconds after the first signal.

    A daemon counts on for FREEZE seconds before it writes, so that jobs begin
    at multiples of that: most kills hit those, the others any instant.
    """
    if rng.random() < 0.3:
        return rng.random() * 4 * FREEZE
    return rng.randrange(1, 4) * FREEZE + rng.random() * 0.025


def one_round(daemons, sock, flow, rng):
    address = socket.inet_ntoa(struct.pack('!I', 0x0a000000 + flow))
    start_all(daemons)
    send(sock, flow, FIRST)
    for d in daemons:
        d.signal(signal.SIGHUP)
    for d in daemons:
        wait(lambda: d.status('dump_done') >= 1, d.name + "'s dump")
        d.on_disk[address] = d.rows(d.dump)[address]
    send(sock, flow, MORE)
    # What happens to each daemon, and when: a short program of signals.
    acts = []
    for d in daemons:
        at = 0.0
        for _ in range(rng.randrange(1, 5)):
            at += rng.random() * 0.008
            acts.append((at, d, rng.choice(
                [signal.SIGHUP, signal.SIGINT, signal.SIGINT,
                 signal.SIGTERM])))
        acts.append((kill_at(rng), d, signal.SIGKILL))
    begin = time.monotonic()
    for at, d, sig in sorted(acts, key=lambda a: a[0]):
        delay = begin + at - time.monotonic()
        if delay > 0:
            time.sleep(delay)
        d.signal(sig)
    for d in daemons:
        d.wait_gone()


def check(d, rounds):
    """Complaints about the final account of a daemon."""
    total = d.rows(d.save) + d.rows(d.dump)
    bad = []
    for flow in range(1, rounds + 1):
        address = socket.inet_ntoa(struct.pack('!I', 0x0a000000 + flow))
        n, least = total[address], d.on_disk[address]
        if n < least:
            bad.append('%s %s: %d of %d dumped packets are lost' %
                       (d.name, address, least - n, least))
        if n > FIRST + MORE:
            bad.append('%s %s: %d packets, but %d were sent' %
                       (d.name, address, n, FIRST + MORE))
        if least < FIRST * 0.9:
            bad.append('%s %s: only %d of %d packets reached the dump' %
                       (d.name, address, least, FIRST))
    return bad


def main():
    p = argparse.ArgumentParser()
    for name in ('trafd', 'traflog', 'netns', 'iface', 'send', 'dir'):
        p.add_argument('--' + name, required=True)
    p.add_argument('--instances', type=int, default=10)
    p.add_argument('--rounds', type=int, default=20)
    p.add_argument('--seed', type=int, default=1)
    args = p.parse_args()
    rng = random.Random(args.seed)
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    sock.bind((args.send, 0))
    daemons = [Daemon(args, 'k%d' % i) for i in range(args.instances)]
    bad = []
    try:
        for flow in range(1, args.rounds + 1):
            one_round(daemons, sock, flow, rng)
        start_all(daemons)
        for d in daemons:
            d.signal(signal.SIGTERM)
        for d in daemons:
            d.wait_gone()
            bad += check(d, args.rounds)
    finally:
        for d in daemons:       # a test that was broken off leaves none
            if not d.gone():
                d.signal(signal.SIGKILL)
    print('%d kills, %d complaints' % (args.instances * args.rounds, len(bad)))
    print('\n'.join(bad))
    sys.exit(1 if bad else 0)


main()
