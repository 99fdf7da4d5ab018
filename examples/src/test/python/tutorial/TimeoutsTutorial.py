"""A limit for the time that something may take."""
import gevent
from gevent import Timeout


class TooLong(Exception):
    pass


def wait():
    gevent.sleep(5)


timeout = Timeout(0.01)
timeout.start()
try:
    gevent.spawn(wait).join()
except Timeout as t:
    print('started by hand: %s' % ('mine' if t is timeout else 'not mine'))
finally:
    timeout.close()

with Timeout(0.01, False):
    wait()
    print('never said')
print('a block that may be given up')

try:
    with Timeout(0.01, TooLong):
        wait()
except TooLong:
    print('an exception of my own')

timer = Timeout(0.01)
try:
    gevent.spawn(wait).get(timeout=timer)
except Timeout as t:
    print('given to get: %s' % ('mine' if t is timer else 'not mine'))

g = gevent.spawn(wait)
g.join(timeout=0.01)
print('join: %s' % ('ended' if g.ready() else 'not ended'))

try:
    gevent.spawn(wait).get(timeout=0.01)
except Timeout:
    print('get: not in time')

try:
    gevent.with_timeout(0.01, wait)
except Timeout:
    print('with_timeout: not in time')

print('with_timeout: %s' % gevent.with_timeout(0.01, wait, timeout_value='another value'))

with Timeout(0.02, False) as outer:
    try:
        with Timeout(5):
            wait()
    except Timeout as t:
        print('the outer one ends the inner block: %s' % ('yes' if t is outer else 'no'))
        raise
