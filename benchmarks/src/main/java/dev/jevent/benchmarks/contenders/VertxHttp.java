package dev.jevent.benchmarks.contenders;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.PemKeyCertOptions;

import java.util.Optional;
import java.util.Set;

/**
 * The server of {@code http} on Vert.x with Netty's epoll transport, one event loop: [PORT]. Over
 * TLS if {@link Encryption} is wanted, by the engine of the JDK.
 */
public final class VertxHttp {
    private static final CharSequence TEXT = HttpHeaders.createOptimized(HttpTask.TEXT);
    private static final CharSequence JSON = HttpHeaders.createOptimized(HttpTask.JSON);
    private static final CharSequence BYTES = HttpHeaders.createOptimized(HttpTask.BYTES);
    private static final Buffer HELLO = Buffer.buffer(HttpTask.hello());
    private static final Buffer LARGE = Buffer.buffer(HttpTask.large());

    private VertxHttp() {}

    public static void main(String[] args) {
        Vertx vertx =
                Vertx.builder()
                        .with(
                                new VertxOptions()
                                        .setPreferNativeTransport(true)
                                        .setEventLoopPoolSize(1))
                        .build();
        if (!vertx.isNativeTransportEnabled()) {
            throw new IllegalStateException("no epoll", vertx.unavailableNativeTransportCause());
        }
        var address = Protocol.address(args, 0);
        HttpServer server =
                vertx.createHttpServer(options())
                        .requestHandler(VertxHttp::handle)
                        .listen(address.getPort(), address.getHostString())
                        .toCompletionStage()
                        .toCompletableFuture()
                        .join();
        Protocol.ready(server.actualPort());
    }

    private static HttpServerOptions options() {
        HttpServerOptions options = new HttpServerOptions().setAcceptBacklog(Protocol.BACKLOG);
        Optional<Encryption> encryption = Encryption.wanted();
        if (encryption.isPresent()) {
            options.setSsl(true)
                    .setUseAlpn(false)
                    .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"))
                    .setKeyCertOptions(
                            new PemKeyCertOptions()
                                    .setCertPath(encryption.get().certificate().toString())
                                    .setKeyPath(encryption.get().key().toString()));
        }
        return options;
    }

    private static void handle(HttpServerRequest request) {
        switch (request.path()) {
            case "/hello" -> send(request, TEXT, HELLO);
            case "/json" -> send(request, JSON, Buffer.buffer(HttpTask.json()));
            case "/headers" ->
                    send(request, TEXT, Buffer.buffer(request.getHeader(HttpTask.TOKEN)));
            case "/100k" -> send(request, BYTES, LARGE);
            case "/100m" -> sendHuge(request);
            case "/upload" -> upload(request);
            case "/websocket" ->
                    request.toWebSocket()
                            .onSuccess(
                                    socket -> socket.textMessageHandler(socket::writeTextMessage));
            default -> request.response().setStatusCode(404).end();
        }
    }

    private static HttpServerResponse begin(HttpServerRequest request, CharSequence type) {
        return request.response()
                .putHeader(HttpHeaders.CONTENT_TYPE, type)
                .putHeader(HttpHeaders.DATE, HttpTask.Dates.now());
    }

    private static void send(HttpServerRequest request, CharSequence type, Buffer body) {
        begin(request, type).end(body);
    }

    private static void upload(HttpServerRequest request) {
        long[] count = new long[1];
        request.handler(data -> count[0] += data.length())
                .endHandler(end -> send(request, TEXT, Buffer.buffer(HttpTask.count(count[0]))));
    }

    private static void sendHuge(HttpServerRequest request) {
        HttpServerResponse response = begin(request, BYTES);
        response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(HttpTask.HUGE));
        more(response, HttpTask.HUGE);
    }

    /** As much of it as there is room for, and the rest when there is room again. */
    private static void more(HttpServerResponse response, int before) {
        int left = before;
        while (left > 0 && !response.writeQueueFull()) {
            left -= HttpTask.LARGE;
            response.write(LARGE);
        }
        if (left > 0) {
            int rest = left;
            response.drainHandler(drained -> more(response, rest));
        } else {
            response.end();
        }
    }
}
