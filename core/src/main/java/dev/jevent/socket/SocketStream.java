package dev.jevent.socket;

import dev.jevent.ConcurrentObjectUseError;
import dev.jevent.internal.io.Deadline;

import org.jspecify.annotations.Nullable;

import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A connection as protocols want it: lines, exact lengths, whole files. On any {@link Socket}, TLS
 * too; from then on only this is used to read, for it may have received more than it was asked for.
 *
 * <pre>{@code
 * try (SocketStream s = SocketStream.of(Sockets.connect("localhost", 25))) {
 *     String greeting = s.readLine(Duration.ofSeconds(5));
 *     s.writeString("QUIT\r\n");
 * }
 * }</pre>
 *
 * <p>Every method has a twin with a {@link Duration}, one time limit for the whole call, after
 * which it throws a {@link java.net.SocketTimeoutException}; zero means that it does not wait.
 * Without one a read follows the socket's {@code SO_TIMEOUT}.
 *
 * <p><b>Nothing that was received is lost:</b> a read that ends in a timeout, a kill, an interrupt
 * or an error has taken nothing, and can be repeated. A write may have sent a part; {@link #sent}
 * says how much, and so does {@code bytesTransferred} of a SocketTimeoutException. On a socket that
 * is not jevent's own, TLS for instance, a write that was cut short has spoiled the connection.
 *
 * <p>For one reader and one writer at a time; a second one gets a {@link ConcurrentObjectUseError}.
 * Any thread.
 */
public final class SocketStream implements ByteChannel {

    private static final int USUAL_LINE = 8 * 1024;

    private final Socket socket;
    private final Charset charset;
    private final Transport transport;
    private final Incoming incoming;
    private final Outgoing outgoing;
    private final AtomicBoolean reads = new AtomicBoolean();
    private final AtomicBoolean writes = new AtomicBoolean();

    private SocketStream(Socket socket, Charset charset, Transport transport) {
        this.socket = socket;
        this.charset = charset;
        this.transport = transport;
        incoming = new Incoming(transport);
        outgoing = new Outgoing(transport);
    }

    /** Of a connected socket, with text in UTF-8. */
    public static SocketStream of(Socket socket) throws IOException {
        return of(socket, StandardCharsets.UTF_8);
    }

    /** Of a connected socket. */
    public static SocketStream of(Socket socket, Charset charset) throws IOException {
        Objects.requireNonNull(charset, "charset");
        if (socket instanceof StreamSocket own) {
            own.checkConnected();
            return new SocketStream(socket, charset, new OwnTransport(own));
        }
        return new SocketStream(socket, charset, new ForeignTransport(socket));
    }

    /** The socket itself. */
    public Socket socket() {
        return socket;
    }

    /** How many bytes have come so far, with those that nobody has read yet. */
    public long received() {
        return incoming.received();
    }

    /** How many bytes were sent so far. */
    public long sent() {
        return outgoing.sent();
    }

    // ---- one at a time

    private interface Work<T> {
        T with(@Nullable Deadline deadline) throws IOException;
    }

    private <T> T reading(@Nullable Duration timeout, Work<T> work) throws IOException {
        return alone(reads, "read from", timeout, "Read timed out", work);
    }

    private <T> T writing(@Nullable Duration timeout, Work<T> work) throws IOException {
        return alone(writes, "write to", timeout, "Write timed out", work);
    }

    private <T> T alone(
            AtomicBoolean use,
            String what,
            @Nullable Duration timeout,
            String message,
            Work<T> work)
            throws IOException {
        Deadline deadline = timeout == null ? null : Deadline.of(timeout, message);
        if (!use.compareAndSet(false, true)) {
            throw new ConcurrentObjectUseError(
                    "another greenlet is about to " + what + " this stream: " + socket);
        }
        try {
            return work.with(deadline);
        } finally {
            use.set(false);
        }
    }

    private static Duration given(Duration timeout) {
        return Objects.requireNonNull(timeout, "timeout");
    }

    private static int atLeastZero(int n, String what) {
        if (n < 0) {
            throw new IllegalArgumentException("negative " + what + ": " + n);
        }
        return n;
    }

    // ---- read

    /** Reads what is there, at least one byte; -1 at the end. */
    public int read(byte[] b, int off, int len) throws IOException {
        return readInto(b, off, len, null);
    }

    /** As {@link #read(byte[], int, int)}. */
    public int read(byte[] b, int off, int len, Duration timeout) throws IOException {
        return readInto(b, off, len, given(timeout));
    }

    private int readInto(byte[] b, int off, int len, @Nullable Duration timeout)
            throws IOException {
        Objects.checkFromIndexSize(off, len, b.length);
        return reading(timeout, d -> incoming.read(b, off, len, d));
    }

    /** Reads what is there into the buffer, at least one byte; -1 at the end. */
    @Override
    public int read(ByteBuffer to) throws IOException {
        return readInto(to, null);
    }

    /** As {@link #read(ByteBuffer)}. */
    public int read(ByteBuffer to, Duration timeout) throws IOException {
        return readInto(to, given(timeout));
    }

    private int readInto(ByteBuffer to, @Nullable Duration timeout) throws IOException {
        if (to.hasArray()) {
            int off = to.arrayOffset() + to.position();
            int n = readInto(to.array(), off, to.remaining(), timeout);
            to.position(to.position() + Math.max(n, 0));
            return n;
        }
        byte[] b = reading(timeout, d -> incoming.read(Math.min(USUAL_LINE, to.remaining()), d));
        to.put(b);
        return b.length == 0 && to.hasRemaining() ? -1 : b.length;
    }

    /** What is there, between one byte and so many; none at the end. */
    public byte[] read(int most) throws IOException {
        return readUpTo(most, null);
    }

    /** As {@link #read(int)}. */
    public byte[] read(int most, Duration timeout) throws IOException {
        return readUpTo(most, given(timeout));
    }

    private byte[] readUpTo(int most, @Nullable Duration timeout) throws IOException {
        atLeastZero(most, "number of bytes");
        return reading(timeout, d -> incoming.read(most, d));
    }

    /**
     * So many bytes.
     *
     * @throws EOFException if the connection ends before; it says how many have come, which stay
     */
    public byte[] readExactly(int n) throws IOException {
        return exactly(n, null);
    }

    /** As {@link #readExactly(int)}. */
    public byte[] readExactly(int n, Duration timeout) throws IOException {
        return exactly(n, given(timeout));
    }

    private byte[] exactly(int n, @Nullable Duration timeout) throws IOException {
        atLeastZero(n, "number of bytes");
        return reading(timeout, d -> incoming.readExactly(n, d));
    }

    /** As {@link #readLine(int)}, of at most 8,192 bytes. */
    public @Nullable String readLine() throws IOException {
        return line(USUAL_LINE, null);
    }

    /** As {@link #readLine()}. */
    public @Nullable String readLine(Duration timeout) throws IOException {
        return line(USUAL_LINE, given(timeout));
    }

    /**
     * The next line, without the {@code \n} or {@code \r\n} that ends it. What follows the last of
     * them before the end of the connection is a line too, as for {@link java.io.BufferedReader}.
     *
     * @param limit of its length, in bytes
     * @return null if the connection has ended
     * @throws IOException if it is longer
     */
    public @Nullable String readLine(int limit) throws IOException {
        return line(limit, null);
    }

    /** As {@link #readLine(int)}. */
    public @Nullable String readLine(int limit, Duration timeout) throws IOException {
        return line(limit, given(timeout));
    }

    private @Nullable String line(int limit, @Nullable Duration timeout) throws IOException {
        atLeastZero(limit, "limit");
        byte[] line = reading(timeout, d -> incoming.readLine(limit, d));
        return line == null ? null : new String(line, charset);
    }

    /**
     * What comes before the delimiter, which is read and dropped.
     *
     * @param limit of its length
     * @throws EOFException if the connection ends before; what has come stays
     * @throws IOException if it is longer
     */
    public byte[] readUntil(byte[] delimiter, int limit) throws IOException {
        return until(delimiter, limit, null);
    }

    /** As {@link #readUntil(byte[], int)}. */
    public byte[] readUntil(byte[] delimiter, int limit, Duration timeout) throws IOException {
        return until(delimiter, limit, given(timeout));
    }

    private byte[] until(byte[] delimiter, int limit, @Nullable Duration timeout)
            throws IOException {
        atLeastZero(limit, "limit");
        if (delimiter.length == 0) {
            throw new IllegalArgumentException("an empty delimiter is everywhere");
        }
        byte[] found = reading(timeout, d -> incoming.readUntil(delimiter, limit, d));
        if (found == null) {
            throw new EOFException(
                    "the connection has ended after "
                            + incoming.buffered()
                            + " bytes without the delimiter");
        }
        return found;
    }

    /** Skips so many bytes; how many, less only at the end. */
    public long skip(long n) throws IOException {
        return skipped(n, null);
    }

    /** As {@link #skip(long)}; after a timeout those that have come by then are skipped. */
    public long skip(long n, Duration timeout) throws IOException {
        return skipped(n, given(timeout));
    }

    private long skipped(long n, @Nullable Duration timeout) throws IOException {
        if (n < 0) {
            throw new IllegalArgumentException("negative number of bytes: " + n);
        }
        return reading(timeout, d -> incoming.skip(n, d));
    }

    /** The next so many bytes, less only at the end; they are still to be read. */
    public byte[] peek(int n) throws IOException {
        return peeked(n, null);
    }

    /** As {@link #peek(int)}. */
    public byte[] peek(int n, Duration timeout) throws IOException {
        return peeked(n, given(timeout));
    }

    private byte[] peeked(int n, @Nullable Duration timeout) throws IOException {
        atLeastZero(n, "number of bytes");
        return reading(timeout, d -> incoming.peek(n, d));
    }

    /**
     * Everything until the end of the connection.
     *
     * @throws IOException if it is more than the limit
     */
    public byte[] readAll(int limit) throws IOException {
        return all(limit, null);
    }

    /** As {@link #readAll(int)}. */
    public byte[] readAll(int limit, Duration timeout) throws IOException {
        return all(limit, given(timeout));
    }

    private byte[] all(int limit, @Nullable Duration timeout) throws IOException {
        atLeastZero(limit, "limit");
        return reading(timeout, d -> incoming.readAll(limit, d));
    }

    /** Sends to the other connection what comes on this one, until its end; how much it was. */
    public long transferTo(SocketStream to) throws IOException {
        return transferred(to, null);
    }

    /** As {@link #transferTo(SocketStream)}; what could not be sent in time is still to be read. */
    public long transferTo(SocketStream to, Duration timeout) throws IOException {
        return transferred(to, given(timeout));
    }

    private long transferred(SocketStream to, @Nullable Duration timeout) throws IOException {
        return reading(timeout, d -> to.writing(null, none -> incoming.transferTo(to.outgoing, d)));
    }

    // ---- write

    /** Sends all that remains in the buffer. */
    @Override
    public int write(ByteBuffer from) throws IOException {
        int n = from.remaining();
        writeAll(from);
        return n;
    }

    /** Sends all; several pieces go out together. */
    public void writeAll(byte[]... pieces) throws IOException {
        write(null, pieces);
    }

    /** As {@link #writeAll(byte[]...)}. */
    public void writeAll(Duration timeout, byte[]... pieces) throws IOException {
        write(given(timeout), pieces);
    }

    private void write(@Nullable Duration timeout, byte[]... pieces) throws IOException {
        Object ignored =
                writing(
                        timeout,
                        d -> {
                            outgoing.send(pieces, d);
                            return null;
                        });
    }

    /** Sends all that remains; the positions say how far it came, whatever happens. */
    public void writeAll(ByteBuffer... pieces) throws IOException {
        write(null, pieces);
    }

    /** As {@link #writeAll(ByteBuffer...)}. */
    public void writeAll(Duration timeout, ByteBuffer... pieces) throws IOException {
        write(given(timeout), pieces);
    }

    private void write(@Nullable Duration timeout, ByteBuffer... pieces) throws IOException {
        Object ignored =
                writing(
                        timeout,
                        d -> {
                            outgoing.send(pieces, d);
                            return null;
                        });
    }

    /** Sends text. */
    public void writeString(String text) throws IOException {
        write(null, text.getBytes(charset));
    }

    /** As {@link #writeString(String)}. */
    public void writeString(String text, Duration timeout) throws IOException {
        write(given(timeout), text.getBytes(charset));
    }

    /** Sends a whole file; see {@link #sendFile(FileChannel, long, long)}. */
    public long sendFile(Path file) throws IOException {
        return fileSent(file, 0, Long.MAX_VALUE, null);
    }

    /** As {@link #sendFile(Path)}. */
    public long sendFile(Path file, Duration timeout) throws IOException {
        return fileSent(file, 0, Long.MAX_VALUE, given(timeout));
    }

    /** Sends a part of a file; see {@link #sendFile(FileChannel, long, long)}. */
    public long sendFile(Path file, long offset, long count) throws IOException {
        return fileSent(file, offset, count, null);
    }

    /** As {@link #sendFile(Path, long, long)}. */
    public long sendFile(Path file, long offset, long count, Duration timeout) throws IOException {
        return fileSent(file, offset, count, given(timeout));
    }

    private long fileSent(Path file, long offset, long count, @Nullable Duration timeout)
            throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            return fileSent(channel, offset, count, timeout);
        }
    }

    /**
     * Sends a part of a file, whose position stays what it is. On jevent's own sockets the kernel
     * does it without a copy, at most 512 KiB at once. What is not in memory is read from the disk
     * meanwhile, and the hub's other greenlets wait so long.
     *
     * @param count the most to send; less is sent if the file ends before
     * @return how much was sent
     */
    public long sendFile(FileChannel file, long offset, long count) throws IOException {
        return fileSent(file, offset, count, null);
    }

    /** As {@link #sendFile(FileChannel, long, long)}. */
    public long sendFile(FileChannel file, long offset, long count, Duration timeout)
            throws IOException {
        return fileSent(file, offset, count, given(timeout));
    }

    private long fileSent(FileChannel file, long offset, long count, @Nullable Duration timeout)
            throws IOException {
        if (offset < 0 || count < 0) {
            throw new IllegalArgumentException("no part of a file: " + offset + ", " + count);
        }
        return writing(timeout, d -> outgoing.sendFile(file, offset, count, d));
    }

    // ---- the end

    /** Says to the peer that no more comes; reading goes on. */
    public void shutdownOutput() throws IOException {
        transport.shutdownOutput();
    }

    @Override
    public boolean isOpen() {
        return transport.isOpen();
    }

    /** Closes the socket; what was received and not read is lost. */
    @Override
    public void close() throws IOException {
        transport.close();
    }

    @Override
    public String toString() {
        return "SocketStream[" + socket + "]";
    }
}
