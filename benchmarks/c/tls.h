/*
 * TLS by OpenSSL for net_server, net_client, http_server and http_client, or nothing where they were
 * compiled without (WITH_TLS is not defined). TLS 1.3 with AES-128-GCM; both sides read ahead, so that a record does not cost
 * two system calls.
 */
#ifndef TLS_H
#define TLS_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/types.h>

#ifdef WITH_TLS

#include <openssl/err.h>
#include <openssl/ssl.h>

enum { READ_AHEAD = 64 * 1024 };

static _Noreturn void tls_fail(const char *what) {
    fprintf(stderr, "%s: ", what);
    ERR_print_errors_fp(stderr);
    exit(1);
}

static SSL_CTX *tls_context(const SSL_METHOD *method) {
    SSL_CTX *context = SSL_CTX_new(method);
    if (context == NULL || !SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION)
        || !SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256")) {
        tls_fail("TLS");
    }
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_default_read_buffer_len(context, READ_AHEAD);
    return context;
}

/* Trusts cert.pem, and nothing else, of the folder BENCH_TLS. */
static inline SSL_CTX *tls_client_context(void) {
    char file[4096];
    const char *folder = getenv("BENCH_TLS");
    SSL_CTX *context = tls_context(TLS_client_method());
    snprintf(file, sizeof file, "%s/cert.pem", folder == NULL ? "." : folder);
    if (!SSL_CTX_load_verify_locations(context, file, NULL)) tls_fail(file);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    return context;
}

/* Has cert.pem and key.pem of a folder. */
static inline SSL_CTX *tls_server_context(const char *folder) {
    char file[4096];
    SSL_CTX *context = tls_context(TLS_server_method());
    snprintf(file, sizeof file, "%s/cert.pem", folder);
    if (SSL_CTX_use_certificate_chain_file(context, file) != 1) tls_fail(file);
    snprintf(file, sizeof file, "%s/key.pem", folder);
    if (SSL_CTX_use_PrivateKey_file(context, file, SSL_FILETYPE_PEM) != 1) tls_fail(file);
    return context;
}

/* What SSL_read and SSL_write say, as recv(2) and send(2) would. */
static ssize_t tls_result(SSL *ssl, int n) {
    if (n > 0) return n;
    switch (SSL_get_error(ssl, n)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
        errno = EAGAIN;
        return -1;
    case SSL_ERROR_ZERO_RETURN:
        return 0;
    default:
        ERR_clear_error();
        errno = ECONNRESET;
        return -1;
    }
}

static ssize_t stream_read(int fd, SSL *ssl, void *to, size_t length) {
    return ssl == NULL ? recv(fd, to, length, 0) : tls_result(ssl, SSL_read(ssl, to, (int)length));
}

static ssize_t stream_write(int fd, SSL *ssl, const void *from, size_t length) {
    return ssl == NULL ? send(fd, from, length, MSG_NOSIGNAL)
                       : tls_result(ssl, SSL_write(ssl, from, (int)length));
}

/* Whether something was read ahead, of which epoll knows nothing. */
static int stream_pending(SSL *ssl) {
    return ssl != NULL && SSL_has_pending(ssl);
}

#else

typedef void SSL;

static ssize_t stream_read(int fd, SSL *ssl, void *to, size_t length) {
    (void)ssl;
    return recv(fd, to, length, 0);
}

static ssize_t stream_write(int fd, SSL *ssl, const void *from, size_t length) {
    (void)ssl;
    return send(fd, from, length, MSG_NOSIGNAL);
}

static int stream_pending(SSL *ssl) {
    (void)ssl;
    return 0;
}

#endif
#endif
