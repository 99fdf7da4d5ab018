package dev.jevent.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Greenlet;
import dev.jevent.Jevent;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** There is no way out of the folder. */
class StaticFilesEscapeTest extends StaticFilesScenario {

    private static final String SECRET = "the secret";

    /** Status, and what is asked for. */
    private static final String[][] TARGETS = {
        {"404", "/../secret.txt"},
        {"404", "/../../../../../../../../etc/passwd"},
        {"404", "/sub/../../secret.txt"},
        {"404", "/sub/../a.txt"},
        {"404", "/./a.txt"},
        {"404", "/sub/."},
        {"404", "/sub/.."},
        {"404", "/.."},
        {"404", "/../"},
        {"404", "/../public/a.txt"},
        {"404", "/../public-other/secret.txt"},
        {"404", "/%2e%2e/secret.txt"},
        {"404", "/%2E%2e/secret.txt"},
        {"404", "/.%2e/secret.txt"},
        {"404", "/%2e%2e%2fsecret.txt"},
        {"404", "/..%2fsecret.txt"},
        {"404", "/..%2Fsecret.txt"},
        {"404", "/sub%2fb.txt"},
        {"404", "/sub%2f..%2f..%2fsecret.txt"},
        {"404", "/..%5csecret.txt"},
        {"404", "/..\\secret.txt"},
        {"404", "/sub\\b.txt"},
        {"404", "/%252e%252e/secret.txt"},
        {"404", "/%252e%252e%252fsecret.txt"},
        {"404", "/..%252fsecret.txt"},
        {"400", "/..%c0%afsecret.txt"},
        {"400", "/%c0%ae%c0%ae/secret.txt"},
        {"400", "/%uff0e%uff0e/secret.txt"},
        {"404", "/a.txt%00"},
        {"404", "/a.txt%00.html"},
        {"404", "/%00"},
        {"404", "/../secret.txt%00.html"},
        {"400", "/a.txt%"},
        {"400", "/a.txt%2"},
        {"400", "/a.txt%zz"},
        {"400", "/%ff"},
        {"404", "//etc/passwd"},
        {"404", "//a.txt"},
        {"404", "/sub//b.txt"},
        {"404", "///"},
        {"404", "/%2fetc%2fpasswd"},
        {"404", "/etc/passwd"},
        {"404", "/C:/Windows/win.ini"},
        {"404", "/a.txt/"},
        {"404", "/a.txt/b"},
        {"404", "/a.txt/../a.txt"},
        {"404", "/a.txt::$DATA"},
        {"404", "/a.txt."},
        {"404", "/a.txt%20"},
        {"404", "/..;/secret.txt"},
        {"404", "/;/a.txt"},
        {"404", "/sub/..;/a.txt"},
        {"404", "/.git/config"},
        {"404", "/%2egit/config"},
        {"404", "/.htaccess"},
        {"404", "/sub/.env"},
        {"404", "/sub/.well-known/x"},
        {"404", "/.well-known/.x"},
        {"200", "/.well-known/security.txt"},
        {"404", "/.."},
        {"404", "/..."},
        {"404", "/~root"},
        {"404", "/proc/self/environ"},
        {"404", "http://test/../secret.txt"},
        {"404", "http://test/%2e%2e/secret.txt"},
        {"400", "../secret.txt"},
        {"400", "secret.txt"},
        {"200", "/a.txt"},
        {"200", "/%61.txt"},
        {"200", "/sub/b.txt"},
        {"200", "/a.txt?/../../secret.txt"}
    };

