"""The echo and the hello server on gevent's StreamServer: server.py echo|hello [PORT]."""

import sys

from gevent.server import StreamServer

BUFFER = 4096
RESPONSE = (
    b"HTTP/1.1 200 OK\r\n"
    b"Content-Type: text/plain\r\n"
    b"Content-Length: 13\r\n"
    b"\r\n"
    b"Hello, World!"
)


def echo(sock, _address):
    """Sends back what it receives."""
    try:
        while data := sock.recv(BUFFER):
            sock.sendall(data)
    except ConnectionError:
        pass


def hello(sock, _address):
    """Finds the end of each request head, across partial reads and with pipelining, and answers
    each with the same full response."""
    rest = b""
    try:
        while len(rest) < BUFFER and (data := sock.recv(BUFFER)):
            rest = rest + data if rest else data
            while (end := rest.find(b"\r\n\r\n")) >= 0:
                sock.sendall(RESPONSE)
                rest = rest[end + 4 :]
    except ConnectionError:
        pass


handler = {"echo": echo, "hello": hello}[sys.argv[1]]
port = int(sys.argv[2]) if len(sys.argv) > 2 else 0
server = StreamServer(("127.0.0.1", port), handler, backlog=1024)
server.start()
print("READY", server.server_port, flush=True)
server.serve_forever()
