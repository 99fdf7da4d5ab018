package dev.jevent.compat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The JDK's own web server, on threads that have nothing to do with the hub. It answers with what
 * it was sent, or for a GET with the id in its address, and takes the time that the address says.
 */
final class Web implements AutoCloseable {

    private final ExecutorService threads =
            Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("web-", 0).factory());
    private final HttpServer server;

    static {
        System.setProperty(
                "com.sun.net.httpserver.HttpServerProvider",
                "sun.net.httpserver.DefaultHttpServerProvider"); // else it is jevent's
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    Web() throws IOException {
        server = HttpServer.create(new InetSocketAddress(Server.loopback(), 0), 0);
        server.createContext("/", Web::answer);
        server.setExecutor(threads);
        server.start();
    }

    /** The address that asks for the id, which takes a while. */
    URI uri(String id, int millis) {
        int port = server.getAddress().getPort();
        return URI.create("http://127.0.0.1:" + port + "/" + millis + "/" + id);
    }

    private static void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String[] path = exchange.getRequestURI().getPath().split("/", 3);
            byte[] body = exchange.getRequestBody().readAllBytes();
            try {
                Thread.sleep(Long.parseLong(path[1]));
            } catch (InterruptedException e) {
                return; // the server stops
            }
            if (exchange.getRequestMethod().equals("GET")) {
                body = path[2].getBytes(StandardCharsets.UTF_8);
            }
            exchange.getResponseHeaders().set("Connection", "keep-alive");
            exchange.getResponseHeaders().set("Keep-Alive", "timeout=1"); // for HttpURLConnection
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
