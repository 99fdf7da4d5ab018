package dev.jevent.util;

import dev.jevent.internal.BlockedHub;
import dev.jevent.internal.Inspector;
import dev.jevent.internal.Monitoring;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Watches over all hubs of the program from a thread of its own: tells who holds a hub for too
 * long, tells when too much memory is in use, and calls functions of the user from time to time.
 *
 * <pre>{@code
 * Monitor.maxBlockingTime(Duration.ofMillis(200));
 * Monitor.onBlocked(b -> metrics.count("blocked", b.greenlet()));
 * Monitor.start();
 * }</pre>
 *
 * {@code -Djevent.monitor=MILLIS} starts it with that time as its {@code maxBlockingTime}, without
 * a change of the program; {@code -Djevent.monitor.print=false} as {@code printReports(false)}.
 *
 * <p>A hub is held if it has something to run and does not come round, because what it runs does
 * not give way, or because its root greenlet does something else than wait in jevent. Each such
 * time is told once, and once more when the hub goes on. Times are those of the machine's clock,
 * and known to half of {@code maxBlockingTime}, or to 50 ms if that is less. A greenlet that is
 * pinned to its thread while it waits holds nobody: its hub gets another thread. Follows gevent's
 * {@code PeriodicMonitoringThread}.
 *
 * <p>All methods may be called from any thread. Listeners and functions run on the monitor's
 * thread, one after another, and are not disturbed by hubs that stand still. What they throw is
 * printed, and they are called again. They can wake greenlets; but a hub in which nothing else can
 * happen does not wait for them to do so.
 */
public final class Monitor {

    private static final Duration SHORTEST_MEMORY_PERIOD = Duration.ofSeconds(2);
    private static final Monitoring MONITORING = Monitoring.get();
    private static final MemoryWatch MEMORY = new MemoryWatch(MemoryWatch::heapInUse);
    private static Duration memoryPeriod = Duration.ofSeconds(5); // guarded by this class

    /** What {@code onBlocked} and the like answer; closing it takes the listener back. */
    @FunctionalInterface
    public interface Subscription extends AutoCloseable {
        @Override
        void close();
    }

    private Monitor() {}

    /** Begins to watch, unless it does already. */
    public static void start() {
        MONITORING.start();
    }

    /** Stops to watch. Listeners and functions are kept for the next {@link #start}. */
    public static void stop() {
        MONITORING.stop();
    }

    /** Whether it watches. */
    public static boolean isRunning() {
        return MONITORING.isRunning();
    }

    // ---- hubs that are held

    /**
     * Sets how long a hub may be held before that is told; 100 ms at the start.
     *
     * @throws IllegalArgumentException if it is not longer than zero
     */
    public static void maxBlockingTime(Duration time) {
        MONITORING.maxBlockingNanos(positive(time));
    }

    /** How long a hub may be held before that is told. */
    public static Duration maxBlockingTime() {
        return Duration.ofNanos(MONITORING.maxBlockingNanos());
    }

    /** Whether what is told is printed too, to the standard error output; true at the start. */
    public static void printReports(boolean print) {
        MONITORING.reports(print);
    }

    /** Whether reports are printed. */
    public static boolean printReports() {
        return MONITORING.reports();
    }

    /** The listener is told when a hub is held for too long, while it still is. */
    public static Subscription onBlocked(Consumer<? super EventLoopBlocked> listener) {
        return subscribe(MONITORING.blockedListeners(), listener);
    }

    /** The listener is told when a hub that was told of goes on, with the whole time. */
    public static Subscription onUnblocked(Consumer<? super EventLoopBlocked> listener) {
        return subscribe(MONITORING.unblockedListeners(), listener);
    }

    private static Subscription subscribe(
            List<Consumer<BlockedHub>> listeners, Consumer<? super EventLoopBlocked> listener) {
        if (listener == null) {
            throw new NullPointerException("listener");
        }
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        Consumer<BlockedHub> translated =
                b -> Monitoring.within(loader, () -> listener.accept(event(b)));
        listeners.add(translated);
        return () -> listeners.remove(translated);
    }

    private static EventLoopBlocked event(BlockedHub b) {
        return new EventLoopBlocked(
                b.greenlet(), b.hub(), Duration.ofNanos(b.nanos()), b.thread(), b.stack());
    }

    /**
     * The calling greenlet may hold its hub as long as it likes, until it gives way the next time;
     * for work that is known to be long and cannot be elsewhere.
     */
    public static void ignoreCurrentGreenletBlocking() {
        Inspector.get().ignoreBlocking(true);
    }

    /** Takes {@link #ignoreCurrentGreenletBlocking} back; the time counts from now on. */
    public static void monitorCurrentGreenletBlocking() {
        Inspector.get().ignoreBlocking(false);
    }

    // ---- functions

    /**
     * Calls the function again and again while the monitor runs.
     *
     * @param period the time from one call to the next; less than 5 ms counts as that
     * @throws IllegalArgumentException if the period is not longer than zero
     */
    public static void addMonitoringFunction(Runnable function, Duration period) {
        if (function == null) {
            throw new NullPointerException("function");
        }
        long nanos = Math.max(Monitoring.MIN_PERIOD_NANOS, positive(period));
        removeMonitoringFunction(function);
        MONITORING.add(function, nanos);
    }

    /** Takes {@link #addMonitoringFunction} back. Whether it was there. */
    public static boolean removeMonitoringFunction(Runnable function) {
        return MONITORING.remove(function);
    }

    // ---- memory

    /**
     * Sets how much of the heap may be in use, before the listeners for that are told. What is
     * garbage and not collected yet counts as in use, so leave room for it.
     *
     * @param bytes zero for any
     * @throws IllegalArgumentException if it is negative
     */
    public static synchronized void maxMemoryUsage(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("negative memory: " + bytes + " bytes");
        }
        MEMORY.maxAllowed(bytes);
        watchMemory();
    }

    /** How much of the heap may be in use; zero for any. */
    public static long maxMemoryUsage() {
        return MEMORY.maxAllowed();
    }

    /**
     * Sets how often to look at the memory; every 5 s at the start. Less than 2 s counts as that.
     *
     * @throws IllegalArgumentException if it is not longer than zero
     */
    public static synchronized void memoryMonitorPeriod(Duration period) {
        positive(period);
        memoryPeriod =
                period.compareTo(SHORTEST_MEMORY_PERIOD) < 0 ? SHORTEST_MEMORY_PERIOD : period;
        watchMemory();
    }

    private static void watchMemory() {
        if (MEMORY.maxAllowed() > 0) {
            addMonitoringFunction(MEMORY, memoryPeriod);
        } else {
            removeMonitoringFunction(MEMORY);
        }
    }

    /** The listener is told when too much memory is in use, and again each time it is more. */
    public static Subscription onMemoryUsageThresholdExceeded(
            Consumer<? super MemoryUsageThresholdExceeded> listener) {
        return subscribeTo(MEMORY.exceeded, listener);
    }

    /** The listener is told when it was too much, and is not any more. */
    public static Subscription onMemoryUsageUnderThreshold(
            Consumer<? super MemoryUsageUnderThreshold> listener) {
        return subscribeTo(MEMORY.under, listener);
    }

    private static <E> Subscription subscribeTo(
            List<Consumer<? super E>> listeners, Consumer<? super E> listener) {
        if (listener == null) {
            throw new NullPointerException("listener");
        }
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    private static long positive(Duration time) {
        if (!time.isPositive()) {
            throw new IllegalArgumentException("not longer than zero: " + time);
        }
        try {
            return time.toNanos();
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE >> 1;
        }
    }
}
