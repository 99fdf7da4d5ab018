package dev.jevent.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jevent.Greenlet;
import dev.jevent.Jevent;
import dev.jevent.http.HttpServer;
import dev.jevent.websocket.Message;
import dev.jevent.websocket.WebSocket;
import dev.jevent.websocket.WebSocketOptions;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Autobahn's test suite for WebSocket against the server and against the client. Jython is slow:
 * every day the server has to pass the cases of frames, pings and fragments; all cases, and the
 * client, are for {@code -Pnightly} or {@code -Djevent.autobahn=all}. This edition of the suite has
 * no cases for compression.
 */
class AutobahnTest {

    private static final boolean ALL =
            Boolean.getBoolean("jevent.nightly")
                    || "all".equals(System.getProperty("jevent.autobahn"));
    private static final String PICKED = ALL ? "\"*\"" : "\"1.1.*\", \"2.*\", \"4.1.*\", \"5.*\"";
    private static final int CASES = ALL ? 301 : 44;
    private static final long MOST_SECONDS = ALL ? 1800 : 240;
    private static final WebSocketOptions OPTIONS =
            WebSocketOptions.defaults().maxMessage(1 << 26).maxFrame(1 << 26);
    private static final Pattern RESULT =
            Pattern.compile(
                    "\"([\\d.]+)\":\\s*\\{[^}]*?\"behavior\":\\s*\"([^\"]+)\"[^}]*?"
                            + "\"behaviorClose\":\\s*\"([^\"]+)\"");

    @Test
    @Timeout(value = 1, unit = TimeUnit.HOURS) // it has a limit of its own
    void theServerPassesAllCases() throws Exception {
        Path folder = folder("server");
        var server = new HttpServer("127.0.0.1:0", (q, p) -> echo(WebSocket.accept(q, p, OPTIONS)));
        try (server) {
            server.start();
            String spec =
                    """
                    {"outdir": "reports", "servers": [{"agent": "jevent", "url": "ws://127.0.0.1:%d",
                     "options": {"version": 18}}], "cases": [%s], "exclude-cases": [],
                     "exclude-agent-cases": {}}
                    """;
            try (Child suite = suite(folder, "fuzzingclient", spec, server.port())) {
                int exit = Jevent.blocking(() -> suite.exit(MOST_SECONDS));
                assertEquals(0, exit, suite.said());
            }
        }
        check(folder, CASES);
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.HOURS) // it has a limit of its own
    void theClientPassesAllCasesThatAreRecorded() throws Exception {
        assumeTrue(ALL, "for -Pnightly, or -Djevent.autobahn=all");
        Path folder = folder("client");
        int port = freePort();
        String spec =
                """
                {"url": "ws://127.0.0.1:%d", "options": {"failByDrop": false}, "outdir": "reports",
                 "webport": 0, "cases": [%s], "exclude-cases": [], "exclude-agent-cases": {}}
                """;
        try (Child suite = suite(folder, "fuzzingserver", spec, port)) {
            String url = "ws://127.0.0.1:" + port;
            Greenlet<Void> client =
                    Jevent.spawn(
                            () -> {
                                int cases = caseCount(suite, url + "/getCaseCount");
                                for (int i = 1; i <= cases; i++) {
                                    run(url + "/runCase?agent=jevent&case=" + i);
                                }
                                run(url + "/updateReports?agent=jevent");
                            });
            client.get();
        }
        // Jython loses the record of cases in which we end the connection ("event executor
        // terminated" in its output): 102 of 247. The others are all looked at.
        check(folder, CASES / 2);
    }

    private static void echo(WebSocket socket) throws IOException {
        try (socket) {
            for (Message m = socket.receive(); m != null; m = socket.receive()) {
                switch (m) {
                    case Message.Text t -> socket.send(t.text());
                    case Message.Binary b -> socket.send(b.bytes());
                }
            }
        }
    }

    private static void run(String url) throws IOException {
        try {
            echo(WebSocket.connect(URI.create(url), OPTIONS));
        } catch (dev.jevent.websocket.WebSocketException e) {
            return; // what the case was made to cause; the suite says whether rightly
        }
    }

    /** As soon as the suite listens. */
    private static int caseCount(Child suite, String url) throws IOException {
        while (true) {
            try (WebSocket socket = WebSocket.connect(URI.create(url))) {
                String count = socket.receiveText();
                assertTrue(count != null, "it was closed before it told how many cases there are");
                return Integer.parseInt(count);
            } catch (ConnectException e) {
                assertTrue(suite.isAlive(), suite.said());
                Jevent.sleep(200);
            }
        }
    }

    private static Path folder(String name) {
        return Path.of("target", "autobahn", name).toAbsolutePath();
    }

    private static Child suite(Path folder, String mode, String spec, int port) throws IOException {
        Files.createDirectories(folder);
        Files.deleteIfExists(folder.resolve("reports").resolve("index.json"));
        Files.writeString(
                folder.resolve("spec.json"), String.format(Locale.ROOT, spec, port, PICKED));
        Files.writeString(
                folder.resolve("suite.py"),
                """
                import sys
                sys.argv = ['wstest', '-m', '%s', '-s', 'spec.json']
                from autobahntestsuite import wstest
                wstest.run()
                """
                        .formatted(mode));
        return Child.start(
                folder,
                jar -> jar.contains("jython") || jar.contains("autobahn"),
                List.of("-Xmx512m", "org.python.util.jython", "suite.py"));
    }

    private static int freePort() throws IOException {
        try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return any.getLocalPort();
        }
    }

    private static void check(Path folder, int least) throws IOException {
        Matcher result =
                RESULT.matcher(Files.readString(folder.resolve("reports").resolve("index.json")));
        int count = 0;
        List<String> bad = new ArrayList<>();
        while (result.find()) {
            count++;
            if (!isGood(result.group(2)) || !isGood(result.group(3))) {
                bad.add(result.group());
            }
        }
        assertEquals(List.of(), bad);
        assertTrue(count >= least && count <= CASES, count + " of " + CASES + " cases");
    }

    private static boolean isGood(String behavior) {
        return behavior.equals("OK") || behavior.equals("INFORMATIONAL");
    }
}
