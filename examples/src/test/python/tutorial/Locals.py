"""What one greenlet keeps for itself."""
import gevent
from gevent.local import local

stash = local()


def first():
    stash.x = 1
    gevent.sleep(0)
    print('x is %d in the first' % stash.x)


def second():
    stash.y = 2
    gevent.sleep(0)
    print('y is %d in the second' % stash.y)
    try:
        print('x is %d in the second' % stash.x)
    except AttributeError:
        print('there is no x in the second')


gevent.joinall([gevent.spawn(first), gevent.spawn(second)])
print('here neither' if not hasattr(stash, 'x') else 'here, too')
