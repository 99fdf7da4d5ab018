"""The server of "http" on gevent's pywsgi: http_server.py http|websocket [PORT].

Over TLS when BENCH_TLS names a folder with cert.pem and key.pem. WebSocket is by gevent-websocket,
whose handler takes the place of pywsgi's own.
"""

import json
import os
import sys

from gevent import ssl
from gevent.pywsgi import WSGIServer

HELLO = b"Hello, World!"
CHUNK = b"a" * 100_000

def answer(start_response, kind, body):
    start_response("200 OK", [("Content-Type", kind), ("Content-Length", str(len(body)))])
    return [body]


def letters(start_response, count):
    """So many of them."""
    headers = [("Content-Type", "application/octet-stream"), ("Content-Length", str(count))]
    start_response("200 OK", headers)
    return (CHUNK for _ in range(count // len(CHUNK)))


def item():
    """What is written as JSON for each request."""
    value = {"id": 42, "message": "Hello, World!", "active": True, "tags": ["red", "green", "blue"]}
    return json.dumps(value, separators=(",", ":")).encode()


def upload(body):
    """How long it is."""
    count = 0
    while data := body.read(65536):
        count += len(data)
    return b"%d" % count


def echo(websocket):
    while (message := websocket.receive()) is not None:
        websocket.send(message)


def application(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/hello":
        return answer(start_response, "text/plain", HELLO)
    if path == "/json":
        return answer(start_response, "application/json", item())
    if path == "/headers":
        return answer(start_response, "text/plain", environ["HTTP_X_TOKEN"].encode())
    if path == "/100k":
        return letters(start_response, 100_000)
    if path == "/100m":
        return letters(start_response, 100_000_000)
    if path == "/upload":
        return answer(start_response, "text/plain", upload(environ["wsgi.input"]))
    if path == "/websocket" and "wsgi.websocket" in environ:
        echo(environ["wsgi.websocket"])
        return []
    start_response("404 Not Found", [("Content-Length", "0")])
    return []


def tls():
    """What WSGIServer needs for TLS; nothing without it."""
    folder = os.environ.get("BENCH_TLS")
    if not folder:
        return {}
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem"))
    return {"ssl_context": context}


def handler():
    """The class that serves a connection; pywsgi's own if there is none."""
    if sys.argv[1] != "websocket":
        return None
    from geventwebsocket.handler import WebSocketHandler

    return WebSocketHandler


port = int(sys.argv[2]) if len(sys.argv) > 2 else 0
server = WSGIServer(
    ("127.0.0.1", port),
    application,
    backlog=1024,
    log=None,
    error_log=None,
    handler_class=handler(),
    **tls(),
)
server.start()
print("READY", server.server_port, flush=True)
server.serve_forever()
