/*
 * The servers of "net" on one bare epoll loop: echo sends back what it receives, download sends as
 * much as the client takes, upload takes as much as the client sends. Over TLS when BENCH_TLS names
 * a folder with cert.pem and key.pem.
 *
 *     net_server echo|download|upload [PORT]
 *
 * Level-triggered, and only a few chunks of a connection in a row: a client that is fast enough
 * would otherwise never let go of this thread.
 */
#define _GNU_SOURCE
#include "tls.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { CHUNK = 64 * 1024, MESSAGE = 4096, IN_A_ROW = 4, EVENTS = 1024, BACKLOG = 1024 };

struct conn {
    int fd;
    SSL *ssl;
    uint32_t waits_for; /* as epoll knows it */
    size_t start, end;  /* echo: what is still to be sent back, in[start..end) */
    char in[];          /* echo: MESSAGE bytes, upload: CHUNK bytes */
};

/* Reads and writes what can be done now; what to wait for, or 0 when the connection is over. */
typedef uint32_t serve_conn(struct conn *);

static char chunk[CHUNK]; /* what is sent; filled, or it would be the one page of zeros */
static size_t buffer;     /* bytes of in[] */

#ifdef WITH_TLS
static SSL_CTX *context;
#endif

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static uint32_t after_failure(uint32_t wanted) {
    return errno == EAGAIN || errno == EINTR ? wanted : 0;
}

static uint32_t echo(struct conn *c) {
    for (;;) {
        while (c->start < c->end) {
            ssize_t n = stream_write(c->fd, c->ssl, c->in + c->start, c->end - c->start);
            if (n < 0) return after_failure(EPOLLOUT);
            c->start += (size_t)n;
        }
        ssize_t n = stream_read(c->fd, c->ssl, c->in, buffer);
        if (n == 0) return 0;
        if (n < 0) return after_failure(EPOLLIN);
        int more = (size_t)n == buffer || stream_pending(c->ssl);
        c->start = 0;
        c->end = (size_t)n;
        if (!more) {
            /* A short read has emptied the socket; epoll tells when there is more. */
            n = stream_write(c->fd, c->ssl, c->in, c->end);
            if (n < 0) return after_failure(EPOLLOUT);
            c->start = (size_t)n;
            if (c->start == c->end) return EPOLLIN;
        }
    }
}

static uint32_t download(struct conn *c) {
    for (int i = 0; i < IN_A_ROW; i++) {
        if (stream_write(c->fd, c->ssl, chunk, sizeof chunk) < 0) return after_failure(EPOLLOUT);
    }
    return EPOLLOUT;
}

static uint32_t upload(struct conn *c) {
    for (int i = 0; i < IN_A_ROW || stream_pending(c->ssl); i++) {
        ssize_t n = stream_read(c->fd, c->ssl, c->in, buffer);
        if (n == 0) return 0;
        if (n < 0) return after_failure(EPOLLIN);
    }
    return EPOLLIN;
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
        struct conn *c = calloc(1, sizeof *c + buffer);
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

static uint32_t serve(struct conn *c, serve_conn *handler) {
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

static void loop(int listener, serve_conn *handler) {
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
            event.events = serve(c, handler);
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

int main(int argc, char **argv) {
    const char *name = argc > 1 ? argv[1] : "";
    const char *tls = getenv("BENCH_TLS");
    serve_conn *handler = strcmp(name, "echo") == 0       ? echo
                          : strcmp(name, "download") == 0 ? download
                          : strcmp(name, "upload") == 0   ? upload
                                                          : NULL;
    if (handler == NULL) {
        fprintf(stderr, "usage: net_server echo|download|upload [PORT]\n");
        return 2;
    }
    memset(chunk, 'a', sizeof chunk);
    buffer = handler == echo ? MESSAGE : handler == upload ? CHUNK : 0;
    signal(SIGPIPE, SIG_IGN); /* OpenSSL writes without MSG_NOSIGNAL */
    if (tls != NULL) {
#ifdef WITH_TLS
        char file[4096];
        context = tls_context(TLS_server_method());
        snprintf(file, sizeof file, "%s/cert.pem", tls);
        if (SSL_CTX_use_certificate_chain_file(context, file) != 1) tls_fail(file);
        snprintf(file, sizeof file, "%s/key.pem", tls);
        if (SSL_CTX_use_PrivateKey_file(context, file, SSL_FILETYPE_PEM) != 1) tls_fail(file);
#else
        fprintf(stderr, "compiled without OpenSSL\n");
        return 1;
#endif
    }
    loop(listen_on(argc > 2 ? atoi(argv[2]) : 0), handler);
}
