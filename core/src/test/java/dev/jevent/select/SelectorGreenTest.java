package dev.jevent.select;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Greenlet;
import dev.jevent.Jevent;
import dev.jevent.Timeout;
import dev.jevent.socket.SocketScenario;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The JDK's selectors, unchanged, in greenlets: who selects gives way. */
class SelectorGreenTest extends SocketScenario {

    private Selector selector() throws IOException {
        return closing(Selector.open());
    }

    private Pipe pipe() throws IOException {
        Pipe pipe = Pipe.open();
        closing(pipe.source());
        closing(pipe.sink());
        pipe.source().configureBlocking(false);
        return pipe;
    }

    private static SelectionKey reads(Pipe pipe, Selector selector) throws IOException {
        return pipe.source().register(selector, SelectionKey.OP_READ);
    }

    private static void write(Pipe pipe) throws IOException {
        pipe.sink().write(ByteBuffer.wrap(new byte[1]));
    }

    private static void settle() {
        for (int i = 0; i < 5; i++) {
            Jevent.sleep(1);
        }
    }

    @Test
    void selectWaitsAndOthersRun() throws Exception {
        Selector selector = selector();
        Pipe pipe = pipe();
        SelectionKey key = reads(pipe, selector);
        List<String> order = new ArrayList<>();
        together(
                () -> {
                    order.add("selects");
                    assertEquals(1, selector.select());
                    assertEquals(Set.of(key), selector.selectedKeys());
                    assertTrue(key.isReadable());
                    order.add("has selected");
                },
                () -> {
                    settle();
                    order.add("writes");
                    write(pipe);
                });
        assertEquals(List.of("selects", "writes", "has selected"), order);
    }

    @Test
    void selectGivesUpAfterAWhile() throws Exception {
        Selector selector = selector();
        reads(pipe(), selector);
        together(
                () -> {
                    long begin = System.nanoTime();
                    assertEquals(0, selector.select(20));
                    assertTrue(System.nanoTime() - begin >= 19_000_000);
                    assertEquals(0, selector.selectNow());
                });
    }

    @Test
    void selectNowFindsWhatIsReady() throws Exception {
        Selector selector = selector();
        Pipe pipe = pipe();
        reads(pipe, selector);
        write(pipe);
        assertEquals(1, selector.selectNow());
        assertEquals(0, selector.selectNow(), "it is selected already");
        selector.selectedKeys().clear();
        assertEquals(1, selector.selectNow());
    }

    @Test
    void wakeupEndsASelection() throws Exception {
        Selector selector = selector();
        together(
                () -> assertEquals(0, selector.select()),
                () -> {
                    settle();
                    selector.wakeup();
                });
        selector.wakeup();
        together(() -> assertEquals(0, selector.select(), "the next one, if there is none"));
    }

    @Test
    void wakeupFromAnotherThreadOrHubEndsASelection() throws Exception {
        Selector selector = selector();
        var plain = new Thread(selector::wakeup);
        var withHub =
                new Thread(
                        () -> {
                            Jevent.spawn(() -> selector.wakeup()).join();
                            Jevent.getHub().destroy();
                        });
        for (Thread waker : List.of(plain, withHub)) {
            together(
                    () -> assertEquals(0, selector.select()),
                    () -> {
                        settle();
                        waker.start();
                    });
            waker.join();
        }
    }

    @Test
    void closeEndsASelection() throws Exception {
        Selector selector = selector();
        together(
                () -> assertThrows(ClosedSelectorException.class, () -> selectOn(selector)),
                () -> {
                    settle();
                    selector.close();
                });
    }

    /** One that is closed while it selects may also return. */
    private static void selectOn(Selector selector) throws IOException {
        for (; ; ) {
            assertEquals(0, selector.select());
        }
    }

    @Test
    void aKillOrATimeoutLeavesItOpen() throws Exception {
        notInThePortableMode("a select ends with the interrupt status only");
        Selector selector = selector();
        Pipe pipe = pipe();
        reads(pipe, selector);
        Greenlet<Integer> g = Jevent.spawn(() -> selector.select());
        settle();
        g.kill();
        together(
                () -> {
                    try (Timeout t = Timeout.start(Duration.ofMillis(20))) {
                        assertSame(t, assertThrows(Timeout.class, selector::select));
                    }
                    try (Timeout t = Timeout.start(Duration.ofMillis(20))) {
                        assertSame(t, assertThrows(Timeout.class, () -> selector.select(60_000)));
                    }
                });
        assertTrue(selector.isOpen());
        together(
                () -> assertEquals(1, selector.select()),
                () -> {
                    settle();
                    write(pipe);
                });
    }

    @Test
    void oneOfAThousandChannelsIsFound() throws Exception {
        Selector selector = selector();
        List<Pipe> pipes = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            Pipe pipe = pipe();
            reads(pipe, selector).attach(i);
            pipes.add(pipe);
        }
        for (int i : new int[] {0, 500, 999}) {
            together(
                    () -> {
                        assertEquals(1, selector.select());
                        assertEquals(i, selector.selectedKeys().iterator().next().attachment());
                        selector.selectedKeys().clear();
                        assertEquals(1, pipes.get(i).source().read(ByteBuffer.allocate(10)));
                    },
                    () -> {
                        settle();
                        write(pipes.get(i));
                    });
        }
    }

    @Test
    void manyMaySelectAtOnce() throws Exception {
        Pipe pipe = pipe();
        List<Greenlet<Integer>> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Selector selector = selector();
            reads(pipe, selector);
            all.add(Jevent.spawn(() -> selector.select()));
        }
        settle();
        write(pipe);
        for (Greenlet<Integer> g : all) {
            assertEquals(1, g.get());
        }
    }

    @Test
    void aKeyThatIsCancelledMeanwhileIsNotSelected() throws Exception {
        Selector selector = selector();
        Pipe gone = pipe();
        Pipe pipe = pipe();
        SelectionKey cancelled = reads(gone, selector);
        SelectionKey key = reads(pipe, selector);
        together(
                () -> {
                    while (selector.select() == 0) {
                        assertFalse(cancelled.isValid());
                    }
                    assertEquals(Set.of(key), selector.selectedKeys());
                    assertEquals(Set.of(key), selector.keys());
                },
                () -> {
                    settle();
                    cancelled.cancel();
                    write(gone);
                    settle();
                    write(pipe);
                });
    }

    @Test
    void connectionsAreMadeWithoutBlocking() throws Exception {
        Selector selector = selector();
        var listener = closing(ServerSocketChannel.open().bind(loopback()));
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
        var client = closing(SocketChannel.open());
        client.configureBlocking(false);
        client.register(selector, SelectionKey.OP_CONNECT);
        together(
                () -> {
                    boolean connected = client.connect(listener.getLocalAddress());
                    boolean accepted = false;
                    while (!connected || !accepted) {
                        selector.select(
                                key -> {
                                    if (key.isConnectable()) {
                                        finish(client);
                                        key.interestOps(0);
                                    }
                                });
                        connected = client.isConnected();
                        SocketChannel server = listener.accept();
                        if (server != null) {
                            closing(server);
                            accepted = true;
                        }
                    }
                });
    }

    private static void finish(SocketChannel channel) {
        try {
            assertTrue(channel.finishConnect());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
