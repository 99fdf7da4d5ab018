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

static double micros(clockid_t clock) {
    struct timespec t;
    if (clock_gettime(clock, &t) < 0) fail("clock_gettime");
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* Microseconds of CPU time that a process has used so far, user and system, all of its threads. By
 * its clock, which has nanoseconds: /proc/PID/stat has ticks of 10 ms. */
static double cpu_micros(int pid) {
    clockid_t clock;
    if (clock_getcpuclockid(pid, &clock) != 0) broken("cannot read the server's CPU time");
    return micros(clock);
}

/* The same of this process. */
static double own_cpu_micros(void) {
    return micros(CLOCK_PROCESS_CPUTIME_ID);
}

#endif
