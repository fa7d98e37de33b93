#!/usr/bin/env python3
"""Signals in random order and speed.

    signals.py PID SIGNALS SEED [term]

Sends SIGNALS of HUP and INT to a process; with `term', TERM is among them at
a random place and the rest follows it.  Prints how many INT were sent.
"""
import os
import random
import signal
import sys
import time

pid, n, rng = int(sys.argv[1]), int(sys.argv[2]), random.Random(sys.argv[3])
term = rng.randrange(n // 2, n) if sys.argv[4:] == ['term'] else -1
ints = 0
pause = 0.0
for i in range(n):
    if i % 100 == 0:            # now fast, now slowly
        pause = rng.choice([0, 0, 0.0001, 0.001, 0.003])
    sig = signal.SIGTERM if i == term else rng.choice(
        [signal.SIGHUP, signal.SIGINT])
    ints += sig == signal.SIGINT
    try:
        os.kill(pid, sig)
    except ProcessLookupError:  # TERM was served
        break
    if pause:
        time.sleep(rng.random() * pause)
print(ints)
