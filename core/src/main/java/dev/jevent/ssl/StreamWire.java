package dev.jevent.ssl;

import dev.jevent.internal.io.Deadline;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLException;

/**
 * Any other socket, through its streams. A reader waits with a small buffer, and has a large one
 * while much comes. Nobody can know how much of a write was sent that was broken off; then the
 * stream cannot go on.
 */
@SuppressWarnings("ByteBufferBackingArray") // they all come from allocate
final class StreamWire extends Wire {

    private static final int SMALL = 2 * 1024;
    private static final int LARGE = 17 * 1024;
    private static final Executor SOON = CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS);

    private final Socket socket;
    private final InputStream input;
    private final OutputStream output;
    private boolean much; // the reader's
    private int soTimeout = -1; // the reader's: what the socket was told last
    private volatile boolean cut;

    StreamWire(Socket socket) throws IOException {
        this.socket = socket;
        this.input = socket.getInputStream();
        this.output = socket.getOutputStream();
    }

    @Override
    int receive(Inbound in, int most, @Nullable Deadline deadline) throws IOException {
        limit(deadline);
        boolean partial = in.remaining() > 0;
        int need = Math.max(in.recordLength(), much || partial ? LARGE : SMALL);
        ByteBuffer b = in.withRoomOfItsOwn(Math.min(need, Buffers.LONGEST_RECORD));
        int room = Math.min(most, b.capacity() - b.limit());
        int n;
        try {
            n = input.read(b.array(), b.limit(), room);
        } catch (SocketTimeoutException e) {
            throw deadline == null ? e : over(deadline, e);
        }
        if (n > 0) {
            b.limit(b.limit() + n);
        }
        much = n == room || n > SMALL;
        return n;
    }

    private static SocketTimeoutException over(Deadline deadline, SocketTimeoutException e) {
        SocketTimeoutException over = deadline.over();
        over.initCause(e);
        return over;
    }

    private void limit(@Nullable Deadline deadline) throws IOException {
        int millis = 0;
        if (deadline != null) {
            long left = (deadline.left() + 999_999) / 1_000_000;
            millis = (int) Math.min(Integer.MAX_VALUE, left);
        }
        if (millis != soTimeout) {
            socket.setSoTimeout(millis);
            soTimeout = millis;
        }
    }

    @Override
    int send(byte[] b, int off, int len, @Nullable Deadline deadline) throws IOException {
        if (cut) {
            throw new SSLException(
                    "an earlier write was broken off in the middle of a TLS record; this"
                            + " connection cannot go on");
        }
        cut = true;
        output.write(b, off, len);
        cut = false;
        return len;
    }

    /** Streams wait. So this closes the socket if it takes longer than a second. */
    @Override
    int sendNow(byte[] b, int off, int len) throws IOException {
        if (cut) {
            return 0;
        }
        var tooLong = new CompletableFuture<Void>();
        SOON.execute(
                () -> {
                    if (tooLong.complete(null)) {
                        close();
                    }
                });
        try {
            return send(b, off, len, null);
        } finally {
            tooLong.cancel(false);
        }
    }

    private void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // the writer learns of it
            return;
        }
    }

    @Override
    void discard() throws IOException {
        long ignored = input.skip(input.available());
    }
}
