package dev.jevent.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** Every input is parsed in one piece, byte by byte, and in two pieces cut at each place. */
class RequestHeadTest {

    private static final Limits SMALL =
            Limits.defaults().requestLine(32).headerBytes(64).headers(4);

    // ---- good ones: the request, and what it says

    private static final List<List<String>> GOOD =
            List.of(
                    List.of("GET / HTTP/1.1|Host: a||", "GET / host=a v1"),
                    List.of("\r\n\r\nGET / HTTP/1.1|Host: a||", "GET / host=a v1"),
                    List.of("GET / HTTP/1.0||", "GET / host= v0 close"),
                    List.of("GET / HTTP/1.0|Connection: Keep-Alive||", "GET / host= v0"),
                    List.of(
                            "GET / HTTP/1.1|Host: a|Connection: x, CLOSE||",
                            "GET / host=a v1 close"),
                    List.of("GET / HTTP/1.9|Host: a||", "GET / host=a v1"),
                    List.of("GET / HTTP/1.1|Host:||", "GET / host= v1"),
                    List.of("GET / HTTP/1.1|hOST: \t a:80 \t||", "GET / host=a:80 v1"),
                    List.of("GET / HTTP/1.1|Host: [::1]:8080||", "GET / host=[::1]:8080 v1"),
                    List.of(
                            "GET /a%20b?c=%2F&d HTTP/1.1|Host: a||",
                            "GET /a%20b?c=%2F&d host=a v1"),
                    List.of("GET /|{}\\^\" HTTP/1.1\r\nHost: a\r\n\r\n", "GET /|{}\\^\" host=a v1"),
                    List.of("OPTIONS * HTTP/1.1|Host: a||", "OPTIONS * host=a v1"),
                    List.of("CONNECT b:443 HTTP/1.1|Host: b||", "CONNECT b:443 host=b v1"),
                    List.of("GET http://b/c HTTP/1.1|Host: a||", "GET http://b/c host=b v1"),
                    List.of(
                            "GET HTTPS://b:1?c HTTP/1.1|Host: a||",
                            "GET HTTPS://b:1?c host=b:1 v1"),
                    List.of(
                            "!#$%&'*+-.^_`|~9aZ / HTTP/1.1\r\nHost: a\r\n\r\n",
                            "!#$%&'*+-.^_`|~9aZ / host=a v1"),
                    List.of(
                            "POST / HTTP/1.1|Host: a|Content-Length: 0||",
                            "POST / host=a v1 length=0"),
                    List.of(
                            "POST / HTTP/1.1|Host: a|Content-Length:007||",
                            "POST / host=a v1 length=7"),
                    List.of(
                            "POST / HTTP/1.1|Host: a|Transfer-Encoding: Chunked||",
                            "POST / host=a v1 chunked"),
                    List.of(
                            "POST / HTTP/1.1|Host: a|Content-Length: 1|Expect: 100-Continue||",
                            "POST / host=a v1 length=1 continue"),
                    List.of(
                            "GET / HTTP/1.1|Host: a|Connection: Upgrade, keep-alive||",
                            "GET / host=a v1 upgrade"),
                    List.of("GET / HTTP/1.1|Host: a|X: \u00e9\u00ff\t\"||", "GET / host=a v1"),
                    List.of("GET / HTTP/1.1|Host: a|X:|Y: ||", "GET / host=a v1"));

    // ---- bad ones: the request, the status, and a part of the message

