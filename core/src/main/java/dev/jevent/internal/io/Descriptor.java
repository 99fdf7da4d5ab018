package dev.jevent.internal.io;

import dev.jevent.ConcurrentObjectUseError;
import dev.jevent.Waiter;
import dev.jevent.internal.CallerAccess;
import dev.jevent.internal.HubAccess;
import dev.jevent.internal.OwnThread;
import dev.jevent.internal.SpinLock;
import dev.jevent.internal.loop.EpollPoll;
import dev.jevent.internal.loop.EventLoop;
import dev.jevent.internal.loop.FdHandler;
import dev.jevent.internal.sys.Epoll;
import dev.jevent.internal.sys.Errno;
import dev.jevent.internal.sys.Fd;
import dev.jevent.internal.sys.Net;
import dev.jevent.internal.sys.Scratch;

import org.jspecify.annotations.Nullable;

import java.io.Closeable;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.util.Arrays;
import java.util.Locale;

/**
 * One open socket, pipe or other descriptor that does not block, and how to wait for it. Each call
 * is tried first; only when the kernel says {@code EAGAIN} does the caller wait, in the epoll of
 * its own hub. There the socket is registered edge-triggered by the first who waits, and stays so
 * until it is closed. So it does not matter who made it: a hub whose thread is busy elsewhere holds
 * up nobody else. A thread without a hub waits in {@linkplain DaemonLoop a hub for all such}.
 *
 * <p>The protocol of edges, in each direction:
 *
 * <pre>
 *     caller                                  loop (any that has it registered)
 *     ------                                  ----
 *     ready = false                           event: ready = true
 *     system call; not EAGAIN: done                  somebody waits? then wake
 *     begin to wait
 *     ready? then try again
 *     wait, try again
 * </pre>
 *
 * The caller publishes that it waits and then looks at {@code ready}; the loop does it the other
 * way round; between the two steps of each there is a full fence, so that one of them sees the
 * other. A loop that finds {@code ready} set has nothing to do: nobody begins to sleep while it is,
 * and who clears it later makes his call after this event. Events may come late or without reason;
 * whoever is woken tries again.
 *
 * <p>A direction's lock is held during each system call, which never sleeps. {@link #close} takes
 * both: no call can meet a descriptor that has been closed and given to somebody else. Any thread.
 */
public final class Descriptor implements FdHandler {

    private static final HubAccess HUBS = HubAccess.get();
    private static final EventLoop[] NONE = {};
    private static final int READABLE = Epoll.IN | Epoll.RDHUP | Epoll.HUP | Epoll.ERR;
    private static final int WRITABLE = Epoll.OUT | Epoll.HUP | Epoll.ERR;
    private static final int EISCONN = 106;
    private static final int EALREADY = 114;
    private static final VarHandle READY;
    private static final VarHandle HELD;

