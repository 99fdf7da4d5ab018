package dev.jevent.select;

import static dev.jevent.select.Ready.ERROR;
import static dev.jevent.select.Ready.HANG_UP;
import static dev.jevent.select.Ready.INVALID;
import static dev.jevent.select.Ready.READ;
import static dev.jevent.select.Ready.WRITE;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jevent.Greenlet;
import dev.jevent.Jevent;
import dev.jevent.internal.sys.Fd;
import dev.jevent.internal.sys.Scratch;
import dev.jevent.socket.Sockets;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a poll finds. */
class PollTest extends PollScenario {

    @BeforeEach
    void epollOnly() {
        notInThePortableMode(CHANNELS);
    }

    @Test
    void itWaitsUntilThereIsSomethingToRead() throws Exception {
        Pair pair = pair();
        try (Poll poll = poll(pair.server(), READ)) {
            assertEquals(List.of(), now(poll));
            together(
                    () -> assertEquals(List.of(event(pair.server(), READ)), poll.poll()),
                    () -> {
                        settle();
                        write(pair.client(), "x");
                    });
        }
        assertFalse(pair.server().isClosed());
    }

    @Test
    void whatIsLeftIsReadyAgain() throws Exception {
        Pair pair = pair();
        try (Poll poll = poll(pair.server(), READ)) {
            write(pair.client(), "abc");
            for (int i = 0; i < 3; i++) {
                assertEquals(List.of(event(pair.server(), READ)), poll.poll(LONG));
                assertEquals(1, read(pair.server(), 1).length());
            }
            assertEquals(List.of(), now(poll));
            assertEquals(List.of(), poll.poll(SOON));
            write(pair.client(), "d");
            assertEquals(List.of(event(pair.server(), READ)), poll.poll(LONG));
        }
    }

    @Test
    void itWaitsUntilThereIsRoomToWrite() throws Exception {
        Pair pair = pair();
        try (Poll poll = poll(pair.client(), WRITE)) {
            assertEquals(List.of(event(pair.client(), WRITE)), poll.poll());
            fill(pair.client());
            assertEquals(List.of(), now(poll));
            together(
                    () -> assertEquals(List.of(event(pair.client(), WRITE)), poll.poll(LONG)),
                    () -> {
                        settle();
                        assertTrue(pair.server().getInputStream().readNBytes(3_000_000).length > 0);
                    },
                    () -> {
                        Jevent.sleep(50);
                        pair.client().shutdownOutput();
                    });
        }
    }

    @Test
    void whatIsWantedCanBeChanged() throws Exception {
        Pair pair = pair();
        write(pair.client(), "x");
        try (Poll poll = poll(pair.server())) {
            settle();
            assertEquals(List.of(event(pair.server(), READ, WRITE)), now(poll));
            poll.modify(pair.server(), READ);
            assertEquals(List.of(event(pair.server(), READ)), now(poll));
            poll.register(pair.server(), WRITE);
            assertEquals(1, poll.size());
            assertEquals(List.of(event(pair.server(), WRITE)), now(poll));
            poll.modify(pair.server(), ERROR);
            assertEquals(List.of(), now(poll));
            poll.unregister(pair.server());
            assertEquals(0, poll.size());
            assertThrows(IllegalArgumentException.class, () -> poll.unregister(pair.server()));
            assertThrows(IllegalArgumentException.class, () -> poll.modify(pair.server()));
            poll.register(pair.server(), READ);
            assertEquals(List.of(event(pair.server(), READ)), now(poll));
        }
    }

    @Test
    void theEndIsSomethingToRead() throws Exception {
        Pair pair = pair();
        try (Poll poll = poll(pair.server(), READ)) {
            pair.client().shutdownOutput();
            assertEquals(List.of(event(pair.server(), READ)), poll.poll(LONG));
            pair.server().shutdownOutput();
            assertEquals(List.of(event(pair.server(), READ, HANG_UP)), poll.poll(LONG));
        }
    }

    @Test
    void hangUpsAndErrorsComeUnasked() throws Exception {
        Scratch scratch = Scratch.ofThread();
        assertEquals(0, Fd.pipe(scratch));
        var in = new Numbers(Fd.first(scratch), Fd.second(scratch));
        assertEquals(0, Fd.pipe(scratch));
        var out = new Numbers(Fd.first(scratch), Fd.second(scratch));
        closing(() -> Fd.close(in.in()));
        closing(() -> Fd.close(out.out()));
        try (Poll poll = new Poll()) {
            poll.register(in.in(), ERROR);
            poll.register(out.out(), ERROR);
            assertEquals(List.of(), now(poll));
            Fd.close(in.out());
            Fd.close(out.in());
            assertEquals(
                    Set.of(event(in.in(), HANG_UP), event(out.out(), ERROR)),
                    new HashSet<>(poll.poll(LONG)));
        }
    }

    @Test
    void aResetIsAnError() throws Exception {
        Pair pair = pair();
        try (Poll poll = poll(pair.server(), READ)) {
            pair.client().setSoLinger(true, 0);
            pair.client().close();
            assertEquals(List.of(event(pair.server(), READ, ERROR, HANG_UP)), poll.poll(LONG));
        }
    }

