package dev.jevent.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Greenlet;
import dev.jevent.Jevent;
import dev.jevent.Timeout;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What happens when the other side, the network or the machine fails: an error, and no leak. */
class SocketFaultTest extends SocketScenario {

    private static final Duration TEN = Duration.ofSeconds(10);
    private static final Duration SOON = Duration.ofMillis(50);

    /** Runs it twice, for the first time makes what stays; then as many descriptors are open. */
    private void leaksNothing(Scene scene) throws Exception {
        scene.play();
        int before = openDescriptors();
        scene.play();
        for (int i = 0; openDescriptors() > before && i < 2000; i++) {
            Jevent.sleep(1); // the JDK's sockets need a moment for their end
        }
        assertTrue(openDescriptors() <= before, "no descriptor is left open");
    }

    private interface Scene {
        void play() throws Exception;
    }

    private static Pair connection() throws Exception {
        try (ServerSocket listener = Sockets.listen(loopback())) {
            Socket client = Sockets.connect(listener.getLocalSocketAddress(), TEN);
            return new Pair(client, listener.accept());
        }
    }

    private static void settle() {
        for (int i = 0; i < 5; i++) {
            Jevent.sleep(1);
        }
    }

    private static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    private static void writeForEver(Socket socket) throws IOException {
        OutputStream out = socket.getOutputStream();
        var piece = new byte[100_000];
        for (; ; ) {
            out.write(piece);
        }
    }

    @Test
    void aResetEndsARead() throws Exception {
        leaksNothing(
                () -> {
                    Pair pair = connection();
                    together(
                            () -> assertReset(pair.server()),
                            () -> {
                                settle();
                                reset(pair.client());
                            });
                    pair.server().close();
                });
    }

    private static void assertReset(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        var e = assertThrows(SocketException.class, in::read);
        assertEquals("Connection reset", e.getMessage());
    }

    @Test
    void aResetEndsAWrite() throws Exception {
        leaksNothing(
                () -> {
                    Pair pair = connection();
                    together(
                            () -> assertPeerGone(pair.server()),
                            () -> {
                                settle();
                                reset(pair.client());
                            });
                    if (!isPortable()) {
                        assertReset(pair.server()); // and not the end of the stream
                    }
                    pair.server().close();
                });
    }

    private static void assertPeerGone(Socket socket) {
        var e = assertThrows(IOException.class, () -> writeForEver(socket));
        assertTrue(
                e.getMessage().startsWith("Connection reset")
                        || e.getMessage().startsWith("Broken pipe"),
                e.getMessage());
    }

    @Test
    void aResetEndsBothAtOnce() throws Exception {
        notInThePortableMode("the reader may see the end of the stream");
        leaksNothing(
                () -> {
                    Pair pair = connection();
                    together(
                            () -> assertPeerGone(pair.server()),
                            () -> assertReset(pair.server()),
                            () -> {
                                settle();
                                reset(pair.client());
                            });
                    pair.server().close();
                });
    }

    @Test
    void halvesAreClosedInEitherOrder() throws Exception {
        leaksNothing(
                () -> {
                    Pair pair = connection();
                    together(
                            () -> {
                                pair.client().shutdownOutput();
                                assertEquals(5, pair.client().getInputStream().read());
                                assertEquals(-1, pair.client().getInputStream().read());
                                pair.client().close();
                            },
                            () -> {
                                assertEquals(-1, pair.server().getInputStream().read());
                                pair.server().getOutputStream().write(5);
                                pair.server().shutdownOutput();
                                pair.server().close();
                            });
                    Pair other = connection();
                    together(
                            () -> {
                                other.client().shutdownInput();
                                other.client().getOutputStream().write(6);
                                other.client().shutdownOutput();
                                assertThrows(
                                        SocketException.class,
                                        () -> other.client().getOutputStream());
                            },
                            () -> {
                                InputStream in = other.server().getInputStream();
                                assertEquals(6, in.read());
                                assertEquals(-1, in.read());
                            });
                    other.client().close();
                    other.server().close();
                });
    }

