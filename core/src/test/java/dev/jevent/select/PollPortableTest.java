package dev.jevent.select;

import static dev.jevent.select.Ready.INVALID;
import static dev.jevent.select.Ready.READ;
import static dev.jevent.select.Ready.WRITE;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jevent.Greenlet;
import dev.jevent.Jevent;
import dev.jevent.Timeout;
import dev.jevent.select.Select.Selected;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;

/** What polls of non-blocking channels promise in both modes. */
class PollPortableTest extends PollScenario {

    private record Ends(Pipe.SourceChannel in, Pipe.SinkChannel out) {
        void write() throws IOException {
            assertEquals(1, out.write(ByteBuffer.wrap(new byte[1])));
        }

        void read() throws IOException {
            assertEquals(1, in.read(ByteBuffer.allocate(1)));
        }
    }

    private Ends ends() throws IOException {
        Pipe pipe = Pipe.open();
        pipe.source().configureBlocking(false);
        pipe.sink().configureBlocking(false);
        return new Ends(closing(pipe.source()), closing(pipe.sink()));
    }

    private Poll reading(SelectableChannel channel) throws IOException {
        return closing(poll(channel, READ));
    }

    @Test
    void itIsLevelTriggered() throws Exception {
        Ends pipe = ends();
        Poll poll = reading(pipe.in());
        int[] empty = new int[1]; // how often it was seen to be
        together(
                () -> {
                    for (int i = 0; i < 3; i++) {
                        assertEquals(List.of(event(pipe.in(), READ)), poll.poll());
                        assertEquals(List.of(event(pipe.in(), READ)), poll.poll(LONG));
                        assertEquals(List.of(event(pipe.in(), READ)), now(poll));
                        pipe.read();
                        assertEquals(List.of(), now(poll));
                        empty[0]++;
                    }
                    assertEquals(List.of(), poll.poll(SOON));
                },
                () -> {
                    for (int i = 0; i < 3; i++) {
                        do {
                            settle();
                        } while (empty[0] < i);
                        pipe.write();
                    }
                });
    }

    @Test
    void connectionsAreFoundOnBothEnds() throws Exception {
        var listener = closing(ServerSocketChannel.open().bind(loopback()));
        listener.configureBlocking(false);
        var client = closing(SocketChannel.open());
        client.configureBlocking(false);
        Poll poll = reading(listener);
        together(
                () -> {
                    client.connect(listener.getLocalAddress());
                    poll.register(client.socket(), WRITE);
                    while (!targets(now(poll)).contains(listener)) {
                        Jevent.sleep(1);
                    }
                    closing(listener.accept());
                    assertTrue(client.finishConnect());
                    assertEquals(List.of(event(client.socket(), WRITE)), poll.poll(LONG));
                    poll.modify(client.socket(), READ);
                    assertEquals(List.of(), now(poll));
                    poll.unregister(client.socket());
                    poll.register(client, WRITE);
                    assertEquals(List.of(event(client, WRITE)), poll.poll(LONG));
                    assertEquals(2, poll.size());
                });
    }

    @Test
    void aChannelThatIsClosedIsInvalid() throws Exception {
        Ends pipe = ends();
        Poll poll = reading(pipe.in());
        together(
                () -> assertEquals(List.of(event(pipe.in(), INVALID)), poll.poll(LONG)),
                () -> {
                    settle();
                    pipe.in().close();
                });
        poll.unregister(pipe.in());
        assertEquals(List.of(), now(poll));
        poll.register(pipe.in(), READ);
        assertEquals(List.of(event(pipe.in(), INVALID)), now(poll));
    }

    @Test
    void whatIsRegisteredMeanwhileCounts() throws Exception {
        Ends pipe = ends();
        pipe.write();
        Poll poll = closing(new Poll());
        together(
                () -> assertEquals(List.of(event(pipe.in(), READ)), poll.poll(LONG)),
                () -> {
                    settle();
                    poll.register(pipe.in(), READ);
                });
    }

    @Test
    void aKillOrATimeoutLeavesItUsable() throws Exception {
        Ends pipe = ends();
        Poll poll = reading(pipe.in());
        Greenlet<List<Event>> g = Jevent.spawn(() -> poll.poll());
        settle();
        g.kill();
        together(
                () -> {
                    try (Timeout t = Timeout.start(SOON)) {
                        assertSame(t, assertThrows(Timeout.class, poll::poll));
                    }
                    pipe.write();
                    assertEquals(List.of(event(pipe.in(), READ)), poll.poll(LONG));
                });
    }

    @Test
    void closeWakesWhoPolls() throws Exception {
        Poll poll = reading(ends().in());
        together(
                () -> assertThrows(IOException.class, poll::poll),
                () -> {
                    settle();
                    poll.close();
                });
        assertTrue(poll.isClosed());
        assertThrows(IOException.class, () -> now(poll));
        assertThrows(IOException.class, () -> poll.register(ends().in()));
    }

    @Test
    void othersRunWhileOnePolls() throws Exception {
        Poll poll = reading(ends().in());
        Greenlet<List<Event>> g = Jevent.spawn(() -> poll.poll(Duration.ofMillis(50)));
        int turns = 0;
        while (!g.ready()) {
            Jevent.sleep(1);
            turns++;
        }
        assertTrue(turns > 1);
        assertEquals(List.of(), g.get());
    }

    @Test
    void selectFindsChannels() throws Exception {
        Ends a = ends();
        Ends b = ends();
        List<Pipe.SourceChannel> ins = List.of(a.in(), b.in());
        List<Pipe.SinkChannel> outs = List.of(b.out(), a.out());
        together(
                () -> {
                    assertEquals(new Selected<>(List.of(), outs), Select.select(ins, outs, LONG));
                    assertTrue(Select.select(ins, List.of(), SOON).isEmpty());
                    assertTrue(Select.select(ins, List.of(), Duration.ZERO).isEmpty());
                    assertEquals(List.of(b.in()), Select.select(ins, List.of()).read());
                },
                () -> {
                    Jevent.sleep(50);
                    b.write();
                });
        a.in().close();
        assertThrows(IOException.class, () -> Select.select(ins, List.of()));
    }

    @Test
    void theModeIsNamedWhereItMatters() throws Exception {
        assumeTrue(isPortable(), "it is about the other mode");
        Pair pair = pair();
        Poll poll = closing(new Poll());
        var blocking = closing(DatagramChannel.open());
        for (Object target : List.of(pair.client(), 5, "text", blocking)) {
            var e = assertThrows(IllegalArgumentException.class, () -> poll.register(target));
            assertTrue(e.getMessage().contains("portable mode"), e.getMessage());
        }
        assertEquals(0, poll.size());
        assertFalse(poll.isClosed());
    }
}
