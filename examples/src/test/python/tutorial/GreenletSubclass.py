"""A greenlet class of one's own."""
import gevent
from gevent import Greenlet


class Greeter(Greenlet):

    def __init__(self, greeting, seconds):
        Greenlet.__init__(self)
        self.greeting = greeting
        self.seconds = seconds

    def _run(self):
        print(self.greeting)
        gevent.sleep(self.seconds)
        return len(self.greeting)


g = Greeter('Good morning!', 0.01)
g.start()
g.join()
print('%d letters' % g.value)
