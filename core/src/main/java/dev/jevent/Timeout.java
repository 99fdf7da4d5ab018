package dev.jevent;

import dev.jevent.internal.StackRoom;
import dev.jevent.internal.loop.TimerEntry;

import java.time.Duration;
import java.util.concurrent.Callable;

/**
 * Thrown into the greenlet that started it when its time is over, whatever that greenlet waits in:
 * jevent's own calls, JDK sockets, channels and selectors, JDK locks, queues and sleeps. Follows
 * {@code gevent.Timeout}.
 *
 * <pre>{@code
 * try (Timeout t = Timeout.start(Duration.ofSeconds(5))) {
 *     socket.getInputStream().read();
 * } catch (Timeout t) {
 *     // 5 seconds are over
 * }
 * }</pre>
 *
 * Timeouts nest: each throws itself, and who catches one that is not his own throws it on; they are
 * told apart by identity. It is no {@code Exception}, so that {@code catch (Exception e)} does not
 * swallow it.
 *
 * <p>In two places it arrives as something else at first, so that code which does not know it
 * cleans up: in a lock, queue or sleep <i>of the JDK</i> as {@code InterruptedException}, and in a
 * stream socket of a library (one of {@code java.net}, a {@code SocketChannel}, one of {@link
 * dev.jevent.socket.Sockets#socket()}) as an {@code IOException} that has it as its cause; that
 * socket is closed, for nobody knows what was half read or written on it. {@link
 * Jevent#withTimeout}, {@link #call} and the greenlet's end throw the timeout itself in any case,
 * and so does the next wait of a task that has swallowed the exception. A {@code try} block as
 * above ends with that exception, and has the timeout as a {@linkplain Throwable#getSuppressed()
 * suppressed} one.
 *
 * <p>A timeout belongs to the thread that starts it. Without a hub it works too, for jevent's own
 * calls.
 */
public final class Timeout extends Error implements AutoCloseable {

    private static final long serialVersionUID = 1;

    private final transient Duration duration;
    private final transient Throwable instead;
    private transient Parker target; // while it runs
    private transient long since; // which shields it passes
    private transient Alarm alarm;
    private transient boolean lasting; // thrown from every wait, until it is cancelled
    private boolean thrown;

    /** A timeout that is not started. */
    public Timeout(Duration duration) {
        this(duration, null);
    }

    /**
     * A timeout that is not started.
     *
     * @param duration when it is thrown, counted from its start; null means never
     * @param instead what is thrown instead of the timeout itself; null for the timeout
     * @throws IllegalArgumentException if the duration is negative
     */
    public Timeout(Duration duration, Throwable instead) {
        this(duration, instead, null);
    }

    private Timeout(Duration duration, Throwable instead, Throwable cause) {
        super(null, cause, true, true);
        if (duration != null && duration.isNegative()) {
            throw new IllegalArgumentException("negative duration: " + duration);
        }
        this.duration = duration;
        this.instead = instead;
    }

    /** Starts a timeout for the calling greenlet; close it. */
    public static Timeout start(Duration duration) {
        var timeout = new Timeout(duration);
        timeout.start();
        return timeout;
    }

    /** As {@link #start(Duration)}; something else is thrown. */
    public static Timeout start(Duration duration, Throwable instead) {
        var timeout = new Timeout(duration, instead);
        timeout.start();
        return timeout;
    }

    /**
     * Starts it for the calling greenlet.
     *
     * @throws IllegalStateException if it is running
     */
    public void start() {
        if (pending()) {
            throw new IllegalStateException(this + " is already started");
        }
        StackRoom.operation();
        thrown = false;
        target = Parker.current();
        if (duration == null) {
            return;
        }
        long nanos = Jevent.nanos(duration);
        if (target instanceof Threads.ThreadParker && !Thread.currentThread().isVirtual()) {
            target = Hub.get().root(); // this thread needs a hub now
        }
        since = target.since();
        alarm = target instanceof RawGreenlet g ? new HubAlarm(this, g.hub) : new ThreadAlarm(this);
        alarm.start(nanos);
        if (target instanceof Root root) {
            root.timeouts++; // the watchdog looks after it
        }
    }

    /** Whether it is started and neither over nor cancelled. */
    public boolean pending() {
        return alarm != null && alarm.isActive();
    }

    /** When it is thrown, counted from its start; null means never. */
    public Duration duration() {
        return duration;
    }

    /** What is thrown when the time is over: the timeout itself, unless it was given another. */
    public Throwable thrown() {
        return instead != null ? instead : this;
    }

    /**
     * Stops it. After that it is not thrown any more, even if its time was over a moment ago. It
     * can be started again.
     */
    public void cancel() {
        if (alarm != null) {
            StackRoom.section();
            alarm.stop();
            alarm = null;
            if (target instanceof Root root) {
                root.timeouts--;
            }
            if (thrown) {
                thrown = false;
                target.revoke(thrown());
            }
        }
    }

