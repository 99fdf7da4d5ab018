package dev.jevent.server;

import java.net.Socket;
import java.net.SocketAddress;
import java.util.Optional;

/**
 * A connection of a {@link StreamServer}, as its handler sees it. Any thread.
 *
 * <p>A handler that serves many requests on one connection tells when it waits for the next, so
 * that a server that is {@linkplain BaseServer#stop(java.time.Duration) stopped with a timeout}
 * need not wait for it nor kill it:
 *
 * <pre>{@code
 * var server = StreamServer.ofConnections(8080, connection -> {
 *     var in = new BufferedReader(
 *             new InputStreamReader(connection.socket().getInputStream(), UTF_8));
 *     while (true) {
 *         connection.idle(true);
 *         String request = in.readLine();
 *         connection.idle(false);
 *         if (request == null) {
 *             return;
 *         }
 *         answer(request, connection.socket().getOutputStream());
 *     }
 * });
 * }</pre>
 */
public sealed interface ServerConnection permits Connection {

    /** The socket, after the PROXY header and the TLS handshake, if the server has those. */
    Socket socket();

    /** Where the client is: as the proxy says, if there is one that tells it. */
    SocketAddress remoteAddress();

    /** Where the client has connected to: as the proxy says, if there is one that tells it. */
    SocketAddress localAddress();

    /** Where this connection comes from: the proxy, if there is one. */
    SocketAddress peerAddress();

    /** What the proxy said. */
    Optional<ProxyHeader> proxyHeader();

    /** The server. */
    StreamServer server();

    /** Whether the server was stopped: a good moment to end. */
    boolean stopping();

    /**
     * Whether nothing is under way: everything is answered, and of the next request no byte was
     * read. A connection is busy unless this was said. When the server is stopped with a timeout,
     * the input of an idle connection ends: what has come is still read, and then the end of the
     * stream. (By a stream that the handler has already; the socket gives no other then. With TLS,
     * what comes in the moment of the stop is not read any more.)
     */
    void idle(boolean idle);

    /**
     * Ends it at once and without a farewell: what is under way to the client is dropped, and it
     * gets a reset. Whoever waits in its socket gets a {@link java.net.SocketException}.
     */
    void abort();
}
