package dev.jevent.socket;

import dev.jevent.internal.io.Transfers;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

/** What a socket sends; nothing is kept back. For one writer at a time. */
final class SocketOutput extends OutputStream implements Transfers.Sink {

    private final StreamSocket socket;
    private final byte[] one = new byte[1];

    SocketOutput(StreamSocket socket) {
        this.socket = socket;
    }

    @Override
    public void write(int b) throws IOException {
        one[0] = (byte) b;
        write(one, 0, 1);
    }

    @Override
    public void write(byte[] b, int off, int len) throws IOException {
        Objects.checkFromIndexSize(off, len, b.length);
        socket.checkOutput();
        socket.send(b, off, len);
    }

    @Override
    public void close() {
        socket.close();
    }
}
