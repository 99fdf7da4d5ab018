package dev.jevent.socket;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jevent.Action;
import dev.jevent.Jevent;
import dev.jevent.internal.io.Descriptor;
import dev.jevent.internal.sys.Fd;
import dev.jevent.internal.sys.Scratch;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The contract of {@link DatagramSocket}. */
class UdpSocketTest extends UdpScenario {

    /** Runs in a greenlet: the JDK's sockets of the portable mode block a root. */
    private static void run(Action action) throws Exception {
        together(action);
    }

    private static void assumeIpv6() throws IOException {
        assumeTrue(NetworkInterface.getByInetAddress(ipv6()) != null, "there is no IPv6 here");
    }

    // ---- datagrams

    @Test
    void datagramsGoToAndFro() throws Exception {
        assertTalks(socket(), socket());
    }

    @Test
    void eachDatagramIsOne() throws Exception {
        DatagramSocket a = socket();
        DatagramSocket b = socket();
        run(
                () -> {
                    a.send(packet("one", address(b)));
                    a.send(packet("", address(b)));
                    a.send(packet("three", address(b)));
                    assertEquals("one", receive(b));
                    assertEquals("", receive(b), "an empty one is one too");
                    assertEquals("three", receive(b));
                });
    }

    @Test
    void aDatagramThatIsTooLongForThePacketIsCut() throws Exception {
        DatagramSocket a = socket();
        DatagramSocket b = socket();
        run(
                () -> {
                    a.send(packet("0123456789", address(b)));
                    a.send(packet("next", address(b)));
                    var p = new DatagramPacket(new byte[20], 3, 4);
                    b.receive(p);
                    assertEquals("0123", text(p));
                    assertEquals(3, p.getOffset());
                    assertEquals(0, p.getData()[2]);
                    assertEquals(0, p.getData()[7], "nothing behind it");
                    assertEquals("next", receive(b), "the rest is gone");
                });
    }

    @Test
    void aPacketWithoutRoomTakesADatagramToo() throws Exception {
        DatagramSocket a = socket();
        DatagramSocket b = socket();
        run(
                () -> {
                    a.send(packet("lost", address(b)));
                    DatagramPacket p = empty(0);
                    b.receive(p);
                    assertEquals(0, p.getLength());
                    assertEquals(address(a), p.getSocketAddress());
                });
    }

    @Test
    void aPacketKeepsItsRoom() throws Exception {
        DatagramSocket a = socket();
        DatagramSocket b = socket();
        run(
                () -> {
                    DatagramPacket p = empty(100);
                    for (String text : List.of("a long one", "x", "another long one")) {
                        a.send(packet(text, address(b)));
                        b.receive(p);
                        assertEquals(text, text(p));
                    }
                    p.setLength(2);
                    a.send(packet("cut", address(b)));
                    b.receive(p);
                    assertEquals("cu", text(p), "until it is told otherwise");
                });
    }

    @Test
    void theLargestDatagramArrives() throws Exception {
        DatagramSocket a = closing(Sockets.datagramSocket(new InetSocketAddress(ipv4(), 0)));
        DatagramSocket b = closing(Sockets.datagramSocket(new InetSocketAddress(ipv4(), 0)));
        run(
                () -> {
                    a.setSendBufferSize(200_000);
                    b.setReceiveBufferSize(200_000);
                    byte[] large = bytes(65_507);
                    a.send(new DatagramPacket(large, large.length, address(b)));
                    DatagramPacket p = empty(100_000);
                    b.receive(p);
                    assertArrayEquals(large, data(p));
                });
    }

    @Test
    void oneThatIsTooLargeIsRefused() throws Exception {
        DatagramSocket a = closing(Sockets.datagramSocket(new InetSocketAddress(ipv4(), 0)));
        run(
                () -> {
                    for (int n : new int[] {65_508, 65_535, 65_536, 200_000}) {
                        var p = new DatagramPacket(bytes(n), n, address(a));
                        var e = assertThrows(IOException.class, () -> a.send(p));
                        assertTrue(e.getMessage().startsWith("Message too long"), e.getMessage());
                        assertTrue(isPortable() || e.getMessage().contains("" + n), "" + e);
                    }
                });
        assertTalks(a, socket());
    }

