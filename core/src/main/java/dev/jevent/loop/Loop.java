package dev.jevent.loop;

import dev.jevent.internal.loop.EpollPoll;
import dev.jevent.internal.loop.EventLoop;
import dev.jevent.internal.loop.Phases.Phase;

import java.nio.channels.SelectableChannel;
import java.time.Duration;

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

    /** Hubs make it. */
    public Loop(EventLoop core) {
        this.core = core;
    }

    /** How the loop waits: {@code epoll}, or {@code park} in the portable mode. */
    public String backend() {
        return core.poll().name();
    }

    /** The time of the loop's clock; only differences mean anything. */
    public Duration now() {
        return Duration.ofNanos(core.now());
    }

    /** Runs it soon on the loop, after what is queued already. */
    public Callback runCallback(Runnable callback) {
        checkThread();
        var c = new Callback(core, callback);
        core.push(c);
        return c;
    }

    /** As {@link #runCallback}, from any thread; wakes the loop. */
    public Callback runCallbackThreadsafe(Runnable callback) {
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

    /** Lets other threads wake the loop. */
    public Async async() {
        return new Async(this);
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

    void checkThread() {
        if (!core.inLoop()) {
            throw new IllegalStateException(
                    "this belongs to the hub's thread; other threads use runCallbackThreadsafe");
        }
    }
}
