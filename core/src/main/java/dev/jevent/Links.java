package dev.jevent;

import dev.jevent.internal.LinkList;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * Who is to be told when a greenlet has ended: an immutable chain that is replaced as a whole, and
 * taken as a whole at the end. So a link that is added is either found by the end or sees that it
 * has come, and no lock is needed.
 */
abstract class Links extends RawGreenlet {

    private static final VarHandle CHAIN;
    private static final Link DONE = new Link(null, null, null);

    static {
        try {
            CHAIN = MethodHandles.lookup().findVarHandle(Links.class, "chain", Link.class);
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

    record Link(Kind kind, Object callback, Link next) {}

    private volatile Link chain; // any thread; DONE after the end

    Links(Hub hub) {
        super(hub);
    }

    /** Calls one link other than a waiter. On the loop. */
    abstract void notifyLink(Kind kind, Object callback);

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
            if (CHAIN.compareAndSet(this, seen, new Link(kind, callback, seen))) {
                return true;
            }
        }
    }

    final void removeLink(Object callback) {
        for (; ; ) {
            Link seen = chain;
            if (seen == null || seen == DONE) {
                return;
            }
            List<Link> kept = new ArrayList<>();
            boolean found = false;
            for (Link l = seen; l != null; l = l.next) {
                if (!found && l.callback == callback) {
                    found = true;
                } else {
                    kept.add(l);
                }
            }
            Link changed = null;
            for (Link l : kept.reversed()) {
                changed = new Link(l.kind, l.callback, changed);
            }
            if (!found || CHAIN.compareAndSet(this, seen, changed)) {
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
        List<Link> all = new ArrayList<>();
        for (Link l = newest; l != null; l = l.next) {
            all.add(l);
        }
        for (Link l : all.reversed()) {
            tell(l);
        }
        return true;
    }

    @SuppressWarnings("unchecked")
    private void tell(Link link) {
        if (link.kind == Kind.WAITER) {
            ((Waiter<Object>) link.callback).switchTo(null);
        } else {
            tellLater(link.kind, link.callback);
        }
    }

    final void tellLater(Kind kind, Object callback) {
        if (callback instanceof LinkList.Immediate) {
            notifyLink(kind, callback); // now: the hub may not turn again for a long time
            return;
        }
        if (hub.core.isClosed()) {
            hub.core.call(callback, () -> notifyLink(kind, callback));
            return;
        }
        Runnable entry = () -> hub.core.call(callback, () -> notifyLink(kind, callback));
        if (hub.core.inLoop()) {
            hub.core.push(entry);
        } else {
            hub.core.submit(entry);
        }
    }
}
