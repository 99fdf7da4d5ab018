package dev.jevent.http;

import dev.jevent.internal.io.Transfers;
import dev.jevent.server.ServerConnection;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Objects;

/**
 * A connection that has left HTTP by {@link Response#upgrade}: what comes and goes is the
 * protocol's. It lives as long as the handler. For one reader and one writer at a time.
 */
public final class Upgrade {

    private final HttpConnection connection;
    private final InputStream in = new Input();
    private final OutputStream out = new Output();

    Upgrade(HttpConnection connection) {
        this.connection = connection;
    }

    /** What the client sends, with what it has sent behind its request already. */
    public InputStream in() {
        return in;
    }

    /** What is sent to the client; nothing is kept back. */
    public OutputStream out() {
        return out;
    }

    /**
     * The connection: its {@link ServerConnection#idle} says that the protocol has nothing under
     * way, so that a server that stops ends its input.
     */
    public ServerConnection connection() {
        return connection.connection();
    }

    /** Is called once, when the handler has returned or thrown; must not throw. */
    public void onEnd(Runnable action) {
        connection.onEnd(action);
    }

    private final class Input extends InputStream implements Transfers.Source {
        private final byte[] one = new byte[1];

        @Override
        public int read() throws IOException {
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            Objects.checkFromIndexSize(off, len, b.length);
            return len == 0 ? 0 : connection.input().receiveDetached(b, off, len);
        }

        @Override
        public void awaitNews() throws IOException {
            connection.input().awaitDetached();
        }

        @Override
        public int available() throws IOException {
            return connection.input().available();
        }

        @Override
        public void close() throws IOException {
            connection.socket().close();
        }
    }

    private final class Output extends OutputStream {
        private final byte[] one = new byte[1];

        @Override
        public void write(int b) throws IOException {
            one[0] = (byte) b;
            write(one, 0, 1);
        }

        @Override
        public void write(byte[] b, int off, int len) throws IOException {
            connection.output().sendDetached(b, off, len);
        }

        @Override
        public void close() throws IOException {
            connection.socket().close();
        }
    }
}
