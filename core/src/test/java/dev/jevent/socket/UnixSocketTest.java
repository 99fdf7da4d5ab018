package dev.jevent.socket;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.ConcurrentObjectUseError;
import dev.jevent.Greenlet;
import dev.jevent.Jevent;
import dev.jevent.Timeout;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What sockets of the Unix domain promise, in both modes. */
class UnixSocketTest extends SocketScenario {

    private static final Duration TEN = Duration.ofSeconds(10);

    @TempDir Path folder;

    private UnixDomainSocketAddress path() {
        return UnixDomainSocketAddress.of(folder.resolve("s"));
    }

    private Pair unixEnds() throws Exception {
        var ends = new Socket[2];
        try (ServerSocket listener = Sockets.listen(path())) {
            together(
                    () -> ends[0] = Sockets.connect(path(), TEN),
                    () -> ends[1] = listener.accept());
        }
        return new Pair(closing(ends[0]), closing(ends[1]));
    }

    private static void settle() {
        for (int i = 0; i < 5; i++) {
            Jevent.sleep(1);
        }
    }

    private static void assertUsable(Pair pair) throws Exception {
        together(
                () -> pair.client().getOutputStream().write(42),
                () -> assertEquals(42, pair.server().getInputStream().read()),
                () -> pair.server().getOutputStream().write(43),
                () -> assertEquals(43, pair.client().getInputStream().read()));
    }

