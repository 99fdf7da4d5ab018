package dev.jevent.pool;

import dev.jevent.Greenlet;
import dev.jevent.GreenletExit;
import dev.jevent.Hub;
import dev.jevent.Waiter;
import dev.jevent.internal.CallerAccess;
import dev.jevent.internal.SpinLock;
import dev.jevent.internal.StackRoom;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * Who lives in a {@link Scope}, and what has failed. A child leaves its list in constant time. Any
 * thread, unless it is said.
 */
final class ScopeChildren {

    /** One child. */
    private final class Child implements CallerAccess.Owner {
        Greenlet<?> greenlet;
        Child previous; // these two: guarded by lock
        Child next;

        @Override
        public void ended(@Nullable Throwable error) {
            leave(this, error);
        }
    }

    private static final CallerAccess ACCESS = CallerAccess.get();

    private final Hub hub;
    private final Object opener;
    private final boolean inTry;
    private final long since; // for what is thrown into the body
    private final SpinLock lock = new SpinLock();

    // guarded by lock, all that follows
    private Child first;
    private Child last;
    private Child toKill; // once it is cancelled: the first one that was not killed
    private int size;
    private boolean cancelled;
    private boolean ended;
    private boolean inBody = true; // the opener may be disturbed
    private @Nullable Throwable disturbance; // what was thrown into the opener
    private boolean told; // of the failures
    private List<Throwable> failures; // the first one first; null: none
    private Waiter<Void> joiner;

    private boolean swallowed; // opener only: the body was told of its cancellation, in other words

    ScopeChildren(Hub hub, Object opener, boolean inTry) {
        this.hub = hub;
        this.opener = opener;
        this.inTry = inTry;
        this.since = ACCESS.since(opener);
    }

    // ---- to come and go

    <T> Greenlet<T> spawn(Callable<T> task) {
        if (hub.destroyed()) {
            throw new IllegalStateException("cannot spawn into a scope: its " + hub + " is gone");
        }
        StackRoom.operation();
        var child = new Child();
        Greenlet<T> g = ACCESS.newOwned(hub, task, child);
        child.greenlet = g;
        boolean never = enter(child);
        try {
            if (never) {
                ACCESS.throwInto(g, killed(), 0, true); // it never begins
            } else {
                start(g);
            }
        } catch (OutOfMemoryError e) {
            if (!g.started() && !g.ready()) {
                leave(child, null);
            }
            throw e;
        }
        return g;
    }

    private void start(Greenlet<?> g) {
        ACCESS.onLoop( // there nobody kills it while it is started
                hub,
                () -> {
                    try {
                        g.start();
                    } catch (Throwable e) { // a spawn callback of a user
                        ACCESS.throwInto(g, killed(), 0, true);
                        throw e;
                    }
                });
    }

    /** Whether the scope is cancelled. */
    private boolean enter(Child child) {
        lock.lock();
        try {
            if (ended) {
                throw new IllegalStateException(
                        "cannot spawn into a scope that has ended; spawn while its body runs or"
                                + " another child lives");
            }
            child.previous = last;
            if (last == null) {
                first = child;
            } else {
                last.next = child;
            }
            last = child;
            size++;
            return cancelled;
        } finally {
            lock.unlock();
        }
    }

    private void leave(Child child, @Nullable Throwable error) {
        Waiter<Void> told = null;
        boolean isFirst = false;
        lock.lock();
        try {
            remove(child);
            if (error != null) {
                isFirst = addFailureIfThereIsMemory(error);
            }
            if (size == 0) {
                told = joiner;
            }
        } finally {
            lock.unlock();
        }
        try {
            if (isFirst) {
                cancel(true);
            }
        } finally {
            if (told != null) {
                told.switchTo(null);
            }
        }
    }

    /** Under the lock. Without memory it is not kept; but the scope is cancelled all the same. */
    private boolean addFailureIfThereIsMemory(Throwable error) {
        try {
            return addFailure(error);
        } catch (OutOfMemoryError e) {
            return true;
        }
    }

    private void remove(Child child) {
        if (child == toKill) {
            toKill = child.next;
        }
        if (child.previous == null) {
            first = child.next;
        } else {
            child.previous.next = child.next;
        }
        if (child.next == null) {
            last = child.previous;
        } else {
            child.next.previous = child.previous;
        }
        child.previous = null;
        child.next = null;
        size--;
    }

    /** Under the lock. Whether it is the first one. */
    private boolean addFailure(Throwable error) {
        boolean isFirst = failures == null;
        if (isFirst) {
            failures = new ArrayList<>(2);
        }
        failures.add(error);
        return isFirst;
    }

    // ---- to cancel

    private static GreenletExit killed() {
        return new GreenletExit("its scope was cancelled");
    }

    void cancel(boolean bodyToo) {
        StackRoom.operation();
        lock.lock();
        try {
            if (ended) {
                return;
            }
            if (!cancelled) {
                cancelled = true;
                toKill = first;
            }
        } finally {
            lock.unlock();
        }
        for (Child c = nextToKill(); c != null; c = nextToKill()) {
            kill(c);
        }
        if (bodyToo) {
            // On the loop nothing else runs: if it is in its body then, it is there when this is
            // thrown, and takes it back when it leaves the body.
            ACCESS.onLoop(hub, this::disturb);
        }
    }

