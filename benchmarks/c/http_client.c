/*
 * The load of "http": CONNECTIONS connections on one epoll loop, plain or over TLS, for WARMUP and
 * then SECONDS, which are measured. A connection asks again when it has its answer.
 *
 *     http_client PORT plain|tls LOAD CONNECTIONS WARMUP SECONDS SERVER_PID
 *
 * LOAD: hello, json, headers (1 KB of header fields), answer-100k, answer-100m, upload-100k,
 * upload-chunked, pipelining (16 requests at a time) or websocket (messages of 64 bytes that come
 * back). Of every answer the status, the type, the length and each byte of the body are checked.
 *
 * A server may end a connection after an answer; then a new one is made, whose time is part of the
 * next answer's. CPU time and connections are those of the SECONDS. With TLS the folder BENCH_TLS
 * has the certificate to trust, cert.pem.
 */
#define _GNU_SOURCE
#include "client.h"
#include "http_load.h"
#include "measure.h"
#include "tls.h"

#include <signal.h>

enum { IN = 256 * 1024, HEAD = 4096 };

struct conn {
    int fd, number;
    SSL *ssl;
    uint32_t waits_for;   /* as epoll knows it */
    unsigned asked;       /* requests of this round that are not answered yet */
    size_t sent, to_send; /* bytes of this round's requests */
    uint64_t sent_at;
    int silent;    /* nothing was answered on this connection yet */
    int last;      /* the server has said that it ends the connection after this answer */
    size_t body;   /* bytes of the body that are still to come */
    size_t used;   /* bytes in head[], which is not complete */
    char head[HEAD];
};

static struct load load;
static char in[IN], filled[IN];
static uint64_t bytes, reconnects;
static int epoll, port;
#ifdef WITH_TLS
static SSL_CTX *context;
#endif

static _Noreturn void bad_answer(const char *what, const char *at, size_t length) {
    fprintf(stderr, "%s: %.*s\n", what, (int)(length < 300 ? length : 300), at);
    exit(1);
}

static void ask(struct conn *c, unsigned count) {
    c->asked = count;
    c->sent = 0;
    c->to_send = count * load.request_length;
    c->sent_at = now();
}

/* Tells epoll what to wait for. */
static void wait_for(struct conn *c, uint32_t events, int operation) {
    struct epoll_event event = {.events = events, .data.ptr = c};
    if (c->waits_for == events && operation == EPOLL_CTL_MOD) return;
    c->waits_for = events;
    if (epoll_ctl(epoll, operation, c->fd, &event) < 0) fail("epoll_ctl");
}

/* The first answer of a connection to a WebSocket server: leaves HTTP, while nothing else goes on. */
static void open_websocket(struct conn *c) {
    size_t n = 0;
    if (stream_write(c->fd, c->ssl, UPGRADE, sizeof UPGRADE - 1) < 0) fail("send");
    while (n < 4 || memcmp(c->head + n - 4, "\r\n\r\n", 4) != 0) {
        ssize_t m = n < HEAD - 1 ? stream_read(c->fd, c->ssl, c->head + n, 1) : 0;
        if (m <= 0) bad_answer("no WebSocket", c->head, n);
        n += (size_t)m;
    }
    c->head[n] = 0;
    if (memcmp(c->head, "HTTP/1.1 101", 12) != 0 || strstr(c->head, ACCEPT) == NULL) {
        bad_answer("no WebSocket", c->head, n);
    }
}

static void connect_now(struct conn *c, int at_once) {
    c->fd = connect_to(port, c->number);
    c->silent = 1;
    c->last = 0;
    c->used = c->body = 0;
#ifdef WITH_TLS
    if (context != NULL) {
        c->ssl = SSL_new(context);
        if (c->ssl == NULL || !SSL_set_fd(c->ssl, c->fd)) tls_fail("SSL_new");
        SSL_set_connect_state(c->ssl);
        if (at_once && SSL_connect(c->ssl) != 1) tls_fail("the handshake");
    }
#endif
    if (load.websocket) open_websocket(c);
    (void)at_once;
    non_blocking(c->fd);
    wait_for(c, EPOLLIN, EPOLL_CTL_ADD);
}

static void close_conn(struct conn *c) {
#ifdef WITH_TLS
    SSL_free(c->ssl);
    c->ssl = NULL;
#endif
    close(c->fd);
}

