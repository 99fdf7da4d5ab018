package dev.jevent.ssl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.ConcurrentObjectUseError;
import dev.jevent.Dose;
import dev.jevent.Jevent;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

/** Data through established connections, and their ends. */
class TlsTalkTest extends TlsScenario {

    private Pair pair(String version) throws Exception {
        return pair(server(), client().protocols(version));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void bothSidesHearEachOther(String version) throws Exception {
        Pair pair = pair(version);
        together(
                () -> echoOnce(pair.server()),
                () -> talkAsClient(pair.client()),
                () -> assertEquals(version, pair.client().getSession().getProtocol()));
        assertEquals("CN=localhost", pair.client().getSession().getPeerPrincipal().getName());
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void manyMegabytesGoBothWaysAtOnce(String version) throws Exception {
        int bytes = Dose.of(5_000_000, 50_000_000);
        Pair pair = pair(version);
        together(
                () -> send(pair.client(), bytes, 100_000),
                () -> send(pair.server(), bytes, 9_973),
                () -> receive(pair.client(), bytes, 65_536),
                () -> receive(pair.server(), bytes, 5_000));
    }

    private static void send(Socket socket, int total, int chunk) throws IOException {
        byte[] data = data(1 << 20);
        OutputStream out = socket.getOutputStream();
        for (int sent = 0; sent < total; ) {
            int from = sent & (1 << 20) - 1;
            int n = Math.min(Math.min(chunk, data.length - from), total - sent);
            out.write(data, from, n);
            sent += n;
        }
    }

    private static void receive(Socket socket, int total, int chunk) throws IOException {
        byte[] data = data(1 << 20);
        var wanted = new CRC32();
        for (int i = 0; i < total; i += data.length) {
            wanted.update(data, 0, Math.min(data.length, total - i));
        }
        var got = new CRC32();
        InputStream in = socket.getInputStream();
        var buffer = new byte[chunk];
        for (int left = total; left > 0; ) {
            int n = in.read(buffer, 0, Math.min(chunk, left));
            assertTrue(n > 0);
            got.update(buffer, 0, n);
            left -= n;
        }
        assertEquals(wanted.getValue(), got.getValue());
    }

    @Test
    void smallReadsGetAllOfLargeRecords() throws Exception {
        Pair pair = pair();
        byte[] data = data(40_000);
        together(
                () -> pair.client().getOutputStream().write(data),
                () -> {
                    InputStream in = pair.server().getInputStream();
                    var got = new byte[data.length];
                    for (int i = 0; i < got.length; ) {
                        if (i % 7 == 0) {
                            got[i++] = (byte) in.read();
                        } else {
                            i += in.read(got, i, Math.min(11, got.length - i));
                        }
                    }
                    assertArrayEquals(data, got);
                    assertEquals(0, in.available());
                });
    }

    @Test
    void whatWasDecryptedIsAvailable() throws Exception {
        Pair pair = pair();
        together(
                () -> pair.client().getOutputStream().write(data(100)),
                () -> {
                    InputStream in = pair.server().getInputStream();
                    assertEquals(0, in.read());
                    assertEquals(99, in.available());
                });
    }

    @Test
    void manySmallRecordsFillOneRead() throws Exception {
        Pair pair = pair();
        together(
                () -> {
                    for (int i = 0; i < 100; i++) {
                        pair.client().getOutputStream().write(i);
                    }
                });
        var got = new byte[10_000];
        var n = new int[1];
        together(() -> n[0] = pair.server().getInputStream().read(got));
        assertTrue(n[0] > 1, n[0] + " records"); // as many as TCP had brought
    }

    // ---- ends

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void closeIsTheEndOfTheStream(String version) throws Exception {
        Pair pair = pair(version);
        together(
                () -> {
                    pair.client().getOutputStream().write("bye".getBytes(StandardCharsets.UTF_8));
                    pair.client().close();
                },
                () -> {
                    assertArrayEquals(
                            "bye".getBytes(StandardCharsets.UTF_8),
                            pair.server().getInputStream().readAllBytes());
                    assertEquals(-1, pair.server().getInputStream().read());
                });
        assertTrue(pair.client().isClosed());
        assertFalse(pair.server().isClosed());
    }

    @Test
    void halfClosedConnectionsGoOnInTheOtherDirection() throws Exception {
        Pair pair = pair("TLSv1.3");
        byte[] data = data(300_000);
        together(
                () -> {
                    pair.client().getOutputStream().write(data);
                    pair.client().shutdownOutput();
                    assertTrue(pair.client().isOutputShutdown());
                    assertArrayEquals(data, pair.client().getInputStream().readAllBytes());
                },
                () -> {
                    byte[] all = pair.server().getInputStream().readAllBytes();
                    pair.server().getOutputStream().write(all);
                    pair.server().shutdownOutput();
                });
        assertThrows(SocketException.class, () -> pair.client().getOutputStream());
        assertThrows(SocketException.class, () -> pair.client().shutdownOutput());
    }

    @Test
    void inVersion12OneCloseClosesBothWays() throws Exception {
        Pair pair = pair("TLSv1.2");
        together(
                () -> {
                    pair.client().shutdownOutput();
                    assertEquals(-1, pair.client().getInputStream().read());
                },
                () -> {
                    assertEquals(-1, pair.server().getInputStream().read());
                    var e =
                            assertThrows(
                                    SocketException.class,
                                    () -> pair.server().getOutputStream().write(1));
                    assertTrue(e.getMessage().contains("close_notify"), e.getMessage());
                });
    }

    @Test
    void shutdownInputEndsAReadThatWaits() throws Exception {
        Pair pair = pair();
        together(
                () -> assertEquals(-1, pair.client().getInputStream().read()),
                () -> {
                    turns(5);
                    pair.client().shutdownInput();
                });
        assertTrue(pair.client().isInputShutdown());
        assertThrows(SocketException.class, () -> pair.client().getInputStream());
        together(
                () -> pair.client().getOutputStream().write(7),
                () -> assertEquals(7, pair.server().getInputStream().read()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void connectionCutOffIsNoEndOfTheStream(String version) throws Exception {
        Plain plain = plain();
        Pair pair =
                new Pair(
                        closing(client().protocols(version).wrap(plain.client(), "localhost")),
                        closing(server().wrap(plain.server())));
        together(pair.client()::startHandshake, pair.server()::startHandshake);
        together(
                () -> {
                    pair.client().getOutputStream().write("half".getBytes(StandardCharsets.UTF_8));
                    plain.client().shutdownOutput(); // an attacker's FIN
                },
                () -> {
                    InputStream in = pair.server().getInputStream();
                    assertEquals("half", new String(in.readNBytes(4), StandardCharsets.UTF_8));
                    for (int i = 0; i < 2; i++) {
                        var e = assertThrows(SSLException.class, in::read);
                        assertInstanceOf(EOFException.class, e.getCause());
                        assertTrue(e.getMessage().contains("close_notify"), e.getMessage());
                    }
                });
    }

    @Test
    void raggedEndIsAnEndIfWanted() throws Exception {
        Plain plain = plain();
        Tls lenient = server().suppressRaggedEofs(true);
        var client = closing(client().wrap(plain.client(), "localhost"));
        var server = closing(lenient.wrap(plain.server()));
        together(client::startHandshake, server::startHandshake);
        together(
                () -> {
                    client.getOutputStream().write(1);
                    plain.client().shutdownOutput();
                },
                () -> assertEquals(1, server.getInputStream().readAllBytes().length));
    }

    @Test
    void unwrappedSocketsGoOnInPlain() throws Exception {
        Plain plain = plain();
        var client = closing(client().wrap(plain.client(), "localhost"));
        var server = closing(server().wrap(plain.server()));
        together(
                () -> {
                    talkAsClient(client);
                    Socket bare = Tls.unwrap(client);
                    assertSame(plain.client(), bare);
                    talkAsClient(bare);
                },
                () -> {
                    echoOnce(server);
                    assertEquals(-1, server.getInputStream().read());
                    echoOnce(Tls.unwrap(server));
                });
        assertThrows(SocketException.class, () -> client.getInputStream());
    }

    @Test
    void plainDataRightBehindTheUnwrapIsNotLost() throws Exception {
        Plain plain = plain();
        var client = closing(client().wrap(plain.client(), "localhost"));
        var server = closing(server().wrap(plain.server()));
        together(client::startHandshake, server::startHandshake);
        together(
                () -> {
                    assertEquals(-1, client.getInputStream().read());
                    Socket bare = Tls.unwrap(client); // says close_notify, and at once
                    bare.getOutputStream().write("plain".getBytes(StandardCharsets.UTF_8));
                },
                () -> {
                    server.shutdownOutput();
                    Jevent.sleep(50); // so that both are there
                    Socket bare = Tls.unwrap(server);
                    assertEquals(
                            "plain",
                            new String(
                                    bare.getInputStream().readNBytes(5), StandardCharsets.UTF_8));
                });
    }

    @Test
    void unwrapDoesNotDropDataSilently() throws Exception {
        Pair pair = pair();
        together(
                () -> pair.server().getOutputStream().write(1),
                () -> {
                    var e = assertThrows(SSLException.class, () -> Tls.unwrap(pair.client()));
                    assertTrue(e.getMessage().contains("not read"), e.getMessage());
                });
    }

    /** The server's session tickets are unread then; a reset would lose what was written. */
    @Test
    void clientThatOnlyWritesMayCloseAtOnce() throws Exception {
        for (int i = 0; i < 20; i++) {
            Pair pair = pair("TLSv1.3");
            byte[] data = data(20_000);
            together(
                    () -> {
                        pair.client().getOutputStream().write(data);
                        pair.client().close();
                    });
            together(() -> assertArrayEquals(data, pair.server().getInputStream().readAllBytes()));
        }
    }

    // ---- one reader, many writers

    @Test
    void secondReaderIsRefused() throws Exception {
        Pair pair = pair();
        together(
                () -> assertEquals(5, pair.client().getInputStream().read()),
                () -> {
                    turns(3);
                    assertThrows(
                            ConcurrentObjectUseError.class,
                            () -> pair.client().getInputStream().read());
                    pair.server().getOutputStream().write(5);
                });
    }

    @Test
    void writesOfSeveralDoNotMix() throws Exception {
        Pair pair = pair();
        int each = 300_000;
        together(
                () -> write(pair.client(), 1, each),
                () -> write(pair.client(), 2, each),
                () -> write(pair.client(), 3, each),
                () -> {
                    byte[] all = pair.server().getInputStream().readNBytes(3 * each);
                    for (int i = 0; i < 3; i++) {
                        for (int j = 1; j < each; j++) {
                            assertEquals(all[i * each], all[i * each + j]);
                        }
                    }
                });
    }

    private static void write(Socket socket, int value, int times) throws IOException {
        var b = new byte[times];
        java.util.Arrays.fill(b, (byte) value);
        socket.getOutputStream().write(b);
    }

    // ---- new keys

    @Test
    void newKeysInTheMiddleOfTrafficBothWays() throws Exception {
        Pair pair = pair("TLSv1.3");
        together(
                () -> send(pair.client(), 5_000_000, 50_000),
                () -> send(pair.server(), 5_000_000, 3_000),
                () -> receive(pair.client(), 5_000_000, 20_000),
                () -> receive(pair.server(), 5_000_000, 20_000),
                () -> {
                    for (int i = 0; i < 50; i++) {
                        pair.client().startHandshake();
                        pair.server().startHandshake();
                        turns(3);
                    }
                });
    }

    @Test
    void floodOfKeyUpdatesIsAnswered() throws Exception {
        Pair pair = pair("TLSv1.3");
        together(
                () -> {
                    for (int i = 0; i < 3_000; i++) {
                        pair.client().startHandshake();
                    }
                    pair.client().getOutputStream().write(1);
                    assertEquals(2, pair.client().getInputStream().read());
                },
                () -> {
                    assertEquals(1, pair.server().getInputStream().read());
                    pair.server().getOutputStream().write(2);
                });
    }

    @Test
    void startHandshakeAgainDoesNothingInVersion12() throws Exception {
        Pair pair = pair("TLSv1.2");
        pair.client().startHandshake();
        together(() -> echoOnce(pair.server()), () -> talkAsClient(pair.client()));
    }

    // ---- it is a Socket

    @Test
    void itIsAsGoodAsTheSocketBelow() throws Exception {
        Plain plain = plain();
        SSLSocket client = closing(client().wrap(plain.client(), "localhost"));
        Socket below = plain.client();
        assertEquals(below.getPort(), client.getPort());
        assertEquals(below.getLocalPort(), client.getLocalPort());
        assertEquals(below.getInetAddress(), client.getInetAddress());
        assertEquals(below.getRemoteSocketAddress(), client.getRemoteSocketAddress());
        assertEquals(below.getLocalSocketAddress(), client.getLocalSocketAddress());
        assertTrue(client.isConnected() && client.isBound());
        assertNull(client.getChannel());
        client.setTcpNoDelay(false);
        assertFalse(below.getTcpNoDelay());
        client.setOption(StandardSocketOptions.TCP_NODELAY, true);
        assertTrue(client.getTcpNoDelay() && below.getTcpNoDelay());
        client.setKeepAlive(true);
        assertTrue(below.getKeepAlive());
        client.setSoTimeout(1234);
        assertEquals(1234, client.getSoTimeout());
        assertTrue(client.getUseClientMode());
        assertThrows(SocketException.class, () -> client.sendUrgentData(1));
        client.close();
        client.close();
        assertTrue(client.isClosed() && below.isClosed());
        assertThrows(SocketException.class, client::getInputStream);
    }

    @Test
    void listenersHearOfTheHandshake() throws Exception {
        Pair pair = fresh(server(), client(), "localhost");
        List<String> heard = new ArrayList<>();
        pair.client().addHandshakeCompletedListener(e -> heard.add(e.getSession().getProtocol()));
        together(() -> echoOnce(pair.server()), () -> talkAsClient(pair.client()));
        assertEquals(List.of("TLSv1.3"), heard);
    }

    @Test
    void sessionMakesTheHandshakeAndNeverThrows() throws Exception {
        Pair pair = fresh(server(), client(), "localhost");
        together(
                () -> assertEquals("TLSv1.3", pair.client().getSession().getProtocol()),
                () -> assertTrue(pair.server().getSession().isValid()));
        Pair bad = fresh(server(), Tls.client(), "localhost");
        together(
                () -> assertEquals("NONE", bad.client().getSession().getProtocol()),
                () -> assertEquals("NONE", bad.server().getSession().getProtocol()));
    }

    @Test
    void worksOnSocketsOfTheJdk() throws Exception {
        try (var listener = new ServerSocket(0, 5, loopback().getAddress())) {
            together(
                    () -> {
                        Socket s = closing(new Socket(listener.getInetAddress(), port(listener)));
                        SSLSocket tls = closing(client().wrap(s, "localhost"));
                        byte[] data = data(200_000);
                        tls.getOutputStream().write(data);
                        assertArrayEquals(data, tls.getInputStream().readNBytes(data.length));
                    },
                    () -> {
                        SSLSocket tls = closing(server().wrap(closing(listener.accept())));
                        tls.getOutputStream().write(tls.getInputStream().readNBytes(200_000));
                    });
        }
    }

    private static int port(ServerSocket listener) {
        return ((InetSocketAddress) listener.getLocalSocketAddress()).getPort();
    }

    @Test
    void tlsInTls() throws Exception {
        Pair outer = pair();
        SSLSocket client = client().wrap(outer.client(), "localhost");
        SSLSocket server = server().wrap(outer.server());
        together(
                () -> {
                    talkAsClient(client);
                    client.close();
                },
                () -> {
                    echoOnce(server);
                    assertEquals(-1, server.getInputStream().read());
                });
        assertTrue(outer.client().isClosed());
    }

    @Test
    void threadsWithoutAHubUseItToo() throws Exception {
        Pair pair = pair();
        byte[] data = data(500_000);
        var failure = new Throwable[2];
        Thread platform =
                Thread.ofPlatform()
                        .start(
                                () ->
                                        failure[0] =
                                                thrownBy(
                                                        () -> {
                                                            pair.client()
                                                                    .getOutputStream()
                                                                    .write(data);
                                                            pair.client().close();
                                                        }));
        Thread virtual =
                Thread.ofVirtual()
                        .start(
                                () ->
                                        failure[1] =
                                                thrownBy(
                                                        () ->
                                                                assertArrayEquals(
                                                                        data,
                                                                        pair.server()
                                                                                .getInputStream()
                                                                                .readAllBytes())));
        platform.join();
        virtual.join();
        assertNull(failure[0]);
        assertNull(failure[1]);
    }

    @Test
    void manyTinyRecordsGiveWayToOthers() throws Exception {
        Pair pair = pair();
        int records = 2000;
        OutputStream out = pair.client().getOutputStream();
        InputStream in = pair.server().getInputStream();
        together(
                () -> {
                    for (int i = 0; i < records; i++) {
                        out.write(i);
                    }
                });
        int turns =
                turnsDuring(
                        () -> {
                            for (int i = 0; i < records; i++) {
                                assertEquals(i & 0xFF, in.read());
                            }
                        });
        assertTrue(turns >= 20, turns + " turns");
    }
}
