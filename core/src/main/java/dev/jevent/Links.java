package dev.jevent;

import dev.jevent.internal.LinkList;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Who is to be told when a greenlet has ended: an immutable chain that is replaced as a whole, and
 * taken as a whole at the end. So a link that is added is either found by the end or sees that it
 * has come, and no lock is needed.
 */
abstract class Links extends RawGreenlet {

    private static final VarHandle CHAIN;
    private static final VarHandle GONE;
    private static final Link DONE = new Link(null, null, null, null, 0);

    static {
        try {
            CHAIN = MethodHandles.lookup().findVarHandle(Links.class, "chain", Link.class);
            GONE = MethodHandles.lookup().findVarHandle(Links.class, "gone", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    enum Kind {
        /** A waiter, which is switched to. */
        WAITER,
        /** A callback on the loop. */
        RAW,
        /** A callback in a greenlet of its own. */
        SPAWN,
        /** The same, if the greenlet succeeded. */
        VALUE,
        /** The same, if it failed. */
        EXCEPTION
    }

    record Link(Kind kind, Object callback, ClassLoader loader, Link next, int count) {
        Link(Kind kind, Object callback, ClassLoader loader, Link next) {
            this(kind, callback, loader, next, next == null ? 1 : next.count + 1);
        }
    }

    private static final int FEW = 32;

    private volatile Link chain; // any thread; DONE after the end

    @SuppressWarnings("UnusedVariable") // through its handle
    private int gone; // any thread: about how many waiters in the chain have given up

    Links(Hub hub) {
        super(hub);
    }

    /**
     * Calls one link other than a waiter. On the loop.
     *
     * @param loader the context class loader of who has linked, for a greenlet of its own
     */
    abstract void notifyLink(Kind kind, Object callback, ClassLoader loader);

    /** That of who links now, if its callback gets a greenlet. */
    static ClassLoader loaderFor(Kind kind) {
        return kind == Kind.WAITER || kind == Kind.RAW
                ? null
                : Thread.currentThread().getContextClassLoader();
    }

    /** Whether the greenlet has ended, with a value or an error. */
    public boolean ready() {
        return chain == DONE;
    }

    /** False if the end has come already. */
    final boolean addLink(Kind kind, Object callback) {
        for (; ; ) {
            Link seen = chain;
            if (seen == DONE) {
                return false;
            }
            if (CHAIN.compareAndSet(this, seen, new Link(kind, callback, loaderFor(kind), seen))) {
                return true;
            }
        }
    }

    final void removeLink(Object callback) {
        boolean[] found = new boolean[1];
        replaceChain(
                l -> {
                    boolean gone = !found[0] && l.callback == callback;
                    found[0] |= gone;
                    return gone;
                },
                () -> found[0] = false);
    }

    /**
     * The waiter has given up. It may stay in the chain for a while, for being switched to does
     * nothing to it; when half of a long chain has given up, that half is taken out. So many who
     * leave one after another cost each the same.
     */
    final void removeWaiter(Waiter<?> waiter) {
        Link seen = chain;
        if (seen == null || seen == DONE) {
            return;
        }
        if (seen.count <= FEW) {
            removeLink(waiter);
        } else if ((int) GONE.getAndAdd(this, 1) >= seen.count / 2) {
            GONE.setVolatile(this, 0);
            removeAbandoned();
        }
    }

    private void removeAbandoned() {
        replaceChain(l -> l.callback instanceof Waiter<?> w && w.abandoned(), () -> {});
    }

    /** Takes links out of the chain; begins again if somebody else has changed it meanwhile. */
    private void replaceChain(Predicate<Link> out, Runnable beforeEach) {
        for (; ; ) {
            Link seen = chain;
            if (seen == null || seen == DONE) {
                return;
            }
            beforeEach.run();
            List<Link> kept = new ArrayList<>();
            for (Link l = seen; l != null; l = l.next) {
                if (!out.test(l)) {
                    kept.add(l);
                }
            }
            if (kept.size() == seen.count) {
                return;
            }
            Link changed = null;
            for (Link l : kept.reversed()) {
                changed = new Link(l.kind, l.callback, l.loader, changed);
            }
            if (CHAIN.compareAndSet(this, seen, changed)) {
                return;
            }
        }
    }

    final void removeAllLinks() {
        for (; ; ) {
            Link seen = chain;
            if (seen == DONE || CHAIN.compareAndSet(this, seen, (Link) null)) {
                return;
            }
        }
    }

    /** Whether somebody is to be told. */
    public boolean hasLinks() {
        Link seen = chain;
        return seen != null && seen != DONE;
    }

    /** The end has come; what there is to see of it was written before. False the second time. */
    final boolean end() {
        Link newest = (Link) CHAIN.getAndSet(this, DONE);
        if (newest == DONE) {
            return false;
        }
        if (newest == null) {
            return true;
        }
        if (newest.next == null) {
            tell(newest); // nearly always one who joins
            return true;
        }
        Link[] all = inOrder(newest);
        if (all == null) {
            tellOneByOne(newest);
            return true;
        }
        for (Link l : all) {
            tell(l);
        }
        return true;
    }

    /** The oldest first; null if there is no memory for that. */
    private static Link[] inOrder(Link newest) {
        Link[] all;
        try {
            all = new Link[newest.count];
        } catch (OutOfMemoryError e) {
            return null;
        }
        for (Link l = newest; l != null; l = l.next) {
            all[l.count - 1] = l;
        }
        return all;
    }

    /** The same in quadratic time and no memory. */
    private void tellOneByOne(Link newest) {
        for (int n = 1; n <= newest.count; n++) {
            Link l = newest;
            while (l.count > n) {
                l = l.next;
            }
            tell(l);
        }
    }

    @SuppressWarnings("unchecked")
    private void tell(Link link) {
        if (link.kind == Kind.WAITER) {
            ((Waiter<Object>) link.callback).give(null);
            return;
        }
        try {
            tellLater(link.kind, link.callback, link.loader);
        } catch (OutOfMemoryError e) {
            tellAtOnce(link); // rather out of turn than never
        }
    }

    private void tellAtOnce(Link link) {
        try {
            notifyLink(link.kind, link.callback, link.loader);
        } catch (Throwable e) {
            hub.core.failed(link.callback, e);
        }
    }

    final void tellLater(Kind kind, Object callback, ClassLoader loader) {
        if (callback instanceof LinkList.Immediate) {
            notifyLink(kind, callback, loader); // now: the hub may not turn again for a long time
            return;
        }
        if (hub.core.isClosed()) {
            hub.core.call(callback, () -> notifyLink(kind, callback, loader));
            return;
        }
        if (hub.core.inLoop() && kind != Kind.RAW) {
            notifyLink(
                    kind, callback, loader); // its greenlet takes its place in the queue right now
            return;
        }
        Runnable entry = () -> hub.core.call(callback, () -> notifyLink(kind, callback, loader));
        if (hub.core.inLoop()) {
            hub.core.push(entry);
        } else {
            hub.core.submit(entry);
        }
    }
}
