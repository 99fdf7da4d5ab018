package dev.jevent.internal;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * What is done about what the watchdog sees, and what else is to be done from time to time. On a
 * daemon thread of its own: the watchdog rescues hubs, and must not wait for anybody's code nor for
 * the standard error output.
 *
 * <p>All methods may be called from any thread.
 */
public final class Monitoring {

    /** The shortest period, as in gevent. */
    public static final long MIN_PERIOD_NANOS = 5_000_000;

    private static final long DEFAULT_BLOCKING_NANOS = 100_000_000;
    private static final Monitoring INSTANCE = new Monitoring();

    private static final class Periodic {
        final Runnable function;
        final ClassLoader loader = Thread.currentThread().getContextClassLoader();
        final long period;
        long due; // monitor thread

        Periodic(Runnable function, long period, long now) {
            this.function = function;
            this.period = period;
            this.due = now + period;
        }
    }

    // of the thread that runs now, or the last: each has its own, and none takes what is another's
    private volatile LinkedBlockingQueue<Runnable> news = new LinkedBlockingQueue<>();
    private final List<Periodic> functions = new CopyOnWriteArrayList<>();
    private final List<Consumer<BlockedHub>> blocked = new CopyOnWriteArrayList<>();
    private final List<Consumer<BlockedHub>> unblocked = new CopyOnWriteArrayList<>();
    private volatile long maxBlockingNanos = DEFAULT_BLOCKING_NANOS;
    private volatile boolean reports = Settings.monitorPrints();
    private volatile Thread thread; // written under this lock

    private Monitoring() {}

    /** The one and only. */
    public static Monitoring get() {
        return INSTANCE;
    }

    /** Begins, unless it has. */
    public synchronized void start() {
        if (thread == null) {
            long now = System.nanoTime();
            for (Periodic p : functions) {
                p.due = now + p.period;
            }
            var mine = new LinkedBlockingQueue<Runnable>();
            news = mine;
            thread = new OwnThread("jevent-monitor", () -> run(mine));
            thread.start();
        }
    }

    /** Ends; what is just being told is told to its end. */
    public synchronized void stop() {
        thread = null;
        news.add(() -> {}); // it looks again
    }

    /** Whether it was started and not stopped. */
    public boolean isRunning() {
        return thread != null;
    }

    /** How long a hub may be held before it is reported. */
    public long maxBlockingNanos() {
        return maxBlockingNanos;
    }

    /** Sets it. */
    public void maxBlockingNanos(long nanos) {
        maxBlockingNanos = nanos;
    }

    /** Whether reports are printed. */
    public boolean reports() {
        return reports;
    }

    /** Sets it. */
    public void reports(boolean print) {
        reports = print;
    }

    /** Is told when a hub is blocked; removed from the list by who added it. */
    public List<Consumer<BlockedHub>> blockedListeners() {
        return blocked;
    }

    /** Is told when it is not any more. */
    public List<Consumer<BlockedHub>> unblockedListeners() {
        return unblocked;
    }

    /** Calls the function again and again. */
    public void add(Runnable function, long periodNanos) {
        functions.add(new Periodic(function, periodNanos, System.nanoTime()));
        news.add(() -> {}); // its time may come before that of the others
    }

    /** Takes {@link #add} back. Whether it was there. */
    public boolean remove(Runnable function) {
        return functions.removeIf(p -> p.function == function);
    }

    // ---- from the watchdog; never blocks

    /** A hub is blocked. */
    public void blocked(BlockedHub b) {
        tell(
                () -> {
                    if (reports) {
                        System.err.println(report(b));
                    }
                    tell(blocked, b);
                });
    }

    /** It goes on. */
    public void unblocked(BlockedHub b) {
        tell(
                () -> {
                    if (reports) {
                        System.err.println("jevent: " + b.hub() + " goes on after " + millis(b));
                    }
                    tell(unblocked, b);
                });
    }

    private void tell(Runnable what) {
        if (isRunning()) {
            news.add(what);
        }
    }

    private static String report(BlockedHub b) {
        var text = new StringBuilder();
        text.append("jevent: ").append(b.hub()).append(" is blocked for ").append(millis(b));
        text.append(" by ").append(b.who());
        for (StackTraceElement frame : Frames.fold(b.stack().toArray(StackTraceElement[]::new))) {
            text.append(System.lineSeparator()).append("    at ").append(Frames.text(frame));
        }
        return text.toString();
    }

    private static String millis(BlockedHub b) {
        return Duration.ofNanos(b.nanos()).toMillis() + " ms";
    }

    // ---- the thread

    private void run(LinkedBlockingQueue<Runnable> mine) {
        Thread me = Thread.currentThread();
        while (thread == me) {
            try {
                Runnable what = mine.poll(untilNext(), TimeUnit.NANOSECONDS);
                if (thread == me) {
                    if (what != null) {
                        what.run();
                    }
                    runDue();
                }
            } catch (InterruptedException e) {
                // nobody has a reason to; it goes on, stop() ends it
            } catch (RuntimeException | Error e) {
                Enduring.failed(e);
            }
        }
    }

    private long untilNext() {
        long now = System.nanoTime();
        long next = TimeUnit.HOURS.toNanos(1);
        for (Periodic p : functions) {
            next = Math.min(next, p.due - now);
        }
        return Math.max(next, 0);
    }

    private void runDue() {
        for (Periodic p : functions) {
            long now = System.nanoTime();
            if (p.due - now <= 0) {
                p.due = now + p.period;
                within(p.loader, () -> call("the monitoring function " + p.function, p.function));
            }
        }
    }

    private static void tell(List<Consumer<BlockedHub>> listeners, BlockedHub b) {
        for (Consumer<BlockedHub> listener : listeners) {
            call("a listener of the monitor", () -> listener.accept(b));
        }
    }

    /** Runs it with the context class loader of who has asked for it. On the monitor's thread. */
    public static void within(ClassLoader loader, Runnable code) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            code.run();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** Calls the user's code; an error is printed and goes no further. */
    public static void call(String what, Runnable code) {
        try {
            code.run();
        } catch (Throwable e) {
            tellOf(what, e);
        }
    }

    private static void tellOf(String what, Throwable error) {
        try {
            System.err.println("jevent: " + what + " failed, and is called again: " + error);
        } catch (Throwable e) {
            Enduring.failed(error); // less to say needs less memory
        }
    }
}
