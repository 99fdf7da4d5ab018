package dev.jevent.select;

import static dev.jevent.select.Ready.INVALID;
import static dev.jevent.select.Ready.READ;
import static dev.jevent.select.Ready.WRITE;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jevent.ConcurrentObjectUseError;
import dev.jevent.Greenlet;
import dev.jevent.Interrupted;
import dev.jevent.Jevent;
import dev.jevent.Timeout;
import dev.jevent.internal.io.Descriptor;
import dev.jevent.internal.io.HasDescriptor;
import dev.jevent.internal.sys.Fd;
import dev.jevent.internal.sys.Scratch;
import dev.jevent.socket.Sockets;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.Closeable;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** What becomes of a poll when something happens meanwhile. */
class PollCloseTest extends PollScenario {

    @BeforeEach
    void epollOnly() {
        notInThePortableMode(CHANNELS);
    }

    // ---- targets that are closed

    @Test
    void aCloseWakesWhoPolls() throws Exception {
        Pair pair = pair();
        DatagramSocket datagrams = closing(Sockets.datagramSocket(loopback()));
        for (var target : List.<Closeable>of(pair.server(), datagrams)) {
            try (Poll poll = poll(target, READ)) {
                together(
                        () -> assertEquals(List.of(event(target, INVALID)), poll.poll(LONG)),
                        () -> {
                            settle();
                            target.close();
                        });
                assertEquals(List.of(event(target, INVALID)), now(poll), "until it is gone");
                poll.unregister(target);
                assertEquals(List.of(), now(poll));
            }
        }
    }

    @Test
    void aCloseOnAnotherThreadWakesWhoPolls() throws Exception {
        Pair pair = pair();
        try (Poll poll = poll(pair.server(), READ)) {
            var closer =
                    new Thread(
                            () -> {
                                try {
                                    pair.server().close();
                                } catch (IOException e) {
                                    throw new AssertionError(e);
                                }
                            });
            together(
                    () -> assertEquals(List.of(event(pair.server(), INVALID)), poll.poll(LONG)),
                    () -> {
                        settle();
                        closer.start();
                    });
            closer.join();
        }
    }

    @Test
    void theCloseOfAChannelIsNoticed() throws Exception {
        var channel = closing(SocketChannel.open());
        channel.bind(loopback());
        try (Poll poll = poll(channel, Ready.ERROR)) {
            Pair pair = pair();
            poll.register(pair.client(), READ);
            // an unconnected socket has hung up
            assertEquals(1, now(poll).size());
            together(
                    () -> {
                        List<Event> found;
                        do {
                            found = poll.poll(LONG);
                            Jevent.sleep(1);
                        } while (!found.equals(List.of(event(channel, INVALID))));
                    },
                    () -> {
                        settle();
                        channel.close();
                    });
        }
    }

    @Test
    void theCloseOfANumberIsNoticedAndItsNextUserIsMeant() throws Exception {
        Numbers first = pipe();
        Numbers second = pipe();
        int number = Fd.duplicate(Scratch.ofThread(), first.in());
        try (Poll poll = poll(number, READ)) {
            together(
                    () -> assertEquals(List.of(event(number, INVALID)), poll.poll(LONG)),
                    () -> {
                        settle();
                        Fd.close(number);
                    });
            int again = Fd.duplicate(Scratch.ofThread(), second.in());
            // the lowest free number, unless another thread has taken it
            assumeTrue(again == number);
            closing(() -> Fd.close(again));
            assertEquals(List.of(), now(poll));
            second.write("x");
            assertEquals(List.of(event(number, READ)), poll.poll(LONG));
            first.write("y");
            assertEquals(1, second.read(10));
            assertEquals(List.of(), now(poll), "the former file is forgotten");
        }
    }

    @Test
    void theNextOwnerOfANumberGetsNoEventsOfTheFormer() throws Exception {
        int again = 0;
        try (Poll poll = new Poll()) {
            for (int i = 0; i < 100; i++) {
                Pair pair = pair();
                int number = ((HasDescriptor) pair.server()).descriptor().fd();
                poll.register(pair.server(), READ);
                write(pair.client(), "x");
                assertEquals(List.of(event(pair.server(), READ)), poll.poll(LONG));
                pair.server().close();
                pair.client().close();
                Pair next = pair();
                for (Socket s : List.of(next.server(), next.client())) {
                    if (((HasDescriptor) s).descriptor().fd() == number) {
                        again++;
                    }
                    poll.register(s, READ);
                }
                assertEquals(List.of(event(pair.server(), INVALID)), now(poll));
                poll.unregister(pair.server());
                assertEquals(List.of(), now(poll));
                poll.unregister(next.server());
                poll.unregister(next.client());
                next.server().close();
                next.client().close();
            }
            assertEquals(0, poll.size());
        }
        assertNotEquals(0, again, "numbers do come again");
    }

