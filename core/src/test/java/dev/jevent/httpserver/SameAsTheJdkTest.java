package dev.jevent.httpserver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.Authenticator;
import com.sun.net.httpserver.BasicAuthenticator;
import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpHandlers;
import com.sun.net.httpserver.HttpPrincipal;
import com.sun.net.httpserver.Request;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Requests, contexts and filters, in which the JDK's own server and ours must say and do the same.
 */
class SameAsTheJdkTest extends ProviderScenario {

    // ---- contexts

    @Test
    void theLongestPrefixIsTheContext() throws Exception {
        same(
                (server, events) -> {
                    for (String path : List.of("/", "/apps/", "/apps/foo/", "/foo", "/ä")) {
                        HttpContext context = server.createContext(path);
                        context.setHandler(
                                e -> answer(e, 200, context.getPath() + " " + e.getRequestURI()));
                    }
                },
                Talk.get("/apps/foo/bar"),
                Talk.get("/apps/Foo/bar"),
                Talk.get("/apps/app1"),
                Talk.get("/apps"),
                Talk.get("/foo"),
                Talk.get("/foobar"),
                Talk.get("/foo/bar?x=/apps/"),
                Talk.get("/ap%70s/foo/?a=b"),
                Talk.get("/%C3%A4/x"),
                Talk.get("/../apps/"),
                "GET http://else.where:1/apps/foo/ HTTP/1.1\r\nHost: else.where:1\r\n\r\n");
    }

    @Test
    void aContextCanBeRemovedWhileTheServerRuns() throws Exception {
        same(
                (server, events) -> {
                    handle(server, e -> answer(e, 200, "root"));
                    HttpContext a = server.createContext("/a", e -> answer(e, 200, "a"));
                    server.createContext(
                            "/a/remove",
                            e -> {
                                server.removeContext(a);
                                events.add(thrown(() -> server.removeContext(a)));
                                server.removeContext("/a/remove");
                                events.add(thrown(() -> server.removeContext("/a/remove")));
                                answer(e, 200, e.getHttpContext().getPath());
                            });
                },
                Talk.get("/a"),
                Talk.get("/a/remove"),
                Talk.get("/a/remove"),
                Talk.get("/a"));
    }

    @Test
    void statusOfWhatNobodyAnswers() throws Exception {
        for (String target : List.of("/nothing", "/none", "//none", "/%zz", "/{}", "/a\\b")) {
            Client client =
                    (talk, events) -> events.add(talk.ask(Talk.get(target)).status() + target);
            same(
                    (server, events) -> {
                        HttpContext ignored = server.createContext("/none");
                    },
                    client);
        }
    }

    // ---- filters, authenticators, attributes

