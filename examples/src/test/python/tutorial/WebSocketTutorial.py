"""A page draws what a WebSocket tells it."""
import gevent
from gevent.pywsgi import WSGIServer
from geventwebsocket.handler import WebSocketHandler

PAGE = b'''<!DOCTYPE html>
<title>squares</title>
<pre></pre>
<script>
  const socket = new WebSocket(`ws://${location.host}/data`);
  socket.onmessage = (e) => document.querySelector("pre").append(e.data + "\\n");
</script>
'''


def handle(environ, start_response):
    if environ['PATH_INFO'] == '/data':
        socket = environ['wsgi.websocket']
        for i in range(10):
            socket.send('%d %d' % (i, i * i))
            gevent.sleep(0.02)
        socket.close()
        return []
    start_response('200 OK', [('Content-Type', 'text/html')])
    return [PAGE]


server = WSGIServer(('127.0.0.1', 0), handle, handler_class=WebSocketHandler, log=None)
server.start()
print('WebSocketTutorial listens on port %d' % server.server_port, flush=True)
server.serve_forever()