    @Test
    void aSocketWhoseDuplicateLivesIsForgottenTooWhenItIsClosed() throws Exception {
        Pair pair = pair();
        int fd = ((HasDescriptor) pair.server()).descriptor().fd();
        int adopted = Fd.duplicate(Scratch.ofThread(), fd);
        int duplicate = Fd.duplicate(Scratch.ofThread(), fd);
        closing(() -> Fd.close(duplicate));
        Socket socket = Sockets.adopt(adopted);
        try (Poll poll = poll(socket, READ)) {
            socket.close();
            assertEquals(List.of(event(socket, INVALID)), now(poll));
            poll.unregister(socket);
            write(pair.client(), "x");
            assertEquals(List.of(), poll.poll(SOON));
        }
    }

    // ---- registered and unregistered meanwhile

    @Test
    void whatIsRegisteredMeanwhileCounts() throws Exception {
        Pair pair = pair();
        write(pair.client(), "x");
        try (Poll poll = new Poll()) {
            together(
                    () -> assertEquals(List.of(event(pair.server(), READ)), poll.poll(LONG)),
                    () -> {
                        settle();
                        poll.register(pair.server(), READ);
                    });
            poll.modify(pair.server(), Ready.ERROR);
            together(
                    () -> assertEquals(List.of(event(pair.server(), WRITE)), poll.poll(LONG)),
                    () -> {
                        settle();
                        poll.modify(pair.server(), WRITE);
                    });
        }
    }

    @Test
    void whatIsClosedAndRegisteredMeanwhileCountsToo() throws Exception {
        Pair pair = pair();
        pair.server().close();
        try (Poll poll = new Poll()) {
            together(
                    () -> assertEquals(List.of(event(pair.server(), INVALID)), poll.poll(LONG)),
                    () -> {
                        settle();
                        poll.register(pair.server(), READ);
                    });
        }
    }

    @Test
    void whatIsUnregisteredMeanwhileDoesNot() throws Exception {
        Pair pair = pair();
        Pair other = pair();
        try (Poll poll = poll(pair.server(), READ)) {
            poll.register(other.server(), READ);
            together(
                    () -> assertEquals(List.of(event(other.server(), READ)), poll.poll(LONG)),
                    () -> {
                        settle();
                        poll.unregister(pair.server());
                        write(pair.client(), "x");
                        settle();
                        pair.server().close();
                        settle();
                        write(other.client(), "x");
                    });
        }
    }

    // ---- disturbed

    @Test
    void aKillLeavesThePollUsable() throws Exception {
        Pair pair = pair();
        try (Poll poll = poll(pair.server(), READ)) {
            Greenlet<List<Event>> poller = Jevent.spawn(() -> poll.poll());
            settle();
            poller.kill();
            assertUsable(poll, pair);
        }
    }

    private static void assertUsable(Poll poll, Pair pair) throws Exception {
        together(
                () -> assertEquals(List.of(event(pair.server(), READ)), poll.poll(LONG)),
                () -> {
                    settle();
                    write(pair.client(), "x");
                });
        assertEquals("x", read(pair.server(), 10));
        assertEquals(List.of(), now(poll));
    }

    @Test
    void aTimeoutLeavesThePollUsable() throws Exception {
        Pair pair = pair();
        try (Poll poll = poll(pair.server(), READ)) {
            together(
                    () -> {
                        try (Timeout t = Timeout.start(SOON)) {
                            assertSame(t, assertThrows(Timeout.class, () -> poll.poll(LONG)));
                        }
                    });
            assertUsable(poll, pair);
            try (Timeout t = Timeout.start(SOON)) {
                assertSame(t, assertThrows(Timeout.class, poll::poll), "in the root too");
            }
            assertUsable(poll, pair);
        }
    }

