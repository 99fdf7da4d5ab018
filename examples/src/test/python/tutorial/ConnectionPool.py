"""Four jobs share two connections, which are made when they are needed."""
from contextlib import contextmanager

import gevent
from gevent.queue import Queue


class ConnectionPool:

    def __init__(self, most):
        self.most = most
        self.made = 0
        self.idle = Queue()

    @contextmanager
    def connection(self):
        if self.idle.empty() and self.made < self.most:
            self.made += 1
            one = 'connection %d' % self.made
        else:
            one = self.idle.get()
        try:
            yield one
        finally:
            self.idle.put(one)


pool = ConnectionPool(2)


def query(n):
    with pool.connection() as one:
        print('query %d begins on %s' % (n, one))
        for _ in range(2 * n):
            gevent.sleep(0)  # others do something meanwhile
        print('query %d ends' % n)


gevent.joinall([gevent.spawn(query, n) for n in range(1, 5)])
print('%d connections were made' % pool.made)
