package dev.jevent.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Greenlet;
import dev.jevent.Jevent;
import dev.jevent.Timeout;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Pipes and devices that a greenlet reads and writes through the JDK's own streams. */
class JdkStreamsTest extends FileScenario {

    private static final int MORE_THAN_A_PIPE = 1 << 20;

    private final List<Process> processes = new ArrayList<>();

    /** Ends by itself, lest a hub that is held stays so for ever. */
    private Process started(String script) throws IOException {
        Process p = new ProcessBuilder("timeout", "20", "sh", "-c", script).start();
        processes.add(p);
        return p;
    }

    @AfterEach
    void noProcessIsLeft() throws Exception {
        for (Process p : processes) {
            p.descendants().forEach(ProcessHandle::destroyForcibly);
            p.destroyForcibly();
            int ignored = p.waitFor();
        }
    }

    private static String line(InputStream in) throws IOException {
        var text = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            text.append((char) c);
        }
        return text.toString();
    }

    private static void say(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static void untilWaits(Greenlet<?> greenlet) {
        for (int i = 0; i < 3; i++) {
            Jevent.sleep(1);
        }
        assertTrue(!greenlet.ready(), "it waits");
    }

    private static Throwable failure(Greenlet<?> greenlet) {
        greenlet.join();
        return greenlet.exception();
    }

    // ---- processes

    @Test
    void whoWaitsForAProcessHoldsUpNobody() throws Exception {
        // given a process that says nothing before it was told something
        Process p = started("read x; echo got $x");
        Greenlet<String> reader = Jevent.spawn(() -> line(p.getInputStream()));
        // when another greenlet, which comes after the one that waits, says it
        Greenlet<Void> teller = Jevent.spawn(() -> say(p.getOutputStream(), "it\n"));
        Jevent.joinAllOrThrow(List.of(reader, teller));
        // then it was not too late
        assertEquals("got it", reader.get());
    }

    @Test
    void manyProcessesAreReadAtOnce() throws Exception {
        // given processes that wait for each other's greenlets, in a circle
        int n = 10;
        List<Process> all = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            all.add(started("read x; echo $x$x; read x; echo $x >&2; exit 7"));
        }
        List<Greenlet<Integer>> greenlets = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            Process p = all.get(i);
            Process next = all.get((i + 1) % n);
            boolean first = i == n - 1;
            greenlets.add(
                    Jevent.spawn(
                            () -> {
                                if (first) {
                                    say(next.getOutputStream(), "1\n");
                                }
                                assertEquals("11", line(p.getInputStream()));
                                if (!first) {
                                    say(next.getOutputStream(), "1\n");
                                }
                                say(p.getOutputStream(), "end\n");
                                assertEquals("end", line(p.getErrorStream()));
                                assertEquals(-1, p.getInputStream().read());
                                return p.waitFor();
                            }));
        }
        // then nobody waits for ever
        for (Greenlet<Integer> g : greenlets) {
            assertEquals(7, g.get());
        }
    }

    @Test
    void aKillEndsAReadAndTheStreamIsOfUseAfterwards() throws Exception {
        Process p = started("read x; echo got $x; read x; echo and $x");
        var in =
                new BufferedReader(
                        new InputStreamReader(p.getInputStream(), StandardCharsets.UTF_8));
        Greenlet<String> killed = Jevent.spawn(in::readLine);
        untilWaits(killed);
        // when
        killed.kill();
        // then it is gone, and the next one reads what comes
        assertTrue(killed.ready());
        Greenlet<String> next = Jevent.spawn(in::readLine);
        untilWaits(next);
        say(p.getOutputStream(), "one\n");
        assertEquals("got one", next.get());
        Timeout timeout = new Timeout(Duration.ofMillis(5));
        Greenlet<String> late =
                Jevent.spawn(
                        () -> {
                            try (timeout) {
                                timeout.start();
                                return in.readLine();
                            }
                        });
        assertSame(timeout, failure(late));
        say(p.getOutputStream(), "two\n");
        assertEquals("and two", Jevent.spawn(in::readLine).get());
        reports.clear();
    }

    @Test
    void anInterruptIsAnIoException() throws Exception {
        Process p = started("read x; echo got $x");
        Thread[] thread = new Thread[1];
        Greenlet<Integer> reader =
                Jevent.spawn(
                        () -> {
                            thread[0] = Thread.currentThread();
                            return p.getInputStream().read();
                        });
        untilWaits(reader);
        thread[0].interrupt();
        assertInstanceOf(InterruptedIOException.class, failure(reader));
        say(p.getOutputStream(), "it\n");
        assertEquals("got it", Jevent.spawn(() -> line(p.getInputStream())).get());
        reports.clear();
    }

    @Test
    void whatAProcessDoesNotReadHoldsUpNobody() throws Exception {
        // given a process that reads only when it is told to, by a file
        Path file = folder.resolve("now");
        Process p = started("while [ ! -e " + file + " ]; do sleep 0.01; done; wc -c");
        byte[] much = new byte[MORE_THAN_A_PIPE];
        Greenlet<Void> killed =
                Jevent.spawn(
                        () -> {
                            p.getOutputStream().write(much);
                            throw new AssertionError("a pipe cannot take so much");
                        });
        untilWaits(killed);
        killed.kill();
        assertTrue(killed.ready());
        // when
        Greenlet<Void> writer =
                Jevent.spawn(
                        () -> {
                            p.getOutputStream().write(much);
                            p.getOutputStream().close();
                        });
        untilWaits(writer);
        Files.writeString(file, "");
        // then everything is there, and perhaps some of what the killed one wrote
        writer.join();
        int n = Integer.parseInt(Jevent.spawn(() -> line(p.getInputStream())).get().strip());
        assertTrue(n >= MORE_THAN_A_PIPE && n < 2 * MORE_THAN_A_PIPE, () -> "written: " + n);
    }

    @Test
    void aWriterHearsThatTheProcessHasEnded() throws Exception {
        Process p = started("read x");
        Greenlet<Void> writer =
                Jevent.spawn(
                        () -> {
                            for (; ; ) {
                                p.getOutputStream().write(new byte[100_000]);
                            }
                        });
        untilWaits(writer);
        p.descendants().forEach(ProcessHandle::destroyForcibly);
        assertInstanceOf(IOException.class, failure(writer));
        reports.clear();
    }

    @Test
    void aCloseEndsAWait() throws Exception {
        Process p = started("read x");
        Greenlet<Integer> reader = Jevent.spawn(() -> p.getInputStream().read());
        untilWaits(reader);
        Jevent.spawn(() -> p.getInputStream().close()).join();
        assertInstanceOf(IOException.class, failure(reader));
        reports.clear();
    }

    @Test
    void aProcessThatNeverStopsTalkingLeavesOthersTheirTurn() throws Exception {
        Process p = started("yes");
        Greenlet<Void> reader =
                Jevent.spawn(
                        () -> {
                            byte[] b = new byte[1000];
                            while (p.getInputStream().read(b) > 0) {
                                // goes on
                            }
                        });
        for (int i = 0; i < 10; i++) {
            Jevent.sleep(1);
        }
        untilWaits(reader); // or is about to read more
        reader.kill();
        assertTrue(reader.ready());
    }

    // ---- named pipes

    private record Pair(String name, InputStream in, OutputStream out, Closeable both)
            implements Closeable {
        @Override
        public void close() throws IOException {
            in.close();
            out.close();
            both.close();
        }
    }

    @TestFactory
    Stream<DynamicTest> eachWayToReadAndWriteANamedPipeGivesWay() throws Exception {
        Path path = fifo("fifo");
        return Stream.of("stream", "random access", "channel", "nio stream", "channel of stream")
                .map(
                        name ->
                                DynamicTest.dynamicTest(
                                        name,
                                        () -> {
                                            try (Pair pair = pair(name, path)) {
                                                givesWay(pair);
                                            } finally {
                                                reports.clear();
                                            }
                                        }));
    }

    private static Pair pair(String name, Path path) throws IOException {
        var both = new RandomAccessFile(path.toFile(), "rw"); // who has both need not wait
        return switch (name) {
            case "stream" ->
                    new Pair(
                            name,
                            new FileInputStream(path.toFile()),
                            new FileOutputStream(path.toFile()),
                            both);
            case "random access" ->
                    new Pair(
                            name,
                            new InputStream() {
                                @Override
                                public int read() throws IOException {
                                    return both.read();
                                }

                                @Override
                                public int read(byte[] b, int off, int len) throws IOException {
                                    return both.read(b, off, len);
                                }
                            },
                            new OutputStream() {
                                @Override
                                public void write(int b) throws IOException {
                                    both.write(b);
                                }

                                @Override
                                public void write(byte[] b) throws IOException {
                                    both.write(b);
                                }
                            },
                            both);
            case "channel" -> {
                var in = FileChannel.open(path, StandardOpenOption.READ);
                var out = FileChannel.open(path, StandardOpenOption.WRITE);
                yield new Pair(
                        name,
                        Channels.newInputStream(in),
                        new OutputStream() {
                            @Override
                            public void write(int b) throws IOException {
                                write(new byte[] {(byte) b});
                            }

                            @Override
                            public void write(byte[] b) throws IOException {
                                var buffers = new ByteBuffer[] {ByteBuffer.wrap(b)};
                                assertEquals(b.length, out.write(buffers));
                            }

                            @Override
                            public void close() throws IOException {
                                out.close();
                            }
                        },
                        both);
            }
            case "nio stream" ->
                    new Pair(name, Files.newInputStream(path), Files.newOutputStream(path), both);
            default ->
                    new Pair(
                            name,
                            Channels.newInputStream(
                                    new FileInputStream(path.toFile()).getChannel()),
                            Channels.newOutputStream(
                                    new FileOutputStream(path.toFile()).getChannel()),
                            both);
        };
    }

    private static void givesWay(Pair pair) throws Exception {
        // who reads
        Greenlet<String> killed = Jevent.spawn(() -> line(pair.in()));
        untilWaits(killed);
        killed.kill();
        Greenlet<String> reader = Jevent.spawn(() -> line(pair.in()));
        untilWaits(reader);
        Jevent.spawn(() -> pair.out().write("line\n".getBytes(StandardCharsets.UTF_8))).join();
        assertEquals("line", reader.get());
        // who writes
        byte[] much = new byte[100_000];
        Greenlet<Void> writer = Jevent.spawn(() -> pair.out().write(much));
        untilWaits(writer);
        Greenlet<byte[]> all = Jevent.spawn(() -> pair.in().readNBytes(much.length));
        writer.join();
        assertArrayEquals(much, all.get());
        // and who is there when it is closed
        Greenlet<String> last = Jevent.spawn(() -> line(pair.in()));
        untilWaits(last);
        Jevent.spawn(
                        () -> {
                            pair.in().close();
                            pair.both().close();
                        })
                .join();
        assertInstanceOf(IOException.class, failure(last));
    }

    @Test
    void aChannelIsClosedByAnInterruptAsEver() throws Exception {
        Path path = fifo("interrupted");
        try (var _ = new RandomAccessFile(path.toFile(), "rw");
                var in = FileChannel.open(path, StandardOpenOption.READ)) {
            Thread[] thread = new Thread[1];
            Greenlet<Integer> reader =
                    Jevent.spawn(
                            () -> {
                                thread[0] = Thread.currentThread();
                                return in.read(ByteBuffer.allocate(1));
                            });
            untilWaits(reader);
            thread[0].interrupt();
            assertInstanceOf(ClosedByInterruptException.class, failure(reader));
            reports.clear();
        }
    }

    // ---- files are as they were

    @Test
    void regularFilesAreReadAndWritten() throws Exception {
        Path file = folder.resolve("file");
        byte[] bytes = "many bytes".repeat(10_000).getBytes(StandardCharsets.UTF_8);
        Jevent.spawn(
                        () -> {
                            try (var out = new FileOutputStream(file.toFile())) {
                                out.write(bytes);
                            }
                            try (var in = new FileInputStream(file.toFile())) {
                                assertEquals(bytes.length, in.readAllBytes().length);
                                assertEquals(-1, in.read());
                            }
                            try (var channel = FileChannel.open(file)) {
                                var b = ByteBuffer.allocate(bytes.length);
                                assertEquals(bytes.length, channel.read(b));
                            }
                            assertThrows(
                                    NullPointerException.class,
                                    () -> new FileOutputStream(file.toFile()).write((byte[]) null));
                            return null;
                        })
                .get();
    }
}