    @Test
    void aDatagramNeedsAnAddressAndAPort() throws Exception {
        DatagramSocket a = socket();
        run(
                () -> {
                    var nowhere = new DatagramPacket(new byte[1], 1);
                    var e = assertThrows(IllegalArgumentException.class, () -> a.send(nowhere));
                    assertEquals("Address not set", e.getMessage());
                    var zero = new DatagramPacket(new byte[1], 1, ipv4(), 0);
                    assertThrows(SocketException.class, () -> a.send(zero));
                });
    }

    @Test
    void sendersAreToldApart() throws Exception {
        DatagramSocket b = socket();
        List<DatagramSocket> senders = List.of(socket(), socket(), socket());
        run(
                () -> {
                    DatagramPacket p = empty(10);
                    for (int i = 0; i < 30; i++) {
                        DatagramSocket from = senders.get(i * i % 3);
                        from.send(packet("" + i, address(b)));
                        b.receive(p);
                        assertEquals("" + i, text(p));
                        assertEquals(address(from), p.getSocketAddress());
                    }
                });
    }

    // ---- addresses

    @Test
    void ipv6AndIpv4MeetInOneSocket() throws Exception {
        assumeIpv6();
        DatagramSocket b = closing(Sockets.datagramSocket(new InetSocketAddress(0)));
        DatagramSocket four = closing(Sockets.datagramSocket(new InetSocketAddress(ipv4(), 0)));
        DatagramSocket six = closing(Sockets.datagramSocket(new InetSocketAddress(ipv6(), 0)));
        run(
                () -> {
                    DatagramPacket p = empty(10);
                    four.send(packet("4", new InetSocketAddress(ipv4(), b.getLocalPort())));
                    b.receive(p);
                    assertEquals(address(four), p.getSocketAddress());
                    assertTrue(p.getAddress() instanceof Inet4Address);
                    b.send(p);
                    assertEquals("4", receive(four));
                    six.send(packet("6", new InetSocketAddress(ipv6(), b.getLocalPort())));
                    b.receive(p);
                    assertEquals(address(six), p.getSocketAddress());
                    assertTrue(p.getAddress() instanceof Inet6Address);
                    b.send(p);
                    assertEquals("6", receive(six));
                });
    }

    @Test
    void anAddressWithAScopeIsOne() throws Exception {
        InetAddress local =
                NetworkInterface.networkInterfaces()
                        .flatMap(NetworkInterface::inetAddresses)
                        .filter(a -> a instanceof Inet6Address && a.isLinkLocalAddress())
                        .findFirst()
                        .orElse(null);
        assumeTrue(local != null, "no interface has a link-local address");
        DatagramSocket a = closing(Sockets.datagramSocket(new InetSocketAddress(local, 0)));
        DatagramSocket b = closing(Sockets.datagramSocket(new InetSocketAddress(local, 0)));
        run(
                () -> {
                    a.send(packet("x", new InetSocketAddress(local, b.getLocalPort())));
                    DatagramPacket p = empty(10);
                    b.receive(p);
                    assertEquals(local, p.getAddress());
                    int scope = ((Inet6Address) p.getAddress()).getScopeId();
                    assertEquals(((Inet6Address) local).getScopeId(), scope);
                });
    }

    @Test
    void itIsUnboundUntilItIsBound() throws Exception {
        DatagramSocket s = closing(Sockets.datagramSocket());
        assertFalse(s.isBound());
        assertFalse(s.isConnected());
        assertEquals(0, s.getLocalPort());
        assertTrue(s.getLocalAddress().isAnyLocalAddress());
        assertNull(s.getLocalSocketAddress());
        assertNull(s.getInetAddress());
        assertEquals(-1, s.getPort());
        assertNull(s.getRemoteSocketAddress());
        s.bind(loopback());
        assertTrue(s.isBound());
        assertNotEquals(0, s.getLocalPort());
        assertEquals(loopback().getAddress(), s.getLocalAddress());
        var e = assertThrows(SocketException.class, () -> s.bind(loopback()));
        assertEquals("Already bound", e.getMessage());
    }

