"""A result that somebody sets and others wait for."""
import gevent
from gevent.event import AsyncResult

answer = AsyncResult()


def setter():
    gevent.sleep(0.01)
    print('setting')
    answer.set('42')


def waiter(n):
    print('%d got %s' % (n, answer.get()))


gevent.joinall([gevent.spawn(setter), gevent.spawn(waiter, 1), gevent.spawn(waiter, 2)])


def fail():
    raise ValueError('no answer')


failure = AsyncResult()
gevent.spawn(fail).link(failure)
try:
    failure.get()
except ValueError as e:
    print('failed: %s' % e)
