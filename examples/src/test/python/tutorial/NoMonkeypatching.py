"""The standard library gives way to other greenlets, once it is patched."""
from gevent import monkey

monkey.patch_all()

import queue
import socket
import time

import gevent

orders = queue.Queue()
left, right = socket.socketpair()


def sleeper():
    print('sleeper sleeps')
    time.sleep(0.02)
    print('sleeper orders tea')
    orders.put('tea')


def cook():
    print('cook waits for an order')
    order = orders.get()
    print('cook makes %s' % order)
    right.sendall(order.encode())


def guest():
    print('guest waits')
    print('guest gets %s' % left.recv(100).decode())


gevent.joinall([gevent.spawn(sleeper), gevent.spawn(cook), gevent.spawn(guest)])
