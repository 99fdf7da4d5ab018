package dev.jevent.benchmarks.contenders;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.concurrent.Executors;

/**
 * The server of {@code http} on the JDK's own, or on that of another provider, its handlers in
 * virtual threads: [PORT]. Over TLS if {@link Encryption} is wanted. The system property {@code
 * com.sun.net.httpserver.HttpServerProvider} says which provider it is.
 */
public final class JdkHttp {

    private JdkHttp() {}

    public static void main(String[] args) throws Exception {
        start(server(Protocol.address(args, 0)));
    }

    /** A server that answers everything but WebSockets. */
    static HttpServer server(InetSocketAddress address)
            throws IOException, GeneralSecurityException {
        HttpServer server = create(address);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        bytes(server, "/hello", HttpTask.TEXT, exchange -> HttpTask.hello());
        bytes(server, "/json", HttpTask.JSON, exchange -> HttpTask.json());
        bytes(server, "/headers", HttpTask.TEXT, JdkHttp::token);
        bytes(server, "/100k", HttpTask.BYTES, exchange -> HttpTask.large());
        bytes(
                server,
                "/upload",
                HttpTask.TEXT,
                exchange -> HttpTask.drain(exchange.getRequestBody()));
        handler(server, "/100m", JdkHttp::sendHuge);
        return server;
    }

    static void start(HttpServer server) {
        server.start();
        Protocol.ready(server.getAddress().getPort());
    }

    private static HttpServer create(InetSocketAddress address)
            throws IOException, GeneralSecurityException {
        Optional<Encryption> encryption = Encryption.wanted();
        if (encryption.isEmpty()) {
            return HttpServer.create(address, Protocol.BACKLOG);
        }
        HttpsServer server = HttpsServer.create(address, Protocol.BACKLOG);
        server.setHttpsConfigurator(new HttpsConfigurator(encryption.get().context()));
        return server;
    }

    /** Makes an answer. */
    private interface Answer {
        byte[] of(HttpExchange exchange) throws IOException;
    }

    private static void bytes(HttpServer server, String path, String type, Answer answer) {
        handler(server, path, exchange -> send(exchange, type, answer.of(exchange)));
    }

    static void handler(HttpServer server, String path, HttpHandler handler) {
        var ignored = server.createContext(path, handler);
    }

    private static byte[] token(HttpExchange exchange) {
        return HttpTask.bytes(exchange.getRequestHeaders().getFirst(HttpTask.TOKEN));
    }

    private static void send(HttpExchange exchange, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(200, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    private static void sendHuge(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", HttpTask.BYTES);
        exchange.sendResponseHeaders(200, HttpTask.HUGE);
        try (OutputStream out = exchange.getResponseBody()) {
            HttpTask.writeHuge(out);
        }
    }
}
