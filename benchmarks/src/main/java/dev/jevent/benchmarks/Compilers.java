package dev.jevent.benchmarks;

import java.io.IOException;

/**
 * Tells when a JVM has compiled what it runs. Until then its compilers are part of what is
 * measured: they have the one core that the server has.
 */
final class Compilers {
    private static final double AT_REST = 0.01; // of the CPU time of the process

    private final long pid;
    private final int ticksPerSecond;
    private double compilers;
    private double all;

    Compilers(long pid, int ticksPerSecond) {
        this.pid = pid;
        this.ticksPerSecond = ticksPerSecond;
    }

    /** From now on. */
    void look() throws IOException {
        compilers = Proc.compilersMicros(pid, ticksPerSecond);
        all = Proc.cpuMicros(pid, ticksPerSecond);
    }

    /**
     * Whether they took less than 1 % of its CPU time since the look. A program without any has.
     */
    boolean haveRested() throws IOException {
        return atRest(
                Proc.compilersMicros(pid, ticksPerSecond) - compilers,
                Proc.cpuMicros(pid, ticksPerSecond) - all);
    }

    static boolean atRest(double compilers, double all) {
        return compilers <= 0 || compilers < all * AT_REST;
    }
}
