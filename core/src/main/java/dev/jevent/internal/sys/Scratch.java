package dev.jevent.internal.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The memory that system calls of one thread need besides their data: errno, a socket address, its
 * length and an option's value. A loop has one for its greenlets, for nothing can switch greenlets
 * between a call and the look at what it left here; other threads have one each.
 */
public final class Scratch {

    private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);

    // An automatic arena: a confined or shared one would be locked around each call.
    private final Arena arena = Arena.ofAuto();
    final MemorySegment errno = Native.newErrno(arena);
    final MemorySegment value = arena.allocate(8, 8); // ints, a long, struct linger or pollfd
    final MemorySegment length = arena.allocate(4, 4); // socklen_t
    final MemorySegment address = arena.allocate(SocketAddressMemory.SIZE, 8);

    /** For one thread, or one loop. */
    public Scratch() {}

    /** That of the calling thread; for those who are not in a loop. */
    public static Scratch ofThread() {
        return OF_THREAD.get();
    }

    int errno() {
        return Native.errno(errno);
    }

    void value(int first, int second) {
        value.set(ValueLayout.JAVA_INT, 0, first);
        value.set(ValueLayout.JAVA_INT, 4, second);
    }

    void longValue(long value) {
        this.value.set(ValueLayout.JAVA_LONG, 0, value);
    }

    int value() {
        return value.get(ValueLayout.JAVA_INT, 0);
    }

    int secondValue() {
        return value.get(ValueLayout.JAVA_INT, 4);
    }

    void length(int bytes) {
        length.set(ValueLayout.JAVA_INT, 0, bytes);
    }

    int length() {
        return length.get(ValueLayout.JAVA_INT, 0);
    }
}
