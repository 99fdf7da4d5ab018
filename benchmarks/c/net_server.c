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

#include <signal.h>
#include <stdint.h>

enum { CHUNK = 64 * 1024, MESSAGE = 4096, IN_A_ROW = 4 };

struct conn {
    int fd;
    SSL *ssl;
    uint32_t waits_for; /* as epoll knows it */
    size_t start, end;  /* echo: what is still to be sent back, in[start..end) */
    char in[];          /* echo: MESSAGE bytes, upload: CHUNK bytes */
};

#include "loop.h"

static char chunk[CHUNK]; /* what is sent; filled, or it would be the one page of zeros */
static size_t buffer;     /* bytes of in[] */

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
    conn_size = sizeof(struct conn) + buffer;
    signal(SIGPIPE, SIG_IGN); /* OpenSSL writes without MSG_NOSIGNAL */
    if (tls != NULL) {
#ifdef WITH_TLS
        context = tls_server_context(tls);
#else
        fprintf(stderr, "compiled without OpenSSL\n");
        return 1;
#endif
    }
    loop(listen_on(argc > 2 ? atoi(argv[2]) : 0), handler);
}
