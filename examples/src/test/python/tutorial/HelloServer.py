"""A web server with one page."""
from gevent.pywsgi import WSGIServer


def application(environ, start_response):
    headers = [('Content-Type', 'text/html')]
    if environ['PATH_INFO'] == '/':
        start_response('200 OK', headers)
        return [b'<b>Hello world!</b>\n']
    start_response('404 Not Found', headers)
    return [b'<h1>Not Found</h1>\n']


server = WSGIServer(('127.0.0.1', 0), application, log=None)
server.start()
print('HelloServer listens on port %d' % server.server_port, flush=True)
server.serve_forever()
