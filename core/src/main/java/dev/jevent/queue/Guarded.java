package dev.jevent.queue;

import dev.jevent.Waitable;
import dev.jevent.internal.LinkList;
import dev.jevent.internal.SpinLock;
import dev.jevent.internal.StackRoom;
import dev.jevent.internal.WaitQueue;
import dev.jevent.internal.Waiting;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The lock of a queue or channel, and those who wait there. Their waits are decided under the lock
 * ({@link Stand#decide}: one compare-and-set, by which one who gives up and one who gives are told
 * apart), and whoever gives the lock back wakes them without it. So a hand-over is one step for
 * everybody else, an item is always in exactly one place, and nothing ever has to be undone.
 */
abstract class Guarded {

    private static final AtomicLong IDS = new AtomicLong();

    private static final class Several extends ArrayList<Object> {
        private static final long serialVersionUID = 1;
    }

    private final SpinLock spin = new SpinLock();

    // Instead of the spin lock where a comparator is called: that may wait by accident, in a class
    // initialiser or a log, and who spins then would keep it from ever going on.
    private final @Nullable ReentrantLock parking;

    private final LinkList links = new LinkList(); // guarded by the lock
    private @Nullable Waitable owner; // guarded by the lock: whom links are told of
    private @Nullable Object woken; // guarded by the lock: who was decided about
    private volatile long id; // written under the lock; 0: none yet

    Guarded(boolean callsUser) {
        this.parking = callsUser ? new ReentrantLock() : null;
    }

    // ---- the lock

    final void lock() {
        if (parking == null) {
            spin.lock();
        } else {
            lockParking(parking);
        }
    }

    private static void lockParking(ReentrantLock lock) {
        if (lock.isHeldByCurrentThread()) {
            throw new IllegalStateException(
                    "the comparator of a PriorityQueue must not use that queue");
        }
        StackRoom.section(); // or it would be held by one who does not know
        lock.lock();
    }

    /** Gives the lock back, then wakes those whose waits were decided under it. */
    final void unlock() {
        Object w = release();
        if (w != null) {
            wake(w);
        }
    }

    /** Gives the lock back; {@link #wake} what this answers. */
    final @Nullable Object release() {
        Object w = woken;
        woken = null;
        if (parking == null) {
            spin.unlock();
        } else {
            parking.unlock();
        }
        return w;
    }

    /** Under the lock: to be woken without it. */
    final void note(Object someone) {
        try {
            add(someone);
        } catch (OutOfMemoryError e) {
            wake(someone); // under the lock rather than never
        }
    }

    private void add(Object someone) {
        if (woken == null) {
            woken = someone;
        } else if (woken instanceof Several several) {
            several.add(someone);
        } else {
            var several = new Several();
            several.add(woken);
            several.add(someone);
            woken = several;
        }
    }

    /** Without the lock. */
    final void wake(Object someone) {
        if (someone instanceof Several several) {
            several.forEach(this::wake);
        } else if (someone instanceof LinkList.Link link) {
            link.tell(owner);
        } else {
            Stand.HUBS.wake(someone);
        }
    }

    /** A number of its own, given when it is first asked for: who takes several locks uses it. */
    final long id() {
        return id != 0 ? id : giveId();
    }

    private long giveId() {
        lock();
        try {
            if (id == 0) {
                id = IDS.incrementAndGet();
            }
            return id;
        } finally {
            unlock();
        }
    }

    /** Whether a comparator is called under the lock. */
    final boolean callsUser() {
        return parking != null;
    }

    // ---- links

    /** Whether the owner is ready, seen under the lock. */
    abstract boolean isReady();

    final boolean ready() {
        lock();
        try {
            return isReady();
        } finally {
            unlock();
        }
    }

    final void rawLink(Waitable source, Consumer<? super Waitable> callback) {
        LinkList.Link link = LinkList.Link.of(callback);
        lock();
        try {
            owner = source; // always the same one
            if (isReady()) {
                note(link);
            } else {
                links.add(link);
            }
        } finally {
            unlock();
        }
    }

    final void unlink(Object callback) {
        lock();
        try {
            links.remove(callback);
        } finally {
            unlock();
        }
    }

    /** Under the lock: the owner is ready. */
    final void tellLinks() {
        if (!links.isEmpty()) {
            try {
                links.takeAll().forEach(this::note);
            } catch (OutOfMemoryError e) {
                // they stay, and are told the next time; what has happened has happened
            }
        }
    }

    // ---- waiting

    final boolean await(WaitQueue<Object> queue, Stand me, long nanos) {
        boolean decided = false;
        try {
            decided = Stand.HUBS.await(me, nanos);
            return decided;
        } finally {
            if (!decided) {
                leave(queue, me);
            }
        }
    }

    /** One who gave up goes. Nothing is given to him any more, so nothing is to be passed on. */
    final void leave(WaitQueue<Object> queue, Stand me) {
        lock();
        try {
            queue.remove(me);
        } finally {
            unlock();
        }
    }

    final void endAll(WaitQueue<Object> queue, @Nullable Object outcome) {
        for (Waiting<Object> w = queue.poll(); w != null; w = queue.poll()) {
            wakeWith((Stand) w, outcome);
        }
    }

    static int living(WaitQueue<Object> queue) {
        int n = 0;
        for (Waiting<Object> w = queue.peek(); w != null; w = queue.after(w)) {
            if (((Stand) w).isWaiting()) {
                n++;
            }
        }
        return n;
    }

    /** Under the lock. False if it has given up. */
    final boolean wakeWith(Stand stand, @Nullable Object outcome) {
        Object decided = stand.decide(outcome);
        if (decided == null) {
            return false;
        }
        note(decided);
        return true;
    }
}
