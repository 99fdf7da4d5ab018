package dev.jevent.internal.io;

import dev.jevent.Interrupted;
import dev.jevent.Jevent;
import dev.jevent.internal.HubAccess;
import dev.jevent.internal.jdk.Jdk;
import dev.jevent.internal.loop.EpollPoll;
import dev.jevent.internal.loop.EventLoop;
import dev.jevent.internal.sys.Fd;
import dev.jevent.internal.sys.Scratch;

import java.io.FileDescriptor;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Where a greenlet waits that reads or writes a pipe, a terminal or another device through the
 * JDK's own streams: those of a {@link Process}, {@code System.in}, {@link java.io.Console}, {@link
 * FileDescriptor#in}, {@code /dev/tty}, named pipes. Before each call of the JDK's the descriptor
 * is asked whether it would block, and if so a duplicate of it is waited for.
 *
 * <p>A kill or a Timeout ends the wait and leaves the stream as it is; an interrupt ends it with an
 * {@link InterruptedIOException}; a close, by whomever, with an {@link IOException}. Streams that
 * are always ready give way now and then.
 *
 * <p>Of two threads (not greenlets of one hub) that read one descriptor, the one that comes too
 * late blocks as ever.
 */
final class JdkStreams {

    private static final HubAccess HUBS = HubAccess.get();
    private static final long TURN_NANOS = 500_000;

    // Who waits for what. Entries are few, and short-lived; a descriptor is equal to itself only.
    private static final IdentityHashMap<FileDescriptor, List<Waiting>> WAITING =
            new IdentityHashMap<>();
    private static volatile int waiting; // how many; written under the map's lock

    static {
        install();
    }

    private JdkStreams() {}

    /** One wait. */
    private static final class Waiting {
        final Descriptor duplicate; // null in the portable mode
        final Thread thread = Thread.currentThread();
        volatile boolean closed;

        Waiting(Descriptor duplicate) {
            this.duplicate = duplicate;
        }

        void close() {
            closed = true;
            if (duplicate != null) {
                duplicate.close(); // wakes him
            } else {
                LockSupport.unpark(thread);
            }
        }
    }

    /** Lets the JDK's streams wait here, for the rest of the JVM's life; if that is possible. */
    private static void install() {
        try {
            Jdk.get()
                    .installStreams(
                            (fd, number) -> await(fd, number, false),
                            (fd, number) -> await(fd, number, true),
                            JdkStreams::closed);
        } catch (Exception | LinkageError e) {
            System.getLogger("dev.jevent")
                    .log(
                            System.Logger.Level.DEBUG,
                            "a pipe or terminal that is read through the JDK's streams holds up"
                                    + " its hub",
                            e);
        }
    }

    /** Waits until it would not block. */
    private static boolean await(FileDescriptor fd, int number, boolean write) {
        int wanted = write ? Fd.POLLOUT : Fd.POLLIN;
        if (poll(number, wanted) != 0) { // ready, or an error for the JDK
            beFair();
            return true;
        }
        try {
            do {
                if (!waitFor(fd, number, write)) {
                    return false;
                }
                // somebody else may have been faster
            } while (poll(number, wanted) == 0);
            return true;
        } catch (Interrupted e) {
            var error = new InterruptedIOException(e.getMessage());
            error.initCause(e);
            throw JdkStreams.<RuntimeException>sneaky(error);
        } catch (IOException e) {
            throw JdkStreams.<RuntimeException>sneaky(e);
        }
    }

    /** Gives way if the hub has not looked at its timers and I/O for a while. */
    private static void beFair() {
        EventLoop loop = HUBS.currentLoop();
        if (loop != null && loop.inLoop() && loop.now() - loop.lastLook() > TURN_NANOS) {
            loop.lookSoon();
            Jevent.sleep(0);
        }
    }

    private static Scratch scratch() {
        EventLoop loop = HUBS.currentLoop();
        return loop != null && loop.inLoop() && loop.poll() instanceof EpollPoll epoll
                ? epoll.scratch()
                : Scratch.ofThread();
    }

    private static int poll(int number, int wanted) {
        return Fd.poll(scratch(), number, wanted);
    }

    private static boolean waitFor(FileDescriptor fd, int number, boolean write)
            throws IOException {
        int copy = Fd.duplicate(scratch(), number);
        if (copy < 0) {
            return false;
        }
        var descriptor = Descriptor.shared(copy, false, "Stream");
        var wait = new Waiting(HUBS.isPortable() ? null : descriptor);
        enter(fd, wait);
        try {
            if (!fd.valid()) { // from now on we would be told
                throw new IOException("Stream Closed");
            }
            if (HUBS.isPortable()) {
                Jdk.get().await(copy, write, () -> !wait.closed);
                if (Thread.currentThread().isInterrupted()) {
                    Jevent.sleep(0); // throws what the interrupt stands for
                }
            } else if (write) {
                descriptor.awaitOutput(null);
            } else {
                descriptor.awaitInput(null);
            }
            if (wait.closed) {
                throw new IOException("Stream Closed");
            }
        } catch (IOException e) {
            throw wait.closed ? new IOException("Stream Closed", e) : e;
        } finally {
            leave(fd, wait);
            descriptor.close();
        }
        return true;
    }

    private static void enter(FileDescriptor fd, Waiting wait) {
        synchronized (WAITING) {
            WAITING.computeIfAbsent(fd, _ -> new ArrayList<>(1)).add(wait);
            waiting++;
        }
    }

    private static void leave(FileDescriptor fd, Waiting wait) {
        synchronized (WAITING) {
            waiting--;
            List<Waiting> all = WAITING.get(fd);
            all.remove(wait);
            if (all.isEmpty()) {
                WAITING.remove(fd);
            }
        }
    }

    /**
     * Ends the waits for a descriptor that was closed. It became invalid before; who waits enters
     * before he looks whether it is valid: one of the two sees the other.
     */
    private static void closed(FileDescriptor fd) {
        if (waiting == 0) {
            return;
        }
        List<Waiting> all;
        synchronized (WAITING) {
            all = List.copyOf(WAITING.getOrDefault(fd, List.of()));
        }
        all.forEach(Waiting::close);
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> E sneaky(Throwable e) throws E {
        throw (E) e;
    }
}
