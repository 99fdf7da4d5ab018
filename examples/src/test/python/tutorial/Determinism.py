"""Greenlets come in the same order each time; of threads only the results are the same."""
import time

import gevent
from gevent.pool import Pool
from gevent.threadpool import ThreadPool


def echo(i):
    gevent.sleep(0.001)
    return i


def echo_in_thread(i):
    time.sleep(0.001)
    return i


def runs(pool, task):
    return [list(pool.imap_unordered(task, range(10))) for _ in range(4)]


def say(text, condition):
    print('%s: %s' % (text, 'yes' if condition else 'no'))


threads = runs(ThreadPool(10), echo_in_thread)
say('threads, the same results', all(sorted(run) == list(range(10)) for run in threads))

greenlets = runs(Pool(10), echo)
say('greenlets, the same results', all(sorted(run) == list(range(10)) for run in greenlets))
say('greenlets, the same order', all(run == greenlets[0] for run in greenlets))
print('that is: %s' % greenlets[0])
