package dev.jevent.internal.loop;

import dev.jevent.internal.sys.Native;

import java.util.ArrayList;
import java.util.List;

/** A loop of plain callbacks, on the thread that makes it. */
final class TestLoop extends EventLoop {

    /** As an entry: run() returns. */
    static final Object LEAVE = new Object();

    final List<Throwable> failures = new ArrayList<>();
    boolean staysAlive;

    TestLoop() {
        super(newPoll(), Thread.currentThread());
    }

    static boolean isPortable() {
        return "jdk".equals(System.getProperty("jevent.poller")) || !Native.isAvailable();
    }

    private static Poll newPoll() {
        return isPortable()
                ? new ParkPoll()
                : new EpollPoll(java.util.concurrent.locks.LockSupport::unpark);
    }

    @Override
    protected boolean dispatch(Object entry) {
        if (entry == LEAVE) {
            return true;
        }
        call(entry, (Runnable) entry);
        return false;
    }

    @Override
    protected void arrived(Object entry) {
        push(entry);
    }

    @Override
    protected boolean lostTheLoop() {
        return false;
    }

    @Override
    protected boolean staysAlive() {
        return staysAlive;
    }

    @Override
    public void failed(Object context, Throwable error) {
        failures.add(error);
    }

    void later(Runnable callback) {
        push(callback);
    }
}
