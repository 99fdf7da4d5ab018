/*
 * The load of "slowloris": ATTACKERS connections that send one byte of a request line each second
 * and never end it, and CONNECTIONS that ask "PING" RATE times a second in all and want "PONG".
 *
 *     slow_client PORT ATTACKERS CONNECTIONS RATE FROM SECONDS UNTIL
 *
 * Says READY when all attackers are connected. FROM seconds later the others connect and ask for
 * SECONDS; UNTIL seconds after READY this program ends, and the attack with it.
 *
 * The requests are made when they are due, whether or not the one before is answered, and the time
 * of each counts from when it was due. One that is never answered counts until the end, half a
 * second after the last. This program never sleeps, so that what it measures is the server.
 *
 * A virtual machine stands still now and then, for milliseconds, whatever runs on it; a percent of
 * that is in the 99th percentile of all. So it is also told for each tenth of a second, of which
 * most are undisturbed, and the median of those printed as usual_p99_us; and stalled_ms, how long
 * this program itself did not run, in pieces of more than a millisecond.
 */
#define _GNU_SOURCE
#include "client.h"

enum { OUTSTANDING = 4096, GRACE_MILLIS = 500, WINDOWS_A_SECOND = 10, STALL_MICROS = 1000 };

struct conn {
    int fd;
    size_t got;                /* bytes of the answer that is coming */
    unsigned asked, answered;  /* requests; those between the two are not answered yet */
    uint64_t due[OUTSTANDING]; /* when they were due, by their number */
};

static const char SLOW[] = "PING slowly ", REQUEST[] = "PING now\n", ANSWER[] = "PONG\n";
static uint64_t asked, answered, stalled; /* stalled: nanoseconds */
static struct conn *conns;
static int count;
static uint32_t *times; /* of all requests in the order in which they were due, microseconds */
static unsigned long all;

static void attack(int fd, unsigned long nth) {
    char byte = nth < sizeof SLOW - 1 ? SLOW[nth] : 'x';
    if (send(fd, &byte, 1, MSG_NOSIGNAL | MSG_DONTWAIT) != 1) {
        broken("the server does not keep a slow connection");
    }
}

static void ask(struct conn *c, uint64_t due) {
    if (c->asked - c->answered == OUTSTANDING) broken("too many requests are unanswered");
    c->due[c->asked++ % OUTSTANDING] = due;
    asked++;
    if (send(c->fd, REQUEST, sizeof REQUEST - 1, MSG_NOSIGNAL) != sizeof REQUEST - 1) fail("send");
}

/* An answer, or the end of the time to wait for it. */
static void account(struct conn *c, uint64_t t) {
    uint64_t time = t - c->due[c->answered % OUTSTANDING];
    record(time);
    times[c->answered++ * (unsigned long)count + (unsigned long)(c - conns)] =
        (uint32_t)(time / 1000);
}

static int ascending(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* The median of the 99th percentiles of each tenth of a second. Sorts the times. */
static unsigned usual_p99(double rate) {
    size_t each = (size_t)(rate / WINDOWS_A_SECOND), windows = each == 0 ? 0 : all / each;
    if (windows == 0) return percentile(0.99);
    for (size_t i = 0; i < windows; i++) {
        qsort(times + i * each, each, sizeof *times, ascending);
        times[i] = times[i * each + each * 99 / 100];
    }
    qsort(times, windows, sizeof *times, ascending);
    return times[windows / 2];
}

static void receive(struct conn *c) {
    char in[4096];
    ssize_t n = recv(c->fd, in, sizeof in, MSG_DONTWAIT);
    if (n == 0) broken("the server closed a connection");
    if (n < 0) {
        if (errno == EAGAIN || errno == EINTR) return;
        fail("recv");
    }
    uint64_t t = now();
    for (ssize_t i = 0; i < n; i++) {
        if (in[i] != ANSWER[c->got]) broken("the server answered something else");
        if (++c->got < sizeof ANSWER - 1) continue;
        c->got = 0;
        if (c->answered == c->asked) broken("the server answered what nobody asked");
        account(c, t);
        answered++;
    }
}

static void connect_all(int port, int epoll) {
    for (int i = 0; i < count; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &conns[i]};
        conns[i].fd = connect_to(port, i);
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, conns[i].fd, &event) < 0) fail("epoll_ctl");
    }
}

static void report(double rate) {
    uint64_t end = now();
    for (int i = 0; i < count; i++) {
        while (conns[i].answered != conns[i].asked) account(&conns[i], end);
        close(conns[i].fd); /* the memory of the server is then again that of the attackers */
    }
    printf("RESULT count=%llu answered=%llu p50_us=%u p99_us=%u usual_p99_us=%u max_us=%llu"
           " stalled_ms=%.3f\n",
           (unsigned long long)asked, (unsigned long long)answered, percentile(0.50),
           percentile(0.99), usual_p99(rate), (unsigned long long)(longest / 1000),
           (double)stalled / 1e6);
    fflush(stdout);
}

int main(int argc, char **argv) {
    static struct epoll_event events[EVENTS];
    if (argc != 8) {
        fprintf(stderr, "usage: slow_client PORT ATTACKERS CONNECTIONS RATE FROM SECONDS UNTIL\n");
        return 2;
    }
    int port = atoi(argv[1]), attackers = atoi(argv[2]);
    count = atoi(argv[3]);
    double rate = atof(argv[4]), from = atof(argv[5]), seconds = atof(argv[6]);
    double until = atof(argv[7]);
    if (attackers < 0 || count < 1 || rate <= 0) broken("bad arguments");
    raise_limit();
    int *slow = calloc((size_t)attackers + 1, sizeof *slow);
    conns = calloc((size_t)count, sizeof *conns);
    all = (unsigned long)(rate * seconds);
    times = calloc(all + 1, sizeof *times);
    int epoll = epoll_create1(0);
    if (slow == NULL || conns == NULL || times == NULL || epoll < 0) fail("setup");
    for (int i = 0; i < attackers; i++) slow[i] = connect_to(port, i);
    printf("READY %d\n", attackers);
    fflush(stdout);

    uint64_t start = now(), t = start, begin = 0, last = 0;
    unsigned long sent = 0, requests = 0;
    int connected = 0, reported = 0;
    while ((double)((t = now()) - start) < until * 1e9 || !reported) {
        while (attackers > 0 && start + (uint64_t)((double)sent * 1e9 / attackers) <= t) {
            attack(slow[sent % (unsigned)attackers], sent / (unsigned)attackers);
            sent++;
        }
        if (!connected && (double)(t - start) >= from * 1e9) {
            connect_all(port, epoll);
            connected = 1;
            begin = t = now();
        }
        if (!connected || reported) {
            usleep(100);
            last = 0;
            continue;
        }
        if (last != 0 && t - last > STALL_MICROS * 1000ull) stalled += t - last;
        last = t;
        uint64_t due;
        while (requests < all && (due = begin + (uint64_t)((double)requests * 1e9 / rate)) <= t) {
            ask(&conns[requests++ % (unsigned)count], due);
        }
        int n = epoll_wait(epoll, events, EVENTS, 0);
        for (int i = 0; i < n; i++) receive(events[i].data.ptr);
        int over = requests == all
                   && (answered == asked
                       || t > begin + (uint64_t)(seconds * 1e9) + GRACE_MILLIS * 1000000ull);
        if (over) {
            report(rate);
            reported = 1;
        }
    }
    return 0;
}
