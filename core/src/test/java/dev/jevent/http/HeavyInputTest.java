package dev.jevent.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;

/**
 * What a client sends to keep the hub busy: the work on it is linear, gives way, has its limits.
 */
class HeavyInputTest extends HttpScenario {

    private static final int ROW = 64 * 1024;
    private static final int MIB = 1 << 20;
    private static final String FORM = "Content-Type: application/x-www-form-urlencoded\r\n";

    private static final Limits LONG_HEADS =
            Limits.defaults().requestLine(8 * MIB).headerBytes(8 * MIB);

    /** In a handler, which answers how often others got their turn meanwhile. */
    private int turns(Limits limits, String request, Handling handling) throws Exception {
        return turns(limits, request.getBytes(StandardCharsets.ISO_8859_1), handling);
    }

    private interface Handling {
        void handle(Request request, Response response) throws Exception;
    }

    private int turns(Limits limits, byte[] request, Handling handling) throws Exception {
        HttpServer server =
                started(
                        server((q, p) -> p.send(turnsDuring(() -> handling.handle(q, p)) + ""))
                                .limits(limits));
        try (Client c = client(server)) {
            Answer a = c.say(request).answer();
            assertEquals(200, a.status(), a.text() + reports);
            return Integer.parseInt(a.text());
        }
    }

    private static void assertMany(int least, int turns) {
        assertTrue(turns >= least, turns + " turns, not " + least);
    }

    // ---- names and values

    @Test
    void bareNamesBeforeALongTailAreReadOnceAndGiveWay() throws Exception {
        String query = "a&".repeat(900) + "b".repeat(2 * MIB);
        int turns =
                turns(
                        LONG_HEADS,
                        "GET /?" + query + " HTTP/1.1\r\n" + HOST + "\r\n",
                        (q, p) -> {
                            Map<String, List<String>> all = q.parameters();
                            assertEquals(900, all.get("a").size());
                            assertEquals(2, all.size());
                        });
        assertMany(2 * MIB / ROW, turns);
    }

    @Test
    void manyCookiesWithoutAValueAreReadOnceAndGiveWay() throws Exception {
        String cookies = "a;".repeat(1000) + ("b".repeat(999) + ";").repeat(2000) + "c=d";
        int turns =
                turns(
                        LONG_HEADS,
                        "GET / HTTP/1.1\r\n" + HOST + "Cookie: " + cookies + "\r\n\r\n",
                        (q, p) -> assertEquals("d", q.cookie("c").orElseThrow()));
        assertMany(cookies.length() / ROW - 2, turns);
        ;
    }

