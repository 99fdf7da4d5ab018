package dev.jevent.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.socket.SocketStream;
import dev.jevent.socket.Sockets;
import dev.jevent.ssl.Tls;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;

/** The examples that serve until a signal ends them, as programs of their own. */
class NetworkServersTest {

    @TempDir Path dir;

    @Test
    void udpIsEchoed() throws Exception {
        try (Cli cli = Cli.start(dir, "example", "UdpEcho", "0");
                var socket = new DatagramSocket()) {
            int port = cli.awaitPort();
            socket.setSoTimeout(20_000);
            for (String text : List.of("one", "two", "")) {
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                var to = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
                socket.send(new DatagramPacket(bytes, bytes.length, to));
                var packet = new DatagramPacket(new byte[100], 100);
                socket.receive(packet);
                assertEquals(
                        text,
                        new String(
                                packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8));
            }
            endsBySignal(cli);
        }
    }

    @Test
    void tlsIsEchoed() throws Exception {
        try (Cli cli = Cli.start(dir, "example", "TlsEcho", "0")) {
            int port = cli.awaitPort();
            byte[] text = "over TLS".getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < 3; i++) {
                Tls tls = Tls.insecureClientThatTrustsAnybody();
                try (Socket socket = tls.connect("localhost", port, Duration.ofSeconds(20))) {
                    socket.getOutputStream().write(text);
                    assertArrayEquals(text, socket.getInputStream().readNBytes(text.length));
                }
            }
            endsBySignal(cli);
        }
    }

    @Test
    void theServiceKeepsValuesAndLeavesNoSocketBehind() throws Exception {
        Path path = dir.resolve("service");
        try (Cli cli = Cli.start(dir, "example", "UnixService", path)) {
            cli.awaitLine(" listens on ");
            assertEquals(
                    "rw-------",
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
            var address = UnixDomainSocketAddress.of(path);
            try (Socket a = Sockets.connect(address, Duration.ofSeconds(20));
                    Socket b = Sockets.connect(address, Duration.ofSeconds(20))) {
                SocketStream first = SocketStream.of(a);
                SocketStream second = SocketStream.of(b);
                first.writeString("SET greeting hello  world\nSET a b\nNONSENSE\n");
                assertEquals("OK", first.readLine());
                assertEquals("OK", first.readLine());
                assertEquals("ERROR no such command", first.readLine());
                second.writeString("GET greeting\nGET nothing\nKEYS\n");
                assertEquals("hello  world", second.readLine());
                assertEquals("NONE", second.readLine());
                assertEquals("a greeting", second.readLine());
                endsBySignal(cli);
            }
            assertFalse(Files.exists(path), "the socket's file is gone");
        }
    }

    @Test
    void cronRunsCommandsAndEndsWithItsChildren() throws Exception {
        Path tab = dir.resolve("crontab");
        Files.writeString(
                tab,
                """
                # a comment
                @every 50ms echo "hello   there"; exit 3
                @every 50ms echo pid $$; exec sleep 1000
                0 0 1 1 * echo never
                """);
        try (Cli cli = Cli.start(dir, "example", "Cron", tab)) {
            cli.awaitLine("Cron has 3 lines");
            assertTrue(cli.awaitLine("hello").endsWith(" hello   there"));
            assertTrue(cli.awaitLine("exit status").contains(" exit status 3: echo"));
            cli.awaitLine("hello   there");
            List<ProcessHandle> children = cli.process().children().toList();
            endsBySignal(cli);
            for (ProcessHandle child : children) {
                child.onExit().get();
            }
        }
    }

    private static void endsBySignal(Cli cli) throws Exception {
        cli.signal("TERM");
        Cli.Result result = cli.await();
        assertEquals(143, result.exit(), result.err());
    }
}