/* Makes another connection for what is not answered. */
static void reconnect(struct conn *c) {
    unsigned asked = c->asked;
    if (load.websocket || (c->silent && !c->last)) {
        bad_answer("the server closed a connection without an answer", c->head, c->used);
    }
    if (c->used > 0 || c->body > 0) {
        bad_answer("the server closed a connection within an answer", c->head, c->used);
    }
    close_conn(c);
    reconnects++;
    connect_now(c, 0);
    if (asked == 0) {
        ask(c, load.batch);
    } else { /* their time goes on */
        c->sent = 0;
        c->to_send = asked * load.request_length;
    }
}

static int is_field(const char *line, size_t length, const char *name, size_t name_length) {
    return length > name_length && line[name_length] == ':'
           && strncasecmp(line, name, name_length) == 0;
}

/* Checks a whole head, with the empty line at its end. */
static void check_head(struct conn *c, const char *head, size_t length) {
    const char *line = head, *end = head + length - 2;
    int known = 0, typed = 0;
    if (length < 16 || memcmp(head, "HTTP/1.1 200", 12) != 0) {
        bad_answer("not the answer that was wanted", head, length);
    }
    while (line < end) {
        const char *next = (const char *)memchr(line, '\n', (size_t)(end - line)) + 1;
        size_t n = (size_t)(next - line);
        if ((*line | 32) == 'c') {
            if (is_field(line, n, "content-length", 14)) {
                known = strtoull(line + 15, NULL, 10) == load.body_length;
            } else if (is_field(line, n, "content-type", 12)) {
                const char *type = line + 13 + (line[13] == ' ');
                typed = strncasecmp(type, load.type, strlen(load.type)) == 0;
            } else if (is_field(line, n, "connection", 10)) {
                c->last = memmem(line, n, "close", 5) != NULL;
            }
        }
        line = next;
    }
    if (!known) bad_answer("another length, or none", head, length);
    if (!typed) bad_answer("another Content-Type, or none", head, length);
    c->body = load.body_length;
}

/* Takes bytes of a head; how many. */
static size_t take_head(struct conn *c, const char *at, size_t n) {
    const char *end;
    if (c->used == 0) {
        end = memmem(at, n, "\r\n\r\n", 4);
        if (end != NULL) {
            size_t length = (size_t)(end - at) + 4;
            check_head(c, at, length);
            return length;
        }
    }
    /* a piece of one: goes on in the buffer */
    size_t before = c->used, room = HEAD - before, take = n < room ? n : room;
    memcpy(c->head + before, at, take);
    c->used += take;
    size_t from = before > 3 ? before - 3 : 0;
    end = memmem(c->head + from, c->used - from, "\r\n\r\n", 4);
    if (end == NULL) {
        if (c->used == HEAD) bad_answer("a head without an end", c->head, c->used);
        return take;
    }
    size_t length = (size_t)(end - c->head) + 4;
    check_head(c, c->head, length);
    c->used = 0;
    return length - before;
}

/* Takes bytes of a body, or of a WebSocket's frame; how many. */
static size_t take_body(struct conn *c, const char *at, size_t n) {
    size_t take = n < c->body ? n : c->body;
    const char *wanted =
        load.body == NULL ? filled : load.body + (load.body_length - c->body);
    if (memcmp(at, wanted, take) != 0) bad_answer("another body", at, take);
    c->body -= take;
    bytes += take;
    return take;
}

/* Takes what has come; 1 when the connection ends with it. */
static int take(struct conn *c, const char *at, size_t n) {
    uint64_t t = now();
    while (n > 0) {
        if (c->asked == 0) bad_answer("an answer to nothing", at, n);
        if (c->body == 0) {
            if (load.websocket) {
                c->body = load.body_length;
            } else {
                size_t took = take_head(c, at, n);
                at += took;
                n -= took;
                if (c->body == 0) continue; /* there is always a body */
            }
        }
        size_t took = take_body(c, at, n);
        at += took;
        n -= took;
        if (c->body == 0) {
            record(t - c->sent_at);
            c->silent = 0;
            c->asked--;
            if (c->last) return 1;
            if (c->asked == 0) ask(c, load.batch);
        }
    }
    return 0;
}

