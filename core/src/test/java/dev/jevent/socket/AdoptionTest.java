package dev.jevent.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Action;
import dev.jevent.Jevent;
import dev.jevent.internal.sys.Fd;
import dev.jevent.internal.sys.Net;
import dev.jevent.internal.sys.Scratch;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.TimeUnit;

/** Sockets of descriptors that are open already. */
class AdoptionTest extends SocketScenario {

    private static final Duration TEN = Duration.ofSeconds(10);

    @BeforeEach
    void onlyWhereThereAreDescriptors() {
        notInThePortableMode("no descriptor can be adopted");
    }

    private static int[] rawPair() {
        Scratch s = Scratch.ofThread();
        assertEquals(0, Net.pair(s));
        return new int[] {Fd.first(s), Fd.second(s)};
    }

    @Test
    void anOpenSocketIsAdoptedAndClosed() throws Exception {
        int before = openDescriptors();
        int[] fds = rawPair();
        Scratch s = Scratch.ofThread();
        assertEquals(0, Fd.nonBlocking(s, fds[0], false), "as it comes from elsewhere");
        Socket left = Sockets.adopt(fds[0]);
        Socket right = Sockets.adopt(fds[1]);
        assertTrue(left.isConnected());
        together(
                () -> {
                    left.getOutputStream().write(1);
                    assertEquals(2, left.getInputStream().read());
                },
                () -> {
                    assertEquals(1, right.getInputStream().read());
                    right.getOutputStream().write(2);
                });
        left.close();
        right.close();
        assertTrue(openDescriptors() <= before + 6); // the hub's
    }

    @Test
    void aDuplicateElsewhereDoesNotDisturb() throws Exception {
        int[] fds = rawPair();
        int duplicate = Fd.duplicate(Scratch.ofThread(), fds[0]);
        Socket left = closing(Sockets.adopt(fds[0]));
        Socket right = closing(Sockets.adopt(fds[1]));
        together(
                () -> assertEquals(1, left.getInputStream().read()),
                () -> right.getOutputStream().write(1));
        left.close();
        Socket again = closing(Sockets.adopt(duplicate));
        together(
                () -> assertEquals(2, again.getInputStream().read()),
                () -> right.getOutputStream().write(2));
    }

    @Test
    void aListenerIsAdopted(@TempDir Path folder) throws Exception {
        Scratch s = Scratch.ofThread();
        int fd = Net.socket(s, false);
        assertEquals(0, Net.bind(s, fd, loopback(), false));
        assertThrows(IllegalArgumentException.class, () -> Sockets.adoptListener(fd));
        assertEquals(0, Net.listen(s, fd, 5));
        ServerSocket listener = closing(Sockets.adoptListener(fd));
        assertTrue(listener.isBound());
        together(
                () -> closing(Sockets.connect("127.0.0.1", listener.getLocalPort())),
                () -> assertTrue(closing(listener.accept()).isConnected()));

        var path = UnixDomainSocketAddress.of(folder.resolve("s"));
        int unix = Net.unixSocket(s);
        assertEquals(0, Net.bind(s, unix, path, false));
        assertEquals(0, Net.listen(s, unix, 5));
        ServerSocket other = closing(Sockets.adoptListener(unix));
        assertEquals(path, other.getLocalSocketAddress());
        together(
                () -> closing(Sockets.connect(path, TEN)),
                () -> assertTrue(closing(other.accept()).isConnected()));
    }

    @Test
    void whatIsNoSuchSocketIsRefusedAndStaysOpen() throws Exception {
        Scratch s = Scratch.ofThread();
        int[] pair = rawPair();
        int udp = Net.datagramSocket(s, false);
        assertEquals(0, Fd.pipe(s));
        int in = Fd.first(s);
        int out = Fd.second(s);
        int unconnected = Net.socket(s, false);
        assertRefused("a listener but a stream socket of", () -> Sockets.adoptListener(pair[0]));
        assertRefused("but a datagram socket of IPv4", () -> Sockets.adopt(udp));
        assertRefused("not a connected stream socket but no open socket", () -> Sockets.adopt(in));
        assertRefused("not a listener but no open socket", () -> Sockets.adoptListener(9999));
        assertRefused("not a connected stream socket", () -> Sockets.adopt(unconnected));
        assertRefused("no descriptor: -1", () -> Sockets.adopt(-1));
        for (int fd : new int[] {pair[0], pair[1], udp, in, out, unconnected}) {
            assertTrue(Fd.poll(s, fd, 0) >= 0, "it is open still");
            assertTrue((Fd.poll(s, fd, 0) & Fd.POLLNVAL) == 0, "it is open still");
            Fd.close(fd);
        }
    }

    private static void assertRefused(String why, Action action) {
        var e = assertThrows(IllegalArgumentException.class, action::run);
        assertTrue(e.getMessage().contains(why), e.getMessage());
    }

