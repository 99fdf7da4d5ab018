/*
 * The idle part of "idle": opens COUNT connections to an HTTP server, makes one request on each, so
 * that the server has accepted it and waits for the next request, then holds them open until it is
 * told to end. A new source address of 127.0.0.0/8 for every 5,000, so that ports do not run out.
 *
 *     idle_holder PORT COUNT
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PER_ADDRESS = 5000 };

static const char REQUEST[] = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
static const char BODY[] = "Hello, World!";

static void fail(const char *what, int i) {
    fprintf(stderr, "connection %d: ", i);
    perror(what);
    exit(1);
}

static void one_request(int fd, int i) {
    char in[1024];
    size_t got = 0, length = sizeof BODY - 1;
    if (send(fd, REQUEST, sizeof REQUEST - 1, MSG_NOSIGNAL) < 0) fail("send", i);
    while (got < length || memcmp(in + got - length, BODY, length) != 0) {
        ssize_t n = got < sizeof in ? recv(fd, in + got, sizeof in - got, 0) : 0;
        if (n <= 0) fail("recv", i);
        got += (size_t)n;
    }
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fprintf(stderr, "usage: idle_holder PORT COUNT\n");
        return 2;
    }
    int port = atoi(argv[1]), count = atoi(argv[2]);
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    for (int i = 0; i < count; i++) {
        int one = 1;
        struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
        struct sockaddr_in from = {.sin_family = AF_INET};
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + (uint32_t)(i / PER_ADDRESS));
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        if (fd < 0) fail("socket", i);
        setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
        if (bind(fd, (struct sockaddr *)&from, sizeof from) < 0) fail("bind", i);
        if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0) fail("connect", i);
        one_request(fd, i);
    }
    printf("READY %d\n", count);
    fflush(stdout);
    for (;;) pause();
}
