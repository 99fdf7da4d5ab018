package dev.jevent.socket;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** What a socket receives. For one reader at a time. */
final class SocketInput extends InputStream {

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
    public int available() throws IOException {
        return socket.available();
    }

    @Override
    public void close() {
        socket.close();
    }
}
