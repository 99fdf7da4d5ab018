package dev.jevent.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

class EchoServerTest {

    @TempDir Path dir;

    private static void assertEchoes(int port) throws Exception {
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            sockets.add(new Socket(InetAddress.getLoopbackAddress(), port));
        }
        for (Socket socket : sockets) {
            try (socket) {
                byte[] text = ("hello " + socket).getBytes(StandardCharsets.UTF_8);
                socket.getOutputStream().write(text);
                assertArrayEquals(text, socket.getInputStream().readNBytes(text.length));
                socket.shutdownOutput();
                assertEquals(-1, socket.getInputStream().read());
            }
        }
    }

    @Test
    void manyConnectionsAreEchoed() throws Exception {
        try (Cli cli = Cli.start(dir, "example", "echoserver", "0")) {
            assertEchoes(cli.awaitPort());
        }
    }

    @Test
    void itRunsAsAPlainClass() throws Exception {
        int port;
        try (var free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        List<String> java =
                List.of(
                        "-javaagent:" + Cli.jar(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        Cli.examples().toString(),
                        "dev.jevent.examples.EchoServer",
                        "" + port);
        try (Cli cli = Cli.startJava(dir, java)) {
            assertEchoes(cli.awaitPort());
        }
    }

    @Test
    void afterKill9ThePortCanBeUsedAtOnce() throws Exception {
        int port;
        try (Cli cli = Cli.start(dir, "example", "EchoServer", "0")) {
            port = cli.awaitPort();
            try (var open = new Socket(InetAddress.getLoopbackAddress(), port)) {
                open.getOutputStream().write(1);
                assertEquals(1, open.getInputStream().read());
                cli.signal("KILL");
                assertEquals(137, cli.await().exit());
            }
        }
        try (Cli cli = Cli.start(dir, "example", "EchoServer", port)) {
            assertEquals(port, cli.awaitPort());
            assertEchoes(port);
        }
    }
}
