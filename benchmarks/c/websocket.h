/*
 * As much of RFC 6455 as an echo server needs: the handshake, and frames of less than 64 KiB. It does
 * not check that text is UTF-8.
 */
#ifndef WEBSOCKET_H
#define WEBSOCKET_H

#include <stdint.h>
#include <string.h>
#include <sys/types.h>

static uint32_t rotate(uint32_t x, int by) {
    return x << by | x >> (32 - by);
}

static void sha1_block(uint32_t h[5], const unsigned char *block) {
    uint32_t w[80], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
    for (int i = 0; i < 16; i++) {
        const unsigned char *p = block + 4 * i;
        w[i] = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    }
    for (int i = 16; i < 80; i++) w[i] = rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    for (int i = 0; i < 80; i++) {
        uint32_t f = i < 20   ? ((b & c) | (~b & d)) + 0x5a827999
                     : i < 40 ? (b ^ c ^ d) + 0x6ed9eba1
                     : i < 60 ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
                              : (b ^ c ^ d) + 0xca62c1d6;
        uint32_t t = rotate(a, 5) + f + e + w[i];
        e = d;
        d = c;
        c = rotate(b, 30);
        b = a;
        a = t;
    }
    h[0] += a;
    h[1] += b;
    h[2] += c;
    h[3] += d;
    h[4] += e;
}

/* Of at most 119 bytes. */
static void sha1(const char *text, size_t length, unsigned char digest[20]) {
    unsigned char blocks[128] = {0};
    uint32_t h[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    size_t size = length < 56 ? 64 : 128;
    memcpy(blocks, text, length);
    blocks[length] = 0x80;
    blocks[size - 2] = (unsigned char)(length * 8 >> 8);
    blocks[size - 1] = (unsigned char)(length * 8);
    for (size_t i = 0; i < size; i += 64) sha1_block(h, blocks + i);
    for (int i = 0; i < 20; i++) digest[i] = (unsigned char)(h[i / 4] >> (24 - 8 * (i % 4)));
}

/* Writes the answer to a handshake; bytes of it. */
static size_t websocket_open(char *to, const char *key, size_t length) {
    static const char GUID[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    static const char ANSWER[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                                 "Connection: Upgrade\r\nSec-WebSocket-Accept: ";
    static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char text[64 + sizeof GUID];
    unsigned char digest[21] = {0};
    size_t n = sizeof ANSWER - 1;
    if (length > 64) length = 64;
    memcpy(text, key, length);
    memcpy(text + length, GUID, sizeof GUID - 1);
    sha1(text, length + sizeof GUID - 1, digest);
    memcpy(to, ANSWER, n);
    for (int i = 0; i < 21; i += 3) {
        uint32_t bits = (uint32_t)digest[i] << 16 | (uint32_t)digest[i + 1] << 8 | digest[i + 2];
        for (int shift = 18; shift >= 0; shift -= 6) to[n++] = DIGITS[bits >> shift & 63];
    }
    to[n - 1] = '=';
    memcpy(to + n, "\r\n\r\n", 4);
    return n + 4;
}

/* Takes the frames that are complete, and writes the answers that there is room for; bytes taken, or
 * -1 when it is over. */
static ssize_t websocket_take(char *in, size_t length, char *out, size_t *out_end, size_t room) {
    size_t taken = 0;
    for (;;) {
        unsigned char *at = (unsigned char *)in + taken;
        size_t rest = length - taken;
        if (rest < 2) break;
        size_t size = at[1] & 127, head = size == 126 ? 8 : 6;
        if (size == 127 || !(at[1] & 128)) return -1;
        if (rest < head) break;
        if (size == 126) size = (size_t)at[2] << 8 | at[3];
        if (rest < head + size || room - *out_end < size + 4) break;
        unsigned opcode = at[0] & 15;
        if (opcode == 8) return -1;
        char *to = out + *out_end;
        *to++ = (char)(opcode == 9 ? 0x8a : at[0]);
        if (head == 8) {
            *to++ = 126;
            *to++ = (char)at[2];
        }
        *to++ = (char)(head == 8 ? at[3] : at[1] & 127);
        for (size_t i = 0; i < size; i++) to[i] = (char)(at[head + i] ^ at[head - 4 + i % 4]);
        if (opcode != 10) *out_end = (size_t)(to - out) + size;
        taken += head + size;
    }
    return (ssize_t)taken;
}

#endif
