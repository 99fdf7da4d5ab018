package dev.jevent.http;

import dev.jevent.internal.io.HasDescriptor;
import dev.jevent.internal.io.Transfers;
import dev.jevent.internal.sys.TcpInfo;
import dev.jevent.server.ServerConnection;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.Socket;

import javax.net.ssl.SSLSocket;

/**
 * What a connection waits for, how far it came, and whether it is still good. Written by the
 * connection in plain fields, which cost next to nothing, and looked at by the {@link Watch}, which
 * ends what takes too long:
 *
 * <ul>
 *   <li>who is idle, or sends a header: after a time;
 *   <li>who sends a body, or takes an answer: when the time that was waited for it is longer than
 *       the grace and the time that its bytes may take together. Time that was saved is not kept:
 *       who was quick and then stands still is ended after the grace.
 * </ul>
 *
 * What a client takes is what its kernel has acknowledged. Where that is not known (Unix-domain
 * sockets, the portable mode) it is what our kernel has taken; as that comes by the megabyte, time
 * that was saved is kept there.
 */
final class Progress {

    // what it waits for
    static final int BUSY = 0; // nothing of the client's
    static final int IDLE = 1;
    static final int HEAD = 2;
    static final int BODY = 3;
    static final int ANSWER = 4;
    static final int LAST = 5;
    private static final int BITS = 3;

    private static final long LAST_NANOS = 2_000_000_000;
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Progress.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final ServerConnection connection;
    private final Limits limits;
    private final boolean inputCanEnd;

    // written by the connection, read by the watch: what is a little old does not matter
    private int state = 1 << BITS | IDLE; // and a number that changes when it waits for more
    private long moved;

    // of the connection
    private boolean gone;
    private boolean spoiled;

    // of the connection: one greenlet may read a body while another one writes and flushes
    private boolean sending;
    private boolean receiving;

    private volatile @Nullable String expired; // written by the watch

    // of the watch
    private int seen;
    private long waited; // nanoseconds
    private long countedMoved;
    private long countedAcked;
    private boolean aborted;

    Progress(ServerConnection connection, Limits limits) throws IOException {
        this.connection = connection;
        this.limits = limits;
        Socket socket = connection.socket();
        // The JDK's TLS cannot do without its peer's leave.
        inputCanEnd =
                !(socket instanceof SSLSocket)
                        || socket.getInputStream() instanceof Transfers.Source;
    }

    // ---- by the connection

    private static int what(int state) {
        return state & (1 << BITS) - 1;
    }

    boolean is(int what) {
        return what(state) == what;
    }

    /** It waits for something new; the time for it begins. */
    void enter(int what) {
        moved = 0;
        STATE.setRelease(this, (state >>> BITS) + 1 << BITS | what);
    }

    /** It waits for something else, in the time that is running. */
    void waits(int what) {
        STATE.setRelease(this, state >>> BITS << BITS | what);
    }

    /** It waits for a part of a body. */
    void receives() {
        receiving = true;
        waits(BODY);
    }

    void received() {
        receiving = false;
        waits(sending ? ANSWER : BUSY);
    }

    /**
     * It waits for its client to take something.
     *
     * @return what it waited for before
     */
    int sends() {
        int before = what(state);
        sending = true;
        waits(ANSWER);
        return before;
    }

    void sent(int before) {
        sending = false;
        waits(receiving ? BODY : before == BODY ? BUSY : before);
    }

    boolean isSending() {
        return sending;
    }

    /** Bytes have come or gone. */
    void moved(long n) {
        moved += n;
    }

    /** Why the watch has ended it, or null. */
    @Nullable String expired() {
        return expired;
    }

    /** A read or write has failed. */
    void goes() {
        gone = true;
    }

    /** A write was broken off: nobody knows what the client has got. */
    void spoil() {
        spoiled = true;
    }

    /** Whether the client has gone, or was sent away. */
    boolean isGone() {
        return gone;
    }

    /** Whether nothing can be sent any more. */
    boolean isBroken() {
        return gone || spoiled;
    }

    void checkUsable() throws IOException {
        if (gone || spoiled) {
            String why = expired;
            throw new IOException(
                    why != null
                            ? why
                            : gone
                                    ? "the client has gone"
                                    : "a write to this client was broken off; nothing can be sent"
                                            + " after it");
        }
    }

    // ---- by the watch

    /**
     * So much time has passed since the last look. The connection may go on meanwhile, and then one
     * that was nearly too slow is ended.
     */
    void look(long passed, boolean closed) {
        int s = (int) STATE.getAcquire(this);
        if (s >>> BITS != seen) {
            seen = s >>> BITS;
            waited = 0;
            countedMoved = moved;
            countedAcked = -1;
            if (!closed || what(s) != IDLE) {
                return;
            }
        }
        switch (what(s)) {
            case IDLE -> {
                waited += passed;
                if (closed || waited > Watch.nanos(limits.idleTimeout())) {
                    expire("it was idle for too long", false);
                }
            }
            case HEAD -> {
                waited += passed;
                if (waited > Watch.nanos(limits.headerTimeout())) {
                    expire("the header did not come in time", false);
                }
            }
            case BODY -> {
                if (isTooSlow(passed, newlyMoved(), true)) {
                    expire("the body comes too slowly", false);
                }
            }
            case ANSWER -> lookAtAnswer(passed);
            case LAST -> {
                waited += passed;
                if (waited > LAST_NANOS) {
                    expire("it does not end", true);
                }
            }
            default -> {
                return;
            }
        }
    }

    private void lookAtAnswer(long passed) {
        long acked = acked(connection.socket());
        long ofOurs = newlyMoved();
        long ofTheirs = countedAcked < 0 ? 0 : Math.max(0, acked - countedAcked);
        countedAcked = acked;
        if (isTooSlow(passed, acked < 0 ? ofOurs : ofTheirs, acked >= 0)) {
            expire("the client takes the answer too slowly", true);
        }
    }

    private long newlyMoved() {
        long now = moved;
        long n = Math.max(0, now - countedMoved);
        countedMoved = now;
        return n;
    }

    private boolean isTooSlow(long passed, long bytes, boolean isExact) {
        int rate = limits.minRate();
        if (rate == 0) {
            return false;
        }
        waited += passed - (long) (bytes * 1e9 / rate);
        if (isExact && waited < 0) {
            waited = 0;
        }
        return waited > Watch.nanos(limits.grace());
    }

    private static long acked(Socket socket) {
        if (!(socket instanceof HasDescriptor own)) {
            return -1;
        }
        var bytes = new long[] {-1};
        try {
            int ignored =
                    own.descriptor()
                            .call(
                                    (scratch, fd) -> {
                                        bytes[0] = TcpInfo.acked(scratch, fd);
                                        return 0;
                                    });
        } catch (IOException e) {
            return -1; // it was closed meanwhile
        }
        return bytes[0];
    }

    /**
     * Ends the input, or all at once if nothing can be said to the client any more. Whoever waits
     * in it goes on and sees why. One whose input has ended may still have to be aborted.
     */
    private void expire(String why, boolean abort) {
        if (aborted || expired != null && !abort) {
            return;
        }
        if (expired == null) {
            expired = why;
        }
        if (abort || !endInput()) {
            aborted = true;
            connection.abort();
        }
    }

    private boolean endInput() {
        if (!inputCanEnd) {
            return false;
        }
        try {
            Socket socket = connection.socket();
            if (!socket.isInputShutdown()) {
                socket.shutdownInput();
            }
            return true;
        } catch (IOException e) {
            return false; // it is closed already, or as good as
        }
    }
}
