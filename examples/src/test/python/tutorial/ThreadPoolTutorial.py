"""What really blocks is done by threads; greenlets go on meanwhile."""
import time

import gevent
from gevent.threadpool import ThreadPool

pool = ThreadPool(3)


def block(n):
    time.sleep(0.05)  # the whole thread
    return n * n


def tick():
    while True:
        ticks.append(1)
        gevent.sleep(0.005)


ticks = []
ticker = gevent.spawn(tick)
results = [pool.spawn(block, n) for n in range(4)]
gevent.wait(results)
print(', '.join(str(result.get()) for result in results))
print('in order: ' + ', '.join(str(x) for x in pool.map(block, range(3))))
print('others ran meanwhile: %s' % ('yes' if len(ticks) > 3 else 'no'))
ticker.kill()
