/*
 * The load of "net": CONNECTIONS connections on one epoll loop, plain or over TLS, for WARMUP and
 * then SECONDS, which are measured.
 *
 *     net_client PORT plain|tls echo|download|upload CONNECTIONS SIZE WARMUP SECONDS SERVER_PID
 *
 * Or in bursts on connections that stay open: it says READY when it is connected, and then, for
 * each line "SETTLE SECONDS" of stdin, runs the load for SETTLE and then SECONDS, which are measured,
 * brings it to rest, and says what it has measured. It ends when stdin does.
 *
 *     net_client PORT plain|tls echo|download|upload CONNECTIONS SIZE SERVER_PID
 *
 * echo: one message of SIZE bytes in flight on each; how long each round trip took, and every byte
 * that comes back is checked. download: takes what the server sends. upload: sends as much as the
 * server takes. Of both the bytes are counted that went through the server. The CPU time of the
 * server, and of this program, is that of the same SECONDS, in which no connection is made. With TLS
 * the folder BENCH_TLS has the certificate to trust, cert.pem.
 */
#define _GNU_SOURCE
#include "client.h"
#include "measure.h"
#include "tls.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/sendfile.h>

enum { MAX_SIZE = 64 * 1024, CHUNK = 256 * 1024, IN_A_ROW = 4 };
/* What a download may have waiting here. Without a limit it would be 20 MB of each connection at
 * rest, all of it cold. */
enum { RECEIVE_BUFFER = 128 * 1024 };
enum { REST_SECONDS = 10, PAUSE_MICROS = 5000, MOST_PAUSES = 100 }; /* between bursts */

struct conn {
    int fd;
    SSL *ssl;
    int in_flight;    /* echo: whether a message is */
    size_t sent, got; /* echo: bytes of the message */
    uint64_t sent_at;
};

typedef void ready_conn(struct conn *);

static char message[MAX_SIZE], chunk[CHUNK];
static int file; /* that has it, too */
static size_t size;
static uint64_t bytes;
static int counting;     /* whether this is what is measured */
static int going_on = 1; /* echo: whether the next message follows the last */
static int in_flight;    /* echo: messages */

/* Whether a call that failed has to be made again later. */
static int later(ssize_t n, const char *what) {
    if (n > 0) return 0;
    if (n == 0) broken("the server closed a connection");
    if (errno != EAGAIN && errno != EINTR) fail(what);
    return 1;
}

