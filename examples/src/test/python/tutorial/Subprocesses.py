"""A greenlet goes on while child processes work."""
import gevent
from gevent.subprocess import PIPE, Popen

ticks = []


def cron():
    while True:
        ticks.append(1)
        gevent.sleep(0.005)


def ask(question):
    child = Popen(['tr', 'a-z', 'A-Z'], stdin=PIPE, stdout=PIPE)
    out, err = child.communicate(question.encode())
    return out.decode()


g = gevent.spawn(cron)
child = Popen('sleep 0.1; echo done; echo oops >&2; exit 3', stdout=PIPE, stderr=PIPE, shell=True)
out, err = child.communicate()
print('it said: ' + out.decode().rstrip())
print('and complained: ' + err.decode().rstrip())
print('exit status %d' % child.returncode)
children = [gevent.spawn(ask, name) for name in ('anna', 'boris', 'carla')]
gevent.joinall(children)
print(', '.join(child.value for child in children))
g.kill()
print('cron went on: %s' % ('yes' if len(ticks) > 5 else 'no'))
