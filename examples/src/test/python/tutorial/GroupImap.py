"""A group maps a function over many things at once."""
import gevent
from gevent.pool import Group

group = Group()


def hello(n):
    print('hello from %d, one of %d' % (n, len(group)))
    return n * n


print(', '.join(str(x) for x in group.map(hello, range(3))))


def slow(n):
    for _ in range(n, 3):
        gevent.sleep(0)  # the first takes longest
    return n


print('in order')
for i in Group().imap(slow, range(3)):
    print('result %d' % i)

print('as they come')
for i in Group().imap_unordered(slow, range(3)):
    print('result %d' % i)


def half(n):
    if n % 2:
        raise ValueError('%d is odd' % n)
    return n // 2


print('with an error')
results = Group().imap(half, range(4))
while True:
    try:
        print('result %d' % next(results))
    except ValueError as e:
        print('error: %s' % e)
    except StopIteration:
        break
