package dev.jevent.socket;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Jevent;

import org.junit.jupiter.api.Test;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.zip.CRC32;

/** What a connection promises while nobody disturbs it. */
class SocketsTest extends SocketScenario {

    private static byte[] bytes(String s) {
        return s.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void whatIsWrittenArrives() throws Exception {
        Pair pair = pair();
        var answer = new byte[5];
        together(
                () -> {
                    pair.client().getOutputStream().write(bytes("hello"));
                    assertEquals(5, pair.client().getInputStream().readNBytes(answer, 0, 5));
                },
                () -> {
                    byte[] question = pair.server().getInputStream().readNBytes(5);
                    pair.server().getOutputStream().write(question);
                });
        assertArrayEquals(bytes("hello"), answer);
    }

    @Test
    void singleBytesAndTheEndOfTheStreamArrive() throws Exception {
        Pair pair = pair();
        together(
                () -> {
                    pair.client().getOutputStream().write(0xFF);
                    pair.client().close();
                },
                () -> {
                    InputStream in = pair.server().getInputStream();
                    assertEquals(0, in.read(new byte[0]));
                    assertEquals(0xFF, in.read());
                    assertEquals(-1, in.read());
                    assertEquals(-1, in.read(new byte[10]));
                });
    }

    @Test
    void availableSaysHowMuchCanBeReadAtOnce() throws Exception {
        Pair pair = pair();
        together(
                () -> {
                    pair.client().getOutputStream().write(new byte[100]);
                    InputStream in = pair.server().getInputStream();
                    assertEquals(1, in.readNBytes(1).length);
                    assertEquals(99, in.available());
                    assertEquals(50, in.skip(50));
                    assertEquals(49, in.available());
                });
    }

    @Test
    void aHundredMegabytesGoBothWaysAtOnceInLittleMemory() throws Exception {
        Pair pair = pair();
        long total = 100_000_000;
        var sums = new long[4];
        together(
                () -> sums[0] = send(pair.client(), total, 1),
                () -> sums[1] = receive(pair.server(), total),
                () -> sums[2] = send(pair.server(), total, 2),
                () -> sums[3] = receive(pair.client(), total));
        assertEquals(sums[0], sums[1]);
        assertEquals(sums[2], sums[3]);
        assertNotEquals(sums[0], sums[2]);
    }

    private static long send(Socket socket, long total, int seed) throws Exception {
        var piece = new byte[250_000]; // more than one system call takes
        OutputStream out = socket.getOutputStream();
        var sum = new CRC32();
        for (long sent = 0; sent < total; sent += piece.length) {
            for (int i = 0; i < piece.length; i += 100) {
                piece[i] = (byte) (sent / piece.length * 7 + i * seed);
            }
            sum.update(piece);
            out.write(piece);
        }
        return sum.getValue();
    }

    private static long receive(Socket socket, long total) throws Exception {
        var piece = new byte[100_000];
        InputStream in = socket.getInputStream();
        var sum = new CRC32();
        for (long left = total; left > 0; ) {
            int n = in.read(piece, 0, (int) Math.min(piece.length, left));
            assertTrue(n > 0);
            sum.update(piece, 0, n);
            left -= n;
        }
        return sum.getValue();
    }

    @Test
    void oneHalfCanBeClosedAlone() throws Exception {
        Pair pair = pair();
        together(
                () -> {
                    pair.client().getOutputStream().write(bytes("ask"));
                    pair.client().shutdownOutput();
                    assertTrue(pair.client().isOutputShutdown());
                    assertThrows(SocketException.class, () -> pair.client().getOutputStream());
                    byte[] answer = pair.client().getInputStream().readAllBytes();
                    assertArrayEquals(bytes("answer"), answer);
                },
                () -> {
                    byte[] question = pair.server().getInputStream().readAllBytes();
                    assertArrayEquals(bytes("ask"), question);
                    pair.server().getOutputStream().write(bytes("answer"));
                    pair.server().close();
                });
    }

    @Test
    void shuttingDownTheInputEndsARead() throws Exception {
        Pair pair = pair();
        InputStream in = pair.server().getInputStream();
        together(
                () -> assertEquals(-1, in.read()),
                () -> {
                    Jevent.sleep(0);
                    pair.server().shutdownInput();
                    assertTrue(pair.server().isInputShutdown());
                });
        assertThrows(SocketException.class, () -> pair.server().getInputStream());
    }

    @Test
    void addressesAreToldOnBothEnds() throws Exception {
        Pair pair = pair();
        Socket client = pair.client();
        Socket server = pair.server();
        assertEquals(client.getLocalSocketAddress(), server.getRemoteSocketAddress());
        assertEquals(client.getRemoteSocketAddress(), server.getLocalSocketAddress());
        assertEquals(client.getPort(), server.getLocalPort());
        assertTrue(server.getInetAddress().isLoopbackAddress());
        assertTrue(client.toString().contains("port=" + client.getPort()), client.toString());
        assertTrue(client.isConnected() && client.isBound() && !client.isClosed());

        int port = client.getPort();
        client.close();

        assertTrue(client.isConnected() && client.isBound() && client.isClosed());
        assertEquals(port, client.getPort());
        assertThrows(SocketException.class, client::getInputStream);
        assertThrows(SocketException.class, () -> client.setTcpNoDelay(true));
    }

    @Test
    void aSocketThatIsNotConnectedSaysSo() throws Exception {
        Socket socket = closing(Sockets.socket());
        assertFalse(socket.isConnected() || socket.isBound() || socket.isClosed());
        assertNull(socket.getRemoteSocketAddress());
        assertNull(socket.getInetAddress());
        assertNull(socket.getLocalSocketAddress());
        assertNull(socket.getChannel());
        assertEquals(0, socket.getPort());
        assertEquals(-1, socket.getLocalPort());
        assertThrows(SocketException.class, socket::getInputStream);
        assertThrows(SocketException.class, socket::getOutputStream);
        assertThrows(SocketException.class, socket::shutdownInput);
    }

    @Test
    void optionsAreThoseOfJavaNet() throws Exception {
        Pair pair = pair();
        Socket socket = pair.client();

        assertFalse(socket.getTcpNoDelay());
        socket.setTcpNoDelay(true);
        assertTrue(socket.getOption(StandardSocketOptions.TCP_NODELAY));

        assertFalse(socket.getKeepAlive());
        socket.setKeepAlive(true);
        assertTrue(socket.getKeepAlive());

        assertEquals(-1, socket.getSoLinger());
        socket.setSoLinger(true, 3);
        assertEquals(3, socket.getSoLinger());
        socket.setSoLinger(false, 0);
        assertEquals(-1, socket.getSoLinger());

        socket.setReceiveBufferSize(20_000);
        assertEquals(20_000, socket.getReceiveBufferSize());
        socket.setSendBufferSize(20_000);
        assertEquals(20_000, socket.getSendBufferSize());
        socket.setTrafficClass(0x10);
        assertEquals(0x10, socket.getTrafficClass());
        socket.setSoTimeout(5);
        assertEquals(5, socket.getSoTimeout());
        assertTrue(socket.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT));
        assertThrows(IllegalArgumentException.class, () -> socket.setSoTimeout(-1));
        assertThrows(IllegalArgumentException.class, () -> socket.setSendBufferSize(0));
        assertThrows(IllegalArgumentException.class, () -> socket.setSoLinger(true, -1));
        assertThrows(IllegalArgumentException.class, () -> socket.setTrafficClass(256));
    }

