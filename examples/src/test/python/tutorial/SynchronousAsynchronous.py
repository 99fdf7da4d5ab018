"""Two greenlets give way to each other with sleep(0)."""
import gevent


def foo():
    print('foo begins')
    gevent.sleep(0)
    print('foo goes on')


def bar():
    print('bar begins')
    gevent.sleep(0)
    print('bar goes on')


gevent.joinall([gevent.spawn(foo), gevent.spawn(bar)])
