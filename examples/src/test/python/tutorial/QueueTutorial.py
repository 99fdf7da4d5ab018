"""Workers take tasks out of a queue."""
import gevent
from gevent.queue import Queue

tasks = Queue()


def worker(name):
    while not tasks.empty():
        print('%s does task %d' % (name, tasks.get()))
        gevent.sleep(0)
    print('%s goes home' % name)


def boss():
    for i in range(1, 11):
        tasks.put_nowait(i)


gevent.spawn(boss).join()
gevent.joinall([gevent.spawn(worker, name) for name in ('ann', 'bob', 'cid')])
