package dev.jevent;

import dev.jevent.internal.CallerAccess;
import dev.jevent.internal.Locals;
import dev.jevent.internal.jdk.Jdk;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.concurrent.Callable;

/** The back door of greenlets and other callers, for the packages above. */
final class CallerDoor extends CallerAccess {

    static {
        install(new CallerDoor());
    }

    // of threads that are no greenlets; a root's are known to the root as well, for reports
    private static final ThreadLocal<Locals> OF_THREAD = new ThreadLocal<>();

    private CallerDoor() {}

    @Override
    public Object caller() {
        return Parker.current();
    }

    @Override
    public boolean isCaller(Object who) {
        Thread thread = Thread.currentThread();
        Object greenlet = Jdk.get().greenlet(thread);
        return greenlet == who
                || greenlet == null
                        && who instanceof Root root
                        && root.thread() == thread
                        && !root.hub.core.isRunning(); // else it is a callback of the loop
    }

    @Override
    public void ownTheLoop(Object caller) {
        if (caller instanceof RawGreenlet g) {
            g.ownTheLoop();
        }
    }

    @Override
    public void onLoop(Hub hub, Runnable action) {
        hub.onLoop(action);
    }

    @Override
    public long since(Object caller) {
        return ((Parker) caller).since();
    }

    @Override
    public void throwInto(Object target, Throwable error, long since) {
        ((Parker) target).cutBy(error);
        ((Parker) target).throwLater(error, since);
    }

    @Override
    public boolean revoke(Object caller, Throwable error) {
        return ((Parker) caller).revoke(error);
    }

    @Override
    public boolean standsFor(Object caller, Throwable exception, Throwable error) {
        return error != null
                && interruptCause(caller) == error
                && Interruptions.isInterruption(exception);
    }

    @Override
    public @Nullable Throwable translated(
            Object caller, @Nullable Throwable exception, Timeout timeout) {
        if (exception == null || !standsFor(caller, exception, timeout)) {
            return exception;
        }
        timeout.traceHere().addSuppressed(exception);
        return timeout;
    }

    @Override
    public @Nullable Throwable interruptCause(Object caller) {
        return ((Parker) caller).interruptCause();
    }

    @Override
    public boolean isInterruption(Throwable error) {
        return Interruptions.isInterruption(error);
    }

    @Override
    public boolean isOver(Timeout timeout) {
        return timeout.isOver();
    }

    @Override
    public <T> T shielded(Callable<T> task) throws Exception {
        Parker me = Parker.current();
        me.putUpShield();
        try {
            return task.call();
        } finally {
            me.takeDownShield();
        }
    }

    @Override
    public <T> Greenlet<T> newOwned(Hub hub, Callable<T> task, Owner owner) {
        return new OwnedGreenlet<>(hub, task, owner);
    }

    @Override
    public void report(Hub hub, Object context, Throwable error) {
        hub.handleError(context, error);
    }

    @Override
    public List<RawGreenlet> living(Hub hub) {
        return hub.living.all();
    }

    @Override
    public int queued(Hub hub) {
        return hub.core.queued();
    }

    // ---- locals

    @Override
    public @Nullable Locals locals() {
        RawGreenlet g = greenlet();
        return g == null ? OF_THREAD.get() : g.locals;
    }

    @Override
    public Locals makeLocals() {
        RawGreenlet g = greenlet();
        if (g != null) {
            if (g.locals == null) {
                g.locals = new Locals();
            }
            return g.locals;
        }
        Locals locals = OF_THREAD.get();
        if (locals == null) {
            locals = new Locals();
            OF_THREAD.set(locals);
            Hub hub = Hub.ofThread();
            if (hub != null && hub.owner() == Thread.currentThread()) {
                hub.root().locals = locals;
            }
        }
        return locals;
    }

    /** The locals of a thread that becomes a root; null if it has none. */
    static @Nullable Locals ofThread() {
        return OF_THREAD.get();
    }

    /** The caller, if it is a greenlet and no root; null in a JVM that is closed to jevent. */
    private static @Nullable RawGreenlet greenlet() {
        if (Parker.JDK == null) {
            return null;
        }
        Thread thread = Thread.currentThread();
        if (Parker.JDK.greenlet(thread) instanceof RawGreenlet g) {
            return g;
        }
        // one that the JDK has started on a hub becomes a greenlet now rather than later
        return thread.isVirtual() && Parker.current() instanceof RawGreenlet g ? g : null;
    }

    @Override
    public @Nullable Locals localsOf(RawGreenlet greenlet) {
        return greenlet.locals;
    }
}