    @Test
    void bindingToNothingIsToAnyAddress() throws Exception {
        DatagramSocket s = closing(Sockets.datagramSocket());
        s.bind(null);
        assertTrue(s.getLocalAddress().isAnyLocalAddress());
        assertNotEquals(0, s.getLocalPort());
    }

    @Test
    void whoSendsOrReceivesUnboundIsBoundByThat() throws Exception {
        DatagramSocket b = socket();
        DatagramSocket a = closing(Sockets.datagramSocket());
        run(
                () -> {
                    a.send(packet("x", address(b)));
                    assertTrue(a.isBound());
                    DatagramPacket p = empty(10);
                    b.receive(p);
                    assertEquals(a.getLocalPort(), p.getPort());
                    DatagramSocket c = closing(Sockets.datagramSocket());
                    c.setSoTimeout(1);
                    assertThrows(IOException.class, () -> c.receive(p));
                    assertTrue(c.isBound());
                });
    }

    @Test
    void anAddressThatIsTakenOrForeignCannotBeBoundTo() throws Exception {
        DatagramSocket s = socket();
        assertThrows(BindException.class, () -> Sockets.datagramSocket(address(s)));
        var foreign = new InetSocketAddress(InetAddress.ofLiteral("203.0.113.7"), 0);
        assertThrows(BindException.class, () -> Sockets.datagramSocket(foreign));
        DatagramSocket c = closing(Sockets.datagramSocket());
        assertThrows(
                SocketException.class, () -> c.bind(InetSocketAddress.createUnresolved("x", 1)));
        assertThrows(IllegalArgumentException.class, () -> c.bind(new SocketAddress() {}));
        assertFalse(c.isBound());
        c.bind(loopback());
    }

    @Test
    void twoMayShareAPortIfBothSaySo() throws Exception {
        DatagramSocket a = closing(Sockets.datagramSocket());
        DatagramSocket b = closing(Sockets.datagramSocket());
        assertFalse(a.getReuseAddress());
        a.setOption(StandardSocketOptions.SO_REUSEPORT, true);
        b.setOption(StandardSocketOptions.SO_REUSEPORT, true);
        a.bind(loopback());
        b.bind(address(a));
        assertEquals(a.getLocalPort(), b.getLocalPort());
    }

    // ---- connected

