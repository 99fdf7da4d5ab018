package dev.jevent.socket;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.ConcurrentObjectUseError;
import dev.jevent.Greenlet;
import dev.jevent.Jevent;
import dev.jevent.Timeout;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.EOFException;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** What a SocketStream promises on each kind of socket. */
class SocketStreamTest extends SocketScenario {

    private static final Duration SOON = Duration.ofMillis(30);
    private static final Duration TEN = Duration.ofSeconds(10);

    @TempDir Path folder;
    private int made;

    /** Two ends; whether a wait can be ended without closing them. */
    private record Two(String kind, SocketStream left, SocketStream right, boolean robust) {}

    private interface Scene {
        void with(Two two) throws Exception;
    }

    private void onEachKind(Scene scene) throws Exception {
        Pair tcp = pair();
        scene.with(two("tcp", tcp.client(), tcp.server(), !isPortable()));
        var path = UnixDomainSocketAddress.of(folder.resolve("s" + made++));
        var ends = new Socket[2];
        try (ServerSocket listener = Sockets.listen(path)) {
            together(
                    () -> ends[0] = closing(Sockets.connect(path, TEN)),
                    () -> ends[1] = closing(listener.accept()));
        }
        scene.with(two("unix", ends[0], ends[1], true));
        try (var listener = new ServerSocket()) { // the JDK's
            listener.bind(loopback());
            ends[0] = closing(new Socket());
            ends[0].connect(listener.getLocalSocketAddress());
            ends[1] = closing(listener.accept());
        }
        scene.with(two("jdk", ends[0], ends[1], !isPortable()));
    }

    private static Two two(String kind, Socket left, Socket right, boolean robust)
            throws IOException {
        return new Two(kind, SocketStream.of(left), SocketStream.of(right), robust);
    }

    private static byte[] bytes(String s) {
        return s.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] random(int n) {
        var b = new byte[n];
        new Random(n).nextBytes(b);
        return b;
    }

    // ---- reading

    @Test
    void linesAreReadWithEitherEnd() throws Exception {
        onEachKind(
                two ->
                        together(
                                () -> {
                                    two.left().writeString("one\r\ntwo\n\r\n\nü\nthe rest");
                                    two.left().shutdownOutput();
                                },
                                () -> {
                                    List<String> lines = new ArrayList<>();
                                    String line;
                                    while ((line = two.right().readLine()) != null) {
                                        lines.add(line);
                                    }
                                    assertEquals(
                                            List.of("one", "two", "", "", "ü", "the rest"), lines);
                                    assertNull(two.right().readLine(), "and so for ever");
                                    assertEquals(-1, two.right().read(new byte[1], 0, 1));
                                }));
    }

    @Test
    void aLineThatIsTooLongIsAnErrorAndStays() throws Exception {
        onEachKind(
                two ->
                        together(
                                () -> two.left().writeString("x".repeat(100) + "\nshort\n"),
                                () -> {
                                    var e =
                                            assertThrows(
                                                    IOException.class,
                                                    () -> two.right().readLine(99));
                                    assertEquals("a line of more than 99 bytes", e.getMessage());
                                    assertEquals("x".repeat(100), two.right().readLine(100));
                                    assertEquals("short", two.right().readLine(5));
                                }));
        onEachKind(
                two ->
                        together(
                                () -> two.left().writeString("x".repeat(20_000) + "\r\n"),
                                () -> {
                                    assertThrows(IOException.class, two.right()::readLine);
                                    assertEquals(20_000, two.right().readLine(20_000).length());
                                }));
    }

