"""A service around a pool: a greenlet for each connection, up to a limit."""
from gevent import socket
from gevent.pool import Pool


class SocketPool:

    def __init__(self, size):
        self.pool = Pool(size)

    def listen(self, name, connection):
        try:
            while True:
                data = connection.recv(1024)
                if not data:
                    break
                connection.sendall(b'%s got %s' % (name.encode(), data))
        finally:
            print('%s is closed' % name)
            connection.close()

    def add(self, name, connection):
        if self.pool.full():
            print('no room for %s' % name)
            connection.close()
        else:
            self.pool.spawn(self.listen, name, connection)

    def shutdown(self):
        self.pool.kill()


def ask(connection, text):
    connection.sendall(text)
    print(connection.recv(1024).decode())


sockets = SocketPool(2)
ours = []
for name in ('one', 'two', 'three'):
    our, their = socket.socketpair()
    sockets.add(name, their)
    ours.append(our)

ask(ours[0], b'hello')
ask(ours[1], b'hi')
ask(ours[0], b'bye')
print('three hears: %d bytes' % len(ours[2].recv(1024)))
print('listening to %d' % len(sockets.pool))
sockets.shutdown()
print('listening to %d' % len(sockets.pool))
print('one hears: %d bytes' % len(ours[0].recv(1024)))
