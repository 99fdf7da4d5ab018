package dev.jevent.examples;

import dev.jevent.pool.Scope;
import dev.jevent.server.StreamServer;
import dev.jevent.socket.Sockets;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;

/**
 * Passes on what comes to a port to another address, and what comes back. Each connection has two
 * greenlets, one for each direction; when one of them fails the other one ends with it.
 */
public final class PortForwarder {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    private PortForwarder() {}

    /** The port to listen to, and the address to connect to. */
    public static void main(String[] args) throws IOException {
        if (args.length != 2 || !args[1].contains(":")) {
            System.err.println("Usage: PortForwarder PORT HOST:PORT");
            System.exit(2);
        }
        int colon = args[1].lastIndexOf(':');
        String host = args[1].substring(0, colon);
        int port = Integer.parseInt(args[1].substring(colon + 1));
        var server = newServer(Integer.parseInt(args[0]), host, port);
        server.start();
        System.out.println("PortForwarder listens on port " + server.address().getPort());
        server.serveForever();
    }

    static StreamServer newServer(int listen, String host, int port) {
        return new StreamServer(listen, client -> forward(client, host, port));
    }

    private static void forward(Socket client, String host, int port) throws Exception {
        try (Socket target = Sockets.connect(host, port, CONNECT_TIMEOUT)) {
            target.setTcpNoDelay(true);
            Scope.run(
                    scope -> {
                        scope.spawn(() -> pump(target, client));
                        pump(client, target);
                    });
        }
    }

    /** To the end of the stream, of which the other side is told. */
    private static void pump(Socket from, Socket to) throws IOException {
        from.getInputStream().transferTo(to.getOutputStream());
        to.shutdownOutput();
    }
}