    @Test
    void exactLengthsDelimitersPeeksAndSkips() throws Exception {
        byte[] large = random(300_000);
        onEachKind(
                two ->
                        together(
                                () -> {
                                    two.left().writeString("abcdefgh--more-,--end");
                                    two.left().writeAll(large, large);
                                    two.left().shutdownOutput();
                                },
                                () -> {
                                    SocketStream s = two.right();
                                    assertArrayEquals(bytes("abc"), s.peek(3));
                                    assertArrayEquals(bytes("abc"), s.readExactly(3));
                                    assertEquals(2, s.skip(2));
                                    byte[] delimiter = bytes("--");
                                    assertArrayEquals(bytes("fgh"), s.readUntil(delimiter, 3));
                                    assertArrayEquals(bytes("more-,"), s.readUntil(delimiter, 100));
                                    assertArrayEquals(bytes("end"), s.readExactly(3));
                                    assertArrayEquals(large, s.readExactly(large.length));
                                    assertArrayEquals(Arrays.copyOf(large, 50_000), s.peek(50_000));
                                    assertThrows(
                                            IOException.class,
                                            () -> s.readUntil(bytes("\0nowhere"), 1000));
                                    assertEquals(100_000, s.skip(100_000));
                                    var e =
                                            assertThrows(
                                                    EOFException.class,
                                                    () -> s.readExactly(200_001));
                                    assertTrue(
                                            e.getMessage().contains("200000 of 200001"),
                                            e.getMessage());
                                    assertThrows(IOException.class, () -> s.readAll(199_999));
                                    assertArrayEquals(
                                            Arrays.copyOfRange(large, 100_000, 300_000),
                                            s.readAll(200_000));
                                    assertEquals(0, s.readAll(0).length);
                                    assertEquals(0, s.skip(1));
                                    assertEquals(0, s.peek(1).length);
                                    assertEquals(0, s.read(10).length);
                                    assertThrows(
                                            EOFException.class, () -> s.readUntil(delimiter, 5));
                                    assertEquals(600_021, s.received());
                                    assertEquals(600_021, two.left().sent());
                                }));
    }

    @Test
    void itIsAByteChannel() throws Exception {
        byte[] data = random(100_000);
        onEachKind(
                two ->
                        together(
                                () -> {
                                    var direct = ByteBuffer.allocateDirect(data.length);
                                    direct.put(data).flip();
                                    assertEquals(data.length, two.left().write(direct));
                                    assertFalse(direct.hasRemaining());
                                    var a = ByteBuffer.wrap(data, 10, 20).slice();
                                    var b = ByteBuffer.wrap(data, 50, 5);
                                    two.left().writeAll(a, b);
                                    assertEquals(20, a.position());
                                    assertEquals(55, b.position());
                                    two.left().shutdownOutput();
                                },
                                () -> {
                                    var all = ByteBuffer.allocate(data.length);
                                    while (all.hasRemaining()) {
                                        assertTrue(two.right().read(all) > 0);
                                    }
                                    assertArrayEquals(data, all.array());
                                    var direct = ByteBuffer.allocateDirect(30);
                                    int last = 0;
                                    while (last >= 0) {
                                        last = two.right().read(direct);
                                    }
                                    assertEquals(25, direct.position());
                                    assertEquals(data[10], direct.get(0));
                                    assertEquals(data[54], direct.get(24));
                                    assertTrue(two.right().isOpen());
                                    two.right().close();
                                    assertFalse(two.right().isOpen());
                                }));
    }

    // ---- what ends a wait

