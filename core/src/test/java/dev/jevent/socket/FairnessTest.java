package dev.jevent.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Greenlet;
import dev.jevent.Jevent;
import dev.jevent.Timeout;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;

/** A greenlet whose socket is always ready shares the hub with the others; and who waits only. */
class FairnessTest extends SocketScenario {

    private static final int CALLS = 10_000;

    private int turns;

    private Greenlet<Void> other() {
        return Jevent.spawn(
                () -> {
                    for (; ; ) {
                        turns++;
                        Jevent.sleep(0);
                    }
                });
    }

    @Test
    void aReaderThatAlwaysFindsDataGivesWay() throws Exception {
        Pair pair = pair();
        pair.client().getOutputStream().write(new byte[CALLS]);
        Greenlet<Void> other = other();
        together(
                () -> {
                    InputStream in = pair.server().getInputStream();
                    for (int i = 0; i < CALLS; i++) {
                        assertEquals(0, in.read());
                    }
                });
        other.kill();
        assertTrue(turns >= CALLS / 128, "only " + turns);
        assertTrue(turns <= CALLS / 32, "and not too often: " + turns);
    }

    @Test
    void aWriterThatAlwaysFindsRoomGivesWay() throws Exception {
        Pair pair = pair();
        Greenlet<Void> other = other();
        together(
                () -> {
                    OutputStream out = pair.client().getOutputStream();
                    for (int i = 0; i < CALLS; i++) {
                        out.write(1);
                    }
                });
        other.kill();
        assertTrue(turns >= CALLS / 128, "only " + turns);
    }

    @Test
    void aReaderWhoIsAloneLooksForEventsOfOthers() throws Exception {
        notInThePortableMode("events come by way of another thread");
        Pair busy = pair();
        Pair quiet = pair();
        busy.client().getOutputStream().write(new byte[CALLS]);
        var read = new int[1];
        var seen = new int[1];
        together(
                () -> {
                    assertEquals(7, quiet.server().getInputStream().read());
                    seen[0] = read[0];
                },
                () -> {
                    Jevent.sleep(5);
                    InputStream in = busy.server().getInputStream();
                    for (; read[0] < CALLS; read[0]++) {
                        if (read[0] == CALLS / 2) {
                            quiet.client().getOutputStream().write(7);
                        }
                        assertEquals(0, in.read());
                    }
                });
        assertTrue(seen[0] >= CALLS / 2);
        assertTrue(seen[0] <= CALLS / 2 + 1000, "seen after " + (seen[0] - CALLS / 2) + " calls");
    }

    @Test
    void itCanBeTimedOut() throws Exception {
        notInThePortableMode("a timeout may close the socket");
        Pair pair = pair();
        Thread feeder = Thread.ofPlatform().start(() -> feed(pair.client()));
        together(
                () -> {
                    InputStream in = pair.server().getInputStream();
                    var piece = new byte[64 * 1024];
                    try (Timeout t = Timeout.start(Duration.ofMillis(50))) {
                        Timeout thrown =
                                assertThrows(
                                        Timeout.class,
                                        () -> {
                                            for (; ; ) {
                                                in.read(piece);
                                            }
                                        });
                        assertSame(t, thrown);
                    }
                });
        assertFalse(pair.server().isClosed());
        pair.server().close();
        feeder.join();
    }

    private static void feed(Socket socket) {
        var piece = new byte[64 * 1024];
        try {
            for (; ; ) {
                socket.getOutputStream().write(piece);
            }
        } catch (IOException e) {
            return; // the reader has gone
        }
    }

    @Test
    void aCallbackOfTheLoopMayCallAsOftenAsItLikes() throws Exception {
        Pair pair = pair();
        var failure = new Throwable[1];
        Jevent.getHub()
                .loop()
                .runCallback(
                        () -> {
                            try {
                                for (int i = 0; i < 1000; i++) {
                                    pair.client().getOutputStream().write(1);
                                }
                            } catch (Throwable e) {
                                failure[0] = e;
                            }
                        });
        Jevent.sleep(5);
        assertNull(failure[0]);
        assertEquals(1000, pair.server().getInputStream().readNBytes(1000).length);
    }

    // ---- waitRead, waitWrite

    @Test
    void whoWaitsForDataLeavesItThere() throws Exception {
        notInThePortableMode("nobody says when a socket is ready");
        Pair pair = pair();
        Duration soon = Duration.ofMillis(20);
        assertFalse(Sockets.waitRead(pair.server(), Duration.ZERO));
        assertFalse(Sockets.waitRead(pair.server(), soon));
        assertTrue(Sockets.waitWrite(pair.server(), Duration.ZERO));
        together(
                () -> assertTrue(Sockets.waitRead(pair.server(), Duration.ofSeconds(10))),
                () -> {
                    Jevent.sleep(5);
                    pair.client().getOutputStream().write(4);
                });
        assertTrue(Sockets.waitRead(pair.server(), Duration.ZERO));
        assertEquals(4, pair.server().getInputStream().read());
        assertFalse(Sockets.waitRead(pair.server(), Duration.ZERO));
        pair.client().close();
        assertTrue(Sockets.waitRead(pair.server(), Duration.ofSeconds(10)), "the end");
        assertEquals(-1, pair.server().getInputStream().read());
    }

    @Test
    void whoWaitsForRoomOrAConnectionLeavesItThere() throws Exception {
        notInThePortableMode("nobody says when a socket is ready");
        Pair pair = pair();
        together(
                () ->
                        assertThrows(
                                java.net.SocketTimeoutException.class,
                                () ->
                                        SocketStream.of(pair.client())
                                                .writeAll(
                                                        Duration.ofMillis(20),
                                                        new byte[30_000_000])));
        assertFalse(Sockets.waitWrite(pair.client(), Duration.ofMillis(20)));
        together(
                () -> assertTrue(Sockets.waitWrite(pair.client(), Duration.ofSeconds(10))),
                () -> pair.server().getInputStream().skip(2_000_000));
        ServerSocket listener = closing(Sockets.listen(loopback()));
        assertFalse(Sockets.waitRead(listener, Duration.ofMillis(20)));
        Socket client = closing(Sockets.connect("127.0.0.1", listener.getLocalPort()));
        assertTrue(Sockets.waitRead(listener, Duration.ofSeconds(10)));
        assertEquals(client.getLocalPort(), closing(listener.accept()).getPort());
        Socket foreign = closing(new Socket());
        assertThrows(
                UnsupportedOperationException.class,
                () -> Sockets.waitRead(foreign, Duration.ZERO));
    }

    /** The event that a reader waits for may come after somebody has asked and seen the data. */
    @Test
    void whoAsksFirstTakesNothingFromWhoWaits() throws Exception {
        notInThePortableMode("nobody says when a socket is ready");
        Pair pair = pair();
        Greenlet<Integer> reader = Jevent.spawn(() -> pair.server().getInputStream().read());
        Jevent.sleep(Duration.ofMillis(1));
        pair.client().getOutputStream().write(7);
        assertTrue(Sockets.waitRead(pair.server(), Duration.ZERO));
        assertEquals(7, reader.get(Duration.ofSeconds(10)));
    }
}