    @Test
    void allKindsOfFormsGiveWay() throws Exception {
        int n = MIB;
        for (String form :
                List.of(
                        "a".repeat(n),
                        "=".repeat(n),
                        "&".repeat(n),
                        "a=%41" + "+".repeat(n),
                        "a=" + "%41".repeat(n / 3),
                        "a=" + "%C3%A9".repeat(n / 6),
                        ("a=" + "b".repeat(n / 999 - 3) + "&").repeat(999))) {
            byte[] bytes = form.getBytes(StandardCharsets.ISO_8859_1);
            int turns = turnsDuring(() -> Parameters.of(bytes));
            assertMany(form.length() / ROW - 5, turns);
        }
        assertThrows(
                HttpException.class,
                () -> Parameters.of("a&".repeat(1001).getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    void namesAndValuesAreWhatTheyWere() {
        assertEquals(
                "{a=[1, , 2=3], =[x], é=[é +], b=[]}",
                Parameters.of("a=1&a&a=2=3&&=x&%C3%A9=%C3%A9+%2B&b=").toString());
        assertEquals(Map.of(), Parameters.of("&&&"));
        for (String bad : List.of("%", "a=%4", "a=%zz", "%C3", "a=%FF")) {
            assertThrows(HttpException.class, () -> Parameters.of(bad), bad);
        }
    }

    /** Counts who walks through it. */
    private static final class Items extends AbstractList<String> {
        final List<String> items;
        int walks;

        Items(List<String> items) {
            this.items = items;
        }

        @Override
        public String get(int i) {
            return items.get(i);
        }

        @Override
        public int size() {
            return items.size();
        }

        @Override
        public Iterator<String> iterator() {
            walks++;
            return super.iterator();
        }
    }

    @Test
    void theCodingsThatAClientTakesAreReadOnce() {
        var items =
                new Items(
                        IntStream.range(0, 1000)
                                .mapToObj(i -> i == 500 ? "gzip;q=0.5" : "x" + i + ";q=0.1")
                                .toList());
        assertEquals(List.of(Coding.GZIP), Coding.accepted(items));
        assertEquals(1, items.walks);
        assertEquals(
                List.of(Coding.ZSTD, Coding.GZIP),
                Coding.accepted(List.of("br;q=0", "gzip;q=0.2", "*;q=0.7", "gzip")));
        assertEquals(
                List.of(Coding.BROTLI),
                Coding.accepted(List.of("BR", "zstd;q=2", "gzip;q=nonsense")));
    }

    // ---- bodies

    @Test
    void aBodyOfTinyChunksGivesWay() throws Exception {
        String chunks = "1\r\nx\r\n".repeat(10_000) + "0\r\n\r\n";
        int turns =
                turns(
                        Limits.defaults(),
                        "POST / HTTP/1.1\r\n"
                                + HOST
                                + "Transfer-Encoding: chunked\r\n\r\n"
                                + chunks,
                        (q, p) -> assertEquals(10_000, q.bytes().length));
        assertMany(12, turns);
    }

    @Test
    void readingByteByByteGivesWay() throws Exception {
        int turns =
                turns(
                        Limits.defaults(),
                        "POST / HTTP/1.1\r\n"
                                + HOST
                                + "Content-Length: 50000\r\n\r\n"
                                + "x".repeat(50_000),
                        (q, p) -> {
                            InputStream in = q.body();
                            int n = 0;
                            while (in.read() >= 0) {
                                n++;
                            }
                            assertEquals(50_000, n);
                        });
        assertMany(40, turns);
    }

    private static byte[] gzipped(int zeros) throws Exception {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            byte[] piece = new byte[ROW];
            for (int left = zeros; left > 0; left -= piece.length) {
                gzip.write(piece, 0, Math.min(left, piece.length));
            }
        }
        return out.toByteArray();
    }

    private static byte[] post(byte[] body, String fields) throws Exception {
        var out = new ByteArrayOutputStream();
        String head = "POST / HTTP/1.1\r\n" + HOST + fields + "Content-Length: " + body.length;
        out.write((head + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        out.write(body);
        return out.toByteArray();
    }

    @Test
    void aBodyThatBecomesMuchGivesWayWhileItIsInflated() throws Exception {
        int size = 8 * MIB;
        byte[] request = post(gzipped(size), "Content-Encoding: gzip\r\n");
        for (boolean large : new boolean[] {false, true}) {
            Handling reading =
                    (q, p) -> {
                        InputStream in = q.body();
                        byte[] b = new byte[large ? size : 1000];
                        int all = 0;
                        for (int n = 0; n >= 0; n = in.read(b)) {
                            all += n;
                        }
                        assertEquals(size, all);
                    };
            HttpHandler inflating =
                    Gzip.of(
                                    (q, p) -> {
                                        int turns = turnsDuring(() -> reading.handle(q, p));
                                        p.send(turns + "");
                                    })
                            .requests(true);
            try (Client c = client(started(inflating))) {
                assertMany(size / ROW - 10, Integer.parseInt(c.say(request).answer().text()));
            }
        }
    }

    @Test
    void anAnswerThatIsCompressedGivesWay() throws Exception {
        byte[] answer = new byte[4 * MIB];
        var turns = new int[1];
        HttpHandler compressing =
                Gzip.of((q, p) -> turns[0] = turnsDuring(() -> p.send("text/plain", answer)));
        try (Client c = client(started(compressing))) {
            c.say("GET / HTTP/1.1\r\n" + HOST + "Accept-Encoding: gzip\r\n\r\n").answer();
        }
        assertMany(answer.length / ROW, turns[0]);
    }

    // ---- limits of their own

    private int status(Limits limits, byte[] request, HttpHandler handler) throws Exception {
        problems.clear();
        HttpServer server = started(server(handler).limits(limits));
        try (Client c = client(server)) {
            Answer a = c.say(request).answer();
            if (a.status() != 200) {
                assertTrue(a.closes());
                assertEquals(a.status(), problems.getFirst().status());
            }
            return a.status();
        }
    }

    @Test
    void whatIsReadIntoMemoryHasALimitOfItsOwn() throws Exception {
        Limits small = Limits.defaults().memory(1000).form(100).inflated(5000);
        byte[] exact = post(new byte[1000], "");
        byte[] more = post(new byte[1001], "");
        HttpHandler bytes = (q, p) -> p.send(q.bytes());
        HttpHandler text = (q, p) -> p.send(q.text());
        HttpHandler stream =
                (q, p) -> p.send(q.body().transferTo(OutputStream.nullOutputStream()) + "");
        for (HttpHandler handler : List.of(bytes, text, stream)) {
            assertEquals(200, status(small, exact, handler));
            assertEquals(handler == stream ? 200 : 413, status(small, more, handler));
        }
        assertEquals(200, status(small, more, (q, p) -> p.send(q.bytes(1001))));
        assertEquals(200, status(small, more, (q, p) -> p.send(q.text(1001))));
        assertEquals(413, status(small, exact, (q, p) -> p.send(q.bytes(999))));
        byte[] chunked =
                ("POST / HTTP/1.1\r\n"
                                + HOST
                                + "Transfer-Encoding: chunked\r\n\r\n3e9\r\n"
                                + "x".repeat(1001)
                                + "\r\n0\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII);
        assertEquals(413, status(small, chunked, bytes));
        assertEquals(200, status(small.memory(1001), chunked, bytes));
        HttpHandler form = (q, p) -> p.send(q.form().toString());
        assertEquals(
                200,
                status(
                        small,
                        post("a=b&".repeat(25).getBytes(StandardCharsets.US_ASCII), FORM),
                        form));
        assertEquals(
                413,
                status(
                        small,
                        post("a=b&".repeat(26).getBytes(StandardCharsets.US_ASCII), FORM),
                        form));
        assertEquals(
                200,
                status(
                        small,
                        post("a=b&".repeat(26).getBytes(StandardCharsets.US_ASCII), FORM),
                        (q, p) -> p.send(q.form(104).toString())));
        HttpHandler inflated = Gzip.of(stream).requests(true);
        String gzip = "Content-Encoding: gzip\r\n";
        assertEquals(200, status(small, post(gzipped(5000), gzip), inflated));
        assertEquals(413, status(small, post(gzipped(5001), gzip), inflated));
        assertEquals(413, status(small.body(4000), post(gzipped(4001), gzip), inflated));
        assertEquals(413, status(small, post(gzipped(1001), gzip), Gzip.of(bytes).requests(true)));
    }

    @Test
    void theLimitsOfMemoryAreSmallUnlessSomethingElseIsSaid() throws Exception {
        Limits limits = Limits.defaults();
        HttpHandler text = (q, p) -> p.send(q.text().length() + "");
        HttpHandler form = (q, p) -> p.send(q.form().size() + "");
        HttpHandler drop =
                Gzip.of((q, p) -> p.send(q.body().transferTo(OutputStream.nullOutputStream()) + ""))
                        .requests(true);
        String gzip = "Content-Encoding: gzip\r\n";
        assertEquals(413, statusOfHead(limits, "Content-Length: " + (8 * MIB + 1), text));
        assertEquals(413, statusOfHead(limits, FORM + "Content-Length: " + (2 * MIB + 1), form));
        assertEquals(413, status(limits, post(gzipped(32 * MIB + 1), gzip), drop));
    }

    private int statusOfHead(Limits limits, String fields, HttpHandler handler) throws Exception {
        String head = "POST / HTTP/1.1\r\n" + HOST + fields + "\r\n\r\n";
        return status(limits, head.getBytes(StandardCharsets.US_ASCII), handler);
    }

    @Test
    void aHandlerThatAllowsALargerBodyAllowsItInflatedToo() throws Exception {
        HttpHandler handler =
                Gzip.of(
                                (q, p) -> {
                                    q.bodyLimit(6000);
                                    p.send(q.bytes(6000).length + "");
                                })
                        .requests(true);
        byte[] request = post(gzipped(6000), "Content-Encoding: gzip\r\n");
        assertEquals(200, status(Limits.defaults().body(5000).inflated(10), request, handler));
    }
}
