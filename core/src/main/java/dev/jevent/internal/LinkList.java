package dev.jevent.internal;

import dev.jevent.Waitable;
import dev.jevent.internal.loop.EventLoop;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/**
 * Who is to be called back once when a primitive becomes ready ({@link Waitable#rawLink}), the
 * first first. The list is guarded by the primitive's lock; {@link Link#tell} is called without it.
 */
public final class LinkList {

    /** Told at once, on whatever thread: it only notes it and never blocks. */
    public interface Immediate {}

    /** A callback, and the loop of the hub whose greenlet or thread has asked for it, or null. */
    public record Link(Consumer<? super Waitable> callback, EventLoop loop) {

        /** Made by who asks to be told; not under the lock. */
        public static Link of(Consumer<? super Waitable> callback) {
            if (callback == null) {
                throw new NullPointerException("callback");
            }
            EventLoop loop =
                    callback instanceof Immediate ? null : HubAccess.get().currentLoop();
            return new Link(callback, loop);
        }

        /** Calls back: soon on the loop of who asked, or at once if he has none. Never throws. */
        public void tell(Waitable source) {
            if (loop == null) {
                callAtOnce(source);
                return;
            }
            Runnable entry = () -> loop.call(callback, () -> callback.accept(source));
            if (loop.inLoop()) {
                loop.push(entry);
            } else {
                loop.submit(entry);
            }
        }

        private void callAtOnce(Waitable source) {
            try {
                callback.accept(source);
            } catch (Throwable e) {
                Thread thread = Thread.currentThread();
                thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
            }
        }
    }

    private ArrayDeque<Link> links; // null: none

    /** An empty one. */
    public LinkList() {}

    /** Whether nobody is to be told. */
    public boolean isEmpty() {
        return links == null;
    }

    /** Adds one. */
    public void add(Link link) {
        if (links == null) {
            links = new ArrayDeque<>(2);
        }
        links.add(link);
    }

    /** Takes the first one with this callback out, if there is one. */
    public void remove(Object callback) {
        if (links == null) {
            return;
        }
        // from both ends at once: who leave do so in the order in which they came, or against it
        Iterator<Link> forwards = links.iterator();
        Iterator<Link> backwards = links.descendingIterator();
        for (int i = links.size(); i > 0; i -= 2) {
            if (forwards.next().callback == callback) {
                forwards.remove();
                break;
            }
            if (backwards.next().callback == callback) {
                backwards.remove();
                break;
            }
        }
        if (links.isEmpty()) {
            links = null;
        }
    }

    /** Takes all out, to be told without the lock. */
    public Collection<Link> takeAll() {
        Collection<Link> all = links;
        links = null;
        return all == null ? List.of() : all;
    }

    /** Tells all of them. */
    public static void tellAll(Collection<Link> links, Waitable source) {
        for (Link link : links) {
            link.tell(source);
        }
    }
}
