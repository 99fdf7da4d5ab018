package dev.jevent.socket;

import dev.jevent.internal.io.Descriptor;

import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketException;
import java.util.Objects;

/** What a socket sends; nothing is kept back. For one writer at a time. */
final class SocketOutput extends OutputStream {

    private final TcpSocket socket; // keeps it from being closed as garbage
    private final Descriptor descriptor;
    private final byte[] one = new byte[1];

    SocketOutput(TcpSocket socket, Descriptor descriptor) {
        this.socket = socket;
        this.descriptor = descriptor;
    }

    @Override
    public void write(int b) throws IOException {
        one[0] = (byte) b;
        write(one, 0, 1);
    }

    @Override
    public void write(byte[] b, int off, int len) throws IOException {
        Objects.checkFromIndexSize(off, len, b.length);
        if (socket.isOutputShutdown()) {
            throw new SocketException("Socket output is shutdown");
        }
        descriptor.send(b, off, len, null);
    }

    @Override
    public void close() {
        socket.close();
    }
}
