package dev.jevent.pool;

import dev.jevent.Greenlet;
import dev.jevent.Waitable;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Consumer;

/**
 * The greenlets of a group, the oldest first: a list, so that runs repeat and any of many leaves in
 * constant time. Who is asked about by his greenlet is found through an index, which is made when
 * that is done for the first time, for most groups are only spawned into. Guarded by the group's
 * lock.
 */
final class Members {

    private static final int MANY = 1024;

    /** A place in the list; told of the end of its greenlet. */
    static final class Member implements Consumer<Waitable> {
        final Greenlet<?> greenlet;
        private final Group group;
        private long told; // the last kill of the group that told it
        private boolean listed;
        private @Nullable Member previous;
        private @Nullable Member next;

        Member(Greenlet<?> greenlet, Group group) {
            this.greenlet = greenlet;
            this.group = group;
        }

        @Override
        public void accept(Waitable ended) {
            group.leave(this);
        }
    }

    private @Nullable IdentityHashMap<Greenlet<?>, Member> index;
    private @Nullable Member first;
    private @Nullable Member last;
    private int size;
    private int most; // since the index was made

    int size() {
        return size;
    }

    boolean isEmpty() {
        return first == null;
    }

    @Nullable Member find(Object greenlet) {
        if (index == null) {
            IdentityHashMap<Greenlet<?>, Member> all = new IdentityHashMap<>();
            for (Member m = first; m != null; m = m.next) {
                all.put(m.greenlet, m);
            }
            index = all;
            most = size;
        }
        return index.get(greenlet);
    }

    /** As {@link #find}, and takes no memory. */
    @Nullable Member search(Object greenlet) {
        Member m = last;
        while (m != null && m.greenlet != greenlet) {
            m = m.previous;
        }
        return m;
    }

    void add(Member member) {
        if (index != null) {
            index.put(member.greenlet, member); // first of all: it may find no memory
            most = Math.max(most, size + 1);
        }
        member.listed = true;
        Member before = last;
        member.previous = before;
        if (before == null) {
            first = member;
        } else {
            before.next = member;
        }
        last = member;
        size++;
    }

    /** Whether it was one. */
    boolean remove(@Nullable Member member) {
        if (member == null || !member.listed) {
            return false;
        }
        member.listed = false;
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
        member.previous = null;
        member.next = null;
        size--;
        if (index != null) {
            index.remove(member.greenlet);
            if (first == null && most > MANY) {
                index = null; // it never gets smaller by itself
            }
        }
        return true;
    }

    List<Member> all() {
        List<Member> all = new ArrayList<>(size);
        for (Member m = first; m != null; m = m.next) {
            all.add(m);
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
