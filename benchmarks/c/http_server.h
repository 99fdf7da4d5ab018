/*
 * The connections of http_server: what is read of a request, and how an answer is written.
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include "tls.h"

#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum {
    IN = 16 * 1024,
    OUT = 16 * 1024,
    SCRATCH = 64 * 1024,
    LETTERS = 256 * 1024,
    IN_A_ROW = 4,
    MOST_TOKEN = 256,
    MOST_ANSWER = 512 /* but for the large ones, whose body is not in out[] */
};

enum state {
    HEADS,       /* reads requests */
    BODY,        /* reads left bytes of a body */
    CHUNK_SIZE,  /* reads the line before a chunk */
    CHUNK,       /* reads left bytes of a chunk */
    CHUNK_END,   /* reads the end of its line */
    CHUNKS_LAST, /* reads the empty line after the last one */
    CHUNKS_OVER,
    MESSAGES /* a WebSocket */
};

struct conn {
    int fd;
    SSL *ssl;
    uint32_t waits_for; /* as epoll knows it */
    enum state state;
    size_t left, received; /* bytes of a body, or of a chunk */
    size_t start, end;     /* what is read and not taken: in[start..end) */
    size_t out_start, out_end;
    size_t big; /* letters to be sent after out[] */
    char in[IN], out[OUT];
};

#include "loop.h"

/* What matters of a request's header. */
struct fields {
    size_t length; /* of the body */
    int chunked;
    const char *token, *key; /* X-Token, Sec-WebSocket-Key */
    size_t token_length, key_length;
};

static char scratch[SCRATCH], letters[LETTERS];

/* The value of a line if it is the field of that name. */
static int field(const char *line, size_t length, const char *name, const char **value,
                 size_t *value_length) {
    size_t n = strlen(name);
    if (length <= n || line[n] != ':' || strncasecmp(line, name, n) != 0) return 0;
    const char *from = line + n + 1, *to = line + length;
    while (from < to && *from == ' ') from++;
    while (to > from && (to[-1] == '\r' || to[-1] == '\n' || to[-1] == ' ')) to--;
    *value = from;
    *value_length = (size_t)(to - from);
    return 1;
}

/* Bytes of the head that begins here, with its empty line; 0 if it is not complete. */
static size_t read_head(const char *head, size_t length, struct fields *fields) {
    const char *line = head, *end = head + length, *value;
    size_t n;
    memset(fields, 0, sizeof *fields);
    fields->token = "";
    for (;;) {
        const char *next = line < end ? memchr(line, '\n', (size_t)(end - line)) : NULL;
        if (next == NULL) return 0;
        next++;
        size_t size = (size_t)(next - line);
        if (size <= 2 && (size == 1 || *line == '\r')) return (size_t)(next - head);
        switch (*line | 32) {
        case 'c':
            if (field(line, size, "content-length", &value, &n)) {
                fields->length = strtoull(value, NULL, 10);
            }
            break;
        case 't':
            if (field(line, size, "transfer-encoding", &value, &n)) {
                fields->chunked = n == 7 && strncasecmp(value, "chunked", 7) == 0;
            }
            break;
        case 'x':
            if (field(line, size, "x-token", &value, &n)) {
                fields->token = value;
                fields->token_length = n < MOST_TOKEN ? n : MOST_TOKEN;
            }
            break;
        case 's':
            if (field(line, size, "sec-websocket-key", &value, &n)) {
                fields->key = value;
                fields->key_length = n;
            }
            break;
        }
        line = next;
    }
}

/* Takes bytes of a body in chunks; how many, or -1 if they are bad. */
static ssize_t take_chunks(struct conn *c, const char *at, size_t n) {
    size_t taken = 0;
    while (c->state != CHUNKS_OVER) {
        size_t rest = n - taken;
        if (c->state == CHUNK) {
            size_t m = rest < c->left ? rest : c->left;
            if (m == 0) break;
            c->left -= m;
            c->received += m;
            taken += m;
            if (c->left == 0) c->state = CHUNK_END;
        } else if (c->state == CHUNK_SIZE) {
            const char *end = memchr(at + taken, '\n', rest);
            char *digits_end;
            if (end == NULL && rest > 32) return -1;
            if (end == NULL) break;
            c->left = strtoull(at + taken, &digits_end, 16);
            if (digits_end != end - 1) return -1;
            taken = (size_t)(end - at) + 1;
            c->state = c->left == 0 ? CHUNKS_LAST : CHUNK;
        } else {
            if (rest < 2) break;
            if (memcmp(at + taken, "\r\n", 2) != 0) return -1;
            taken += 2;
            c->state = c->state == CHUNK_END ? CHUNK_SIZE : CHUNKS_OVER;
        }
    }
    return (ssize_t)taken;
}

/* The time of now, as it is in a header. */
static const char *date(void) {
    static char text[64];
    static time_t made;
    time_t t = time(NULL);
    if (t != made) {
        struct tm tm;
        made = t;
        gmtime_r(&t, &tm);
        strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &tm);
    }
    return text;
}

static char *put(char *to, const char *text, size_t length) {
    memcpy(to, text, length);
    return to + length;
}

static char *put_number(char *to, size_t number) {
    char digits[24];
    int i = sizeof digits;
    do {
        digits[--i] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    return put(to, digits + i, sizeof digits - (size_t)i);
}

/* Writes an answer to out[]; one without a body has so many letters, which are sent from elsewhere. */
static void answer(struct conn *c, const char *type, const char *body, size_t length) {
    static const char STATUS[] = "HTTP/1.1 200 OK\r\nDate: ", TYPE[] = "\r\nContent-Type: ";
    static const char LENGTH[] = "\r\nContent-Length: ";
    char *to = put(c->out + c->out_end, STATUS, sizeof STATUS - 1);
    to = put(to, date(), 29);
    to = put(to, TYPE, sizeof TYPE - 1);
    to = put(to, type, strlen(type));
    to = put(to, LENGTH, sizeof LENGTH - 1);
    to = put_number(to, length);
    to = put(to, "\r\n\r\n", 4);
    if (body != NULL) {
        to = put(to, body, length);
    } else {
        c->big = length;
    }
    c->out_end = (size_t)(to - c->out);
}

/* Writes a part of what is to be sent, out[] and the letters after it in one piece if there is no
 * TLS. */
static ssize_t write_some(struct conn *c) {
    size_t small = c->out_end - c->out_start, large = c->big < LETTERS ? c->big : LETTERS;
    if (c->ssl == NULL && small > 0 && large > 0) {
        struct iovec parts[] = {{c->out + c->out_start, small}, {letters, large}};
        struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
        return sendmsg(c->fd, &message, MSG_NOSIGNAL);
    }
    return small > 0 ? stream_write(c->fd, c->ssl, c->out + c->out_start, small)
                     : stream_write(c->fd, c->ssl, letters, large);
}

/* 1: all sent, 0: the peer has to read first, or it is the turn of others, -1: over. */
static int flush(struct conn *c) {
    for (int i = 0; c->out_start < c->out_end || c->big > 0; i++) {
        if (i == IN_A_ROW) return 0;
        ssize_t n = write_some(c);
        if (n < 0) return errno == EAGAIN || errno == EINTR ? 0 : -1;
        size_t small = c->out_end - c->out_start, sent = (size_t)n;
        c->out_start += sent < small ? sent : small;
        c->big -= sent < small ? 0 : sent - small;
    }
    c->out_start = c->out_end = 0;
    return 1;
}

#endif
