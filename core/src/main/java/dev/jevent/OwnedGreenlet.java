package dev.jevent;

import dev.jevent.internal.CallerAccess;

import java.util.concurrent.Callable;

/** A greenlet whose failure is not reported but told to somebody who sees to it. */
final class OwnedGreenlet<T> extends Greenlet<T> {

    private final CallerAccess.Owner owner;

    OwnedGreenlet(Hub hub, Callable<T> task, CallerAccess.Owner owner) {
        super(hub, task);
        this.owner = owner;
    }

    @Override
    void failed(Throwable error) {
        // its owner is told at its end
    }

    @Override
    void ended() {
        owner.ended(exception());
    }
}
