package dev.jevent.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.HubScenario;
import dev.jevent.Jevent;
import dev.jevent.socket.Sockets;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * What the tests of static files and of the router share: a server, and a client that is honest.
 */
abstract class StaticFilesScenario extends HubScenario {

    static final Duration LONG = Duration.ofSeconds(20);
    static final Instant OLD = Instant.parse("2020-02-03T04:05:06.789Z");
    static final String OLD_DATE = "Mon, 03 Feb 2020 04:05:06 GMT";

    /** A read on the root's own thread would hold up its hub in the portable mode. */
    @RegisterExtension
    static final InvocationInterceptor IN_A_GREENLET =
            new InvocationInterceptor() {
                @Override
                public void interceptTestMethod(
                        Invocation<Void> test,
                        ReflectiveInvocationContext<Method> context,
                        ExtensionContext extension)
                        throws Throwable {
                    var failure = new Throwable[1];
                    Jevent.spawn(() -> failure[0] = thrownBy(() -> proceed(test))).join();
                    if (failure[0] != null) {
                        throw failure[0];
                    }
                }

                @Override
                public void interceptTestTemplateMethod(
                        Invocation<Void> test,
                        ReflectiveInvocationContext<Method> context,
                        ExtensionContext extension)
                        throws Throwable {
                    interceptTestMethod(test, context, extension);
                }
            };

    private static void proceed(InvocationInterceptor.Invocation<Void> test) throws Exception {
        try {
            test.proceed();
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static final Map<Integer, byte[]> NOISE = new ConcurrentHashMap<>();

    @TempDir Path temp;

    private final List<HttpServer> servers = new ArrayList<>();
    HttpServer server;

    @AfterEach
    final void stopServers() {
        servers.forEach(s -> s.stop(Duration.ofSeconds(2)));
        turns(5);
    }

    final HttpServer serve(HttpHandler handler) throws IOException {
        server =
                new HttpServer(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), handler);
        servers.add(server);
        server.start();
        return server;
    }

    // ---- files

    /** The folder that is served. */
    final Path folder() throws IOException {
        return Files.createDirectories(temp.resolve("public"));
    }

    final Path file(String name, byte[] bytes) throws IOException {
        Path path = folder().resolve(name);
        Files.createDirectories(path.getParent());
        Files.write(path, bytes);
        Files.setLastModifiedTime(path, FileTime.from(OLD));
        return path;
    }

    final Path file(String name, String text) throws IOException {
        return file(name, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Always the same for a count; each run of some bytes is in one place only. */
    static byte[] noise(int count) {
        return NOISE.computeIfAbsent(
                count,
                n -> {
                    var bytes = new byte[n];
                    new Random(n).nextBytes(bytes);
                    return bytes;
                });
    }

    // ---- a client

    static final class Reply {
        private final int status;
        private final Map<String, String> fields;
        private final byte[] body;
        private final boolean complete;

        Reply(int status, Map<String, String> fields, byte[] body, boolean complete) {
            this.status = status;
            this.fields = fields;
            this.body = body;
            this.complete = complete;
        }

        int status() {
            return status;
        }

        byte[] body() {
            return body;
        }

        /** Whether all came that was said to come. */
        boolean complete() {
            return complete;
        }

        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        String field(String name) {
            return fields.getOrDefault(name, "-");
        }

        Optional<String> find(String name) {
            return Optional.ofNullable(fields.get(name));
        }

        @Override
        public String toString() {
            return status + " " + fields + " and " + body.length + " bytes";
        }
    }

    final Socket connect() throws IOException {
        return Sockets.connect(server.address(), LONG);
    }

    final Reply get(String target, String... fields) throws IOException {
        return ask("GET", target, fields);
    }

    /** One request on a connection of its own. */
    final Reply ask(String method, String target, String... fields) throws IOException {
        try (Socket socket = connect()) {
            send(socket, method, target, fields);
            return read(socket.getInputStream(), method.equals("HEAD"));
        }
    }

    static void send(Socket socket, String method, String target, String... fields)
            throws IOException {
        String head =
                method
                        + " "
                        + target
                        + " HTTP/1.1\r\nHost: test\r\n"
                        + (fields.length == 0 ? "" : String.join("\r\n", fields) + "\r\n")
                        + "\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** A response; not complete if the connection ends before it does. */
    static Reply read(InputStream in, boolean headOnly) throws IOException {
        String line = line(in);
        assertTrue(line.startsWith("HTTP/1.1 "), line);
        int status = Integer.parseInt(line.substring(9, 12));
        Map<String, String> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String f = line(in); !f.isEmpty(); f = line(in)) {
            int colon = f.indexOf(": ");
            fields.merge(f.substring(0, colon), f.substring(colon + 2), (a, b) -> a + ", " + b);
        }
        boolean hasBody = !headOnly && status != 204 && status != 304;
        String length = fields.get("Content-Length");
        assertEquals(!hasBody, hasBody && length == null ? true : !hasBody, "it says its length");
        int n = hasBody ? Integer.parseInt(length) : 0;
        var body = new ByteArrayOutputStream();
        byte[] piece = new byte[64 * 1024];
        while (body.size() < n) {
            int some;
            try {
                some = in.read(piece, 0, Math.min(piece.length, n - body.size()));
            } catch (IOException e) {
                some = -1; // a reset: it is cut
            }
            if (some < 0) {
                return new Reply(status, fields, body.toByteArray(), false);
            }
            body.write(piece, 0, some);
        }
        return new Reply(status, fields, body.toByteArray(), true);
    }

    private static String line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("it ends in the header: " + line);
            }
            line.write(c);
        }
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }

    // ---- other programs

    /** What it prints. */
    final String run(String... command) throws Exception {
        String program = command[0];
        Assumptions.assumeTrue(
                Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
                        .anyMatch(p -> Files.isExecutable(Path.of(p, program))),
                program + " is not there");
        return Jevent.blocking(
                () -> {
                    Path out = temp.resolve("out-of-" + program);
                    Process p =
                            new ProcessBuilder(command)
                                    .redirectErrorStream(true)
                                    .redirectOutput(out.toFile())
                                    .start();
                    boolean ended = p.waitFor(20, TimeUnit.SECONDS);
                    Process ignored = p.destroyForcibly();
                    String text = Files.readString(out);
                    assertTrue(ended && p.exitValue() == 0, () -> program + ": " + text);
                    return text;
                });
    }

    final String url(String path) {
        return "http://localhost:" + server.port() + path;
    }

    // ---- waiting

    static void until(BooleanSupplier condition) {
        for (long end = System.nanoTime() + LONG.toNanos(); !condition.getAsBoolean(); ) {
            assertTrue(System.nanoTime() < end, "it does not become true");
            Jevent.sleep(1);
        }
    }

    /** How many descriptors are open of files in the folder. */
    final long openFiles() {
        File[] open = new File("/proc/self/fd").listFiles();
        Assumptions.assumeTrue(open != null, "there is no /proc here");
        return Arrays.stream(open).filter(this::isOurs).count();
    }

    private boolean isOurs(File descriptor) {
        try {
            Path file = Files.readSymbolicLink(descriptor.toPath());
            return file.startsWith(temp.toRealPath());
        } catch (IOException e) {
            return false; // it was closed meanwhile
        }
    }
}
