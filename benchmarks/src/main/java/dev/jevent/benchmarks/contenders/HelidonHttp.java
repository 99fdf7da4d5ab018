package dev.jevent.benchmarks.contenders;

import io.helidon.common.tls.Tls;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.websocket.WsRouting;
import io.helidon.websocket.WsListener;
import io.helidon.websocket.WsSession;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.util.Optional;

/**
 * The server of {@code http} on Helidon SE, which has a virtual thread for each connection: [PORT].
 * Over TLS if {@link Encryption} is wanted.
 */
public final class HelidonHttp {
    private static final HeaderName TOKEN = HeaderNames.create(HttpTask.TOKEN);

    private HelidonHttp() {}

    public static void main(String[] args) throws Exception {
        WebServerConfig.Builder builder =
                WebServer.builder()
                        .address(InetAddress.getLoopbackAddress())
                        .port(Protocol.address(args, 0).getPort())
                        .backlog(Protocol.BACKLOG)
                        .shutdownHook(false)
                        .addRouting(routing())
                        .addRouting(WsRouting.builder().endpoint("/websocket", new Echo()));
        Optional<Encryption> encryption = Encryption.wanted();
        if (encryption.isPresent()) {
            builder.tls(Tls.builder().sslContext(encryption.get().context()).build());
        }
        WebServer server = builder.build().start();
        Protocol.ready(server.port());
    }

    private static HttpRouting.Builder routing() {
        return HttpRouting.builder()
                .get(
                        "/hello",
                        (request, response) -> send(response, HttpTask.TEXT, HttpTask.hello()))
                .get("/json", (request, response) -> send(response, HttpTask.JSON, HttpTask.json()))
                .get(
                        "/headers",
                        (request, response) -> {
                            String token = request.headers().get(TOKEN).get();
                            send(response, HttpTask.TEXT, HttpTask.bytes(token));
                        })
                .get(
                        "/100k",
                        (request, response) -> send(response, HttpTask.BYTES, HttpTask.large()))
                .get("/100m", (request, response) -> sendHuge(response))
                .post(
                        "/upload",
                        (request, response) -> {
                            try (InputStream in = request.content().inputStream()) {
                                send(response, HttpTask.TEXT, HttpTask.drain(in));
                            }
                        });
    }

    private static void send(ServerResponse response, String type, byte[] body) {
        response.header(HeaderNames.CONTENT_TYPE, type).send(body);
    }

    private static void sendHuge(ServerResponse response) throws IOException {
        response.header(HeaderNames.CONTENT_TYPE, HttpTask.BYTES).contentLength(HttpTask.HUGE);
        try (OutputStream out = response.outputStream()) {
            HttpTask.writeHuge(out);
        }
    }

    private static final class Echo implements WsListener {

        @Override
        public void onMessage(WsSession session, String text, boolean last) {
            session.send(text, last);
        }
    }
}
