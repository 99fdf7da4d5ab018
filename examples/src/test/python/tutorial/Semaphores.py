"""Two may come in, the others wait."""
from gevent import sleep
from gevent.lock import BoundedSemaphore
from gevent.pool import Pool

places = BoundedSemaphore(2)


def by_hand(n):
    places.acquire()
    print('%d is in' % n)
    sleep(0)
    places.release()
    print('%d is out' % n)


def in_a_block(n):
    with places:
        print('%d is in' % n)
        sleep(0)
    print('%d is out' % n)


pool = Pool()
pool.map(by_hand, range(0, 4))
pool.map(in_a_block, range(4, 9))
try:
    places.release()
except ValueError:
    print('nobody is in')
