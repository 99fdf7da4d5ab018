package dev.jevent.internal;

import dev.jevent.Waitable;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * What those wait at who wait for the same thing, and the links that are told of it: when it opens
 * all go through, in the order in which they came. Any thread.
 *
 * <p>It is its own lock: there are many of these, and few are ever waited at.
 */
public final class Gate extends SpinLock {

    private final Waitable owner;
    private LinkList links; // guarded by this lock; null if nobody has linked since it opened
    private WaitQueue<Void> waiters; // guarded by this lock; null if nobody came since it opened
    private volatile boolean open; // written under this lock

    /**
     * A closed one.
     *
     * @param owner what its links are told
     */
    public Gate(Waitable owner) {
        this.owner = owner;
    }

    /** Whether it is open now. */
    public boolean isOpen() {
        return open;
    }

    /** Opens it; does nothing if it is open. */
    public void open() {
        WaitQueue<Void> woken;
        Iterable<LinkList.Link> told;
        lock();
        try {
            open = true; // again, too: what the caller did before is seen by who sees it open
            woken = waiters;
            waiters = null; // they are ours alone: who comes from now on is not among them
            told = links == null ? null : links.takeAll();
            links = null;
        } finally {
            unlock();
        }
        if (woken != null) {
            for (Waiting<Void> w = woken.poll(); w != null; w = woken.poll()) {
                w.give(null); // false: it gave up, and there is nothing to pass on
            }
        }
        if (told != null) {
            told.forEach(link -> link.tell(owner));
        }
    }

    /** Closes it; who waits when it opens goes through, even if it is closed at once. */
    public void close() {
        lock();
        try {
            open = false;
        } finally {
            unlock();
        }
    }

    /** Waits until it opens. */
    public void await() {
        if (open) {
            return;
        }
        Waiting<Void> me;
        WaitQueue<Void> mine;
        lock();
        try {
            if (open) {
                return;
            }
            me = Waiting.ofTheCaller(); // may throw what is pending
            mine = stand(me);
        } finally {
            unlock();
        }
        try {
            me.get();
        } catch (Throwable e) {
            leave(mine, me);
            throw e;
        }
    }

    /**
     * As {@link #await()}, but not longer than the time.
     *
     * @return whether it has opened
     */
    public boolean await(Duration timeout) {
        return await(HubAccess.get().nanos(timeout));
    }

    /** As {@link #await(Duration)}; zero does not wait. */
    public boolean await(long nanos) {
        if (open || nanos == 0) {
            return open;
        }
        Waiting<Void> me;
        WaitQueue<Void> mine;
        lock();
        try {
            if (open) {
                return true;
            }
            me = Waiting.ofTheCaller();
            mine = stand(me);
        } finally {
            unlock();
        }
        boolean opened = false;
        try {
            opened = HubAccess.get().await(me, nanos);
        } finally {
            if (!opened) {
                leave(mine, me);
            }
        }
        return opened;
    }

    /** Under the lock. */
    private WaitQueue<Void> stand(Waiting<Void> me) {
        if (waiters == null) {
            waiters = new WaitQueue<>();
        }
        waiters.add(me);
        return waiters;
    }

    private void leave(WaitQueue<Void> mine, Waiting<Void> me) {
        lock();
        try {
            if (waiters == mine) { // else it belongs to the one who opened
                mine.remove(me);
            }
        } finally {
            unlock();
        }
    }

    /** As {@link Waitable#rawLink}. */
    public void rawLink(Consumer<? super Waitable> callback) {
        LinkList.Link link = LinkList.Link.of(callback);
        lock();
        try {
            if (!open) {
                if (links == null) {
                    links = new LinkList();
                }
                links.add(link);
                return;
            }
        } finally {
            unlock();
        }
        link.tell(owner);
    }

    /** As {@link Waitable#unlink}. */
    public void unlink(Object callback) {
        lock();
        try {
            if (links != null) {
                links.remove(callback);
            }
        } finally {
            unlock();
        }
    }
}
