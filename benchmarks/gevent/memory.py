"""Greenlets parked in a semaphore that nobody releases: resident bytes each."""

import gc
import os
import sys

import gevent
from gevent.lock import Semaphore

from common import number, resident_bytes, result

count = number("BENCH_COUNT", 100_000)
never = Semaphore(0)
started = 0


def park():
    global started
    started += 1
    never.acquire()


gevent.sleep(0)
gc.collect()
before = resident_bytes()
for _ in range(count):
    gevent.spawn(park)
while started < count:
    gevent.sleep(0.01)
gc.collect()
result(rss_bytes=(resident_bytes() - before) / count)
sys.stdout.flush()
os._exit(0)