    @Test
    void aTimeoutLosesNothing() throws Exception {
        onEachKind(
                two -> {
                    SocketStream s = two.right();
                    together(() -> two.left().writeString("half a li"));
                    together(
                            () -> {
                                assertThrows(SocketTimeoutException.class, () -> s.readLine(SOON));
                                assertThrows(
                                        SocketTimeoutException.class,
                                        () -> s.readExactly(10, SOON));
                                assertThrows(
                                        SocketTimeoutException.class,
                                        () -> s.readExactly(100_000, SOON));
                                assertThrows(
                                        SocketTimeoutException.class,
                                        () -> s.readUntil(bytes("x"), 100, SOON));
                                assertThrows(
                                        SocketTimeoutException.class,
                                        () -> s.readAll(100, Duration.ZERO));
                                assertThrows(
                                        SocketTimeoutException.class,
                                        () -> s.peek(10, Duration.ZERO));
                            });
                    together(
                            () -> two.left().writeString("ne\nnext"),
                            () -> assertEquals("half a line", s.readLine(TEN)),
                            () -> Jevent.sleep(1));
                    together(() -> assertArrayEquals(bytes("next"), s.readExactly(4, TEN)));
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> s.readLine(Duration.ofMillis(-1)));
                    assertThrows(NullPointerException.class, () -> s.read(1, null));
                });
    }

    @Test
    void aKillAndATimeoutOfTheGreenletLoseNothing() throws Exception {
        onEachKind(
                two -> {
                    if (!two.robust()) {
                        return; // the JDK closes the socket
                    }
                    SocketStream s = two.right();
                    two.left().writeString("abc");
                    Greenlet<byte[]> reader = Jevent.spawn(() -> s.readExactly(50_000));
                    Jevent.sleep(20);
                    reader.kill();
                    assertTrue(reader.ready());
                    together(
                            () -> {
                                try (Timeout t = Timeout.start(SOON)) {
                                    assertEquals(
                                            t,
                                            assertThrows(Throwable.class, () -> s.readLine()),
                                            two.kind());
                                }
                            });
                    two.left().writeString("def\n");
                    together(() -> assertEquals("abcdef", s.readLine(TEN)));
                });
    }

    @Test
    void aWriteThatIsLateSaysHowFarItCame() throws Exception {
        onEachKind(
                two ->
                        together(
                                () -> {
                                    var data = new byte[30_000_000];
                                    var e =
                                            assertThrows(
                                                    SocketTimeoutException.class,
                                                    () -> two.left().writeAll(SOON, data));
                                    assertTrue(e.bytesTransferred > 0, two.kind());
                                    assertTrue(e.bytesTransferred < data.length);
                                    assertEquals(e.bytesTransferred, two.left().sent());
                                    if (two.robust() && !two.kind().equals("jdk")) {
                                        // it goes on where it was
                                        var rest = ByteBuffer.wrap(data);
                                        assertThrows(
                                                SocketTimeoutException.class,
                                                () -> two.left().writeAll(SOON, rest));
                                        two.right().skip(e.bytesTransferred, TEN);
                                    }
                                }));
    }

    @Test
    void twoReadersAreAnErrorAndAReaderBesideAWriterIsNone() throws Exception {
        onEachKind(
                two ->
                        together(
                                () -> assertEquals("x", two.right().readLine()),
                                () -> {
                                    Jevent.sleep(10);
                                    assertThrows(
                                            ConcurrentObjectUseError.class,
                                            () -> two.right().read(1));
                                    two.right().writeString("y\n");
                                    two.left().writeString("x\n");
                                    assertEquals("y", two.left().readLine());
                                }));
    }

    @Test
    void soTimeoutCountsWithoutADuration() throws Exception {
        onEachKind(
                two ->
                        together(
                                () -> {
                                    two.right().socket().setSoTimeout(20);
                                    assertThrows(
                                            SocketTimeoutException.class, two.right()::readLine);
                                    two.left().writeString("late\n");
                                    assertEquals("late", two.right().readLine(TEN));
                                    assertEquals(20, two.right().socket().getSoTimeout());
                                }));
    }

    // ---- files and other streams

    @Test
    void filesAreSent() throws Exception {
        byte[] data = random(3_000_000);
        Path file = Files.write(folder.resolve("file"), data);
        int before = openDescriptors();
        onEachKind(
                two ->
                        together(
                                () -> {
                                    SocketStream s = two.left();
                                    assertEquals(data.length, s.sendFile(file));
                                    assertEquals(0, s.sendFile(file, 5_000_000, 10));
                                    assertEquals(2, s.sendFile(file, data.length - 2, 10, TEN));
                                    FileChannel c = FileChannel.open(file);
                                    assertEquals(100, s.sendFile(c, 7, 100));
                                    assertEquals(0, c.position());
                                    c.close();
                                    assertThrows(
                                            ClosedChannelException.class,
                                            () -> s.sendFile(c, 0, 1));
                                    s.shutdownOutput();
                                },
                                () -> {
                                    SocketStream s = two.right();
                                    assertArrayEquals(data, s.readExactly(data.length));
                                    byte[] end = Arrays.copyOfRange(data, 2_999_998, 3_000_000);
                                    assertArrayEquals(end, s.readExactly(2));
                                    assertArrayEquals(
                                            Arrays.copyOfRange(data, 7, 107), s.readAll(100));
                                    s.close();
                                    two.left().close();
                                }));
        Jevent.sleep(20);
        assertTrue(openDescriptors() <= before + 10, "files are closed"); // the hub's
    }

    @Test
    void aFileThatTheKernelCannotSendIsCopied() throws Exception {
        Path file = Path.of("/proc/self/status");
        org.junit.jupiter.api.Assumptions.assumeTrue(Files.exists(file), "no /proc here");
        onEachKind(
                two ->
                        together(
                                () -> {
                                    assertTrue(two.left().sendFile(file) > 100);
                                    two.left().shutdownOutput();
                                },
                                () -> {
                                    byte[] all = two.right().readAll(100_000);
                                    String text = new String(all, StandardCharsets.UTF_8);
                                    assertTrue(text.contains("VmRSS"), text);
                                }));
    }

    @Test
    void aFileThatIsLateSaysHowFarItCame() throws Exception {
        Path file = Files.write(folder.resolve("large"), new byte[20_000_000]);
        onEachKind(
                two ->
                        together(
                                () -> {
                                    var e =
                                            assertThrows(
                                                    SocketTimeoutException.class,
                                                    () -> two.left().sendFile(file, SOON));
                                    assertTrue(e.bytesTransferred > 0);
                                    assertEquals(e.bytesTransferred, two.left().sent());
                                }));
    }

    @Test
    void oneStreamIsTransferredToAnother() throws Exception {
        byte[] data = random(2_000_000);
        onEachKind(
                from ->
                        onEachKind(
                                to ->
                                        together(
                                                () -> {
                                                    Two f = fresh(from);
                                                    relay(f, to, data);
                                                })));
    }

    /** The same kind again, for the first one is used up. */
    private Two fresh(Two two) throws Exception {
        var found = new Two[1];
        onEachKind(
                t -> {
                    if (t.kind().equals(two.kind())) {
                        found[0] = t;
                    }
                });
        return found[0];
    }

    private static void relay(Two from, Two to, byte[] data) throws Exception {
        together(
                () -> {
                    from.left().writeAll(data);
                    from.left().shutdownOutput();
                },
                () -> {
                    assertEquals(data.length, from.right().transferTo(to.left()));
                    to.left().shutdownOutput();
                },
                () -> assertArrayEquals(data, to.right().readAll(data.length)));
    }

    @Test
    void aTransferThatIsLateLosesNothing() throws Exception {
        onEachKind(
                two -> {
                    if (!two.robust() || two.kind().equals("jdk")) {
                        return;
                    }
                    Two to = fresh(two);
                    var data = random(20_000_000);
                    together(
                            () -> two.left().writeAll(data),
                            () -> {
                                assertThrows(
                                        SocketTimeoutException.class,
                                        () -> two.right().transferTo(to.left(), SOON));
                                Greenlet<byte[]> all =
                                        Jevent.spawn(() -> to.right().readExactly(data.length));
                                Greenlet<Long> rest =
                                        Jevent.spawn(() -> two.right().transferTo(to.left()));
                                assertArrayEquals(data, all.get());
                                rest.kill();
                            });
                });
    }
}
