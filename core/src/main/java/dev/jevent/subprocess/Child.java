package dev.jevent.subprocess;

import java.io.IOException;

/** A process that was started, whichever way. Any thread. */
abstract class Child {

    final Exit exit = new Exit();
    final boolean leadsGroup;

    Child(boolean leadsGroup) {
        this.leadsGroup = leadsGroup;
    }

    /** The JDK's view of it, which was taken before it could be collected. */
    abstract ProcessHandle handle();

    abstract long pid();

    /**
     * Sends a signal, unless it has ended.
     *
     * @return whether it was sent
     * @throws IOException if the system does not allow it
     */
    abstract boolean signal(int signal) throws IOException;

    /** Sends a signal to the group that it leads, or led; whether somebody was there. */
    abstract boolean signalGroup(int signal) throws IOException;

    /** Gives back what it holds of the system beyond its end. */
    void release() {}
}
