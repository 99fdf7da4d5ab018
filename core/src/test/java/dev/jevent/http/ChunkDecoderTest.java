package dev.jevent.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Every input is decoded in one piece, byte by byte, and in two pieces cut at each place. */
class ChunkDecoderTest {

    private static final List<List<String>> GOOD =
            List.of(
                    List.of("0||", ""),
                    List.of("1|a|0||", "a"),
                    List.of("3|abc|2|de|0||", "abcde"),
                    List.of("00A|0123456789|00||", "0123456789"),
                    List.of("a|0123456789|0||", "0123456789"),
                    List.of("1;x=y|a|0;z||", "a"),
                    List.of("1;x=\"\t\u00e9\"|a|0||", "a"),
                    List.of("2|\r\n|0||", "\r\n"),
                    List.of("1|a|0|X: y|Z:||", "a X: y Z: "));

    private static final List<List<String>> BAD =
            List.of(
                    List.of("|", "without a size"),
                    List.of(";x|", "without a size"),
                    List.of("g|", "without a size"),
                    List.of("-1|", "without a size"),
                    List.of("+1|", "without a size"),
                    List.of(" 1|", "without a size"),
                    List.of("1 |", "bad character in the size"),
                    List.of("0x1|", "bad character in the size"),
                    List.of("1_0|", "bad character in the size"),
                    List.of("1\n", "bad character in the size"),
                    List.of("\u00b2|", "without a size"),
                    List.of("1\rx", "does not end in CRLF"),
                    List.of("1;\n", "extension"),
                    List.of("1;\0", "extension"),
                    List.of("1;\rx", "does not end in CRLF"),
                    List.of("0000000000000001|", "beyond all bounds"),
                    List.of("ffffffffffffffff|", "beyond all bounds"),
                    List.of("1|ab|", "longer than its size"),
                    List.of("1|a\n", "longer than its size"),
                    List.of("1|a\rb", "does not end in CRLF"),
                    List.of("0|X : y||", "before the colon"),
                    List.of("0| X: y||", "begins with a space"),
                    List.of("0|X\n|", "LF without CR"),
                    List.of("0|Content-Length: 1||", "must not be there"),
                    List.of("0|Transfer-Encoding: chunked||", "must not be there"),
                    List.of("0|GET / HTTP/1.1|Host: a||", "before the colon"));

    private static byte[] bytes(String text) {
        return text.replace("|", "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String decoded(Limits limits, byte[] bytes, int... ends) {
        var decoder = new ChunkDecoder(limits);
        var data = new StringBuilder();
        int at = 0;
        try {
            for (int end : ends) {
                byte[] soFar = Arrays.copyOf(bytes, end);
                at = decoder.skip(soFar, at, end);
                while (at < end && decoder.left() > 0) {
                    int n = (int) Math.min(end - at, decoder.left());
                    data.append(new String(soFar, at, n, StandardCharsets.ISO_8859_1));
                    decoder.took(n);
                    at = decoder.skip(soFar, at + n, end);
                }
                if (decoder.isDone()) {
                    decoder.trailers()
                            .forEach((n, v) -> data.append(' ').append(n).append(": ").append(v));
                    return data + " at " + at;
                }
            }
            return "incomplete";
        } catch (HttpException e) {
            assertTrue(e.isFatal());
            return e.status() + " " + e.getMessage();
        }
    }

    private static String decodedInEachWay(Limits limits, byte[] bytes) {
        int n = bytes.length;
        String whole = decoded(limits, bytes, n);
        var all = new int[n];
        Arrays.setAll(all, i -> i + 1);
        assertEquals(whole, decoded(limits, bytes, all));
        for (int cut = 1; cut < n; cut++) {
            assertEquals(whole, decoded(limits, bytes, cut, n));
        }
        return whole;
    }

    @Test
    void aGoodBodyIsTheSameHoweverItComes() {
        for (List<String> good : GOOD) {
            byte[] bytes = bytes(good.getFirst());
            assertEquals(
                    good.get(1) + " at " + bytes.length,
                    decodedInEachWay(Limits.defaults(), bytes));
        }
    }

    @Test
    void aBadBodyIsRefusedHoweverItComes() {
        for (List<String> bad : BAD) {
            String result = decodedInEachWay(Limits.defaults(), bytes(bad.getFirst()));
            assertTrue(
                    result.startsWith("400 ") && result.contains(bad.get(1)),
                    () -> Text.shown(bad.getFirst()) + " -> " + result);
        }
    }

    @Test
    void whatFollowsIsNotTaken() {
        byte[] b = bytes("1|a|0|X: y||GET / HTTP/1.1|");
        assertEquals("a X: y at 17", decoded(Limits.defaults(), b, b.length));
    }

    @Test
    void aTrailerHasTheLimitsOfAHeader() {
        Limits small = Limits.defaults().headerBytes(32).headers(2);
        assertTrue(decodedInEachWay(small, bytes("0|" + "x".repeat(40))).startsWith("431 "));
        assertTrue(decodedInEachWay(small, bytes("0|A:|B:|C:||")).startsWith("431 "));
    }

    @Test
    void extensionsMayNotBeMuchMoreThanTheData() {
        byte[] flood = bytes(("1;" + "x".repeat(1000) + "|a|").repeat(17));
        assertTrue(decoded(Limits.defaults(), flood, flood.length).contains("extensions"));
        byte[] signed =
                bytes(("800;" + "x".repeat(1000) + "|" + "d".repeat(2048) + "|").repeat(40));
        assertEquals("incomplete", decoded(Limits.defaults(), signed, signed.length));
    }
}