    @Test
    void closeEndsEveryWait() throws Exception {
        leaksNothing(
                () -> {
                    Pair pair = connection();
                    ServerSocket listener = Sockets.listen(loopback());
                    Socket connecting = Sockets.socket();
                    try (BlackHole hole = new BlackHole()) {
                        together(
                                () -> assertClosed(() -> pair.server().getInputStream().read()),
                                () -> assertClosed(() -> writeForEver(pair.server())),
                                () -> assertClosed(listener::accept),
                                () -> assertClosed(() -> connecting.connect(hole.address())),
                                () -> {
                                    settle();
                                    pair.server().close();
                                    listener.close();
                                    connecting.close();
                                });
                    }
                    pair.client().close();
                });
    }

    private static void assertClosed(org.junit.jupiter.api.function.Executable action) {
        assertEquals("Socket closed", assertThrows(SocketException.class, action).getMessage());
    }

    /** A listener that answers nobody any more: its backlog is full. */
    private static final class BlackHole implements AutoCloseable {
        private final ServerSocket listener = Sockets.listen(loopback(), 1);
        private final List<Socket> waiting = new ArrayList<>();

        BlackHole() throws IOException {
            try {
                for (; ; ) {
                    waiting.add(Sockets.connect(address(), SOON));
                }
            } catch (SocketTimeoutException e) {
                return; // full
            }
        }

        InetSocketAddress address() {
            return (InetSocketAddress) listener.getLocalSocketAddress();
        }

        @Override
        public void close() throws IOException {
            listener.close();
            for (Socket s : waiting) {
                s.close();
            }
        }
    }

    @Test
    void nobodyWaitsLongerForABlackHoleThanHeWants() throws Exception {
        leaksNothing(
                () -> {
                    try (BlackHole hole = new BlackHole()) {
                        together(
                                () -> {
                                    var e =
                                            assertThrows(
                                                    SocketTimeoutException.class,
                                                    () -> Sockets.connect(hole.address(), SOON));
                                    assertTrue(
                                            e.getMessage().contains(":" + hole.address().getPort()),
                                            e.getMessage());
                                });
                        Greenlet<Socket> killed =
                                Jevent.spawn(() -> Sockets.connect(hole.address(), Duration.ZERO));
                        settle();
                        killed.kill();
                        assertTrue(killed.ready());
                    }
                });
    }

    @Test
    void aRefusedConnectionLeavesNothing() throws Exception {
        int port;
        try (ServerSocket gone = Sockets.listen(loopback())) {
            port = gone.getLocalPort();
        }
        leaksNothing(
                () ->
                        assertThrows(
                                ConnectException.class,
                                () -> Sockets.connect("127.0.0.1", port, TEN)));
    }

    @Test
    void aDeadReaderIsLeftByATimeout() throws Exception {
        leaksNothing(
                () -> {
                    Pair pair = connection();
                    together(
                            () -> {
                                Timeout thrown =
                                        assertThrows(
                                                Timeout.class, () -> writeInTime(pair.client()));
                                assertEquals(SOON, thrown.duration());
                            });
                    pair.client().close();
                    pair.server().close();
                });
    }

    private static void writeInTime(Socket socket) throws Exception {
        new Timeout(SOON).run(() -> writeForEver(socket));
    }

    // ---- how a socket ends

    @Test
    void aLingeringCloseHoldsUpNobodyAndDeliversEverything() throws Exception {
        notInThePortableMode("the JDK lingers in the caller");
        leaksNothing(
                () -> {
                    Pair pair = connection();
                    int size = 200_000; // the buffers take it
                    together(
                            () -> {
                                pair.client().setSendBufferSize(1_000_000);
                                pair.client().getOutputStream().write(new byte[size]);
                                pair.client().setSoLinger(true, 5);
                                long begin = System.nanoTime();
                                pair.client().close();
                                long took = System.nanoTime() - begin;
                                assertTrue(took < 4_000_000_000L, "it did not linger here");
                            });
                    together(
                            () ->
                                    assertEquals(
                                            size,
                                            pair.server().getInputStream().readAllBytes().length));
                    pair.server().close();
                });
    }

    @Test
    void aConnectionThatIsResetBeforeItIsAcceptedHarmsNobody() throws Exception {
        leaksNothing(
                () -> {
                    try (ServerSocket listener = Sockets.listen(loopback())) {
                        reset(Sockets.connect(listener.getLocalSocketAddress(), TEN));
                        Socket alive = Sockets.connect(listener.getLocalSocketAddress(), TEN);
                        together(() -> alive.getOutputStream().write(7));
                        together(
                                () -> {
                                    // Linux gives the dead one out, and it says so when it is used
                                    try (Socket dead = listener.accept()) {
                                        var e =
                                                assertThrows(
                                                        SocketException.class,
                                                        () -> dead.getInputStream().read());
                                        assertEquals("Connection reset", e.getMessage());
                                    }
                                    try (Socket next = listener.accept()) {
                                        assertEquals(7, next.getInputStream().read());
                                    }
                                });
                        alive.close();
                    }
                });
    }

