package dev.jevent.http;

import dev.jevent.internal.CallerAccess;
import dev.jevent.internal.io.HasDescriptor;
import dev.jevent.internal.io.Transfers;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Arrays;

/**
 * The bytes that come, in a buffer that the connection has only while something is under way. The
 * head of a request stays where it is until the next one begins, so that its fields can be looked
 * at; what follows it is kept behind it:
 *
 * <pre>
 *   | dropped | head of the request | read already | received | free |
 *             base                  keep           pos        limit
 * </pre>
 *
 * A body of which more comes than the reader has room for is read ahead, into a large buffer that
 * the connection has only as long as something is in it; then {@code pos} and {@code limit} are
 * places in that one. A handler that reads by the line or by some kilobytes so costs hardly more
 * calls than one that takes all at once.
 *
 * <p>Before it waits, what is to be sent is sent. For the connection's greenlet.
 */
final class WireInput {

    static final int SIZE = 4 * 1024;

    private static final int DIRECT = 512; // less is received into the buffer first
    private static final byte[] NONE = new byte[0];

    private final BufferPool buffers;
    private final Progress progress;
    private final WireOutput output;
    private final InputStream in;
    private final Transfers.@Nullable Source source; // null: of a socket that is not ours

    private final boolean readsAhead; // it is known when nothing has come

    private byte[] buffer = NONE;
    private byte[] ahead = NONE; // if not, what was received is in it
    private int base;
    private int keep;
    private int pos;
    private int limit;
    private @Nullable RequestHead headInUse;

    WireInput(BufferPool buffers, Progress progress, WireOutput output, Socket socket)
            throws IOException {
        this.buffers = buffers;
        this.progress = progress;
        this.output = output;
        in = socket.getInputStream();
        source = in instanceof Transfers.Source s ? s : null;
        readsAhead = source != null && HasDescriptor.of(socket) != null;
    }

    int limit() {
        return limit;
    }

    /** How many bytes are here and were not taken. */
    int buffered() {
        return limit - pos;
    }

    // ---- between requests

    /** After a release: waits for the first bytes of a request; false at the end. */
    boolean awaitFirst() throws IOException {
        progress.enter(Progress.IDLE);
        try {
            if (source != null) {
                source.awaitNews();
            }
            buffer = buffers.take();
            int n = in.read(buffer, 0, buffer.length);
            if (n <= 0) {
                return false;
            }
            base = 0;
            keep = 0;
            pos = 0;
            limit = n;
            return true;
        } catch (IOException e) {
            return false; // it has gone, between two requests: that harms nobody
        }
    }

    /** Gives back the buffer; nothing is under way. */
    void release() {
        RequestHead head = headInUse;
        if (head != null) {
            head.forget();
            headInUse = null;
        }
        giveAhead();
        if (buffer.length > 0) {
            buffers.give(buffer);
            buffer = NONE;
        }
        pos = 0;
        limit = 0;
    }

    private void giveAhead() {
        if (ahead.length > 0) {
            Transfers.give(ahead);
            ahead = NONE;
            pos = 0;
            limit = 0;
        }
    }

    // ---- the head

    /** A request begins with what is there. */
    void beginHead(RequestHead head) {
        if (ahead.length > 0) {
            stayWithBuffer();
        }
        base = pos;
        keep = pos;
        head.in(buffer, base);
        progress.enter(Progress.BUSY);
    }

    /** What was read ahead goes to where heads are. */
    private void stayWithBuffer() {
        int n = limit - pos;
        if (n > buffer.length) {
            buffers.give(buffer);
            buffer = new byte[n];
        }
        System.arraycopy(ahead, pos, buffer, 0, n);
        giveAhead();
        limit = n;
    }

    /** More of the head; false at the end. All of it has one time. */
    boolean fillHead(RequestHead head) throws IOException {
        if (!progress.is(Progress.HEAD)) {
            progress.enter(Progress.HEAD);
        }
        output.flushBeforeReading();
        if (limit == buffer.length) {
            if (base > 0) {
                shift(base, 0);
                base = 0;
            } else {
                grow();
            }
            head.in(buffer, base);
        }
        int n = receive(buffer, limit, buffer.length - limit);
        limit += Math.max(n, 0);
        return n >= 0;
    }

    /** The head is complete; what follows is the body or the next request. */
    void endHead(RequestHead head) {
        if (progress.is(Progress.HEAD)) {
            progress.enter(Progress.BUSY);
        }
        headInUse = head;
        pos = base + head.length();
        keep = pos;
    }

    private void shift(int from, int to) {
        System.arraycopy(buffer, from, buffer, to, limit - from);
        limit -= from - to;
        pos -= from - to;
    }

    private void grow() {
        byte[] old = buffer;
        buffer = Arrays.copyOf(old, 2 * old.length);
        buffers.give(old);
    }

    /** Receives, or throws and has received nothing; -1 at the end, also if the watch made it. */
    private int receive(byte[] b, int off, int len) throws IOException {
        try {
            return in.read(b, off, len);
        } catch (IOException e) {
            return failed(e);
        }
    }

    private int failed(IOException e) throws IOException {
        if (progress.expired() != null) {
            return -1;
        }
        goes(e);
        throw e;
    }

    // ---- the body

