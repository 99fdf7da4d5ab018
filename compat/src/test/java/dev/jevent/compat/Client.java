package dev.jevent.compat;

/** A library with a pool of 10 connections, as a program uses it. */
interface Client extends AutoCloseable {

    /** How many connections a pool has. */
    int POOL = 10;

    /**
     * Has a server say something, which takes it a time.
     *
     * @param id different in each call
     * @return the id as often as {@code times}, if the library is right
     */
    String ask(String id, int times, int millis) throws Exception;

    /** How many connections somebody has and did not give back. */
    default int taken() {
        return 0;
    }

    @Override
    void close();
}
