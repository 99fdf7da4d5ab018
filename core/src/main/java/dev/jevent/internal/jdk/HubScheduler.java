package dev.jevent.internal.jdk;

import java.util.concurrent.Delayed;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * What a virtual thread sees of its hub. The JDK gives a timed wait to the scheduler if that is a
 * {@code ForkJoinPool}, and to a helper thread otherwise; so this is one, of which only these two
 * methods are ever used.
 */
public abstract class HubScheduler extends ForkJoinPool {

    /** Set on the hub's thread while it starts a thread whose first piece it runs itself. */
    protected boolean swallow;

    /** A scheduler that starts no thread. */
    protected HubScheduler() {
        super(1);
    }

    /** Takes over the next piece of a virtual thread. Any thread; never blocks. */
    @Override
    public abstract void execute(Runnable piece);

    /** Takes over the end of a timed wait. */
    @Override
    public abstract ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit);

    /** The part of {@code ScheduledFuture} that the JDK uses: {@code cancel}. */
    public abstract static class TimedWait implements ScheduledFuture<Object> {

        /** For subclasses. */
        protected TimedWait() {}

        @Override
        public abstract boolean cancel(boolean mayInterruptIfRunning);

        @Override
        public long getDelay(TimeUnit unit) {
            return 0;
        }

        @Override
        public int compareTo(Delayed other) {
            return Integer.compare(hashCode(), other.hashCode());
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public boolean isDone() {
            return false;
        }

        @Override
        public Object get() {
            throw new UnsupportedOperationException("a timed wait has no result");
        }

        @Override
        public Object get(long timeout, TimeUnit unit) {
            throw new UnsupportedOperationException("a timed wait has no result");
        }
    }
}
