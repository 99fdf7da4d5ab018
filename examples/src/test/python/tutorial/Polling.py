"""Two greenlets poll with select() while a third one works."""
import gevent
from gevent import select


def poll(name, seconds):
    print('%s polls' % name)
    select.select([], [], [], seconds)
    print('%s has polled' % name)


def work():
    print('and here work is done meanwhile')
    gevent.sleep(0.02)
    print('work is done')


gevent.joinall([
    gevent.spawn(poll, 'one', 0.15),
    gevent.spawn(poll, 'two', 0.3),
    gevent.spawn(work),
])
