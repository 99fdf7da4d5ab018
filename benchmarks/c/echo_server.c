/* Sends back what it receives. See server.h. */
#define _GNU_SOURCE
#include "server.h"

struct conn {
    int fd;
    size_t start, end; /* what is still to be sent back: in[start..end) */
    char in[BUFFER];
};

static struct conn *conn_new(int fd) {
    struct conn *c = malloc(sizeof *c);
    if (c != NULL) {
        c->fd = fd;
        c->start = c->end = 0;
    }
    return c;
}

static int conn_fd(const struct conn *c) {
    return c->fd;
}

/* 1: all sent, 0: the peer has to read first, -1: over. */
static int flush(struct conn *c) {
    while (c->start < c->end) {
        ssize_t n = send(c->fd, c->in + c->start, c->end - c->start, MSG_NOSIGNAL);
        if (n >= 0) {
            c->start += (size_t)n;
        } else if (errno != EINTR) {
            return errno == EAGAIN ? 0 : -1;
        }
    }
    return 1;
}

static int conn_ready(struct conn *c) {
    for (;;) {
        int flushed = flush(c);
        if (flushed <= 0) return flushed;
        ssize_t n = recv(c->fd, c->in, sizeof c->in, 0);
        if (n == 0) return -1;
        if (n < 0) {
            if (errno == EINTR) continue;
            return errno == EAGAIN ? 0 : -1;
        }
        c->start = 0;
        c->end = (size_t)n;
        if (n < BUFFER) {
            /* A short read has emptied the socket: the next bytes are a new event. */
            flushed = flush(c);
            return flushed < 0 ? -1 : 0;
        }
    }
}

int main(int argc, char **argv) {
    serve(argc, argv);
}
