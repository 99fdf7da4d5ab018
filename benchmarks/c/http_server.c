/*
 * The server of "http" on one bare epoll loop: what an answer costs at least. Over TLS when
 * BENCH_TLS names a folder with cert.pem and key.pem.
 *
 *     http_server [PORT]
 *
 * It reads the request line and the header fields that say how long the body is, one after another,
 * across partial reads and with pipelining; answers that are ready together are sent together. It
 * does not check that a request is a right one, which the others do. Each answer has the date, which
 * is made once a second.
 */
#define _GNU_SOURCE
#include "http_server.h"
#include "websocket.h"

static const char PATH_UPLOAD[] = "POST /upload ";

/* The item that is written as JSON for each request. */
struct item {
    int id;
    const char *message;
    int active;
    const char *tags[3];
};

static void answer_json(struct conn *c) {
    struct item item = {42, "Hello, World!", 1, {"red", "green", "blue"}};
    char body[256];
    int n = snprintf(body, sizeof body,
                     "{\"id\":%d,\"message\":\"%s\",\"active\":%s,\"tags\":[\"%s\",\"%s\",\"%s\"]}",
                     item.id, item.message, item.active ? "true" : "false", item.tags[0],
                     item.tags[1], item.tags[2]);
    answer(c, "application/json", body, (size_t)n);
}

static void answer_upload(struct conn *c) {
    char body[32];
    int n = snprintf(body, sizeof body, "%zu", c->received);
    answer(c, "text/plain", body, (size_t)n);
}

static int starts(const char *text, const char *with) {
    return memcmp(text, with, strlen(with)) == 0;
}

/* Answers a request without a body, whose head is complete; -1 if there is no such thing. */
static int answer_get(struct conn *c, const char *head, const struct fields *fields) {
    if (starts(head, "GET /hello ")) {
        answer(c, "text/plain", "Hello, World!", 13);
    } else if (starts(head, "GET /json ")) {
        answer_json(c);
    } else if (starts(head, "GET /headers ")) {
        answer(c, "text/plain", fields->token, fields->token_length);
    } else if (starts(head, "GET /100k ")) {
        answer(c, "application/octet-stream", NULL, 100000);
    } else if (starts(head, "GET /100m ")) {
        answer(c, "application/octet-stream", NULL, 100000000);
    } else if (starts(head, "GET /websocket ") && fields->key != NULL) {
        c->state = MESSAGES;
        c->out_end += websocket_open(c->out + c->out_end, fields->key, fields->key_length);
    } else {
        return -1;
    }
    return 0;
}

/* Takes the heads that are complete, and answers those without a body; -1 to give up. */
static int take_heads(struct conn *c) {
    while (c->state == HEADS && c->big == 0 && OUT - c->out_end >= MOST_ANSWER) {
        struct fields fields;
        const char *head = c->in + c->start;
        size_t length = read_head(head, c->end - c->start, &fields);
        if (length == 0) break;
        c->start += length;
        if (fields.chunked || fields.length > 0) {
            if (!starts(head, PATH_UPLOAD)) return -1;
            c->state = fields.chunked ? CHUNK_SIZE : BODY;
            c->left = fields.length;
            c->received = 0;
        } else if (answer_get(c, head, &fields) < 0) {
            return -1;
        }
    }
    return 0;
}

/* Takes bytes of a body from the given place; how many, or -1 to give up. */
static ssize_t take_body(struct conn *c, const char *at, size_t n) {
    size_t taken = c->state == BODY ? (n < c->left ? n : c->left) : 0;
    if (c->state == BODY) {
        c->received += taken;
        c->left -= taken;
    } else {
        ssize_t m = take_chunks(c, at, n);
        if (m < 0) return -1;
        taken = (size_t)m;
    }
    if (c->left == 0 && (c->state == BODY || c->state == CHUNKS_OVER)) {
        c->state = HEADS;
        answer_upload(c);
    }
    return (ssize_t)taken;
}

