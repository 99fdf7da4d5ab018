/*
 * A keep-alive HTTP responder: finds the end of each request head, across partial reads and with
 * pipelining, and answers each with the same full response. Requests have no body. See server.h.
 */
#define _GNU_SOURCE
#include "server.h"

static const char RESPONSE[] =
    "HTTP/1.1 200 OK\r\n"
    "Content-Type: text/plain\r\n"
    "Content-Length: 13\r\n"
    "\r\n"
    "Hello, World!";

enum { RESPONSE_LENGTH = sizeof RESPONSE - 1 };

struct conn {
    int fd;
    size_t used; /* bytes of requests that are not answered yet, in in[] */
    size_t owed; /* responses still to be sent */
    size_t sent; /* bytes of the first of them that are sent */
    char in[BUFFER];
};

static struct conn *conn_new(int fd) {
    struct conn *c = malloc(sizeof *c);
    if (c != NULL) {
        c->fd = fd;
        c->used = c->owed = c->sent = 0;
    }
    return c;
}

static int conn_fd(const struct conn *c) {
    return c->fd;
}

/* 1: all sent, 0: the peer has to read first, -1: over. */
static int flush(struct conn *c) {
    while (c->owed > 0) {
        ssize_t n = send(c->fd, RESPONSE + c->sent, RESPONSE_LENGTH - c->sent, MSG_NOSIGNAL);
        if (n < 0) {
            if (errno == EINTR) continue;
            return errno == EAGAIN ? 0 : -1;
        }
        c->sent += (size_t)n;
        if (c->sent == RESPONSE_LENGTH) {
            c->owed--;
            c->sent = 0;
        }
    }
    return 1;
}

/* Takes the complete heads out of the buffer; the bytes before scanned hold none. */
static void take_heads(struct conn *c, size_t scanned) {
    size_t head = 0, from = scanned > 3 ? scanned - 3 : 0;
    const char *end;
    while ((end = memmem(c->in + from, c->used - from, "\r\n\r\n", 4)) != NULL) {
        head = from = (size_t)(end - c->in) + 4;
        c->owed++;
    }
    if (head > 0) {
        c->used -= head;
        memmove(c->in, c->in + head, c->used);
    }
}

static int conn_ready(struct conn *c) {
    for (;;) {
        int flushed = flush(c);
        if (flushed <= 0) return flushed;
        size_t room = sizeof c->in - c->used;
        if (room == 0) return -1; /* a head longer than the buffer */
        ssize_t n = recv(c->fd, c->in + c->used, room, 0);
        if (n == 0) return -1;
        if (n < 0) {
            if (errno == EINTR) continue;
            return errno == EAGAIN ? 0 : -1;
        }
        size_t scanned = c->used;
        c->used += (size_t)n;
        take_heads(c, scanned);
        if ((size_t)n < room) {
            /* A short read has emptied the socket: the next bytes are a new event. */
            flushed = flush(c);
            return flushed < 0 ? -1 : 0;
        }
    }
}

int main(int argc, char **argv) {
    serve(argc, argv);
}
