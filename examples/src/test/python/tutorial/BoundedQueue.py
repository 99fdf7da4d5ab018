"""A queue that holds three tasks at most: boss and workers wait for each other."""
import gevent
from gevent.queue import Empty, Queue

tasks = Queue(maxsize=3)


def worker(name):
    try:
        while True:
            print('%s does task %d' % (name, tasks.get(timeout=0.2)))
            gevent.sleep(0)
    except Empty:
        print('%s goes home' % name)


def boss():
    for i in range(1, 10):
        print('task %d' % i)
        tasks.put(i)
    print('that was the morning')
    for i in range(10, 20):
        print('task %d' % i)
        tasks.put(i)
    print('that was the day')


gevent.joinall([gevent.spawn(boss)] + [gevent.spawn(worker, name) for name in ('ann', 'bob', 'cid')])
