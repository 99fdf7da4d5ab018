package dev.jevent.subprocess;

import dev.jevent.Greenlet;
import dev.jevent.GreenletExit;
import dev.jevent.Interrupted;
import dev.jevent.Jevent;
import dev.jevent.Waitable;
import dev.jevent.internal.Gate;
import dev.jevent.internal.HubAccess;
import dev.jevent.internal.LinkList;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Runs pumps at once: as greenlets of the caller's hub, or as virtual threads if he has none. Used
 * for one run; it is ready when all have ended, done or stopped.
 */
final class PumpCrew implements Waitable, Consumer<Waitable>, LinkList.Immediate {

    @SuppressWarnings("this-escape") // kept only
    private final Gate over = new Gate(this);

    @SuppressWarnings("this-escape") // kept only
    private final Gate gone = new Gate(this);

    private final List<Pump> pumps;
    private final AtomicInteger left;
    private final List<Greenlet<?>> greenlets = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    PumpCrew(List<Pump> pumps) {
        this.pumps = pumps;
        this.left = new AtomicInteger(pumps.size());
        if (pumps.isEmpty()) {
            over.open();
            gone.open();
        }
    }

    void start() {
        boolean hub = HubAccess.get().currentLoop() != null;
        for (Pump pump : pumps) {
            if (hub) {
                Greenlet<Void> greenlet = Jevent.spawn(pump::run);
                greenlets.add(greenlet);
                greenlet.rawLink(this); // it may be killed before it begins
            } else {
                threads.add(Thread.startVirtualThread(() -> runInThread(pump)));
            }
        }
    }

    private void runInThread(Pump pump) {
        try {
            pump.run();
        } catch (Interrupted | GreenletExit e) {
            // it was stopped
        } finally {
            accept(this);
        }
    }

    /** One has ended. */
    @Override
    public void accept(Waitable pump) {
        boolean last = left.decrementAndGet() == 0;
        if (last || pumps.stream().anyMatch(Pump::hasFailed)) {
            over.open();
        }
        if (last) {
            gone.open();
        }
    }

    /** Ends them soon. */
    void stop() {
        greenlets.forEach(Jevent::kill);
        threads.forEach(Thread::interrupt);
    }

    /** Negative waits without end. Whether all have ended, or one has failed. */
    boolean await(long nanos) {
        return Waits.await(over, nanos);
    }

    /** Negative waits without end. Whether all have ended. */
    boolean awaitAll(long nanos) {
        return Waits.await(gone, nanos);
    }

    /** Those that were stopped leave soon. */
    void awaitAllUndisturbed() {
        Waits.awaitUndisturbed(gone);
    }

    @Override
    public boolean ready() {
        return gone.isOpen();
    }

    @Override
    public void rawLink(Consumer<? super Waitable> callback) {
        gone.rawLink(callback);
    }

    @Override
    public void unlink(Object callback) {
        gone.unlink(callback);
    }
}
