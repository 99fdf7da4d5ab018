package dev.jevent.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;

/** {@link ReverseProxy} in front of nginx. */
class ReverseProxyNginxTest {

    private static final String CONFIGURATION =
            """
            daemon off;
            master_process off;
            pid nginx.pid;
            error_log stderr crit;
            events { worker_connections 64; }
            http {
              access_log off;
              client_body_temp_path body;
              proxy_temp_path proxy;
              fastcgi_temp_path fastcgi;
              uwsgi_temp_path uwsgi;
              scgi_temp_path scgi;
              keepalive_requests 7;
              types { text/plain txt; }
              gzip on;
              gzip_types text/plain;
              gzip_proxied any;
              server {
                listen 127.0.0.1:PORT;
                location / { root files; }
                location /gone { return 410 "gone\\n"; }
                location /who { return 200 "$http_x_forwarded_for $http_host $http_connection|"; }
              }
            }
            """;

    @TempDir Path dir;

    private final HttpClient client = HttpClient.newHttpClient();
    private Process nginx;
    private Served proxy;

    @BeforeEach
    void start() throws Exception {
        for (int attempt = 1; nginx == null; attempt++) {
            int port;
            try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = free.getLocalPort();
            }
            nginx = nginx(port);
            if (!listens(port)) {
                nginx = null; // somebody else was faster to take the port
                assertTrue(attempt < 3, "nginx does not start");
            }
            List<String> servers = List.of("127.0.0.1:" + port);
            proxy = Served.web(p -> ReverseProxy.newServer(p, Duration.ofSeconds(20), servers));
        }
    }

    private Process nginx(int port) throws IOException {
        Path file = dir.resolve("nginx.conf");
        Files.writeString(file, CONFIGURATION.replace("PORT", port + ""));
        String usual = "/usr/sbin/nginx";
        String program = Files.isExecutable(Path.of(usual)) ? usual : "nginx";
        try {
            return new ProcessBuilder(program, "-p", dir + "/", "-c", file + "", "-e", "stderr")
                    .redirectErrorStream(true)
                    .redirectOutput(dir.resolve("nginx.out").toFile())
                    .start();
        } catch (IOException e) {
            assumeTrue(false, "there is no nginx here");
            throw e;
        }
    }

    private boolean listens(int port) throws InterruptedException {
        while (nginx.isAlive()) {
            try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return socket.isConnected();
            } catch (IOException e) {
                boolean ignored = nginx.waitFor(5, TimeUnit.MILLISECONDS);
            }
        }
        return false;
    }

    @AfterEach
    void stop() throws Exception {
        client.shutdownNow();
        client.close();
        if (proxy != null) {
            proxy.close();
        }
        if (nginx != null) {
            assertTrue(nginx.destroyForcibly().waitFor(10, TimeUnit.SECONDS));
        }
    }

    private HttpResponse<byte[]> ask(String method, String path, String... fields)
            throws Exception {
        BodyPublisher none = BodyPublishers.noBody();
        var request = HttpRequest.newBuilder(URI.create(proxy.url(path))).method(method, none);
        for (int i = 0; i < fields.length; i += 2) {
            request.header(fields[i], fields[i + 1]);
        }
        return client.send(request.build(), BodyHandlers.ofByteArray());
    }

    private static String field(HttpResponse<byte[]> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    @Test
    void filesRangesConditionsAndCompressionPass() throws Exception {
        byte[] text = "all work and no play\n".repeat(20_000).getBytes(StandardCharsets.UTF_8);
        Files.createDirectory(dir.resolve("files"));
        Files.write(dir.resolve("files/a.txt"), text);

        HttpResponse<byte[]> all = ask("GET", "/a.txt");
        assertEquals(200, all.statusCode());
        assertArrayEquals(text, all.body());
        assertEquals(text.length + "", field(all, "Content-Length"));

        HttpResponse<byte[]> part = ask("GET", "/a.txt", "Range", "bytes=4-7");
        assertEquals(206, part.statusCode());
        assertEquals("work", new String(part.body(), StandardCharsets.UTF_8));
        assertEquals("bytes 4-7/" + text.length, field(part, "Content-Range"));

        HttpResponse<byte[]> same = ask("GET", "/a.txt", "If-None-Match", field(all, "ETag"));
        assertEquals(304, same.statusCode());
        assertEquals(0, same.body().length);

        HttpResponse<byte[]> head = ask("HEAD", "/a.txt");
        assertEquals(text.length + "", field(head, "Content-Length"));
        assertEquals(0, head.body().length);

        HttpResponse<byte[]> zipped = ask("GET", "/a.txt", "Accept-Encoding", "gzip");
        assertEquals("gzip", field(zipped, "Content-Encoding"));
        assertEquals("chunked", field(zipped, "Transfer-Encoding"));
        try (var in = new GZIPInputStream(new ByteArrayInputStream(zipped.body()))) {
            assertArrayEquals(text, in.readAllBytes());
        }
    }

    /** It hangs up after seven requests, each time. */
    @Test
    void answersPassAlsoWhenTheServerEndsItsConnections() throws Exception {
        for (int i = 0; i < 30; i++) {
            HttpResponse<byte[]> who = ask("GET", "/who");
            String expected = "127.0.0.1 127.0.0.1:" + proxy.port() + " |";
            assertEquals(expected, new String(who.body(), StandardCharsets.UTF_8));
            HttpResponse<byte[]> gone = ask("POST", "/gone");
            assertEquals(410, gone.statusCode());
            assertEquals("gone\n", new String(gone.body(), StandardCharsets.UTF_8));
        }
        assertEquals(404, ask("GET", "/none").statusCode());
    }
}
