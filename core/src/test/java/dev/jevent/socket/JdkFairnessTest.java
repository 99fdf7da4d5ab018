package dev.jevent.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Greenlet;
import dev.jevent.Jevent;
import dev.jevent.Timeout;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A greenlet that uses a socket of the JDK's which is always ready shares the hub too. */
class JdkFairnessTest extends SocketScenario {

    private static final int CALLS = 5_000;

    private int turns;

    private interface Call {
        void make() throws Exception;
    }

    /** While a greenlet makes so many calls that need not wait, another one gets its turns. */
    private void givesWay(int calls, Call call) throws Exception {
        turns = 0;
        Greenlet<Void> other =
                Jevent.spawn(
                        () -> {
                            for (; ; ) {
                                turns++;
                                Jevent.sleep(0);
                            }
                        });
        together(
                () -> {
                    for (int i = 0; i < calls; i++) {
                        call.make();
                    }
                });
        other.kill();
        assertTrue(turns >= calls / 128, "only " + turns);
        // a wait that has a time takes two turns
        assertTrue(turns <= calls / 16, "and not too often: " + turns);
    }

    private Pair jdkPair() throws Exception {
        try (ServerSocket listener = new ServerSocket()) {
            listener.bind(loopback());
            Socket client = closing(new Socket("localhost", listener.getLocalPort()));
            return new Pair(client, closing(listener.accept()));
        }
    }

    private record Channels(SocketChannel client, SocketChannel server) {}

    private Channels channels() throws Exception {
        try (ServerSocketChannel listener = ServerSocketChannel.open().bind(loopback())) {
            SocketChannel client = closing(SocketChannel.open(listener.getLocalAddress()));
            return new Channels(client, closing(listener.accept()));
        }
    }

    private static void fill(SocketChannel channel) throws Exception {
        channel.write(ByteBuffer.allocate(CALLS));
    }

    @Test
    void aReaderOfASocket() throws Exception {
        Pair pair = jdkPair();
        pair.client().getOutputStream().write(new byte[CALLS]);
        InputStream in = pair.server().getInputStream();
        givesWay(CALLS, () -> assertEquals(0, in.read()));
    }

    @Test
    void aReaderOfASocketThatHasATime() throws Exception {
        Pair pair = jdkPair();
        pair.server().setSoTimeout(10_000);
        pair.client().getOutputStream().write(new byte[CALLS]);
        InputStream in = pair.server().getInputStream();
        givesWay(CALLS, () -> assertEquals(0, in.read()));
    }

    @Test
    void aWriterOfASocket() throws Exception {
        OutputStream out = jdkPair().client().getOutputStream();
        givesWay(CALLS, () -> out.write(1));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aReaderOfAChannel(boolean blocking) throws Exception {
        Channels channels = channels();
        fill(channels.client());
        channels.server().configureBlocking(blocking);
        ByteBuffer one = ByteBuffer.allocate(1);
        givesWay(CALLS, () -> assertEquals(1, channels.server().read(one.clear())));
    }

    @Test
    void aReaderOfTheStreamOfAChannel() throws Exception {
        Channels channels = channels();
        fill(channels.client());
        InputStream in = channels.server().socket().getInputStream();
        givesWay(CALLS, () -> assertEquals(0, in.read()));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aWriterOfAChannel(boolean blocking) throws Exception {
        SocketChannel client = channels().client();
        client.configureBlocking(blocking);
        ByteBuffer one = ByteBuffer.allocate(1);
        givesWay(CALLS, () -> assertEquals(1, client.write(one.clear())));
    }

    @Test
    void whoGathersAndScatters() throws Exception {
        Channels channels = channels();
        ByteBuffer[] two = {ByteBuffer.allocate(1), ByteBuffer.allocateDirect(1)};
        givesWay(
                CALLS,
                () -> {
                    two[0].clear();
                    two[1].clear();
                    assertEquals(2, channels.client().write(two));
                });
        givesWay(
                CALLS,
                () -> {
                    two[0].clear();
                    two[1].clear();
                    assertEquals(2, channels.server().read(two));
                });
    }

    @Test
    void aUnixDomainSocket() throws Exception {
        Path directory = Files.createTempDirectory("jevent");
        Path path = directory.resolve("s");
        try (var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(path));
            SocketChannel client = closing(SocketChannel.open(listener.getLocalAddress()));
            SocketChannel server = closing(listener.accept());
            fill(client);
            ByteBuffer one = ByteBuffer.allocate(1);
            givesWay(CALLS, () -> assertEquals(1, server.read(one.clear())));
        } finally {
            Files.deleteIfExists(path);
            Files.delete(directory);
        }
    }

    @Test
    void aPipe() throws Exception {
        Pipe pipe = Pipe.open();
        closing(pipe.sink());
        closing(pipe.source());
        ByteBuffer one = ByteBuffer.allocate(1);
        givesWay(CALLS, () -> assertEquals(1, pipe.sink().write(one.clear())));
        givesWay(CALLS, () -> assertEquals(1, pipe.source().read(one.clear())));
    }

    @Test
    void muchDataCountsAsManyCalls() throws Exception {
        Pair pair = jdkPair();
        Thread feeder = Thread.ofPlatform().start(() -> feed(pair.client()));
        InputStream in = pair.server().getInputStream();
        turns = 0;
        Greenlet<Void> other =
                Jevent.spawn(
                        () -> {
                            for (; ; ) {
                                turns++;
                                Jevent.sleep(0);
                            }
                        });
        var moved = new long[1];
        together(
                () -> {
                    var piece = new byte[128 * 1024];
                    while (moved[0] < 32 << 20) {
                        moved[0] += in.read(piece);
                    }
                });
        other.kill();
        pair.server().close();
        feeder.join();
        assertTrue(turns >= 16, "for 32 MiB only " + turns);
    }

    @Test
    void itCanBeTimedOut() throws Exception {
        Pair pair = jdkPair();
        Thread feeder = Thread.ofPlatform().start(() -> feed(pair.client()));
        InputStream in = pair.server().getInputStream();
        together(
                () -> {
                    var piece = new byte[1];
                    try (Timeout t = Timeout.start(Duration.ofMillis(50))) {
                        assertSame(t, assertThrows(Timeout.class, () -> readOn(in, piece)));
                    }
                });
        pair.server().close();
        feeder.join();
    }

    private static void readOn(InputStream in, byte[] piece) throws Exception {
        for (; ; ) {
            in.read(piece);
        }
    }

    private static void feed(Socket socket) {
        var piece = new byte[64 * 1024];
        try {
            for (; ; ) {
                socket.getOutputStream().write(piece);
            }
        } catch (java.io.IOException e) {
            return; // the reader has gone
        }
    }
}
