"""Two greenlets talk to a child process over its pipes, which give way."""
import gevent
from gevent.subprocess import PIPE, Popen

child = Popen(['cat'], stdin=PIPE, stdout=PIPE)


def put_msg():
    for i in range(4):
        child.stdin.write(b'message %d\n' % i)
        child.stdin.flush()
        gevent.sleep(0.005)
    child.stdin.close()


def get_msg():
    for line in child.stdout:
        print('received ' + line.decode().rstrip())
    print('end')


gevent.joinall([gevent.spawn(put_msg), gevent.spawn(get_msg)])
print('exit status %d' % child.wait())
