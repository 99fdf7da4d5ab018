/*
 * The load of "net": CONNECTIONS connections on one epoll loop, plain or over TLS, for WARMUP and
 * then SECONDS, which are measured.
 *
 *     net_client PORT plain|tls echo|download|upload CONNECTIONS SIZE WARMUP SECONDS SERVER_PID
 *
 * echo: one message of SIZE bytes in flight on each; how long each round trip took, and every byte
 * that comes back is checked. download: takes what the server sends. upload: sends as much as the
 * server takes. The CPU time of the server, and of this program, is that of the same SECONDS, in
 * which no connection is made. With TLS the folder BENCH_TLS has the certificate to trust, cert.pem.
 */
#define _GNU_SOURCE
#include "client.h"
#include "measure.h"
#include "tls.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/sendfile.h>

enum { MAX_SIZE = 64 * 1024, CHUNK = 256 * 1024, IN_A_ROW = 4 };

struct conn {
    int fd;
    SSL *ssl;
    size_t sent, got; /* echo: bytes of the message */
    uint64_t sent_at;
};

typedef void ready_conn(struct conn *);

static char message[MAX_SIZE], chunk[CHUNK];
static int file; /* that has it, too */
static size_t size;
static uint64_t bytes;

/* Whether a call that failed has to be made again later. */
static int later(ssize_t n, const char *what) {
    if (n > 0) return 0;
    if (n == 0) broken("the server closed a connection");
    if (errno != EAGAIN && errno != EINTR) fail(what);
    return 1;
}

static void echo(struct conn *c) {
    char in[MAX_SIZE];
    for (;;) {
        while (c->sent < size) {
            ssize_t n = stream_write(c->fd, c->ssl, message + c->sent, size - c->sent);
            if (later(n, "send")) return;
            c->sent += (size_t)n;
        }
        ssize_t n = stream_read(c->fd, c->ssl, in, size - c->got);
        if (later(n, "recv")) return;
        if (memcmp(in, message + c->got, (size_t)n) != 0) {
            broken("the server sent back something else");
        }
        c->got += (size_t)n;
        if (c->got < size) continue;
        uint64_t t = now();
        record(t - c->sent_at);
        bytes += size;
        c->sent = c->got = 0;
        c->sent_at = t;
        ssize_t m = stream_write(c->fd, c->ssl, message, size);
        if (later(m, "send")) return;
        c->sent = (size_t)m;
        if (c->sent == size) return; /* nothing can have come back yet: that is a new event */
    }
}

static void download(struct conn *c) {
    for (int i = 0; i < IN_A_ROW || stream_pending(c->ssl); i++) {
        /* plain: thrown away by the kernel, so that this program is not what is measured */
        ssize_t n = c->ssl == NULL ? recv(c->fd, NULL, 4 * CHUNK, MSG_TRUNC)
                                   : stream_read(c->fd, c->ssl, chunk, sizeof chunk);
        if (later(n, "recv")) return;
        bytes += (uint64_t)n;
    }
}

static void upload(struct conn *c) {
    for (int i = 0; i < IN_A_ROW; i++) {
        /* plain: pages of a file, not copied, so that this program is not what is measured */
        off_t from = 0;
        ssize_t n = c->ssl == NULL ? sendfile(c->fd, file, &from, sizeof chunk)
                                   : stream_write(c->fd, c->ssl, chunk, sizeof chunk);
        if (later(n, "send")) return;
        bytes += (uint64_t)n;
    }
}

#ifdef WITH_TLS
static SSL *shake_hands(SSL_CTX *context, int fd) {
    SSL *ssl = SSL_new(context);
    if (ssl == NULL || !SSL_set_fd(ssl, fd)) tls_fail("SSL_new");
    if (SSL_connect(ssl) != 1) tls_fail("the handshake");
    return ssl;
}
#endif

