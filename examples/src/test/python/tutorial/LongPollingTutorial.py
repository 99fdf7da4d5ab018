"""A request waits until there is something to answer."""
import json

import gevent
from gevent.pywsgi import WSGIServer
from gevent.queue import Empty, Queue

queue = Queue(3)


def produce():
    i = 0
    while True:
        queue.put(i)
        i += 1
        gevent.sleep(0.02)


def poll(environ, start_response):
    start_response('200 OK', [('Content-Type', 'application/json')])
    try:
        data = [queue.get(timeout=10)]
    except Empty:
        data = []
    return [json.dumps(data).encode() + b'\n']


server = WSGIServer(('127.0.0.1', 0), poll, log=None)
server.start()
print('LongPollingTutorial listens on port %d' % server.server_port, flush=True)
gevent.spawn(produce)
server.serve_forever()
