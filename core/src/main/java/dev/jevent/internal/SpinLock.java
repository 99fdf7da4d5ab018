package dev.jevent.internal;

import dev.jevent.internal.jdk.Jdk;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Guards a few fields for a few nanoseconds. A primitive is nearly always used by one hub, so that
 * the lock is free; then this costs one compare-and-set, and {@code synchronized} two. Whoever
 * holds it must not wait, call a user's code or take another lock. Not reentrant. At the end of the
 * stack it is not taken: what is done under it, and to wake somebody after it, has room.
 */
public class SpinLock {

    private static final VarHandle HELD;

    static {
        try {
            HELD = MethodHandles.lookup().findVarHandle(SpinLock.class, "held", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("UnusedVariable") // through its handle
    private boolean held;

    /** A free lock. */
    public SpinLock() {}

    /** Takes it. */
    public final void lock() {
        StackRoom.section();
        if (!HELD.compareAndSet(this, false, true)) {
            spin();
        }
    }

    private void spin() {
        for (int i = 0; ; i++) {
            pause(i);
            if (!(boolean) HELD.getOpaque(this) && HELD.compareAndSet(this, false, true)) {
                return;
            }
        }
    }

    /** Before the try of that number, counted from 0, to take what somebody else holds. */
    public static void pause(int tried) {
        if (tried < 100) {
            Thread.onSpinWait();
        } else {
            yieldProcessor(); // whoever holds it may have lost its processor
        }
    }

    /** Not {@code Thread.yield()}: in a greenlet that would let others run, here in the middle. */
    private static void yieldProcessor() {
        Jdk jdk = Jdk.orNull();
        if (jdk == null) {
            Thread.yield();
        } else {
            jdk.yieldCarrier();
        }
    }

    /** Gives it back; what the holder wrote is seen by the next one. */
    public final void unlock() {
        HELD.setRelease(this, false);
    }
}
