package dev.jevent.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Jevent;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

class AccessLogsTest extends ServedScenario {

    private static final List<String> EVIL =
            List.of(
                    "a\nb",
                    "a\r\nb",
                    "\"",
                    "\\",
                    "\\\"",
                    "\" 200 0 \"-\" \"forged",
                    "\\x41",
                    "\u0000\u0007\u001B[2J\u007F\u0085\u009B",
                    "\t",
                    "caf\u00C3\u00A9",
                    "\u2028\u2029\uD83D\uDE00\uD800",
                    "\",\"status\":200,\"x\":\"",
                    "</script>",
                    "{}");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private String written() {
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    private static Exchange exchange(String target, String referer, String agent, String problem) {
        return exchange(target, referer, agent, Optional.ofNullable(problem));
    }

    private static Exchange exchange(
            String target, String referer, String agent, Optional<String> problem) {
        try {
            return new Exchange(
                    Instant.parse("2026-11-21T09:34:51.007Z"),
                    Duration.ofNanos(1_000_045_678L),
                    new InetSocketAddress(
                            InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, 1}), 50_000),
                    "GET",
                    target,
                    "HTTP/1.1",
                    200,
                    1234,
                    7,
                    "example.org",
                    referer,
                    agent,
                    problem);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static String line(LogFormat format, Exchange exchange) {
        LineBuffer buffer = new LineBuffer();
        format.put(exchange, buffer);
        return buffer.toString();
    }

    // ---- formats

    @Test
    void eachFormatHasItsLine() {
        Exchange e = exchange("/a?b=c", "http://example.org/", "curl/8.0", (String) null);

        assertEquals(
                "192.0.2.1 - - [21/Nov/2026:09:34:51 +0000] \"GET /a?b=c HTTP/1.1\" 200 1234\n",
                line(new LogFormat.Text(false, ZoneOffset.UTC), e));
        assertEquals(
                "192.0.2.1 - - [21/Nov/2026:10:34:51 +0100] \"GET /a?b=c HTTP/1.1\" 200 1234"
                        + " \"http://example.org/\" \"curl/8.0\"\n",
                line(new LogFormat.Text(true, ZoneOffset.ofHours(1)), e));
        assertEquals(
                "{\"time\":\"2026-11-21T09:34:51.007Z\",\"seconds\":1.000045,"
                        + "\"remote\":\"192.0.2.1\",\"method\":\"GET\",\"target\":\"/a?b=c\","
                        + "\"version\":\"HTTP/1.1\",\"status\":200,\"sent\":1234,\"received\":7,"
                        + "\"host\":\"example.org\",\"referer\":\"http://example.org/\","
                        + "\"userAgent\":\"curl/8.0\"}\n",
                line(new LogFormat.Json(), e));
    }

    @Test
    void whatIsNotThereIsADashAndAProblemComesAtTheEnd() {
        Exchange e = exchange("/", "", "", "too slow");

        assertEquals(
                "192.0.2.1 - - [21/Nov/2026:09:34:51 +0000] \"GET / HTTP/1.1\" 200 1234"
                        + " \"too slow\"\n",
                line(new LogFormat.Text(false, ZoneOffset.UTC), e));
        assertTrue(
                line(new LogFormat.Text(true, ZoneOffset.UTC), e)
                        .endsWith(" 1234 \"-\" \"-\" \"too slow\"\n"));
        assertEquals("too slow", Json.parse(line(new LogFormat.Json(), e)).get("problem"));
    }

    @Test
    void aLineIsOneLineAndCanBeReadBackWhateverTheClientSends() {
        for (String evil : EVIL) {
            Exchange e = exchange(evil, evil, evil, evil);
            for (boolean combined : new boolean[] {false, true}) {
                String line = line(new LogFormat.Text(combined, ZoneOffset.UTC), e);
                assertOneLine(line);
                List<String> quoted = quoted(line);
                assertEquals(combined ? 4 : 2, quoted.size(), line);
                assertEquals("GET " + evil + " HTTP/1.1", quoted.getFirst(), line);
                assertEquals(evil, quoted.getLast(), line);
            }
            String line = line(new LogFormat.Json(), e);
            assertOneLine(line);
            Map<String, String> json = Json.parse(line);
            for (String name : List.of("target", "referer", "userAgent", "problem")) {
                assertEquals(evil, json.get(name), line);
            }
            assertEquals("200", json.get("status"), line);
        }
    }

    @Test
    void aValueOfAnyLengthMakesALineOfSomeLength() {
        String text = "\u0001".repeat(100_000);
        for (LogFormat format :
                List.of(new LogFormat.Json(), new LogFormat.Text(true, ZoneOffset.UTC))) {
            String line = line(format, exchange(text, text, text, text));
            assertOneLine(line);
            assertTrue(line.length() < 4 * 6 * 4096 + 1000, "length " + line.length());
            assertTrue(line.contains("..."), "it says that something is missing");
        }
    }

    private static void assertOneLine(String line) {
        assertEquals(line.length() - 1, line.indexOf('\n'), line);
        for (int i = 0; i < line.length() - 1; i++) {
            assertTrue(line.charAt(i) >= ' ' && line.charAt(i) < 0x7F, line);
        }
    }

    /** As a reader of such logs does it. */
    private static List<String> quoted(String line) {
        List<String> all = new ArrayList<>();
        Matcher m = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"").matcher(line);
        while (m.find()) {
            all.add(unescaped(m.group(1)));
        }
        return all;
    }

