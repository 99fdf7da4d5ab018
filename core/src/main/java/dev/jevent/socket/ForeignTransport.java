package dev.jevent.socket;

import dev.jevent.Timeout;
import dev.jevent.internal.io.Deadline;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.time.Duration;

/**
 * Any socket, TLS for instance, through its streams. A read with a deadline uses {@code
 * SO_TIMEOUT}; a write, for which java.net has nothing, a {@link Timeout}.
 */
final class ForeignTransport implements Transport {

    private static final int PIECE = 16 * 1024; // of a write; a record of TLS is as large

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    ForeignTransport(Socket socket) throws IOException {
        this.socket = socket;
        // who uses a SocketStream knows what was read; layers on other sockets are as those are
        boolean ignored = Sockets.keepsOpen(socket);
        in = socket.getInputStream();
        out = socket.getOutputStream();
    }

    @Override
    public void awaitNews(@Nullable Deadline deadline) {
        // a read is the only way to know
    }

    @Override
    public int receive(byte[] b, int off, int len, @Nullable Deadline deadline) throws IOException {
        if (deadline == null) {
            return atLeastOne(b, off, len);
        }
        if (in.available() > 0) {
            return atLeastOne(b, off, len); // also when no time is left
        }
        int usual = socket.getSoTimeout();
        long millis = (deadline.left() + 999_999) / 1_000_000;
        socket.setSoTimeout((int) Math.min(Integer.MAX_VALUE, millis));
        try {
            return atLeastOne(b, off, len);
        } finally {
            if (!socket.isClosed()) {
                socket.setSoTimeout(usual);
            }
        }
    }

    private int atLeastOne(byte[] b, int off, int len) throws IOException {
        int n;
        do {
            n = in.read(b, off, len);
        } while (n == 0); // an empty record of TLS, perhaps
        return Math.max(n, 0);
    }

    @Override
    public int sendSome(byte[] b, int off, int len, @Nullable Deadline deadline)
            throws IOException {
        int n = Math.min(len, PIECE);
        if (deadline == null) {
            out.write(b, off, n);
            return n;
        }
        var timeout = new Timeout(Duration.ofNanos(deadline.left()), deadline.over());
        try {
            timeout.run(() -> out.write(b, off, n));
            return n;
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    @Override
    public int sendFile(int file, long offset, int count, @Nullable Deadline deadline) {
        return -1;
    }

    @Override
    public int descriptor(FileChannel file) {
        return -1;
    }

    @Override
    public void shutdownOutput() throws IOException {
        out.flush();
        socket.shutdownOutput();
    }

    @Override
    public boolean isOpen() {
        return !socket.isClosed();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
