package dev.jevent.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

class RouterTest extends StaticFilesScenario {

    private static HttpHandler says(String text) {
        return (request, response) -> response.send(text);
    }

    private static HttpHandler says(String route, String... names) {
        return (request, response) -> {
            var text = new StringBuilder(route);
            for (String name : names) {
                text.append(' ').append(name).append('=').append(Router.parameter(request, name));
            }
            response.send(text.toString());
        };
    }

    @Test
    void theMostExactPatternWins() throws Exception {
        serve(
                new Router()
                        .get("/", says("home"))
                        .get("/rooms", says("rooms"))
                        .get("/rooms/", says("rooms/"))
                        .get("/rooms/{name}", says("room", "name"))
                        .get("/rooms/new", says("new"))
                        .get("/rooms/{name}/users/{id}", says("user", "name", "id"))
                        .get("/rooms/new/users", says("new users"))
                        .get("/rooms/{room}/log/*", says("log", "room", "*"))
                        .get("/static/*", says("static", "*"))
                        .get("/static/special", says("special"))
                        .get("/caf\u00e9/a b", says("cafe"))
                        .get("/a/b/{x}", says("abx", "x"))
                        .get("/a/{y}/c", says("ayc", "y")));
        String[][] table = {
            {"/", "home"},
            {"/?q=1", "home"},
            {"/rooms", "rooms"},
            {"/rooms/", "rooms/"},
            {"/rooms/blue", "room name=blue"},
            {"/rooms/blue?x=/y", "room name=blue"},
            {"/rooms/new", "new"},
            {"/rooms/newer", "room name=newer"},
            {"/rooms/ne", "room name=ne"},
            {"/rooms/n%65w", "new"},
            {"/r%6Foms/x", "room name=x"},
            {"/rooms/a%2Fb", "room name=a/b"},
            {"/rooms/%2F", "room name=/"},
            {"/rooms/a%252Fb", "room name=a%2Fb"},
            {"/rooms/gr%C3%BCn", "room name=gr\u00fcn"},
            {"/rooms/a+b", "room name=a+b"},
            {"/rooms/...", "room name=..."},
            {"/rooms/new/users", "new users"},
            {"/rooms/new/users/7", "user name=new id=7"},
            {"/rooms/b/users/7", "user name=b id=7"},
            {"/rooms/b/log", "log room=b *="},
            {"/rooms/b/log/", "log room=b *="},
            {"/rooms/b/log/x/y%2Fz/", "log room=b *=x/y%2Fz/"},
            {"/static", "static *="},
            {"/static/a/b", "static *=a/b"},
            {"/static//a", "static *=/a"},
            {"/static/special", "special"},
            {"/static/special/", "static *=special/"},
            {"/caf%C3%A9/a%20b", "cafe"},
            {"/a/b/c", "abx x=c"},
            {"/a/z/c", "ayc y=z"},
            {"http://test/rooms/blue", "room name=blue"}
        };
        for (String[] row : table) {
            Reply reply = get(row[0]);
            assertEquals(200, reply.status(), row[0]);
            assertEquals(row[1], reply.text(), row[0]);
        }
    }

    @Test
    void whatIsNowhereIsNotFound() throws Exception {
        serve(
                new Router()
                        .get("/rooms/{name}", says("room", "name"))
                        .get("/a/b", says("ab"))
                        .get("/s/*", says("s")));
        for (String target :
                List.of(
                        "/",
                        "//",
                        "/room",
                        "/rooms",
                        "/rooms/",
                        "/rooms/a/",
                        "/rooms/a/b",
                        "/rooms/.",
                        "/rooms/..",
                        "/rooms/%2e%2E",
                        "/a",
                        "/a/",
                        "/a/b/",
                        "/a%2Fb",
                        "//a/b",
                        "/A/b",
                        "/sx")) {
            assertEquals(404, get(target).status(), target);
        }
        assertEquals(400, get("/rooms/%zz").status());
        assertEquals(400, get("/rooms/%ff").status());
    }

    @Test
    void theMethodIsAPartOfTheRoute() throws Exception {
        serve(
                new Router()
                        .get("/x", says("got"))
                        .post("/x", says("posted"))
                        .put("/y", says("put"))
                        .patch("/y", says("patched"))
                        .delete("/y", says("deleted"))
                        .on("PURGE", "/y", says("purged"))
                        .get("/users/me", says("me"))
                        .delete("/users/{id}", says("delete", "id"))
                        .on("HEAD", "/h", (q, p) -> p.header("X", "head").send())
                        .get("/h", (q, p) -> p.header("X", "get").send("body"))
                        .on("OPTIONS", "/o", says("options"))
                        .any("/any", (q, p) -> p.send(q.method()))
                        .get("/any", says("got any")));
        String[][] table = {
            {"GET", "/x", "got"},
            {"POST", "/x", "posted"},
            {"PUT", "/y", "put"},
            {"PATCH", "/y", "patched"},
            {"DELETE", "/y", "deleted"},
            {"PURGE", "/y", "purged"},
            {"GET", "/users/me", "me"},
            {"DELETE", "/users/me", "delete id=me"},
            {"OPTIONS", "/o", "options"},
            {"GET", "/any", "got any"},
            {"POST", "/any", "POST"},
            {"OPTIONS", "/any", "OPTIONS"}
        };
        for (String[] row : table) {
            assertEquals(row[2], ask(row[0], row[1]).text(), row[0] + " " + row[1]);
        }
        String[][] refused = {
            {"DELETE", "/x", "GET, HEAD, OPTIONS, POST"},
            {"get", "/x", "GET, HEAD, OPTIONS, POST"},
            {"GET", "/y", "DELETE, OPTIONS, PATCH, PURGE, PUT"},
            {"PUT", "/users/me", "DELETE, GET, HEAD, OPTIONS"},
            {"PUT", "/users/7", "DELETE, OPTIONS"}
        };
        for (String[] row : refused) {
            Reply reply = ask(row[0], row[1]);
            assertEquals(405, reply.status(), row[0] + " " + row[1]);
            assertEquals(row[2], reply.field("Allow"));
            reply = ask("OPTIONS", row[1]);
            assertEquals(204, reply.status());
            assertEquals(row[2], reply.field("Allow"));
        }
        assertEquals(
                "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PURGE, PUT",
                ask("OPTIONS", "*").field("Allow"));
        assertEquals(404, ask("OPTIONS", "/nothing").status());
    }

