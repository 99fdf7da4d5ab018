/*
 * What the two C servers share: one epoll loop on one thread, edge-triggered, one registration for
 * a connection's whole life. It is the physical limit that the other contenders are held against,
 * and it does all of the work that they do: a buffer for each connection, partial reads, partial
 * writes.
 *
 * A server includes this file, defines struct conn and the three functions declared below, and
 * calls serve() with its command line: [PORT], 0 or nothing for any free one.
 */
#ifndef SERVER_H
#define SERVER_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BUFFER = 4096, EVENTS = 1024, BACKLOG = 1024 };

struct conn;

/* A new connection, or NULL when there is no memory left. */
static struct conn *conn_new(int fd);
static int conn_fd(const struct conn *c);
/* Reads and writes as much as can be done now; returns -1 when the connection is over. */
static int conn_ready(struct conn *c);

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static int listen_on(int port) {
    int one = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (fd < 0) fail("socket");
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0) fail("bind");
    if (listen(fd, BACKLOG) < 0) fail("listen");
    if (getsockname(fd, (struct sockaddr *)&address, &length) < 0) fail("getsockname");
    printf("READY %d\n", ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

static void accept_all(int epoll, int listener) {
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
        if (fd < 0) {
            if (errno == EINTR || errno == ECONNABORTED) continue;
            if (errno == EAGAIN) return;
            fail("accept4");
        }
        struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET};
        event.data.ptr = conn_new(fd);
        if (event.data.ptr == NULL || epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0) {
            fail("new connection");
        }
    }
}

static _Noreturn void serve(int argc, char **argv) {
    static struct epoll_event events[EVENTS];
    int listener = listen_on(argc > 1 ? atoi(argv[1]) : 0);
    int epoll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.ptr = NULL};
    if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) < 0) fail("epoll");
    for (;;) {
        int n = epoll_wait(epoll, events, EVENTS, -1);
        if (n < 0 && errno != EINTR) fail("epoll_wait");
        for (int i = 0; i < n; i++) {
            struct conn *c = events[i].data.ptr;
            if (c == NULL) {
                accept_all(epoll, listener);
            } else if (conn_ready(c) < 0) {
                close(conn_fd(c));
                free(c);
            }
        }
    }
}

#endif
