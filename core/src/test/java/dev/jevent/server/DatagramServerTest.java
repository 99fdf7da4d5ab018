package dev.jevent.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Greenlet;
import dev.jevent.Jevent;
import dev.jevent.OtherHub;
import dev.jevent.event.Event;
import dev.jevent.pool.Pool;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

import java.io.File;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

class DatagramServerTest extends ServerScenario {

    private DatagramServer serving(DatagramServer.Handler handler) throws IOException {
        return started(closing(new DatagramServer(loopback(), handler)));
    }

    private DatagramSocket client() throws IOException {
        var socket = closing(new DatagramSocket(loopback()));
        socket.setSoTimeout(30_000);
        return socket;
    }

    private static void send(DatagramSocket from, byte[] data, SocketAddress to)
            throws IOException {
        from.send(new DatagramPacket(data, data.length, to));
    }

    private static void send(DatagramSocket from, String text, SocketAddress to)
            throws IOException {
        send(from, text.getBytes(StandardCharsets.UTF_8), to);
    }

    private static String receive(DatagramSocket socket) throws IOException {
        var packet = new DatagramPacket(new byte[65_536], 65_536);
        socket.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
    }

    private static String text(Datagram datagram) {
        return new String(datagram.data(), StandardCharsets.UTF_8);
    }

    @Test
    void eachDatagramIsHandledAndAnswered() throws Exception {
        List<String> greenlets = new ArrayList<>();
        DatagramServer server =
                serving(
                        datagram -> {
                            greenlets.add(Jevent.getCurrent().name());
                            datagram.reply(datagram.data());
                        });
        together(
                () -> {
                    DatagramSocket client = client();
                    send(client, "one", server.address());
                    assertEquals("one", receive(client));
                    send(client, "", server.address());
                    assertEquals("", receive(client));
                });
        assertEquals(2, greenlets.stream().distinct().count());
        assertEquals(2, server.accepted());
        until(() -> server.handlers() == 0);
    }

    @Test
    void dataAndSenderAreHandedOverAsInGevent() throws Exception {
        var server = new DatagramServer[1];
        server[0] =
                started(
                        closing(
                                new DatagramServer(
                                        "127.0.0.1:0",
                                        (data, from) -> server[0].sendTo(data, from))));
        together(
                () -> {
                    DatagramSocket client = client();
                    send(client, "hello", server[0].address());
                    assertEquals("hello", receive(client));
                });
        var unstarted = new DatagramServer(0, (data, from) -> {});
        assertThrows(IllegalStateException.class, () -> unstarted.sendTo(new byte[1], loopback()));
    }

    @Test
    void allAddressesAreServedAndAnsweredFromWhereItCame() throws Exception {
        List<SocketAddress> to = new ArrayList<>();
        DatagramServer server =
                closing(
                        new DatagramServer(
                                        loopback(),
                                        d -> {
                                            to.add(d.to());
                                            d.reply(d.data());
                                        })
                                .listen(loopback()));
        server.start();
        together(
                () -> {
                    for (SocketAddress address : server.addresses()) {
                        DatagramSocket client = client();
                        client.connect(address); // takes answers from there only
                        send(client, "x", address);
                        assertEquals("x", receive(client));
                    }
                });
        assertEquals(server.addresses(), to);
    }

    @Test
    void bothFamiliesComeToTheWildcardAddress() throws Exception {
        var six = new InetSocketAddress(InetAddress.ofLiteral("::1"), 0);
        Assumptions.assumeTrue(canBind(six), "no IPv6 here");
        DatagramServer server = started(closing(new DatagramServer(0, d -> d.reply(d.data()))));
        together(
                () -> {
                    for (String host : List.of("127.0.0.1", "::1")) {
                        InetAddress a = InetAddress.ofLiteral(host);
                        var client = closing(new DatagramSocket(new InetSocketAddress(a, 0)));
                        client.setSoTimeout(30_000);
                        send(client, host, new InetSocketAddress(a, server.port()));
                        assertEquals(host, receive(client));
                    }
                });
    }

    private static boolean canBind(InetSocketAddress address) {
        try (var socket = new DatagramSocket(address)) {
            return socket.isBound();
        } catch (SocketException e) {
            return false;
        }
    }

