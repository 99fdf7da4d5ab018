"""A pool of two never runs three."""
import gevent
from gevent.pool import Pool

pool = Pool(2)


def hello(n):
    print('%d begins, in the pool: %d' % (n, len(pool)))
    gevent.sleep(0)
    print('%d ends, in the pool: %d' % (n, len(pool)))


pool.map(hello, range(3))
for number in range(3, 6):
    pool.spawn(hello, number)
    print('spawned %d, free: %d' % (number, pool.free_count()))
pool.join()
print('in the pool: %d' % len(pool))