    private static String unescaped(String text) {
        return Pattern.compile("\\\\(?:x(..)|u(....)|(.))")
                .matcher(text)
                .replaceAll(
                        m -> {
                            String hex = m.group(1) != null ? m.group(1) : m.group(2);
                            return Matcher.quoteReplacement(
                                    hex == null
                                            ? m.group(3)
                                            : "" + (char) Integer.parseInt(hex, 16));
                        });
    }

    // ---- of a server

    @Test
    void aServerLogsWhatWasSentAndHowItWasAnswered() throws Exception {
        AccessLogWriter log = AccessLogs.json(out);
        HttpServer server = started(server((q, p) -> p.send("hello\n")).accessLog(log));

        Reply unusual =
                get(
                        server,
                        "/a\"b\\c",
                        "User-Agent: \"quoted\\\" \tcaf\u00C3\u00A9",
                        "Referer: http://example.org/?" + "x".repeat(500));
        Reply posted = ask(server, "POST /form HTTP/1.1", "abc".getBytes(StandardCharsets.UTF_8));
        Reply bad = ask(server, "GET nothing HTTP/1.1", new byte[0]);
        server.stop(LONG);
        log.close();

        assertEquals(
                List.of(200, 200, 400), List.of(unusual.status(), posted.status(), bad.status()));
        List<Map<String, String>> lines = written().lines().map(Json::parse).toList();
        assertEquals(3, lines.size(), "in the order of their ends");
        assertEquals("/a\"b\\c", lines.get(0).get("target"));
        assertEquals("\"quoted\\\" \tcaf\u00C3\u00A9", lines.get(0).get("userAgent"));
        assertEquals("http://example.org/?" + "x".repeat(500), lines.get(0).get("referer"));
        assertEquals("127.0.0.1", lines.get(0).get("remote"));
        assertEquals("localhost", lines.get(0).get("host"));
        assertEquals("6", lines.get(0).get("sent"));
        assertEquals("/form", lines.get(1).get("target"));
        assertEquals("POST", lines.get(1).get("method"));
        assertEquals("400", lines.get(2).get("status"));
        assertTrue(lines.get(2).get("problem").contains("target"), lines.get(2).get("problem"));
        assertEquals(0, log.lost());
    }

    @Test
    void aDiskThatHangsDelaysNoRequestAndWhatDoesNotFitIsCounted() throws Exception {
        var hangs = new CountDownLatch(1);
        OutputStream disk =
                new OutputStream() {
                    @Override
                    public void write(int b) {
                        throw new AssertionError("byte by byte");
                    }

                    @Override
                    public void write(byte[] b, int off, int len) throws IOException {
                        try {
                            hangs.await();
                        } catch (InterruptedException e) {
                            throw new IOException(e);
                        }
                        out.write(b, off, len);
                    }
                };
        AccessLogWriter log = AccessLogs.common(disk);
        HttpServer server = started(server((q, p) -> p.send("hello\n")).accessLog(log));

        for (int i = 0; i < 5; i++) {
            assertEquals(200, get(server, "/before-" + i).status());
        }
        String padding = "x".repeat(2000);
        int flood = LineWriter.BLOCKS * LineWriter.SIZE / 1000;
        for (int i = 0; i < flood; i++) {
            log.log(exchange("/flood-" + i + "-" + padding, "", "", (String) null));
        }
        assertEquals(200, get(server, "/lost").status());
        long lost = log.lost();
        assertTrue(lost > flood / 3, "lost " + lost);
        hangs.countDown();
        until(() -> written().contains("lines are missing"));
        assertEquals(200, get(server, "/after").status());
        server.stop(LONG);
        log.close();

        List<String> lines = written().lines().toList();
        assertTrue(lines.getFirst().contains("/before-0 "), lines.getFirst());
        assertTrue(lines.getLast().contains("/after "), lines.getLast());
        assertEquals(lost, log.lost(), "none was lost later");
        String gap = lines.get(lines.size() - 2);
        assertTrue(gap.contains("\"" + lost + " lines are missing here"), gap);
        assertEquals(5 + flood + 1 + 1 - lost, lines.size() - 1);
        for (int i = 0; i < lines.size() - 7; i++) {
            assertTrue(lines.get(5 + i).contains("/flood-" + i + "-"), "in their order");
        }
    }

