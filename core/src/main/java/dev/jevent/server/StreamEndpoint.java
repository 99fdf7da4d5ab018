package dev.jevent.server;

import dev.jevent.socket.Sockets;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;

/** A listener of a {@link StreamServer}. */
final class StreamEndpoint implements Endpoint {

    private static final Duration A_WHILE = Duration.ofHours(1);

    private final StreamServer server;
    private final ServerSocket listener;
    private final SocketAddress address;
    private final @Nullable UnixFile file;
    private final boolean setsNoDelay;
    private boolean knowsOne = true; // acceptor only

    private StreamEndpoint(StreamServer server, ServerSocket listener, @Nullable UnixFile file) {
        this.server = server;
        this.listener = listener;
        this.file = file;
        this.address = listener.getLocalSocketAddress();
        this.setsNoDelay = address instanceof InetSocketAddress && !inheritsNoDelay(listener);
    }

    /** Accepts from what there is. */
    static StreamEndpoint of(StreamServer server, ServerSocket listener) {
        return new StreamEndpoint(server, listener, null);
    }

    static StreamEndpoint listen(
            StreamServer server, SocketAddress address, int backlog, @Nullable String permissions)
            throws IOException {
        if (address instanceof UnixDomainSocketAddress unix) {
            UnixFile.removeStale(unix.getPath());
        }
        ServerSocket listener = bind(address, backlog, server.reusesPort());
        UnixFile file = null;
        boolean done = false;
        try {
            if (address instanceof UnixDomainSocketAddress unix) {
                file = UnixFile.bound(unix.getPath(), permissions);
            }
            done = true;
        } finally {
            if (!done) {
                listener.close();
            }
        }
        return new StreamEndpoint(server, listener, file);
    }

    private static ServerSocket bind(SocketAddress address, int backlog, boolean reusePort)
            throws IOException {
        if (!reusePort || address instanceof UnixDomainSocketAddress) {
            return Sockets.listen(address, backlog);
        }
        ServerSocket listener = Sockets.serverSocket();
        boolean done = false;
        try {
            listener.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            listener.bind(address, backlog);
            done = true;
        } finally {
            if (!done) {
                listener.close();
            }
        }
        return listener;
    }

    /** Whether the sockets that it accepts have the option from it. */
    private static boolean inheritsNoDelay(ServerSocket listener) {
        try {
            if (listener.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY)) {
                listener.setOption(StandardSocketOptions.TCP_NODELAY, true);
                return true;
            }
        } catch (IOException e) {
            return false; // then each of them is told
        }
        return false;
    }

    boolean setsNoDelay() {
        return setsNoDelay;
    }

    @Override
    public SocketAddress address() {
        return address;
    }

    @Override
    public void awaitOne() throws IOException {
        try {
            while (knowsOne && !Sockets.waitRead(listener, A_WHILE)) {
                // once more
            }
        } catch (UnsupportedOperationException e) {
            knowsOne = false; // a listener of the JDK
        }
    }

    @Override
    public Job next() throws IOException {
        return new Connection(server, this, listener.accept());
    }

    @Override
    public boolean isClosed() {
        return listener.isClosed();
    }

    @Override
    public boolean staysOpen() {
        return false;
    }

    @Override
    public void stop() {
        close();
    }

    @Override
    public void close() {
        if (file != null) {
            file.delete(); // before it is closed: afterwards it may be another's in no time
        }
        BaseServer.closeQuietly(listener);
    }
}
