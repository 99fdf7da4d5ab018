package dev.jevent.http;

import dev.jevent.internal.io.Transfers;
import dev.jevent.server.ServerConnection;
import dev.jevent.socket.SocketStream;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.Socket;
import java.net.SocketException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The bytes of a connection, both ways, in buffers that it has only while something is under way.
 *
 * <p>The head of a request stays where it is in the input buffer until the next one begins, so that
 * its fields can be looked at; what follows it is kept behind it:
 *
 * <pre>
 *   | dropped | head of the request | read already | received | free |
 *             base                  keep           pos        limit
 * </pre>
 *
 * Output is collected until there is much of it, somebody flushes, or the connection would wait for
 * its client; so pipelined requests are answered together.
 *
 * <p>For the connection's greenlet, but for {@link #state}, {@link #moved} and {@link #expire}.
 */
final class Wire {

    static final int INPUT = 4 * 1024;
    static final int OUTPUT = 8 * 1024;

    // what it waits for
    static final int BUSY = 0; // nothing of the client's
    static final int IDLE = 1;
    static final int HEAD = 2;
    static final int BODY = 3;
    static final int ANSWER = 4;
    static final int LAST = 5;
    private static final int BITS = 3;

    private static final int PIECE = 64 * 1024; // a client that takes it has moved
    private static final int FILE_PIECE = 256 * 1024;
    private static final int DIRECT = 512; // less is received into the buffer first

    private static final byte[] NONE = new byte[0];
    private static final byte[] CRLF = {'\r', '\n'};
    private static final byte[] CONTENT_LENGTH = bytes("Content-Length: ");
    private static final byte[] LAST_CHUNK = bytes("0\r\n");
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Wire.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final HttpServer server;
    private final InputStream in;
    private final OutputStream out;
    private final Transfers.@Nullable Source source; // null: of a socket that is not ours

    private byte[] buffer = NONE;
    private int base;
    private int keep;
    private int pos;
    private int limit;

    private @Nullable RequestHead headInUse;

    private byte[] output = NONE;
    private int used;

    private boolean broken;
    private volatile @Nullable String expired; // why it was ended; written by the watch

    // written here, read by the watch: what is a little old does not matter
    private int state;
    private long moved;