    @Test
    void anInterruptLeavesThePollUsable() throws Exception {
        failuresAreExpected();
        Pair pair = pair();
        try (Poll poll = poll(pair.server(), READ)) {
            Greenlet<List<Event>> poller = Jevent.spawn(() -> poll.poll());
            settle();
            poller.thread().interrupt();
            poller.join();
            assertTrue(poller.exception() instanceof Interrupted);
            assertUsable(poll, pair);
        }
    }

    @Test
    void itsCloseWakesWhoPolls() throws Exception {
        Pair pair = pair();
        Poll poll = poll(pair.server(), READ);
        together(
                () -> {
                    var e = assertThrows(SocketException.class, () -> poll.poll(LONG));
                    assertEquals("Poll closed", e.getMessage());
                },
                () -> {
                    settle();
                    poll.close();
                    poll.close();
                });
        assertTrue(poll.isClosed());
        assertEquals("Poll[closed]", poll.toString());
        assertThrows(IOException.class, () -> now(poll));
        assertThrows(IOException.class, () -> poll.register(pair.client(), READ));
        assertThrows(IOException.class, () -> poll.modify(pair.server(), READ));
        poll.unregister(pair.server());
        assertFalse(pair.server().isClosed());
        pair.server().close();
    }

    @Test
    void twoCannotWaitInOnePoll() throws Exception {
        Pair pair = pair();
        try (Poll poll = poll(pair.server(), READ)) {
            together(
                    () -> assertEquals(List.of(event(pair.server(), READ)), poll.poll(LONG)),
                    () -> {
                        settle();
                        assertThrows(ConcurrentObjectUseError.class, () -> poll.poll(LONG));
                        write(pair.client(), "x");
                    });
        }
    }

    @Test
    void threadsOfAllKindsPoll() throws Exception {
        Pair pair = pair();
        var found = new AtomicInteger();
        Runnable poller =
                () -> {
                    try (Poll poll = poll(pair.server(), READ)) {
                        found.addAndGet(poll.poll(LONG).size());
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                };
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(Thread.startVirtualThread(poller));
            threads.add(Thread.ofPlatform().start(poller));
        }
        Greenlet<Void> g = Jevent.spawn(() -> poller.run());
        settle();
        write(pair.client(), "x");
        g.get();
        for (Thread t : threads) {
            t.join();
        }
        assertEquals(9, found.get());
    }

    @Test
    void threadsRegisterAndCloseWhileOnePolls() throws Exception {
        try (Poll poll = new Poll()) {
            var stop = new AtomicInteger();
            Runnable churn =
                    () -> {
                        try {
                            for (int i = 0; i < 300; i++) {
                                DatagramSocket s = Sockets.datagramSocket(loopback());
                                poll.register(s, READ, WRITE);
                                if (i % 2 == 0) {
                                    s.close();
                                    poll.unregister(s);
                                } else {
                                    poll.unregister(s);
                                    s.close();
                                }
                            }
                            stop.incrementAndGet();
                        } catch (IOException e) {
                            throw new AssertionError(e);
                        }
                    };
            Thread a = Thread.ofPlatform().start(churn);
            Thread b = Thread.startVirtualThread(churn);
            together(
                    churn::run,
                    () -> {
                        while (stop.get() < 3) {
                            poll.poll(SOON);
                            Jevent.sleep(0);
                        }
                    });
            a.join();
            b.join();
            assertEquals(0, poll.size());
            assertEquals(List.of(), now(poll));
        }
    }

    @Test
    void whatIsBufferedIsReady() throws Exception {
        Pair pair = pair();
        var buffering = new Buffered(pair.server());
        try (Poll poll = poll(buffering, READ)) {
            assertEquals(List.of(), now(poll));
            buffering.has = true;
            assertEquals(List.of(event(buffering, READ)), now(poll));
            assertEquals(List.of(event(buffering, READ)), poll.poll());
            poll.modify(buffering, READ, WRITE);
            assertEquals(List.of(event(buffering, READ, WRITE)), poll.poll());
            poll.modify(buffering, WRITE);
            assertEquals(List.of(event(buffering, WRITE)), poll.poll());
            assertFalse(Select.select(List.of(buffering), List.of()).isEmpty());
        }
    }

    /** As a socket of TLS does. */
    private static final class Buffered implements HasDescriptor.Buffering {
        private final Socket socket;
        private boolean has;

        Buffered(Socket socket) {
            this.socket = socket;
        }

        @Override
        public Descriptor descriptor() throws IOException {
            return ((HasDescriptor) socket).descriptor();
        }

        @Override
        public boolean hasBuffered() {
            return has;
        }
    }
}