    static {
        try {
            var lookup = MethodHandles.lookup();
            READY = lookup.findVarHandle(Side.class, "ready", boolean.class);
            HELD = lookup.findVarHandle(Side.class, "held", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /**
     * One of the two directions. It is its own waiter, and its own lock, as {@link SpinLock} is
     * one: with many connections each object is one more place that is not in the processor's
     * cache.
     */
    private static final class Side extends Waiter<Void> {
        private final String what;

        @SuppressWarnings("UnusedVariable") // through its handle
        private boolean held;

        private volatile boolean ready;

        Side(String what) {
            this.what = what;
        }

        void lock() {
            for (int i = 0; !HELD.compareAndSet(this, false, true); i++) {
                SpinLock.pause(i);
            }
        }

        void unlock() {
            HELD.setRelease(this, false);
        }

        void fire() {
            if (ready) {
                return; // whoever set it has woken or wakes who waits
            }
            READY.setOpaque(this, true);
            if (!wake()) { // else it was the fence
                VarHandle.fullFence();
                wake();
            }
        }

        /** Whether somebody waited; if not, the next wait takes no notice of this. */
        boolean wake() {
            return switchTo(null);
        }
    }

    /** A system call that does not sleep, and answers the negative errno when it fails. */
    @FunctionalInterface
    public interface Call {

        /** Makes it. */
        int on(Scratch scratch, int fd);
    }

    private static final long FIRST_PAUSE = 1_000_000; // nanoseconds
    private static final long LAST_PAUSE = 50_000_000;

    private final int fd;
    private final String noun;
    private final boolean shared;
    private final boolean ipv6;
    private final Side reading = new Side("read from");
    private final Side writing = new Side("write to");
    private volatile @Nullable EventLoop home; // the first that has it registered, or its maker's
    private volatile EventLoop[] attached = NONE; // that have it registered
    private volatile boolean atHome; // home is one of these
    private boolean roams; // there is another one; under the lock of reading
    private volatile boolean closed; // set under both locks
    private volatile @Nullable WeakReference<Closeable> library; // whose it is; null: jevent's own
    private volatile boolean reset; // the kernel says so only once
    private volatile boolean lingers;
    private volatile @Nullable Closing closings; // changed under the lock of writing

    // The last receive got less than it asked for, so that nothing was left, and what comes is an
    // event: the next one need not ask the kernel to be told so. The end of the stream may have
    // come in one event with the last data; from then on the kernel is asked each time.
    private boolean drained; // one reader at a time
    private volatile boolean ending;

    private Descriptor(int fd, boolean ipv6, String noun, boolean shared) {
        this.fd = fd;
        this.ipv6 = ipv6;
        this.noun = noun;
        this.shared = shared;
        this.home = HUBS.currentLoop();
    }

    /**
     * A descriptor that is ours alone.
     *
     * @param fd non-blocking
     * @param ipv6 whether it is a socket that takes addresses of IPv6
     * @param noun what messages call it: "Socket"
     */
    public static Descriptor of(int fd, boolean ipv6, String noun) {
        return new Descriptor(fd, ipv6, noun, false);
    }

    /** One of which somebody else, another process perhaps, may have a duplicate. */
    public static Descriptor shared(int fd, boolean ipv6, String noun) {
        return new Descriptor(fd, ipv6, noun, true);
    }

    /** A new TCP socket. */
    public static Descriptor open(boolean ipv6) throws SocketException {
        return socket(Net.socket(Scratch.ofThread(), ipv6), ipv6);
    }

    /** A new UDP socket. */
    public static Descriptor openDatagram(boolean ipv6) throws SocketException {
        return socket(Net.datagramSocket(Scratch.ofThread(), ipv6), ipv6);
    }

    /** A new Unix-domain socket. */
    public static Descriptor openUnix() throws SocketException {
        return socket(Net.unixSocket(Scratch.ofThread()), false);
    }

    private static Descriptor socket(int fd, boolean ipv6) throws SocketException {
        if (fd < 0) {
            throw Errno.failure(-fd);
        }
        return of(fd, ipv6, "Socket");
    }

    /** Its number, for reports. */
    public int fd() {
        return fd;
    }

    /** Whether it is a socket that takes addresses of IPv6. */
    public boolean ipv6() {
        return ipv6;
    }

    /** Whether {@link #close} was called. */
    public boolean isClosed() {
        return closed;
    }

    /**
     * Whether the peer has ended its output or the connection; known only while it is registered,
     * as it is after somebody has waited.
     */
    public boolean isEnding() {
        return ending;
    }

    /** It has a {@code SO_LINGER} that makes close(2) sleep. */
    public void lingers(boolean on) {
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

    private SocketException closedException() {
        return new SocketException(noun + " closed");
    }

    private void enter(Side side) throws SocketException {
        lockOpen(side);
        side.ready = false;
    }

    private void lockOpen(Side side) throws SocketException {
        side.lock();
        if (closed) {
            side.unlock();
            throw closedException();
        }
    }

    /** See {@link Share#take}. */
    private void beFair(int weight) throws SocketException {
        if (library == null) {
            takeShare(weight);
            return;
        }
        try {
            takeShare(weight);
        } catch (Throwable e) {
            throw endedForLibrary(e);
        }
    }

    /** The caller's loop is nearly always the one that has this. */
    private void takeShare(int weight) {
        EventLoop h = home;
        if (h != null && h.inLoop()) {
            Share.take(h, weight);
        } else {
            Share.take(weight);
        }
    }

    // ---- sockets of libraries

    /**
     * From now on a kill, a timeout or an interrupt of who waits here closes the socket, as the
     * JDK's interruption closes its own; see {@link CallerAccess#closedFor}.
     *
     * @param socket which is not kept alive by this
     */
    public void belongsToLibrary(Closeable socket) {
        library = new WeakReference<>(socket);
    }

    /** Takes {@link #belongsToLibrary} back. */
    public void keepOpen() {
        library = null;
    }

    /** Whether a kill of who waits here closes it. */
    public boolean isOfLibrary() {
        return library != null;
    }

    private RuntimeException endedForLibrary(Throwable e) {
        WeakReference<Closeable> socket = library;
        Closeable known = socket == null ? null : socket.get();
        Throwable ended = CallerAccess.get().closedFor(e, known == null ? this::close : known);
        throw CallerAccess.<RuntimeException>sneaky(ended);
    }

    private int tryRecv(byte[] b, int off, int len) throws SocketException {
        beFair(1);
        lockOpen(reading);
        try {
            EventLoop h = home;
            boolean inLoop = h != null && h.inLoop();
            if (inLoop && !roams) {
                READY.setOpaque(reading, false); // the thread of all events
            } else {
                reading.ready = false;
            }
            Scratch scratch = inLoop ? ((EpollPoll) h.poll()).scratch() : Scratch.ofThread();
            int n = Net.recv(scratch, fd, b, off, len);
            drained = n > 0 && n < len && !ending;
            if (inLoop) {
                Share.moved(h, n);
            } else {
                Share.moved(n);
            }
            return n;
        } finally {
            reading.unlock();
        }
    }

    /** There nearly always is room; so an event is only prepared for when there is none. */
    private int trySend(byte[] b, int off, int len) throws SocketException {
        beFair(1);
        lockOpen(writing);
        try {
            int n = Net.send(scratch(), fd, b, off, len);
            if (n == -Errno.EAGAIN && writing.ready) {
                writing.ready = false;
                n = Net.send(scratch(), fd, b, off, len);
            }
            Share.moved(n);
            return n;
        } finally {
            writing.unlock();
        }
    }

    /** A call that neither waits nor moves data; its result. */
    public int call(Call call) throws SocketException {
        writing.lock();
        try {
            if (closed) {
                throw closedException();
            }
            return call.on(scratch(), fd);
        } finally {
            writing.unlock();
        }
    }

    /** As {@link #call}, and a failure is thrown. */
    public int check(Call call) throws SocketException {
        int result = call(call);
        if (result < 0) {
            throw Errno.failure(-result);
        }
        return result;
    }

    /** What it is bound to. */
    public SocketAddress localAddress() throws SocketException {
        var address = new SocketAddress[1];
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

    /** What it is connected to; null if it is not. */
    public @Nullable SocketAddress remoteAddress() throws SocketException {
        var address = new SocketAddress[1];
        call(
                (scratch, fd) -> {
                    address[0] = Net.remoteAddress(scratch, fd);
                    return 0;
                });
        return address[0];
    }

    /**
     * Receives what is there, at most {@link Net#MOST} bytes, and waits until something is.
     *
     * @param millis after which it gives up; 0 for never
     * @return 0 at the end of the stream
     */
    public int recv(byte[] b, int off, int len, int millis) throws IOException {
        int n = tryAsFar(b, off, len);
        return n > 0 ? n : received(n, b, off, len, Deadline.ofMillis(millis, "Read timed out"));
    }

    /** The same with a deadline. */
    public int recv(byte[] b, int off, int len, @Nullable Deadline deadline) throws IOException {
        int n = tryAsFar(b, off, len);
        return n > 0 ? n : received(n, b, off, len, deadline);
    }

    private int tryAsFar(byte[] b, int off, int len) throws SocketException {
        return drained && !reading.ready ? -Errno.EAGAIN : tryRecv(b, off, Math.min(len, Net.MOST));
    }

    private int received(int first, byte[] b, int off, int len, @Nullable Deadline deadline)
            throws IOException {
        int n = first;
        while (n == -Errno.EAGAIN) {
            await(reading, deadline);
            n = tryRecv(b, off, Math.min(len, Net.MOST));
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

    /**
     * Sends everything. What throws out of it says nothing of how much was sent before.
     *
     * @param deadline of the whole, null for none
     */
    public void send(byte[] b, int off, int len, @Nullable Deadline deadline) throws IOException {
        while (len > 0) {
            int n = trySend(b, off, Math.min(len, Net.MOST_SENT));
            if (n >= 0) {
                off += n;
                len -= n;
            } else if (n == -Errno.EAGAIN) {
                await(writing, deadline);
            } else {
                throw sendFailure(-n);
            }
        }
    }

    /**
     * Sends what there is room for, and waits until there is some.
     *
     * @return how much, at least 1 if there is something to send
     */
    public int sendSome(byte[] b, int off, int len, @Nullable Deadline deadline)
            throws IOException {
        for (; ; ) {
            int n = trySend(b, off, Math.min(len, Net.MOST_SENT));
            if (n >= 0) {
                return n;
            }
            if (n != -Errno.EAGAIN) {
                throw sendFailure(-n);
            }
            await(writing, deadline);
        }
    }

    /** The kernel tells of a reset once: the reader must not take it for the end of the stream. */
    private SocketException sendFailure(int errno) {
        if (errno == Errno.ECONNRESET) {
            reset = true;
        }
        return new SocketException(Errno.text(errno)); // "Broken pipe" and so on
    }

    /**
     * Makes a call that reads, as often as it takes; while it says {@code EAGAIN} this waits.
     *
     * @return what it answered, which may be another negative errno
     */
    public int input(Call call, @Nullable Deadline deadline) throws IOException {
        drained = false;
        return transfer(reading, call, deadline, 1);
    }

    /**
     * As {@link #input(Call, Deadline)}, for who knows that its last call got all there was: if no
     * event has come since, this waits for one first, and spares a call that would say {@code
     * EAGAIN}.
     */
    public int inputAfterAll(Call call, @Nullable Deadline deadline) throws IOException {
        awaitEvent(deadline);
        return input(call, deadline);
    }

    /** Waits for an event, if none has come since the last call that reads. */
    public void awaitEvent(@Nullable Deadline deadline) throws IOException {
        if (!ending && !reading.ready) {
            await(reading, deadline);
        }
    }

    /** The same for a call that writes. */
    public int output(Call call, @Nullable Deadline deadline) throws IOException {
        return transfer(writing, call, deadline, 1);
    }

    /** The same for a call that takes as long as so many others. */
    public int output(Call call, @Nullable Deadline deadline, int weight) throws IOException {
        return transfer(writing, call, deadline, weight);
    }

    private int transfer(Side side, Call call, @Nullable Deadline deadline, int weight)
            throws IOException {
        for (; ; ) {
            int n;
            beFair(weight);
            enter(side);
            try {
                n = call.on(scratch(), fd);
            } finally {
                side.unlock();
            }
            if (n != -Errno.EAGAIN) {
                if (weight == 1) {
                    Share.moved(n); // of others it has been said before
                }
                return n;
            }
            await(side, deadline);
        }
    }

    /**
     * Waits for something to read if it is known, without a system call, that there is nothing; so
     * that who needs memory to read into can get it afterwards.
     */
    public void awaitNews(@Nullable Deadline deadline) throws IOException {
        if (drained && !reading.ready) {
            await(reading, deadline);
        }
    }

    /** Waits until a read would not wait: data, the end, an error. */
    public void awaitInput(@Nullable Deadline deadline) throws IOException {
        input((s, fd) -> state(s, fd, Fd.POLLIN), deadline);
        reading.fire(); // nothing was taken: for who spares a call while it is not ready
    }

    /** Waits until a write would not wait: room, or an error. */
    public void awaitOutput(@Nullable Deadline deadline) throws IOException {
        output((s, fd) -> state(s, fd, Fd.POLLOUT), deadline);
    }

    private static int state(Scratch s, int fd, int wanted) {
        int events = Fd.poll(s, fd, wanted);
        return events == 0 ? -Errno.EAGAIN : events;
    }

    /** The next connection, and who it is from. */
    public record Accepted(Descriptor descriptor, SocketAddress from) {}

    /**
     * Waits for the next connection.
     *
     * @param millis after which it gives up; 0 for never
     */
    public Accepted accept(int millis) throws IOException {
        Deadline deadline = null;
        for (; ; ) {
            SocketAddress from = null;
            int n;
            beFair(1);
            enter(reading);
            try {
                Scratch scratch = scratch();
                n = Net.accept(scratch, fd);
                if (n >= 0) {
                    from = Net.address(scratch);
                }
            } finally {
                reading.unlock();
            }
            if (from != null) {
                return new Accepted(of(n, ipv6, noun), from);
            }
            if (n == -Errno.EAGAIN) {
                if (deadline == null) {
                    deadline = Deadline.ofMillis(millis, "Accept timed out");
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
    public void connect(SocketAddress to, int millis) throws IOException {
        connect(to, Deadline.ofMillis(millis, "Connect timed out"));
    }

    /** The same with a deadline. */
    public void connect(SocketAddress to, @Nullable Deadline deadline) throws IOException {
        long pause = FIRST_PAUSE;
        for (; ; ) {
            int result;
            beFair(1);
            enter(writing);
            try {
                result = Net.connect(scratch(), fd, to, ipv6); // asked again, it says how it went
            } finally {
                writing.unlock();
            }
            switch (-result) {
                case 0, EISCONN -> {
                    return;
                }
                case Errno.EINPROGRESS, EALREADY, Errno.EINTR -> await(writing, deadline);
                case Errno.EAGAIN -> {
                    if (!(to instanceof UnixDomainSocketAddress)) {
                        throw Errno.connectFailure(-result, to);
                    }
                    // too many wait to be accepted there; no event says that they have become fewer
                    long left = deadline == null ? pause : Math.min(pause, deadline.left());
                    HUBS.await(new Waiter<Void>(), left);
                    pause = Math.min(2 * pause, LAST_PAUSE);
                }
                default -> throw Errno.connectFailure(-result, to);
            }
        }
    }

    // ---- waiting

    static EventLoop loop() {
        EventLoop loop = HUBS.currentLoop();
        return loop != null ? loop : DaemonLoop.get();
    }

    /** Waits for an event since the last {@link #enter}, or a close. */
    private void await(Side side, @Nullable Deadline deadline) throws IOException {
        if (library == null) {
            awaitOpen(side, deadline);
            return;
        }
        try {
            awaitOpen(side, deadline);
        } catch (Throwable e) {
            throw endedForLibrary(e);
        }
    }

    /** As {@link #await}; a kill of who waits leaves it open. */
    private void awaitOpen(Side side, @Nullable Deadline deadline) throws IOException {
        EventLoop loop = loop();
        boolean inLoop = loop.inLoop();
        beginWait(side);
        try { // the caller waits; that was the fence
            if (!isAttached(loop)) {
                if (inLoop) {
                    attach(loop);
                } else {
                    loop.submit((Runnable) () -> attachOrFail(loop, side));
                }
            }
            if (side.ready || closed) {
                return;
            }
            if (inLoop) {
                loop.ref();
            }
            try {
                if (deadline != null && !deadline.await(side)) {
                    throw deadline.over();
                }
                side.get(); // throws a failure to attach
            } finally {
                if (inLoop) {
                    unref(loop);
                }
            }
        } finally {
            HUBS.endWait(side);
        }
    }

    private static void unref(EventLoop loop) {
        if (loop.inLoop()) {
            loop.unref();
        } else {
            loop.submit((Runnable) loop::unref);
        }
    }

    /**
     * Of two who use one direction at least one gets the error: the one who begins to wait while
     * the other does. Who was woken and has not run yet does not wait any more; if he finds nothing
     * and the other waits by then, the error is his.
     */
    private void beginWait(Side side) {
        if (!HUBS.beginWait(side)) {
            throw new ConcurrentObjectUseError(
                    "another greenlet already waits to "
                            + side.what
                            + " this "
                            + noun.toLowerCase(Locale.ROOT)
                            + ": "
                            + side);
        }
    }

    private boolean isAttached(EventLoop loop) {
        if (atHome && loop == home) {
            return true; // as nearly always; and the array is not touched
        }
        for (EventLoop l : attached) {
            if (l == loop) {
                return true;
            }
        }
        return false;
    }

    /** Registers it. On the loop; under a lock, lest it is closed and its number used again. */
    private void attach(EventLoop loop) throws IOException {
        reading.lock();
        try {
            if (closed || isAttached(loop)) {
                return;
            }
            ((EpollPoll) loop.poll()).attach(fd, this);
            EventLoop[] before = alive(attached);
            EventLoop[] after = Arrays.copyOf(before, before.length + 1);
            after[before.length] = loop;
            attached = after;
            if (before.length == 0) {
                home = loop;
                atHome = true;
            } else {
                roams = true;
            }
        } finally {
            reading.unlock();
        }
    }

    /** A hub that was destroyed has it registered no more, and is not to be kept. */
    private static EventLoop[] alive(EventLoop[] loops) {
        int n = 0;
        EventLoop[] alive = new EventLoop[loops.length];
        for (EventLoop l : loops) {
            if (!l.poll().isClosed()) {
                alive[n++] = l;
            }
        }
        return n == loops.length ? loops : Arrays.copyOf(alive, n);
    }

    @Override
    public void loopEnded() {
        reading.lock();
        try {
            EventLoop[] left = alive(attached);
            attached = left;
            EventLoop h = home;
            if (h != null && h.poll().isClosed()) {
                atHome = left.length > 0;
                home = atHome ? left[0] : null;
            }
        } finally {
            reading.unlock();
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
    public int prefetch() {
        return (writing.ready ? 1 : 0) + HUBS.prefetch(reading);
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

    /** Who wants to know that it is closed. */
    private record Closing(Runnable hook, @Nullable Closing next) {}

    /**
     * Has it called when this is closed, by whoever closes it, while the number is still ours but
     * can no more be used by a {@link Call}. It must not wait. Until {@link #forget}.
     *
     * @return false if it is closed already; then it is never called
     */
    public boolean onClose(Runnable hook) {
        writing.lock();
        try {
            if (closed) {
                return false;
            }
            closings = new Closing(hook, closings);
            return true;
        } finally {
            writing.unlock();
        }
    }

    /** Ends what {@link #onClose} began; a call that is under way may still come. */
    public void forget(Runnable hook) {
        writing.lock();
        try {
            Closing left = null;
            for (Closing c = closings; c != null; c = c.next) {
                if (c.hook != hook) {
                    left = new Closing(c.hook, left);
                }
            }
            closings = left;
        } finally {
            writing.unlock();
        }
    }

    /** Closes it and wakes who waits; does nothing the second time. Never waits. */
    public void close() {
        reading.lock();
        writing.lock();
        boolean first = !closed;
        closed = true;
        writing.unlock();
        reading.unlock();
        if (!first) {
            return;
        }
        // From here on nobody uses the number, and nobody registers it.
        for (Closing c = closings; c != null; c = c.next) {
            c.hook.run();
        }
        if (shared) {
            for (EventLoop loop : attached) {
                ((EpollPoll) loop.poll()).forget(fd);
            }
        }
        if (lingers) {
            OwnThread.start("jevent-linger", () -> Net.closeAndLinger(fd)); // sleeps
        } else {
            Fd.close(fd);
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
