package dev.jevent;

import dev.jevent.internal.loop.EventLoop;
import dev.jevent.internal.loop.Poll;

import java.util.concurrent.locks.LockSupport;

/** The loop of a hub: what its entries mean. */
final class HubCore extends EventLoop {

    private final Hub hub;
    int joining; // loop thread: the root waits until nothing is left
    private boolean closed; // loop thread

    HubCore(Hub hub, Poll poll, Thread owner) {
        super(poll, owner);
        this.hub = hub;
    }

    @Override
    protected boolean dispatch(Object entry) {
        if (entry instanceof RawGreenlet g) {
            if (g instanceof Root root) {
                return root.rootTurn();
            }
            g.turn();
        } else {
            try {
                ((Runnable) entry).run(); // a callback, or the next piece of a virtual thread
            } catch (Throwable e) {
                failed(entry, e);
            }
        }
        if (!hub.undelivered.isEmpty()) {
            hub.undelivered.removeIf(RawGreenlet::deliver);
        }
        return false;
    }

    @Override
    protected void arrived(Object entry) {
        if (entry instanceof RawGreenlet g) {
            g.unparkInLoop();
        } else {
            push(entry);
        }
    }

    @Override
    protected boolean lostTheLoop() {
        Thread me = Thread.currentThread();
        if (me != hub.owner()) {
            return false; // a stand-in that has done its work
        }
        submit((Runnable) () -> hub.handLoopTo(me, me));
        boolean interrupted = false;
        while (runner() != me) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            me.interrupt();
        }
        hub.root().askAgain();
        return true;
    }

    @Override
    protected boolean staysAlive() {
        if (runner() != hub.owner() || hub.outlivesItsWork) {
            return true;
        }
        return joining == 0 && Outsiders.mayWake(hub);
    }

    @Override
    public void failed(Object context, Throwable error) {
        // reporting may wait for a lock that a greenlet holds: never on the loop itself
        new RawTask(hub, () -> hub.handleError(context, error)).schedule();
    }

    /** The hub is destroyed. */
    void close() {
        closed = true;
        shutDown();
    }

    boolean isClosed() {
        return closed;
    }
}
