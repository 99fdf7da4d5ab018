package dev.jevent;

import dev.jevent.internal.StackRoom;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;

/**
 * One wait of one greenlet or thread, on which everything that blocks in jevent is built; follows
 * {@code gevent.hub.Waiter}.
 *
 * <pre>{@code
 * Waiter<String> waiter = new Waiter<>();
 * somewhere.later(answer -> waiter.switchTo(answer)); // any thread
 * String answer = waiter.get();                       // gives way until then
 * }</pre>
 *
 * The state goes from <i>empty</i> over <i>waiting</i> to <i>done</i>, or from empty to done at
 * once, and each step is one compare-and-set. So a waiter that is killed or timed out and one that
 * gets its value are told apart for good: {@link #switchTo} answers false if the value came too
 * late, and the caller gives it to somebody else. That is how nothing is lost.
 *
 * <p>{@link #switchTo} and {@link #throwInto} may be called from any thread and never block. {@link
 * #get} is for one at a time.
 *
 * @param <T> what is waited for
 */
public class Waiter<T> {

    private static final VarHandle STATE;
    private static final Object NULL = new Object(); // done, with null
    private static final Object GONE = new Object(); // the one who waited gave up

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Waiter.class, "state", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private record Failure(Throwable error) {}

    private record Wrapped(Object value) {}

    // null: empty; a Parker: waiting; NULL, a Failure, the value or it Wrapped: done; GONE
    private volatile Object state;

    /** An empty waiter. */
    public Waiter() {}

    /** On which the caller waits already; what is pending for it is thrown instead. */
    private Waiter(Parker caller) {
        caller.throwPending();
        state = caller; // published by whoever publishes this object
    }

    /** For subclasses: as {@link #ofCurrent} makes it, or an empty one. */
    protected Waiter(boolean ofCurrent) {
        if (ofCurrent) {
            StackRoom.operation(); // whoever waits on this stands somewhere soon
            Parker me = Parker.current();
            me.throwPending();
            state = me;
        }
    }

    /**
     * A waiter on which the caller waits already: it can be switched to from now on, and the caller
     * must call {@link #get} or {@link #await} next.
     */
    public static <T> Waiter<T> ofCurrent() {
        StackRoom.operation();
        return new Waiter<>(Parker.current());
    }

    /** Whether the one who waited has given up: nothing can be given to this any more. */
    final boolean abandoned() {
        return state == GONE;
    }

    /** Whether the value or error is there. */
    public final boolean ready() {
        Object s = state;
        return s != null && !(s instanceof Parker) && s != GONE;
    }

    /**
     * Gives the value to the one who waits, or to the next {@link #get}.
     *
     * @return false if it is done already or the wait has ended without it; the value was not taken
     */
    public final boolean switchTo(T value) {
        StackRoom.section(); // nobody is decided about and not woken
        return finish(outcome(value));
    }

    /** As {@link #switchTo}, for who has seen to it that there is room on the stack. */
    final boolean give(T value) {
        return finish(outcome(value));
    }

    /** As {@link #switchTo}, with something that {@link #get} throws. */
    public final boolean throwInto(Throwable error) {
        var failure = new Failure(error);
        StackRoom.section();
        return finish(failure);
    }

    /** A greenlet is a Parker: as a value it must not look like one who waits. */
    private static Object outcome(Object value) {
        return value == null ? NULL : value instanceof Parker ? new Wrapped(value) : value;
    }

    private boolean finish(Object outcome) {
        Object decided = decideFor(outcome);
        if (decided == null) {
            return false;
        }
        wake(decided);
        return true;
    }

    /**
     * The first half of {@link #switchTo}, for who holds the lock of a primitive: the wait is
     * decided and nobody is woken yet.
     *
     * @return what {@link #wake} needs; null if it was decided already or has ended
     */
    final Object decide(Object value) {
        return decideFor(outcome(value));
    }

    private Object decideFor(Object outcome) {
        for (; ; ) {
            Object s = state;
            if (s == null) {
                if (STATE.compareAndSet(this, null, outcome)) {
                    return NULL;
                }
            } else if (!(s instanceof Parker waiting)) {
                return null;
            } else if (waiting.isGone()) {
                STATE.compareAndSet(this, s, GONE); // it would take the value with it
            } else if (STATE.compareAndSet(this, s, outcome)) {
                return s;
            }
        }
    }

    /** The second half. Whoever waits may have seen already that it is decided: no harm done. */
    static void wake(Object decided) {
        if (decided instanceof Parker parker) {
            parker.unpark();
        }
    }

    /**
     * {@link #clear} and the first step of {@link #get} in one: with one compare-and-set, which is
     * a full fence, the caller waits. What is pending for it is thrown instead.
     *
     * @return false if somebody else waits
     */
    final boolean beginWait() {
        StackRoom.operation();
        Parker me = Parker.current();
        me.throwPending();
        for (; ; ) {
            Object s = state;
            if (s instanceof Parker other && !other.isGone()) {
                return false;
            }
            if (STATE.compareAndSet(this, s, me)) {
                return true;
            }
        }
    }

    /** Takes {@link #beginWait} back if nothing has ended the wait. */
    final void endWait() {
        if (state instanceof Parker me && me == Parker.current()) {
            giveUp(me);
        }
    }

    /** See {@link dev.jevent.internal.loop.FdHandler#prefetch}. Changes nothing. */
    final int prefetch() {
        return state instanceof RawGreenlet g ? g.prefetch() : 0;
    }

