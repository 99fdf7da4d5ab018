package dev.jevent.socket;

import dev.jevent.internal.io.Deadline;
import dev.jevent.internal.io.Transfers;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Objects;

/** What a socket receives. For one reader at a time. */
final class SocketInput extends InputStream implements Transfers.Source {

    private final StreamSocket socket;
    private final byte[] one = new byte[1];

    SocketInput(StreamSocket socket) {
        this.socket = socket;
    }

    @Override
    public int read() throws IOException {
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] b, int off, int len) throws IOException {
        Objects.checkFromIndexSize(off, len, b.length);
        if (len == 0) {
            return 0;
        }
        int n = socket.receive(b, off, len, socket.soTimeout());
        return n == 0 ? -1 : n;
    }

    @Override
    public void awaitNews() throws IOException {
        socket.awaitNews(Deadline.ofMillis(socket.soTimeout(), "Read timed out"));
    }

    /** As ever; to another socket of ours it has no buffer of its own while it waits. */
    @Override
    public long transferTo(OutputStream out) throws IOException {
        return out instanceof Transfers.Sink ? Transfers.copy(this, out) : super.transferTo(out);
    }

    @Override
    public int available() throws IOException {
        return socket.available();
    }

    @Override
    public void close() {
        socket.close();
    }
}