    @Test
    void aLongDatagramIsCutAndThatIsSaid() throws Exception {
        List<Datagram> got = new ArrayList<>();
        DatagramServer server =
                closing(new DatagramServer(loopback(), d -> got.add(d)).receiveBuffer(10));
        server.start();
        together(
                () -> {
                    DatagramSocket client = client();
                    send(client, "0123456789", server.address());
                    send(client, "0123456789abc", server.address());
                    send(client, "0123456789abc", server.address());
                    until(() -> got.size() == 3);
                });
        assertEquals(List.of(false, true, true), got.stream().map(Datagram::truncated).toList());
        assertEquals("0123456789", text(got.get(1)));
        assertEquals(2, server.truncated());
        assertEquals(1, failures.size(), "once");
        assertTrue(failures.get(0).getMessage().contains("cut to 10 bytes"));
        assertThrows(
                IllegalArgumentException.class,
                () -> new DatagramServer(0, d -> got.add(d)).receiveBuffer(0));
    }

    @Test
    void theLongestDatagramIsReceivedWhole() throws Exception {
        List<Datagram> got = new ArrayList<>();
        DatagramServer server =
                closing(new DatagramServer(loopback(), d -> got.add(d)).receiveBuffer(65_535));
        server.start();
        var data = new byte[65_507];
        data[65_506] = 1;
        together(
                () -> {
                    send(client(), data, server.address());
                    until(() -> got.size() == 1);
                });
        assertArrayEquals(data, got.get(0).data());
        assertFalse(got.get(0).truncated());
    }

    @Test
    void aHandlerThatFailsDoesNotStopIt() throws Exception {
        DatagramServer server =
                serving(
                        datagram -> {
                            if (datagram.data().length == 1) {
                                throw new IllegalStateException("a bug");
                            }
                            datagram.reply(datagram.data());
                        });
        together(
                () -> {
                    DatagramSocket client = client();
                    send(client, "x", server.address());
                    send(client, "yy", server.address());
                    assertEquals("yy", receive(client));
                });
        assertEquals(1, failures.size());
    }

    @Test
    void aPeerThatIsNotThereDoesNotStopIt() throws Exception {
        var socket = new DatagramSocket(loopback());
        var peer = new DatagramSocket(loopback());
        SocketAddress gone = peer.getLocalSocketAddress();
        peer.close();
        socket.connect(gone);
        List<String> got = new ArrayList<>();
        DatagramServer server = started(closing(new DatagramServer(socket, d -> got.add(text(d)))));
        together(
                () -> {
                    server.sendTo(new byte[1], gone); // the kernel answers that nobody is there
                    aWhile();
                    try (var back = new DatagramSocket(gone)) {
                        send(back, "back", server.address());
                        until(() -> got.size() == 1);
                    }
                });
        assertEquals(List.of("back"), got);
        assertEquals(List.of(), failures);
        assertTrue(server.started());
    }

    @Test
    void whileThePoolIsFullNothingIsReceived() throws Exception {
        var go = new Event();
        var pool = new Pool(2);
        List<String> got = new ArrayList<>();
        DatagramServer server =
                closing(
                        new DatagramServer(
                                        loopback(),
                                        datagram -> {
                                            got.add(text(datagram));
                                            go.await();
                                        })
                                .spawn(Spawn.pool(pool)));
        server.start();
        together(
                () -> {
                    DatagramSocket client = client();
                    for (int i = 0; i < 5; i++) {
                        send(client, "" + i, server.address());
                    }
                    until(() -> got.size() == 2);
                    aWhile();
                    assertEquals(2, server.accepted());
                    assertTrue(server.full());
                    go.set();
                    until(() -> got.size() == 5);
                });
        assertEquals(List.of("0", "1", "2", "3", "4"), got);
    }

    @Test
    void inlineHandlersKeepTheOrder() throws Exception {
        List<String> got = new ArrayList<>();
        DatagramServer server =
                closing(
                        new DatagramServer(
                                        loopback(),
                                        datagram -> {
                                            Jevent.sleep(1);
                                            got.add(text(datagram));
                                        })
                                .spawn(Spawn.inline()));
        server.start();
        together(
                () -> {
                    DatagramSocket client = client();
                    for (int i = 0; i < 10; i++) {
                        send(client, "" + i, server.address());
                    }
                    until(() -> got.size() == 10);
                });
        assertEquals("0123456789", String.join("", got));
    }

