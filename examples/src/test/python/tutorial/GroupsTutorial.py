"""Greenlets that are joined together."""
import gevent
from gevent.pool import Group


def talk(word):
    for _ in range(3):
        print(word)


first = gevent.spawn(talk, 'red')
second = gevent.spawn(talk, 'green')
third = gevent.spawn(talk, 'blue')

group = Group()
group.add(first)
group.add(second)
group.join()
print('in the group: %d' % len(group))

group.add(third)
group.join()
print('in the group: %d' % len(group))