/* Does what can be done with what has been read; -1 to give up. */
static int take(struct conn *c) {
    size_t before;
    do {
        before = c->start;
        if (c->state == HEADS) {
            if (take_heads(c) < 0) return -1;
        } else if (c->state == MESSAGES) {
            ssize_t n = websocket_take(c->in + c->start, c->end - c->start, c->out, &c->out_end,
                                       OUT);
            if (n < 0) return -1;
            c->start += (size_t)n;
        } else if (OUT - c->out_end >= MOST_ANSWER) {
            ssize_t n = take_body(c, c->in + c->start, c->end - c->start);
            if (n < 0) return -1;
            c->start += (size_t)n;
        }
    } while (c->start != before && c->start < c->end);
    if (c->start == c->end) {
        c->start = c->end = 0;
    } else if (c->start > 0) {
        memmove(c->in, c->in + c->start, c->end - c->start);
        c->end -= c->start;
        c->start = 0;
    }
    return 0;
}

/* Reads a large piece of a body past the connection's buffer. */
static ssize_t read_body(struct conn *c, size_t room) {
    ssize_t n = stream_read(c->fd, c->ssl, scratch, room);
    if (n > 0) {
        c->received += (size_t)n;
        c->left -= (size_t)n;
        if (c->left == 0) {
            c->state = c->state == BODY ? HEADS : CHUNK_END;
            if (c->state == HEADS) answer_upload(c);
        }
    }
    return n;
}

/* Reads what has come, and takes it; whether that was all goes to drained. */
static ssize_t read_some(struct conn *c, int *drained) {
    if ((c->state == BODY || c->state == CHUNK) && c->end == 0 && c->left >= IN / 2) {
        size_t room = c->left < SCRATCH ? c->left : SCRATCH;
        ssize_t n = read_body(c, room);
        *drained = n > 0 && (size_t)n < room;
        return n;
    }
    size_t room = IN - c->end;
    ssize_t n = stream_read(c->fd, c->ssl, c->in + c->end, room);
    if (n > 0) {
        *drained = (size_t)n < room;
        c->end += (size_t)n;
        if (take(c) < 0) return 0;
    }
    return n;
}

/* Reads, answers and writes what can be done now; what to wait for, or 0 when it is over. */
static uint32_t serve(struct conn *c) {
    for (int i = 0; i < IN_A_ROW || stream_pending(c->ssl); i++) {
        int flushed = flush(c);
        if (flushed < 0) return 0;
        if (flushed == 0) return EPOLLOUT; /* what is asked next has to wait */
        if (c->end > 0) {
            if (take(c) < 0) return 0; /* that for which there was no room */
            if (c->out_end > 0 || c->big > 0) continue;
            if (c->end == IN) return 0; /* a head that is too long */
        }
        int drained = 0;
        ssize_t n = read_some(c, &drained);
        if (n == 0) return 0;
        if (n < 0) return after_failure(EPOLLIN);
        if (drained && c->end == 0 && !stream_pending(c->ssl)) break;
    }
    int flushed = flush(c);
    if (flushed < 0) return 0;
    if (flushed == 0) return EPOLLOUT;
    return c->end > 0 ? EPOLLIN | EPOLLOUT : EPOLLIN; /* the latter: to come again at once */
}

int main(int argc, char **argv) {
    const char *tls = getenv("BENCH_TLS");
    memset(letters, 'a', sizeof letters);
    signal(SIGPIPE, SIG_IGN); /* OpenSSL writes without MSG_NOSIGNAL */
    if (tls != NULL) {
#ifdef WITH_TLS
        context = tls_server_context(tls);
#else
        fprintf(stderr, "compiled without OpenSSL\n");
        return 1;
#endif
    }
    conn_size = sizeof(struct conn);
    loop(listen_on(argc > 1 ? atoi(argv[1]) : 0), serve);
}
