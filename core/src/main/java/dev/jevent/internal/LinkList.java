package dev.jevent.internal;

import dev.jevent.Waitable;
import dev.jevent.internal.loop.EventLoop;

import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
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
            EventLoop loop = callback instanceof Immediate ? null : HubAccess.get().currentLoop();
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

    /** A link and its place. */
    private static final class Node {
        final Link link;
        Node previous;
        Node next;
        Node earlier; // with the same callback, in the index

        Node(Link link) {
            this.link = link;
        }
    }

    private static final int FEW = 16;

    private Node first;
    private Node last;
    private int size;
    private IdentityHashMap<Object, Node> index; // by callback, once there are more than a few

    /** An empty one. */
    public LinkList() {}

    /** Whether nobody is to be told. */
    public boolean isEmpty() {
        return first == null;
    }

    /** Adds one. */
    public void add(Link link) {
        var node = new Node(link);
        if (index == null && size == FEW) {
            makeIndex();
        }
        if (index != null) {
            node.earlier = index.put(link.callback, node); // before it stands: there may be no room
        }
        node.previous = last;
        if (last == null) {
            first = node;
        } else {
            last.next = node;
        }
        last = node;
        size++;
    }

    private void makeIndex() {
        IdentityHashMap<Object, Node> all = new IdentityHashMap<>();
        for (Node n = first; n != null; n = n.next) {
            n.earlier = all.put(n.link.callback, n);
        }
        index = all;
    }

    /** Takes the latest one with this callback out, if there is one. */
    public void remove(Object callback) {
        Node node = index == null ? search(callback) : index.get(callback);
        if (node == null) {
            return;
        }
        if (node.previous == null) {
            first = node.next;
        } else {
            node.previous.next = node.next;
        }
        if (node.next == null) {
            last = node.previous;
        } else {
            node.next.previous = node.previous;
        }
        size--;
        if (index != null && node.earlier == null) {
            index.remove(callback);
        } else if (index != null) {
            index.put(callback, node.earlier);
        }
        if (first == null) {
            forget();
        }
    }

    private Node search(Object callback) {
        Node node = last;
        while (node != null && node.link.callback != callback) {
            node = node.previous;
        }
        return node;
    }

    private void forget() {
        first = null;
        last = null;
        index = null;
        size = 0;
    }

    /** Takes all out, the first first, to be told without the lock. */
    public Collection<Link> takeAll() {
        List<Link> all = new ArrayList<>(size);
        for (Node n = first; n != null; n = n.next) {
            all.add(n.link);
        }
        forget();
        return all;
    }

    /** Tells all of them. */
    public static void tellAll(Collection<Link> links, Waitable source) {
        for (Link link : links) {
            link.tell(source);
        }
    }
}