    @Test
    void connectionsAreToBeRead() throws Exception {
        ServerSocket listener = closing(Sockets.listen(loopback()));
        try (Poll poll = poll(listener, READ)) {
            assertEquals(List.of(), now(poll));
            together(
                    () -> {
                        assertEquals(List.of(event(listener, READ)), poll.poll(LONG));
                        closing(listener.accept());
                        assertEquals(List.of(), now(poll));
                    },
                    () -> closing(Sockets.connect("localhost", listener.getLocalPort())));
        }
    }

    @Test
    void datagramsAreToBeRead() throws Exception {
        DatagramSocket s = closing(Sockets.datagramSocket(loopback()));
        try (Poll poll = poll(s, READ)) {
            assertEquals(List.of(), now(poll));
            var p = new DatagramPacket(new byte[0], 0, s.getLocalSocketAddress());
            s.send(p);
            assertEquals(List.of(event(s, READ)), poll.poll(LONG));
            s.receive(p);
            assertEquals(List.of(), now(poll));
        }
    }

    @Test
    void numbersOfDescriptorsCanBePolled() throws Exception {
        Numbers pipe = pipe();
        try (Poll poll = new Poll()) {
            poll.register(pipe.in(), READ);
            poll.register(pipe.out(), WRITE);
            assertEquals(List.of(event(pipe.out(), WRITE)), now(poll));
            poll.unregister(pipe.out());
            together(
                    () -> assertEquals(List.of(event(pipe.in(), READ)), poll.poll(LONG)),
                    () -> {
                        settle();
                        pipe.write("x");
                    });
        }
    }

    @Test
    void channelsOfTheJdkCanBePolledBlockingOrNot() throws Exception {
        var listener = closing(ServerSocketChannel.open().bind(loopback()));
        var client = closing(SocketChannel.open(listener.getLocalAddress()));
        var datagrams = closing(DatagramChannel.open());
        datagrams.configureBlocking(false);
        try (Poll poll = new Poll()) {
            poll.register(listener, READ);
            poll.register(client.socket(), READ, WRITE);
            poll.register(datagrams, READ);
            assertEquals(
                    Set.of(event(listener, READ), event(client.socket(), WRITE)),
                    new HashSet<>(poll.poll(LONG)));
            assertTrue(client.isBlocking());
        }
    }

    @Test
    void aPlainFileIsAlwaysReady() throws Exception {
        Poll poll = closing(new Poll());
        try (var file = new FileInputStream("/proc/self/exe")) {
            int number = numberOf("/bin/");
            assertTrue(file.available() > 0);
            poll.register(number, READ);
            assertEquals(List.of(event(number, READ)), poll.poll(LONG));
            poll.modify(number, WRITE);
            assertEquals(List.of(event(number, WRITE)), poll.poll());
        }
    }

    /** The descriptor of an open file whose name has this in it. */
    private static int numberOf(String part) throws Exception {
        for (var f : new File("/proc/self/fd").listFiles()) {
            var link = f.toPath();
            if (Files.isSymbolicLink(link)
                    && Files.readSymbolicLink(link).toString().contains(part)) {
                return Integer.parseInt(f.getName());
            }
        }
        throw new AssertionError("no open file is called " + part);
    }

    @Test
    void whatCannotBePolledIsRefused() throws Exception {
        try (Poll poll = new Poll()) {
            assertThrows(NullPointerException.class, () -> poll.register(null));
            assertThrows(IllegalArgumentException.class, () -> poll.register("text"));
            assertThrows(IllegalArgumentException.class, () -> poll.register(-1));
            var e = assertThrows(IllegalArgumentException.class, () -> poll.register(new Socket()));
            assertTrue(e.getMessage().contains("nor a channel"), e.getMessage());
            Numbers pipe = pipe();
            poll.register(pipe.in());
            poll.register(pipe.in());
            assertEquals(1, poll.size());
            Pair pair = pair();
            poll.register(pair.client());
            int number = Target.of(pair.client()).number();
            e = assertThrows(IllegalArgumentException.class, () -> poll.register(number));
            assertTrue(e.getMessage().contains("registered already"), e.getMessage());
            assertEquals(2, poll.size());
            assertThrows(IllegalArgumentException.class, () -> poll.poll(Duration.ofMillis(-1)));
        }
    }

    @Test
    void itSleepsWhenThereIsNothing() throws Exception {
        try (Poll poll = new Poll()) {
            long begin = System.nanoTime();
            assertEquals(List.of(), poll.poll(SOON));
            assertTrue(System.nanoTime() - begin >= SOON.toNanos());
            assertEquals("Poll[0 registered]", poll.toString());
        }
    }

