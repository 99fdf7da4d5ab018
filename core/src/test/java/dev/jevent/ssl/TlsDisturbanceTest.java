package dev.jevent.ssl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Action;
import dev.jevent.Greenlet;
import dev.jevent.Interrupted;
import dev.jevent.Jevent;
import dev.jevent.Timeout;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;

import javax.net.ssl.SSLHandshakeException;

/** Kills, timeouts, interrupts and closes, in the middle of everything. */
class TlsDisturbanceTest extends TlsScenario {

    private static final Duration SHORT = Duration.ofMillis(20);

    enum Disturbance {
        KILL,
        TIMEOUT,
        INTERRUPT;

        /** Runs the task, which waits, until it is broken off by this. */
        void breakOff(Action task) throws Exception {
            switch (this) {
                case KILL -> {
                    Greenlet<Void> greenlet = Jevent.spawn(task);
                    Jevent.sleep(20);
                    assertFalse(greenlet.ready());
                    greenlet.kill();
                }
                case TIMEOUT -> assertThrows(Timeout.class, () -> new Timeout(SHORT).run(task));
                case INTERRUPT -> {
                    var thrown = new Throwable[1];
                    Greenlet<Void> greenlet =
                            Jevent.spawn((Action) () -> thrown[0] = thrownBy(task));
                    Jevent.sleep(20);
                    greenlet.thread().interrupt();
                    greenlet.join();
                    assertInstanceOf(Interrupted.class, thrown[0]);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void readThatIsBrokenOffLosesNothing(Disturbance disturbance) throws Exception {
        onOwnSockets("the JDK closes them");
        Pair pair = pair();
        together(
                () -> {
                    disturbance.breakOff(() -> pair.client().getInputStream().read());
                    talkAsClient(pair.client());
                },
                () -> echoOnce(pair.server()));
    }

    @ParameterizedTest
    @EnumSource
    void readThatIsBrokenOffInTheMiddleOfARecordLosesNothing(Disturbance disturbance)
            throws Exception {
        onOwnSockets("the JDK closes them");
        Plain left = plain();
        Plain right = plain(); // a relay in between cuts records
        var client = closing(client().wrap(left.client(), "localhost"));
        var server = closing(server().wrap(right.server()));
        var allowed = new int[] {Integer.MAX_VALUE};
        Greenlet<Void> up = Jevent.spawn((Action) () -> relay(left, right, true, allowed));
        Greenlet<Void> down = Jevent.spawn((Action) () -> relay(left, right, false, allowed));
        together(client::startHandshake, server::startHandshake);
        byte[] data = data(10_000);
        together(
                () -> {
                    turns(20);
                    allowed[0] = 4_321;
                    client.getOutputStream().write(data);
                },
                () -> {
                    Jevent.sleep(5);
                    disturbance.breakOff(() -> server.getInputStream().read(new byte[5]));
                    allowed[0] = Integer.MAX_VALUE;
                    assertArrayEquals(data, server.getInputStream().readNBytes(data.length));
                });
        Jevent.killAll(java.util.List.of(up, down));
    }

    private static void relay(Plain left, Plain right, boolean up, int[] allowed)
            throws IOException {
        var in = (up ? left.server() : right.client()).getInputStream();
        var out = (up ? right.client() : left.server()).getOutputStream();
        var b = new byte[50_000];
        for (int n; (n = in.read(b)) > 0; ) {
            int first = up ? Math.min(n, allowed[0]) : n;
            out.write(b, 0, first);
            while (first < n && allowed[0] != Integer.MAX_VALUE) {
                Jevent.sleep(1);
            }
            out.write(b, first, n - first);
        }
    }

    @ParameterizedTest
    @EnumSource
    void writeThatIsBrokenOffLeavesTheStreamWhole(Disturbance disturbance) throws Exception {
        onOwnSockets("nobody knows how much was sent");
        Pair pair = pair();
        var zeros = new byte[20_000_000];
        disturbance.breakOff(() -> pair.client().getOutputStream().write(zeros));
        together(
                () -> {
                    pair.client().getOutputStream().write(new byte[] {1, 2, 3});
                    pair.client().shutdownOutput();
                },
                () -> {
                    byte[] all = pair.server().getInputStream().readAllBytes();
                    assertTrue(all.length > 1000 && all.length < zeros.length + 3);
                    for (int i = 0; i < all.length - 3; i++) {
                        assertEquals(0, all[i]);
                    }
                    assertArrayEquals(
                            new byte[] {1, 2, 3},
                            Arrays.copyOfRange(all, all.length - 3, all.length));
                });
    }

    @ParameterizedTest
    @EnumSource
    void whoWaitsForAnothersWriteCanBeBrokenOff(Disturbance disturbance) throws Exception {
        Pair pair = pair();
        Greenlet<Void> writer =
                Jevent.spawn(
                        (Action) () -> pair.client().getOutputStream().write(new byte[20_000_000]));
        turns(5);
        disturbance.breakOff(() -> pair.client().getOutputStream().write(1));
        together(() -> pair.server().getInputStream().readNBytes(20_000_000));
        writer.get();
    }

    @Test
    void writeThatWasBrokenOffOnAForeignSocketHasBrokenIt() throws Exception {
        onOwnSockets("it is so anyway");
        Pair outer = pair();
        var client = client().wrap(outer.client(), "localhost"); // TLS in TLS is foreign
        var server = server().wrap(outer.server());
        together(client::startHandshake, server::startHandshake);
        Disturbance.TIMEOUT.breakOff(() -> client.getOutputStream().write(new byte[20_000_000]));
        var e = assertThrows(IOException.class, () -> client.getOutputStream().write(1));
        assertTrue(e.getMessage().contains("broken off"), e.getMessage());
    }

    @ParameterizedTest
    @EnumSource
    void handshakeThatIsBrokenOffGoesOnLater(Disturbance disturbance) throws Exception {
        onOwnSockets("the JDK closes them");
        Pair pair = fresh(server(), client(), "localhost");
        disturbance.breakOff(pair.client()::startHandshake);
        together(() -> echoOnce(pair.server()), () -> talkAsClient(pair.client()));
    }

    @Test
    void readTimeoutLeavesTheConnectionUsable() throws Exception {
        Pair pair = pair();
        pair.client().setSoTimeout(20);
        together(
                () -> {
                    assertThrows(
                            SocketTimeoutException.class,
                            () -> pair.client().getInputStream().read());
                    pair.client().setSoTimeout(0);
                    talkAsClient(pair.client());
                },
                () -> echoOnce(pair.server()));
    }

    // ---- handshakes that do not go on

    @Test
    void handshakeThatNeverComesIsOverInTime() throws Exception {
        Tls quick = server().handshakeTimeout(SHORT);
        Plain silent = plain();
        var server = closing(quick.wrap(silent.server()));
        together(
                () -> {
                    var e =
                            assertThrows(
                                    SocketTimeoutException.class,
                                    () -> server.getInputStream().read());
                    assertTrue(e.getMessage().startsWith("TLS handshake timed out"));
                    assertTrue(silent.server().isClosed());
                },
                () -> {
                    Pair other = pair(server(), client()); // is not held up
                    together(() -> echoOnce(other.server()), () -> talkAsClient(other.client()));
                });
        assertEquals(-1, silent.client().getInputStream().read());
    }

    @Test
    void readTimeoutHoldsForTheHandshakeToo() throws Exception {
        Plain silent = plain();
        var client = closing(client().wrap(silent.client(), "localhost"));
        client.setSoTimeout(20);
        assertThrows(SocketTimeoutException.class, client::startHandshake);
    }

    @Test
    void connectIsOverInTimeThoughNobodyAnswers() throws Exception {
        try (var listener = dev.jevent.socket.Sockets.listen(loopback())) {
            assertThrows(
                    SocketTimeoutException.class,
                    () ->
                            client().connect(
                                            "localhost",
                                            listener.getLocalPort(),
                                            Duration.ofMillis(50)));
        }
    }

    @Test
    void peerThatClosesInTheMiddleOfTheHandshakeIsReported() throws Exception {
        Plain plain = plain();
        var client = closing(client().wrap(plain.client(), "localhost"));
        together(
                () -> {
                    var e = assertThrows(SSLHandshakeException.class, client::startHandshake);
                    assertTrue(e.getMessage().contains("localhost:"), e.getMessage());
                    assertTrue(e.getMessage().contains("closed the connection"), e.getMessage());
                    assertThrows(IOException.class, () -> client.getOutputStream().write(1));
                },
                () -> {
                    int ignored = plain.server().getInputStream().read(new byte[5000]);
                    plain.server().close();
                });
    }

    // ---- close

    @ParameterizedTest
    @ValueSource(strings = {"read", "write", "handshake"})
    void closeWakesWhoWaits(String what) throws Exception {
        Pair pair = what.equals("handshake") ? fresh(server(), client(), "localhost") : pair();
        Action wait =
                switch (what) {
                    case "read" -> () -> pair.client().getInputStream().read();
                    case "write" ->
                            () -> pair.client().getOutputStream().write(new byte[20_000_000]);
                    default -> pair.client()::startHandshake;
                };
        together(
                () -> {
                    var e = assertThrows(SocketException.class, wait::run);
                    assertTrue(e.getMessage().contains("losed"), e.getMessage());
                },
                () -> {
                    Jevent.sleep(10);
                    pair.client().close();
                });
    }

    @Test
    void closeDoesNotWaitForAPeerThatDoesNotRead() throws Exception {
        Pair pair = pair();
        try {
            Disturbance.KILL.breakOff(
                    () -> pair.client().getOutputStream().write(new byte[20_000_000]));
        } finally {
            pair.client().close();
        }
        assertTrue(pair.client().isClosed());
    }

    @Test
    void nothingIsLeftOpen() throws Exception {
        pair().client().close();
        closeEverything();
        int before = openDescriptors();
        for (int i = 0; i < 8; i++) {
            Pair good = pair();
            good.client().close();
            good.server().close();
            Failures bad = failures(server(), Tls.client(), "localhost");
            assertInstanceOf(SSLHandshakeException.class, bad.client());
            assertThrows(IOException.class, () -> Tls.client().connect("localhost", closedPort()));
        }
        assertTrue(openDescriptors() <= before + 3);
    }

    private static int closedPort() throws IOException {
        try (var listener = dev.jevent.socket.Sockets.listen(loopback())) {
            return listener.getLocalPort();
        }
    }
}
