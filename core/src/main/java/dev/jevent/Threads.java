package dev.jevent;

import dev.jevent.internal.jdk.Jdk;

import java.util.concurrent.locks.LockSupport;

/** The ones who wait and are not greenlets yet, or never will be. */
final class Threads {

    /** A thread that has no hub: it waits as any Java thread does. */
    static final class ThreadParker extends Parker {
        private final Thread thread;
        private final Pending pending = Pending.ofThread();

        ThreadParker(Thread thread) {
            this.thread = thread;
        }

        @Override
        void park() {
            LockSupport.park(this);
            pending.hasParked = true;
        }

        @Override
        void parkUntil(long end) {
            LockSupport.parkNanos(this, end - System.nanoTime());
            pending.hasParked = true;
        }

        @Override
        void yieldNow() {
            Thread.yield();
        }

        @Override
        long nanoTime() {
            return System.nanoTime();
        }

        @Override
        void unpark() {
            LockSupport.unpark(thread);
        }

        @Override
        Throwable takePending() {
            Throwable p = pending.poll();
            if (p == null && !pending.isEmpty()) {
                LockSupport.unpark(thread); // what lasts is thrown from the wait that begins
            }
            return p == null && Thread.interrupted() ? pending.interruption() : p;
        }

        @Override
        void putBack(Throwable error) {
            pending.putBack(error);
        }

        @Override
        void throwLater(Throwable error, long since, boolean lasting) {
            pending.add(error, since, lasting);
            LockSupport.unpark(thread);
        }

        @Override
        boolean revoke(Throwable error) {
            return pending.remove(error);
        }

        @Override
        long since() {
            return pending.since();
        }

        @Override
        void putUpShield() {
            pending.putUp();
        }

        @Override
        void takeDownShield() {
            pending.takeDown();
        }

        @Override
        Pending known() {
            return pending;
        }

        @Override
        Pending pending() {
            return pending;
        }

        @Override
        public String toString() {
            return thread.toString();
        }
    }

    private static final ThreadLocal<ThreadParker> PARKERS =
            ThreadLocal.withInitial(() -> new ThreadParker(Thread.currentThread()));

    private Threads() {}

    /** The parker of a thread that no greenlet is tied to. */
    static Parker find(Thread thread) {
        if (thread.isVirtual()) {
            Hub.Scheduler scheduler = schedulerOf(thread);
            if (scheduler == null) {
                return PARKERS.get();
            }
            var adopted = new RawGreenlet(scheduler.hub);
            adopted.adopt(thread);
            return adopted;
        }
        Hub hub = Hub.ofThread();
        if (hub == null) {
            return PARKERS.get();
        }
        if (hub.isLent && thread == hub.owner()) {
            hub.root().ownTheLoop();
        }
        if (hub.core.isRunning() && hub.core.runner() == thread) {
            throw new BlockingSwitchOutError();
        }
        return hub.root();
    }

    private static Hub.Scheduler schedulerOf(Thread thread) {
        return Jdk.get().scheduler(thread) instanceof Hub.Scheduler s ? s : null;
    }
}
