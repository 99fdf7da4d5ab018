package dev.jevent.examples;

import dev.jevent.socket.SocketStream;
import dev.jevent.socket.Sockets;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * A server behind {@link ReverseProxy}: its connections that wait for the next request, and its
 * health. One that cannot be reached is asked last for a second, then for two, four, and so on up
 * to 30. Greenlets of one hub only.
 */
final class Upstream {

    private static final int MOST_IDLE = 64;
    private static final long OLDEST_NANOS = Duration.ofSeconds(30).toNanos();
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);
    private static final int LONGEST_REST = 30; // seconds

    private record Idle(UpstreamConnection connection, long since) {}

    private final String host;
    private final int port;
    private final Duration patience;
    private final Deque<Idle> idle = new ArrayDeque<>(); // the last used one first
    private int rest; // seconds; 0: it is well
    private long restsUntil;

    /** Such as {@code localhost:8081}. */
    Upstream(String address, Duration patience) {
        int colon = address.lastIndexOf(':');
        host = address.substring(0, colon);
        port = Integer.parseInt(address.substring(colon + 1));
        this.patience = patience;
    }

    boolean isWell() {
        return rest == 0 || System.nanoTime() - restsUntil > 0;
    }

    /** One that was used before and is still good. */
    Optional<UpstreamConnection> kept() {
        for (Idle i = idle.pollFirst(); i != null; i = idle.pollFirst()) {
            if (System.nanoTime() - i.since < OLDEST_NANOS && i.connection.isQuiet()) {
                return Optional.of(i.connection);
            }
            i.connection.close();
        }
        return Optional.empty();
    }

    UpstreamConnection connect() throws IOException {
        boolean done = false;
        try {
            Socket socket = Sockets.connect(host, port, CONNECT_TIMEOUT);
            socket.setTcpNoDelay(true);
            done = true;
            return new UpstreamConnection(SocketStream.of(socket), patience);
        } finally {
            rest = done ? 0 : Math.clamp(2L * rest, 1, LONGEST_REST);
            restsUntil = System.nanoTime() + Duration.ofSeconds(rest).toNanos();
        }
    }

    /** For the next request, if it is good. */
    void giveBack(UpstreamConnection connection) {
        if (!connection.isQuiet()) {
            connection.close();
            return;
        }
        idle.addFirst(new Idle(connection, System.nanoTime()));
        if (idle.size() > MOST_IDLE) {
            idle.removeLast().connection.close();
        }
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
