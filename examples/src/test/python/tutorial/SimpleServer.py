"""A server that greets and counts."""
import gevent
from gevent.server import StreamServer


def handle(connection, _address):
    connection.sendall(b'Hello!\n')
    for i in range(5):
        connection.sendall(b'%d\n' % i)
        gevent.sleep(0)


server = StreamServer(('127.0.0.1', 0), handle)
server.start()
print('SimpleServer listens on port %d' % server.server_port, flush=True)
server.serve_forever()
