package dev.jevent.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;

class StaticFilesTest extends StaticFilesScenario {

    private static final int[] SIZES = {0, 1, 4095, 8192, 16384, 16385, 70_000, 600_000};

    private StaticFiles files() throws Exception {
        return new StaticFiles(folder());
    }

    // ---- files

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void filesOfAllSizesComeAsTheyAre(boolean blocking) throws Exception {
        for (int size : SIZES) {
            file("f" + size + ".bin", noise(size));
        }
        serve(files().blocking(blocking));
        try (Socket socket = connect()) { // one connection: each answer ends where it says
            for (int size : SIZES) {
                send(socket, "GET", "/f" + size + ".bin");
                Reply reply = read(socket.getInputStream(), false);
                assertEquals(200, reply.status());
                assertArrayEquals(noise(size), reply.body(), size + " bytes");
                assertEquals("application/octet-stream", reply.field("Content-Type"));
                assertEquals("nosniff", reply.field("X-Content-Type-Options"));
                assertEquals("bytes", reply.field("Accept-Ranges"));
                assertEquals(OLD_DATE, reply.field("Last-Modified"));
                assertTrue(reply.field("ETag").startsWith("\""), reply.field("ETag"));
            }
        }
        assertEquals(0, openFiles());
        assertEquals(List.of(), reports);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void headSaysWhatGetWould(boolean blocking) throws Exception {
        for (int size : SIZES) {
            file("f" + size, noise(size));
        }
        serve(files().blocking(blocking));
        try (Socket socket = connect()) {
            for (int size : SIZES) {
                send(socket, "HEAD", "/f" + size, "Range: bytes=0-0");
                Reply reply = read(socket.getInputStream(), true);
                assertEquals(200, reply.status());
                assertEquals(size + "", reply.field("Content-Length"));
            }
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInTheirOrder() throws Exception {
        for (int i = 0; i < 20; i++) {
            file("f" + i, noise(i * 1500));
        }
        serve(files());
        try (Socket socket = connect()) {
            for (int i = 0; i < 20; i++) {
                send(socket, "GET", "/f" + i);
            }
            for (int i = 0; i < 20; i++) {
                assertArrayEquals(noise(i * 1500), read(socket.getInputStream(), false).body());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "a.html,text/html; charset=utf-8",
        "A.HTML,text/html; charset=utf-8",
        "a.css,text/css; charset=utf-8",
        "a.min.js,text/javascript; charset=utf-8",
        "a.mjs,text/javascript; charset=utf-8",
        "a.json,application/json",
        "a.svg,image/svg+xml",
        "a.png,image/png",
        "a.jpeg,image/jpeg",
        "a.woff2,font/woff2",
        "a.wasm,application/wasm",
        "a.txt,text/plain; charset=utf-8",
        "a.tar.gz,application/gzip",
        "a.xyz,application/octet-stream",
        "Makefile,application/octet-stream",
        "a.own,text/own",
        "a.,application/octet-stream"
    })
    void theExtensionTellsTheType(String name, String type) throws Exception {
        file(name, "x");
        serve(files().type(".OWN", "text/own"));
        assertEquals(type, get("/" + name).field("Content-Type"));
    }

    @Test
    void onlyGetAndHeadAreAllowed() throws Exception {
        file("a", "x");
        serve(files());
        for (String method : List.of("POST", "PUT", "DELETE", "PATCH", "TRACE", "get")) {
            Reply reply = ask(method, "/a");
            assertEquals(405, reply.status(), method);
            assertEquals("GET, HEAD, OPTIONS", reply.field("Allow"));
        }
        for (String target : List.of("/a", "*", "/nothing")) {
            Reply reply = ask("OPTIONS", target);
            assertEquals(204, reply.status());
            assertEquals("GET, HEAD, OPTIONS", reply.field("Allow"));
        }
    }

    @Test
    void theCacheControlIsThatOfTheOption() throws Exception {
        file("a", "x");
        serve(files().cacheControl("max-age=60"));
        assertEquals("max-age=60", get("/a").field("Cache-Control"));
        assertEquals(
                "max-age=60", get("/a", "If-None-Match: *").field("Cache-Control"), "of a 304 too");
        assertEquals("-", get("/nothing").field("Cache-Control"));
    }

    @Test
    void namesMayHaveAnythingThatAFileMayHave() throws Exception {
        var names = List.of("a b", "100%", "q?x#y", "a+b&c;d=e", "<i>'\"", "...", "a..b", "x\ny");
        for (String name : names) {
            file(name, name);
        }
        serve(files().hidden(true));
        for (String name : names) {
            assertEquals(name, get("/" + Paths.encode(name)).text());
        }
        assertEquals("a+b&c;d=e", get("/a+b&c;d=e?query").text());
    }

    @Test
    void aNameInUtf8IsFound() throws Exception {
        if (isEpoll() || "UTF-8".equals(System.getProperty("sun.jnu.encoding"))) {
            file("grüße/日本.txt", "x");
            serve(files());
            assertEquals("x", get("/gr%C3%BC%C3%9Fe/%E6%97%A5%E6%9C%AC.txt").text());
        }
    }

    // ---- folders

    @Test
    void aFolderIsItsIndex() throws Exception {
        file("index.html", "top");
        file("sub/index.html", "sub");
        file("other/start.htm", "start");
        file("none/a", "a");
        serve(files().index("start.htm", "index.html"));
        assertEquals("top", get("/").text());
        assertEquals("text/html; charset=utf-8", get("/").field("Content-Type"));
        assertEquals("sub", get("/sub/").text());
        assertEquals("start", get("/other/").text());
        assertEquals(404, get("/none/").status());
    }

    @Test
    void aFolderWithoutSlashLeadsToThatWithOne() throws Exception {
        file("sub/index.html", "x");
        file("a:b <c>/index.html", "y");
        serve(files());
        Reply reply = get("/sub?q=1&r=%20");
        assertEquals(301, reply.status());
        assertEquals("./sub/?q=1&r=%20", reply.field("Location"));
        assertEquals("./a%3Ab%20%3Cc%3E/", get("/a:b%20%3Cc%3E").field("Location"));
        assertEquals("x", run("curl", "-sL", url("/sub")));
    }

    @Test
    void aRedirectNeverLeadsToAnotherHost() throws Exception {
        file("evil.example/index.html", "x");
        serve(files());
        for (String target :
                List.of(
                        "//evil.example",
                        "///evil.example",
                        "/%2Fevil.example",
                        "/%5Cevil.example",
                        "/\\evil.example",
                        "/.//evil.example",
                        "//evil.example/..",
                        "/%09/evil.example",
                        "http://test//evil.example")) {
            Reply reply = get(target);
            assertEquals(404, reply.status(), target);
            assertEquals("-", reply.field("Location"), target);
        }
        assertEquals("./evil.example/", get("/evil.example").field("Location"));
        assertEquals("./evil.example/", get("http://test/evil.example").field("Location"));
    }

    @Test
    void thePrefixIsTakenOff() throws Exception {
        file("index.html", "top");
        file("a/b.txt", "b");
        serve(files().prefix("/static/v1"));
        assertEquals("b", get("/static/v1/a/b.txt").text());
        assertEquals("b", get("/st%61tic/v1/a/b.txt").text());
        assertEquals("top", get("/static/v1/").text());
        assertEquals("./v1/", get("/static/v1").field("Location"));
        for (String target :
                List.of("/", "/static", "/static/", "/static/v1x/a/b.txt", "/a/b.txt", "/x/v1/")) {
            assertEquals(404, get(target).status(), target);
        }
    }

    @Test
    void aListingIsMadeOnlyIfItIsAskedFor() throws Exception {
        file("a", "x");
        serve(files());
        assertEquals(404, get("/").status());
        serve(files().listing(true));
        Reply reply = get("/");
        assertEquals(200, reply.status());
        assertEquals("text/html; charset=utf-8", reply.field("Content-Type"));
        assertTrue(reply.find("Content-Security-Policy").isPresent());
        assertEquals(reply.field("Content-Length"), ask("HEAD", "/").field("Content-Length"));
    }

    @Test
    void aListingIsSortedEscapedAndComplete() throws Exception {
        file("sub/b.txt", "12345");
        file("sub/A.txt", noise(1234));
        file("sub/big", noise(2_500_000));
        file("sub/zoo/x", "x");
        file("sub/<script>alert(1)<", "x");
        file("sub/javascript:alert(1)", "x");
        file("sub/\" onclick='x", "x");
        file("sub/.hidden", "x");
        Files.createSymbolicLink(folder().resolve("sub/out"), Path.of("/etc/passwd"));
        Files.createSymbolicLink(folder().resolve("sub/in"), Path.of("b.txt"));
        Files.createSymbolicLink(folder().resolve("sub/broken"), Path.of("nothing"));
        serve(files().listing(true));
        String page = get("/sub/").text();
        List<String> links =
                page.lines()
                        .filter(l -> l.contains("href=\""))
                        .map(l -> l.replaceAll(".*href=\"([^\"]*)\".*", "$1"))
                        .toList();
        assertEquals(
                List.of(
                        "../",
                        "./zoo/",
                        "./%22%20onclick=%27x",
                        "./%3Cscript%3Ealert(1)%3C",
                        "./A.txt",
                        "./b.txt",
                        "./big",
                        "./in",
                        "./javascript%3Aalert(1)"),
                links);
        assertFalse(page.contains("<script>"), page);
        assertTrue(page.contains("&quot; onclick=&#39;x</a>"), page);
        assertTrue(page.contains("<td>1.2 kB</td><td>2020-02-03 04:05</td>"), page);
        assertTrue(page.contains("<td>2.5 MB</td>"), page);
        for (String link : links) {
            assertEquals(200, get("/sub/" + link.replaceFirst("^\\.+/", "")).status(), link);
        }
        assertFalse(get("/").text().contains("../"), "nothing is above the top");
    }

    // ---- precompressed

    @Test
    void aClientGetsTheCompressedFileThatItLikesMost() throws Exception {
        file("a.js", "plain");
        file("a.js.gz", "gz");
        file("a.js.br", "br");
        file("b.js", "plain b");
        serve(files().precompressed(true));
        String[][] table = {
            {"gzip, deflate, br", "br"},
            {"gzip", "gzip"},
            {"br;q=0.5, gzip;q=0.8", "gzip"},
            {"br;q=0, *", "gzip"},
            {"*;q=0", "-"},
            {"*", "br"},
            {"BR", "br"},
            {"br;q=zero", "-"},
            {"deflate", "-"},
            {"", "-"},
            {"identity", "-"}
        };
        for (String[] row : table) {
            Reply reply = get("/a.js", "Accept-Encoding: " + row[0]);
            assertEquals(row[1], reply.field("Content-Encoding"), row[0]);
            assertEquals("text/javascript; charset=utf-8", reply.field("Content-Type"));
            assertEquals("Accept-Encoding", reply.field("Vary"));
            String body = row[1].equals("gzip") ? "gz" : row[1].equals("br") ? "br" : "plain";
            assertEquals(body, reply.text(), row[0]);
        }
        String plain = get("/a.js").field("ETag");
        String gzip = get("/a.js", "Accept-Encoding: gzip").field("ETag");
        assertFalse(plain.equals(gzip), plain);
        assertEquals(304, get("/a.js", "Accept-Encoding: gzip", "If-None-Match: " + gzip).status());
        assertEquals("plain b", get("/b.js", "Accept-Encoding: gzip").text());
    }

    @Test
    void aCompressedFileThatIsOlderIsNotUsed() throws Exception {
        Path gz = file("a.js.gz", "old");
        file("a.js", "new");
        Files.setLastModifiedTime(gz, FileTime.from(OLD.minusSeconds(1)));
        serve(files().precompressed(true));
        assertEquals("new", get("/a.js", "Accept-Encoding: gzip").text());
    }

    // ---- options

    @Test
    void badOptionsAreRefusedAtTheDoor() throws Exception {
        StaticFiles files = files();
        assertInstanceOf(
                IllegalArgumentException.class,
                thrownBy(() -> new StaticFiles(temp.resolve("nothing"))));
        assertInstanceOf(
                IllegalArgumentException.class, thrownBy(() -> new StaticFiles(file("a", "x"))));
        for (String bad : List.of("static", "/a/../b")) {
            assertInstanceOf(IllegalArgumentException.class, thrownBy(() -> files.prefix(bad)));
        }
        for (String bad : List.of("", "a/b", "../x", ".x")) {
            assertInstanceOf(IllegalArgumentException.class, thrownBy(() -> files.index(bad)));
        }
        assertInstanceOf(
                IllegalArgumentException.class, thrownBy(() -> files.cacheControl("a\r\nb")));
        assertInstanceOf(IllegalArgumentException.class, thrownBy(() -> files.type("x", "a\nb")));
    }

    @Test
    void optionsCannotBeChangedAfterTheFirstRequest() throws Exception {
        file("a", "x");
        StaticFiles files = files();
        serve(files);
        assertEquals("x", get("/a").text());
        assertInstanceOf(IllegalStateException.class, thrownBy(() -> files.hidden(true)));
    }

    @Test
    void theFolderMayBeALinkThatIsSwitched() throws Exception {
        file("a", "one");
        Path two = Files.createDirectories(temp.resolve("two"));
        Files.writeString(two.resolve("a"), "two");
        Path link = temp.resolve("current");
        Files.createSymbolicLink(link, folder());
        serve(new StaticFiles(link));
        assertEquals("one", get("/a").text());
        Files.delete(link);
        Files.createSymbolicLink(link, two);
        assertEquals("two", get("/a").text());
    }
}
