"""gevent's primitives: nanoseconds for one operation or one hand-off.

toolkit.py NAME[,NAME...]. Each measure is a function that returns what is done n times, how many
hand-offs one of those is, and what the partner does for ever, if there is one.
"""

import sys

NAMES = sys.argv[1].split(",")

if {"condition-handoff", "barrier-handoff"}.intersection(NAMES):
    # gevent has no Condition and no Barrier of its own: it makes greenlets of Python's.
    from gevent import monkey

    monkey.patch_all()

import threading

import gevent
from gevent.event import AsyncResult, Event
from gevent.local import local
from gevent.lock import RLock, Semaphore
from gevent.pool import Pool
from gevent.queue import Channel, PriorityQueue, Queue

from common import nanos_per_operation, result

LONG = 100


def semaphore():
    one = Semaphore(1)

    def batch(n):
        for _ in range(n):
            one.acquire()
            one.release()

    return batch, 1, None


def semaphore_handoff():
    ping = Semaphore(0)
    pong = Semaphore(0)

    def batch(n):
        for _ in range(n):
            ping.release()
            pong.acquire()

    def partner():
        while True:
            ping.acquire()
            pong.release()

    return batch, 2, partner


def semaphore_timed_handoff():
    ping = Semaphore(0)
    pong = Semaphore(0)

    def batch(n):
        for _ in range(n):
            ping.release()
            if not pong.acquire(timeout=LONG):
                raise RuntimeError("lost")

    def partner():
        while True:
            if ping.acquire(timeout=LONG):
                pong.release()

    return batch, 2, partner


def rlock():
    lock = RLock()

    def batch(n):
        for _ in range(n):
            lock.acquire()
            lock.release()

    return batch, 1, None


def rlock_handoff():
    lock = RLock()

    def batch(n):
        for _ in range(n):
            lock.acquire()
            gevent.sleep(0)
            lock.release()
            gevent.sleep(0)

    def partner():
        while True:
            batch(1000)

    return batch, 2, partner


def condition_handoff():
    changed = threading.Condition()
    partners = False

    def batch(n):
        nonlocal partners
        with changed:
            for _ in range(n):
                partners = True
                changed.notify()
                while partners:
                    changed.wait()

    def partner():
        nonlocal partners
        with changed:
            while True:
                while not partners:
                    changed.wait()
                partners = False
                changed.notify()

    return batch, 2, partner


def event():
    one = Event()
    one.set()

    def batch(n):
        for _ in range(n):
            if one.is_set():
                one.wait()

    return batch, 1, None


def event_handoff():
    ping = Event()
    pong = Event()

    def batch(n):
        for _ in range(n):
            ping.set()
            pong.wait()
            pong.clear()

    def partner():
        while True:
            ping.wait()
            ping.clear()
            pong.set()

    return batch, 2, partner


def asyncresult():
    def batch(n):
        for _ in range(n):
            one = AsyncResult()
            one.set(1)
            one.get()

    return batch, 1, None


def asyncresult_handoff():
    mine = AsyncResult()
    partners = AsyncResult()

    def batch(n):
        nonlocal mine
        for _ in range(n):
            mine = AsyncResult()
            partners.set(1)
            mine.get()

    def partner():
        nonlocal partners
        while True:
            partners.get()
            partners = AsyncResult()
            mine.set(1)

    return batch, 2, partner


def barrier_handoff():
    barrier = threading.Barrier(2)

    def batch(n):
        for _ in range(n):
            barrier.wait()

    def partner():
        while True:
            barrier.wait()

    return batch, 1, partner


def through(queue):
    def batch(n):
        for _ in range(n):
            queue.put(1)
            queue.get()

    return batch, 1, None


def ping_pong(ping, pong):
    def batch(n):
        for _ in range(n):
            ping.put(1)
            pong.get()

    def partner():
        while True:
            pong.put(ping.get())

    return batch, 2, partner


def stream(queue):
    def batch(n):
        for _ in range(n):
            queue.get()

    def partner():
        while True:
            queue.put(1)

    return batch, 1, partner


def priority_queue():
    queue = PriorityQueue(items=range(16))

    def batch(n):
        for _ in range(n):
            queue.put((queue.get() + 37) % 100)

    return batch, 1, None


def nothing():
    pass


def pool_spawn():
    pool = Pool(10)

    def batch(n):
        for _ in range(n):
            pool.spawn(nothing)
        pool.join()

    return batch, 1, None


def pool_map():
    pool = Pool(10)

    def batch(n):
        pool.map(lambda item: item + 1, range(n))

    return batch, 1, None


def blocking():
    workers = gevent.get_hub().threadpool

    def batch(n):
        for _ in range(n):
            workers.apply(nothing)

    return batch, 1, None


def timeout():
    def batch(n):
        for _ in range(n):
            with gevent.Timeout(LONG):
                pass

    return batch, 1, None


def local_get():
    ours = local()

    def batch(n):
        ours.number = 1
        total = 0
        for _ in range(n):
            total += ours.number

    return batch, 1, None


MEASURES = {
    "semaphore": semaphore,
    "semaphore-handoff": semaphore_handoff,
    "semaphore-timed-handoff": semaphore_timed_handoff,
    "rlock": rlock,
    "rlock-handoff": rlock_handoff,
    "condition-handoff": condition_handoff,
    "event": event,
    "event-handoff": event_handoff,
    "asyncresult": asyncresult,
    "asyncresult-handoff": asyncresult_handoff,
    "barrier-handoff": barrier_handoff,
    "queue": lambda: through(Queue()),
    "queue-bounded": lambda: through(Queue(100)),
    "queue-handoff": lambda: ping_pong(Queue(), Queue()),
    "queue-stream-1": lambda: stream(Queue(1)),
    "queue-stream-100": lambda: stream(Queue(100)),
    "priorityqueue": priority_queue,
    "priorityqueue-handoff": lambda: ping_pong(PriorityQueue(), PriorityQueue()),
    "channel-handoff": lambda: ping_pong(Channel(), Channel()),
    "channel-stream": lambda: stream(Channel()),
    "pool-spawn": pool_spawn,
    "pool-map": pool_map,
    "blocking": blocking,
    "timeout": timeout,
    "local": local_get,
}
OPERATIONS = {"pool-map": 100, "blocking": 100}


def measure(name):
    batch, parts, partner = MEASURES[name]()
    beside = gevent.spawn(partner) if partner else None
    nanos = nanos_per_operation(OPERATIONS.get(name, 1000), batch) / parts
    if beside is not None:
        beside.kill()
    result(**{name: nanos})


for each in NAMES:
    gevent.spawn(measure, each).get()
