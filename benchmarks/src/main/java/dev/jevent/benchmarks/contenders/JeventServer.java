package dev.jevent.benchmarks.contenders;

import dev.jevent.server.StreamServer;
import dev.jevent.ssl.Tls;

import java.util.Optional;

/**
 * A {@link Protocol} on jevent's own server and its sockets: NAME [PORT]. Over TLS if {@link
 * Encryption} is wanted.
 */
public final class JeventServer {

    private JeventServer() {}

    public static void main(String[] args) throws Exception {
        Protocol protocol = Protocol.of(args[0]);
        try (StreamServer server = new StreamServer(Protocol.address(args, 1), handler(protocol))) {
            server.start();
            Protocol.ready(server.address().getPort());
            server.serveForever();
        }
    }

    private static StreamServer.Handler handler(Protocol protocol) throws Exception {
        Optional<Encryption> encryption = Encryption.wanted();
        if (encryption.isEmpty()) {
            return protocol::serve;
        }
        Tls tls = Tls.server(encryption.get().certificate(), encryption.get().key());
        return socket -> protocol.serve(tls.wrap(socket));
    }
}
