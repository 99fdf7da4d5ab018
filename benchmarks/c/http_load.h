/*
 * What http_client asks for, and what it has to get.
 */
#ifndef HTTP_LOAD_H
#define HTTP_LOAD_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOADS                                                                                      \
    "hello|json|headers|answer-100k|answer-100m|upload-100k|upload-chunked|pipelining|websocket"

enum { UPLOAD = 100000, PART = 8000, DEPTH = 16, MESSAGE = 64 };

struct load {
    char *requests;        /* of one round */
    size_t request_length; /* of one of them */
    unsigned batch;        /* how many there are */
    const char *type;
    const char *body; /* NULL: all of it is the letter a */
    size_t body_length;
    int websocket;
};

/* The example of RFC 6455, 1.3. */
static const char UPGRADE[] = "GET /websocket HTTP/1.1\r\n"
                              "Host: 127.0.0.1\r\n"
                              "Upgrade: websocket\r\n"
                              "Connection: Upgrade\r\n"
                              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                              "Sec-WebSocket-Version: 13\r\n"
                              "\r\n";
static const char ACCEPT[] = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/* About what a browser sends: the fields have 1,024 bytes. */
static const char FIELDS[] =
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n"
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8\r\n"
    "Accept-Language: en-GB,en;q=0.8,de-AT;q=0.5,de;q=0.3\r\n"
    "Accept-Encoding: gzip, deflate, br, zstd\r\n"
    "Referer: http://127.0.0.1/articles/2026/how-long-is-a-header/page/3?sort=newest&size=50\r\n"
    "Cookie: session=5f8d0c6e2b7a4913a0d4e6b1c2f39875; consent=necessary%2Cstatistics; "
    "theme=dark; language=en; basket=98127364-5510-4c7e-9d0a-2b6f13c4e857; "
    "tracking=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\r\n"
    "Upgrade-Insecure-Requests: 1\r\n"
    "Sec-Fetch-Dest: document\r\n"
    "Sec-Fetch-Mode: navigate\r\n"
    "Sec-Fetch-Site: same-origin\r\n"
    "Sec-Fetch-User: ?1\r\n"
    "Priority: u=0, i\r\n"
    "Cache-Control: max-age=0\r\n"
    "Pragma: no-cache\r\n"
    "DNT: 1\r\n"
    "If-None-Match: \"5d8c72a5edda8d6a7b2c3f4e5a\"\r\n"
    "X-Token: Hello, World!\r\n"
    "X-Request-Id: 7c9e6679-7425-40de-944b-e07fc1f90ae7-0f8fad5b-d9cb-469f-a165-70867728950e\r\n"
    "X-Forwarded-For: 203.0.113.195, 2001:db8:85a3:8d3:1319:8a2e:370:7348, 198.51.100.17\r\n";

static char text[2 * UPLOAD];

/* The body in chunks of PART bytes. */
static size_t put_chunks(char *to) {
    size_t n = 0;
    for (int left = UPLOAD; left > 0; left -= PART) {
        int part = left < PART ? left : PART;
        n += (size_t)sprintf(to + n, "%x\r\n", part);
        memset(to + n, 'a', (size_t)part);
        n += (size_t)part;
        to[n++] = '\r';
        to[n++] = '\n';
    }
    memcpy(to + n, "0\r\n\r\n", 5);
    return n + 5;
}

static size_t put_upload(int chunked) {
    static const char HEAD[] = "POST /upload HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                               "Content-Type: application/octet-stream\r\n";
    if (chunked) {
        size_t n = (size_t)sprintf(text, "%sTransfer-Encoding: chunked\r\n\r\n", HEAD);
        return n + put_chunks(text + n);
    }
    size_t n = (size_t)sprintf(text, "%sContent-Length: %d\r\n\r\n", HEAD, UPLOAD);
    memset(text + n, 'a', UPLOAD);
    return n + UPLOAD;
}

static size_t put_get(const char *path, const char *fields) {
    return (size_t)sprintf(text, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\n", path, fields);
}

/* A text message with a mask, and in body the same without. */
static size_t put_message(char *body) {
    static const unsigned char MASK[4] = {0x37, 0xfa, 0x21, 0x3d};
    text[0] = body[0] = (char)0x81;
    text[1] = (char)(0x80 | MESSAGE);
    body[1] = MESSAGE;
    memcpy(text + 2, MASK, 4);
    for (int i = 0; i < MESSAGE; i++) {
        body[2 + i] = (char)('a' + i % 26);
        text[6 + i] = (char)(body[2 + i] ^ MASK[i % 4]);
    }
    return 6 + MESSAGE;
}

/* The load of that name; 0 if there is none. */
static int make_load(struct load *load, const char *name) {
    static char message[2 + MESSAGE];
    load->batch = strcmp(name, "pipelining") == 0 ? DEPTH : 1;
    load->type = "text/plain";
    load->body = "Hello, World!";
    if (strcmp(name, "hello") == 0 || load->batch == DEPTH) {
        load->request_length = put_get("/hello", "");
    } else if (strcmp(name, "json") == 0) {
        load->request_length = put_get("/json", "");
        load->type = "application/json";
        load->body = "{\"id\":42,\"message\":\"Hello, World!\",\"active\":true,"
                     "\"tags\":[\"red\",\"green\",\"blue\"]}";
    } else if (strcmp(name, "headers") == 0) {
        load->request_length = put_get("/headers", FIELDS);
    } else if (strcmp(name, "answer-100k") == 0 || strcmp(name, "answer-100m") == 0) {
        int huge = name[strlen(name) - 1] == 'm';
        load->request_length = put_get(huge ? "/100m" : "/100k", "");
        load->type = "application/octet-stream";
        load->body = NULL;
        load->body_length = huge ? 100000000 : 100000;
    } else if (strcmp(name, "upload-100k") == 0 || strcmp(name, "upload-chunked") == 0) {
        load->request_length = put_upload(strcmp(name, "upload-chunked") == 0);
        load->body = "100000";
    } else if (strcmp(name, "websocket") == 0) {
        load->request_length = put_message(message);
        load->body = message;
        load->body_length = sizeof message;
        load->websocket = 1;
    } else {
        return 0;
    }
    if (load->body_length == 0) load->body_length = strlen(load->body);
    load->requests = malloc(load->batch * load->request_length);
    if (load->requests == NULL) return 0;
    for (unsigned i = 0; i < load->batch; i++) {
        memcpy(load->requests + i * load->request_length, text, load->request_length);
    }
    return 1;
}

#endif
