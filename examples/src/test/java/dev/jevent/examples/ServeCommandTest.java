package dev.jevent.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code jevent serve}: folders and handlers over HTTP, and what it says when it cannot. */
class ServeCommandTest {

    private static final Pattern URL = Pattern.compile("https?://[^/ ]+/");

    @TempDir Path dir;

    private Path write(String name, String text) throws IOException {
        Path file = dir.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private Cli serve(String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of("serve", "-p", "0"));
        all.addAll(List.of(arguments));
        return Cli.start(dir, all.toArray());
    }

    private static String url(Cli cli) throws Exception {
        String line = cli.awaitError("jevent serves ");
        Matcher url = URL.matcher(line);
        assertTrue(url.find(), line);
        return url.group();
    }

    private static String get(String url, String... options) throws Exception {
        String[] all = Arrays.copyOf(options, options.length + 2);
        all[options.length] = "-sS";
        all[options.length + 1] = url;
        Curl.Result curl = Curl.run(all);
        assertEquals(0, curl.exit(), curl.err());
        return curl.out();
    }

    private static Cli.Result stop(Cli cli) throws Exception {
        cli.signal("TERM");
        Cli.Result result = cli.await();
        assertEquals(143, result.exit(), result.err());
        assertFalse(result.err().contains("\tat "), result.err());
        return result;
    }

    // ---- what is served

    @Test
    void aFolderIsServedLoggedAndLeftInPeace() throws Exception {
        write("public/index.html", "<h1>home</h1>");
        write("public/sub/a.txt", "text\n");
        write("secret.txt", "secret");
        try (Cli cli = serve("public")) {
            String url = url(cli);
            assertTrue(url.startsWith("http://127.0.0.1:"), url);
            assertEquals("<h1>home</h1>", get(url));
            assertEquals("text\n", get(url + "sub/a.txt"));
            String out = get(url + "../secret.txt", "--path-as-is", "-w", " %{http_code}");
            assertFalse(out.contains("secret"), out);
            assertTrue(get(url + "sub/", "-w", "%{http_code}").endsWith("404"));
            Cli.Result result = stop(cli);
            List<String> log = result.out().lines().toList();
            assertEquals(4, log.size(), result.out());
            assertTrue(log.get(1).contains("\"GET /sub/a.txt HTTP/1.1\" 200 5 "), log.get(1));
        }
    }

    @Test
    void listingGzipAndALogFileAreOptions() throws Exception {
        write("public/a.txt", "text\n".repeat(1000));
        try (Cli cli = serve("public", "--listing", "--gzip", "--log=json:access.log")) {
            String url = url(cli);
            assertTrue(get(url).contains("a.txt"));
            String zipped =
                    get(
                            url + "a.txt",
                            "-H",
                            "Accept-Encoding: gzip",
                            "-o",
                            "/dev/null",
                            "-w",
                            "%{size_download}");
            assertTrue(Integer.parseInt(zipped) < 1000, zipped);
            assertEquals("text\n".repeat(1000), get(url + "a.txt", "--compressed"));
            Path rotated = Files.move(dir.resolve("access.log"), dir.resolve("access.log.1"));
            cli.signal("HUP");
            long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (!Files.exists(dir.resolve("access.log"))) {
                assertTrue(cli.process().isAlive() && Files.exists(rotated));
                assertTrue(System.nanoTime() - end < 0, "HUP did nothing; is this under nohup?");
                Thread.onSpinWait();
            }
            assertEquals("404", get(url + "none", "-o", "/dev/null", "-w", "%{http_code}"));
            assertEquals("", stop(cli).out());
        }
        List<String> log = Files.readAllLines(dir.resolve("access.log.1"));
        assertEquals(3, log.size(), log.toString());
        assertEquals(1, Files.readAllLines(dir.resolve("access.log")).size());
        assertTrue(log.getFirst().startsWith("{") && log.getFirst().endsWith("}"), log.getFirst());
    }

    private static final String CLASSIC =
            """
            import dev.jevent.http.*;

            public class Hello implements HttpHandler {
                public void handle(Request request, Response response) throws Exception {
                    response.send("hello " + request.parameter("name").orElse("you") + "\\n");
                }

                static void other(Request request, Response response) throws Exception {
                    response.send("other\\n");
                }

                static HttpHandler made() {
                    return (request, response) -> response.send(System.getProperty("made") + "\\n");
                }
            }
            """;

    @Test
    void aHandlerOfSourceCodeIsServed() throws Exception {
        write("Hello.java", CLASSIC);
        try (Cli cli = serve("Hello.java", "--no-log", "--unix", "s.sock")) {
            String url = url(cli);
            assertEquals("hello jevent\n", get(url + "?name=jevent"));
            String socket = dir.resolve("s.sock").toString();
            assertEquals("hello you\n", get("http://x/", "--unix-socket", socket));
            assertEquals("", stop(cli).out());
            assertFalse(Files.exists(dir.resolve("s.sock")));
        }
    }

    @Test
    void aMemberOfAClassIsServedByItsName() throws Exception {
        Cli.compile(dir, write("src/Hello.java", CLASSIC));
        try (Cli cli = serve("-Dmade=by_a_method", "Hello::made", "-q", "--unix=quiet.sock")) {
            Path socket = dir.resolve("quiet.sock");
            while (!Files.exists(socket)) {
                assertTrue(cli.process().isAlive());
                Thread.onSpinWait();
            }
            assertEquals("by_a_method\n", get("http://x/", "--unix-socket", socket + ""));
            assertEquals("", stop(cli).err());
        }
    }

