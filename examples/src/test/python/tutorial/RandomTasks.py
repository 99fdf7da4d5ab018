"""Tasks of a random number of steps: one after the other, and all at once."""
import gevent


class Chance:
    """Numbers that look like chance, the same in each run."""

    def __init__(self, seed):
        self.state = seed

    def below(self, limit):
        self.state = (self.state * 1103515245 + 12345) & 0x7FFFFFFF
        return (self.state >> 16) % limit


def shuffled(n, chance):
    numbers = list(range(n))
    for i in range(n - 1, 0, -1):
        j = chance.below(i + 1)
        numbers[i], numbers[j] = numbers[j], numbers[i]
    return numbers


N = 8
steps = shuffled(N, Chance(2012))


def task(i):
    for _ in range(steps[i]):
        gevent.sleep(0)  # others take a step meanwhile
    print('task %d done' % i)


print('one after the other:')
for number in range(N):
    task(number)

print('all at once:')
gevent.joinall([gevent.spawn(task, number) for number in range(N)])
