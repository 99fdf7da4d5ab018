package dev.jevent.benchmarks.contenders;

import org.microhttp.EventLoop;
import org.microhttp.Header;
import org.microhttp.NoopLogger;
import org.microhttp.Options;
import org.microhttp.OptionsBuilder;
import org.microhttp.Request;
import org.microhttp.Response;

import java.util.List;

/** The server of {@code http} on microhttp, one event loop, which has no TLS: [PORT]. */
public final class MicrohttpHttp {

    private MicrohttpHttp() {}

    public static void main(String[] args) throws Exception {
        Options options =
                OptionsBuilder.newBuilder()
                        .withHost("127.0.0.1")
                        .withPort(Protocol.address(args, 0).getPort())
                        .withAcceptLength(Protocol.BACKLOG)
                        .withConcurrency(1)
                        .build();
        EventLoop server =
                new EventLoop(
                        options,
                        NoopLogger.instance(),
                        (request, callback) -> callback.accept(answer(request)));
        server.start();
        Protocol.ready(server.getPort());
        server.join();
    }

    private static Response answer(Request request) {
        return switch (request.uri()) {
            case "/hello" -> response(HttpTask.TEXT, HttpTask.hello());
            case "/json" -> response(HttpTask.JSON, HttpTask.json());
            case "/headers" ->
                    response(HttpTask.TEXT, HttpTask.bytes(request.header(HttpTask.TOKEN)));
            case "/100k" -> response(HttpTask.BYTES, HttpTask.large());
            case "/100m" -> response(HttpTask.BYTES, HttpTask.huge());
            case "/upload" -> response(HttpTask.TEXT, HttpTask.count(request.body().length));
            default -> new Response(404, "Not Found", List.of(), new byte[0]);
        };
    }

    private static Response response(String type, byte[] body) {
        List<Header> headers =
                List.of(new Header("Content-Type", type), new Header("Date", HttpTask.Dates.now()));
        return new Response(200, "OK", headers, body);
    }
}
