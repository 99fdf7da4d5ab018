package dev.jevent.resolver;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * Finds the addresses of a name, and the name of an address. Follows {@code gevent.resolver}.
 *
 * <p>All methods may be called from any thread. They wait as every blocking call of jevent does: a
 * greenlet gives way; a kill, a {@link dev.jevent.Timeout} or an interrupt ends the wait of the one
 * whom it concerns, and of nobody else who asks for the same.
 *
 * <p>Who writes one extends {@link AbstractResolver}, which does what all have in common.
 */
public interface Resolver {

    /** As {@link #lookup(String, Families)}, with those families that {@code InetAddress} gives. */
    default List<InetAddress> lookup(String name) throws UnknownHostException {
        return lookup(name, Families.preferred());
    }

    /**
     * The addresses of a name. A literal ({@code 1.2.3.4}, {@code ::1}, {@code [::1]}, {@code
     * fe80::1%lo}) stands for itself and nobody is asked.
     *
     * @return at least one
     * @throws UnknownHostException if there is none of these families, or nobody who knows answers
     */
    List<InetAddress> lookup(String name, Families families) throws UnknownHostException;

    /**
     * The name of an address. It is what the owner of the address says: whether the name has that
     * address is another question.
     *
     * @throws UnknownHostException if it has none, or nobody who knows answers
     */
    String reverse(InetAddress address) throws UnknownHostException;
}