    private static final List<List<String>> BAD =
            List.of(
                    List.of(" GET / HTTP/1.1|", "400", "method"),
                    List.of("GET  / HTTP/1.1|", "400", "target"),
                    List.of("GET /  HTTP/1.1|", "400", "version"),
                    List.of("GET / HTTP/1.1 |", "400", "version"),
                    List.of("GET /|", "400", "no version"),
                    List.of("GET|", "400", "method"),
                    List.of("G\u00e9T / HTTP/1.1|", "400", "method"),
                    List.of("G(T / HTTP/1.1|", "400", "method"),
                    List.of("GET\t/ HTTP/1.1|", "400", "method"),
                    List.of("A".repeat(33) + " / HTTP/1.1|", "400", "method"),
                    List.of("GET /a b HTTP/1.1|", "400", "version"),
                    List.of("GET /a\tb HTTP/1.1|", "400", "target"),
                    List.of("GET /\u00e9 HTTP/1.1|", "400", "target"),
                    List.of("GET /a#b HTTP/1.1|", "400", "target"),
                    List.of("GET / HTTP/1.1\rX|", "400", "CR"),
                    List.of("GET / HTTP/1.1\nHost: a\n\n", "400", "LF"),
                    List.of("GET / HTTP/1.1|Host: a|X: a\nY: b||", "400", "LF"),
                    List.of("GET / HTTP/1.1|Host: a|X: a\rY: b||", "400", "CR"),
                    List.of("GET / HTTP/1.1|Host: a|X: \0||", "400", "0x00"),
                    List.of("GET / HTTP/1.1|Host: a|X: \u007f||", "400", "0x7F"),
                    List.of("GET / HTTP/1.1|Host: a|X: \u000b||", "400", "0x0B"),
                    List.of("\u0016\u0003\u0001\u0002\0\1", "400", "TLS"),
                    List.of("GET / http/1.1|", "400", "version"),
                    List.of("GET / HTTP/1.|", "400", "version"),
                    List.of("GET / HTTP/11|", "400", "version"),
                    List.of("GET / HTTP/2.0|", "505", "HTTP/1.1"),
                    List.of("PRI * HTTP/2.0|", "505", "HTTP/1.1"),
                    List.of("GET / HTTP/0.9|", "505", "HTTP/1.1"),
                    List.of("|||||", "400", "empty lines"),
                    List.of("GET foo HTTP/1.1|", "400", "neither"),
                    List.of("GET * HTTP/1.1|", "400", "*"),
                    List.of("GET ftp://a/ HTTP/1.1|", "400", "neither"),
                    List.of("GET http:///a HTTP/1.1|", "400", "neither"),
                    List.of("GET http:// HTTP/1.1|", "400", "neither"),
                    List.of("GET http://u@h/ HTTP/1.1|", "400", "neither"),
                    List.of("GET http://:80/ HTTP/1.1|", "400", "neither"),
                    List.of("CONNECT / HTTP/1.1|", "400", "CONNECT"),
                    List.of("CONNECT a HTTP/1.1|", "400", "CONNECT"),
                    List.of("CONNECT a: HTTP/1.1|", "400", "CONNECT"),
                    List.of("CONNECT a:0 HTTP/1.1|", "400", "CONNECT"),
                    List.of("CONNECT [::1] HTTP/1.1|", "400", "CONNECT"),
                    List.of("GET / HTTP/1.1||", "400", "Host"),
                    List.of("GET / HTTP/1.1|Host: a|Host: a||", "400", "Host"),
                    List.of("GET / HTTP/1.0|Host: a|Host: b||", "400", "Host"),
                    List.of("GET / HTTP/1.1|Host: a b||", "400", "Host"),
                    List.of("GET / HTTP/1.1|Host: a,b||", "400", "Host"),
                    List.of("GET / HTTP/1.1|Host: a/b||", "400", "Host"),
                    List.of("GET / HTTP/1.1|Host: u@a||", "400", "Host"),
                    List.of("GET / HTTP/1.1|Host: :80||", "400", "Host"),
                    List.of("GET / HTTP/1.1|Host: a:x||", "400", "Host"),
                    List.of("GET / HTTP/1.1|Host: a:65536||", "400", "Host"),
                    List.of("GET / HTTP/1.1|Host: a:1:2||", "400", "Host"),
                    List.of("GET / HTTP/1.1|Host: [::1||", "400", "Host"),
                    List.of("GET / HTTP/1.1|Host: [::1]x||", "400", "Host"),
                    List.of("GET / HTTP/1.1|Host: []||", "400", "Host"),
                    List.of("GET / HTTP/1.1|Host: \u00e9||", "400", "Host"),
                    List.of("GET / HTTP/1.1| Host: a||", "400", "begins with a space"),
                    List.of("GET / HTTP/1.1|Host: a|X: b|\tc||", "400", "begins with a space"),
                    List.of("GET / HTTP/1.1|Host : a||", "400", "before the colon"),
                    List.of("GET / HTTP/1.1|Host\t: a||", "400", "before the colon"),
                    List.of("GET / HTTP/1.1|: a||", "400", "name"),
                    List.of("GET / HTTP/1.1|Host: a|X||", "400", "without a colon"),
                    List.of("GET / HTTP/1.1|Host: a|X(: b||", "400", "name"),
                    List.of("GET / HTTP/1.1|Host: a|\u00e9: b||", "400", "name"),
                    List.of(
                            "POST / HTTP/1.1|Host: a|Content-Length: 1|Content-Length: 1||",
                            "400",
                            "more than one"),
                    List.of(
                            "POST / HTTP/1.1|Host: a|Content-Length: 1|Content-Length: 2||",
                            "400",
                            "more than one"),
                    List.of("POST / HTTP/1.1|Host: a|Content-Length: 1, 1||", "400", "no number"),
                    List.of("POST / HTTP/1.1|Host: a|Content-Length: +1||", "400", "no number"),
                    List.of("POST / HTTP/1.1|Host: a|Content-Length: -1||", "400", "no number"),
                    List.of("POST / HTTP/1.1|Host: a|Content-Length: 0x1||", "400", "no number"),
                    List.of("POST / HTTP/1.1|Host: a|Content-Length: 1 2||", "400", "no number"),
                    List.of(
                            "POST / HTTP/1.1|Host: a|Content-Length: \u0661||"
                                    .replace("\u0661", "\u00b9"),
                            "400",
                            "no number"),
                    List.of("POST / HTTP/1.1|Host: a|Content-Length:||", "400", "empty"),
                    List.of(
                            "POST / HTTP/1.1|Host: a|Content-Length: 99999999999999999999||",
                            "413",
                            "bounds"),
                    List.of(
                            "POST / HTTP/1.1|Host: a|Content-Length: 1|Transfer-Encoding:"
                                    + " chunked||",
                            "400",
                            "both"),
                    List.of(
                            "POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked|Content-Length:"
                                    + " 0||",
                            "400",
                            "both"),
                    List.of(
                            "POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked|Transfer-Encoding:"
                                    + " chunked||",
                            "400",
                            "more than one"),
                    List.of(
                            "POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked, chunked||",
                            "501",
                            "chunked"),
                    List.of(
                            "POST / HTTP/1.1|Host: a|Transfer-Encoding: gzip, chunked||",
                            "501",
                            "chunked"),
                    List.of(
                            "POST / HTTP/1.1|Host: a|Transfer-Encoding: xchunked||",
                            "501",
                            "chunked"),
                    List.of(
                            "POST / HTTP/1.1|Host: a|Transfer-Encoding: identity||",
                            "501",
                            "chunked"),
                    List.of(
                            "POST / HTTP/1.1|Host: a|Transfer-Encoding: \"chunked\"||",
                            "501",
                            "chunked"),
                    List.of("POST / HTTP/1.1|Host: a|Transfer-Encoding:||", "501", "chunked"),
                    List.of(
                            "POST / HTTP/1.1|Host: a|Transfer-Encoding : chunked||",
                            "400",
                            "before the colon"),
                    List.of(
                            "POST / HTTP/1.1|Host: a|Transfer-Encoding:\u000bchunked||",
                            "400",
                            "0x0B"),
                    List.of(
                            "POST / HTTP/1.0|Host: a|Transfer-Encoding: chunked||",
                            "400",
                            "HTTP/1.0"),
                    List.of("POST / HTTP/1.1|Host: a|Expect: miracles||", "417", "100-continue"));

