"""Request and reply over ZeroMQ between two greenlets."""
import gevent
import zmq.green as zmq

context = zmq.Context()
replies = context.socket(zmq.REP)
port = replies.bind_to_random_port('tcp://127.0.0.1')


def server():
    for i in range(3):
        print('server got: ' + replies.recv_string())
        gevent.sleep(0)
        replies.send_string('World %d' % i)


def client():
    requests = context.socket(zmq.REQ)
    requests.connect('tcp://127.0.0.1:%d' % port)
    for i in range(3):
        requests.send_string('Hello %d' % i)
        print('client got: ' + requests.recv_string())
    requests.close()


gevent.joinall([gevent.spawn(server), gevent.spawn(client)])
replies.close()
context.term()
