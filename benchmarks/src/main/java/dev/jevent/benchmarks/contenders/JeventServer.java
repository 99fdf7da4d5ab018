package dev.jevent.benchmarks.contenders;

import dev.jevent.server.StreamServer;

/** {@code echo} or {@code hello} on jevent's own server and its sockets: NAME [PORT]. */
public final class JeventServer {

    private JeventServer() {}

    public static void main(String[] args) throws Exception {
        Protocol protocol = Protocol.of(args[0]);
        try (StreamServer server = new StreamServer(Protocol.address(args, 1), protocol::serve)) {
            server.start();
            Protocol.ready(server.address().getPort());
            server.serveForever();
        }
    }
}