    private static byte[] bytes(String text) {
        String lines = text.contains("\r\nHost") ? text : text.replace("|", "\r\n");
        return lines.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Parses what comes in such pieces; the result, or the error, as a text. */
    private static String parsed(Limits limits, byte[] bytes, int... ends) {
        var head = new RequestHead(limits);
        var buffer = new byte[bytes.length + 7];
        int base = 7;
        System.arraycopy(bytes, 0, buffer, base, bytes.length);
        head.in(buffer, base);
        try {
            for (int end : ends) {
                byte[] soFar = Arrays.copyOf(buffer, base + end); // nothing is looked at too early
                head.in(soFar, base);
                if (head.parse(base + end)) {
                    return said(head) + " at " + head.length();
                }
            }
            return "incomplete";
        } catch (HttpException e) {
            assertTrue(e.isFatal());
            return e.status() + " " + e.getMessage();
        }
    }

    private static String said(RequestHead head) {
        return head.method()
                + " "
                + head.target()
                + " host="
                + head.host()
                + " v"
                + head.minor()
                + (head.wantsClose() ? " close" : "")
                + (head.contentLength() >= 0 ? " length=" + head.contentLength() : "")
                + (head.isChunked() ? " chunked" : "")
                + (head.expectsContinue() ? " continue" : "")
                + (head.wantsUpgrade() ? " upgrade" : "");
    }

    /** In one piece; any other way must have the same result. */
    private static String parsedInEachWay(Limits limits, byte[] bytes) {
        int n = bytes.length;
        String whole = parsed(limits, bytes, n);
        var all = new int[n];
        Arrays.setAll(all, i -> i + 1);
        String name = new String(bytes, StandardCharsets.ISO_8859_1);
        assertEquals(whole, parsed(limits, bytes, all), () -> "byte by byte: " + name);
        for (int cut = 1; cut < n; cut++) {
            int at = cut;
            assertEquals(
                    whole,
                    parsed(limits, bytes, cut, n),
                    () -> "cut at " + at + ": " + Text.shown(name));
        }
        return whole;
    }

    @Test
    void aGoodRequestIsUnderstoodHoweverItComes() {
        for (List<String> good : GOOD) {
            byte[] bytes = bytes(good.getFirst());
            assertEquals(
                    good.get(1) + " at " + bytes.length,
                    parsedInEachWay(Limits.defaults(), bytes),
                    good.getFirst());
        }
    }

    @Test
    void aBadRequestIsRefusedHoweverItComes() {
        for (List<String> bad : BAD) {
            String result = parsedInEachWay(Limits.defaults(), bytes(bad.getFirst()));
            assertTrue(
                    result.startsWith(bad.get(1) + " ") && result.contains(bad.get(2)),
                    () -> Text.shown(bad.getFirst()) + " -> " + result);
        }
    }

    @Test
    void whatFollowsTheHeadIsNotTaken() {
        byte[] two = bytes("GET /1 HTTP/1.1|Host: a||GET /2 HTTP/1.1|Host: b||");
        assertEquals("GET /1 host=a v1 at 28", parsed(Limits.defaults(), two, two.length));
    }

    @Test
    void theLimitsAreExactHoweverItComes() {
        String line = "GET /" + "x".repeat(19) + " HTTP/1.1";
        assertEquals(33, line.length());
        String shorter = line.replaceFirst("x", "");
        String rest = "|Host: a||";
        assertTrue(parsedInEachWay(SMALL, bytes(shorter + rest)).startsWith("GET"));
        assertTrue(parsedInEachWay(SMALL, bytes(line + rest)).startsWith("414 "));
        assertTrue(parsedInEachWay(SMALL, bytes("x".repeat(40))).startsWith("414 "));
        assertTrue(parsedInEachWay(SMALL, bytes("x".repeat(40) + "\n")).startsWith("414 "));
        String fields = "Host: a|X: " + "y".repeat(64 - 9 - 5);
        assertTrue(
                parsedInEachWay(SMALL, bytes("GET / HTTP/1.1|" + fields + "||")).startsWith("GET"));
        for (String more : List.of("y||", "yy||", "yyy||", "yyyyyyyyyyyyy", "y\n", "yyyyy\0")) {
            String result = parsedInEachWay(SMALL, bytes("GET / HTTP/1.1|" + fields + more));
            assertTrue(
                    result.startsWith("431 ") || more.equals("y\n") && result.startsWith("400"),
                    more + " -> " + result);
        }
        String five = "GET / HTTP/1.1|Host: a|A:|B:|C:|";
        assertTrue(parsedInEachWay(SMALL, bytes(five + "|")).startsWith("GET"));
        assertTrue(parsedInEachWay(SMALL, bytes(five + "D:||")).contains("more than 4 header"));
    }

    @Test
    void eachFieldIsFoundInAnyCase() {
        var head = new RequestHead(Limits.defaults());
        byte[] b = bytes("GET / HTTP/1.1|Host: a|X-One: 1|x-two:2|X-ONE: 3|E:||");
        head.in(b, 0);
        assertTrue(head.parse(b.length));
        assertEquals("1", head.get("x-one").orElseThrow());
        assertEquals("2", head.get("X-Two").orElseThrow());
        assertEquals("", head.get("e").orElseThrow());
        assertFalse(head.get("x-on").isPresent());
        assertEquals(5, head.size());
    }

    @Test
    void aHeadIsUsedAgainWithoutATraceOfTheLastOne() {
        var head = new RequestHead(Limits.defaults());
        for (List<String> good : GOOD) {
            byte[] b = bytes(good.getFirst());
            head.reset();
            head.in(b, 0);
            assertTrue(head.parse(b.length));
            assertEquals(good.get(1), said(head));
        }
    }

    @Test
    void aLogSeesTheFirstLineAndNothingBehindIt() {
        for (String text :
                List.of("GET foo HTTP/1.1|Cookie: secret||", "GET / HTTP/1.1|Cookie: secret|")) {
            var head = new RequestHead(Limits.defaults());
            byte[] b = bytes(text);
            head.in(b, 0);
            try {
                assertFalse(head.parse(b.length));
            } catch (HttpException e) {
                assertEquals(400, e.status());
            }
            String line = head.firstLine(b.length);
            assertTrue(line.startsWith("GET ") && !line.contains("ecre"), line);
        }
    }

    @Test
    void whateverComesIsRefusedOrUnderstood() {
        var random = new Random(5);
        String alphabet =
                "GET / HTTP/1.1\r\n\r\n: \thostcontent-length:chunked0123\0\u007f\u00e9#*[]%";
        for (int i = 0; i < 20_000; i++) {
            byte[] b = bytes(GOOD.get(random.nextInt(GOOD.size())).getFirst());
            for (int j = random.nextInt(4); j >= 0; j--) {
                b[random.nextInt(b.length)] =
                        (byte) alphabet.charAt(random.nextInt(alphabet.length()));
            }
            int cut = 1 + random.nextInt(b.length);
            assertEquals(
                    parsed(Limits.defaults(), b, b.length),
                    parsed(Limits.defaults(), b, cut, b.length));
        }
    }

    @Test
    void fieldsOfATrailerMustNotSayWhereItEnds() {
        for (String name : List.of("Host", "Content-Length", "TRANSFER-encoding")) {
            var trailer = RequestHead.ofTrailer(Limits.defaults());
            byte[] b = bytes(name + ": 1||");
            trailer.in(b, 0);
            var e = assertThrows(HttpException.class, () -> trailer.parse(b.length));
            assertEquals(400, e.status(), name.toLowerCase(Locale.ROOT));
        }
    }
}
