package dev.jevent;

import dev.jevent.internal.Enduring;
import dev.jevent.internal.HubAccess;
import dev.jevent.internal.OwnThread;
import dev.jevent.internal.jdk.Jdk;
import dev.jevent.internal.loop.EventLoop;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** The back door of hubs, for the packages above. */
final class HubDoor extends HubAccess {

    @Override
    public boolean isPortable() {
        return Polling.isPortable();
    }

    @Override
    public EventLoop currentLoop() {
        Thread thread = Thread.currentThread();
        if (Jdk.get().greenlet(thread) instanceof RawGreenlet g) {
            return g.hub.core;
        }
        if (thread.isVirtual()) {
            return Parker.current() instanceof RawGreenlet adopted ? adopted.hub.core : null;
        }
        Hub hub = Hub.ofThread();
        if (hub == null) {
            return null;
        }
        hub.root().ownTheLoop();
        return hub.core;
    }

    @Override
    public EventLoop startDaemonLoop(String name) {
        var made = new CompletableFuture<EventLoop>();
        OwnThread.start(
                name,
                () -> {
                    try {
                        Hub hub = Hub.get();
                        hub.name(name);
                        hub.outlivesItsWork = true;
                        made.complete(hub.core);
                        serve(hub);
                    } catch (Throwable e) {
                        made.completeExceptionally(e);
                        throw e;
                    }
                });
        return made.join();
    }

    /** It runs its loop until it is destroyed, whatever happens. */
    private static void serve(Hub hub) {
        var never = new Waiter<Void>();
        while (!hub.destroyed()) {
            try {
                never.get();
            } catch (Throwable e) {
                Enduring.failed(e);
            }
        }
    }

    @Override
    public boolean await(Waiter<?> waiter, long nanos) {
        return waiter.await(nanos);
    }

    @Override
    public boolean awaitUntil(Waiter<?> waiter, long end) {
        return waiter.awaitUntil(end);
    }

    @Override
    public void giveWay() {
        Parker me = Parker.current();
        if (me instanceof Threads.ThreadParker && !Thread.currentThread().isVirtual()) {
            return; // a thread without a hub, which holds up nobody
        }
        me.yieldNow();
    }

    @Override
    public void awaitUndisturbed(Waiter<?> waiter) {
        waiter.awaitUndisturbed();
    }

    @Override
    public int cuts() {
        return Parker.current().cuts();
    }

    @Override
    public boolean isCutSince(int cuts) {
        return Parker.current().isCutSince(cuts);
    }

    @Override
    public long nanoTime() {
        return Parker.current().nanoTime();
    }

    @Override
    public long coarseNanoTime() {
        Parker me = Parker.current();
        return me instanceof RawGreenlet g && g.hub.core.inLoop()
                ? g.hub.core.lastLook()
                : me.nanoTime();
    }

    @Override
    public long nanos(Duration duration) {
        return Jevent.nanos(duration);
    }

    @Override
    public Timeout timeout(Duration duration) {
        return new Timeout(duration).traceHere();
    }

    @Override
    public void endOfThread() {
        Hub hub = Hub.ofThread();
        if (hub != null) {
            hub.destroy();
        }
    }

    @Override
    public void joinGreenlets(Hub hub) {
        hub.joinGreenlets();
    }

    @Override
    public boolean mayBeWoken(Hub hub) {
        // in this order: what a thread has sent is there before the thread is gone
        return hub.living.size() > 0 && (Outsiders.areThere(hub) || hub.core.somethingHasCome());
    }

    @Override
    public Object decide(Waiter<?> waiter, Object value) {
        return waiter.decide(value);
    }

    @Override
    public <T> boolean give(Waiter<T> waiter, T value) {
        return waiter.give(value);
    }

    @Override
    public void wake(Object decided) {
        Waiter.wake(decided);
    }

    @Override
    public boolean beginWait(Waiter<?> waiter) {
        return waiter.beginWait();
    }

    @Override
    public void endWait(Waiter<?> waiter) {
        waiter.endWait();
    }

    @Override
    public int prefetch(Waiter<?> waiter) {
        return waiter.prefetch();
    }

    @Override
    public boolean isAwaited(Waiter<?> waiter) {
        return waiter.isAwaited();
    }
}