static void open_connections(struct conn *conns, int count, int port, int tls) {
#ifdef WITH_TLS
    SSL_CTX *context = tls ? tls_client_context() : NULL;
#else
    if (tls) broken("compiled without OpenSSL");
#endif
    for (int i = 0; i < count; i++) {
        conns[i].fd = connect_to(port, i);
#ifdef WITH_TLS
        if (tls) conns[i].ssl = shake_hands(context, conns[i].fd);
#endif
        non_blocking(conns[i].fd);
    }
}

static int watch(struct conn *conns, int count, uint32_t for_what) {
    int epoll = epoll_create1(0);
    if (epoll < 0) fail("epoll_create1");
    for (int i = 0; i < count; i++) {
        struct epoll_event event = {.events = for_what, .data.ptr = &conns[i]};
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, conns[i].fd, &event) < 0) fail("epoll_ctl");
    }
    return epoll;
}

/* Goes on until it is time; returns the time when it ended. */
static uint64_t run(int epoll, ready_conn *ready, uint64_t end) {
    static struct epoll_event events[EVENTS];
    uint64_t t;
    while ((t = now()) < end) {
        int n = epoll_wait(epoll, events, EVENTS, 100);
        if (n < 0 && errno != EINTR) fail("epoll_wait");
        for (int i = 0; i < n; i++) ready(events[i].data.ptr);
    }
    return t;
}

int main(int argc, char **argv) {
    if (argc != 9) {
        fprintf(stderr, "usage: net_client PORT plain|tls echo|download|upload CONNECTIONS SIZE"
                        " WARMUP SECONDS SERVER_PID\n");
        return 2;
    }
    int tls = strcmp(argv[2], "tls") == 0, connections = atoi(argv[4]), server = atoi(argv[8]);
    ready_conn *ready = strcmp(argv[3], "echo") == 0       ? echo
                        : strcmp(argv[3], "download") == 0 ? download
                        : strcmp(argv[3], "upload") == 0   ? upload
                                                           : NULL;
    size = (size_t)atoi(argv[5]);
    if (ready == NULL || connections < 1 || size < 1 || size > MAX_SIZE) {
        broken("bad arguments");
    }
    for (size_t i = 0; i < size; i++) message[i] = (char)('a' + i % 26);
    memset(chunk, 'a', sizeof chunk); /* or it would be the one page of zeros */
    file = memfd_create("chunk", MFD_CLOEXEC);
    if (file < 0 || write(file, chunk, sizeof chunk) != sizeof chunk) fail("memfd_create");
    signal(SIGPIPE, SIG_IGN);
    raise_limit();

    struct conn *conns = calloc((size_t)connections, sizeof *conns);
    if (conns == NULL) fail("calloc");
    open_connections(conns, connections, atoi(argv[1]), tls);
    /* echo is edge-triggered and waits for both: registered once, for the whole life */
    int epoll = watch(conns, connections,
                      ready == echo     ? EPOLLIN | EPOLLOUT | EPOLLET
                      : ready == upload ? EPOLLOUT
                                        : EPOLLIN);
    uint64_t start = now();
    for (int i = 0; i < connections; i++) {
        conns[i].sent_at = start;
        if (ready == echo) echo(&conns[i]);
    }
    start = run(epoll, ready, start + (uint64_t)(atof(argv[6]) * 1e9));

    memset(histogram, 0, sizeof histogram);
    recorded = longest = bytes = 0;
    double cpu = cpu_micros(server), own = own_cpu_micros();
    start = now();
    uint64_t end = run(epoll, ready, start + (uint64_t)(atof(argv[7]) * 1e9));
    cpu = cpu_micros(server) - cpu;
    own = own_cpu_micros() - own;
    double seconds = (double)(end - start) / 1e9;
    printf("RESULT count=%llu bytes=%llu seconds=%.4f cpu_us=%.0f client_us=%.0f p50_us=%u"
           " p99_us=%u max_us=%llu\n",
           (unsigned long long)recorded, (unsigned long long)bytes, seconds, cpu, own,
           percentile(0.50), percentile(0.99), (unsigned long long)(longest / 1000));
    return 0;
}
