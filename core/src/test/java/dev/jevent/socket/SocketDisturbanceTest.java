package dev.jevent.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.ConcurrentObjectUseError;
import dev.jevent.Greenlet;
import dev.jevent.Jevent;
import dev.jevent.Timeout;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a connection promises when a wait ends otherwise than with data. */
class SocketDisturbanceTest extends SocketScenario {

    private static final Duration SOON = Duration.ofMillis(20);
    private static final String INTERRUPTS = "a greenlet in a socket is interrupted: it is closed";

    private void assertUsable(Pair pair) throws Exception {
        together(
                () -> pair.client().getOutputStream().write(42),
                () -> assertEquals(42, pair.server().getInputStream().read()),
                () -> pair.server().getOutputStream().write(43),
                () -> assertEquals(43, pair.client().getInputStream().read()));
    }

    private static void failuresAreExpected() {
        Jevent.getHub().errorHandler((context, error) -> {});
    }

    /** Lets greenlets that are ready run until they wait. */
    private static void settle() {
        for (int i = 0; i < 5; i++) {
            Jevent.sleep(1);
        }
    }

    @Test
    void aReadGivesUpAfterSoTimeout() throws Exception {
        Pair pair = pair();
        pair.server().setSoTimeout(20);
        together(
                () -> {
                    InputStream in = pair.server().getInputStream();
                    long begin = System.nanoTime();
                    var e = assertThrows(SocketTimeoutException.class, in::read);
                    assertEquals("Read timed out", e.getMessage());
                    assertTrue(System.nanoTime() - begin >= 20_000_000);
                });
        assertUsable(pair);
    }

    @Test
    void anAcceptGivesUpAfterSoTimeout() throws Exception {
        ServerSocket listener = closing(Sockets.listen(loopback()));
        listener.setSoTimeout(20);
        together(
                () -> {
                    var e = assertThrows(SocketTimeoutException.class, listener::accept);
                    assertEquals("Accept timed out", e.getMessage());
                });
        together(
                () -> closing(Sockets.connect("localhost", listener.getLocalPort())),
                () -> closing(listener.accept()));
    }

    @Test
    void aTimeoutLeavesTheSocketUsable() throws Exception {
        notInThePortableMode(INTERRUPTS);
        Pair pair = pair();
        together(
                () -> {
                    try (Timeout t = Timeout.start(SOON)) {
                        Timeout thrown =
                                assertThrows(
                                        Timeout.class, () -> pair.server().getInputStream().read());
                        assertSame(t, thrown);
                    }
                });
        assertFalse(pair.server().isClosed());
        assertUsable(pair);
    }

    @Test
    void theRootCanReadUnderATimeoutToo() throws Exception {
        notInThePortableMode("the root is a plain thread for the JDK's sockets");
        Pair pair = pair();
        try (Timeout t = Timeout.start(SOON)) {
            assertSame(t, assertThrows(Timeout.class, () -> pair.server().getInputStream().read()));
        }
        assertUsable(pair);
    }

    @Test
    void aKillLeavesTheSocketUsable() throws Exception {
        notInThePortableMode(INTERRUPTS);
        Pair pair = pair();
        Greenlet<Integer> reader = Jevent.spawn(() -> pair.server().getInputStream().read());
        settle();
        reader.kill();
        assertTrue(reader.successful());
        assertUsable(pair);
    }

    @Test
    void aKilledWriterLeavesTheSocketOpen() throws Exception {
        notInThePortableMode(INTERRUPTS);
        Pair pair = pair();
        Greenlet<Void> writer = Jevent.spawn(() -> writeForEver(pair.client()));
        settle();
        assertFalse(writer.ready(), "it waits, for nobody reads");
        writer.kill();
        together(
                () -> {
                    pair.client().shutdownOutput();
                    pair.server().getInputStream().transferTo(OutputStream.nullOutputStream());
                });
    }

    private static void writeForEver(Socket socket) throws IOException {
        var piece = new byte[100_000];
        for (; ; ) {
            socket.getOutputStream().write(piece);
        }
    }

    @Test
    void anInterruptIsThrownAndLeavesTheSocketUsable() throws Exception {
        notInThePortableMode(INTERRUPTS);
        Pair pair = pair();
        failuresAreExpected();
        Greenlet<Integer> reader = Jevent.spawn(() -> pair.server().getInputStream().read());
        settle();
        reader.thread().interrupt();
        reader.join();
        assertEquals("Interrupted", reader.exception().getClass().getSimpleName());
        assertUsable(pair);
    }

    @Test
    void aPeerThatResetsIsToldSo() throws Exception {
        Pair pair = pair();
        together(
                () -> {
                    InputStream in = pair.server().getInputStream();
                    var e = assertThrows(SocketException.class, in::read);
                    assertEquals("Connection reset", e.getMessage());
                    assertThrows(SocketException.class, in::read, "and so is the next read");
                },
                () -> {
                    settle();
                    pair.client().setSoLinger(true, 0);
                    pair.client().close();
                });
    }

