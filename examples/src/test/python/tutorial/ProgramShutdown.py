"""A signal ends a greenlet that would run for ever."""
import signal

import gevent


def run_for_ever():
    try:
        gevent.sleep(1000)
    finally:
        print('cleaned up')


g = gevent.spawn(run_for_ever)
gevent.signal_handler(signal.SIGTERM, gevent.kill, g)
gevent.sleep(0)
print('send me SIGTERM', flush=True)
g.join()
print('ended')
