package dev.jevent.lock;

import dev.jevent.Waitable;
import dev.jevent.internal.HubAccess;
import dev.jevent.internal.LinkList;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * A semaphore that never lets anybody wait, where something wants a semaphore and no limit is
 * meant. Follows {@code gevent.lock.DummySemaphore}. It has {@link Integer#MAX_VALUE} permits for
 * ever.
 */
public final class DummySemaphore extends Semaphore {

    /** One without a limit. */
    public DummySemaphore() {
        super(Integer.MAX_VALUE);
    }

    @Override
    public void acquire() {}

    @Override
    public boolean acquire(Duration timeout) {
        HubAccess.get().nanos(timeout); // checks it
        return true;
    }

    @Override
    public boolean tryAcquire() {
        return true;
    }

    @Override
    public void release(int permits) {
        if (permits < 0) {
            throw new IllegalArgumentException("cannot release " + permits + " permits");
        }
    }

    @Override
    public int await() {
        return counter();
    }

    @Override
    public int await(Duration timeout) {
        HubAccess.get().nanos(timeout);
        return counter();
    }

    @Override
    public int counter() {
        return Integer.MAX_VALUE;
    }

    @Override
    public void rawLink(Consumer<? super Waitable> callback) {
        LinkList.Link.of(callback).tell(this);
    }
}
