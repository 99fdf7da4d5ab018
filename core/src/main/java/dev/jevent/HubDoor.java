package dev.jevent;

import dev.jevent.internal.HubAccess;
import dev.jevent.internal.jdk.Jdk;
import dev.jevent.internal.loop.EventLoop;

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
        return hub == null ? null : hub.core;
    }

    @Override
    public EventLoop startDaemonLoop(String name) {
        var made = new CompletableFuture<EventLoop>();
        Thread.ofPlatform()
                .daemon()
                .name(name)
                .start(
                        () -> {
                            try {
                                Hub hub = Hub.get();
                                hub.name(name);
                                hub.outlivesItsWork = true;
                                made.complete(hub.core);
                                new Waiter<Void>().get();
                            } catch (Throwable e) {
                                made.completeExceptionally(e);
                                throw e;
                            }
                        });
        return made.join();
    }

    @Override
    public boolean await(Waiter<?> waiter, long nanos) {
        return waiter.await(nanos);
    }

    @Override
    public boolean mayBeWoken(Hub hub) {
        return hub.living.size() > 0 && !Outsiders.threads(hub).isEmpty();
    }
}
