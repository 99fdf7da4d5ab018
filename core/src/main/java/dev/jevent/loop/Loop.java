package dev.jevent.loop;

import dev.jevent.internal.HubAccess;
import dev.jevent.internal.loop.EpollPoll;
import dev.jevent.internal.loop.EventLoop;
import dev.jevent.internal.loop.FdHandler;
import dev.jevent.internal.loop.Phases.Phase;

import java.nio.channels.SelectableChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * The loop of a hub: what calls back when something happens. Follows {@code gevent.core.loop};
 * nearly every program gets along with greenlets and never needs it.
 *
 * <pre>{@code
 * Loop loop = Jevent.getHub().loop();
 * Timer tick = loop.timer(Duration.ZERO, Duration.ofSeconds(1));
 * tick.start(() -> System.out.println("tick"));
 * }</pre>
 *
 * Callbacks run on the hub's thread, between greenlets, and must not wait: they get a {@link
 * dev.jevent.BlockingSwitchOutError} if they try. What they throw goes to the hub's error handler.
 * A watcher that is started keeps the loop alive, unless its {@link Watcher#ref(boolean)} is false.
 *
 * <p>Watchers belong to the hub's thread: they are made, started and stopped by its greenlets, its
 * root and its callbacks. Other threads use {@link #runCallbackThreadsafe} and {@link Async#send}.
 */
public final class Loop {

    final EventLoop core;
    private final Set<Watcher> closeWithHub =
            Collections.newSetFromMap(new IdentityHashMap<>()); // hub's thread

    /** Hubs make it. */
    public Loop(EventLoop core) {
        this.core = core;
        core.onShutDown(() -> List.copyOf(closeWithHub).forEach(Watcher::stop));
    }

    /** How the loop waits: {@code epoll}, or {@code park} in the portable mode. */
    public String backend() {
        return core.poll().name();
    }

    /** The time of the loop's clock; only differences mean anything. */
    public Duration now() {
        return Duration.ofNanos(core.now());
    }

    /** How many things keep the loop alive: started watchers, sleeping greenlets and others. */
    public long activeCount() {
        return core.refs();
    }

    /** How many callbacks and greenlets wait for their turn. */
    public int pendingCount() {
        return core.queued();
    }

    /**
     * Runs it soon on the loop, after what is queued already.
     *
     * @throws IllegalStateException if called from another thread than the hub's, or if the hub was
     *     destroyed
     */
    public Callback runCallback(Runnable callback) {
        checkThread();
        var c = new Callback(core, callback);
        core.pushLast(c);
        return c;
    }

    /**
     * As {@link #runCallback}, from any thread; wakes the loop.
     *
     * @throws IllegalStateException if the hub was destroyed
     */
    public Callback runCallbackThreadsafe(Runnable callback) {
        checkAlive();
        var c = new Callback(core, callback);
        core.submit(c);
        return c;
    }

    /** A timer that fires once. */
    public Timer timer(Duration after) {
        return timer(after, Duration.ZERO);
    }

    /** A timer that fires again and again. */
    public Timer timer(Duration after, Duration repeat) {
        return new Timer(this, after, repeat);
    }

    /**
     * Watches a descriptor.
     *
     * @param events {@link Io#READ}, {@link Io#WRITE} or both
     * @throws UnsupportedOperationException in the portable mode, which knows no descriptors
     */
    public Io io(int fd, int events) {
        if (!(core.poll() instanceof EpollPoll poll)) {
            throw new UnsupportedOperationException(
                    "the portable mode has no descriptors; watch a channel instead");
        }
        return new FdIo(this, poll, fd, events);
    }

    /** Watches a channel, blocking or not. */
    public Io io(SelectableChannel channel, int events) {
        return core.poll() instanceof EpollPoll poll
                ? new FdIo(this, poll, channel, events)
                : new SelectorIo(this, channel, events);
    }

    /**
     * Says that a descriptor is about to be closed: its io watchers call back in the next turn, so
     * that they can be stopped.
     *
     * @return whether there are any; then it should be closed after they have called back
     */
    public boolean closingFd(int fd) {
        checkThread();
        boolean any = false;
        if (core.poll() instanceof EpollPoll poll) {
            for (FdHandler handler : poll.watchers(fd)) {
                ((FdIo) handler).closing();
                any = true;
            }
        }
        return any;
    }

    /** Lets other threads wake the loop. */
    public Async async() {
        return new Async(this);
    }

    /**
     * Watches for a signal to the process.
     *
     * @param name {@code "TERM"}, {@code "SIGTERM"} and so on
     * @throws IllegalArgumentException if there is no such signal, or the JVM or the system needs
     *     it for itself; some are found out only by {@link Watcher#start}
     */
    public Signal signal(String name) {
        return new Signal(this, name);
    }

    /** Watches for the end of a process, and learns its exit status. */
    public Child child(Process process) {
        return new Child(this, process);
    }

    /** Watches for the end of a process that something else has started. */
    public Child child(ProcessHandle process) {
        return new Child(this, process);
    }

    /**
     * Watches for changes of a file, which need not exist.
     *
     * @param interval how long to wait between two looks at it; zero for {@link
     *     Stat#DEFAULT_INTERVAL}
     */
    public Stat stat(Path path, Duration interval) {
        return new Stat(this, path, interval);
    }

    /**
     * Called whenever the loop has nothing else to do; as long as it is started, it never sleeps.
     */
    public Watcher idle() {
        return new PhaseWatcher(this, Phase.IDLE);
    }

    /** Called before each sleep of the loop. */
    public Watcher prepare() {
        return new PhaseWatcher(this, Phase.PREPARE);
    }

    /** Called after each sleep of the loop. */
    public Watcher check() {
        return new PhaseWatcher(this, Phase.CHECK);
    }

    /** The watcher holds something of the system's, and is stopped before the hub is destroyed. */
    void closesWithHub(Watcher watcher) {
        closeWithHub.add(watcher);
    }

    /** It holds nothing any more. */
    void closed(Watcher watcher) {
        closeWithHub.remove(watcher);
    }

    /** Checked and clamped, as in every wait. */
    static long nanos(Duration duration) {
        return HubAccess.get().nanos(duration);
    }

    boolean isShutDown() {
        return core.poll().isClosed();
    }

    private void checkAlive() {
        if (isShutDown()) {
            throw new IllegalStateException(
                    "the hub was destroyed: its loop has no timers, I/O or callbacks any more");
        }
    }

    void checkThread() {
        checkAlive();
        if (!core.inLoop()) {
            throw new IllegalStateException(
                    "this belongs to the hub's thread; other threads use runCallbackThreadsafe");
        }
    }
}
