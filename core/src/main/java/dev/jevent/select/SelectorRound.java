package dev.jevent.select;

import dev.jevent.internal.io.Deadline;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.SocketException;
import java.nio.channels.SelectableChannel;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** One {@code select} in the portable mode. */
final class SelectorRound {

    private SelectorRound() {}

    /** Which of them are ready, those to be read first. */
    static boolean[] run(List<?> read, List<?> write, @Nullable Deadline deadline)
            throws IOException {
        PollSet set = new SelectorSet();
        try {
            var wanted = new IdentityHashMap<SelectableChannel, Integer>();
            for (Object r : read) {
                wanted.merge(channel(r), Ready.READ.bit(), (a, b) -> a | b);
            }
            for (Object w : write) {
                wanted.merge(channel(w), Ready.WRITE.bit(), (a, b) -> a | b);
            }
            for (var e : wanted.entrySet()) {
                set.register(e.getKey(), e.getValue());
            }
            var found = new IdentityHashMap<Object, Set<Ready>>();
            for (Event e : set.poll(deadline)) {
                if (e.is(Ready.INVALID)) {
                    throw new SocketException("cannot select what is closed: " + e.target());
                }
                found.put(e.target(), e.ready());
            }
            var ready = new boolean[read.size() + write.size()];
            for (int i = 0; i < ready.length; i++) {
                boolean reads = i < read.size();
                Object object = reads ? read.get(i) : write.get(i - read.size());
                Set<Ready> of = found.getOrDefault(channel(object), Set.of());
                ready[i] = of.contains(reads ? Ready.READ : Ready.WRITE);
            }
            return ready;
        } finally {
            set.close();
        }
    }

    private static SelectableChannel channel(Object object) {
        return SelectorSet.channel(object);
    }
}
