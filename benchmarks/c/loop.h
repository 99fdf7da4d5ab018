/*
 * The epoll loop of net_server and http_server, level-triggered, with or without TLS. A server
 * defines struct conn, with an fd, an ssl and a waits_for, before it includes this, and sets
 * conn_size, and context for TLS.
 */
#ifndef LOOP_H
#define LOOP_H

#include "tls.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { EVENTS = 1024, BACKLOG = 1024 };

/* Reads and writes what can be done now; what to wait for, or 0 when the connection is over. */
typedef uint32_t serve_conn(struct conn *);

static size_t conn_size; /* bytes of a connection */

#ifdef WITH_TLS
static SSL_CTX *context; /* NULL: plain */
#endif

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static uint32_t after_failure(uint32_t wanted) {
    return errno == EAGAIN || errno == EINTR ? wanted : 0;
}

static void close_conn(struct conn *c) {
#ifdef WITH_TLS
    SSL_free(c->ssl);
#endif
    close(c->fd);
    free(c);
}

static int listen_on(int port) {
    int one = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (fd < 0) fail("socket");
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one); /* accepted ones have it too */
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
        struct conn *c = calloc(1, conn_size);
        /* EPOLLOUT: one that only sends begins at once, and a handshake has to get going */
        struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.ptr = c};
        if (c == NULL) fail("calloc");
        c->fd = fd;
        c->waits_for = event.events;
#ifdef WITH_TLS
        if (context != NULL) {
            c->ssl = SSL_new(context);
            if (c->ssl == NULL || !SSL_set_fd(c->ssl, fd)) tls_fail("SSL_new");
            SSL_set_accept_state(c->ssl);
        }
#endif
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0) fail("epoll_ctl");
    }
}

static uint32_t serve_or_shake(struct conn *c, serve_conn *handler) {
#ifdef WITH_TLS
    if (c->ssl != NULL && !SSL_is_init_finished(c->ssl)) {
        int n = SSL_do_handshake(c->ssl);
        if (n != 1) {
            if (tls_result(c->ssl, n) == 0) return 0;
            return after_failure(SSL_want_write(c->ssl) ? EPOLLOUT : EPOLLIN);
        }
    }
#endif
    return handler(c);
}

static _Noreturn void loop(int listener, serve_conn *handler) {
    static struct epoll_event events[EVENTS];
    int epoll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) < 0) fail("epoll");
    for (;;) {
        int n = epoll_wait(epoll, events, EVENTS, -1);
        if (n < 0 && errno != EINTR) fail("epoll_wait");
        for (int i = 0; i < n; i++) {
            struct conn *c = events[i].data.ptr;
            if (c == NULL) {
                accept_all(epoll, listener);
                continue;
            }
            event.events = serve_or_shake(c, handler);
            if (event.events == 0) {
                close_conn(c);
            } else if (event.events != c->waits_for) {
                event.data.ptr = c;
                c->waits_for = event.events;
                if (epoll_ctl(epoll, EPOLL_CTL_MOD, c->fd, &event) < 0) fail("epoll_ctl");
            }
        }
    }
}

#endif
