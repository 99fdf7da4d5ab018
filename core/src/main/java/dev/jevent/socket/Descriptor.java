package dev.jevent.socket;

import dev.jevent.ConcurrentObjectUseError;
import dev.jevent.Waiter;
import dev.jevent.internal.HubAccess;
import dev.jevent.internal.SpinLock;
import dev.jevent.internal.loop.EpollPoll;
import dev.jevent.internal.loop.EventLoop;
import dev.jevent.internal.loop.FdHandler;
import dev.jevent.internal.sys.Epoll;
import dev.jevent.internal.sys.Errno;
import dev.jevent.internal.sys.Net;
import dev.jevent.internal.sys.Scratch;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Arrays;

/**
 * One open socket, and how to wait for it. Each call is tried first; only when the kernel says
 * {@code EAGAIN} does the caller wait, in the epoll of its own hub. There the socket is registered
 * edge-triggered by the first who waits, and stays so until it is closed. So it does not matter who
 * made it: a hub whose thread is busy elsewhere holds up nobody else. A thread without a hub waits
 * in {@linkplain DaemonLoop a hub for all such}.
 *
 * <p>The protocol of edges, in each direction:
 *
 * <pre>
 *     caller                                  loop (any that has it registered)
 *     ------                                  ----
 *     ready = false                           event: ready = true
 *     system call; not EAGAIN: done                  if waiting: wake
 *     waiting = true
 *     ready? then try again
 *     wait, try again
 * </pre>
 *
 * The caller publishes that it waits and then looks at {@code ready}; the loop does it the other
 * way round; both fields are volatile, so that one of them sees the other. Events may come late or
 * without reason; whoever is woken tries again.
 *
 * <p>A direction's lock is held during each system call, which never sleeps. {@link #close} takes
 * both: no call can meet a descriptor that has been closed and given to somebody else. Any thread.
 */
final class Descriptor implements FdHandler {

    private static final HubAccess HUBS = HubAccess.get();
    private static final EventLoop[] NONE = {};
    private static final int READABLE = Epoll.IN | Epoll.RDHUP | Epoll.HUP | Epoll.ERR;
    private static final int WRITABLE = Epoll.OUT | Epoll.HUP | Epoll.ERR;
    private static final int EISCONN = 106;
    private static final int EALREADY = 114;

    /** One of the two directions. */
    private static final class Side {
        private final SpinLock lock = new SpinLock();
        private final String what;
        private volatile boolean ready;
        private volatile boolean waiting; // set under the lock
        private @Nullable Waiter<Void> waiter; // made under the lock

        Side(String what) {
            this.what = what;
        }

        void fire() {
            ready = true;
            wake();
        }

        void wake() {
            if (waiting) {
                waiter.switchTo(null);
            }
        }
    }

    /** A system call that answers the negative errno. */
    @FunctionalInterface
    interface Call {
        int on(Scratch scratch, int fd);
    }

    private final int fd;
    private final boolean ipv6;
    private final Side reading = new Side("read from");
    private final Side writing = new Side("write to");
    private volatile @Nullable EventLoop home; // the first that has it registered, or its maker's
    private volatile EventLoop[] attached = NONE; // that have it registered
    private volatile boolean closed; // set under both locks
    private volatile boolean reset; // the kernel says so only once
    private volatile boolean lingers;

    // The last receive got less than it asked for, so that nothing was left, and what comes is an
    // event: the next one need not ask the kernel to be told so. The end of the stream may have
    // come
    // in one event with the last data; from then on the kernel is asked each time.
    private boolean drained; // one reader at a time
    private volatile boolean ending;

    private Descriptor(int fd, boolean ipv6) {
        this.fd = fd;
        this.ipv6 = ipv6;
        this.home = HUBS.currentLoop();
    }

    /** A new TCP socket. */
    static Descriptor open(boolean ipv6) throws SocketException {
        int fd = Net.socket(Scratch.ofThread(), ipv6);
        if (fd < 0) {
            throw Errno.failure(-fd);
        }
        return new Descriptor(fd, ipv6);
    }

    boolean ipv6() {
        return ipv6;
    }

    boolean isClosed() {
        return closed;
    }

    /** It has a {@code SO_LINGER} that makes close(2) sleep. */
    void lingers(boolean on) {
        lingers = on;
    }

    @Override
    public String toString() {
        return "descriptor " + fd;
    }

    // ---- system calls

    private Scratch scratch() {
        EventLoop h = home;
        return h != null && h.inLoop() ? ((EpollPoll) h.poll()).scratch() : Scratch.ofThread();
    }

    private void enter(Side side) throws SocketException {
        side.lock.lock();
        if (closed) {
            side.lock.unlock();
            throw new SocketException("Socket closed");
        }
        side.ready = false;
    }

