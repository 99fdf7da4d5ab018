package dev.jevent.examples;

import dev.jevent.server.ServerConnection;
import dev.jevent.server.StreamServer;
import dev.jevent.socket.Activation;
import dev.jevent.socket.SocketStream;
import dev.jevent.socket.Sockets;

import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/**
 * A small service on a Unix-domain socket: it keeps values for programs of the same user. A line is
 * a command: {@code SET name value}, {@code GET name}, {@code KEYS}, {@code TIME}, {@code WHOAMI},
 * {@code QUIT}. Several may be sent at once. A service manager may open the socket and pass it on;
 * a signal lets it end what is under way.
 *
 * <p>The table needs no lock, for one greenlet runs at a time.
 */
public final class UnixService {

    private static final int LONGEST_LINE = 1000;

    private final Map<String, String> values = new TreeMap<>();

    private UnixService() {}

    /** The path of the socket; nothing, if the socket is passed on. */
    public static void main(String[] args) throws IOException {
        if (args.length == 0 && Activation.sockets().isEmpty()) {
            System.err.println("Usage: UnixService PATH; then try: socat - UNIX-CONNECT:PATH");
            System.exit(2);
        }
        StreamServer server = args.length > 0 ? newServer(args[0]) : newServerOfManager();
        server.start();
        System.out.println("UnixService listens on " + server.localAddress());
        server.serveForever();
        System.out.println("UnixService has ended");
    }

    static StreamServer newServer(String path) {
        return StreamServer.ofConnections("unix:" + path, new UnixService()::serve)
                .unixPermissions("rw-------");
    }

    private static StreamServer newServerOfManager() throws IOException {
        return StreamServer.ofConnections(
                Activation.sockets().getFirst().listener(), new UnixService()::serve);
    }

    private void serve(ServerConnection connection) throws IOException {
        SocketStream stream = SocketStream.of(connection.socket());
        while (true) {
            connection.idle(true); // may be ended here
            String line = stream.readLine(LONGEST_LINE);
            connection.idle(false);
            if (line == null || line.equals("QUIT")) {
                return;
            }
            stream.writeString(answer(connection, line.strip().split("\\s+", 3)) + "\n");
        }
    }

    private String answer(ServerConnection connection, String[] words) throws IOException {
        return switch (words[0] + " " + (words.length - 1)) {
            case "SET 2" -> {
                values.put(words[1], words[2]);
                yield "OK";
            }
            case "GET 1" -> values.getOrDefault(words[1], "NONE");
            case "KEYS 0" -> String.join(" ", values.keySet());
            case "TIME 0" -> Instant.now().toString();
            case "WHOAMI 0" -> Sockets.peerCredentials(connection.socket()).toString();
            default -> "ERROR no such command";
        };
    }
}
