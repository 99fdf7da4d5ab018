"""The servers of "net" on gevent's StreamServer: net_server.py echo|download|upload [PORT].

Over TLS when BENCH_TLS names a folder with cert.pem and key.pem.
"""

import os
import socket
import sys

from gevent import ssl
from gevent.server import StreamServer

BUFFER = 4096
CHUNK = 64 * 1024
DATA = b"a" * CHUNK


def echo(sock):
    """Sends back what it receives."""
    while data := sock.recv(BUFFER):
        sock.sendall(data)


def download(sock):
    """Sends as much as the client takes."""
    while True:
        sock.sendall(DATA)


def upload(sock):
    """Takes as much as the client sends."""
    chunk = bytearray(CHUNK)
    while sock.recv_into(chunk):
        pass


def handle(sock, _address):
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        serve(sock)
    except OSError:
        pass  # the load has ended: reset, broken pipe, or no close_notify


def tls():
    """What StreamServer needs for TLS; nothing without it."""
    folder = os.environ.get("BENCH_TLS")
    if not folder:
        return {}
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem"))
    return {"ssl_context": context}


serve = {"echo": echo, "download": download, "upload": upload}[sys.argv[1]]
port = int(sys.argv[2]) if len(sys.argv) > 2 else 0
server = StreamServer(("127.0.0.1", port), handle, backlog=1024, **tls())
server.start()
print("READY", server.server_port, flush=True)
server.serve_forever()
