package dev.jevent.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Hub;
import dev.jevent.Jevent;
import dev.jevent.socket.SocketScenario;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server whose process runs out of descriptors, in a process of its own. */
class AcceptBackOffTest extends SocketScenario {

    /** The other process: an echo server that prints its port and what is reported. */
    static final class Server {

        private static final int MOST_DESCRIPTORS = 90;

        public static void main(String[] args) throws IOException {
            var server =
                    new StreamServer(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                            s -> s.getInputStream().transferTo(s.getOutputStream()));
            server.start();
            Hub hub = Jevent.getHub();
            hub.errorHandler((context, error) -> System.out.println("error " + error.getMessage()));
            System.out.println("port " + server.address().getPort());
            server.serveForever();
        }
    }

    private static Process startServer() throws IOException {
        List<String> command = new ArrayList<>();
        command.add(new File(System.getProperty("java.home"), "bin/java").getPath());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.removeIf(a -> a.startsWith("-agentlib") || a.startsWith("-javaagent"));
        command.add("-Xmx64m");
        String poller = System.getProperty("jevent.poller");
        if (poller != null) {
            command.add("-Djevent.poller=" + poller);
        }
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), Server.class.getName()));
        var limited = new ArrayList<>(List.of("bash", "-c"));
        limited.add("ulimit -n " + Server.MOST_DESCRIPTORS + "; exec \"$@\"");
        limited.add("bash");
        limited.addAll(command);
        return new ProcessBuilder(limited).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    private static void talk(Socket socket) throws IOException {
        socket.getOutputStream().write(42);
        assertEquals(42, socket.getInputStream().read());
    }

    @Test
    void aServerWithoutDescriptorsTriesAgainAndRecovers() throws Exception {
        Assumptions.assumeTrue(new File("/bin/bash").exists(), "no bash, no ulimit");
        Process process = startServer();
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            int port = Integer.parseInt(out.readLine().substring("port ".length()));
            try (Socket warmUp = new Socket(InetAddress.getLoopbackAddress(), port)) {
                talk(warmUp); // every class is loaded: that needs descriptors too
            }
            exhaust(port, out);
        } finally {
            process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
    }

    private static void exhaust(int port, BufferedReader out) throws IOException {
        List<Socket> sockets = new ArrayList<>();
        try {
            // given: more connections than the server can have
            for (int i = 0; i < 2 * Server.MOST_DESCRIPTORS; i++) {
                sockets.add(new Socket(InetAddress.getLoopbackAddress(), port));
            }
            // then: it says so
            String report = out.readLine();
            assertTrue(report.startsWith("error Too many open files"), report);

            // when: those that it has are closed, it serves the others
            for (Socket s : sockets.subList(0, Server.MOST_DESCRIPTORS + 50)) {
                s.close();
            }
            for (Socket s : sockets.subList(Server.MOST_DESCRIPTORS + 50, sockets.size())) {
                talk(s);
            }
            assertFalse(out.ready(), "it says so once");
        } finally {
            for (Socket s : sockets) {
                s.close();
            }
        }
    }
}
