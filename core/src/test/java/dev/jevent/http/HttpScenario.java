package dev.jevent.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.HubScenario;
import dev.jevent.Jevent;
import dev.jevent.socket.Sockets;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.ExtendWith;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** What the tests of the HTTP server share: a server on the loopback interface, raw clients. */
@ExtendWith(InGreenlet.class)
abstract class HttpScenario extends HubScenario {

    static final Duration LONG = Duration.ofSeconds(30);
    static final String HOST = "Host: a\r\n";

    final List<Problem> problems = new CopyOnWriteArrayList<>();
    final List<Exchange> exchanges = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private final List<HttpServer> servers = new ArrayList<>();

    @AfterEach
    void closeEverything() throws Exception {
        for (AutoCloseable c : toClose) {
            c.close();
        }
        for (HttpServer server : servers) {
            server.close();
            until(() -> server.connections() == 0);
        }
        turns(10);
    }

    final <T extends AutoCloseable> T closing(T resource) {
        toClose.add(resource);
        return resource;
    }

    static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    // ---- servers

    final HttpServer server(HttpHandler handler) {
        return prepared(new HttpServer(loopback(), handler));
    }

    final HttpServer prepared(HttpServer server) {
        servers.add(server);
        return server.onProblem(problems::add);
    }

    final HttpServer started(HttpHandler handler) throws IOException {
        return started(server(handler));
    }

    static HttpServer started(HttpServer server) throws IOException {
        server.start();
        return server;
    }

    // ---- clients

    record Answer(int status, List<String> fields, byte[] body, boolean closes) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        String field(String name) {
            return fields.stream()
                    .filter(f -> f.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                    .map(f -> f.substring(name.length() + 1).strip())
                    .findFirst()
                    .orElse(null);
        }
    }

    /** Says what it is told to say, right or wrong. */
    final class Client implements AutoCloseable {
        private final Socket socket;
        private final InputStream in;

        Client(Socket socket) throws IOException {
            this.socket = socket;
            in = new java.io.BufferedInputStream(socket.getInputStream());
        }

        Socket socket() {
            return socket;
        }

        Client say(String text) throws IOException {
            return say(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        Client say(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
            return this;
        }

        String line() throws IOException {
            var line = new StringBuilder();
            for (int c = in.read(); c >= 0; c = in.read()) {
                if (c == '\n') {
                    assertEquals('\r', line.charAt(line.length() - 1), "a line ends in CRLF");
                    return line.substring(0, line.length() - 1);
                }
                line.append((char) c);
            }
            assertEquals("", line.toString(), "a line that was cut off");
            return null;
        }

        void skipHead() throws IOException {
            String line;
            do {
                line = line();
            } while (line != null && !line.isEmpty());
        }

        Answer answer() throws IOException {
            return answer(false);
        }

        /** The next final response; interim ones are in the log. */
        Answer answer(boolean ofHead) throws IOException {
            while (true) {
                String first = line();
                if (first == null) {
                    return null;
                }
                assertTrue(first.startsWith("HTTP/1.1 "), first);
                int status = Integer.parseInt(first.substring(9, 12));
                var fields = new ArrayList<String>();
                for (String l = line(); !l.isEmpty(); l = line()) {
                    fields.add(l);
                }
                if (status < 200 && status != 101) {
                    log.add(status + " " + fields);
                    continue;
                }
                var head = new Answer(status, fields, new byte[0], false);
                boolean none = ofHead || status == 204 || status == 304 || status == 101;
                return new Answer(
                        status,
                        fields,
                        none ? head.body : body(head),
                        "close".equals(head.field("Connection")));
            }
        }

        private byte[] body(Answer head) throws IOException {
            if ("chunked".equals(head.field("Transfer-Encoding"))) {
                var all = new java.io.ByteArrayOutputStream();
                while (true) {
                    int n = Integer.parseInt(line(), 16);
                    if (n == 0) {
                        for (String l = line(); !l.isEmpty(); l = line()) {
                            head.fields.add("trailer-" + l);
                        }
                        return all.toByteArray();
                    }
                    all.write(exactly(n));
                    assertEquals("", line());
                }
            }
            String length = head.field("Content-Length");
            return length == null ? in.readAllBytes() : exactly(Integer.parseInt(length));
        }

        byte[] exactly(int n) throws IOException {
            byte[] b = in.readNBytes(n);
            assertEquals(n, b.length, "the body is complete");
            return b;
        }

        /** Whether it is at its end; how, does not matter. */
        boolean isEnded() {
            try {
                return in.read() < 0;
            } catch (IOException e) {
                return true;
            }
        }

        /** Everything until the end. */
        String rest() throws IOException {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    final Client client(HttpServer server) throws IOException {
        return client(Sockets.connect(server.localAddress(), LONG));
    }

    final Client client(Socket socket) throws IOException {
        return closing(new Client(socket));
    }

    final Answer get(HttpServer server, String target) throws IOException {
        return ask(server, "GET " + target + " HTTP/1.1\r\n" + HOST + "\r\n");
    }

    /** On a connection of its own. */
    final Answer ask(HttpServer server, String request) throws IOException {
        try (Client c = client(server)) {
            return c.say(request).answer(request.startsWith("HEAD "));
        }
    }

    // ---- waiting

    /** Gives way until it is so. */
    static void until(BooleanSupplier condition) {
        for (long end = System.nanoTime() + LONG.toNanos(); !condition.getAsBoolean(); ) {
            assertTrue(System.nanoTime() < end, "it does not become true");
            Jevent.sleep(1);
        }
    }

    final Throwable report() {
        assertEquals(1, reports.size(), () -> reports.toString());
        return reports.getFirst().error();
    }

    static byte[] data(int length) {
        var data = new byte[length];
        for (int i = 0; i < length; i++) {
            data[i] = (byte) (i * 31 >> 8 ^ i);
        }
        return data;
    }

    // ---- the world outside

    static int openDescriptors() {
        String[] names = new File("/proc/self/fd").list();
        Assumptions.assumeTrue(names != null, "there is no /proc here");
        return names.length;
    }

    /** What a program prints; it is skipped where there is none. */
    static String run(String... command) throws Exception {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment()
                .keySet()
                .removeIf(k -> k.toLowerCase(java.util.Locale.ROOT).contains("proxy"));
        return Jevent.blocking(
                () -> {
                    Process process;
                    try {
                        process = builder.start();
                    } catch (IOException e) {
                        Assumptions.abort("there is no " + command[0]);
                        return "";
                    }
                    process.getOutputStream().close();
                    String text =
                            new String(
                                    process.getInputStream().readAllBytes(),
                                    StandardCharsets.ISO_8859_1);
                    assertTrue(process.waitFor(20, TimeUnit.SECONDS), "it does not end");
                    return text;
                });
    }
}
