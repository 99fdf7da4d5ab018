package dev.jevent.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jevent.Jevent;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/** What the tests of datagram sockets share. */
abstract class UdpScenario extends SocketScenario {

    static final Duration SOON = Duration.ofMillis(20);
    static final String INTERRUPTS = "a greenlet in a socket is interrupted: it is closed";
    static final String ROOT = "the root is a plain thread for the JDK's sockets";

    /** On a free port of the loopback interface. */
    final DatagramSocket socket() throws IOException {
        return closing(Sockets.datagramSocket(loopback()));
    }

    static InetAddress ipv4() {
        return InetAddress.ofLiteral("127.0.0.1");
    }

    static InetAddress ipv6() {
        return InetAddress.ofLiteral("::1");
    }

    static SocketAddress address(DatagramSocket s) {
        return s.getLocalSocketAddress();
    }

    /** A port on which nobody receives. */
    static InetSocketAddress nobody() throws IOException {
        try (DatagramSocket gone = Sockets.datagramSocket(loopback())) {
            return (InetSocketAddress) gone.getLocalSocketAddress();
        }
    }

    static DatagramPacket packet(String text, SocketAddress to) {
        byte[] b = text.getBytes(StandardCharsets.UTF_8);
        return new DatagramPacket(b, b.length, to);
    }

    static DatagramPacket empty(int room) {
        return new DatagramPacket(new byte[room], room);
    }

    static String text(DatagramPacket p) {
        return new String(p.getData(), p.getOffset(), p.getLength(), StandardCharsets.UTF_8);
    }

    static String receive(DatagramSocket s) throws IOException {
        DatagramPacket p = empty(100);
        s.receive(p);
        return text(p);
    }

    static byte[] bytes(int n) {
        var b = new byte[n];
        for (int i = 0; i < n; i++) {
            b[i] = (byte) (i * 31);
        }
        return b;
    }

    static byte[] data(DatagramPacket p) {
        return Arrays.copyOfRange(p.getData(), p.getOffset(), p.getOffset() + p.getLength());
    }

    void assertTalks(DatagramSocket a, DatagramSocket b) throws Exception {
        together(
                () -> a.send(packet("ping", address(b))),
                () -> {
                    DatagramPacket p = empty(100);
                    b.receive(p);
                    assertEquals("ping", text(p));
                    assertEquals(address(a), p.getSocketAddress());
                    b.send(packet("pong", p.getSocketAddress()));
                },
                () -> assertEquals("pong", receive(a)));
    }

    static void failuresAreExpected() {
        Jevent.getHub().errorHandler((context, error) -> {});
    }

    /** Lets greenlets that are ready run until they wait. */
    static void settle() {
        for (int i = 0; i < 5; i++) {
            Jevent.sleep(1);
        }
    }
}