    private int tryRecv(byte[] b, int off, int len) throws SocketException {
        enter(reading);
        try {
            int n = Net.recv(scratch(), fd, b, off, len);
            drained = n > 0 && n < len && !ending;
            return n;
        } finally {
            reading.lock.unlock();
        }
    }

    private int trySend(byte[] b, int off, int len) throws SocketException {
        enter(writing);
        try {
            return Net.send(scratch(), fd, b, off, len);
        } finally {
            writing.lock.unlock();
        }
    }

    /** A call that neither waits nor moves data; its result. */
    int call(Call call) throws SocketException {
        writing.lock.lock();
        try {
            if (closed) {
                throw new SocketException("Socket closed");
            }
            return call.on(scratch(), fd);
        } finally {
            writing.lock.unlock();
        }
    }

    /** As {@link #call}, and a failure is thrown. */
    int check(Call call) throws SocketException {
        int result = call(call);
        if (result < 0) {
            throw Errno.failure(-result);
        }
        return result;
    }

    /** What it is bound to. */
    InetSocketAddress localAddress() throws SocketException {
        var address = new InetSocketAddress[1];
        call(
                (scratch, fd) -> {
                    address[0] = Net.localAddress(scratch, fd);
                    return 0;
                });
        if (address[0] == null) {
            throw new SocketException("this socket has no local address");
        }
        return address[0];
    }

    /**
     * Receives what is there, at most {@link Net#MOST} bytes, and waits until something is.
     *
     * @param millis after which it gives up; 0 for never
     * @return 0 at the end of the stream
     */
    int recv(byte[] b, int off, int len, int millis) throws IOException {
        int most = Math.min(len, Net.MOST);
        int n = drained && !reading.ready ? -Errno.EAGAIN : tryRecv(b, off, most);
        if (n == -Errno.EAGAIN) {
            var deadline = millis == 0 ? null : new Deadline(millis, "Read timed out");
            do {
                await(reading, deadline);
                n = tryRecv(b, off, most);
            } while (n == -Errno.EAGAIN);
        }
        if (n <= 0) {
            if (n == -Errno.ECONNRESET) {
                reset = true;
            }
            if (reset || n < 0) {
                throw Errno.failure(reset ? Errno.ECONNRESET : -n);
            }
        }
        return n;
    }

    /** Sends everything. What throws out of it says nothing of how much was sent before. */
    void send(byte[] b, int off, int len) throws IOException {
        while (len > 0) {
            int n = trySend(b, off, Math.min(len, Net.MOST));
            if (n >= 0) {
                off += n;
                len -= n;
            } else if (n == -Errno.EAGAIN) {
                await(writing, null);
            } else {
                throw new SocketException(Errno.text(-n)); // "Broken pipe" and so on
            }
        }
    }

    /** The next connection, and who it is from. */
    record Accepted(Descriptor descriptor, InetSocketAddress from) {}

    /**
     * Waits for the next connection.
     *
     * @param millis after which it gives up; 0 for never
     */
    Accepted accept(int millis) throws IOException {
        Deadline deadline = null;
        for (; ; ) {
            InetSocketAddress from = null;
            int n;
            enter(reading);
            try {
                Scratch scratch = scratch();
                n = Net.accept(scratch, fd);
                if (n >= 0) {
                    from = Net.address(scratch);
                }
            } finally {
                reading.lock.unlock();
            }
            if (from != null) {
                return new Accepted(new Descriptor(n, ipv6), from);
            }
            if (n == -Errno.EAGAIN) {
                if (millis > 0 && deadline == null) {
                    deadline = new Deadline(millis, "Accept timed out");
                }
                await(reading, deadline);
            } else if (!failedBeforeAccept(-n)) {
                throw Errno.failure(-n);
            }
        }
    }

    /** Errors that belong to the connection and not to the listener; see accept(2). */
    private static boolean failedBeforeAccept(int errno) {
        return switch (errno) {
            case Errno.ECONNABORTED,
                    Errno.EINTR,
                    Errno.EPROTO,
                    Errno.ENETDOWN,
                    Errno.ENETUNREACH,
                    Errno.EHOSTUNREACH ->
                    true;
            default -> false;
        };
    }

    /**
     * Connects; when that fails the socket is of no use any more.
     *
     * @param millis after which it gives up; 0 for never
     */
    void connect(InetSocketAddress to, int millis) throws IOException {
        Deadline deadline = millis == 0 ? null : new Deadline(millis, "Connect timed out");
        for (; ; ) {
            int result;
            enter(writing);
            try {
                result = Net.connect(scratch(), fd, to, ipv6); // asked again, it says how it went
            } finally {
                writing.lock.unlock();
            }
            switch (-result) {
                case 0, EISCONN -> {
                    return;
                }
                case Errno.EINPROGRESS, EALREADY, Errno.EINTR -> await(writing, deadline);
                default -> throw Errno.connectFailure(-result, to);
            }
        }
    }

