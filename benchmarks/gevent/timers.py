"""Greenlets that sleep for random times: how late they wake, and the CPU time of the process.

The CPU time of the start of the process counts once, the rest BENCH_SCALE times: so the CPU time
stands for BENCH_SCALE * BENCH_COUNT greenlets. How late they wake is what was measured.
"""

import random
import time

import gevent

from common import cpu_seconds, number, result

count = number("BENCH_COUNT", 100_000)
longest = number("BENCH_SLEEP_MS", 10_000) / 1000
random.seed(42)
late = [None] * count


def sleeper(i, delay):
    due = time.monotonic() + delay
    gevent.sleep(delay)
    late[i] = time.monotonic() - due


start = cpu_seconds()
gevent.joinall([gevent.spawn(sleeper, i, random.random() * longest) for i in range(count)])
cpu = start + (cpu_seconds() - start) * number("BENCH_SCALE", 1)
woken = sorted(x for x in late if x is not None)
result(
    cpu_s=cpu,
    p99_ms=woken[len(woken) * 99 // 100] * 1e3,
    worst_ms=woken[-1] * 1e3,
    early=sum(x < 0 for x in woken),
    lost=count - len(woken),
)