    private void kill(Child c) {
        boolean told = false;
        try {
            ACCESS.throwInto(c.greenlet, killed(), 0, true);
            told = true;
        } finally {
            if (!told) {
                notKilled(c); // for want of memory: the next cancel goes on here, or the end
            }
        }
    }

    private void notKilled(Child c) {
        lock.lock();
        try {
            if (c == first || c.previous != null) { // else it has ended
                toKill = c;
            }
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Child nextToKill() {
        lock.lock();
        try {
            Child c = toKill;
            if (c != null) {
                toKill = c.next;
            }
            return c;
        } finally {
            lock.unlock();
        }
    }

    /** On the loop. */
    private void disturb() {
        Throwable mine;
        lock.lock();
        try {
            if (!inBody || disturbance != null) {
                return;
            }
            mine = inTry && failures != null ? failures.getFirst() : killed();
            disturbance = mine;
        } finally {
            lock.unlock();
        }
        ACCESS.throwInto(opener, mine, since, !inTry);
    }

    // ---- the opener only, all that follows

    /** The body has returned. */
    void bodyIsOver() {
        bodyIsOver(null);
    }

    /**
     * The body is over, perhaps with an exception. Whether that is the scope's own doing: what it
     * has thrown into the body.
     */
    boolean bodyIsOver(@Nullable Throwable thrown) {
        Throwable mine = leaveBody();
        if (mine == null) {
            return false;
        }
        swallowed |= ACCESS.wasEverTold(opener, mine);
        boolean itself =
                ACCESS.isSame(thrown, mine)
                        || swallowed && (thrown == null || ACCESS.comesOf(thrown, mine));
        takeBack(mine);
        return itself && !inTry;
    }

    private void takeBack(Throwable mine) {
        boolean waited = ACCESS.revoke(opener, mine);
        lock.lock();
        if (waited) {
            disturbance = null;
        } else {
            told = true;
        }
        lock.unlock();
    }

    private @Nullable Throwable leaveBody() {
        ACCESS.ownTheLoop(opener);
        lock.lock();
        try {
            inBody = false;
            return disturbance;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The try block is left.
     *
     * @return what was told in it as an InterruptedException or an IOException; null if none
     */
    @Nullable Throwable endOfBlock() {
        Throwable mine = leaveBody();
        if (mine == null) {
            return null;
        }
        boolean told = ACCESS.wasTold(opener, mine);
        takeBack(mine);
        return told ? mine : null;
    }

    void bodyGoesOn() {
        lock.lock();
        inBody = true;
        lock.unlock();
    }

    /** The body has failed, or the wait for the children was ended. */
    void failed(Throwable error) {
        lock.lock();
        try {
            addFailure(error);
        } finally {
            lock.unlock();
        }
    }

    /** Waits until no child lives. If it is the end, nobody comes any more then. */
    void awaitAll(boolean isEnd) {
        for (; ; ) {
            Waiter<Void> mine;
            lock.lock();
            try {
                if (size == 0) {
                    ended |= isEnd;
                    joiner = null;
                    return;
                }
                mine = Waiter.ofCurrent(); // may throw what is pending
                joiner = mine;
            } finally {
                lock.unlock();
            }
            mine.get();
        }
    }

    /** Kills those that are left and waits for their end, undisturbed. */
    void cancelAndAwait() {
        if (hasEnded()) {
            return;
        }
        cancel(false);
        try {
            ACCESS.<Void>shielded(
                    () -> {
                        awaitAll(true);
                        return null;
                    });
        } catch (Exception e) {
            // LoopExit: a child has swallowed its kill and waits for what can never happen
            throw CallerAccess.<RuntimeException>sneaky(e);
        }
    }

    private boolean hasEnded() {
        lock.lock();
        try {
            return ended;
        } finally {
            lock.unlock();
        }
    }

    // ---- what has failed

    /** What is to be thrown: this one or else the first; the others are its suppressed ones. */
    @Nullable Throwable failures(@Nullable Throwable before) {
        List<Throwable> all;
        lock.lock();
        try {
            if (failures == null) {
                return before;
            }
            all = failures;
            failures = null;
        } finally {
            lock.unlock();
        }
        Throwable main = ScopeFailures.merged(before == null ? all.getFirst() : before, all);
        lock.lock();
        try {
            addFailureFirst(main);
        } finally {
            lock.unlock();
        }
        return main;
    }

    /** Under the lock. It is the first one still; those that came meanwhile are behind it. */
    private void addFailureFirst(Throwable main) {
        if (failures == null) {
            failures = new ArrayList<>(2);
        }
        failures.addFirst(main);
    }

    /** What {@link #failures} answered is thrown. */
    void tell() {
        lock.lock();
        told = true;
        lock.unlock();
    }

    /** Whether the opener has seen a failure. */
    boolean isTold() {
        lock.lock();
        try {
            return told;
        } finally {
            lock.unlock();
        }
    }

    boolean isCancelled() {
        lock.lock();
        try {
            return cancelled;
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return size;
        } finally {
            lock.unlock();
        }
    }
}
