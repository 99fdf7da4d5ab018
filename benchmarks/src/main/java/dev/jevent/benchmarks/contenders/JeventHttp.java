package dev.jevent.benchmarks.contenders;

import dev.jevent.http.AccessLogs;
import dev.jevent.http.HttpException;
import dev.jevent.http.HttpServer;
import dev.jevent.http.Request;
import dev.jevent.http.Response;
import dev.jevent.ssl.Tls;
import dev.jevent.websocket.WebSocket;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The server of {@code http} on jevent's own, with the limits that it has by itself: [PORT]. Over
 * TLS if {@link Encryption} is wanted; with an access log, to a file that it deletes in the end, if
 * {@code BENCH_LOG} is set.
 */
public final class JeventHttp {

    private JeventHttp() {}

    public static void main(String[] args) throws Exception {
        try (HttpServer server =
                new HttpServer(Protocol.address(args, 0), JeventHttp::handle)
                        .backlog(Protocol.BACKLOG)) {
            Optional<Encryption> encryption = Encryption.wanted();
            if (encryption.isPresent()) {
                Encryption e = encryption.get();
                HttpServer ignored = server.tls(Tls.server(e.certificate(), e.key()));
            }
            if (System.getenv("BENCH_LOG") != null) {
                HttpServer ignored = server.accessLog(AccessLogs.combined(logFile()));
            }
            server.start();
            Protocol.ready(server.port());
            server.serveForever();
        }
    }

    private static Path logFile() throws IOException {
        Path file = Files.createTempFile("jevent-bench-", ".log");
        file.toFile().deleteOnExit();
        return file;
    }

    private static void handle(Request request, Response response) throws Exception {
        switch (request.rawPath()) {
            case "/hello" -> response.contentType(HttpTask.TEXT).send(HttpTask.hello());
            case "/json" -> response.contentType(HttpTask.JSON).send(HttpTask.json());
            case "/headers" ->
                    response.contentType(HttpTask.TEXT)
                            .send(request.header(HttpTask.TOKEN).orElse(""));
            case "/100k" -> response.contentType(HttpTask.BYTES).send(HttpTask.large());
            case "/100m" -> huge(response);
            case "/upload" ->
                    response.contentType(HttpTask.TEXT).send(HttpTask.drain(request.body()));
            case "/websocket" -> echo(request, response);
            default -> throw new HttpException(404, "no such path");
        }
    }

    private static void echo(Request request, Response response) throws IOException {
        try (WebSocket socket = WebSocket.accept(request, response)) {
            String text;
            while ((text = socket.receiveText()) != null) {
                socket.send(text);
            }
        }
    }

    private static void huge(Response response) throws Exception {
        Response begun = response.contentType(HttpTask.BYTES).contentLength(HttpTask.HUGE);
        try (OutputStream out = begun.body()) {
            HttpTask.writeHuge(out);
        }
    }
}
