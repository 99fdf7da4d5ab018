"""What the gevent contenders share: numbers from the environment, rounds, and /proc."""

import os
import statistics
import time


def number(name, otherwise):
    return int(os.environ.get(name) or otherwise)


def nanos_per_operation(operations, batch):
    """Nanoseconds for one operation.

    Runs batches in rounds of BENCH_ROUND_MS, ignores the first BENCH_WARMUP rounds, and returns the
    median of the next BENCH_ROUNDS.
    """
    length = number("BENCH_ROUND_MS", 250) * 1_000_000
    warmup = number("BENCH_WARMUP", 8)
    counted = number("BENCH_ROUNDS", 4)
    results = []
    for i in range(warmup + counted):
        done = 0
        start = time.perf_counter_ns()
        elapsed = 0
        while elapsed < length:
            batch(operations)
            done += operations
            elapsed = time.perf_counter_ns() - start
        if i >= warmup:
            results.append(elapsed / done)
    return statistics.median(results)


def cpu_seconds():
    """CPU seconds of this process so far, user and system."""
    with open("/proc/self/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / number("BENCH_CLK_TCK", 100)


def resident_bytes():
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
    return 0


def result(**values):
    print("RESULT", *("%s=%.3f" % pair for pair in values.items()), flush=True)