    @Test
    void tlsIsServedAndTheLimitsHold() throws Exception {
        write("Hello.java", CLASSIC);
        keys("localhost");
        try (Cli cli =
                serve(
                        "Hello.java",
                        "--tls-cert=cert.pem",
                        "--tls-key",
                        "key.pem",
                        "--max-body=1K")) {
            String url = url(cli);
            assertTrue(url.startsWith("https://"), url);
            assertEquals("hello you\n", get(url, "-k"));
            assertEquals("hello you\n", get(url, "-k", "-d", "x"));
            assertEquals(143, stop(cli).exit());
        }
    }

    private void keys(String name) throws Exception {
        var openssl =
                new ProcessBuilder(
                                "openssl",
                                "req",
                                "-x509",
                                "-newkey",
                                "ec",
                                "-pkeyopt",
                                "ec_paramgen_curve:P-256",
                                "-nodes",
                                "-days",
                                "3",
                                "-subj",
                                "/CN=" + name,
                                "-keyout",
                                "key.pem",
                                "-out",
                                "cert.pem")
                        .directory(dir.toFile())
                        .redirectErrorStream(true)
                        .start();
        byte[] ignored = openssl.getInputStream().readAllBytes();
        assertEquals(0, openssl.waitFor());
    }

    @Test
    void processesShareAPort() throws Exception {
        write("public/a.txt", "text\n");
        try (Cli first = serve("public", "--reuse-port")) {
            String url = url(first);
            int port = URI.create(url).getPort();
            try (Cli second = Cli.start(dir, "serve", "-p", port, "--reuse-port", "public")) {
                assertEquals(url, url(second));
                for (int i = 0; i < 40; i++) {
                    assertEquals("text\n", get(url + "a.txt"));
                }
                long served = stop(first).out().lines().count();
                assertTrue(served > 0 && served < 40, served + " of 40");
                assertEquals("text\n", get(url + "a.txt"));
                assertEquals(41 - served, stop(second).out().lines().count());
            }
        }
    }

    @Test
    void aProxyTellsWhereClientsAre() throws Exception {
        write("public/a.txt", "text\n");
        try (Cli cli = serve("public", "--proxy-protocol=127.0.0.1")) {
            int port = URI.create(url(cli)).getPort();
            assertEquals("200", status(port, "PROXY TCP4 192.0.2.7 192.0.2.1 1234 80\r\n"));
            assertEquals("", status(port, ""), "who is believed has to say it");
            Cli.Result end = stop(cli);
            List<String> log = end.out().lines().toList();
            assertEquals(1, log.size(), log.toString());
            assertTrue(end.err().contains("closed: no PROXY header"), end.err());
            assertEquals(2, end.err().lines().count(), end.err());
            assertTrue(log.getFirst().startsWith("192.0.2.7 "), log.getFirst());
        }
    }

    /** Of the answer; empty if there is none. */
    private static String status(int port, String before) throws IOException {
        try (var socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
            String request = "GET /a.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write((before + request).getBytes(StandardCharsets.US_ASCII));
            byte[] answer = socket.getInputStream().readAllBytes();
            String text = new String(answer, StandardCharsets.US_ASCII);
            return text.isEmpty() ? "" : text.substring(9, 12);
        } catch (SocketException e) {
            return ""; // reset: it was sent away
        }
    }

    // ---- how it ends

    private static final String SLOW =
            """
            import dev.jevent.*;
            import dev.jevent.http.*;

            class Slow {
                static void handle(Request request, Response response) throws Exception {
                    System.out.println("asked");
                    Jevent.sleep(request.path().equals("/long") ? 60_000 : 300);
                    response.send("late\\n");
                }
            }
            """;

    @Test
    void aRequestUnderWayIsAnsweredBeforeTheEndUnlessItTakesTooLong() throws Exception {
        write("Slow.java", SLOW);
        try (Cli cli = serve("--no-log", "--stop-timeout", "1s", "Slow.java")) {
            String url = url(cli);
            Process slow = new ProcessBuilder("curl", "-s", "-m", "50", url).start();
            Process tooSlow = new ProcessBuilder("curl", "-s", "-m", "50", url + "long").start();
            String ignored = cli.awaitLine("asked");
            ignored = cli.awaitLine("asked");
            Cli.Result result = stop(cli);
            assertEquals("asked\nasked\n", result.out());
            assertEquals("late", slow.inputReader().readLine());
            assertEquals(0, slow.waitFor());
            assertTrue(tooSlow.waitFor() != 0);
        }
    }

    // ---- what cannot be served

    private void assertSays(int exit, String error, String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of("serve"));
        all.addAll(List.of(arguments));
        Cli.Result r = Cli.run(dir, all.toArray());
        assertTrue(r.err().startsWith("jevent: " + error), r.err());
        assertFalse(r.err().contains("\tat "), r.err());
        assertEquals("", r.out());
        assertEquals(exit, r.exit());
    }

    @Test
    void wrongUsageIsOneLineAndAHint() throws Exception {
        assertSays(2, "unknown option of serve: --prot\nDid you mean: --port\n", "--prot", "1");
    }

    @Test
    void aPortThatIsTakenIsOneLine() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            String port = taken.getLocalPort() + "";
            assertSays(1, "cannot listen: Address already in use", "-p", port, ".");
        }
    }

    @Test
    void theHelpFitsAPage() throws Exception {
        Cli.Result r = Cli.run(dir, "serve", ".", "--help");
        assertTrue(r.out().startsWith("Usage: jevent serve "), r.out());
        assertTrue(r.out().lines().allMatch(line -> line.length() <= 100), r.out());
        assertEquals(0, r.exit());
    }
}
