package dev.jevent.internal;

import dev.jevent.Greenlet;
import dev.jevent.Hub;
import dev.jevent.RawGreenlet;
import dev.jevent.Timeout;

import org.jspecify.annotations.Nullable;

import java.io.Closeable;
import java.net.Socket;
import java.nio.channels.SelectableChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * What scopes, locals and the shutdown need of the one who calls, be it a greenlet, a root or any
 * other thread, and users do not. A <i>caller</i> is the object that stands for one of those.
 */
public abstract class CallerAccess {

    private static volatile CallerAccess installed;

    private static final class Holder {
        static final CallerAccess ACCESS = load();

        private static CallerAccess load() {
            try {
                Class.forName("dev.jevent.CallerDoor");
            } catch (ClassNotFoundException e) {
                throw new AssertionError(e);
            }
            return installed;
        }
    }

    /** Is told of the end of a greenlet, and of its failure instead of the error handler. */
    public interface Owner {
        /**
         * It has ended. On its thread or the loop's; must not wait.
         *
         * @param error what it failed with; null if it succeeded or was killed
         */
        void ended(@Nullable Throwable error);
    }

    /** The door makes it. */
    protected CallerAccess() {}

    /** The one and only. */
    public static CallerAccess get() {
        return Holder.ACCESS;
    }

    /** Called once. */
    public static void install(CallerAccess access) {
        installed = access;
    }

    /** The one that calls. */
    public abstract Object caller();

    /** Whether the greenlet or root is the one that calls; asks nothing of the thread. */
    public abstract boolean isCaller(Object who);

    /** Goes on only when it runs on the loop of its hub, and nothing of that beside it. */
    public abstract void ownTheLoop(Object caller);

    /** Runs it on the hub's loop: now, if that is here, or soon. Any thread. */
    public abstract void onLoop(Hub hub, Runnable action);

    /** For {@link #throwInto}: tells what begins now from what began earlier. Own thread. */
    public abstract long since(Object caller);

    /**
     * Throws it from where the target waits or will wait. Any thread.
     *
     * @param since zero for what comes from outside; or it passes the shields put up before that
     * @param lasting from every wait, until it is taken back or the greenlet ends
     */
    public abstract void throwInto(Object target, Throwable error, long since, boolean lasting);

    /**
     * How a wait in a socket of a library's ends. If it was a kill, a timeout or an interrupt the
     * socket is closed, for nobody knows what was half read or written on it; and if that is
     * delivered for the first time, it is told by an InterruptedIOException, whose cause it is, so
     * that the library throws the connection away. It stays pending.
     *
     * @param e what the wait has thrown
     * @param socket is closed without a wait
     * @return what is to be thrown
     */
    public abstract Throwable closedFor(Throwable e, Closeable socket);

    /**
     * The socket of java.net is no library's: it stays open.
     *
     * @return false if it has no descriptor of its own
     */
    public abstract boolean keepOpen(Socket socket);

    /** The same for a channel. */
    public abstract boolean keepOpen(SelectableChannel channel);

    /** Whether it was delivered as something else, and not thrown as itself since. Own thread. */
    public abstract boolean wasTold(Object caller, Throwable error);

    /** The same, but it may have been thrown as itself since. Own thread. */
    public abstract boolean wasEverTold(Object caller, Throwable error);

    /** Whether the error is the one that was thrown, or that once more. */
    public abstract boolean isSame(@Nullable Throwable error, Throwable one);

    /** Takes it back; whether it was neither thrown nor told yet. Own thread. */
    public abstract boolean revoke(Object caller, Throwable error);

    /**
     * Whether the caller was ended by the error: it throws that, or what it throws (null if it has
     * returned) came of that. Own thread.
     */
    public abstract boolean standsFor(
            Object caller, @Nullable Throwable exception, Throwable error);

    /** Whether an exception tells of the error, in other words or as its cause. */
    public abstract boolean comesOf(Throwable exception, Throwable error);

    /** Whether somebody outside wants the caller to leave: a kill, or a timeout that is over. */
    public abstract boolean isCommand(@Nullable Throwable error);

    /** The timeout, if the exception stands for it as above; else the exception. Own thread. */
    public abstract @Nullable Throwable translated(@Nullable Throwable exception, Timeout timeout);

    /** One that is thrown from every wait until it is cancelled; not started. */
    public abstract Timeout lastingTimeout(Duration duration);

    /**
     * Calls what cleans up and may wait for a while: a cancellation that lasts and was thrown into
     * the caller already does not end it, as one that is thrown once would not. Anything new does.
     */
    public abstract <T> T cleaningUp(Callable<T> task) throws Exception;

    /** As {@link #cleaningUp(Callable)}, for what throws nothing that is checked. */
    public final void cleanUp(Runnable task) {
        try {
            boolean ignored =
                    cleaningUp(
                            () -> {
                                task.run();
                                return true;
                            });
        } catch (Exception e) {
            throw CallerAccess.<RuntimeException>sneaky(e);
        }
    }

    /** Calls it in a block that keeps the sockets of libraries open. */
    public abstract <T> T keepingOpen(Callable<T> task) throws Exception;

    /** Whether it tells of an interrupt of the thread. */
    public abstract boolean isInterruption(Throwable error);

    /** Whether it was started, is over, and has not been cancelled. */
    public abstract boolean isOver(Timeout timeout);

    /** Calls it behind a shield. */
    public abstract <T> T shielded(Callable<T> task) throws Exception;

    /** A greenlet whose owner is told of its end; not started. */
    public abstract <T> Greenlet<T> newOwned(Hub hub, Callable<T> task, Owner owner);

    /** Tells the hub's error handler. Never throws. */
    public abstract void report(Hub hub, Object context, Throwable error);

    /** The greenlets that have begun and not ended. On the hub's loop. */
    public abstract List<RawGreenlet> living(Hub hub);

    /** About those that have begun and not ended. Any thread. */
    public abstract List<RawGreenlet> aboutLiving(Hub hub);

    /** How many entries wait for their turn. On the hub's loop. */
    public abstract int queued(Hub hub);

    /** Where the caller's locals are; null if it has none. */
    public abstract @Nullable Locals locals();

    /** As {@link #locals()}; they are made if there are none. */
    public abstract Locals makeLocals();

    /** The locals of a greenlet, which may change meanwhile; null if it has none. Any thread. */
    public abstract @Nullable Locals localsOf(RawGreenlet greenlet);

    /** Throws anything. */
    @SuppressWarnings("unchecked")
    public static <E extends Throwable> RuntimeException sneaky(Throwable e) throws E {
        throw (E) e;
    }
}
