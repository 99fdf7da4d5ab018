package dev.jevent.contract;

/**
 * One public call that may find what it wants at once, so that who makes it again and again need
 * never wait.
 *
 * @param name what a report calls it
 * @param kind what it does about the others
 * @param opening makes what is called, so that it always is ready
 */
record ReadyCall(String name, Kind kind, Opening opening) {

    enum Kind {
        /** It deals with the world outside of the program: it gives way now and then. */
        OUTSIDE,
        /**
         * It deals with greenlets only, in memory: as long as it need not wait nobody else runs, so
         * that nobody touches the data of who calls. So does gevent.
         */
        INSIDE,
        /** It lets the others run each time, by what it is. */
        SWITCHES
    }

    interface Opening {
        Instance open() throws Exception;
    }

    /** What is called; closed at the end. */
    interface Instance {
        void call() throws Exception;

        default void close() throws Exception {}
    }

    @Override
    public String toString() {
        return name;
    }
}
