/*
 * What net_client and http_client measure besides latencies: CPU time, of the server and their own.
 */
#ifndef MEASURE_H
#define MEASURE_H

#include "client.h"

#include <fcntl.h>

static void non_blocking(int fd) {
    if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) < 0) fail("fcntl");
}

/* Microseconds of CPU time that a process has used so far, user and system, all of its threads. */
static double cpu_micros(int pid) {
    char path[64], text[2048];
    unsigned long long user, system;
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    int fd = open(path, O_RDONLY);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (n <= 0) fail(path);
    close(fd);
    text[n] = 0;
    const char *rest = strrchr(text, ')');
    if (rest == NULL
        || sscanf(rest + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", &user, &system)
               != 2) {
        broken("cannot read the server's CPU time");
    }
    return (double)(user + system) * 1e6 / (double)sysconf(_SC_CLK_TCK);
}

/* The same of this process, which is finer. */
static double own_cpu_micros(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

#endif
