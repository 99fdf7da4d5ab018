"""Empty greenlets: one after another, each joined; and in a batch that ends with joinall."""

import gevent

from common import nanos_per_operation, number, result


def nothing():
    pass


def single(n):
    for _ in range(n):
        gevent.spawn(nothing).join()


def batch(n):
    gevent.joinall([gevent.spawn(nothing) for _ in range(n)])


def measure():
    result(
        single_ns=nanos_per_operation(1000, single),
        batch_ns=nanos_per_operation(number("BENCH_COUNT", 100_000), batch),
    )


gevent.spawn(measure).get()
