package dev.jevent.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Greenlet;
import dev.jevent.Interrupted;
import dev.jevent.Jevent;
import dev.jevent.Timeout;
import dev.jevent.internal.io.Descriptor;
import dev.jevent.internal.sys.Native;
import dev.jevent.internal.sys.Net;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What senders do when there is no room. On the loopback interface UDP always has room and drops;
 * datagram sockets of the Unix domain wait until the other end receives.
 */
class UdpSendersTest extends UdpScenario {

    private Descriptor out;
    private Descriptor in;
    private UdpSenders senders;
    private int capacity;

    @BeforeEach
    void aFullPair() throws Throwable {
        notInThePortableMode("the JDK sends");
        var pair =
                Native.quickWithErrno(
                        "socketpair",
                        FunctionDescriptor.of(
                                Native.INT, Native.INT, Native.INT, Native.INT, Native.POINTER));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment fds = arena.allocate(8);
            MemorySegment errno = Native.newErrno(arena);
            int type = Net.SOCK_DGRAM | 0x800 | 0x80000;
            int failure = (int) pair.invokeExact(errno, Net.AF_UNIX, type, 0, fds);
            assertEquals(0, failure);
            out = Descriptor.of(fds.get(Native.INT, 0), false, "Socket");
            in = Descriptor.of(fds.get(Native.INT, 4), false, "Socket");
        }
        closing(out::close);
        closing(in::close);
        senders = new UdpSenders(out);
        while (out.call(sending(0)) >= 0) {
            capacity++;
        }
    }

    private static Descriptor.Call sending(int number) {
        byte[] b = {(byte) number};
        return (s, fd) -> Net.send(s, fd, b, 0, 1);
    }

    private void send(int number) throws IOException {
        assertEquals(1, senders.send(sending(number)));
    }

    private int received() throws IOException {
        var b = new byte[1];
        assertEquals(1, in.input((s, fd) -> Net.recv(s, fd, b, 0, 1), null));
        return b[0];
    }

    private void empty() throws IOException {
        for (int i = 0; i < capacity; i++) {
            assertEquals(0, received());
        }
    }

    @Test
    void theyQueueInOrder() throws Exception {
        List<Greenlet<Void>> all = new ArrayList<>();
        for (int i = 1; i <= 20; i++) {
            int number = i;
            all.add(Jevent.spawn(() -> send(number)));
        }
        settle();
        for (Greenlet<Void> g : all) {
            assertFalse(g.ready());
        }
        empty();
        for (int i = 1; i <= 20; i++) {
            assertEquals(i, received());
        }
        Jevent.joinAllOrThrow(all);
    }

    @Test
    void aKilledSenderHasNotSentAndTheNextOneDoes() throws Exception {
        Greenlet<Void> first = Jevent.spawn(() -> send(1));
        Greenlet<Void> second = Jevent.spawn(() -> send(2));
        Greenlet<Void> third = Jevent.spawn(() -> send(3));
        settle();
        first.kill();
        second.kill();
        assertFalse(third.ready());
        empty();
        assertEquals(3, received());
        third.get();
        send(4);
        assertEquals(4, received());
    }

    @Test
    void aTimeoutEndsTheWaitOfTheFirstAndOfTheOthers() throws Exception {
        together(this::timedOut, this::timedOut);
        empty();
        send(1);
        assertEquals(1, received());
    }

    private void timedOut() {
        try (Timeout t = Timeout.start(SOON)) {
            assertSame(t, assertThrows(Timeout.class, () -> send(9)));
        }
    }

    @Test
    void anInterruptEndsTheWait() throws Exception {
        failuresAreExpected();
        Greenlet<Void> sender = Jevent.spawn(() -> send(9));
        settle();
        sender.thread().interrupt();
        sender.join();
        assertTrue(sender.exception() instanceof Interrupted);
        empty();
        send(1);
        assertEquals(1, received());
    }

    @Test
    void closeWakesThemAll() throws Exception {
        var failed = new AtomicInteger();
        List<Greenlet<Void>> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            all.add(
                    Jevent.spawn(
                            () -> {
                                assertThrows(SocketException.class, () -> send(9));
                                failed.incrementAndGet();
                            }));
        }
        settle();
        out.close();
        Jevent.joinAllOrThrow(all);
        assertEquals(5, failed.get());
    }

    @Test
    void threadsOfAllKindsQueue() throws Exception {
        var sent = new AtomicInteger();
        Runnable sender =
                () -> {
                    try {
                        for (int i = 0; i < 200; i++) {
                            send(1);
                            sent.incrementAndGet();
                        }
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                };
        Thread virtual = Thread.startVirtualThread(sender);
        Thread platform = Thread.ofPlatform().start(sender);
        together(
                sender::run,
                () -> {
                    empty();
                    for (int i = 0; i < 600; i++) {
                        assertEquals(1, received());
                    }
                });
        virtual.join();
        platform.join();
        assertEquals(600, sent.get());
    }

    @Test
    void manyGreenletsSendByOneSocket() throws Exception {
        DatagramSocket a = socket();
        DatagramSocket b = socket();
        List<Greenlet<Void>> all = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            all.add(Jevent.spawn(() -> a.send(packet("x", address(b)))));
        }
        together(
                () -> {
                    DatagramPacket p = new DatagramPacket(new byte[10], 10);
                    for (int i = 0; i < 50; i++) {
                        b.receive(p);
                    }
                });
        Jevent.joinAllOrThrow(all);
    }
}
