"""Chat rooms over plain HTTP; each user has a queue."""
from gevent.pywsgi import WSGIServer
from gevent.queue import Empty, Queue


class Room:
    def __init__(self):
        self.users = {}
        self.backlog = []

    def queue_of(self, user):
        if user not in self.users:
            self.users[user] = Queue(None, self.backlog)
        return self.users[user]

    def add(self, message):
        for queue in self.users.values():
            queue.put(message)
        self.backlog.append(message)


rooms = {}


def handle(environ, start_response):
    path = environ['PATH_INFO'].split('/')
    headers = [('Content-Type', 'text/plain; charset=utf-8')]
    if len(path) != 3:
        start_response('404 Not Found', headers)
        return [b'use /ROOM/USER\n']
    start_response('200 OK', headers)
    room = rooms.setdefault(path[1], Room())
    if environ['REQUEST_METHOD'] == 'POST':
        room.add(path[2] + ': ' + environ['wsgi.input'].read().decode())
        return [b'ok\n']
    try:
        return [room.queue_of(path[2]).get(timeout=10).encode() + b'\n']
    except Empty:
        return [b'\n']


server = WSGIServer(('127.0.0.1', 0), handle, log=None)
server.start()
print('ChatServer listens on port %d' % server.server_port, flush=True)
server.serve_forever()