    @Test
    void aFloodLetsOthersRun() throws Exception {
        var server = closing(new DatagramServer(loopback(), d -> {}).maxAccept(10));
        server.start();
        DatagramSocket client = client();
        for (int i = 0; i < 100; i++) { // they wait in the kernel: nothing has run yet
            send(client, "x", server.address());
        }
        List<Long> seen = new ArrayList<>();
        Greenlet<Void> witness =
                Jevent.spawn(
                        () -> {
                            while (server.accepted() < 100) {
                                seen.add(server.accepted());
                                Jevent.sleep(0);
                            }
                        });
        witness.join();
        for (int i = 1; i < seen.size(); i++) {
            assertTrue(seen.get(i) - seen.get(i - 1) <= 10, "ten in a row at most: " + seen);
        }
    }

    @Test
    void stopWakesItAndFreesTheAddress() throws Exception {
        DatagramServer server = serving(datagram -> {});
        assertThrows(
                BindException.class,
                () -> closing(new DatagramServer(server.address(), d -> {})).start());
        Greenlet<Void> serving = Jevent.spawn(server::serveForever);
        aWhile();
        server.stop();
        serving.get();
        closing(new DatagramSocket(server.address()));
        assertThrows(IOException.class, () -> server.sendTo(new byte[1], server.address()));
        assertEquals(List.of(), failures);
    }

    @Test
    void handlersMayAnswerWhileItIsStopped() throws Exception {
        notInThePortableMode("the JDK closes a socket whose reader is interrupted");
        DatagramServer server =
                serving(
                        datagram -> {
                            Jevent.sleep(20);
                            datagram.reply(datagram.data());
                        });
        together(
                () -> {
                    DatagramSocket client = client();
                    send(client, "x", server.address());
                    until(() -> server.handlers() == 1);
                    server.stop(LONG);
                    assertEquals("x", receive(client));
                });
        closing(new DatagramSocket(server.address()));
        assertEquals(List.of(), failures);
    }

    @Test
    void stopWithATimeoutKillsHandlersOnAnyThread() throws Exception {
        DatagramServer server = serving(datagram -> Jevent.sleep(LONG));
        try (var other = new OtherHub()) {
            together(
                    () -> {
                        send(client(), "x", server.address());
                        until(() -> server.handlers() == 1);
                        other.spawn(() -> server.stop(Duration.ofMillis(5))).get();
                        assertEquals(0, server.handlers());
                    });
        }
        assertEquals(List.of(), failures);
    }

    @Test
    void aSocketThatSomebodyElseClosesStopsTheServer() throws Exception {
        var socket = new DatagramSocket(loopback());
        DatagramServer server = started(closing(new DatagramServer(socket, datagram -> {})));
        Greenlet<Void> serving = Jevent.spawn(server::serveForever);
        aWhile();
        socket.close();
        serving.get();
        assertTrue(server.closed());
        assertEquals(1, failures.size());
        assertThrows(
                IllegalArgumentException.class, () -> new DatagramServer(socket, datagram -> {}));
    }

    @Test
    void twoServersShareOnePort() throws Exception {
        var first = closing(new DatagramServer(loopback(), d -> d.reply(new byte[1])));
        first.reusePort(true).start();
        var second =
                closing(new DatagramServer(first.address(), d -> d.reply(new byte[2])))
                        .reusePort(true);
        second.start();
        var lengths = new int[3];
        together(
                () -> {
                    for (int i = 0; i < 50; i++) {
                        DatagramSocket client = client();
                        send(client, "x", first.address());
                        lengths[receive(client).length()]++;
                        client.close();
                    }
                });
        assertTrue(lengths[1] > 0 && lengths[2] > 0, lengths[1] + ", " + lengths[2]);
    }

    @Test
    void socatTalksToIt() throws Exception {
        Assumptions.assumeTrue(new File("/usr/bin/socat").exists(), "no socat");
        DatagramServer server = serving(datagram -> datagram.reply(datagram.data()));
        var socat =
                new ProcessBuilder("socat", "-t1", "-", "UDP4:127.0.0.1:" + server.port())
                        .redirectErrorStream(true)
                        .start();
        try {
            try (var out = socat.outputWriter(StandardCharsets.UTF_8)) {
                out.write("hello\n");
            }
            until(() -> !socat.isAlive());
            assertEquals(
                    "hello\n",
                    new String(socat.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        } finally {
            assertTrue(socat.destroyForcibly().waitFor(10, TimeUnit.SECONDS));
        }
    }
}
