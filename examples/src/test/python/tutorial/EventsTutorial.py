"""One greenlet wakes many."""
import gevent
from gevent.event import Event

ready = Event()


def setter():
    print('wait for me')
    gevent.sleep(0.01)
    print('there you are')
    ready.set()
    print('they are not awake yet')


def waiter(n):
    print('%d waits' % n)
    ready.wait()
    print('%d goes on' % n)


def late():
    ready.wait()
    print('who comes late does not wait')


gevent.joinall([gevent.spawn(setter)] + [gevent.spawn(waiter, n) for n in range(1, 6)])
gevent.spawn(late).join()