    @Test
    void oneOfAThousandIsFound() throws Exception {
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            pairs.add(pair());
        }
        try (Poll poll = new Poll()) {
            for (Pair p : pairs) {
                poll.register(p.server(), READ);
                poll.register(p.client(), READ);
            }
            for (int i : new int[] {0, 250, 499}) {
                Socket other = pairs.get(i).client();
                together(
                        () -> assertEquals(List.of(event(other, READ)), poll.poll(LONG)),
                        () -> {
                            settle();
                            write(pairs.get(i).server(), "x");
                        });
                assertEquals("x", read(other, 10));
            }
            for (Pair p : pairs) {
                write(p.client(), "y");
            }
            assertEquals(500, targets(poll.poll()).size(), "all that are ready come at once");
        }
    }

    @Test
    void anotherMayReadMeanwhile() throws Exception {
        Pair pair = pair();
        try (Poll poll = poll(pair.server(), READ)) {
            List<String> got = new ArrayList<>();
            Greenlet<Void> reader =
                    Jevent.spawn(
                            () -> {
                                for (int i = 0; i < 10; i++) {
                                    got.add(read(pair.server(), 1));
                                }
                            });
            Greenlet<List<Event>> poller = Jevent.spawn(() -> poll.poll(LONG));
            settle();
            together(() -> write(pair.client(), "0123456789"));
            reader.get();
            assertEquals("0123456789", String.join("", got));
            poller.kill();
        }
    }

    @Test
    void theSameTargetMayBeInManyPolls() throws Exception {
        Pair pair = pair();
        List<Greenlet<List<Event>>> pollers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Poll poll = closing(poll(pair.server(), READ));
            pollers.add(Jevent.spawn(() -> poll.poll(LONG)));
        }
        settle();
        write(pair.client(), "x");
        for (Greenlet<List<Event>> g : pollers) {
            assertEquals(List.of(event(pair.server(), READ)), g.get());
        }
    }

    @Test
    void moreThanLinuxAllowsWaitForOneFileAllTheSame() throws Exception {
        Numbers pipe = pipe();
        List<Greenlet<List<Event>>> pollers = new ArrayList<>();
        for (int i = 0; i < 520; i++) {
            Poll poll = closing(poll(pipe.in(), READ));
            assertEquals(List.of(), poll.poll(Duration.ofNanos(200_000)));
            pollers.add(Jevent.spawn(() -> poll.poll(LONG)));
        }
        settle();
        pipe.write("x");
        for (Greenlet<List<Event>> g : pollers) {
            assertEquals(List.of(event(pipe.in(), READ)), g.get());
        }
        Poll late = closing(new Poll());
        assertEquals(List.of(), late.poll(SOON));
        var e = assertThrows(IOException.class, () -> late.register(pipe.in(), READ));
        assertTrue(e.getMessage().contains("500"), e.getMessage());
        assertEquals(0, late.size());
    }

    @Test
    void nothingIsLeftBehind() throws Exception {
        Pair pair = pair();
        try (Poll poll = poll(pair.server())) {
            assertFalse(poll.poll().isEmpty()); // the hub is awake
        }
        int before = openDescriptors();
        for (int i = 0; i < 200; i++) {
            Poll poll = poll(pair.server(), READ);
            assertEquals(List.of(), poll.poll(Duration.ofNanos(200_000)));
            poll.close();
        }
        assertTrue(openDescriptors() <= before); // what an earlier test left may have gone
        for (int i = 0; i < 50; i++) {
            assertEquals(1, poll(pair.client(), READ).size()); // forgotten
        }
        for (int i = 0; i < 200 && openDescriptors() > before; i++) {
            System.gc();
            Jevent.sleep(10);
        }
        assertTrue(openDescriptors() <= before);
    }

    @Test
    void whenThereAreNoDescriptorsLeftItSaysSo() throws Exception {
        Numbers pipe = pipe();
        List<Integer> all = new ArrayList<>();
        var scratch = Scratch.ofThread();
        Poll warm = closing(poll(pipe.in(), READ));
        assertEquals(List.of(), now(warm));
        assertThrows(IllegalArgumentException.class, () -> warm.register("x"));
        try {
            for (int fd; (fd = Fd.duplicate(scratch, pipe.in())) >= 0; ) {
                all.add(fd);
                if (all.size() > 70_000) {
                    assumeTrue(false, "there is no limit here");
                }
            }
            var e = assertThrows(IOException.class, Poll::new);
            assertTrue(e.getMessage().contains("Too many open files"), e.getMessage());
        } finally {
            all.forEach(Fd::close);
        }
    }

    @Test
    void invalidIsOneOfTheAnswers() throws Exception {
        Pair pair = pair();
        Numbers pipe = pipe();
        var channel = SocketChannel.open();
        channel.close();
        pair.client().close();
        try (Poll poll = new Poll()) {
            poll.register(pair.client(), READ);
            poll.register(channel, READ);
            poll.register(99_999, READ);
            poll.register(pipe.out(), WRITE);
            for (int i = 0; i < 2; i++) {
                assertEquals(
                        Set.of(
                                event(pair.client(), INVALID),
                                event(channel, INVALID),
                                event(99_999, INVALID),
                                event(pipe.out(), WRITE)),
                        new HashSet<>(poll.poll()));
            }
            poll.unregister(pair.client());
            poll.unregister(channel);
            poll.unregister(99_999);
            assertEquals(List.of(event(pipe.out(), WRITE)), now(poll));
        }
    }
}
