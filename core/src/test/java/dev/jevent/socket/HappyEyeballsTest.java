package dev.jevent.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.ChildJvm;
import dev.jevent.Greenlet;
import dev.jevent.Hub;
import dev.jevent.Jevent;
import dev.jevent.Timeout;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What connecting to a name with several addresses promises. */
class HappyEyeballsTest extends SocketScenario {

    private static final Duration TEN = Duration.ofSeconds(10);

    private static InetAddress literal(String address) {
        return InetAddress.ofLiteral(address);
    }

    @Test
    void theFamiliesTakeTurnsBeginningWithTheFirst() {
        var six = literal("2001:db8::1");
        var six2 = literal("2001:db8::2");
        var six3 = literal("2001:db8::3");
        var four = literal("192.0.2.1");
        assertEquals(
                List.of(six, four, six2, six3),
                Connecting.interleaved(List.of(six, six2, six3, four)));
        assertEquals(List.of(four, six, six2), Connecting.interleaved(List.of(four, six, six2)));
        assertEquals(List.of(four), Connecting.interleaved(List.of(four)));
    }

    @Test
    void theLocalAddressCanBeChosen() throws Exception {
        ServerSocket listener = closing(Sockets.listen(loopback()));
        var from = new InetSocketAddress(literal("127.0.0.9"), 0);
        var to = InetSocketAddress.createUnresolved("localhost", listener.getLocalPort());
        together(
                () -> {
                    Socket client = closing(Sockets.connect(to, TEN, from));
                    assertEquals(from.getAddress(), client.getLocalAddress());
                },
                () -> assertEquals(from.getAddress(), closing(listener.accept()).getInetAddress()));
        int before = openDescriptors();
        var foreign = new InetSocketAddress(literal("192.0.2.1"), 0);
        assertThrows(BindException.class, () -> Sockets.connect(to, TEN, foreign));
        assertTrue(openDescriptors() <= before);
    }

    @Test
    void anErrorNamesTheAddress() throws Exception {
        int port;
        try (ServerSocket gone = Sockets.listen(loopback())) {
            port = gone.getLocalPort();
        }
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        var e = assertThrows(ConnectException.class, () -> Sockets.connect(address, TEN));
        assertEquals(1, e.getMessage().split("127.0.0.1:" + port, -1).length - 1, e.getMessage());
    }

    @Test
    void badArgumentsFailAtTheDoor() {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
        assertThrows(
                IllegalArgumentException.class,
                () -> Sockets.connect(address, Duration.ofMillis(-1)));
        assertThrows(NullPointerException.class, () -> Sockets.connect(address, null));
        assertThrows(NullPointerException.class, () -> Sockets.connect(address, TEN, null));
    }

    /** A name with three addresses: what the hosts file of a child JVM says. */
    @Test
    void severalAddresses(@TempDir Path folder) throws Exception {
        Path hosts = folder.resolve("hosts");
        Files.writeString(hosts, "127.0.0.1 one\n127.0.0.1 many\n127.0.0.2 many\n127.0.0.3 many\n");
        ChildJvm.Result result =
                ChildJvm.run(Child.class, List.of("-Djdk.net.hosts.file=" + hosts));
        assertEquals("refused timeout first black winner kill threads done ", words(result));
    }

    private static String words(ChildJvm.Result result) {
        return result.exit() == 0 ? result.output().replace('\n', ' ') : result.output();
    }

    /** What the child does. */
    static final class Child {

        private static void say(String word) {
            System.out.println(word);
        }

        private static void check(boolean ok, Object what) {
            if (!ok) {
                throw new AssertionError(what);
            }
        }

        /** Those of sockets; jars and the hub's own come and go. */
        private static int descriptors() {
            int n = 0;
            String[] names = new File("/proc/self/fd").list();
            for (String name : names == null ? new String[0] : names) {
                try {
                    Path link = Files.readSymbolicLink(Path.of("/proc/self/fd", name));
                    n += link.toString().startsWith("socket:") ? 1 : 0;
                } catch (IOException e) {
                    assertNotNull(e.getMessage()); // the one for the listing, closed again
                }
            }
            return n;
        }

        /** The helpers, and the JDK's sockets, need a moment for their end. */
        private static void await(int expected, String when) {
            for (int i = 0; descriptors() > expected && i < 2000; i++) {
                Jevent.sleep(1);
            }
            check(descriptors() <= expected, "descriptors " + when + ": " + descriptors());
        }

        private static int freePort() throws IOException {
            try (ServerSocket gone = Sockets.listen(new InetSocketAddress("127.0.0.2", 0))) {
                return gone.getLocalPort();
            }
        }

        /** A listener that answers nobody any more, and what fills its backlog. */
        private record BlackHole(ServerSocket listener, List<Socket> waiting)
                implements AutoCloseable {

            static BlackHole at(String address, int port) throws IOException {
                ServerSocket listener =
                        Sockets.listen(new InetSocketAddress(literal(address), port), 1);
                List<Socket> waiting = new ArrayList<>();
                try {
                    for (; ; ) {
                        waiting.add(
                                Sockets.connect(
                                        listener.getLocalSocketAddress(), Duration.ofMillis(50)));
                    }
                } catch (SocketTimeoutException e) {
                    return new BlackHole(listener, waiting); // full
                }
            }

            @Override
            public void close() throws IOException {
                listener.close();
                for (Socket s : waiting) {
                    s.close();
                }
            }
        }

