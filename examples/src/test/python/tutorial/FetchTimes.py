"""Answers of a slow server, fetched one after the other and all at once."""
import json

import gevent
from gevent import socket
from gevent.server import StreamServer

PAGES = 5


def serve(connection, _address):
    request = b''
    while b'\r\n\r\n' not in request:
        request += connection.recv(4096)
    page = int(request.split()[1].lstrip(b'/'))
    gevent.sleep(0.02)  # slow
    body = b'{"time": "%02d:00"}' % page
    connection.sendall(b'HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n%s' % (len(body), body))


def fetch(page):
    with socket.create_connection(('127.0.0.1', server.server_port)) as connection:
        connection.sendall(b'GET /%d HTTP/1.0\r\n\r\n' % page)
        answer = b''.join(iter(lambda: connection.recv(4096), b''))
    return json.loads(answer.partition(b'\r\n\r\n')[2])['time']


def show(page, time):
    print('page %d: %s' % (page, time))


server = StreamServer(('127.0.0.1', 0), serve)
server.start()

print('one after the other:')
for number in range(1, PAGES + 1):
    show(number, fetch(number))

print('all at once:')
greenlets = [gevent.spawn(fetch, number) for number in range(1, PAGES + 1)]
gevent.joinall(greenlets)
for number in range(1, PAGES + 1):
    show(number, greenlets[number - 1].value)
server.stop()