    // ---- Activation

    @Test
    void theEnvironmentNamesWhatWasPassed() {
        Map<String, String> e =
                Map.of("LISTEN_FDS", "3", "LISTEN_PID", "77", "LISTEN_FDNAMES", "http::x");
        List<Activation> all = Activation.parse(e, 77);
        assertEquals(List.of("http", "unknown", "x"), all.stream().map(Activation::name).toList());
        assertEquals(List.of(3, 4, 5), all.stream().map(Activation::fd).toList());
        assertEquals(List.of(), Activation.parse(e, 78), "meant for another process");
        assertEquals(List.of(), Activation.parse(Map.of(), 77));
        assertEquals(
                "unknown",
                Activation.parse(Map.of("LISTEN_FDS", "1", "LISTEN_PID", "7"), 7).get(0).name());
        assertEquals(List.of(), Activation.sockets(), "this process has no service manager");
        assertThrows(NoSuchElementException.class, () -> Activation.named("http"));
    }

    /** Does what a service manager does: listens, and becomes the program. */
    private static final String MANAGER =
            """
            import os, socket, sys
            a = socket.create_server(('127.0.0.1', 0))
            b = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            b.bind(('127.0.0.1', 0))
            c = os.dup(a.fileno()); d = os.dup(b.fileno())
            e = socket.create_connection(a.getsockname())
            e.sendall(b'hello')
            import fcntl
            high = [fcntl.fcntl(f, fcntl.F_DUPFD, 50) for f in (c, d, e.fileno())]
            for i, f in enumerate(high):
                os.dup2(f, 3 + i, inheritable=True)
            env = dict(os.environ, LISTEN_FDS='3', LISTEN_PID=str(os.getpid()),
                       LISTEN_FDNAMES='web:dns:talk')
            os.execve(sys.argv[1], sys.argv[1:], env)
            """;

    @Test
    void aProgramTakesTheSocketsOfItsServiceManager() throws Exception {
        Assumptions.assumeTrue(exists("python3"), "python3 is not installed");
        List<String> command = new ArrayList<>(List.of("python3", "-c", MANAGER));
        command.addAll(javaCommand());
        command.add(Child.class.getName());
        Path out = Files.createTempFile("jevent-activation", ".txt");
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
            assertEquals("hello once done ", said.replace('\n', ' '));
        } finally {
            Files.delete(out);
        }
    }

    private static boolean exists(String program) {
        try {
            Process p = new ProcessBuilder(program, "--version").start();
            return p.waitFor(10, TimeUnit.SECONDS) && p.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> javaCommand() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String a : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (a.startsWith("--add-opens") || a.startsWith("--enable-native-access")) {
                command.add(a);
            }
        }
        String classPath = System.getProperty("surefire.test.class.path");
        command.addAll(
                List.of(
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        classPath != null ? classPath : System.getProperty("java.class.path")));
        return command;
    }

    static final class Child {
        public static void main(String[] args) throws Exception {
            Activation web = Activation.named("web");
            if (!web.isListener() || web.isDatagramSocket() || web.fd() != 3) {
                throw new AssertionError(web);
            }
            if (!Activation.named("dns").isDatagramSocket()) {
                throw new AssertionError(Activation.sockets());
            }
            try (ServerSocket listener = web.listener();
                    Socket talk = Activation.named("talk").socket();
                    Socket accepted = listener.accept()) {
                byte[] hello = accepted.getInputStream().readNBytes(5);
                System.out.println(new String(hello, StandardCharsets.US_ASCII));
                accepted.getOutputStream().write(1);
                if (talk.getInputStream().read() != 1) {
                    throw new AssertionError("the answer");
                }
                if (!(listener.getLocalSocketAddress() instanceof InetSocketAddress)) {
                    throw new AssertionError(listener);
                }
            }
            try {
                web.listener().close();
            } catch (IllegalStateException e) {
                System.out.println("once");
            }
            Jevent.getHub().destroy();
            System.out.println("done");
        }
    }

    // ---- who is there

    @Test
    void theOtherEndOfAUnixSocketIsKnown() throws Exception {
        var pair = closing(Sockets.pair());
        Credentials peer = Sockets.peerCredentials(pair.left());
        assertEquals(ProcessHandle.current().pid(), peer.pid());
        Object owner = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        assertEquals(owner, peer.uid());
        assertThrows(
                IllegalArgumentException.class, () -> Sockets.peerCredentials(pair().client()));
        var option =
                pair.left().supportedOptions().stream()
                        .filter(o -> o.name().equals("SO_PEERCRED"))
                        .findFirst();
        if (option.isPresent()) {
            Object principal = pair.left().getOption(option.get());
            assertTrue(principal.toString().contains("user="), principal.toString());
        }
        assertFalse(pair.right().isClosed());
    }
}
