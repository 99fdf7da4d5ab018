package dev.jevent.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.ConcurrentObjectUseError;
import dev.jevent.Greenlet;
import dev.jevent.Interrupted;
import dev.jevent.Jevent;
import dev.jevent.Timeout;

import org.junit.jupiter.api.Test;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** What a datagram socket promises when a receiver's wait ends otherwise than with a datagram. */
class UdpDisturbanceTest extends UdpScenario {

    @Test
    void receiveGivesUpAfterSoTimeout() throws Exception {
        DatagramSocket s = socket();
        s.setSoTimeout(20);
        together(
                () -> {
                    long begin = System.nanoTime();
                    var e = assertThrows(SocketTimeoutException.class, () -> s.receive(empty(1)));
                    assertEquals("Receive timed out", e.getMessage());
                    assertTrue(System.nanoTime() - begin >= 20_000_000);
                });
        assertTalks(s, socket());
    }

    @Test
    void aTimeoutLeavesTheSocketUsable() throws Exception {
        notInThePortableMode(INTERRUPTS);
        DatagramSocket s = socket();
        together(
                () -> {
                    try (Timeout t = Timeout.start(SOON)) {
                        assertSame(t, assertThrows(Timeout.class, () -> s.receive(empty(1))));
                    }
                });
        assertFalse(s.isClosed());
        assertTalks(s, socket());
    }

    @Test
    void theRootCanReceiveToo() throws Exception {
        notInThePortableMode(ROOT);
        DatagramSocket s = socket();
        try (Timeout t = Timeout.start(SOON)) {
            assertSame(t, assertThrows(Timeout.class, () -> s.receive(empty(1))));
        }
        Greenlet<Void> sender = Jevent.spawn(() -> s.send(packet("x", address(s))));
        assertEquals("x", receive(s));
        sender.get();
    }

    @Test
    void aKillLeavesTheSocketUsable() throws Exception {
        notInThePortableMode(INTERRUPTS);
        DatagramSocket s = socket();
        Greenlet<String> receiver = Jevent.spawn(() -> receive(s));
        settle();
        receiver.kill();
        assertTrue(receiver.successful());
        assertTalks(s, socket());
    }

    @Test
    void anInterruptIsThrownAndLeavesTheSocketUsable() throws Exception {
        notInThePortableMode(INTERRUPTS);
        DatagramSocket s = socket();
        failuresAreExpected();
        Greenlet<String> receiver = Jevent.spawn(() -> receive(s));
        settle();
        receiver.thread().interrupt();
        receiver.join();
        assertTrue(receiver.exception() instanceof Interrupted, "" + receiver.exception());
        assertTalks(s, socket());
    }

    @Test
    void closeWakesTheReceiver() throws Exception {
        DatagramSocket s = socket();
        together(
                () -> {
                    var e = assertThrows(SocketException.class, () -> s.receive(empty(1)));
                    assertEquals("Socket closed", e.getMessage());
                },
                () -> {
                    settle();
                    s.close();
                });
    }

    @Test
    void closeFromAnotherThreadWakesTheReceiver() throws Exception {
        DatagramSocket s = socket();
        var closer = new Thread(s::close);
        together(
                () -> assertThrows(SocketException.class, () -> s.receive(empty(1))),
                () -> {
                    settle();
                    closer.start();
                });
        closer.join();
    }

    @Test
    void closeWakesAThreadWithoutAHub() throws Exception {
        DatagramSocket s = socket();
        var failures = new ArrayList<Throwable>();
        Thread receiver =
                Thread.ofPlatform()
                        .start(
                                () ->
                                        failures.add(
                                                assertThrows(
                                                        SocketException.class,
                                                        () -> s.receive(empty(1)))));
        together(
                () -> {
                    while (receiver.getState() == Thread.State.NEW) {
                        Jevent.sleep(1);
                    }
                    settle();
                    s.close();
                });
        receiver.join();
        assertEquals(1, failures.size());
    }

    @Test
    void twoReceiversOfOneSocketAreAnError() throws Exception {
        notInThePortableMode("the JDK lets the second one wait for the first");
        DatagramSocket s = socket();
        together(
                () -> {
                    DatagramPacket p = empty(10);
                    s.receive(p);
                    assertEquals("x", text(p));
                    assertEquals(address(s), p.getSocketAddress());
                },
                () -> {
                    settle();
                    DatagramPacket other = empty(10);
                    assertThrows(ConcurrentObjectUseError.class, () -> s.receive(other));
                    assertEquals(10, other.getLength(), "the packet was left alone");
                    s.send(packet("x", address(s)));
                });
        assertTalks(s, socket());
    }

    @Test
    void othersSendWhileOneReceives() throws Exception {
        DatagramSocket s = socket();
        DatagramSocket peer = socket();
        List<String> order = new ArrayList<>();
        together(
                () -> {
                    order.add("receives");
                    order.add(receive(s));
                },
                () -> {
                    order.add("sends");
                    s.send(packet("out", address(peer)));
                    order.add(receive(peer));
                    peer.send(packet("in", address(s)));
                });
        assertEquals(List.of("receives", "sends", "out", "in"), order);
    }

    @Test
    void aPacketMayBeUsedWhileItsReceiverWaits() throws Exception {
        notInThePortableMode("the JDK keeps it locked");
        DatagramSocket s = socket();
        DatagramPacket p = empty(10);
        together(
                () -> s.receive(p),
                () -> {
                    settle();
                    assertEquals(10, p.getLength());
                    s.send(packet("abc", address(s)));
                });
        assertEquals("abc", text(p));
    }
}
