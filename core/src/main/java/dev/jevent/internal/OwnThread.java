package dev.jevent.internal;

/**
 * A platform thread of jevent's own, which serves others and by itself has nothing to tell a
 * greenlet: the watchdog, a stand-in, who writes a log. A hub that looks for somebody who may wake
 * it passes them over, and tells them by this class: a name can be anybody's. A daemon, unless it
 * is told otherwise. It inherits no {@code InheritableThreadLocal} and no context class loader: it
 * outlives who has made it.
 */
public class OwnThread extends Thread {

    /** Not started. */
    public OwnThread(String name, Runnable task) {
        this(name, 0, task);
    }

    /** With a stack of so many bytes; not started. */
    public OwnThread(String name, long stackSize, Runnable task) {
        super(null, task, name, stackSize, false);
        setDaemon(true);
    }

    /** Started. */
    public static OwnThread start(String name, Runnable task) {
        var thread = new OwnThread(name, task);
        thread.start();
        return thread;
    }
}
