/*
 * What net_client and slow_client share: the clock, a histogram of latencies, and connections on the
 * loopback.
 */
#ifndef CLIENT_H
#define CLIENT_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS = 1024, BUCKETS = 4000000, PER_ADDRESS = 5000 };

static uint32_t histogram[BUCKETS]; /* by microsecond; the last one holds all that is longer */
static uint64_t recorded, longest;  /* how many, and the longest in nanoseconds */

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static _Noreturn void broken(const char *what) {
    fprintf(stderr, "%s\n", what);
    exit(1);
}

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void record(uint64_t nanos) {
    uint64_t micros = nanos / 1000;
    histogram[micros < BUCKETS ? micros : BUCKETS - 1]++;
    recorded++;
    if (nanos > longest) longest = nanos;
}

static unsigned percentile(double p) {
    uint64_t rank = (uint64_t)((double)recorded * p), seen = 0;
    for (unsigned i = 0; i < BUCKETS; i++) {
        seen += histogram[i];
        if (seen > rank) return i;
    }
    return recorded == 0 ? 0 : BUCKETS - 1;
}

/* As many descriptors as this process may have. */
static void raise_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* A connected socket; each PER_ADDRESS of them have another source address of 127.0.0.0/8, so that
 * ports do not run out. */
static int connect_to(int port, int i) {
    int one = 1;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct sockaddr_in from = {.sin_family = AF_INET};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + (uint32_t)(i / PER_ADDRESS));
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0) fail("socket");
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    if (bind(fd, (struct sockaddr *)&from, sizeof from) < 0) fail("bind");
    if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0) fail("connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

#endif