static void echo(struct conn *c) {
    char in[MAX_SIZE];
    if (!c->in_flight) return; /* an event of before */
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
        if (counting) record(t - c->sent_at);
        bytes += size;
        c->sent = c->got = 0;
        if (!going_on) {
            c->in_flight = 0;
            in_flight--;
            return;
        }
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

static void open_connections(struct conn *conns, int count, int port, int tls, int buffer) {
#ifdef WITH_TLS
    SSL_CTX *context = tls ? tls_client_context() : NULL;
#else
    if (tls) broken("compiled without OpenSSL");
#endif
    for (int i = 0; i < count; i++) {
        int fd = conns[i].fd = connect_to(port, i);
        if (buffer > 0 && setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer) < 0) {
            fail("setsockopt");
        }
#ifdef WITH_TLS
        if (tls) conns[i].ssl = shake_hands(context, fd);
#endif
        non_blocking(fd);
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

static void run_once(int epoll, ready_conn *ready) {
    static struct epoll_event events[EVENTS];
    int n = epoll_wait(epoll, events, EVENTS, 100);
    if (n < 0 && errno != EINTR) fail("epoll_wait");
    for (int i = 0; i < n; i++) ready(events[i].data.ptr);
}

/* Goes on until it is time; returns the time when it ended. */
static uint64_t run(int epoll, ready_conn *ready, uint64_t end) {
    uint64_t t;
    while ((t = now()) < end) run_once(epoll, ready);
    return t;
}

static void run_for(int epoll, ready_conn *ready, double seconds) {
    run(epoll, ready, now() + (uint64_t)(seconds * 1e9));
}

/* echo: a message on each connection. */
static void begin(struct conn *conns, int count) {
    going_on = 1;
    for (int i = 0; i < count; i++) {
        conns[i].sent_at = now();
        conns[i].in_flight = 1;
        in_flight++;
        echo(&conns[i]);
    }
}

/* echo: takes what is in flight. */
static void finish(int epoll) {
    uint64_t end = now() + REST_SECONDS * 1000000000ull;
    going_on = 0;
    while (in_flight > 0) {
        run_once(epoll, echo);
        if (now() > end) broken("a message did not come back");
    }
}

/* Until the server has nothing left to do: it still takes what is in the buffers of an upload, and
 * fills those of a download, and the next server has the same core. It may have other things to do,
 * so this is not for ever. */
static void await_quiet(int server) {
    double last, t = cpu_micros(server);
    for (int i = 0; i < MOST_PAUSES; i++) {
        usleep(PAUSE_MICROS);
        last = t;
        t = cpu_micros(server);
        if (t - last < PAUSE_MICROS / 10) return;
    }
}

/* Bytes between the server and its clients: what a sender has that is not acknowledged, and what a
 * receiver has not read. */
static uint64_t on_the_way(int port) {
    static const char *const tables[] = {"/proc/net/tcp", "/proc/net/tcp6"};
    uint64_t sum = 0;
    for (int i = 0; i < 2; i++) {
        char line[512];
        unsigned local, remote, state, sends, receives;
        FILE *table = fopen(tables[i], "re");
        if (table == NULL) continue; /* there may be no IPv6 */
        while (fgets(line, sizeof line, table) != NULL) {
            int read = sscanf(line, " %*u: %*[0-9A-F]:%x %*[0-9A-F]:%x %x %x:%x", &local, &remote,
                              &state, &sends, &receives);
            if (read == 5 && state == TCP_ESTABLISHED
                && (local == (unsigned)port || remote == (unsigned)port)) {
                sum += sends + receives;
            }
        }
        fclose(table);
    }
    return sum;
}

/* What counts are the bytes that went through the server: a download begins with what waits since
 * the last one, and an upload fills buffers first. It takes some milliseconds to ask how much that
 * is, so the clocks are read before it both times. */
static void measure(int epoll, ready_conn *ready, double seconds, int port, int server) {
    uint64_t before = 0, after = 0;
    bytes = 0;
    counting = 1;
    double cpu = cpu_micros(server), own = own_cpu_micros();
    uint64_t start = now();
    if (ready != echo) before = on_the_way(port);
    uint64_t end = run(epoll, ready, start + (uint64_t)(seconds * 1e9));
    cpu = cpu_micros(server) - cpu;
    own = own_cpu_micros() - own;
    counting = 0;
    if (ready != echo) after = on_the_way(port);
    int64_t more = (int64_t)(after - before), through = (int64_t)bytes;
    through += ready == upload ? -more : more;
    printf("RESULT count=%llu bytes=%lld seconds=%.4f cpu_us=%.0f client_us=%.0f p50_us=%u"
           " p99_us=%u max_us=%llu\n",
           (unsigned long long)recorded, (long long)through, (double)(end - start) / 1e9, cpu, own,
           percentile(0.50), percentile(0.99), (unsigned long long)(longest / 1000));
}

int main(int argc, char **argv) {
    if (argc != 7 && argc != 9) {
        fprintf(stderr, "usage: net_client PORT plain|tls echo|download|upload CONNECTIONS SIZE"
                        " [WARMUP SECONDS] SERVER_PID\n");
        return 2;
    }
    int tls = strcmp(argv[2], "tls") == 0, connections = atoi(argv[4]);
    int server = atoi(argv[argc - 1]);
    ready_conn *ready = strcmp(argv[3], "echo") == 0       ? echo
                        : strcmp(argv[3], "download") == 0 ? download
                        : strcmp(argv[3], "upload") == 0   ? upload
                                                           : NULL;
    int port = atoi(argv[1]);
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
    open_connections(conns, connections, port, tls, ready == download ? RECEIVE_BUFFER : 0);
    /* echo is edge-triggered and waits for both: registered once, for the whole life */
    int epoll = watch(conns, connections,
                      ready == echo     ? EPOLLIN | EPOLLOUT | EPOLLET
                      : ready == upload ? EPOLLOUT
                                        : EPOLLIN);
    if (argc == 9) {
        if (ready == echo) begin(conns, connections);
        run_for(epoll, ready, atof(argv[6]));
        measure(epoll, ready, atof(argv[7]), port, server);
        return 0;
    }
    char line[256];
    double settle, seconds;
    printf("READY %d\n", connections);
    fflush(stdout);
    while (fgets(line, sizeof line, stdin) != NULL) {
        if (sscanf(line, "%lf %lf", &settle, &seconds) != 2) broken("expected: SETTLE SECONDS");
        memset(histogram, 0, sizeof histogram); /* at rest: it takes some milliseconds */
        recorded = longest = 0;
        if (ready == echo) begin(conns, connections);
        run_for(epoll, ready, settle);
        measure(epoll, ready, seconds, port, server);
        if (ready == echo) finish(epoll);
        await_quiet(server);
        fflush(stdout); /* not before: then it is the turn of the next */
    }
    return 0;
}