    @Test
    void aConnectedSocketHearsItsPeerOnly() throws Exception {
        DatagramSocket a = socket();
        DatagramSocket b = socket();
        DatagramSocket stranger = socket();
        run(
                () -> {
                    stranger.send(packet("early", address(a)));
                    a.connect(address(b));
                    assertTrue(a.isConnected());
                    assertEquals(address(b), a.getRemoteSocketAddress());
                    assertEquals(b.getLocalAddress(), a.getInetAddress());
                    assertEquals(b.getLocalPort(), a.getPort());
                    stranger.send(packet("late", address(a)));
                    b.send(packet("peer", address(a)));
                    assertEquals("peer", receive(a));
                    var p = new DatagramPacket(new byte[] {'x'}, 1);
                    a.send(p);
                    assertEquals(address(b), p.getSocketAddress(), "it is filled in");
                    assertEquals("x", receive(b));
                    a.send(packet("y", address(b)));
                    assertEquals("y", receive(b), "the peer may be named");
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> a.send(packet("z", address(stranger))));
                });
    }

    @Test
    void disconnectHearsAllAgain() throws Exception {
        for (SocketAddress local : List.of(loopback(), new InetSocketAddress(0))) {
            DatagramSocket a = closing(Sockets.datagramSocket(local));
            DatagramSocket b = closing(Sockets.datagramSocket(new InetSocketAddress(ipv4(), 0)));
            DatagramSocket c = closing(Sockets.datagramSocket(new InetSocketAddress(ipv4(), 0)));
            SocketAddress before = address(a);
            run(
                    () -> {
                        a.connect(b.getLocalAddress(), b.getLocalPort());
                        a.disconnect();
                        assertFalse(a.isConnected());
                        assertNull(a.getRemoteSocketAddress());
                        assertEquals(-1, a.getPort());
                        assertEquals(before, address(a), "with the address it had");
                        a.disconnect();
                        c.send(packet("c", new InetSocketAddress(ipv4(), a.getLocalPort())));
                        assertEquals("c", receive(a));
                        a.send(packet("x", address(c)));
                        assertEquals("x", receive(c));
                    });
        }
    }

    @Test
    void itCanBeConnectedToAnother() throws Exception {
        DatagramSocket a = closing(Sockets.datagramSocket());
        DatagramSocket b = socket();
        DatagramSocket c = socket();
        run(
                () -> {
                    a.connect(address(b));
                    assertTrue(a.isBound());
                    assertEquals(b.getLocalAddress(), a.getLocalAddress());
                    int port = a.getLocalPort();
                    a.connect(address(c));
                    assertEquals(port, a.getLocalPort());
                    a.send(new DatagramPacket(new byte[] {'c'}, 1));
                    assertEquals("c", receive(c));
                });
    }

    @Test
    void aPortWhereNobodyReceivesIsUnreachable() throws Exception {
        DatagramSocket a = socket();
        run(
                () -> {
                    a.connect(nobody());
                    var p = new DatagramPacket(new byte[1], 1);
                    a.send(p);
                    assertThrows(PortUnreachableException.class, () -> a.receive(p));
                    a.disconnect();
                });
        assertTalks(a, socket());
    }

    @Test
    void aReceiverWhoWaitsLearnsThatThePortIsUnreachable() throws Exception {
        DatagramSocket a = socket();
        together(
                () -> {
                    a.connect(nobody());
                    assertThrows(PortUnreachableException.class, () -> a.receive(empty(1)));
                },
                () -> {
                    settle();
                    a.send(new DatagramPacket(new byte[1], 1));
                });
    }

    @Test
    void itCannotBeConnectedToWhatIsNoAddress() throws Exception {
        DatagramSocket a = socket();
        assertThrows(IllegalArgumentException.class, () -> a.connect(null));
        assertThrows(IllegalArgumentException.class, () -> a.connect(null, 1));
        assertThrows(IllegalArgumentException.class, () -> a.connect(ipv4(), -1));
        assertThrows(IllegalArgumentException.class, () -> a.connect(new SocketAddress() {}));
        assertThrows(UncheckedIOException.class, () -> a.connect(ipv4(), 0));
        assertThrows(SocketException.class, () -> a.connect(new InetSocketAddress(ipv4(), 0)));
        assertThrows(
                SocketException.class, () -> a.connect(InetSocketAddress.createUnresolved("x", 1)));
        assertFalse(a.isConnected());
    }

    // ---- options

    @Test
    void optionsAreKept() throws Exception {
        DatagramSocket s = socket();
        assertTrue(s.getBroadcast(), "as java.net has it");
        s.setBroadcast(false);
        assertFalse(s.getBroadcast());
        s.setReuseAddress(true);
        assertTrue(s.getReuseAddress());
        s.setSendBufferSize(20_000);
        assertEquals(20_000, s.getSendBufferSize());
        s.setReceiveBufferSize(30_000);
        assertEquals(30_000, s.getReceiveBufferSize());
        s.setTrafficClass(0x10);
        assertEquals(0x10, s.getTrafficClass());
        s.setSoTimeout(5);
        assertEquals(5, s.getSoTimeout());
        s.setOption(StandardSocketOptions.IP_MULTICAST_TTL, 7);
        assertEquals(7, s.getOption(StandardSocketOptions.IP_MULTICAST_TTL));
        s.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, false);
        assertFalse(s.getOption(StandardSocketOptions.IP_MULTICAST_LOOP));
        assertNull(s.getOption(StandardSocketOptions.IP_MULTICAST_IF));
        NetworkInterface lo = NetworkInterface.getByInetAddress(ipv4());
        s.setOption(StandardSocketOptions.IP_MULTICAST_IF, lo);
        assertEquals(lo, s.getOption(StandardSocketOptions.IP_MULTICAST_IF));
        assertTrue(s.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT));
        assertTrue(s.supportedOptions().contains(StandardSocketOptions.SO_BROADCAST));
        assertFalse(s.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY));
    }

    @Test
    void aSocketOfIpv4AloneHasTheSameOptions() throws Exception {
        notInThePortableMode("that is the JDK's affair");
        DatagramSocket s = closing(new UdpSocket(Descriptor.openDatagram(false)));
        s.setOption(StandardSocketOptions.IP_MULTICAST_TTL, 200);
        assertEquals(200, s.getOption(StandardSocketOptions.IP_MULTICAST_TTL));
        s.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, false);
        assertFalse(s.getOption(StandardSocketOptions.IP_MULTICAST_LOOP));
        assertNull(s.getOption(StandardSocketOptions.IP_MULTICAST_IF));
        NetworkInterface lo = NetworkInterface.getByInetAddress(ipv4());
        s.setOption(StandardSocketOptions.IP_MULTICAST_IF, lo);
        assertEquals(lo, s.getOption(StandardSocketOptions.IP_MULTICAST_IF));
        s.setTrafficClass(8);
        assertEquals(8, s.getTrafficClass());
        var six = new InetSocketAddress(ipv6(), 5);
        assertThrows(SocketException.class, () -> s.bind(six));
        s.bind(new InetSocketAddress(ipv4(), 0));
        assertThrows(SocketException.class, () -> s.send(packet("x", six)));
        assertThrows(SocketException.class, () -> s.connect(six));
        var group = new InetSocketAddress(InetAddress.ofLiteral("ff01::1"), 0);
        assertThrows(IllegalArgumentException.class, () -> s.joinGroup(group, lo));
        run(
                () -> {
                    DatagramSocket b = closing(new UdpSocket(Descriptor.openDatagram(false)));
                    b.bind(new InetSocketAddress(ipv4(), 0));
                    assertTalks(s, b);
                });
    }

    @Test
    void valuesThatAreNoneAreRefused() throws Exception {
        DatagramSocket s = socket();
        assertThrows(IllegalArgumentException.class, () -> s.setSoTimeout(-1));
        assertThrows(IllegalArgumentException.class, () -> s.setSendBufferSize(0));
        assertThrows(IllegalArgumentException.class, () -> s.setReceiveBufferSize(-1));
        assertThrows(IllegalArgumentException.class, () -> s.setTrafficClass(256));
        for (int hops : new int[] {-1, 256}) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> s.setOption(StandardSocketOptions.IP_MULTICAST_TTL, hops));
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> s.setOption(StandardSocketOptions.IP_MULTICAST_IF, null));
        assertThrows(
                UnsupportedOperationException.class,
                () -> s.setOption(StandardSocketOptions.TCP_NODELAY, true));
        assertThrows(
                UnsupportedOperationException.class,
                () -> s.getOption(StandardSocketOptions.TCP_NODELAY));
    }

    // ---- closed

    @Test
    void aClosedSocketSaysSo() throws Exception {
        DatagramSocket s = socket();
        DatagramSocket peer = socket();
        s.connect(address(peer));
        s.close();
        s.close();
        assertTrue(s.isClosed());
        assertTrue(s.isBound());
        assertTrue(s.isConnected());
        assertEquals(address(peer), s.getRemoteSocketAddress());
        assertEquals(-1, s.getLocalPort());
        assertNull(s.getLocalAddress());
        assertNull(s.getLocalSocketAddress());
        s.connect(address(peer));
        s.disconnect();
        run(
                () -> {
                    assertThrows(SocketException.class, () -> s.receive(empty(1)));
                    assertThrows(SocketException.class, () -> s.send(packet("x", address(peer))));
                });
        assertThrows(SocketException.class, () -> s.bind(null));
        assertThrows(SocketException.class, s::getBroadcast);
        assertThrows(SocketException.class, () -> s.setSoTimeout(1));
        assertThrows(SocketException.class, s::getSoTimeout);
        assertThrows(IOException.class, () -> s.getOption(StandardSocketOptions.IP_MULTICAST_TTL));
    }

    @Test
    void aForgottenSocketIsClosed() throws Exception {
        notInThePortableMode("that is the JDK's affair");
        int before = openDescriptors();
        for (int i = 0; i < 50; i++) {
            assertTrue(Sockets.datagramSocket(loopback()).isBound());
        }
        for (int i = 0; i < 200 && openDescriptors() > before; i++) {
            System.gc();
            Jevent.sleep(10);
        }
        assertTrue(openDescriptors() <= before);
    }

    @Test
    void anOpenDescriptorIsAdopted() throws Exception {
        notInThePortableMode("there are no descriptors");
        var owner = closing(new UdpSocket());
        owner.bind(loopback());
        int number = Fd.duplicate(Scratch.ofThread(), owner.descriptor().fd());
        DatagramSocket s = closing(Sockets.adoptDatagramSocket(number));
        assertTrue(s.isBound());
        assertEquals(owner.getLocalPort(), s.getLocalPort());
        owner.close();
        assertTalks(s, socket());
    }

    // ---- many

    @Test
    void tenThousandDatagramsAreNotLost() throws Exception {
        int before = openDescriptors();
        DatagramSocket a = Sockets.datagramSocket(loopback());
        DatagramSocket b = Sockets.datagramSocket(loopback());
        var sum = new AtomicInteger();
        together(
                () -> {
                    DatagramPacket p = empty(100);
                    for (int i = 0; i < 10_000; i++) {
                        b.receive(p);
                        assertEquals("" + i, text(p));
                        sum.incrementAndGet();
                        b.send(p);
                    }
                },
                () -> {
                    DatagramPacket p = empty(100);
                    for (int i = 0; i < 10_000; i++) {
                        a.send(packet("" + i, address(b)));
                        a.receive(p);
                        assertEquals("" + i, text(p));
                    }
                });
        assertEquals(10_000, sum.get());
        a.close();
        b.close();
        int left = isPortable() ? 20 : 4; // a hub, a daemon loop; pollers of the JDK
        assertTrue(openDescriptors() <= before + left);
    }

    @Test
    void threadsOfAllKindsUseOneSocket() throws Exception {
        DatagramSocket echo = socket();
        var server =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try {
                                        DatagramPacket p = empty(100);
                                        for (int i = 0; i < 300; i++) {
                                            echo.receive(p);
                                            echo.send(p);
                                        }
                                    } catch (IOException e) {
                                        throw new UncheckedIOException(e);
                                    }
                                });
        Action talk =
                () -> {
                    try (DatagramSocket s = Sockets.datagramSocket(loopback())) {
                        for (int i = 0; i < 100; i++) {
                            s.send(packet("" + i, address(echo)));
                            assertEquals("" + i, receive(s));
                        }
                    }
                };
        var failures = new ArrayList<Throwable>();
        Runnable checked =
                () -> {
                    try {
                        talk.run();
                    } catch (Throwable e) {
                        synchronized (failures) {
                            failures.add(e);
                        }
                    }
                };
        Thread virtual = Thread.startVirtualThread(checked);
        Thread platform = Thread.ofPlatform().start(checked);
        together(talk);
        virtual.join();
        platform.join();
        server.join();
        assertEquals(List.of(), failures);
    }
}
