package dev.jevent.pool;

import dev.jevent.Greenlet;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * The greenlets of a group, the oldest first. A list for the order, so that runs repeat, and a map
 * to the places in it, so that any of many leaves in constant time. The JDK's linked map would call
 * the greenlets' {@code hashCode}, which is a user's. Guarded by the group's lock.
 */
final class Members {

    private static final int MANY = 1024;

    private static final class Member {
        final Greenlet<?> greenlet;
        long told; // the last kill of the group that told it
        @Nullable Member previous;
        @Nullable Member next;

        Member(Greenlet<?> greenlet) {
            this.greenlet = greenlet;
        }
    }

    private IdentityHashMap<Greenlet<?>, Member> places = new IdentityHashMap<>();
    private @Nullable Member first;
    private @Nullable Member last;
    private int most; // since the map was made

    int size() {
        return places.size();
    }

    boolean isEmpty() {
        return first == null;
    }

    boolean contains(Object greenlet) {
        return places.containsKey(greenlet);
    }

    /** Whether it was none before. */
    boolean add(Greenlet<?> greenlet) {
        var member = new Member(greenlet);
        if (places.putIfAbsent(greenlet, member) != null) {
            return false;
        }
        Member before = last;
        member.previous = before;
        if (before == null) {
            first = member;
        } else {
            before.next = member;
        }
        last = member;
        most = Math.max(most, places.size());
        return true;
    }

    /** Whether it was one. */
    boolean remove(Object greenlet) {
        Member member = places.remove(greenlet);
        if (member == null) {
            return false;
        }
        Member before = member.previous;
        Member behind = member.next;
        if (before == null) {
            first = behind;
        } else {
            before.next = behind;
        }
        if (behind == null) {
            last = before;
        } else {
            behind.previous = before;
        }
        if (first == null && most > MANY) {
            places = new IdentityHashMap<>(); // it never gets smaller by itself
            most = 0;
        }
        return true;
    }

    List<Greenlet<?>> all() {
        List<Greenlet<?>> all = new ArrayList<>(places.size());
        for (Member m = first; m != null; m = m.next) {
            all.add(m.greenlet);
        }
        return all;
    }

    /** Those that were not told by this kill or a later one; from now on they are. */
    List<Greenlet<?>> tell(long kill) {
        List<Greenlet<?>> untold = new ArrayList<>();
        for (Member m = first; m != null; m = m.next) {
            if (m.told < kill) {
                m.told = kill;
                untold.add(m.greenlet);
            }
        }
        return untold;
    }
}
