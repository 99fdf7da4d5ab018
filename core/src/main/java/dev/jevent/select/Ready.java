package dev.jevent.select;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** What a socket or descriptor is ready for, as in poll(2). */
public enum Ready {

    /** A read would not wait: there is data, a connection, the end of the stream or an error. */
    READ(1),

    /** A write would not wait. */
    WRITE(4),

    /** An error is pending, or the reader of a pipe is gone. Always reported. */
    ERROR(8),

    /** The other side has hung up; what it sent before can be read. Always reported. */
    HANG_UP(16),

    /** It is closed. Always reported, until it is unregistered. */
    INVALID(32);

    private static final int ALL = 63;
    private static final Set<?>[] SETS = new Set<?>[ALL + 1];

    static {
        for (int bits = 0; bits <= ALL; bits++) {
            Set<Ready> set = EnumSet.noneOf(Ready.class);
            for (Ready r : values()) {
                if ((bits & r.bit) != 0) {
                    set.add(r);
                }
            }
            SETS[bits] = Collections.unmodifiableSet(set);
        }
    }

    private final int bit; // the kernel's, for poll(2) and epoll(7) alike

    Ready(int bit) {
        this.bit = bit;
    }

    int bit() {
        return bit;
    }

    /** What the kernel's bits mean; the same object each time. */
    @SuppressWarnings("unchecked")
    static Set<Ready> of(int bits) {
        return (Set<Ready>) SETS[bits & ALL];
    }

    /** The other way round. */
    static int bits(Set<Ready> set) {
        int bits = 0;
        for (Ready r : set) {
            bits |= r.bit;
        }
        return bits;
    }

    /** What the kernel is asked for; reading and writing if there is nothing. */
    static int wanted(Ready... interest) {
        if (interest.length == 0) {
            return READ.bit | WRITE.bit;
        }
        int bits = 0;
        for (Ready r : interest) {
            bits |= r.bit;
        }
        return bits & (READ.bit | WRITE.bit); // the others come unasked
    }
}