    @Test
    void headIsAnsweredByGet() throws Exception {
        serve(
                new Router()
                        .get("/x", says("four"))
                        .on("HEAD", "/h", (q, p) -> p.header("X", "head").send())
                        .get("/h", says("body")));
        Reply reply = ask("HEAD", "/x");
        assertEquals(200, reply.status());
        assertEquals("4", reply.field("Content-Length"));
        assertEquals("head", ask("HEAD", "/h").field("X"));
    }

    @Test
    void anotherHandlerMayAnswerTheRest() throws Exception {
        serve(
                new Router()
                        .get("/x", says("x"))
                        .otherwise((q, p) -> p.status(404).send("mine: " + q.path())));
        Reply reply = get("/y");
        assertEquals(404, reply.status());
        assertEquals("mine: /y", reply.text());
        assertEquals(405, ask("POST", "/x").status());
    }

    @Test
    void routersAndFiltersNest() throws Exception {
        Router inner =
                new Router().get("/api/{version}/users/{id}", says("user", "version", "id", "*"));
        HttpHandler filter =
                (q, p) -> {
                    Response ignored = p.header("X-Filter", "yes");
                    inner.handle(q, p);
                };
        serve(new Router().any("/api/*", filter));
        Reply reply = get("/api/2/users/7");
        assertEquals("user version=2 id=7 *=2/users/7", reply.text());
        assertEquals("yes", reply.field("X-Filter"));
        assertEquals(404, get("/api/2").status());
    }

    @Test
    void staticFilesFitBehindIt() throws Exception {
        file("a b.txt", "text");
        file("index.html", "index");
        serve(
                new Router()
                        .get("/", says("home"))
                        .any("/static/*", new StaticFiles(folder()).prefix("/static")));
        assertEquals("text", get("/static/a%20b.txt").text());
        assertEquals("index", get("/static/").text());
        assertEquals("./static/", get("/static").field("Location"));
        assertEquals(405, ask("POST", "/static/x").status());
        assertEquals(404, get("/static/../x").status());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "a/b",
                "/*/a",
                "/a*",
                "/{a}b",
                "/b{a}",
                "/{}",
                "/{a",
                "/a}",
                "/{a b}",
                "/{a}/{a}",
                "//",
                "/a//b",
                "/./a",
                "/../a",
                "/a/..",
                "/a?b",
                "/a#b",
                "/{*}"
            })
    void aBadPatternIsRefused(String pattern) {
        Throwable e = thrownBy(() -> new Router().get(pattern, says("x")));
        assertInstanceOf(IllegalArgumentException.class, e, pattern);
        assertTrue(e.getMessage().contains("\"" + pattern + "\""), e.getMessage());
    }

    @Test
    void mistakesAreToldAtTheDoor() throws Exception {
        Router router = new Router().get("/a/{x}", says("x", "y"));
        assertInstanceOf(
                IllegalArgumentException.class, thrownBy(() -> router.get("/a/{z}", says("z"))));
        assertInstanceOf(
                IllegalArgumentException.class, thrownBy(() -> router.on("G T", "/", says("z"))));
        assertInstanceOf(NullPointerException.class, thrownBy(() -> router.get("/n", null)));
        serve(router);
        assertEquals(500, get("/a/1").status(), "there is no {y}");
        assertInstanceOf(IllegalArgumentException.class, reports.getFirst().error());
        assertInstanceOf(IllegalStateException.class, thrownBy(() -> router.get("/b", says("z"))));
    }

    @Test
    void manyRoutesAreToldApart() throws Exception {
        var router = new Router();
        for (int i = 0; i < 300; i++) {
            Router ignored = router.get("/r" + i + "/{id}/x" + i % 7, says(i + "", "id"));
        }
        serve(router);
        for (int i = 0; i < 300; i += 13) {
            assertEquals(i + " id=a", get("/r" + i + "/a/x" + i % 7).text());
            assertEquals(404, get("/r" + i + "/a/x" + (i + 1) % 7).status());
        }
    }
}
