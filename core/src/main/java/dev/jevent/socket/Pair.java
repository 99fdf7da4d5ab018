package dev.jevent.socket;

import java.io.IOException;
import java.net.Socket;

/**
 * Two sockets that are connected to each other; see {@link Sockets#pair}.
 *
 * @param left one end
 * @param right the other
 */
public record Pair(Socket left, Socket right) implements AutoCloseable {

    /** Closes both. */
    @Override
    public void close() throws IOException {
        try {
            left.close();
        } finally {
            right.close();
        }
    }
}
