package dev.jevent.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jevent.Hub;
import dev.jevent.Jevent;
import dev.jevent.Waiter;
import dev.jevent.internal.jdk.Jdk;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

class IoTest {

    private final Hub hub = Hub.get();
    private final Loop loop = hub.loop();
    private final List<Object> events = new ArrayList<>();
    private Pipe pipe;
    private SocketChannel client;
    private SocketChannel server;

    @BeforeEach
    void open() throws IOException {
        pipe = Pipe.open();
        pipe.source().configureBlocking(false);
        pipe.sink().configureBlocking(false);
        try (var listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            client = SocketChannel.open(listener.getLocalAddress());
            server = listener.accept();
        }
        client.configureBlocking(false);
        server.configureBlocking(false);
    }

    @AfterEach
    void close() throws IOException {
        hub.destroy();
        pipe.source().close();
        pipe.sink().close();
        client.close();
        server.close();
    }

    private static ByteBuffer bytes(int n) {
        return ByteBuffer.wrap(new byte[n]);
    }

    private boolean isEpoll() {
        return loop.backend().equals("epoll");
    }

    /** The watcher is called once. */
    private void await(Io io) {
        var waiter = new Waiter<Void>();
        io.start(
                () -> {
                    io.stop();
                    waiter.switchTo(null);
                });
        waiter.get();
    }

    @Test
    void aPipeIsReadableWhenSomethingIsInIt() throws IOException {
        Io io = loop.io(pipe.source(), Io.READ);
        io.start(() -> events.add("early"));
        Jevent.sleep(5);
        assertEquals(List.of(), events);
        io.stop();

        pipe.sink().write(bytes(1));
        await(io);

        assertEquals(Io.READ, io.ready());
        assertEquals(Io.READ, io.events());
        assertEquals(1, pipe.source().read(bytes(10)));
    }

    @Test
    void aPipeIsReadableAtItsEnd() throws IOException {
        pipe.sink().close();

        await(loop.io(pipe.source(), Io.READ));

        assertEquals(-1, pipe.source().read(bytes(10)));
    }

    @Test
    void aPipeIsWritableUntilItIsFullAndAgainWhenItIsRead() throws IOException {
        Io io = loop.io(pipe.sink(), Io.WRITE);
        await(io);
        while (pipe.sink().write(bytes(4096)) > 0) {
            // until it is full
        }
        io.start(() -> events.add("early"));
        Jevent.sleep(5);
        assertEquals(List.of(), events);
        io.stop();

        while (pipe.source().read(bytes(4096)) > 0) {
            // until it is empty
        }
        await(io);
        assertEquals(Io.WRITE, io.ready());
    }

