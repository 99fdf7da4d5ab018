package dev.jevent.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.HubScenario;
import dev.jevent.Jevent;
import dev.jevent.internal.CallerAccess;
import dev.jevent.socket.SocketStream;
import dev.jevent.socket.Sockets;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * A server on a free port, and a client that sees each byte; each test runs in a greenlet, for in
 * the portable mode a socket of the JDK would block the hub's own thread.
 */
@ExtendWith(ServedScenario.InAGreenlet.class)
abstract class ServedScenario extends HubScenario {

    static final class InAGreenlet implements InvocationInterceptor {
        @Override
        public void interceptTestMethod(
                Invocation<Void> invocation,
                ReflectiveInvocationContext<Method> context,
                ExtensionContext extension)
                throws Throwable {
            Throwable[] thrown = new Throwable[1];
            Jevent.spawn(() -> thrown[0] = failure(invocation)).join();
            if (thrown[0] != null) {
                throw thrown[0];
            }
        }

        private static Throwable failure(Invocation<Void> invocation) {
            try {
                invocation.proceed();
                return null;
            } catch (Throwable e) {
                return e;
            }
        }
    }

    static final Duration LONG = Duration.ofSeconds(30);

    long hubThread;

    private final List<AutoCloseable> toClose = new ArrayList<>();

    @BeforeEach
    final void noteTheThread() {
        hubThread = Thread.currentThread().threadId();
    }

    final <T extends AutoCloseable> T closing(T resource) {
        toClose.add(resource);
        return resource;
    }

    @AfterEach
    final void everythingIsClosed() throws Exception {
        for (AutoCloseable c : toClose.reversed()) {
            if (c instanceof HttpServer server) {
                server.stop(LONG);
            } else {
                c.close();
            }
        }
        until(() -> CallerAccess.get().living(hub).isEmpty());
    }

    /** Not started. */
    static HttpServer server(HttpHandler handler) {
        return new HttpServer(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), handler);
    }

    final HttpServer started(HttpServer server) throws IOException {
        server.start();
        return closing(server);
    }

    final HttpServer serving(HttpHandler handler) throws IOException {
        return started(server(handler));
    }

    final Socket connect(HttpServer server) throws IOException {
        return closing(Sockets.connect(server.address(), LONG));
    }

    /** What came back for one request. */
    record Reply(int status, String head, byte[] body) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        /** The value of that field, or an empty one. */
        String field(String name) {
            return head.lines()
                    .filter(l -> l.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                    .map(l -> l.substring(name.length() + 1).strip())
                    .findFirst()
                    .orElse("");
        }
    }

    /** A GET with these lines of header, on a connection of its own. */
    static Reply get(HttpServer server, String path, String... fields) throws IOException {
        return ask(server, "GET " + path + " HTTP/1.1", new byte[0], fields);
    }

    static Reply ask(HttpServer server, String line, byte[] body, String... fields)
            throws IOException {
        try (Socket socket = Sockets.connect(server.address(), LONG)) {
            SocketStream s = SocketStream.of(socket, StandardCharsets.ISO_8859_1);
            StringBuilder head = new StringBuilder(line).append("\r\nHost: localhost\r\n");
            for (String field : fields) {
                head.append(field).append("\r\n");
            }
            if (body.length > 0) {
                head.append("Content-Length: ").append(body.length).append("\r\n");
            }
            head.append("Connection: close\r\n\r\n");
            s.writeAll(head.toString().getBytes(StandardCharsets.ISO_8859_1), body);
            return reply(s, line.startsWith("HEAD "));
        }
    }

    /** Reads a whole response. */
    static Reply reply(SocketStream s, boolean headOnly) throws IOException {
        String head = head(s);
        int status = Integer.parseInt(head.substring(9, 12));
        Reply bare = new Reply(status, head, new byte[0]);
        if (headOnly || Status.hasNoContent(status)) {
            return bare;
        }
        if (bare.field("Transfer-Encoding").equals("chunked")) {
            return new Reply(status, head, chunks(s));
        }
        String length = bare.field("Content-Length");
        return new Reply(
                status,
                head,
                length.isEmpty() ? s.readAll(1 << 28) : s.readExactly(Integer.parseInt(length)));
    }

    static String head(SocketStream s) throws IOException {
        return new String(
                s.readUntil("\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1), 1 << 16),
                StandardCharsets.ISO_8859_1);
    }

    /** The rest of a body in chunks. */
    static byte[] chunks(SocketStream s) throws IOException {
        var all = new ByteArrayOutputStream();
        for (byte[] c = chunk(s); c.length > 0; c = chunk(s)) {
            all.writeBytes(c);
        }
        return all.toByteArray();
    }

    /** The next one; the last is empty. */
    static byte[] chunk(SocketStream s) throws IOException {
        String line = s.readLine(LONG);
        if (line == null) {
            throw new EOFException("the connection has ended before the last chunk");
        }
        int length = Integer.parseInt(line, 16);
        byte[] data = s.readExactly(length);
        assertEquals("", s.readLine(LONG));
        return data;
    }

    static void until(BooleanSupplier condition) {
        for (long end = System.nanoTime() + LONG.toNanos(); !condition.getAsBoolean(); ) {
            assertTrue(System.nanoTime() < end, "it does not become true");
            Jevent.sleep(1);
        }
    }
}