        public static void main(String[] args) throws Exception {
            allRefuse();
            int port;
            try (BlackHole first = BlackHole.at("127.0.0.1", 0)) {
                port = first.listener().getLocalPort();
                allAreBlackOrRefuse(port);
                theFirstThatAnswersWins(port);
                aKillLeaksNothing(port);
                threadsMayConnectToo(port);
            }
            say("done");
        }

        private static void allRefuse() throws Exception {
            int port = freePort();
            check(
                    InetAddress.getAllByName("many").length == 3,
                    "names"); // opens what look-ups need
            int before = descriptors();
            try {
                Sockets.connect("many", port).close();
                throw new AssertionError("connected");
            } catch (ConnectException e) {
                check(e.getMessage().contains("127.0.0.1:" + port), e);
                check(e.getSuppressed().length == 2, e);
                check(e.getSuppressed()[1].getMessage().contains("127.0.0.3:" + port), e);
            }
            await(before, "after refusals");
            say("refused");
        }

        private static void allAreBlackOrRefuse(int port) throws Exception {
            int before = descriptors();
            long begin = System.nanoTime();
            try {
                Sockets.connect("many", port, Duration.ofMillis(600)).close();
                throw new AssertionError("connected");
            } catch (SocketTimeoutException e) {
                check(e.getMessage().equals("Connect timed out: many:" + port), e);
                check(e.getSuppressed().length == 2, "the others have refused");
                check(System.nanoTime() - begin >= 600_000_000, "too early");
            }
            await(before, "after a timeout");
            say("timeout");
        }

        private static void theFirstThatAnswersWins(int port) throws Exception {
            ServerSocket third = Sockets.listen(new InetSocketAddress("127.0.0.3", port));
            long begin = System.nanoTime();
            int before = descriptors();
            Socket s = Sockets.connect("many", port, TEN); // 1: black, 2: refuses, 3: answers
            check(s.getInetAddress().getHostAddress().equals("127.0.0.3"), s);
            check(System.nanoTime() - begin >= 250_000_000, "the first had its delay");
            await(before + 1, "of the winner");
            s.close();
            say("first");
            try (BlackHole second = BlackHole.at("127.0.0.2", port)) {
                begin = System.nanoTime();
                before = descriptors();
                s = Sockets.connect("many", port, TEN);
                check(System.nanoTime() - begin >= 500_000_000, "two delays");
                check(s.getInetAddress().getHostAddress().equals("127.0.0.3"), s);
                s.close();
                await(before, "without the winner");
                check(second.listener().isBound(), "it is black still");
                say("black");
                third.close();
                lateWinner(port);
            }
        }

        /** The one that began first answers while others are tried. */
        private static void lateWinner(int port) throws Exception {
            ServerSocket third = Sockets.listen(new InetSocketAddress("127.0.0.3", port));
            Greenlet<Socket> client = Jevent.spawn(() -> Sockets.connect("many", port, TEN));
            Socket winner = client.get();
            check(winner.isConnected() && !winner.isClosed(), winner);
            winner.close();
            third.close();
            say("winner");
        }

        private static void aKillLeaksNothing(int port) throws Exception {
            int before = descriptors();
            Greenlet<Socket> client = Jevent.spawn(() -> Sockets.connect("many", port, TEN));
            Jevent.sleep(300);
            client.kill();
            check(client.ready(), client);
            await(before, "after a kill");
            try (Timeout t = Timeout.start(Duration.ofMillis(300))) {
                try {
                    Sockets.connect("many", port).close();
                } catch (Timeout thrown) {
                    check(thrown == t, thrown);
                }
            }
            await(before, "after a Timeout");
            say("kill");
        }

        private static void threadsMayConnectToo(int port) throws Exception {
            ServerSocket third = Sockets.listen(new InetSocketAddress("127.0.0.3", port));
            for (Thread.Builder kind :
                    List.of((Thread.Builder) Thread.ofPlatform(), Thread.ofVirtual())) {
                var failure = new Throwable[1];
                Thread t =
                        kind.start(
                                () -> {
                                    try {
                                        Socket s = Sockets.connect("many", port, TEN);
                                        check(s.getPort() == port, s);
                                        s.close();
                                    } catch (Throwable e) {
                                        failure[0] = e;
                                    }
                                });
                t.join();
                check(failure[0] == null, failure[0]);
            }
            third.close();
            Hub.get().destroy();
            say("threads");
        }
    }

    @Test
    void oneAddressTakesNoHelper() throws Exception {
        ServerSocket listener = closing(Sockets.listen(loopback()));
        var before = new Greenlet<?>[1];
        together(
                () -> {
                    before[0] = (Greenlet<?>) Jevent.getCurrent();
                    closing(Sockets.connect(listener.getLocalSocketAddress(), TEN));
                    assertSame(before[0], Jevent.getCurrent());
                },
                () -> closing(listener.accept()));
    }
}
