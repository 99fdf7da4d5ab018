package dev.jevent.httpserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import com.sun.net.httpserver.spi.HttpServerProvider;

import dev.jevent.Greenlet;
import dev.jevent.Jevent;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** How the provider is found, and the properties of its servers. */
class ProviderTest extends GreenServerScenario {

    // ---- properties

    private static HttpServer with(String property, String value) throws IOException {
        System.setProperty(property, value);
        try {
            return ProviderScenario.ours();
        } finally {
            System.clearProperty(property);
        }
    }

    @Test
    void anExchangeTakesNoLongerThanThePropertiesSay() throws Exception {
        Greenlet<Void> request = hub.spawn(() -> takesTooLong("maxReqTime"));
        Greenlet<Void> response = hub.spawn(() -> takesTooLong("maxRspTime"));
        Jevent.joinAllOrThrow(List.of(request, response));
        assertEquals(List.of(), reports);
    }

    private void takesTooLong(String property) throws IOException {
        HttpServer server = with("sun.net.httpserver." + property, "1");
        servers.add(server);
        var ignored =
                server.createContext(
                        "/",
                        e -> {
                            ProviderScenario.bodyOf(e);
                            if (e.getRequestURI().getPath().equals("/slow")) {
                                Jevent.sleep(LONG);
                            }
                            ok(e);
                        });
        server.start();
        try (Talk talk = greenTalk(server)) {
            assertEquals(200, talk.ask(Talk.post("/", "abc")).status());
            boolean request = property.equals("maxReqTime");
            String body = Talk.post("/slow", "abc");
            talk.say(request ? body.substring(0, body.length() - 1) : body);
            assertTrue(talk.isClosed());
        }
    }

    @Test
    void pathsMayBeMatchedSegmentBySegment() throws Exception {
        HttpServer server = with("sun.net.httpserver.pathMatcher", "pathPrefix");
        servers.add(server);
        var ignored = server.createContext("/foo", GreenServerTest::ok);
        server.start();
        try (Talk talk = talk(server)) {
            assertEquals(200, talk.ask(Talk.get("/foo")).status());
            assertEquals(200, talk.ask(Talk.get("/foo/bar")).status());
            assertEquals(404, talk.ask(Talk.get("/foobar")).status());
        }
    }

    @Test
    void theLimitsAreTheProperties() throws Exception {
        HttpServer server = with("sun.net.httpserver.maxReqHeaders", "2");
        servers.add(server);
        var ignored = server.createContext("/", GreenServerTest::ok);
        server.start();
        ask(
                server,
                "GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\n\r\n",
                "200 {content-length=2, date=some} \"ok\"");
        try (Talk talk = talk(server)) {
            assertEquals(
                    431, talk.ask("GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 2\r\n\r\n").status());
        }
    }

    // ---- the provider

    @Test
    void theJdkFindsItByItself(@TempDir Path folder) throws Exception {
        assertInstanceOf(JeventHttpServerProvider.class, HttpServerProvider.provider());
        Files.writeString(folder.resolve("a.txt"), "text of a\n");
        HttpServer server =
                SimpleFileServer.createFileServer(
                        ProviderScenario.loopback(),
                        folder.toRealPath(),
                        SimpleFileServer.OutputLevel.NONE);
        servers.add(server);
        assertInstanceOf(GreenHttpServer.class, server);
        server.start();
        try (Talk talk = talk(server)) {
            assertEquals("text of a\n", talk.ask(Talk.get("/a.txt")).body());
        }
    }

    /** Run in a JVM of its own. */
    static final class Program {
        private static InetSocketAddress loopback() {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        }

        public static void main(String[] args) throws Exception {
            for (int i = 0; i < 2; i++) {
                HttpServer server = HttpServer.create(loopback(), 0);
                var ignored = server.createContext("/", e -> e.sendResponseHeaders(204, -1));
                server.start();
                try (var socket =
                        new Socket(
                                server.getAddress().getAddress(), server.getAddress().getPort())) {
                    byte[] request = Talk.get("/").getBytes(StandardCharsets.US_ASCII);
                    socket.getOutputStream().write(request);
                    byte[] status = socket.getInputStream().readNBytes(12);
                    System.out.println(new String(status, StandardCharsets.US_ASCII));
                }
                server.stop(0);
                System.out.println(server.getClass().getName());
            }
        }
    }

    @Test
    void whereJeventCannotRunTheServerIsThatOfTheJdk() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process =
                new ProcessBuilder(
                                java,
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Program.class.getName())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        assertEquals(
                List.of(
                        "HTTP/1.1 204",
                        "sun.net.httpserver.HttpServerImpl",
                        "HTTP/1.1 204",
                        "sun.net.httpserver.HttpServerImpl"),
                output.lines().filter(l -> l.startsWith("HTTP/") || l.startsWith("sun.")).toList(),
                output);
        assertEquals(
                1, output.lines().filter(l -> l.contains("stays as it is in the JDK")).count());
        assertTrue(output.contains("--add-opens"), output);
    }
}
