package dev.jevent.subprocess;

import dev.jevent.Waitable;
import dev.jevent.Waiter;
import dev.jevent.internal.Gate;
import dev.jevent.internal.HubAccess;
import dev.jevent.internal.LinkList;
import dev.jevent.internal.loop.EventLoop;

import org.jspecify.annotations.Nullable;

import java.util.function.Consumer;

/** Waits for what comes from outside of all hubs: they keep the waiting hub alive. */
final class Waits {

    private static final HubAccess HUBS = HubAccess.get();

    private Waits() {}

    /**
     * Waits until the gate opens.
     *
     * @param nanos negative waits without end; zero does not wait
     * @return whether it is open
     */
    static boolean await(Gate gate, long nanos) {
        if (gate.isOpen() || nanos == 0) {
            return gate.isOpen();
        }
        EventLoop loop = ref();
        try {
            if (nanos < 0) {
                gate.await();
                return true;
            }
            return gate.await(nanos);
        } finally {
            unref(loop);
        }
    }

    /** Waits until the gate opens; a kill, a timeout or an interrupt has to wait for that, too. */
    static void awaitUndisturbed(Gate gate) {
        var waiter = new Waiter<Void>();
        gate.rawLink(new Wake(waiter));
        EventLoop loop = ref();
        try {
            HUBS.awaitUndisturbed(waiter);
        } finally {
            unref(loop);
        }
    }

    private record Wake(Waiter<Void> waiter) implements Consumer<Waitable>, LinkList.Immediate {
        @Override
        public void accept(Waitable source) {
            waiter.switchTo(null);
        }
    }

    /** Keeps the caller's hub alive until {@link #unref}; null if it has none. */
    static @Nullable EventLoop ref() {
        EventLoop loop = HUBS.currentLoop();
        if (loop != null) {
            if (loop.inLoop()) {
                loop.ref();
            } else {
                loop.submit((Runnable) loop::ref);
            }
        }
        return loop;
    }

    /** Takes it back; any thread. */
    static void unref(@Nullable EventLoop loop) {
        if (loop == null) {
            return;
        }
        if (loop.inLoop()) {
            loop.unref();
        } else {
            loop.submit((Runnable) loop::unref);
        }
    }
}