    /**
     * Bytes of the body, at least one; -1 at the end.
     *
     * @param wanted how many more of the body are known to come
     */
    int receiveBody(byte[] b, int off, int len, long wanted) throws IOException {
        if (pos == limit) {
            if (len >= DIRECT && (len >= wanted || !readsAhead)) {
                output.flushBeforeReading();
                return receivePart(b, off, len);
            }
            if (!fillBody()) {
                return -1;
            }
        }
        return take(b, off, len);
    }

    private int take(byte[] b, int off, int len) {
        int n = Math.min(len, limit - pos);
        boolean inAhead = ahead.length > 0;
        System.arraycopy(inAhead ? ahead : buffer, pos, b, off, n);
        pos += n;
        if (inAhead && pos == limit) {
            leaveAhead();
        }
        return n;
    }

    private void leaveAhead() {
        giveAhead();
        pos = keep;
        limit = keep;
    }

    /** More, when all was taken; false at the end. */
    boolean fillBody() throws IOException {
        output.flushBeforeReading();
        if (readsAhead) {
            return readAhead();
        }
        pos = keep;
        limit = keep;
        if (limit == buffer.length) {
            grow();
            RequestHead head = headInUse;
            if (head != null) {
                head.in(buffer, base);
            }
        }
        int n = receivePart(buffer, limit, buffer.length - limit);
        limit += Math.max(n, 0);
        return n >= 0;
    }

    /** Waits without the large buffer; the JDK's TLS may still write into one after a kill. */
    private boolean readAhead() throws IOException {
        progress.receives();
        int n;
        try {
            n = awaitNews() ? receiveAhead() : -1;
        } finally {
            progress.received(); // also if the handler's own time is over
        }
        return part(n) >= 0;
    }

    /** False if the watch has ended it. */
    private boolean awaitNews() throws IOException {
        try {
            if (source != null) {
                source.awaitNews();
            }
            return true;
        } catch (IOException e) {
            return failed(e) >= 0;
        }
    }

    private int receiveAhead() throws IOException {
        byte[] b = Transfers.take();
        int n = receive(b, 0, Transfers.SIZE); // if it throws, the buffer is nobody's any more
        if (n <= 0) {
            Transfers.give(b);
            return n;
        }
        ahead = b;
        pos = 0;
        limit = n;
        return n;
    }

    /** As {@link #receive}; who is too slow is told so. */
    private int receivePart(byte[] b, int off, int len) throws IOException {
        progress.receives();
        int n;
        try {
            n = receive(b, off, len);
        } finally {
            progress.received(); // also if the handler's own time is over
        }
        return part(n);
    }

    private int part(int n) {
        if (n < 0) {
            String why = progress.expired();
            if (why != null) {
                throw new HttpException(408, why, true);
            }
            return -1;
        }
        progress.moved(n);
        return n;
    }

    void skip(ChunkDecoder chunks) {
        boolean inAhead = ahead.length > 0;
        pos = chunks.skip(inAhead ? ahead : buffer, pos, limit);
        if (inAhead && pos == limit) {
            leaveAhead();
        }
    }

    // ---- the end

    /** Reads and drops; not into the buffer, where the head of the last request may still be. */
    void drop(long most) throws IOException {
        progress.enter(Progress.LAST);
        byte[] own = readsAhead ? NONE : new byte[SIZE];
        long left = most;
        for (int n = 0; n >= 0 && left > 0; left -= n) {
            n = readsAhead ? dropSome() : receive(own, 0, own.length);
        }
    }

    private int dropSome() throws IOException {
        if (!awaitNews()) {
            return -1;
        }
        byte[] b = Transfers.take();
        int n = receive(b, 0, Transfers.SIZE); // if it throws, the buffer is nobody's any more
        Transfers.give(b);
        return n;
    }

    /** Another greenlet still reads: what it reads into or from must never be another request's. */
    void abandon() {
        headInUse = null;
        buffer = NONE;
        ahead = NONE;
        pos = 0;
        limit = 0;
    }

    /** It leaves HTTP. Nothing of what is kept for that is of a pool: it may outlive the server. */
    void detach(RequestHead head) {
        head.in(Arrays.copyOfRange(buffer, base, base + head.length()), 0);
        headInUse = null;
        byte[] from = ahead.length > 0 ? ahead : buffer;
        byte[] rest = pos == limit ? NONE : Arrays.copyOfRange(from, pos, limit);
        giveAhead();
        buffers.give(buffer);
        buffer = rest;
        base = 0;
        keep = 0;
        pos = 0;
        limit = rest.length;
        progress.enter(Progress.BUSY);
    }

    /** Of a connection that has left HTTP. */
    int receiveDetached(byte[] b, int off, int len) throws IOException {
        if (pos < limit) {
            int n = take(b, off, len);
            if (pos == limit) {
                pos = 0;
                limit = 0;
                buffer = NONE;
            }
            return n;
        }
        try {
            return in.read(b, off, len);
        } catch (SocketTimeoutException e) {
            throw e; // the protocol has its own idea of time
        } catch (IOException e) {
            goes(e);
            throw e;
        }
    }

    /** Who is interrupted in a read leaves the connection as it is. */
    private void goes(IOException e) {
        if (!CallerAccess.get().isInterruption(e)) {
            progress.goes();
        }
    }

    /** Waits without a buffer, as far as it is known that nothing is there. */
    void awaitDetached() throws IOException {
        if (pos == limit && source != null) {
            source.awaitNews();
        }
    }

    /** What can be read without waiting. */
    int available() throws IOException {
        return limit - pos + in.available();
    }
}
