package dev.jevent;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/** A hub on a thread of its own that runs its loop until it is closed. */
public final class OtherHub implements AutoCloseable {

    private final CompletableFuture<Hub> made = new CompletableFuture<>();
    private final Waiter<Void> end = new Waiter<>();
    private final Thread thread;
    public final Hub hub;

    public OtherHub() {
        thread = Thread.ofPlatform().daemon().name("other-hub").start(this::run);
        hub = made.join();
    }

    private void run() {
        Hub mine = Hub.get();
        made.complete(mine);
        try {
            end.get();
        } finally {
            mine.destroy();
        }
    }

    public <T> Greenlet<T> spawn(Callable<T> task) {
        return hub.spawn(task);
    }

    public Greenlet<Void> spawn(Action task) {
        return hub.spawn(task);
    }

    public Thread thread() {
        return thread;
    }

    @Override
    public void close() {
        end.switchTo(null);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("the other hub did not end", e);
        }
    }
}