    @Test
    void aWriteToAPeerThatIsGoneFails() throws Exception {
        Pair pair = pair();
        pair.client().close();
        together(
                () -> {
                    var e = assertThrows(SocketException.class, () -> writeForEver(pair.server()));
                    assertTrue(
                            e.getMessage().startsWith("Broken pipe")
                                    || e.getMessage().startsWith("Connection reset"),
                            e.getMessage());
                });
    }

    @Test
    void closeWakesTheReader() throws Exception {
        Pair pair = pair();
        together(
                () -> {
                    var e =
                            assertThrows(
                                    SocketException.class,
                                    () -> pair.server().getInputStream().read());
                    assertEquals("Socket closed", e.getMessage());
                },
                () -> {
                    settle();
                    pair.server().close();
                });
    }

    @Test
    void closeWakesTheWriter() throws Exception {
        Pair pair = pair();
        together(
                () -> {
                    var e = assertThrows(SocketException.class, () -> writeForEver(pair.server()));
                    assertEquals("Socket closed", e.getMessage());
                },
                () -> {
                    settle();
                    pair.server().close();
                });
    }

    @Test
    void closeWakesTheAcceptor() throws Exception {
        ServerSocket listener = closing(Sockets.listen(loopback()));
        together(
                () -> {
                    var e = assertThrows(SocketException.class, listener::accept);
                    assertEquals("Socket closed", e.getMessage());
                },
                () -> {
                    settle();
                    listener.close();
                });
    }

    @Test
    void closeFromAnotherThreadWakesTheReader() throws Exception {
        Pair pair = pair();
        var closer = new Thread(() -> closeQuietly(pair.server()));
        together(
                () ->
                        assertThrows(
                                SocketException.class, () -> pair.server().getInputStream().read()),
                () -> {
                    settle();
                    closer.start();
                });
        closer.join();
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void twoReadersOfOneSocketAreAnError() throws Exception {
        notInThePortableMode("the JDK lets the second one wait for the first");
        Pair pair = pair();
        together(
                () -> assertEquals(42, pair.server().getInputStream().read()),
                () -> {
                    settle();
                    assertThrows(
                            ConcurrentObjectUseError.class,
                            () -> pair.server().getInputStream().read());
                    pair.client().getOutputStream().write(42);
                });
        assertUsable(pair);
    }

    @Test
    void aReaderAndAWriterOfOneSocketAreNone() throws Exception {
        Pair pair = pair();
        failuresAreExpected();
        Greenlet<Void> writer = Jevent.spawn(() -> writeForEver(pair.server()));
        Greenlet<Integer> reader = Jevent.spawn(() -> pair.server().getInputStream().read());
        settle();
        together(() -> pair.client().getOutputStream().write(1));
        assertEquals(1, reader.get());
        assertFalse(writer.ready());
        together(() -> pair.server().close());
        writer.join();
        assertTrue(writer.exception() instanceof SocketException);
    }

    @Test
    void connectGivesUpWhenTheBacklogIsFull() throws Exception {
        ServerSocket listener = closing(Sockets.listen(loopback(), 1));
        var address = (InetSocketAddress) listener.getLocalSocketAddress();
        List<Socket> waiting = new ArrayList<>();
        together(
                () -> {
                    long begin = System.nanoTime();
                    assertThrows(
                            SocketTimeoutException.class,
                            () -> {
                                for (int i = 0; i < 20; i++) {
                                    waiting.add(Sockets.connect(address, Duration.ofMillis(100)));
                                }
                            });
                    assertTrue(System.nanoTime() - begin >= 100_000_000);
                });
        for (Socket s : waiting) {
            s.close();
        }
    }

    @Test
    void aSocketThatCouldNotConnectIsClosed() throws Exception {
        int port;
        try (ServerSocket gone = Sockets.listen(loopback())) {
            port = gone.getLocalPort();
        }
        Socket socket = Sockets.socket();
        together(
                () ->
                        assertThrows(
                                IOException.class,
                                () ->
                                        socket.connect(
                                                new InetSocketAddress(
                                                        InetAddress.getLoopbackAddress(), port))));
        assertTrue(socket.isClosed());
    }

    @Test
    void othersRunWhileOneWaits() throws Exception {
        Pair pair = pair();
        List<String> order = new ArrayList<>();
        together(
                () -> {
                    order.add("reads");
                    pair.server().getInputStream().read();
                    order.add("has read");
                },
                () -> {
                    order.add("runs");
                    pair.client().getOutputStream().write(1);
                    order.add("has written");
                });
        assertEquals(List.of("reads", "runs", "has written", "has read"), order);
    }
}