    @Test
    void aCloseDoesNotWaitForEverForADiskThatHangs() throws Exception {
        var hangs = new CountDownLatch(1);
        OutputStream disk =
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        try {
                            hangs.await();
                        } catch (InterruptedException e) {
                            throw new IOException(e);
                        }
                    }
                };
        var log =
                new AccessLogWriter(
                        new LogFormat.Json(), LogTarget.stream(disk), Duration.ofMillis(20));
        log.log(exchange("/", "", "", (String) null));

        log.close();
        until(() -> log.lost() == 1);
    }

    @Test
    void aDiskThatFailsForAWhileLosesNothing() throws Exception {
        var failures = new java.util.concurrent.atomic.AtomicInteger();
        OutputStream disk =
                new OutputStream() {
                    @Override
                    public void write(int b) {
                        throw new AssertionError("byte by byte");
                    }

                    @Override
                    public void write(byte[] b, int off, int len) throws IOException {
                        if (failures.incrementAndGet() <= 2) {
                            throw new IOException("No space left on device");
                        }
                        out.write(b, off, len);
                    }
                };
        AccessLogWriter log = AccessLogs.common(disk);
        log.log(exchange("/first", "", "", (String) null));
        until(() -> failures.get() > 0);
        log.log(exchange("/second", "", "", (String) null));
        until(() -> written().contains("/second"));
        log.close();

        assertEquals(2, written().lines().count());
        assertTrue(written().lines().findFirst().orElseThrow().contains("/first"));
        assertEquals(0, log.lost());
    }

    // ---- files

    @Test
    void anotherFileIsBegunWhenTheOldOneWasRenamed(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("access.log");
        Path old = folder.resolve("access.log.1");
        Files.writeString(file, "it is appended to\n");
        try (AccessLogWriter log = AccessLogs.combined(file)) {
            log.log(exchange("/1", "", "", (String) null));
            Files.move(file, old);
            log.log(exchange("/2", "", "", (String) null));
            log.reopen();
            log.log(exchange("/3", "", "", (String) null));
        }

        List<String> before = Files.readAllLines(old);
        List<String> after = Files.readAllLines(file);
        assertEquals(3, before.size());
        assertEquals("it is appended to", before.get(0));
        assertTrue(before.get(1).contains("/1 ") && before.get(2).contains("/2 "), "" + before);
        assertEquals(1, after.size());
        assertTrue(after.get(0).contains("/3 "), "" + after);
    }

    @Test
    void theOldFileIsWrittenOnIfThereCanBeNoNewOne(@TempDir Path folder) throws Exception {
        Path logs = Files.createDirectory(folder.resolve("logs"));
        try (AccessLogWriter log = AccessLogs.common(logs.resolve("access.log"))) {
            log.log(exchange("/1", "", "", (String) null));
            Files.move(logs, folder.resolve("moved"));
            log.reopen();
            log.log(exchange("/2", "", "", (String) null));
        }

        assertEquals(2, Files.readAllLines(folder.resolve("moved/access.log")).size());
    }

    @Test
    void aFileThatCannotBeOpenedFailsAtTheDoor(@TempDir Path folder) {
        assertThrows(
                NoSuchFileException.class,
                () -> AccessLogs.common(folder.resolve("nothing/access.log")).close());
    }

    @Test
    void afterTheCloseTheThreadIsGoneAndLinesAreCounted() throws Exception {
        AccessLogWriter log = AccessLogs.common(out);
        log.log(exchange("/1", "", "", (String) null));
        log.close();
        log.log(exchange("/2", "", "", (String) null));
        log.reopen();
        log.close();

        assertEquals(1, written().lines().count());
        assertEquals(1, log.lost());
        until(
                () ->
                        Thread.getAllStackTraces().keySet().stream()
                                .noneMatch(t -> t.getName().equals("jevent-log") && isOurs(t)));
    }

    /** That of another test, which hangs, may live a little longer. */
    private static boolean isOurs(Thread t) {
        return Arrays.stream(t.getStackTrace())
                .noneMatch(e -> e.getClassName().equals(CountDownLatch.class.getName()));
    }

    // ---- cost

    @Test
    void withoutALogNothingIsMadeForIt() throws Exception {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long without = bytesForRequests(threads, server((q, p) -> p.send("hello\n")));
        long with =
                bytesForRequests(threads, server((q, p) -> p.send("hello\n")).accessLog(e -> {}));
        // an Exchange alone has more than 64 bytes
        assertTrue(without + 64 < with, without + " bytes a request, and " + with + " with a log");
    }

    /** Client and server run on this thread. */
    private long bytesForRequests(com.sun.management.ThreadMXBean threads, HttpServer server)
            throws Exception {
        HttpServer s = started(server);
        byte[] request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.UTF_8);
        byte[] answer = new byte[4096];
        try (var client = connect(s)) {
            long best = Long.MAX_VALUE;
            long id = hubThread;
            for (int round = 0; round < 5; round++) {
                long before = threads.getThreadAllocatedBytes(id);
                for (int i = 0; i < 100; i++) {
                    client.getOutputStream().write(request);
                    assertTrue(client.getInputStream().read(answer) > 0);
                }
                long now = threads.getThreadAllocatedBytes(id);
                best = Math.min(best, (now - before) / 100);
            }
            return best;
        }
    }

    // ---- problems

    @Test
    void problemsAreWrittenButNotMoreThanSomeASecond() throws Exception {
        ProblemLog problems = ProblemLog.to(out, 3);
        HttpServer server = started(server((q, p) -> p.send("hello\n")).onProblem(problems));

        for (int i = 0; i < 3; i++) {
            assertEquals(400, ask(server, "GET nothing HTTP/1.1", new byte[0]).status());
        }
        for (int i = 0; i < 50; i++) {
            problems.accept(
                    new Problem(server.address(), 0, "forged\n2026-11-21 line", "GET /\u001B"));
        }
        until(() -> written().contains(" more are not written here"));
        server.stop(LONG);
        problems.close();

        List<String> lines = written().lines().toList();
        String stamp = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z ";
        assertTrue(
                lines.getFirst()
                        .matches(stamp + "127\\.0\\.0\\.1:\\d+ 400 a target that .*: GET .*"),
                lines.getFirst());
        long said =
                lines.stream()
                        .filter(l -> l.matches(stamp + "\\d+ more are not written here"))
                        .mapToLong(l -> Long.parseLong(l.split(" ", -1)[1]))
                        .sum();
        assertEquals(problems.leftOut(), said);
        long others = lines.stream().filter(l -> !l.contains(" more are ")).count();
        assertEquals(53, said + others);
        assertTrue(others >= 3 && others < 53, "written " + others);
        assertFalse(written().contains("\u001B"));
        assertThrows(IllegalArgumentException.class, () -> ProblemLog.to(out, 0).close());
    }

    @Test
    void manyThreadsMayLog() throws Exception {
        AccessLogWriter log = AccessLogs.json(out);
        List<dev.jevent.Greenlet<Void>> others = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            int number = t;
            others.add(
                    Jevent.spawn(
                            () ->
                                    Jevent.blocking(
                                            () -> {
                                                for (int i = 0; i < 500; i++) {
                                                    log.log(
                                                            exchange(
                                                                    "/" + number + "/" + i,
                                                                    "",
                                                                    "",
                                                                    (String) null));
                                                }
                                            })));
        }
        Jevent.joinAllOrThrow(others);
        log.close();

        int[] next = new int[4];
        written()
                .lines()
                .map(l -> Json.parse(l).get("target").split("/", -1))
                .forEach(
                        p -> {
                            int t = Integer.parseInt(p[1]);
                            assertEquals(next[t]++, Integer.parseInt(p[2]));
                        });
        assertEquals(List.of(500, 500, 500, 500), Arrays.stream(next).boxed().toList());
    }
}