    private static Filter filter(String name, List<String> events) {
        return new Filter() {
            @Override
            public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
                events.add(name + " before " + exchange.getPrincipal());
                exchange.getResponseHeaders().add("X-Filter", name);
                chain.doFilter(exchange);
                events.add(
                        name
                                + " after "
                                + exchange.getResponseCode()
                                + " "
                                + exchange.getPrincipal()
                                + " "
                                + exchange.getRequestURI()
                                + " "
                                + exchange.getRemoteAddress().getAddress());
            }

            @Override
            public String description() {
                return name;
            }
        };
    }

    @Test
    void filtersAreAroundTheHandlerInTheirOrder() throws Exception {
        List<String> events =
                same(
                        (server, e) -> {
                            HttpContext context =
                                    server.createContext("/", x -> answer(x, 201, "made"));
                            context.getFilters().add(filter("one", e));
                            context.getFilters().add(filter("two", e));
                        },
                        once(4, Talk.get("/a"), Talk.get("/b")));
        assertEquals(10, events.size());
    }

    @Test
    void theFiltersOfTheJdkWork() throws Exception {
        same(
                (server, events) -> {
                    HttpHandler echo =
                            e ->
                                    answer(
                                            e,
                                            200,
                                            e.getRequestMethod()
                                                    + e.getRequestURI()
                                                    + e.getRequestHeaders().getFirst("X-Added"));
                    HttpHandler other =
                            HttpHandlers.of(418, Headers.of("X-Tea", "pot"), "no coffee");
                    HttpContext context =
                            server.createContext(
                                    "/",
                                    HttpHandlers.handleOrElse(
                                            r -> r.getRequestMethod().equals("GET"), echo, other));
                    List<Filter> filters = context.getFilters();
                    filters.add(
                            Filter.beforeHandler(
                                    "b", e -> e.getResponseHeaders().set("X-Before", "yes")));
                    filters.add(
                            Filter.afterHandler(
                                    "a", e -> events.add("after " + e.getResponseCode())));
                    filters.add(
                            Filter.adaptRequest(
                                    "r", (Request r) -> r.with("X-Added", List.of("1"))));
                },
                once(1, Talk.get("/x"), Talk.post("/y", "body")));
    }

    private static String authorized(String credentials) {
        return "GET / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic "
                + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8))
                + "\r\n\r\n";
    }

    @Test
    void basicAuthenticationComesAfterTheFilters() throws Exception {
        same(
                (server, events) -> {
                    HttpContext context =
                            server.createContext(
                                    "/", e -> answer(e, 200, "hello " + e.getPrincipal()));
                    context.getFilters().add(filter("f", events));
                    Authenticator basic =
                            new BasicAuthenticator("here", StandardCharsets.UTF_8) {
                                @Override
                                public boolean checkCredentials(String user, String password) {
                                    return user.equals("ann") && password.equals("sécret");
                                }
                            };
                    events.add("" + context.setAuthenticator(basic));
                    events.add("" + (context.getAuthenticator() == basic));
                },
                once(
                        2,
                        Talk.get("/"),
                        authorized("ann:wrong"),
                        authorized("ann:sécret"),
                        Talk.post("/", "a body that nobody wants"),
                        authorized("ann:sécret")));
    }

    @Test
    void anAuthenticatorMayAnswerAnything() throws Exception {
        same(
                (server, events) -> {
                    HttpContext context = server.createContext("/", e -> answer(e, 200, "in"));
                    context.setAuthenticator(
                            new Authenticator() {
                                @Override
                                public Result authenticate(HttpExchange e) {
                                    return switch (e.getRequestURI().getPath()) {
                                        case "/retry" -> new Retry(407);
                                        case "/failure" -> new Failure(403);
                                        default -> new Success(new HttpPrincipal("a", "b"));
                                    };
                                }
                            });
                },
                Talk.get("/retry"),
                Talk.post("/failure", "something"),
                Talk.get("/"));
    }

    @Test
    void attributesAreThoseOfTheContext() throws Exception {
        same(
                (server, events) -> {
                    HttpContext context =
                            server.createContext(
                                    "/",
                                    e -> {
                                        String before = "" + e.getAttribute("a");
                                        String query = e.getRequestURI().getQuery();
                                        e.setAttribute("a", query);
                                        events.add(thrown(() -> e.getAttribute(null)));
                                        events.add(thrown(() -> e.setAttribute(null, "")));
                                        answer(e, 200, before + e.getAttribute("b"));
                                    });
                    context.getAttributes().put("b", "of the context");
                },
                once(2, Talk.get("/?1"), Talk.get("/?2"), Talk.get("/"), Talk.get("/?4")));
    }

    // ---- the request

    @Test
    void aHandlerSeesTheRequest() throws Exception {
        same(
                (server, events) ->
                        handle(
                                server,
                                e -> {
                                    Set<String> fields = new TreeSet<>();
                                    e.getRequestHeaders().forEach((n, v) -> fields.add(n + v));
                                    events.add(thrown(() -> e.getRequestHeaders().set("A", "b")));
                                    events.add(
                                            e.getLocalAddress().equals(server.getAddress())
                                                    + " "
                                                    + (e.getHttpContext().getServer() == server));
                                    answer(
                                            e,
                                            200,
                                            e.getRequestMethod()
                                                    + e.getRequestURI()
                                                    + e.getProtocol()
                                                    + fields
                                                    + bodyOf(e));
                                }),
                Talk.lines(
                        "GET /a?b=%20c HTTP/1.1",
                        "hOST: localhost",
                        "x-LONG-name:  a b \t",
                        "X-Twice: 1",
                        "x-twice: 2, 3",
                        "Empty:",
                        "Latin: \u00e4",
                        ""),
                Talk.chunked("/", "3", "abc", "2;x=y", "de", "0", ""),
                "\r\nPOST / HTTP/1.1\r\nHost: a\r\ncontent-length: 3\r\n\r\nxyz",
                "OPTIONS / HTTP/1.1\r\nHost: a\r\n\r\n",
                "PROPFIND / HTTP/1.1\r\nHost: a\r\n\r\n");
    }

    @Test
    void bodiesThatWereNotReadAreNoHindrance() throws Exception {
        same(
                (server, events) ->
                        handle(
                                server,
                                e -> {
                                    InputStream in = e.getRequestBody();
                                    switch (e.getRequestURI().getPath()) {
                                        case "/part" -> events.add("" + in.read());
                                        case "/closed" -> {
                                            in.close();
                                            events.add(thrown(in::read) + thrown(in::available));
                                            in.close();
                                        }
                                        case "/all" -> {
                                            in.readAllBytes();
                                            events.add(in.read() + "" + in.read(new byte[5]));
                                        }
                                        default -> {
                                            answer(e, 200, "at once");
                                            events.add(thrown(in::read));
                                            return;
                                        }
                                    }
                                    answer(e, 200, e.getRequestURI().getPath());
                                }),
                once(
                        1,
                        Talk.post("/none", "x".repeat(10_000)),
                        Talk.post("/part", "x".repeat(10_000)),
                        Talk.post("/closed", "x".repeat(10_000)),
                        Talk.post("/all", "x".repeat(10_000)),
                        Talk.chunked("/closed", "3", "abc", "0", ""),
                        Talk.get("/all")));
    }

    @Test
    void pipelinedRequestsAreAnsweredInTheirOrder() throws Exception {
        same(
                (server, events) ->
                        handle(server, e -> answer(e, 200, e.getRequestURI() + bodyOf(e))),
                (talk, events) -> {
                    talk.say(Talk.get("/1") + Talk.post("/2", "two") + Talk.get("/3"));
                    for (int i = 0; i < 3; i++) {
                        events.add(talk.hear().toString());
                    }
                });
    }

    @Test
    void theStreamsCanBeReplaced() throws Exception {
        same(
                (server, events) -> {
                    HttpContext context = server.createContext("/", e -> answer(e, 200, bodyOf(e)));
                    context.getFilters()
                            .add(
                                    Filter.beforeHandler(
                                            "streams",
                                            e -> {
                                                e.setStreams(null, null);
                                                e.setStreams(
                                                        new ByteArrayInputStream(
                                                                "given"
                                                                        .getBytes(
                                                                                StandardCharsets
                                                                                        .US_ASCII)),
                                                        new Upper(e.getResponseBody()));
                                            }));
                },
                Talk.post("/", "sent"),
                Talk.get("/"));
    }

    private static final class Upper extends FilterOutputStream {
        Upper(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            out.write(Character.toUpperCase(b));
        }
    }
}