    @Test
    void callsBackAsLongAsItIsReady() throws IOException {
        pipe.sink().write(bytes(3));
        Io io = loop.io(pipe.source(), Io.READ);
        io.start(
                () -> {
                    try {
                        events.add(pipe.source().read(bytes(1)));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                    if (events.size() == 3) {
                        io.stop();
                    }
                });

        hub.join();

        assertEquals(List.of(1, 1, 1), events);
    }

    @Test
    void aSocketTellsWhichOfBothDirectionsIsReady() throws IOException {
        Io io = loop.io(server, Io.READ | Io.WRITE);
        await(io);
        assertEquals(Io.WRITE, io.ready());

        client.write(bytes(1));
        Io read = loop.io(server, Io.READ);
        await(read);
        await(io);
        assertEquals(Io.READ | Io.WRITE, io.ready());
    }

    @Test
    void twoWatchersOfOneChannelSeeEachItsOwn() throws IOException {
        Io read = loop.io(server, Io.READ);
        Io write = loop.io(server, Io.WRITE);
        read.start(
                () -> {
                    events.add("read");
                    read.stop();
                });
        write.start(
                () -> {
                    events.add("write");
                    write.stop();
                });
        Timer timer = loop.timer(Duration.ofMillis(5));
        timer.start(() -> send(client));

        assertTrue(hub.join(Duration.ofSeconds(10)));

        assertEquals(List.of("write", "read"), events);
    }

    private static void send(SocketChannel to) {
        try {
            to.write(bytes(1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aWatcherThatAnotherOfTheSameDescriptorStopsDoesNotCallBack() throws IOException {
        pipe.sink().write(bytes(1));
        Io first = loop.io(pipe.source(), Io.READ);
        Io second = loop.io(pipe.source(), Io.READ);
        Runnable callback =
                () -> {
                    events.add("one of them");
                    first.stop();
                    second.stop();
                };
        first.start(callback);
        second.start(callback);

        assertTrue(hub.join(Duration.ofSeconds(10)));

        assertEquals(List.of("one of them"), events);
    }

    @Test
    void oneWhoseCallbackThrowsIsStopped() throws IOException {
        hub.errorHandler((context, e) -> events.add(context));
        pipe.sink().write(bytes(1));
        Io io = loop.io(pipe.source(), Io.READ);
        io.start(
                () -> {
                    throw new IllegalStateException("thrown");
                });

        assertTrue(hub.join(Duration.ofSeconds(10)));

        assertFalse(io.active());
        assertEquals(List.of(io), events);
    }

    @Test
    void aClosedChannelIsRefused() throws IOException {
        Io io = loop.io(pipe.source(), Io.READ);
        pipe.source().close();

        var e = assertThrows(UncheckedIOException.class, () -> io.start(() -> {}));

        assertInstanceOf(ClosedChannelException.class, e.getCause());
        assertFalse(io.active());
        assertEquals(0, loop.activeCount());
    }

    @Test
    void aClosedDescriptorIsRefused() throws IOException {
        assumeTrue(isEpoll());
        int fd = Jdk.get().descriptor(pipe.source());
        Io io = loop.io(fd, Io.READ);
        pipe.source().close();

        var e = assertThrows(UncheckedIOException.class, () -> io.start(() -> {}));

        assertTrue(e.getCause().getMessage().contains("descriptor " + fd), e.getMessage());
        assertEquals(0, loop.activeCount());
    }

    @Test
    void theDescriptorMayBeClosedBeforeTheWatcherIsStopped() throws IOException {
        Io io = loop.io(pipe.source(), Io.READ);
        io.start(() -> events.add("called"));
        pipe.source().close();
        Jevent.sleep(5);
        io.stop();

        assertEquals(List.of(), events);
        assertTrue(hub.join(Duration.ofSeconds(10)));
    }

    @Test
    void aWatcherThatWasForgottenIsNotCalledForTheNextFileOfThatNumber() throws IOException {
        assumeTrue(isEpoll());
        int fd = Jdk.get().descriptor(pipe.source());
        Io forgotten = loop.io(pipe.source(), Io.READ);
        forgotten.start(() -> events.add("forgotten"));
        pipe.source().close();
        List<Pipe> others = new ArrayList<>();
        Pipe.SourceChannel next = null;
        for (int i = 0; i < 50 && next == null; i++) {
            Pipe p = Pipe.open();
            others.add(p);
            if (Jdk.get().descriptor(p.source()) == fd) {
                next = p.source();
                p.sink().write(bytes(1));
            }
        }
        assumeTrue(next != null, "the number was taken by something else");

        await(loop.io(next, Io.READ));

        assertEquals(List.of(), events);
        assertFalse(forgotten.active());
        for (Pipe p : others) {
            p.source().close();
            p.sink().close();
        }
    }

    @Test
    void closingADescriptorCallsItsWatchersBackInTheNextTurn() {
        assumeTrue(isEpoll());
        int fd = Jdk.get().descriptor(pipe.source());
        Io io = loop.io(fd, Io.READ);
        assertFalse(loop.closingFd(fd));
        io.start(
                () -> {
                    events.add(io.ready());
                    io.stop();
                });

        assertTrue(loop.closingFd(fd));
        assertEquals(List.of(), events);
        assertTrue(hub.join(Duration.ofSeconds(10)));

        assertEquals(List.of(Io.READ), events);
        assertFalse(loop.closingFd(fd));
    }

    @Test
    void badArgumentsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> loop.io(pipe.source(), 0));
        assertThrows(IllegalArgumentException.class, () -> loop.io(pipe.source(), 4));
        if (isEpoll()) {
            assertThrows(IllegalArgumentException.class, () -> loop.io(-1, Io.READ));
        } else {
            assertThrows(UnsupportedOperationException.class, () -> loop.io(0, Io.READ));
        }
    }

    @Test
    void spinningGreenletsDoNotStarveIo() throws IOException {
        var seen = new boolean[1];
        for (int i = 0; i < 200; i++) {
            Jevent.spawn(
                    () -> {
                        while (!seen[0]) {
                            Jevent.sleep(0);
                        }
                    });
        }
        Io io = loop.io(server, Io.READ);
        io.start(
                () -> {
                    seen[0] = true;
                    io.stop();
                });
        client.write(bytes(1));

        assertTrue(hub.join(Duration.ofSeconds(30)));
        assertTrue(seen[0]);
    }

    // ---- together with the JDK's own blocking calls

    @Test
    void aGreenletBlockedInTheJdkAndAWatcherOfTheSameChannelAreBothWoken() throws Exception {
        assumeTrue(isEpoll(), "the portable mode watches only channels that do not block");
        server.configureBlocking(true);
        var reader = Jevent.spawn(() -> server.read(bytes(10)));
        Io io = loop.io(server, Io.READ);
        io.start(
                () -> {
                    events.add("watcher");
                    io.stop();
                });
        Jevent.sleep(5);
        assertEquals(List.of(), events);
        client.write(bytes(3));

        assertEquals(3, reader.get());
        assertTrue(hub.join(Duration.ofSeconds(10)));

        assertEquals(List.of("watcher"), events);
    }

    @Test
    void aGreenletGoesOnWaitingInTheJdkWhenAWatcherOfItsChannelStops() throws Exception {
        assumeTrue(isEpoll());
        server.configureBlocking(true);
        var reader = Jevent.spawn(() -> server.read(bytes(10)));
        Io io = loop.io(server, Io.WRITE);
        await(io);
        client.write(bytes(2));

        assertEquals(2, reader.get());
    }

    @Test
    void whatNobodyReadsDoesNotKeepTheLoopAwakeForAWatcherOfTheOtherDirection() throws Exception {
        assumeTrue(isEpoll());
        while (server.write(bytes(65536)) > 0) {
            // until it is not writable any more
        }
        server.configureBlocking(true);
        Io write = loop.io(server, Io.WRITE);
        write.start(() -> events.add("writable"));
        var reader = Jevent.spawn(() -> server.read(bytes(1)));
        Jevent.sleep(1);
        client.write(bytes(1));
        reader.join();
        client.write(bytes(1)); // nobody reads this one
        Jevent.sleep(1);
        int[] turns = new int[1];
        Watcher check = loop.check();
        check.start(() -> turns[0]++);
        Jevent.sleep(50);
        check.stop();
        write.stop();

        assertEquals(List.of(), events);
        assertTrue(turns[0] < 50, "the loop turned " + turns[0] + " times in 50 ms");
    }
}
