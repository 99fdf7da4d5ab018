/*
 * The load of "echo": CONNECTIONS connections on one epoll loop, each with one message of SIZE
 * bytes in flight, for SECONDS. Measures the round trips completed in that time and how long each
 * took, and checks every byte that comes back.
 *
 *     echo_client PORT CONNECTIONS SIZE SECONDS
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MAX_SIZE = 4096, EVENTS = 1024, BUCKETS = 2000000 };

struct conn {
    int fd;
    size_t got;
    uint64_t sent_at;
};

static char message[MAX_SIZE];
static size_t size;
static uint32_t histogram[BUCKETS]; /* by microsecond; the last one holds all that is longer */

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void send_message(struct conn *c) {
    c->got = 0;
    c->sent_at = now();
    if (send(c->fd, message, size, MSG_NOSIGNAL) != (ssize_t)size) fail("send");
}

static void open_connection(struct conn *c, int port, int epoll) {
    int one = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.ptr = c};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (c->fd < 0) fail("socket");
    if (connect(c->fd, (struct sockaddr *)&address, sizeof address) < 0) fail("connect");
    setsockopt(c->fd, IPPROTO_TCP, 1 /* TCP_NODELAY */, &one, sizeof one);
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event) < 0) fail("epoll_ctl");
}

/* Reads what has come; 1 when the message is back as it was sent. */
static int receive(struct conn *c) {
    char in[MAX_SIZE];
    ssize_t n = recv(c->fd, in, size - c->got, MSG_DONTWAIT);
    if (n == 0) {
        fprintf(stderr, "the server closed a connection\n");
        exit(1);
    }
    if (n < 0) {
        if (errno == EAGAIN || errno == EINTR) return 0;
        fail("recv");
    }
    if (memcmp(in, message + c->got, (size_t)n) != 0) {
        fprintf(stderr, "the server sent back something else\n");
        exit(1);
    }
    c->got += (size_t)n;
    return c->got == size;
}

static unsigned percentile(uint64_t count, double p) {
    uint64_t rank = (uint64_t)((double)count * p), seen = 0;
    for (unsigned i = 0; i < BUCKETS; i++) {
        seen += histogram[i];
        if (seen > rank) return i;
    }
    return BUCKETS - 1;
}

int main(int argc, char **argv) {
    static struct epoll_event events[EVENTS];
    if (argc != 5) {
        fprintf(stderr, "usage: echo_client PORT CONNECTIONS SIZE SECONDS\n");
        return 2;
    }
    int port = atoi(argv[1]), connections = atoi(argv[2]);
    size = (size_t)atoi(argv[3]);
    if (connections < 1 || size < 1 || size > MAX_SIZE) return 2;
    for (size_t i = 0; i < size; i++) message[i] = (char)('a' + i % 26);

    int epoll = epoll_create1(0);
    struct conn *conns = calloc((size_t)connections, sizeof *conns);
    if (epoll < 0 || conns == NULL) fail("epoll_create1");
    for (int i = 0; i < connections; i++) open_connection(&conns[i], port, epoll);

    uint64_t count = 0, start = now(), t = start;
    uint64_t end = start + (uint64_t)(atof(argv[4]) * 1e9);
    for (int i = 0; i < connections; i++) send_message(&conns[i]);
    while (t < end) {
        int n = epoll_wait(epoll, events, EVENTS, 1000);
        if (n < 0 && errno != EINTR) fail("epoll_wait");
        t = now();
        for (int i = 0; i < n; i++) {
            struct conn *c = events[i].data.ptr;
            if (!receive(c)) continue;
            t = now();
            uint64_t micros = (t - c->sent_at) / 1000;
            histogram[micros < BUCKETS ? micros : BUCKETS - 1]++;
            count++;
            send_message(c);
        }
    }
    printf("RESULT count=%llu seconds=%.3f p50_us=%u p99_us=%u\n", (unsigned long long)count,
           (double)(t - start) / 1e9, percentile(count, 0.50), percentile(count, 0.99));
    return 0;
}
