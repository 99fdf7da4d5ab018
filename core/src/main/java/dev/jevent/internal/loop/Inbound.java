package dev.jevent.internal.loop;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What other threads send to a loop: a stack that the loop takes as a whole and turns round, so
 * that the entries of one sender keep their order. Adding is one compare-and-set, and the loop pays
 * one read while nothing has come.
 */
final class Inbound {

    private static final VarHandle HEAD;

    static {
        try {
            HEAD = MethodHandles.lookup().findVarHandle(Inbound.class, "head", Node.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    static final class Node {
        final Object entry;
        Node next;

        Node(Object entry) {
            this.entry = entry;
        }
    }

    private volatile Node head; // any thread

    boolean isEmpty() {
        return head == null;
    }

    /** Any thread. A full fence: what the caller reads next is at least as new as this. */
    void add(Object entry) {
        var node = new Node(entry);
        Node seen = head;
        do {
            node.next = seen;
            Node found = (Node) HEAD.compareAndExchange(this, seen, node);
            if (found == seen) {
                return;
            }
            seen = found;
        } while (true);
    }

    /** Everything that has come, the oldest first; null if nothing. Loop thread only. */
    Node takeAll() {
        Node newest = (Node) HEAD.getAndSet(this, (Node) null);
        Node oldest = null;
        while (newest != null) {
            Node next = newest.next;
            newest.next = oldest;
            oldest = newest;
            newest = next;
        }
        return oldest;
    }
}