    // ---- who forgets to close

    private static void collect() {
        System.gc();
        Jevent.sleep(5);
    }

    @Test
    void aForgottenSocketIsClosedSomeTime() throws Exception {
        notInThePortableMode("the JDK does it");
        Socket other = closing(forgetOneEnd());
        Greenlet<Integer> end = Jevent.spawn(() -> other.getInputStream().read());
        for (int i = 0; !end.ready() && i < 1000; i++) {
            collect();
        }
        assertTrue(end.ready(), "it was closed");
        assertEquals(-1, end.get());
        int port = forgetAListener();
        Throwable refused = null;
        for (int i = 0; refused == null && i < 1000; i++) {
            collect();
            try {
                Sockets.connect("127.0.0.1", port).close();
            } catch (ConnectException e) {
                refused = e;
            } catch (SocketException e) {
                assertNotNull(e.getMessage()); // just being closed
            }
        }
        assertNotNull(refused, "the listener was closed");
    }

    private static Socket forgetOneEnd() throws Exception {
        return connection().client();
    }

    private static int forgetAListener() throws Exception {
        return Sockets.listen(loopback()).getLocalPort();
    }

    @Test
    void aSocketIsNotForgottenWhileSomebodyWaits() throws Exception {
        var others = new Socket[2];
        Greenlet<Integer> reader = Jevent.spawn(() -> readOfNobody(others));
        Greenlet<Integer> acceptor = Jevent.spawn(() -> acceptOfNobody());
        settle();
        for (int i = 0; i < 20; i++) {
            collect();
        }
        assertFalse(reader.ready() || acceptor.ready());
        others[0].getOutputStream().write(9);
        assertEquals(9, reader.get());
        others[1] = Sockets.connect("127.0.0.1", port);
        assertEquals(others[1].getLocalPort(), acceptor.get());
        others[0].close();
        others[1].close();
    }

    private int port;

    private static int readOfNobody(Socket[] others) throws Exception {
        InputStream in = streamOfNobody(others);
        return in.read();
    }

    private static InputStream streamOfNobody(Socket[] others) throws Exception {
        Pair pair = connection();
        others[0] = pair.client();
        return pair.server().getInputStream();
    }

    private int acceptOfNobody() throws Exception {
        ServerSocket listener = Sockets.listen(loopback());
        port = listener.getLocalPort();
        try (Socket s = listener.accept()) {
            return s.getPort();
        }
    }

    // ---- options

    @Test
    void keepAliveAndItsTimesAreOptions() throws Exception {
        Pair pair = connection();
        Socket socket = pair.client();
        socket.setKeepAlive(true);
        int found = 0;
        for (String name : List.of("TCP_KEEPIDLE", "TCP_KEEPINTERVAL", "TCP_KEEPCOUNT")) {
            SocketOption<Integer> option = option(socket, name);
            if (option != null) {
                socket.setOption(option, 7 + found);
                assertEquals(7 + found, socket.getOption(option));
                found++;
            }
        }
        SocketOption<?> quick = anyOption(socket, "TCP_QUICKACK");
        if (quick != null) {
            assertNotNull(socket.getOption(quick));
        }
        assertTrue(found == 3 || ModuleLayer.boot().findModule("jdk.net").isEmpty());
        assertTrue(socket.getKeepAlive());
        assertThrows(
                IllegalArgumentException.class,
                () -> socket.setOption(StandardSocketOptions.IP_TOS, 1000));
        assertThrows(
                UnsupportedOperationException.class,
                () -> socket.setOption(StandardSocketOptions.IP_MULTICAST_TTL, 1));
        socket.close();
        pair.server().close();
    }

    private static SocketOption<?> anyOption(Socket socket, String name) {
        for (SocketOption<?> o : socket.supportedOptions()) {
            if (o.name().equals(name)) {
                return o;
            }
        }
        return null;
    }

    @SuppressWarnings("unchecked")
    private static SocketOption<Integer> option(Socket socket, String name) {
        return (SocketOption<Integer>) anyOption(socket, name);
    }
}