    Wire(HttpServer server, Socket socket) throws IOException {
        this.server = server;
        in = socket.getInputStream();
        out = socket.getOutputStream();
        source = in instanceof Transfers.Source s ? s : null;
        state = 1 << BITS | IDLE;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    // ---- for the watch

    /** What it waits for, and a number that changes when it waits for something else. */
    int state() {
        return (int) STATE.getAcquire(this);
    }

    static int serial(int state) {
        return state >>> BITS;
    }

    static int what(int state) {
        return state & (1 << BITS) - 1;
    }

    /** How many bytes have come and gone in this state and those with the same number. */
    long moved() {
        return moved;
    }

    private void enter(int what) {
        moved = 0;
        STATE.setRelease(this, (state >>> BITS) + 1 << BITS | what);
    }

    private void waits(int what) {
        STATE.setRelease(this, state >>> BITS << BITS | what);
    }

    /**
     * Ends the input, or all at once. Whoever waits in it goes on and sees why.
     *
     * @param abort whether nothing can be said to the client any more
     */
    void expire(String why, ServerConnection connection, boolean abort) {
        if (expired != null) {
            return;
        }
        expired = why;
        if (abort || source == null) {
            connection.abort();
            return;
        }
        try {
            connection.socket().shutdownInput();
        } catch (IOException e) {
            connection.abort(); // it is closed already, or as good as
        }
    }

    /** Why it was ended by the watch, or null. */
    @Nullable String expired() {
        return expired;
    }

    /** Whether the client has gone, or was sent away. */
    boolean isBroken() {
        return broken;
    }

    // ---- input

    InputStream in() {
        return in;
    }

    int limit() {
        return limit;
    }

    int buffered() {
        return limit - pos;
    }

    /** Nothing is under way: waits for the first bytes of a request; false at the end. */
    boolean awaitFirst() throws IOException {
        if (state >>> BITS != 1) { // at the beginning the buffers are not there yet
            release();
        }
        enter(IDLE);
        try {
            if (source != null) {
                source.awaitNews();
            }
            buffer = server.inputs().take();
            int n = in.read(buffer, 0, buffer.length);
            if (n <= 0) {
                return false;
            }
            base = 0;
            keep = 0;
            pos = 0;
            limit = n;
            return true;
        } catch (SocketException e) {
            return false; // it has gone, between two requests: that harms nobody
        }
    }

    /** A request begins with what is there. */
    void beginHead(RequestHead head) {
        base = pos;
        keep = pos;
        head.in(buffer, base);
        enter(BUSY);
    }

    /** More of the head; false at the end. */
    boolean fillHead(RequestHead head) throws IOException {
        if (what(state) != HEAD) {
            enter(HEAD);
        }
        flushBeforeWaiting();
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
        if (what(state) == HEAD) {
            enter(BUSY);
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
        server.inputs().give(old);
    }

    /** Receives, or throws and has received nothing; -1 at the end, also if the watch made it. */
    private int receive(byte[] b, int off, int len) throws IOException {
        try {
            return in.read(b, off, len);
        } catch (IOException e) {
            if (expired != null) {
                return -1;
            }
            broken = true;
            throw e;
        }
    }

    /** Bytes of the body, at least one; -1 at the end. */
    int receiveBody(byte[] b, int off, int len) throws IOException {
        if (pos == limit) {
            if (len >= DIRECT) {
                flushBeforeWaiting();
                return received(receiveIn(BODY, b, off, len));
            }
            if (!fillBody()) {
                return -1;
            }
        }
        int n = Math.min(len, limit - pos);
        System.arraycopy(buffer, pos, b, off, n);
        pos += n;
        return n;
    }

    /** More into the buffer; false at the end. */
    boolean fillBody() throws IOException {
        flushBeforeWaiting();
        if (pos == limit) {
            pos = keep;
            limit = keep;
        }
        if (limit == buffer.length) {
            if (pos > keep) {
                shift(pos, keep);
            } else {
                grow();
                RequestHead head = headInUse;
                if (head != null) {
                    head.in(buffer, base);
                }
            }
        }
        int n = received(receiveIn(BODY, buffer, limit, buffer.length - limit));
        limit += Math.max(n, 0);
        return n >= 0;
    }

    private int receiveIn(int what, byte[] b, int off, int len) throws IOException {
        waits(what);
        int n = receive(b, off, len);
        waits(BUSY);
        return n;
    }

    private int received(int n) {
        if (n < 0) {
            String why = expired;
            if (why != null) {
                throw new HttpException(408, why, true);
            }
            broken = true;
        }
        moved += Math.max(n, 0);
        return n;
    }

    void skip(ChunkDecoder chunks) {
        pos = chunks.skip(buffer, pos, limit);
    }

    /** Reads and drops. */
    void drop(int most) throws IOException {
        enter(LAST);
        byte[] b = buffer.length == 0 ? new byte[INPUT] : buffer;
        for (int n = 0, all = 0; n >= 0 && all < most; all += n) {
            n = receive(b, 0, b.length);
        }
    }

    /** The head is kept without the buffer, which is given back when it is empty. */
    void detach(RequestHead head) {
        head.in(Arrays.copyOfRange(buffer, base, base + head.length()), 0);
        headInUse = null;
        enter(BUSY);
        giveOutput();
        giveEmptyInput();
    }

    private void giveEmptyInput() {
        if (pos == limit && buffer.length > 0) {
            server.inputs().give(buffer);
            buffer = NONE;
            pos = 0;
            limit = 0;
        }
    }

    /** Of a connection that has left HTTP. */
    int receiveUpgraded(byte[] b, int off, int len) throws IOException {
        if (pos == limit) {
            return in.read(b, off, len);
        }
        int n = Math.min(len, limit - pos);
        System.arraycopy(buffer, pos, b, off, n);
        pos += n;
        giveEmptyInput();
        return n;
    }

    int available() throws IOException {
        return limit - pos + in.available();
    }

    /** Gives back the buffers; nothing is under way. */
    void release() {
        RequestHead head = headInUse;
        if (head != null) {
            head.forget();
            headInUse = null;
        }
        if (buffer.length > 0) {
            server.inputs().give(buffer);
            buffer = NONE;
        }
        pos = 0;
        limit = 0;
        giveOutput();
    }

    private void giveOutput() {
        if (output.length > 0 && used == 0) {
            server.outputs().give(output);
            output = NONE;
        }
    }

    // ---- output

    OutputStream out() {
        return out;
    }

    private void flushBeforeWaiting() throws IOException {
        if (used > 0) {
            flush();
        }
    }

    /** Sends what was collected. */
    void flush() throws IOException {
        if (used > 0) {
            int n = used;
            send(output, 0, n);
            used = 0;
        }
    }

    private void send(byte[] b, int off, int len) throws IOException {
        int before = state;
        waits(ANSWER);
        try {
            for (int done = 0; done < len; ) {
                int n = Math.min(PIECE, len - done);
                out.write(b, off + done, n);
                done += n;
                moved += n;
            }
        } catch (IOException e) {
            broken = true;
            String why = expired;
            throw why == null ? e : new IOException(why, e);
        }
        STATE.setRelease(this, before);
    }

    byte[] takeSpare() {
        return server.outputs().take();
    }

    void giveSpare(byte[] spare) {
        server.outputs().give(spare);
    }

    /** There is room for so many bytes, if that is possible at all. */
    private boolean hasRoom(int n) throws IOException {
        if (output.length == 0) {
            output = server.outputs().take();
        }
        if (n > output.length - used) {
            flush();
        }
        return n <= output.length;
    }

    void put(byte[] b) throws IOException {
        put(b, 0, b.length);
    }

    /** What is much is sent at once, its beginning together with what was there before. */
    void put(byte[] b, int off, int len) throws IOException {
        if (output.length == 0) {
            output = server.outputs().take();
        }
        int room = Math.min(len, output.length - used);
        System.arraycopy(b, off, output, used, room);
        used += room;
        if (room == len) {
            return;
        }
        flush();
        int left = len - room;
        if (left < output.length) {
            System.arraycopy(b, off + room, output, 0, left);
            used = left;
        } else {
            send(b, off + room, left);
        }
    }

    @SuppressWarnings("deprecation") // it takes what we know to be ISO-8859-1 without a copy
    private void put(String text) throws IOException {
        int n = text.length();
        if (hasRoom(n)) {
            text.getBytes(0, n, output, used);
            used += n;
        } else {
            put(bytes(text));
        }
    }

    void putLine(int status) throws IOException {
        put(Status.line(status));
    }

    void putDate() throws IOException {
        put(server.dates().field());
    }

    void putField(String name, String value) throws IOException {
        put(name);
        if (hasRoom(2)) {
            output[used] = ':';
            output[used + 1] = ' ';
            used += 2;
        }
        put(value);
        putCrLf();
    }

    void put(FieldList fields) throws IOException {
        for (int i = 0; i < fields.size(); i++) {
            putField(fields.name(i), fields.value(i));
        }
    }

    void putLength(long n) throws IOException {
        put(CONTENT_LENGTH);
        if (n < 10 && hasRoom(1)) {
            output[used++] = (byte) ('0' + n);
        } else {
            put(Long.toString(n));
        }
        putCrLf();
    }

    void putChunkSize(int n) throws IOException {
        put(Integer.toHexString(n));
        putCrLf();
    }

    void putLastChunk() throws IOException {
        put(LAST_CHUNK);
    }

    void putCrLf() throws IOException {
        put(CRLF, 0, 2);
    }

    /** A part of a file. */
    void putFile(Socket socket, FileChannel file, long offset, long count) throws IOException {
        flush();
        if (count == 0) {
            return;
        }
        SocketStream stream = SocketStream.of(socket);
        waits(ANSWER);
        try {
            for (long done = 0; done < count; ) {
                long n = stream.sendFile(file, offset + done, Math.min(FILE_PIECE, count - done));
                if (n == 0) {
                    throw new BodyOutput.ShortBody(done, count);
                }
                done += n;
                moved += n;
            }
        } catch (IOException e) {
            broken = socket.isClosed() || e instanceof SocketException;
            String why = expired;
            throw why == null ? e : new IOException(why, e);
        }
        waits(BUSY);
    }
}