    @BeforeEach
    void aSecretOutside() throws Exception {
        Files.writeString(temp.resolve("secret.txt"), SECRET);
        Files.createDirectories(temp.resolve("public-other"));
        Files.writeString(temp.resolve("public-other/secret.txt"), SECRET);
        file("a.txt", "a");
        file("sub/b.txt", "b");
        file(".git/config", SECRET);
        file(".htaccess", SECRET);
        file("sub/.env", SECRET);
        file(".well-known/security.txt", "well known");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noPathLeadsOut(boolean blocking) throws Exception {
        serve(new StaticFiles(folder()).listing(true).blocking(blocking));
        for (String[] row : TARGETS) {
            Reply reply = get(row[1]);
            assertEquals(row[0], reply.status() + "", row[1]);
            assertFalse(reply.text().contains(SECRET), row[1]);
            assertFalse(reply.text().contains("root:"), row[1]);
        }
        assertEquals(0, openFiles());
    }

    @Test
    void namesOfAnyLengthAreNotThere() throws Exception {
        serve(new StaticFiles(folder()));
        for (int length : List.of(200, 255, 256, 300, 5000)) {
            assertEquals(404, get("/" + "x".repeat(length)).status(), length + " characters");
            assertEquals(404, get("/x".repeat(length / 2)).status(), length / 2 + " folders");
        }
        assertEquals(404, get("/" + "%C3%A4".repeat(200)).status());
    }

    @Test
    void hiddenFilesAreThereIfTheOptionSaysSo() throws Exception {
        serve(new StaticFiles(folder()).hidden(true));
        assertEquals(SECRET, get("/.htaccess").text());
        assertEquals(SECRET, get("/%2Egit/config").text());
        for (String target : List.of("/..", "/.", "/./a.txt", "/../secret.txt")) {
            assertEquals(404, get(target).status(), target);
        }
    }

    // ---- links

    private void link(String name, String target) throws IOException {
        Files.createSymbolicLink(folder().resolve(name), Path.of(target));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void linksThatLeadOutAreNotThereUnlessTheyMayBe(boolean blocking) throws Exception {
        link("inside", "sub/b.txt");
        link("absolute", folder().resolve("a.txt").toString());
        link("folder", "sub");
        link("out", "../secret.txt");
        link("out-absolute", temp.resolve("secret.txt").toString());
        link("out-folder", "../public-other");
        link("sub/up", "..");
        link("sub/up-up", "../..");
        link("loop", "loop");
        link("nothing", "missing");
        link("twice", "out");
        String[][] table = {
            {"/inside", "b", "b"},
            {"/absolute", "a", "a"},
            {"/folder/b.txt", "b", "b"},
            {"/sub/up/a.txt", "a", "a"},
            {"/out", null, SECRET},
            {"/out-absolute", null, SECRET},
            {"/out-folder/secret.txt", null, SECRET},
            {"/sub/up-up/secret.txt", null, SECRET},
            {"/twice", null, SECRET},
            {"/loop", null, null},
            {"/nothing", null, null}
        };
        for (int mode = 0; mode < 2; mode++) {
            serve(new StaticFiles(folder()).followLinks(mode == 1).blocking(blocking));
            for (String[] row : table) {
                Reply reply = get(row[0]);
                String expected = row[1 + mode];
                assertEquals(expected == null ? 404 : 200, reply.status(), row[0]);
                if (expected != null) {
                    assertEquals(expected, reply.text(), row[0]);
                }
            }
        }
        assertEquals(0, openFiles());
    }

    @Test
    void aFolderThatIsALinkOutIsNeitherShownNorRedirectedTo() throws Exception {
        link("out-folder", "../public-other");
        serve(new StaticFiles(folder()).listing(true));
        assertEquals(404, get("/out-folder").status());
        assertEquals(404, get("/out-folder/").status());
    }

    /** Somebody puts a link out in the place of the file, and the file back, again and again. */
    @Test
    void aLinkThatIsSwappedInNeverLetsTheSecretOut() throws Exception {
        Path name = folder().resolve("swapped");
        Path way = folder().resolve("way"); // a folder in the middle of the path
        Path inside = folder().resolve("inside");
        Files.createDirectories(inside);
        Files.writeString(inside.resolve("secret.txt"), "public");
        serve(new StaticFiles(folder()));
        var stop = new boolean[1];
        Thread swapper =
                Thread.ofPlatform()
                        .daemon()
                        .start(
                                () -> {
                                    for (int i = 0; !isSet(stop); i++) {
                                        swap(name, i, temp.resolve("secret.txt"), "public");
                                        swap(way, i, temp.resolve("public-other"), null);
                                    }
                                });
        try (var socket = connect()) {
            for (int i = 0; i < 1500; i++) {
                String target = i % 2 == 0 ? "/swapped" : "/way/secret.txt";
                send(socket, "GET", target);
                Reply reply = read(socket.getInputStream(), false);
                if (reply.status() != 404) {
                    assertEquals(200, reply.status(), reports::toString);
                    assertEquals("public", reply.text());
                }
            }
        } finally {
            synchronized (stop) {
                stop[0] = true;
            }
            swapper.join();
        }
        assertEquals(0, openFiles());
    }

    private static boolean isSet(boolean[] flag) {
        synchronized (flag) {
            return flag[0];
        }
    }

    private static void swap(Path name, int i, Path secret, String content) {
        try {
            Path other = name.resolveSibling(name.getFileName() + "-new");
            if (i % 2 == 0) {
                Files.createSymbolicLink(other, secret);
            } else if (content != null) {
                Files.writeString(other, content);
            } else {
                Files.createSymbolicLink(other, Path.of("inside"));
            }
            Files.move(other, name, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    // ---- what is no file

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFifoIsNotThereAndHoldsNobodyUp(boolean blocking) throws Exception {
        String ignored = run("mkfifo", folder().resolve("fifo").toString());
        link("device", "/dev/zero");
        link("tty", "/dev/tty");
        serve(
                new StaticFiles(folder())
                        .followLinks(true)
                        .listing(true)
                        .index("fifo")
                        .blocking(blocking));
        for (String target : List.of("/fifo", "/device", "/tty")) {
            assertEquals(404, get(target).status(), target);
            assertEquals(404, ask("HEAD", target).status(), target);
        }
        String page = get("/").text();
        assertFalse(page.contains(">fifo") || page.contains(">device"), page);
        assertEquals(0, openFiles());
    }

    /** With handles the FIFO cannot come between the look and the opening. */
    @Test
    void aFifoThatIsSwappedInHoldsNobodyUp() throws Exception {
        Assumptions.assumeTrue(isEpoll(), "in the portable mode files are opened by name");
        Path fifo = folder().resolve("fifo");
        String ignored = run("mkfifo", fifo.toString());
        Path name = folder().resolve("swapped");
        serve(new StaticFiles(folder()));
        var stop = new boolean[1];
        Thread swapper =
                Thread.ofPlatform()
                        .daemon()
                        .start(
                                () -> {
                                    for (int i = 0; !isSet(stop); i++) {
                                        swap(name, i, fifo, "public");
                                    }
                                });
        Greenlet<Integer> asks =
                Jevent.spawn(
                        () -> {
                            int found = 0;
                            try (var socket = connect()) {
                                for (int i = 0; i < 700; i++) {
                                    send(socket, "GET", "/swapped");
                                    found += read(socket.getInputStream(), false).status();
                                }
                            }
                            return found;
                        });
        try {
            assertTrue(asks.get(LONG) > 0);
        } finally {
            synchronized (stop) {
                stop[0] = true;
            }
            swapper.join();
        }
    }

    // ---- permissions

    @Test
    void whatMustNotBeReadIsForbidden() throws Exception {
        Path file = file("closed.txt", SECRET);
        Path sub = file("closed/a.txt", SECRET).getParent();
        Path list = file("list/a.txt", "a").getParent();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        Files.setPosixFilePermissions(sub, PosixFilePermissions.fromString("---------"));
        Files.setPosixFilePermissions(list, PosixFilePermissions.fromString("--x--x--x"));
        try {
            Assumptions.assumeFalse(Files.isReadable(file), "this user may read everything");
            serve(new StaticFiles(folder()).listing(true));
            for (String target : List.of("/closed.txt", "/closed/a.txt", "/closed/", "/list/")) {
                assertEquals(403, get(target).status(), target);
                assertEquals(403, ask("HEAD", target).status(), target);
            }
            assertEquals("a", get("/list/a.txt").text());
        } finally {
            for (Path path : List.of(file, sub, list)) {
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        }
        assertEquals(0, openFiles());
    }
}
