"""Actors: greenlets with a letter box each."""
import gevent
from gevent import Greenlet
from gevent.queue import Queue


class Actor(Greenlet):

    def __init__(self):
        Greenlet.__init__(self)
        self.inbox = Queue()

    def receive(self, message):
        raise NotImplementedError

    def _run(self):
        for message in self.inbox:
            self.receive(message)


class Player(Actor):

    def __init__(self, sound):
        Actor.__init__(self)
        self.sound = sound
        self.other = None

    def receive(self, ball):
        print('%s %d' % (self.sound, ball))
        if ball == 6:
            self.inbox.put(StopIteration)
            self.other.inbox.put(StopIteration)
        else:
            self.other.inbox.put(ball + 1)
            gevent.sleep(0)


ping = Player('ping')
pong = Player('pong')
ping.other = pong
pong.other = ping
ping.start()
pong.start()
ping.inbox.put(1)
gevent.joinall([ping, pong])
print('game over')