    // ---- waiting

    /** When a call gives up, by the clock of the caller's hub. */
    private static final class Deadline {
        private final EventLoop clock = loop();
        private final long end;
        private final String message;

        Deadline(int millis, String message) {
            this.end = clock.now() + millis * 1_000_000L;
            this.message = message;
        }

        long left() throws SocketTimeoutException {
            long left = end - clock.now();
            if (left <= 0) {
                throw over();
            }
            return left;
        }

        SocketTimeoutException over() {
            return new SocketTimeoutException(message);
        }
    }

    private static EventLoop loop() {
        EventLoop loop = HUBS.currentLoop();
        return loop != null ? loop : DaemonLoop.get();
    }

    /** Waits for an event since the last {@link #enter}, or a close. */
    private void await(Side side, @Nullable Deadline deadline) throws IOException {
        EventLoop loop = loop();
        boolean inLoop = loop.inLoop();
        Waiter<Void> waiter = beginWait(side);
        try {
            if (!isAttached(loop)) {
                if (inLoop) {
                    attach(loop);
                } else {
                    loop.submit((Runnable) () -> attachOrFail(loop, waiter));
                }
            }
            if (side.ready || closed) {
                return;
            }
            if (inLoop) {
                loop.ref();
            }
            try {
                if (!HUBS.await(waiter, deadline == null ? -1 : deadline.left())) {
                    throw deadline.over();
                }
                waiter.get(); // throws a failure to attach
            } finally {
                if (inLoop) {
                    unref(loop);
                }
            }
        } finally {
            side.waiting = false;
        }
    }

    private static void unref(EventLoop loop) {
        if (loop.inLoop()) {
            loop.unref();
        } else {
            loop.submit((Runnable) loop::unref);
        }
    }

    private Waiter<Void> beginWait(Side side) throws SocketException {
        side.lock.lock();
        try {
            if (closed) {
                throw new SocketException("Socket closed");
            }
            Waiter<Void> waiter = side.waiter;
            if (side.waiting) {
                throw new ConcurrentObjectUseError(
                        "another greenlet already waits to "
                                + side.what
                                + " this socket: "
                                + waiter);
            }
            if (waiter == null) {
                waiter = new Waiter<>();
                side.waiter = waiter;
            } else {
                waiter.clear();
            }
            side.waiting = true;
            return waiter;
        } finally {
            side.lock.unlock();
        }
    }

    private boolean isAttached(EventLoop loop) {
        for (EventLoop l : attached) {
            if (l == loop) {
                return true;
            }
        }
        return false;
    }

    /** Registers it. On the loop; under a lock, lest it is closed and its number used again. */
    private void attach(EventLoop loop) throws IOException {
        reading.lock.lock();
        try {
            if (closed || isAttached(loop)) {
                return;
            }
            ((EpollPoll) loop.poll()).attach(fd, this);
            EventLoop[] before = attached;
            EventLoop[] after = Arrays.copyOf(before, before.length + 1);
            after[before.length] = loop;
            attached = after;
            if (before.length == 0) {
                home = loop;
            }
        } finally {
            reading.lock.unlock();
        }
    }

    private void attachOrFail(EventLoop loop, Waiter<Void> waiter) {
        try {
            attach(loop);
        } catch (IOException e) {
            waiter.throwInto(e);
        }
    }

    @Override
    public void ready(int events) {
        if ((events & (READABLE & ~Epoll.IN)) != 0) {
            ending = true;
        }
        if ((events & READABLE) != 0) {
            reading.fire();
        }
        if ((events & WRITABLE) != 0) {
            writing.fire();
        }
    }

    // ---- the end

    /** Closes it and wakes who waits; does nothing the second time. Never waits. */
    void close() {
        reading.lock.lock();
        writing.lock.lock();
        boolean first = !closed;
        closed = true;
        writing.lock.unlock();
        reading.lock.unlock();
        if (!first) {
            return;
        }
        // From here on nobody uses the number, and nobody registers it.
        if (lingers) {
            Thread.ofPlatform()
                    .daemon()
                    .name("jevent-linger")
                    .start(() -> Net.closeAndLinger(fd)); // sleeps
        } else {
            Net.close(fd);
        }
        reading.wake();
        writing.wake();
        for (EventLoop loop : attached) {
            if (loop.inLoop()) {
                detach(loop);
            } else {
                loop.submit((Runnable) () -> detach(loop));
            }
        }
    }

    private void detach(EventLoop loop) {
        ((EpollPoll) loop.poll()).detach(fd, this);
    }
}
