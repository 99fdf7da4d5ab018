package dev.jevent;

import dev.jevent.internal.CallerAccess;
import dev.jevent.internal.Locals;
import dev.jevent.internal.jdk.Jdk;

import org.jspecify.annotations.Nullable;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Socket;
import java.nio.channels.SelectableChannel;
import java.time.Duration;
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
        if (who instanceof Root root && root.thread() == thread) {
            root.ownTheLoop();
        }
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
    public void throwInto(Object target, Throwable error, long since, boolean lasting) {
        ((Parker) target).throwLater(error, since, lasting);
    }

    @Override
    public Throwable closedFor(Throwable e, Closeable socket) {
        Parker me = Parker.current();
        boolean interrupted = e instanceof Interrupted;
        if (!interrupted && !me.wasTaken(e) || me.keepsOpen()) {
            return e;
        }
        try {
            socket.close();
        } catch (IOException failure) {
            e.addSuppressed(failure);
        }
        if (interrupted) {
            Thread.currentThread().interrupt(); // as the JDK's sockets leave it
        } else if (!me.tellInstead(e)) {
            return e;
        }
        var closed = new InterruptedIOException(Interruptions.closedFor(e));
        closed.initCause(e);
        return closed;
    }

    @Override
    public boolean wasTold(Object caller, Throwable error) {
        return ((Parker) caller).wasTold(error);
    }

    @Override
    public boolean wasEverTold(Object caller, Throwable error) {
        return ((Parker) caller).wasEverTold(error);
    }

    @Override
    public boolean isSame(@Nullable Throwable error, Throwable one) {
        return GreenletExit.isSame(error, one);
    }

    @Override
    public boolean revoke(Object caller, Throwable error) {
        return ((Parker) caller).revoke(error);
    }

    @Override
    public boolean standsFor(Object caller, @Nullable Throwable exception, Throwable error) {
        return GreenletExit.isSame(exception, error)
                || wasEverTold(caller, error) && (exception == null || comesOf(exception, error));
    }

    @Override
    public boolean comesOf(Throwable exception, Throwable error) {
        return Interruptions.comesOf(exception, error);
    }

    @Override
    public boolean isCommand(@Nullable Throwable e) {
        return e instanceof GreenletExit || e instanceof Timeout t && t.isOver();
    }

    @Override
    public @Nullable Throwable translated(@Nullable Throwable exception, Timeout timeout) {
        if (exception != null && exception != timeout && isSame(exception, timeout)) {
            for (Throwable s : exception.getSuppressed()) {
                timeout.addSuppressed(s);
            }
            return timeout;
        }
        return timeout.translate(exception);
    }

    @Override
    public Timeout lastingTimeout(Duration duration) {
        return new Timeout(duration).lasting();
    }

    @Override
    public <T> T cleaningUp(Callable<T> task) throws Exception {
        Pending p = Parker.current().pending();
        p.cleaning++;
        try {
            return task.call();
        } finally {
            p.cleaning--;
        }
    }

    @Override
    public <T> T keepingOpen(Callable<T> task) throws Exception {
        Pending p = Parker.current().pending();
        p.keepingOpen++;
        try {
            return task.call();
        } finally {
            p.keepingOpen--;
        }
    }

    @Override
    public boolean keepOpen(Socket socket) {
        return KeptOpen.add(socket);
    }

    @Override
    public boolean keepOpen(SelectableChannel channel) {
        return KeptOpen.add(channel);
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
    public List<RawGreenlet> aboutLiving(Hub hub) {
        return hub.living.about();
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
