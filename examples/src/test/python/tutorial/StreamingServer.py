"""A web server that sends its answer bit by bit."""
import gevent
from gevent.pywsgi import WSGIServer


def application(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/html')])
    for part in [b'<p>Hello', b'World</p>', b'\n']:
        yield part
        gevent.sleep(0)


server = WSGIServer(('127.0.0.1', 0), application, log=None)
server.start()
print('StreamingServer listens on port %d' % server.server_port, flush=True)
server.serve_forever()