    @Test
    void muchDataGoesBothWaysAtOnce() throws Exception {
        Pair pair = unixEnds();
        var data = new byte[5_000_000];
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) (i * 31 >> 3);
        }
        together(
                () -> pair.client().getOutputStream().write(data),
                () -> pair.server().getOutputStream().write(data),
                () ->
                        assertArrayEquals(
                                data, pair.server().getInputStream().readNBytes(data.length)),
                () ->
                        assertArrayEquals(
                                data, pair.client().getInputStream().readNBytes(data.length)));
    }

    @Test
    void theAddressesArePaths() throws Exception {
        Pair pair = unixEnds();
        Socket client = pair.client();
        assertEquals(path(), client.getRemoteSocketAddress());
        assertEquals(path(), pair.server().getLocalSocketAddress());
        assertEquals(UnixDomainSocketAddress.of(""), pair.server().getRemoteSocketAddress());
        assertEquals(InetAddress.getLoopbackAddress(), client.getInetAddress());
        assertEquals(0, client.getPort());
        assertEquals(-1, client.getLocalPort());
        assertNull(client.getChannel());
        assertTrue(client.toString().contains(path().toString()), client.toString());
    }

    @Test
    void theOptionsOfTcpAreRefused() throws Exception {
        Socket client = unixEnds().client();
        var e = assertThrows(SocketException.class, () -> client.setTcpNoDelay(true));
        assertTrue(e.getMessage().contains("has no option TCP_NODELAY"), e.getMessage());
        assertThrows(SocketException.class, client::getTrafficClass);
        assertThrows(
                UnsupportedOperationException.class,
                () -> client.setOption(StandardSocketOptions.TCP_NODELAY, true));
        client.setSendBufferSize(30_000);
        assertTrue(client.getSendBufferSize() >= 30_000);
        assertTrue(client.supportedOptions().contains(StandardSocketOptions.SO_RCVBUF));
    }

    @Test
    void aHalfCanBeClosed() throws Exception {
        Pair pair = unixEnds();
        together(
                () -> {
                    pair.client().getOutputStream().write(1);
                    pair.client().shutdownOutput();
                    assertEquals(2, pair.client().getInputStream().read());
                    assertEquals(-1, pair.client().getInputStream().read());
                },
                () -> {
                    InputStream in = pair.server().getInputStream();
                    assertEquals(1, in.read());
                    assertEquals(-1, in.read());
                    pair.server().getOutputStream().write(2);
                    pair.server().close();
                });
    }

    @Test
    void aReadGivesUpAfterSoTimeoutAndAnAcceptToo() throws Exception {
        Pair pair = unixEnds();
        pair.server().setSoTimeout(20);
        Files.delete(path().getPath());
        ServerSocket listener = closing(Sockets.listen(path()));
        listener.setSoTimeout(20);
        together(
                () -> assertThrows(SocketTimeoutException.class, listener::accept),
                () ->
                        assertThrows(
                                SocketTimeoutException.class,
                                () -> pair.server().getInputStream().read()));
        assertUsable(pair);
    }

    @Test
    void aTimeoutAKillAndAnInterruptLeaveItUsable() throws Exception {
        Pair pair = unixEnds();
        Jevent.getHub().errorHandler((context, error) -> {});
        together(
                () -> {
                    try (Timeout t = Timeout.start(Duration.ofMillis(20))) {
                        Throwable thrown =
                                assertThrows(
                                        Throwable.class,
                                        () -> pair.server().getInputStream().read());
                        assertSame(t, thrown);
                    }
                });
        assertUsable(pair);
        Greenlet<Integer> reader = Jevent.spawn(() -> pair.server().getInputStream().read());
        settle();
        reader.kill();
        assertTrue(reader.ready());
        assertUsable(pair);
        Greenlet<Integer> other = Jevent.spawn(() -> pair.server().getInputStream().read());
        settle();
        other.thread().interrupt();
        other.join();
        assertFalse(other.successful());
        assertUsable(pair);
    }

    @Test
    void closeWakesReaderWriterAndAcceptor() throws Exception {
        Pair pair = unixEnds();
        Files.delete(path().getPath());
        ServerSocket listener = closing(Sockets.listen(path()));
        together(
                () -> assertClosed(() -> pair.server().getInputStream().read()),
                () -> assertClosed(() -> writeForEver(pair.server())),
                () -> assertClosed(listener::accept),
                () -> {
                    settle();
                    pair.server().close();
                    listener.close();
                });
    }

    private static void assertClosed(org.junit.jupiter.api.function.Executable action) {
        assertEquals("Socket closed", assertThrows(SocketException.class, action).getMessage());
    }

    private static void writeForEver(Socket socket) throws IOException {
        OutputStream out = socket.getOutputStream();
        var piece = new byte[100_000];
        for (; ; ) {
            out.write(piece);
        }
    }

    @Test
    void twoReadersAreAnError() throws Exception {
        Pair pair = unixEnds();
        together(
                () -> assertEquals(42, pair.server().getInputStream().read()),
                () -> {
                    settle();
                    assertThrows(
                            ConcurrentObjectUseError.class,
                            () -> pair.server().getInputStream().read());
                    pair.client().getOutputStream().write(42);
                });
    }

    @Test
    void theRootAndThreadsMayUseIt() throws Exception {
        Pair pair = unixEnds();
        Greenlet<Void> echo =
                Jevent.spawn(
                        () -> {
                            pair.server()
                                    .getInputStream()
                                    .transferTo(pair.server().getOutputStream());
                            pair.server().close();
                        });
        pair.client().getOutputStream().write(7);
        assertEquals(7, pair.client().getInputStream().read());
        for (Thread.Builder kind :
                List.of((Thread.Builder) Thread.ofPlatform(), Thread.ofVirtual())) {
            var got = new int[1];
            Greenlet<Void> other =
                    Jevent.spawn(
                            () -> {
                                Thread t =
                                        kind.start(
                                                () -> {
                                                    try {
                                                        pair.client().getOutputStream().write(8);
                                                        got[0] =
                                                                pair.client()
                                                                        .getInputStream()
                                                                        .read();
                                                    } catch (IOException e) {
                                                        got[0] = -2;
                                                    }
                                                });
                                Jevent.blocking(() -> t.join());
                            });
            other.get();
            assertEquals(8, got[0]);
        }
        pair.client().shutdownOutput();
        echo.get();
    }

    @Test
    void whatIsWrongWithAPathIsSaid() throws Exception {
        assertThrows(IOException.class, () -> Sockets.connect(path(), TEN), "there is no file");
        ServerSocket first = Sockets.listen(path());
        Exception taken = assertThrows(IOException.class, () -> Sockets.listen(path()));
        assertInstanceOf(SocketException.class, taken);
        assertTrue(taken.getMessage().contains("in use"), taken.getMessage());
        assertTrue(taken.getMessage().contains(path().toString()), taken.getMessage());
        first.close();
        assertTrue(Files.exists(path().getPath()), "the file stays");
        assertThrows(IOException.class, () -> Sockets.listen(path()), "and is in the way");
        IOException refused = assertThrows(IOException.class, () -> Sockets.connect(path(), TEN));
        assertTrue(refused.getMessage().startsWith("Connection refused"), refused.getMessage());
        var tooLong = UnixDomainSocketAddress.of(folder.resolve("x".repeat(200)));
        Exception e = assertThrows(IOException.class, () -> Sockets.listen(tooLong));
        assertTrue(e.getMessage().contains("too long"), e.getMessage());
        assertThrows(IOException.class, () -> Sockets.connect(tooLong, TEN));
    }

    @Test
    void aFullBacklogIsWaitedFor() throws Exception {
        int before = openDescriptors();
        ServerSocket listener = closing(Sockets.listen(path(), 1));
        List<Socket> clients = new ArrayList<>();
        var gaveUp = new int[1];
        together(
                () -> {
                    while (gaveUp[0] == 0) {
                        try {
                            clients.add(Sockets.connect(path(), Duration.ofMillis(50)));
                        } catch (SocketTimeoutException e) {
                            gaveUp[0]++;
                        }
                    }
                });
        assertTrue(clients.size() < 5, "the backlog is 1");
        together(
                () -> clients.add(Sockets.connect(path(), TEN)),
                () -> {
                    settle();
                    for (int i = 0; i < 2; i++) {
                        listener.accept().close();
                    }
                });
        for (Socket s : clients) {
            s.close();
        }
        listener.close();
        assertTrue(openDescriptors() <= before + 6, "nothing is lost"); // the hub's own
    }

    @Test
    void itCanBeBoundBeforeItConnects() throws Exception {
        try (ServerSocket listener = Sockets.listen(path());
                dev.jevent.socket.Pair pair = Sockets.pair()) {
            assertTrue(pair.left().isConnected());
            assertTrue(listener.isBound());
            assertEquals(path(), listener.getLocalSocketAddress());
            assertEquals(-1, listener.getLocalPort());
        }
    }
}
