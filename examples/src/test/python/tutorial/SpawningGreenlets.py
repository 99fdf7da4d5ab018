"""Some ways to start a greenlet."""
import gevent
from gevent import Greenlet


def say(text, seconds):
    gevent.sleep(seconds)
    print(text)


first = Greenlet(say, 'made, then started', 0.02)
first.start()
second = gevent.spawn(say, 'spawned', 0.06)
third = gevent.spawn(lambda x: x + 1, 2)
fourth = gevent.spawn_later(0.12, say, 'spawned later', 0)

gevent.joinall([first, second, third, fourth])
print('the result of the third: %d' % third.value)
