"""What a greenlet can be asked about itself."""
import gevent


def win():
    return 'won'


def fail():
    raise Exception('failed, as I should')


def show(what, winner, loser):
    def text(x):
        return 'null' if x is None else str(x).lower() if isinstance(x, bool) else str(x)
    print('%s: %s, %s' % (what, text(winner), text(loser)))


winner = gevent.spawn(win)
loser = gevent.spawn(fail)
show('started', winner.started, loser.started)
show('ready', winner.ready(), loser.ready())

gevent.joinall([winner, loser])  # the exception stays with its greenlet
show('started', winner.started, loser.started)
show('ready', winner.ready(), loser.ready())
show('successful', winner.successful(), loser.successful())
show('value', winner.value, loser.value)
show('exception', winner.exception, loser.exception)

try:
    loser.get()
except Exception as e:
    print('get: %s' % e)
