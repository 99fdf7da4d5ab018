package dev.jevent.cli;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.HubScenario;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What cannot be served is said in one line, before anything listens. */
class ServeTest extends HubScenario {

    @TempDir Path dir;

    private static void assertSays(String message, Object... words) {
        List<String> all = List.of(words).stream().map(Object::toString).toList();
        CannotRun e =
                assertThrows(
                        CannotRun.class,
                        () -> new Serve(ServeOptions.parse(all)).serve(),
                        all.toString());
        assertTrue(e.getMessage().startsWith(message), e.getMessage());
        assertTrue(e.getMessage().lines().count() == 1, e.getMessage());
    }

    @Test
    void aFolderOrClassThatIsNotThere() throws Exception {
        assertSays("no such folder: ./nope", "./nope");
        assertSays(
                "no folder nope here, and no class nope in the class path [a]", "-cp", "a", "nope");
        assertSays("no such file: Nope.java", "Nope.java");
        Path file = Files.writeString(dir.resolve("a.jar"), "");
        assertSays(file + " is a file; name its folder, or a class in it", file);
    }

    @Test
    void aClassWithoutAHandler() {
        assertSays("no handler in class java.lang.Thread; it should be", "java.lang.Thread");
        assertSays("no handler x in class java.lang.Thread; it", "java.lang.Thread::x");
    }

    @Test
    void aBadCertificate() throws Exception {
        assertSays("no such file: no.pem", "--tls-cert", "no.pem", dir);
        Path bad = Files.writeString(dir.resolve("bad.pem"), "nonsense");
        assertSays("cannot use the certificate " + bad, "--tls-cert", bad, dir);
    }

    @Test
    void aLogThatCannotBeWritten() {
        assertSays("cannot write the log " + dir, "-p", "0", "--log", "json:" + dir, dir);
    }

    @Test
    void anAddressThatIsTakenOrNone() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            int port = taken.getLocalPort();
            assertSays("cannot listen: ", "--no-log", "-p", port, dir);
        }
        assertSays("cannot listen: no such host: ", "--no-log", "-b", "nohost.invalid", dir);
        assertSays("cannot listen: ", "--no-log", "--unix", dir.resolve("no/s.sock"), dir);
    }
}