    @Test
    void optionsCanBeSetBeforeConnecting() throws Exception {
        ServerSocket listener = closing(Sockets.listen(loopback()));
        Socket socket = closing(Sockets.socket());
        socket.setTcpNoDelay(true);
        socket.setReceiveBufferSize(30_000);
        socket.bind(loopback());
        int port = socket.getLocalPort();
        together(() -> socket.connect(listener.getLocalSocketAddress()));
        assertTrue(socket.getTcpNoDelay());
        assertEquals(30_000, socket.getReceiveBufferSize());
        assertEquals(port, socket.getLocalPort());
        assertThrows(SocketException.class, () -> socket.connect(listener.getLocalSocketAddress()));
    }

    @Test
    void urgentDataIsRefusedClearly() throws Exception {
        notInThePortableMode("java.net sends it");
        Pair pair = pair();
        var refused = assertThrows(SocketException.class, () -> pair.client().sendUrgentData(1));
        assertEquals("Urgent data not supported", refused.getMessage());
    }

    @Test
    void theWildcardAddressListensToBothFamilies() throws Exception {
        ServerSocket listener = closing(Sockets.listen(new InetSocketAddress(0)));
        int port = listener.getLocalPort();
        for (String host : new String[] {"127.0.0.1", "::1"}) {
            if (host.equals("::1") && !hasIpv6Loopback()) {
                continue;
            }
            InetAddress address = InetAddress.ofLiteral(host);
            together(
                    () -> closing(Sockets.connect(new InetSocketAddress(address, port), TEN)),
                    () -> {
                        Socket accepted = closing(listener.accept());
                        assertEquals(address, accepted.getInetAddress());
                        assertEquals(address, accepted.getLocalAddress());
                    });
        }
    }

