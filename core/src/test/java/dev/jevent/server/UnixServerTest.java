package dev.jevent.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.IOException;
import java.net.BindException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;

class UnixServerTest extends ServerScenario {

    @TempDir Path directory;
    private Path path;
    private SocketAddress address;

    @BeforeEach
    void aPath() {
        path = directory.resolve("my.sock");
        address = UnixDomainSocketAddress.of(path);
    }

    private StreamServer unix() {
        return closing(new StreamServer("unix:" + path, ServerScenario::echo));
    }

    @Test
    void itServesAndItsFileGoesWithIt() throws Exception {
        StreamServer server = started(unix());
        together(() -> talk(server), () -> talk(server));
        assertEquals(address, server.localAddress());
        var noPort = assertThrows(IllegalStateException.class, server::port);
        assertTrue(noPort.getMessage().contains("localAddress()"));
        assertTrue(Files.exists(path));
        server.stop();
        assertFalse(Files.exists(path));
        assertEquals(List.of(), failures);
        started(unix());
    }

    @Test
    void theFileOfAServerThatHasDiedIsRemoved() throws Exception {
        try (var dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(address);
        }
        assertTrue(Files.exists(path), "it is left behind");
        StreamServer server = started(unix());
        together(() -> talk(server));
    }

    @Test
    void theFileOfAServerThatLivesIsLeftAlone() throws Exception {
        StreamServer first = started(unix());
        StreamServer second = unix();
        var taken = assertThrows(BindException.class, second::start);
        assertTrue(taken.getMessage().contains("somebody listens"), taken.getMessage());
        second.stop();
        together(() -> talk(first));
    }

    @Test
    void aServerWithAFullBacklogLives() throws Exception {
        try (var silent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            silent.bind(address, 1);
            assertThrows(IOException.class, this::connectUntilItIsFull);
            assertThrows(BindException.class, unix()::start);
            assertTrue(Files.exists(path));
        }
    }

    private void connectUntilItIsFull() throws IOException {
        for (int i = 0; i < 100; i++) {
            var client = closing(SocketChannel.open(StandardProtocolFamily.UNIX));
            client.configureBlocking(false);
            if (!client.connect(address)) {
                throw new IOException("full");
            }
        }
    }

    @Test
    void aFileThatIsNoSocketIsLeftAlone() throws Exception {
        Files.writeString(path, "precious");
        assertThrows(BindException.class, unix()::start);
        assertEquals("precious", Files.readString(path));
    }

    @Test
    void aFileThatSomebodyHasPutInItsPlaceIsLeftAlone() throws Exception {
        StreamServer first = started(unix());
        Files.delete(path);
        StreamServer second = started(unix());
        first.stop();
        assertTrue(Files.exists(path));
        together(() -> talk(second));
    }

    @Test
    void itsPermissionsAreThoseAskedFor() throws Exception {
        started(unix().unixPermissions("rw-rw----"));
        assertEquals(
                "rw-rw----", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
    }

    @Test
    void itListensToBothKinds() throws Exception {
        StreamServer server = started(unix().listen(loopback()));
        together(() -> talk(server.addresses().get(0)), () -> talk(server.addresses().get(1)));
        server.stop();
        assertFalse(Files.exists(path));
    }

    @Test
    void socatTalksToIt() throws Exception {
        Assumptions.assumeTrue(new File("/usr/bin/socat").exists(), "no socat");
        StreamServer server = started(unix());
        var socat =
                new ProcessBuilder("socat", "-t5", "-", "UNIX-CONNECT:" + path)
                        .redirectErrorStream(true)
                        .start();
        try {
            try (var out = socat.outputWriter(StandardCharsets.UTF_8)) {
                out.write("hello\n");
            }
            until(() -> !socat.isAlive());
            assertEquals(
                    "hello\n",
                    new String(socat.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            until(() -> server.connections() == 0);
        } finally {
            assertTrue(socat.destroyForcibly().waitFor(10, TimeUnit.SECONDS));
        }
    }
}
