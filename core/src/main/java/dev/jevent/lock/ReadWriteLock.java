package dev.jevent.lock;

import dev.jevent.internal.SpinLock;
import dev.jevent.internal.StackRoom;
import dev.jevent.internal.WaitQueue;

import java.util.IdentityHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/**
 * A lock that many may hold to read, or one to write. As a fair {@link
 * java.util.concurrent.locks.ReentrantReadWriteLock}, for greenlets.
 *
 * <p>First come, first served: readers that stand in the queue one behind the other enter together,
 * and who comes after a waiting writer waits behind it. Who holds it may take it again in the same
 * way. Who writes may read too, and go on reading when he has stopped writing. Who reads and wants
 * to write would wait for himself: that is an {@link IllegalStateException} ({@code tryLock()}
 * answers false).
 *
 * <p>Any greenlet or thread may use it; from a callback of the loop what does not wait. Kills,
 * timeouts and interrupts do what they do in {@link RLock}; those behind one who gives up enter if
 * they can. The write lock has conditions; who waits for one must not hold the read lock.
 */
public final class ReadWriteLock implements java.util.concurrent.locks.ReadWriteLock {

    private final SpinLock guard = new SpinLock();
    private final WaitQueue<Void> waiters = new WaitQueue<>(); // guarded by guard
    // guarded by guard; it makes no entry objects
    private final IdentityHashMap<Thread, Integer> readHolds = new IdentityHashMap<>(4);
    private int readers; // guarded by guard; also those who were let in and do not run yet
    private boolean writing; // guarded by guard; also while it is on its way to a writer
    private final Reads reads = new Reads();
    private final Writes writes = new Writes();

    /** A lock that nobody holds. */
    public ReadWriteLock() {}

    @Override
    public Lock readLock() {
        return reads;
    }

    @Override
    public Lock writeLock() {
        return writes;
    }

    /** How many greenlets and threads hold it to read. */
    public int readers() {
        guard.lock();
        int n = readers;
        guard.unlock();
        return n;
    }

    /** Whether somebody holds it to write. */
    public boolean isWriteLocked() {
        guard.lock();
        boolean w = writing;
        guard.unlock();
        return w;
    }

    /** Lets in, one after the other, those at the front who may enter now. */
    private void letIn() {
        Entrant refused = null;
        while (true) {
            Entrant next;
            guard.lock();
            try {
                if (refused != null) {
                    countOut(refused);
                }
                next = admit();
            } finally {
                guard.unlock();
            }
            if (next == null) {
                return;
            }
            refused = next.give(null) ? null : next;
        }
    }

    /** Counts the first one in before he knows, so that nobody comes between. Under the guard. */
    private Entrant admit() {
        var first = (Entrant) waiters.peek();
        if (first == null || writing || !first.shares && readers > 0) {
            return null;
        }
        if (first.shares) {
            readers++;
        } else {
            writing = true;
        }
        waiters.remove(first);
        return first;
    }

    private void countOut(Entrant gaveUp) {
        if (gaveUp.shares) {
            readers--;
        } else {
            writing = false;
        }
    }

    @Override
    public String toString() {
        return "ReadWriteLock["
                + (isWriteLocked() ? "written, " + writes.holder() : readers() + " readers")
                + "]";
    }

    private final class Reads extends QueuedLock {

        Reads() {
            super(ReadWriteLock.this.guard, ReadWriteLock.this.waiters, true);
        }

        @Override
        boolean enter() {
            Thread me = Thread.currentThread();
            guard.lock();
            try {
                Integer held = readHolds.get(me);
                if (held != null) { // also before a writer who waits: he waits for us
                    readHolds.put(me, Math.incrementExact(held));
                    return true;
                }
                if (!writes.isHeld() && !takeIfFree()) {
                    return false;
                }
                if (writes.isHeld()) {
                    readers++;
                }
                readHolds.put(me, 1);
                return true;
            } finally {
                guard.unlock();
            }
        }

        @Override
        boolean takeIfFree() {
            if (writing || !waiters.isEmpty()) {
                return false;
            }
            readers++;
            return true;
        }

        @Override
        void entered() {
            guard.lock();
            try {
                readHolds.put(Thread.currentThread(), 1);
            } finally {
                guard.unlock();
            }
        }

        @Override
        void lookAgain() {
            letIn();
        }

        @Override
        public void unlock() {
            StackRoom.operation(); // who is let in is told
            Thread me = Thread.currentThread();
            guard.lock();
            try {
                Integer held = readHolds.remove(me);
                if (held != null && held > 1) {
                    readHolds.put(me, held - 1);
                    return;
                }
                if (held != null && (--readers > 0 || waiters.isEmpty())) {
                    return;
                }
                if (held == null) {
                    throw new IllegalMonitorStateException(
                            "cannot unlock in " + me + ", which does not hold the read lock");
                }
            } finally {
                guard.unlock();
            }
            letIn();
        }

        /** There are none: a reader cannot wait for what only a writer can change. */
        @Override
        public Condition newCondition() {
            throw new UnsupportedOperationException(
                    "a read lock has no conditions; writeLock() has");
        }

        @Override
        public String toString() {
            return "the read lock of " + ReadWriteLock.this;
        }
    }

    private final class Writes extends OwnedLock {

        Writes() {
            super(ReadWriteLock.this.guard, ReadWriteLock.this.waiters);
        }

        @Override
        boolean takeIfFree() {
            if (writing || readers > 0 || !waiters.isEmpty()) {
                return false;
            }
            writing = true;
            return true;
        }

        @Override
        void giveOn() {
            guard.lock();
            writing = false;
            boolean nobody = waiters.isEmpty();
            guard.unlock();
            if (!nobody) {
                letIn();
            }
        }

        @Override
        void checkMayWait() {
            if (readHolds.containsKey(Thread.currentThread())) {
                throw new IllegalStateException(
                        Thread.currentThread()
                                + " holds the read lock and would wait for itself to release it;"
                                + " unlock the read lock first");
            }
        }

        @Override
        void lookAgain() {
            letIn();
        }

        @Override
        public String toString() {
            return "the write lock of " + ReadWriteLock.this;
        }
    }
}