    private static final Duration TEN = Duration.ofSeconds(10);

    private static boolean hasIpv6Loopback() {
        try (ServerSocket s = new ServerSocket(0, 1, InetAddress.ofLiteral("::1"))) {
            return s.isBound();
        } catch (Exception e) {
            return false;
        }
    }

    @Test
    void anyAddressOfANameWillDo() throws Exception {
        // "localhost" may be ::1 and 127.0.0.1; the listener has only one of them
        ServerSocket listener =
                closing(
                        Sockets.listen(
                                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0)));
        together(
                () -> closing(Sockets.connect("localhost", listener.getLocalPort())),
                () -> closing(listener.accept()));
    }

    // ---- what goes wrong at once

    @Test
    void nobodyListens() throws Exception {
        int port;
        try (ServerSocket gone = Sockets.listen(loopback())) {
            port = gone.getLocalPort();
        }
        int before = openDescriptors();
        together(
                () -> {
                    var refused =
                            assertThrows(
                                    ConnectException.class,
                                    () -> Sockets.connect("127.0.0.1", port));
                    assertTrue(refused.getMessage().startsWith("Connection refused"));
                });
        assertTrue(openDescriptors() <= before + 3, "the socket is closed"); // + the epoll's
    }

    @Test
    void aNameThatDoesNotExist() throws Exception {
        together(
                () ->
                        assertThrows(
                                UnknownHostException.class,
                                () -> Sockets.connect("no-such-name.invalid", 1)),
                () -> {
                    Socket socket = Sockets.socket();
                    var address = InetSocketAddress.createUnresolved("no-such-name.invalid", 1);
                    assertThrows(UnknownHostException.class, () -> socket.connect(address));
                    assertTrue(socket.isClosed());
                });
    }

    @Test
    void aPortThatIsTakenIsNamed() throws Exception {
        ServerSocket first = closing(Sockets.listen(loopback()));
        var taken =
                assertThrows(
                        BindException.class, () -> Sockets.listen(first.getLocalSocketAddress()));
        assertTrue(taken.getMessage().startsWith("Address already in use"), taken.getMessage());
        assertTrue(
                taken.getMessage().contains("127.0.0.1:" + first.getLocalPort()),
                taken.getMessage());
    }

    @Test
    void anAddressOfSomebodyElseIsNamed() throws Exception {
        var address = new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 0);
        var failure = assertThrows(BindException.class, () -> Sockets.listen(address));
        assertTrue(failure.getMessage().startsWith("Cannot assign requested address"));
        assertTrue(failure.getMessage().contains("192.0.2.1"));
    }

    @Test
    void thePortIsFreeAsSoonAsTheListenerIsClosed() throws Exception {
        ServerSocket first = Sockets.listen(loopback());
        var address = (InetSocketAddress) first.getLocalSocketAddress();
        together(
                () -> closing(Sockets.connect(address, TEN)),
                () -> closing(first.accept())); // a connection that stays
        first.close();
        assertTrue(first.isClosed());
        assertEquals(address.getPort(), first.getLocalPort());
        closing(Sockets.listen(address));
    }

    @Test
    void listenersHaveOptionsToo() throws Exception {
        ServerSocket listener = closing(Sockets.serverSocket());
        assertFalse(listener.isBound());
        assertNull(listener.getLocalSocketAddress());
        assertEquals(-1, listener.getLocalPort());
        assertThrows(SocketException.class, listener::accept);
        assertTrue(listener.getReuseAddress());
        listener.setReceiveBufferSize(40_000);
        assertEquals(40_000, listener.getReceiveBufferSize());
        listener.setOption(StandardSocketOptions.SO_REUSEPORT, true);
        listener.bind(loopback());
        assertTrue(listener.isBound());
        assertTrue(listener.toString().contains("" + listener.getLocalPort()));

        ServerSocket second = closing(Sockets.serverSocket());
        second.setOption(StandardSocketOptions.SO_REUSEPORT, true);
        second.bind(listener.getLocalSocketAddress());
    }
}
