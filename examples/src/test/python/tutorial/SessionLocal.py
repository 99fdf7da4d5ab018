"""The request that a greenlet serves, wherever in the code it is asked for."""
from contextlib import contextmanager

import gevent
from gevent.local import local

current = local()


@contextmanager
def session(request):
    current.request = request
    try:
        yield
    finally:
        del current.request


def database():
    gevent.sleep(0)  # others are served meanwhile
    return 'a book for %s' % current.request['user']


def page():
    return 'Hello %s at %s: %s' % (current.request['user'], current.request['address'], database())


def serve(request):
    print('%s asks' % request['user'])
    with session(request):
        print(page())
    print('forgotten: %s' % ('no' if hasattr(current, 'request') else 'yes'))


gevent.joinall([
    gevent.spawn(serve, {'user': 'ann', 'address': '10.0.0.1'}),
    gevent.spawn(serve, {'user': 'bob', 'address': '10.0.0.2'}),
])