/* Whether a call that failed has to be made again later; a connection that is reset is over. */
static int later(void) {
    return errno == EAGAIN || errno == EINTR;
}

/* Sends what there is to send; 0 when there is no room for all of it, -1 when the server is gone. */
static int send_all(struct conn *c) {
    while (c->sent < c->to_send) {
        ssize_t n = stream_write(c->fd, c->ssl, load.requests + c->sent, c->to_send - c->sent);
        if (n <= 0) return n < 0 && later() ? 0 : -1;
        c->sent += (size_t)n;
    }
    return 1;
}

static void ready(struct conn *c) {
    int sent;
    do {
        ssize_t n = stream_read(c->fd, c->ssl, in, sizeof in);
        if (n > 0) {
            if (take(c, in, (size_t)n)) reconnect(c);
        } else if (n == 0 || !later()) {
            reconnect(c);
        }
        sent = send_all(c);
        if (sent < 0) {
            reconnect(c);
            sent = send_all(c);
        }
    } while (stream_pending(c->ssl));
    int room = sent == 0;
#ifdef WITH_TLS
    room = room && (c->ssl == NULL || SSL_want_write(c->ssl));
#endif
    wait_for(c, room ? EPOLLIN | EPOLLOUT : EPOLLIN, EPOLL_CTL_MOD);
}

/* Goes on until it is time; returns the time when it ended. */
static uint64_t run(uint64_t end) {
    static struct epoll_event events[EVENTS];
    uint64_t t;
    while ((t = now()) < end) {
        int n = epoll_wait(epoll, events, EVENTS, 100);
        if (n < 0 && errno != EINTR) fail("epoll_wait");
        for (int i = 0; i < n; i++) ready(events[i].data.ptr);
    }
    return t;
}

/* Longer if nothing was answered yet, by a slow server in a short time. */
static uint64_t run_until_answered(uint64_t end) {
    for (int i = 0; bytes == 0 && i < 100; i++) end = run(end + 100000000);
    return end;
}

static void open_connections(int count, int tls) {
    struct conn *conns = calloc((size_t)count, sizeof *conns);
    if (conns == NULL) fail("calloc");
#ifdef WITH_TLS
    if (tls) context = tls_client_context();
#else
    if (tls) broken("compiled without OpenSSL");
#endif
    for (int i = 0; i < count; i++) {
        conns[i].number = i;
        connect_now(&conns[i], 1);
    }
    for (int i = 0; i < count; i++) {
        ask(&conns[i], load.batch);
        ready(&conns[i]);
    }
}

int main(int argc, char **argv) {
    if (argc != 8 || !make_load(&load, argv[3])) {
        fprintf(stderr, "usage: http_client PORT plain|tls " LOADS
                        " CONNECTIONS WARMUP SECONDS SERVER_PID\n");
        return 2;
    }
    int connections = atoi(argv[4]), server = atoi(argv[7]);
    port = atoi(argv[1]);
    if (connections < 1) return 2;
    memset(filled, 'a', sizeof filled);
    signal(SIGPIPE, SIG_IGN);
    raise_limit();
    epoll = epoll_create1(0);
    if (epoll < 0) fail("epoll_create1");
    open_connections(connections, strcmp(argv[2], "tls") == 0);
    run(now() + (uint64_t)(atof(argv[5]) * 1e9));

    memset(histogram, 0, sizeof histogram);
    recorded = longest = bytes = reconnects = 0;
    double cpu = cpu_micros(server), own = own_cpu_micros();
    uint64_t start = now();
    uint64_t end = run(start + (uint64_t)(atof(argv[6]) * 1e9));
    if (atof(argv[6]) > 0) end = run_until_answered(end);
    cpu = cpu_micros(server) - cpu;
    own = own_cpu_micros() - own;
    printf("RESULT count=%llu bytes=%llu seconds=%.4f cpu_us=%.0f client_us=%.0f p50_us=%u"
           " p99_us=%u max_us=%llu reconnects=%llu\n",
           (unsigned long long)recorded, (unsigned long long)bytes, (double)(end - start) / 1e9,
           cpu, own, percentile(0.50), percentile(0.99), (unsigned long long)(longest / 1000),
           (unsigned long long)reconnects);
    return 0;
}
