package dev.jevent.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/**
 * What two servers in a row might understand differently ends in its status, the end of the
 * connection, one problem, and a server that goes on: what follows is never taken for a request.
 */
class SmugglingTest extends HttpScenario {

    private static final String POST = "POST / HTTP/1.1\r\nHost: a\r\n";
    private static final String CHUNKED = POST + "Transfer-Encoding: chunked\r\n\r\n";
    private static final String SECRET = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

    private static final List<List<String>> BAD =
            List.of(
                    List.of(POST + "Content-Length: 3\r\nContent-Length: 0\r\n\r\nabc", "400"),
                    List.of(POST + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", "400"),
                    List.of(POST + "Content-Length: 3, 3\r\n\r\nabc", "400"),
                    List.of(POST + "Content-Length: +3\r\n\r\nabc", "400"),
                    List.of(POST + "Content-Length: -0\r\n\r\n", "400"),
                    List.of(
                            POST
                                    + "Content-Length: 3\r\n"
                                    + "Transfer-Encoding: chunked\r\n\r\n"
                                    + "0\r\n\r\n",
                            "400"),
                    List.of(
                            POST
                                    + "Transfer-Encoding: chunked\r\n"
                                    + "Content-Length: 3\r\n\r\n"
                                    + "0\r\n\r\n",
                            "400"),
                    List.of(POST + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", "501"),
                    List.of(POST + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", "501"),
                    List.of(POST + "Transfer-Encoding:\u000bchunked\r\n\r\n0\r\n\r\n", "400"),
                    List.of(POST + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", "400"),
                    List.of(POST + "X: y\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"),
                    List.of(POST + "X: y\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"),
                    List.of(POST + "X: y\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"),
                    List.of(POST + "X: \0\r\n\r\n", "400"),
                    List.of("GET / HTTP/1.1\nHost: a\n\n", "400"),
                    List.of("GET / HTTP/1.1\r\n\r\n", "400"),
                    List.of("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400"),
                    List.of("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "400"),
                    List.of("GET / HTTP/1.1\r\nHost : a\r\n\r\n", "400"),
                    List.of("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
                    List.of("GET / HTTP/3.0\r\nHost: a\r\n\r\n", "505"),
                    List.of(CHUNKED + "3 \r\nabc\r\n0\r\n\r\n", "400"),
                    List.of(CHUNKED + "+3\r\nabc\r\n0\r\n\r\n", "400"),
                    List.of(CHUNKED + "0x3\r\nabc\r\n0\r\n\r\n", "400"),
                    List.of(CHUNKED + "3\nabc\r\n0\r\n\r\n", "400"),
                    List.of(CHUNKED + "3\r\nabcd\r\n0\r\n\r\n", "400"),
                    List.of(CHUNKED + "3\r\nabc\n0\r\n\r\n", "400"),
                    List.of(CHUNKED + "3\r\nabc0\r\n\r\n", "400"),
                    List.of(CHUNKED + "-1\r\n\r\n", "400"),
                    List.of(CHUNKED + "fffffffffffffffff\r\n\r\n", "400"),
                    List.of(CHUNKED + "3;\nabc\r\n0\r\n\r\n", "400"),
                    List.of(CHUNKED + "0\r\nContent-Length: 3\r\n\r\n", "400"),
                    List.of(CHUNKED + "0\r\nX : y\r\n\r\n", "400"));

    @Test
    void eachEndsInItsStatusAndNothingBehindItIsAnswered() throws Exception {
        var paths = new ArrayList<String>();
        HttpServer server =
                started(
                        (q, p) -> {
                            paths.add(q.path());
                            p.send(q.bytes());
                        });
        int said = 0;
        for (List<String> bad : BAD) {
            String name = Text.shown(bad.getFirst());
            Client c = client(server);
            c.say(bad.getFirst() + SECRET);
            Answer a = c.answer();
            assertEquals(Integer.parseInt(bad.get(1)), a.status(), name);
            assertTrue(a.closes(), name);
            assertTrue(c.isEnded(), name);
            assertEquals(++said, problems.size(), name);
            Problem p = problems.getLast();
            assertEquals(a.status(), p.status(), name);
            assertTrue(p.toString().lines().count() == 1 && !p.message().isEmpty(), p.toString());
            assertTrue(a.text().contains(p.message()), a.text());
            c.close();
        }
        assertTrue(!paths.contains("/smuggled"), paths.toString());
        assertEquals(200, get(server, "/").status());
        assertEquals(said, server.problems());
        assertEquals(List.of(), reports);
    }

    @Test
    void aBadBodyThatNobodyReadsIsNotTheNextRequest() throws Exception {
        HttpServer server = started((q, p) -> p.send("x"));
        for (List<String> bad : BAD.subList(22, BAD.size())) {
            Client c = client(server);
            c.say(bad.getFirst() + SECRET);
            assertEquals(200, c.answer().status());
            assertTrue(c.isEnded(), Text.shown(bad.getFirst()));
            c.close();
        }
        assertEquals(BAD.size() - 22, server.requests());
        assertEquals(BAD.size() - 22, problems.size());
    }

    @Test
    void whatASplitResponseNeedsIsRefused() throws Exception {
        List<String> names = List.of("", "a b", "a:", "a\r\nb", "a\n", "\0", "\u00e9", "a\u0100");
        List<String> values =
                List.of("a\r\nb", "a\n", "a\r", "\0", "\u0100", "\u007f", "\u010d\u010a");
        HttpServer server =
                started(
                        (q, p) -> {
                            for (String n : names) {
                                refused(() -> p.header(n, "v"));
                                refused(() -> p.trailer(n, "v"));
                                refused(() -> p.cookie(n, "v"));
                                refused(() -> new HttpException(500).header(n, "v"));
                            }
                            for (String v : values) {
                                refused(() -> p.header("N", v));
                                refused(() -> p.addHeader("N", v));
                                refused(() -> p.contentType(v));
                                refused(() -> p.trailer("N", v));
                                refused(() -> p.cookie("N", v));
                                refused(() -> p.cookie("N", "v", v));
                                refused(() -> p.interim(103, java.util.Map.of("N", v)));
                                refused(() -> new HttpException(500).header("N", v));
                            }
                            for (String v : List.of("a;b", "a b", "a,b", "\"", "\\")) {
                                refused(() -> p.cookie("N", v));
                            }
                            for (String n :
                                    List.of("Transfer-Encoding", "content-length", "Host")) {
                                refused(() -> p.trailer(n, "1"));
                            }
                            refused(() -> p.header("Transfer-Encoding", "chunked"));
                            refused(() -> p.header("Connection", "upgrade"));
                            refused(() -> p.header("Content-Length", "-1"));
                            refused(() -> p.header("Content-Length", "x"));
                            refused(() -> p.status(199));
                            refused(() -> p.status(600));
                            refused(() -> p.interim(101, java.util.Map.of()));
                            p.header("X-Latin", "\u00e9\t!").send("fine");
                        });
        Answer a = get(server, "/");
        assertEquals("fine", a.text());
        assertEquals("\u00e9\t!", a.field("X-Latin"));
        assertEquals(4, a.fields().size(), a.toString());
    }

    private static void refused(dev.jevent.Action action) {
        Throwable e = thrownBy(action);
        assertTrue(e instanceof IllegalArgumentException, String.valueOf(e));
    }
}
