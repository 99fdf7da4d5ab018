package dev.jevent.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jevent.Greenlet;
import dev.jevent.HubScenario;
import dev.jevent.Jevent;
import dev.jevent.server.ProxyProtocol;
import dev.jevent.socket.SocketStream;
import dev.jevent.socket.Sockets;
import dev.jevent.subprocess.Popen;
import dev.jevent.subprocess.Redirect;
import dev.jevent.websocket.WebSocket;
import dev.jevent.websocket.WebSocketOptions;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.zip.GZIPInputStream;

/** nginx in front of our server: as most of our users will have it. */
class NginxTest extends HubScenario {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final byte[] END_OF_HEAD = "\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] TEN = "0123456789".getBytes(StandardCharsets.UTF_8);
    private static final Path STREAM = Path.of("/usr/lib/nginx/modules/ngx_stream_module.so");

    @TempDir Path dir;

    private HttpServer server;
    private Popen nginx;
    private int port; // nginx's

    @AfterEach
    void stop() {
        if (nginx != null) {
            int ignored = nginx.stop(Duration.ofSeconds(5));
        }
        if (server != null) {
            server.stop(Duration.ofSeconds(5));
            assertEquals(0, server.problems());
        }
        assertEquals(List.of(), reports);
        hub.join(); // the acceptor and the watch end as well
    }

    private void serve(HttpHandler handler) throws IOException {
        server = new HttpServer("127.0.0.1:0", handler);
        server.start();
    }

    // ---- nginx

    /** Starts it with this in its server block; in it {@code $app} is our server. */
    private void nginx(String http, String location) throws Exception {
        start(
                """
                http {
                  access_log off;
                  client_body_temp_path body;
                  proxy_temp_path proxy;
                  fastcgi_temp_path fastcgi;
                  uwsgi_temp_path uwsgi;
                  scgi_temp_path scgi;
                  client_max_body_size 0;
                  proxy_http_version 1.1;
                  upstream app { server 127.0.0.1:APP; keepalive 4; }
                  HTTP
                  server {
                    listen 127.0.0.1:PORT;
                    location / {
                      proxy_pass http://app;
                      proxy_set_header Host $http_host;
                      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                      LOCATION
                    }
                  }
                }
                """
                        .replace("HTTP", http)
                        .replace("LOCATION", location));
    }

