package dev.jevent.internal;

import java.util.concurrent.locks.LockSupport;

/**
 * For what serves all and has to go on when memory is at an end: says what has failed, if there is
 * memory to say it, and waits a moment. Never throws.
 */
public final class Enduring {

    private static final long MOMENT_NANOS = 5_000_000;

    private Enduring() {}

    /** So that it is loaded while there is memory. */
    public static void prepare() {}

    /**
     * What the calling thread does has failed, and it goes on. Its name says what it is: even a
     * constant text takes memory where it is used for the first time, and who calls this has none.
     */
    public static void failed(Throwable error) {
        try {
            String name = Thread.currentThread().getName();
            System.err.println(
                    "jevent: "
                            .concat(name)
                            .concat(" failed and goes on: ")
                            .concat(error.toString()));
        } catch (Throwable e) {
            // no memory to say so
        }
        moment();
    }

    /** Waits until others have had the time to give memory back. */
    public static void moment() {
        LockSupport.parkNanos(MOMENT_NANOS);
    }

    /** Does it, again and again if there is no memory for it. For threads that may wait. */
    public static void insist(Runnable work) {
        for (; ; ) {
            try {
                work.run();
                return;
            } catch (OutOfMemoryError e) {
                moment();
            }
        }
    }
}