    /** As {@link #cancel}. */
    @Override
    public void close() {
        Parker t = target;
        if (t != null && t.wasTold(thrown())) {
            // an exception is under way, or was swallowed, that stands for this
            cancel();
            throw Parker.<RuntimeException>sneaky(thrown() == this ? traceHere() : thrown());
        }
        cancel();
    }

    private void over() {
        thrown = true;
        target.throwLater(thrown(), since, lasting);
    }

    /** Whether it was thrown, or is to be, into the one who started it and has not cancelled it. */
    boolean isOver() {
        return alarm != null && thrown || getCause() instanceof Timeout first && first.isOver();
    }

    /** Its stack trace is where the time was over, not where it was started. */
    Timeout traceHere() {
        super.fillInStackTrace();
        return this;
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized")
    public Throwable fillInStackTrace() {
        return this; // most are never thrown
    }

    @Override
    public String getMessage() {
        return duration == null ? "never" : text(duration);
    }

    private static String text(Duration d) {
        return d.toString().substring(2).toLowerCase(java.util.Locale.ROOT) + " are over";
    }

    // ---- scopes

    static <T> T call(Duration duration, Callable<T> task) throws Exception {
        var timeout = new Timeout(duration);
        return timeout.call(task);
    }

    /**
     * Starts it, does the task and cancels it: what takes a {@code Timeout} as its timeout in
     * gevent, is called in here. Unlike a {@code try} block it throws this timeout in any case in
     * which that has struck, also where it has arrived as an InterruptedException or as the
     * IOException of a closed socket, or was swallowed.
     *
     * @return what the task returns
     */
    public <T> T call(Callable<T> task) throws Exception {
        start();
        T result = null;
        Throwable failure = null;
        try {
            result = task.call();
        } catch (Throwable e) {
            failure = e;
        }
        failure = translate(failure);
        cancel();
        if (failure != null) {
            throw Parker.<RuntimeException>sneaky(failure);
        }
        return result;
    }

    /**
     * If this was delivered as an interrupt or as the IOException of a closed socket: this, instead
     * of what came of that. A kill or timeout from outside goes before it.
     *
     * @param failure what the task has thrown; null if it has returned
     */
    Throwable translate(Throwable failure) {
        Throwable mine = thrown();
        if (failure == mine
                || !target.wasEverTold(mine)
                || failure instanceof GreenletExit
                || failure instanceof Timeout t && t.isOver()) {
            return failure;
        }
        if (mine == this) {
            traceHere();
        }
        if (failure != null) {
            mine.addSuppressed(failure);
        }
        return mine;
    }

    /** Has it thrown from every wait until it is cancelled. Before it is started. */
    Timeout lasting() {
        lasting = true;
        return this;
    }

    /** The same once more, for one more wait. */
    Timeout again() {
        return new Timeout(duration, null, this).traceHere();
    }

    /** As {@link #call}, for a task without a result. */
    public void run(Action task) throws Exception {
        call(Greenlet.callable(task));
    }

    // ---- what waits for the time

    private interface Alarm {
        void start(long nanos);

        void stop();

        boolean isActive();
    }

    private static final class HubAlarm extends TimerEntry implements Alarm {
        private final Timeout timeout;
        private final Hub hub;

        HubAlarm(Timeout timeout, Hub hub) {
            super(true);
            this.timeout = timeout;
            this.hub = hub;
        }

        @Override
        public void start(long nanos) {
            hub.onLoop(() -> hub.core.start(this, nanos));
        }

        @Override
        public void stop() {
            hub.onLoop(() -> hub.core.stop(this));
        }

        @Override
        protected void due() {
            if (timeout.alarm == this) { // else cancelled by one who runs beside the loop
                timeout.over();
            }
        }

        @Override
        protected boolean isDueAgain() {
            return timeout.alarm == this;
        }
    }

    private static final class ThreadAlarm implements Alarm {
        private final Timeout timeout;
        private volatile java.util.concurrent.ScheduledFuture<?> future;
        private boolean stopped; // guarded by this

        ThreadAlarm(Timeout timeout) {
            this.timeout = timeout;
        }

        @Override
        public void start(long nanos) {
            future = Alarms.after(nanos, this::due);
        }

        // under the lock: when stop() returns, it is thrown already or never
        private synchronized void due() {
            if (!stopped) {
                timeout.over();
            }
        }

        @Override
        public void stop() {
            synchronized (this) {
                stopped = true;
            }
            future.cancel(false);
        }

        @Override
        public boolean isActive() {
            return !future.isDone();
        }
    }
}