    private void start(String blocks) throws Exception {
        for (int attempt = 1; nginx == null; attempt++) {
            try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = free.getLocalPort();
            }
            Path configuration =
                    Files.writeString(
                            dir.resolve("nginx.conf"),
                            ("""
                            daemon off;
                            master_process off;
                            pid nginx.pid;
                            error_log stderr warn;
                            """
                                            + (blocks.startsWith("stream")
                                                    ? "load_module " + STREAM + ";\n"
                                                    : "")
                                            + "events { worker_connections 64; }\n"
                                            + blocks)
                                    .replace("PORT", port + "")
                                    .replace("APP", server.port() + ""));
            nginx = started(configuration);
            if (!green(this::listens)) {
                String said = text(nginx.getErrorStream().readAllBytes());
                nginx = null;
                assertTrue(attempt < 3, "nginx does not start: " + said);
            }
        }
    }

    private Popen started(Path configuration) throws IOException {
        String program =
                Files.isExecutable(Path.of("/usr/sbin/nginx")) ? "/usr/sbin/nginx" : "nginx";
        try {
            return Popen.of(program, "-p", dir + "/", "-c", configuration + "", "-e", "stderr")
                    .stderr(Redirect.PIPE)
                    .start();
        } catch (IOException e) {
            assumeTrue(false, "there is no nginx here");
            throw e;
        }
    }

    /** False if it has ended: somebody else was faster to take the port. */
    private boolean listens() {
        while (nginx.isAlive()) {
            try (Socket socket = Sockets.connect("127.0.0.1", port, LONG)) {
                return socket.isConnected();
            } catch (IOException e) {
                Jevent.sleep(5);
            }
        }
        return false;
    }

    // ---- asking

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static final class Answer {
        final String head;
        final byte[] body;

        Answer(String head, byte[] body) {
            this.head = head;
            this.body = body;
        }

        String text() {
            return NginxTest.text(body);
        }

        boolean has(String field) {
            return (head + "\r\n")
                    .toLowerCase(Locale.ROOT)
                    .contains("\r\n" + field.toLowerCase(Locale.ROOT) + "\r\n");
        }
    }

    private SocketStream connect() throws IOException {
        return SocketStream.of(Sockets.connect("127.0.0.1", port, LONG));
    }

    /** In a greenlet: in the portable mode a socket would hold up the hub's own thread. */
    private static <T> T green(Callable<T> task) throws Exception {
        Greenlet<T> greenlet = Jevent.spawn(task);
        Jevent.joinAllOrThrow(List.of(greenlet));
        return greenlet.get();
    }

    /** One request, after which the connection ends. */
    private Answer ask(String line, String fields, byte[] body) throws Exception {
        return green(() -> askHere(line, fields, body));
    }

    private Answer askHere(String line, String fields, byte[] body) throws Exception {
        String head = line + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + fields + "\r\n";
        try (SocketStream stream = connect()) {
            Greenlet<Void> sender =
                    Jevent.spawn(
                            () -> {
                                stream.writeString(head);
                                stream.writeAll(body);
                            });
            byte[] first = stream.readUntil(END_OF_HEAD, 100_000, LONG);
            String answer = new String(first, StandardCharsets.ISO_8859_1);
            boolean chunked = answer.toLowerCase(Locale.ROOT).contains("encoding: chunked");
            byte[] rest = stream.readAll(100_000_000, LONG);
            sender.join();
            return new Answer(answer, chunked ? unchunked(rest) : rest);
        }
    }

    private static byte[] unchunked(byte[] all) {
        var chunks = new ChunkDecoder(Limits.defaults());
        var out = new ByteArrayOutputStream();
        for (int at = chunks.skip(all, 0, all.length); !chunks.isDone(); ) {
            int n = (int) Math.min(chunks.left(), all.length - at);
            out.write(all, at, n);
            chunks.took(n);
            at = chunks.skip(all, at + n, all.length);
        }
        return out.toByteArray();
    }

    private static byte[] chunked(byte[] body, int size) {
        var out = new ByteArrayOutputStream();
        for (int i = 0; i < body.length; i += size) {
            int n = Math.min(size, body.length - i);
            out.writeBytes((Integer.toHexString(n) + "\r\n").getBytes(StandardCharsets.UTF_8));
            out.write(body, i, n);
            out.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
        }
        out.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
        return out.toByteArray();
    }

    private static byte[] much(int n) {
        byte[] bytes = new byte[n];
        for (int i = 0; i < n; i++) {
            bytes[i] = (byte) (i * 29 >> 7);
        }
        return bytes;
    }

    // ---- what nginx passes on

    @Test
    void connectionsToUsAreKept() throws Exception {
        serve(
                (request, response) ->
                        response.send(
                                request.host() + " " + request.header("X-Forwarded-For").get()));
        nginx("", "proxy_set_header Connection \"\";");
        for (int i = 0; i < 20; i++) {
            assertEquals("x 127.0.0.1", ask("GET /", "", new byte[0]).text());
        }
        assertEquals(20, server.requests());
        assertEquals(1, server.accepted());
    }

    @Test
    void withoutKeepAliveEachRequestHasItsConnection() throws Exception {
        serve((request, response) -> response.send(request.version()));
        nginx("", "proxy_http_version 1.0;");
        for (int i = 0; i < 5; i++) {
            assertEquals("HTTP/1.0", ask("GET /", "", new byte[0]).text());
        }
        assertEquals(5, server.accepted());
    }

    @Test
    void bodiesPassFixedAndInChunksBufferedAndNot() throws Exception {
        serve(
                (request, response) -> {
                    byte[] body = request.bytes();
                    Response ignored =
                            response.header("X-Length", request.contentLength() + "")
                                    .contentType("application/octet-stream");
                    if (request.path().equals("/fixed")) {
                        response.send(body);
                    } else {
                        response.body().write(body);
                    }
                });
        nginx(
                "",
                "proxy_set_header Connection \"\"; proxy_request_buffering off;"
                        + " proxy_buffering off;");
        byte[] body = much(2_000_000);
        for (String path : List.of("/fixed", "/chunked")) {
            Answer fixed = ask("POST " + path, "Content-Length: 2000000\r\n", body);
            assertTrue(fixed.has("X-Length: 2000000"), fixed.head);
            assertTrue(Arrays.equals(body, fixed.body));
            String coding = "Transfer-Encoding: chunked\r\n";
            Answer inChunks = ask("POST " + path, coding, chunked(body, 7777));
            assertTrue(inChunks.has("X-Length: -1"), inChunks.head);
            assertTrue(Arrays.equals(body, inChunks.body));
        }
    }

    @Test
    void nginxMayCompressWhatWeSend() throws Exception {
        String text = "all work and no play\n".repeat(5000);
        serve((request, response) -> response.send(text));
        nginx(
                "gzip on; gzip_types text/plain; gzip_proxied any; gzip_min_length 1;",
                "proxy_set_header Connection \"\";");
        Answer plain = ask("GET /", "", new byte[0]);
        assertEquals(text, plain.text());
        Answer zipped = ask("GET /", "Accept-Encoding: gzip\r\n", new byte[0]);
        assertTrue(zipped.has("Content-Encoding: gzip"), zipped.head);
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(zipped.body))) {
            assertEquals(text, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
        Answer head = ask("HEAD /", "", new byte[0]);
        assertTrue(head.has("Content-Length: " + text.length()), head.head);
        assertEquals(0, head.body.length);
    }

    @Test
    void anErrorOfOursIsNoErrorOfTheGateway() throws Exception {
        serve(
                (request, response) -> {
                    request.bodyLimit(10);
                    response.send(request.bytes());
                });
        nginx("", "proxy_set_header Connection \"\"; proxy_request_buffering on;");
        assertEquals("0123456789", ask("PUT /", length(10), TEN).text());
        Answer refused = ask("PUT /", length(500_000), new byte[500_000]);
        assertTrue(refused.head.startsWith("HTTP/1.1 413 "), refused.head);
        assertEquals("0123456789", ask("PUT /", length(10), TEN).text());
        assertEquals(1, server.problems());
        server.stop(Duration.ofSeconds(5));
        server = null; // it had its problem
    }

    private static String length(int n) {
        return "Content-Length: " + n + "\r\n";
    }

    @Test
    void anUpgradePassesAndTheTunnelIsTwoWays() throws Exception {
        serve(
                (request, response) -> {
                    Upgrade upgrade = response.upgrade("websocket");
                    long ignored = upgrade.in().transferTo(upgrade.out());
                });
        nginx("", "proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection Upgrade;");
        String head = green(this::talkThroughTheTunnel);
        assertTrue(head.startsWith("HTTP/1.1 101 "), head);
    }

    private String talkThroughTheTunnel() throws IOException {
        try (SocketStream stream = connect()) {
            stream.writeString(
                    String.join(
                            "\r\n",
                            "GET / HTTP/1.1",
                            "Host: x",
                            "Connection: Upgrade",
                            "Upgrade: websocket",
                            "",
                            ""));
            byte[] bytes = stream.readUntil(END_OF_HEAD, 9999, LONG);
            for (String word : List.of("one", "two", "three")) {
                stream.writeString(word);
                byte[] back = stream.readExactly(word.length(), LONG);
                assertEquals(word, new String(back, StandardCharsets.UTF_8));
            }
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
    }

    @Test
    void messagesOfAWebSocketPass() throws Exception {
        serve(
                (request, response) -> {
                    try (WebSocket socket = WebSocket.accept(request, response)) {
                        for (String t = socket.receiveText(); t != null; t = socket.receiveText()) {
                            socket.send(t);
                        }
                    }
                });
        nginx("", "proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection Upgrade;");
        int code = green(this::talkOverAWebSocket);
        assertEquals(1000, code);
    }

    private int talkOverAWebSocket() throws IOException {
        String here = "127.0.0.1:" + port;
        var options = WebSocketOptions.defaults().header("Origin", "http://" + here); // a browser's
        WebSocket socket = WebSocket.connect(URI.create("ws://" + here + "/"), options);
        for (String text : List.of("hello", "", "x".repeat(300_000))) {
            socket.send(text);
            assertEquals(text, socket.receiveText());
        }
        socket.close();
        return socket.closeCode();
    }

    @Test
    void manyAtOnceAreAnsweredEachWithItsOwn() throws Exception {
        serve(
                (request, response) -> {
                    Jevent.sleep(request.path().length() % 7);
                    response.send(request.path());
                });
        nginx("", "proxy_set_header Connection \"\";");
        List<Greenlet<Void>> all = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            String path = "/" + "x".repeat(i);
            all.add(
                    Jevent.spawn(
                            () -> assertEquals(path, ask("GET " + path, "", new byte[0]).text())));
        }
        Jevent.joinAllOrThrow(all);
    }

    @Test
    void theProxyProtocolTellsTheClientsAddress() throws Exception {
        assumeTrue(Files.exists(STREAM), "this nginx has no stream module");
        server =
                new HttpServer(
                                "127.0.0.1:0",
                                (request, response) ->
                                        response.send(request.remoteAddress().toString()))
                        .proxyProtocol(ProxyProtocol.REQUIRED.trusting("127.0.0.0/8"));
        server.start();
        start(
                """
                stream {
                  server { listen 127.0.0.1:PORT; proxy_pass 127.0.0.1:APP; proxy_protocol on; }
                }
                """);
        assertTrue(green(this::tellsMyAddress));
    }

    private boolean tellsMyAddress() throws IOException {
        try (SocketStream stream = connect()) {
            String mine = "/127.0.0.1:" + stream.socket().getLocalPort();
            stream.writeString("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            String answer = new String(stream.readAll(9999, LONG), StandardCharsets.UTF_8);
            return answer.endsWith("\r\n\r\n" + mine);
        }
    }
}
