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

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;

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
        assertTrue(turns >= calls / 128 + 2, "only " + turns);
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

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoSendsAndReceivesDatagramsByAChannel(boolean blocking) throws Exception {
        DatagramChannel in = closing(DatagramChannel.open().bind(loopback()));
        DatagramChannel out = closing(DatagramChannel.open());
        in.configureBlocking(blocking);
        out.configureBlocking(blocking);
        ByteBuffer one = ByteBuffer.allocate(1);
        SocketAddress to = in.getLocalAddress();
        givesWay(CALLS, () -> assertEquals(1, out.send(one.clear(), to)));
        var more = new int[1];
        givesWay(
                CALLS,
                () -> {
                    if (more[0]++ % 50 == 0) {
                        sendSome(out, to);
                    }
                    in.receive(one.clear());
                    assertEquals(1, one.position());
                });
    }

    private static void sendSome(DatagramChannel out, SocketAddress to) throws Exception {
        for (int i = 0; i < 50; i++) {
            out.send(ByteBuffer.allocate(1), to);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoUsesADatagramChannelThatIsConnected(boolean blocking) throws Exception {
        DatagramChannel in = closing(DatagramChannel.open().bind(loopback()));
        DatagramChannel out = closing(DatagramChannel.open().connect(in.getLocalAddress()));
        in.connect(out.getLocalAddress());
        in.configureBlocking(blocking);
        ByteBuffer one = ByteBuffer.allocate(1);
        givesWay(
                CALLS,
                () -> {
                    assertEquals(1, out.write(one.clear()));
                    assertEquals(1, in.read(one.clear()));
                });
    }

    @Test
    void whoUsesADatagramSocket() throws Exception {
        DatagramSocket in = closing(new DatagramSocket(loopback()));
        DatagramSocket out = closing(new DatagramSocket(loopback()));
        in.setSoTimeout(10_000);
        var packet = new DatagramPacket(new byte[1], 1);
        givesWay(
                CALLS,
                () -> {
                    packet.setSocketAddress(in.getLocalSocketAddress());
                    out.send(packet);
                    in.receive(packet);
                    assertEquals(1, packet.getLength());
                });
    }

    @Test
    void whoSelects() throws Exception {
        Selector selector = closing(Selector.open());
        Pipe pipe = Pipe.open();
        closing(pipe.source());
        closing(pipe.sink()).configureBlocking(false);
        pipe.sink().register(selector, SelectionKey.OP_WRITE);
        Call clear = selector.selectedKeys()::clear;
        givesWay(CALLS, () -> assertEquals(1, selectAnd(clear, selector::select)));
        givesWay(CALLS, () -> assertEquals(1, selectAnd(clear, () -> selector.select(10_000))));
        givesWay(CALLS, () -> assertEquals(1, selectAnd(clear, selector::selectNow)));
        givesWay(CALLS, () -> assertEquals(1, selector.select(key -> {}, 10_000)));
    }

    private static int selectAnd(Call clear, Callable<Integer> select) throws Exception {
        int n = select.call();
        clear.make();
        return n;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoAcceptsByAChannel(boolean adapted) throws Exception {
        int calls = 500;
        ServerSocketChannel listener = closing(ServerSocketChannel.open());
        listener.bind(loopback(), calls);
        for (int i = 0; i < calls; i++) {
            closing(SocketChannel.open(listener.getLocalAddress()));
        }
        givesWay(calls, () -> closing(adapted ? listener.socket().accept() : listener.accept()));
    }

    @Test
    void whoAcceptsByAServerSocket() throws Exception {
        int calls = 500;
        ServerSocket listener = closing(new ServerSocket());
        listener.bind(loopback(), calls);
        for (int i = 0; i < calls; i++) {
            closing(SocketChannel.open(listener.getLocalSocketAddress()));
        }
        givesWay(calls, () -> closing(listener.accept()));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoClosesASocketThatLingersDoesNotHoldTheHubUp(boolean channel) throws Exception {
        Channels channels = channels();
        Pair pair = jdkPair();
        Socket client = channel ? channels.client().socket() : pair.client();
        client.setSoLinger(true, 60);
        // so much that it cannot all go before the other side reads
        Greenlet<Void> writer =
                Jevent.spawn(() -> client.getOutputStream().write(new byte[32 << 20]));
        Jevent.sleep(20);
        writer.kill();
        long before = System.nanoTime();
        together(client::close);
        assertTrue(System.nanoTime() - before < 30_000_000_000L, "it did not wait for the reader");
        assertTrue(client.isClosed());
        (channel ? channels.server() : pair.server()).close(); // and the close comes to its end
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
                    Timeout t = Timeout.start(Duration.ofMillis(50));
                    var e = assertThrows(IOException.class, () -> readOn(in, piece));
                    assertSame(t, e.getCause());
                    assertTrue(pair.server().isClosed());
                    t.cancel();
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