    /** Whether somebody waits on this, undecided. */
    final boolean isAwaited() {
        return state instanceof Parker;
    }

    /**
     * Waits for the value. A kill or a {@link Timeout} of the caller is thrown from here, unless
     * the value came before; an interrupt as {@link Interrupted}.
     *
     * @throws LoopExit if the caller is a hub's root and nothing can ever happen any more
     * @throws ConcurrentObjectUseError if somebody else waits
     */
    public final T get() {
        Object s = state;
        if (s instanceof Parker me && me == Parker.current()) {
            // the usual way, on as few stack frames as can be: they are kept while it waits
            try {
                while (state == me) {
                    me.park();
                    if (state == me) {
                        throwPending(me);
                    }
                }
                me.gotValue();
            } catch (Throwable e) {
                boolean ignored = lost(me, e);
            }
        } else if (s == null || s == GONE || s instanceof Parker) {
            boolean ignored = await(-1);
        }
        return result();
    }

    /**
     * Waits for the value, but not longer than the time.
     *
     * @return whether the value or error is there; {@link #get} gives it
     */
    public final boolean await(Duration timeout) {
        return await(Jevent.nanos(timeout));
    }

    /** As {@link #await(Duration)}; negative waits without end. */
    final boolean await(long nanos) {
        Parker me = begin(false);
        if (me == null) {
            return true;
        }
        return nanos < 0 ? waitFor(me, false) : waitFor(me, nanos);
    }

    /** As {@link #await(Duration)}, until a time of the caller's clock; that may be over. */
    final boolean awaitUntil(long end) {
        Parker me = begin(false);
        return me == null || waitUntil(me, end);
    }

    /** Waits until done, and is not disturbed by a kill, a timeout or an interrupt. */
    final void awaitUndisturbed() {
        Parker me = begin(true);
        if (me != null) {
            boolean ignored = waitFor(me, true);
        }
    }

    @SuppressWarnings("unchecked")
    final T result() {
        Object s = state;
        if (s instanceof Failure f) {
            throw Parker.<RuntimeException>sneaky(f.error);
        }
        return s == NULL ? null : (T) (s instanceof Wrapped w ? w.value : s);
    }

    /** The caller waits here from now on; null if it is done. */
    private @Nullable Parker begin(boolean undisturbed) {
        StackRoom.operation();
        while (true) {
            Object s = state;
            if (s != null && !(s instanceof Parker) && s != GONE) {
                return null;
            }
            Parker me = Parker.current();
            if (s == GONE) {
                s = STATE.compareAndSet(this, GONE, null) ? null : state;
            }
            if (s == me) {
                return me;
            }
            if (s instanceof Parker) {
                throw new ConcurrentObjectUseError("this is already awaited by " + s);
            }
            if (!undisturbed) {
                throwPendingBefore(me);
            }
            if (STATE.compareAndSet(this, null, me)) {
                return me;
            }
        }
    }

    private boolean waitFor(Parker me, boolean undisturbed) {
        boolean interrupted = false;
        try {
            while (state == me) {
                me.park();
                if (state == me) {
                    if (undisturbed) {
                        interrupted |= Thread.interrupted(); // or a thread's park would not wait
                    } else {
                        throwPending(me);
                    }
                }
            }
        } catch (Throwable e) {
            return lost(me, e);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        me.gotValue();
        return true;
    }

    private boolean waitFor(Parker me, long nanos) {
        return nanos == 0 ? !giveUp(me) : waitUntil(me, me.nanoTimeIn(nanos));
    }

    private boolean waitUntil(Parker me, long end) {
        try {
            while (state == me) {
                me.parkUntil(end);
                if (state == me) {
                    throwPending(me);
                    if (end - me.nanoTime() <= 0) {
                        return !giveUp(me);
                    }
                }
            }
        } catch (Throwable e) {
            return lost(me, e);
        }
        me.gotValue();
        return true;
    }

    /**
     * A LoopExit, by the root's own park or thrown into a greenlet; what is pending; or memory or
     * the stack was at an end.
     */
    private boolean lost(Parker me, Throwable e) {
        if (giveUp(me) || state == GONE) {
            throw Parker.<RuntimeException>sneaky(e);
        }
        return true; // the value came at the last moment
    }

    /** So that whoever has this already, and has a value for it, learns that nobody takes it. */
    private void throwPendingBefore(Parker me) {
        Throwable pending = me.takePending();
        if (pending != null) {
            if (STATE.compareAndSet(this, null, GONE)) {
                throw Parker.<RuntimeException>sneaky(pending);
            }
            me.putBack(pending); // the value was faster: the next wait throws
        }
    }

    private void throwPending(Parker me) {
        Throwable pending = me.takePending();
        if (pending != null) {
            if (giveUp(me)) {
                throw Parker.<RuntimeException>sneaky(pending);
            }
            me.putBack(pending); // the value was faster: the next wait throws
        }
    }

    private boolean giveUp(Parker me) {
        return STATE.compareAndSet(this, me, GONE);
    }

    /** Makes it empty again, for the next wait. Only when nobody waits. */
    public final void clear() {
        if (state instanceof Parker) {
            throw new ConcurrentObjectUseError("this is awaited by " + state);
        }
        state = null;
    }

    @Override
    public String toString() {
        Object s = state instanceof Wrapped w ? "" + w.value : state;
        String what =
                s == null || s == GONE
                        ? "empty"
                        : s instanceof Parker ? "awaited by " + s : s == NULL ? "null" : "" + s;
        return "Waiter[" + what + "]";
    }
}
