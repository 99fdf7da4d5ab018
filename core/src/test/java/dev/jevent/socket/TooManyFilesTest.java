package dev.jevent.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Jevent;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process that has no descriptor left is told so, and goes on when it has some again. */
class TooManyFilesTest {

    @Test
    void acceptConnectListenAndPairSaySo() throws Exception {
        Assumptions.assumeTrue(Files.exists(Path.of("/bin/sh")), "there is no shell");
        List<String> command =
                new ArrayList<>(List.of("/bin/sh", "-c", "ulimit -n 150 && exec \"$@\"", "sh"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String a : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (a.startsWith("--add-opens") || a.startsWith("--enable-native-access")) {
                command.add(a);
            }
        }
        String poller = System.getProperty("jevent.poller");
        if (poller != null) {
            command.add("-Djevent.poller=" + poller);
        }
        String classPath = System.getProperty("surefire.test.class.path");
        command.addAll(
                List.of(
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        classPath != null ? classPath : System.getProperty("java.class.path"),
                        Child.class.getName()));
        Path out = Files.createTempFile("jevent-files", ".txt");
        try {
            Process p =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(out.toFile())
                            .start();
            boolean ended = p.waitFor(30, TimeUnit.SECONDS);
            p.destroyForcibly();
            String said = Files.readString(out, StandardCharsets.UTF_8);
            assertTrue(ended, said);
            assertEquals("accept connect listen pair again ", said.replace('\n', ' '));
        } finally {
            Files.delete(out);
        }
    }

    static final class Child {

        private static final Duration TEN = Duration.ofSeconds(10);

        public static void main(String[] args) throws Exception {
            var any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            ServerSocket listener = Sockets.listen(any);
            InetSocketAddress address = (InetSocketAddress) listener.getLocalSocketAddress();
            rehearse(listener, address);
            Deque<AutoCloseable> all = new ArrayDeque<>();
            Socket waiting = Sockets.connect(address, TEN);
            fill(all);
            fails("accept", listener::accept);
            fails("connect", () -> Sockets.connect(address, TEN));
            fails("listen", () -> Sockets.listen(any));
            fails("pair", Sockets::pair);
            while (!all.isEmpty()) {
                all.remove().close();
            }
            waiting.getOutputStream().write(3);
            try (Socket accepted = listener.accept()) {
                if (accepted.getInputStream().read() == 3) {
                    System.out.println("again");
                }
            }
            Jevent.getHub().destroy();
        }

        /** Loads the classes that are needed when no file can be opened. */
        private static void rehearse(ServerSocket listener, InetSocketAddress address)
                throws Exception {
            try (Pair pair = Sockets.pair();
                    Socket client = Sockets.connect(address, TEN);
                    Socket server = listener.accept()) {
                client.getOutputStream().write(1);
                int ignored = server.getInputStream().read() + pair.left().getPort();
            }
            Jevent.getHub();
            var nobody = new InetSocketAddress(address.getAddress(), 1);
            String refused = Jevent.spawn(() -> attempt(() -> Sockets.connect(nobody, TEN))).get();
            Deque<AutoCloseable> all = new ArrayDeque<>();
            fill(all);
            int many = all.size();
            while (!all.isEmpty()) {
                all.remove().close();
            }
            if (many < 10 || !refused.contains("refused")) {
                throw new AssertionError("room for " + many + ", " + refused);
            }
        }

        private static void fill(Deque<AutoCloseable> all) {
            try {
                for (; ; ) {
                    all.add(Sockets.socket());
                    ((Socket) all.getLast()).setTcpNoDelay(true); // now it has a descriptor
                }
            } catch (IOException e) {
                return;
            }
        }

        private interface Opening {
            AutoCloseable open() throws Exception;
        }

        private static void fails(String what, Opening opening) throws Exception {
            String said = Jevent.spawn(() -> attempt(opening)).get();
            System.out.println(said.contains("Too many open files") ? what : what + ": " + said);
        }

        private static String attempt(Opening opening) throws Exception {
            try {
                opening.open().close();
                return "did not fail";
            } catch (IOException e) {
                return e.toString();
            }
        }
    }
}
