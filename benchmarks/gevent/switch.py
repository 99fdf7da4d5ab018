"""Two greenlets alternate through two semaphores: nanoseconds for one hand-off."""

import gevent
from gevent.lock import Semaphore

from common import nanos_per_operation, result

ping = Semaphore(0)
pong = Semaphore(0)


def partner():
    while True:
        ping.acquire()
        pong.release()


def batch(n):
    for _ in range(n):
        ping.release()
        pong.acquire()


def measure():
    return nanos_per_operation(1000, batch)


other = gevent.spawn(partner)
result(handoff_ns=gevent.spawn(measure).get() / 2)
other.kill()
