package dev.jevent.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.SPARSE;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.jevent.Action;
import dev.jevent.Greenlet;
import dev.jevent.GreenletExit;
import dev.jevent.Interrupted;
import dev.jevent.Jevent;
import dev.jevent.Timeout;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;

/** The contract of FileChannel, and what ends a wait. */
class GreenFileTest extends FileScenario {

    private static ByteBuffer text(String s) {
        return ByteBuffer.wrap(s.getBytes(StandardCharsets.UTF_8));
    }

    private static String read(FileChannel file, int n) throws IOException {
        ByteBuffer to = ByteBuffer.allocate(n);
        int got = file.read(to);
        return got < 0 ? null : new String(to.array(), 0, got, StandardCharsets.UTF_8);
    }

    private Path file(String content) throws IOException {
        Path path = folder.resolve("file");
        Files.writeString(path, content);
        return path;
    }

    private void inGreenlet(Action action) throws Exception {
        together(action);
    }

    @Test
    void relativeReadsAndWritesMoveThePosition() throws Exception {
        Path path = file("hello world");
        inGreenlet(
                () -> {
                    try (FileChannel f = FileObject.open(path, READ, WRITE)) {
                        assertEquals("hello", read(f, 5));
                        assertEquals(5, f.position());
                        assertEquals(5, f.write(text("-jeve")));
                        assertEquals(10, f.position());
                        assertEquals("d", read(f, 100));
                        assertNull(read(f, 1), "the end");
                        assertEquals(11, f.position());
                        f.position(0);
                        assertEquals("hello-jeved", read(f, 100));
                        assertEquals(0, f.read(ByteBuffer.allocate(0)));
                        f.position(20);
                        assertEquals(-1, f.read(ByteBuffer.allocate(1)), "past the end");
                        assertEquals(3, f.write(text("gap")));
                        assertEquals(23, f.size());
                    }
                });
    }

    @Test
    void positionalOnesDoNot() throws Exception {
        Path path = file("0123456789");
        inGreenlet(
                () -> {
                    try (FileChannel f = FileObject.open(path, READ, WRITE)) {
                        ByteBuffer three = ByteBuffer.allocateDirect(3);
                        assertEquals(3, f.read(three, 4));
                        assertEquals('6', three.get(2));
                        assertEquals(2, f.write(text("ab"), 8));
                        assertEquals(-1, f.read(ByteBuffer.allocate(3), 10));
                        assertEquals(-1, f.read(ByteBuffer.allocate(3), 1000));
                        assertEquals(0, f.position());
                        assertEquals("01234567ab", read(f, 20));
                    }
                });
    }

    @Test
    void scattersAndGathers() throws Exception {
        Path path = folder.resolve("new");
        inGreenlet(
                () -> {
                    try (FileChannel f = FileObject.open(path, READ, WRITE, CREATE)) {
                        ByteBuffer[] out = {text("no"), text("abc"), text(""), text("defg")};
                        assertEquals(7, f.write(out, 1, 3));
                        assertEquals(2, out[0].remaining());
                        f.position(0);
                        ByteBuffer[] in = {
                            ByteBuffer.allocate(2), ByteBuffer.allocate(4), ByteBuffer.allocate(9)
                        };
                        assertEquals(7, f.read(in));
                        assertEquals('a', in[0].get(0));
                        assertEquals('f', in[1].get(3));
                        assertEquals(1, in[2].position());
                        assertEquals(-1, f.read(in));
                        assertThrows(IndexOutOfBoundsException.class, () -> f.read(in, 2, 2));
                    }
                });
    }

    @Test
    void moreThanOnePieceIsReadAndWrittenWhole() throws Exception {
        byte[] data = new byte[1_000_003];
        new Random(7).nextBytes(data);
        Path path = folder.resolve("large");
        inGreenlet(
                () -> {
                    try (FileChannel f = FileObject.open(path, READ, WRITE, CREATE)) {
                        assertEquals(data.length, f.write(ByteBuffer.wrap(data)));
                        assertEquals(data.length, f.position());
                        ByteBuffer all = ByteBuffer.allocate(data.length + 5);
                        assertEquals(data.length, f.read(all, 0));
                        assertArrayEquals(data, java.util.Arrays.copyOf(all.array(), data.length));
                        assertEquals(
                                data.length - 3,
                                f.write(ByteBuffer.wrap(data, 3, data.length - 3), 1));
                    }
                });
    }

    @Test
    void refusesWhatTheContractForbids() throws Exception {
        Path path = file("abc");
        inGreenlet(
                () -> {
                    try (FileChannel reads = FileObject.open(path, READ);
                            FileChannel writes = FileObject.open(path, WRITE)) {
                        ByteBuffer b = ByteBuffer.allocate(1);
                        assertThrows(
                                NullPointerException.class, () -> reads.read((ByteBuffer) null));
                        assertThrows(
                                NullPointerException.class, () -> writes.write((ByteBuffer) null));
                        assertThrows(
                                NullPointerException.class, () -> reads.read((ByteBuffer) null, 0));
                        assertThrows(IllegalArgumentException.class, () -> reads.read(b, -1));
                        assertThrows(IllegalArgumentException.class, () -> writes.write(b, -1));
                        assertThrows(IllegalArgumentException.class, () -> reads.position(-1));
                        assertThrows(IllegalArgumentException.class, () -> writes.truncate(-1));
                        assertThrows(
                                IllegalArgumentException.class,
                                () -> reads.read(b.asReadOnlyBuffer()));
                        assertThrows(NonWritableChannelException.class, () -> reads.write(b));
                        assertThrows(NonWritableChannelException.class, () -> reads.write(b, 0));
                        assertThrows(NonWritableChannelException.class, () -> reads.truncate(0));
                        assertThrows(NonReadableChannelException.class, () -> writes.read(b));
                        assertThrows(NonReadableChannelException.class, () -> writes.read(b, 0));
                        assertThrows(
                                NonReadableChannelException.class,
                                () -> writes.transferTo(0, 1, reads));
                        assertThrows(
                                IllegalArgumentException.class,
                                () -> reads.transferTo(-1, 1, writes));
                    }
                });
    }

    @Test
    void closedMeansClosed() throws Exception {
        Path path = file("abc");
        inGreenlet(
                () -> {
                    FileChannel f = FileObject.open(path, READ, WRITE);
                    f.close();
                    f.close();
                    assertFalse(f.isOpen());
                    ByteBuffer b = ByteBuffer.allocate(1);
                    assertThrows(ClosedChannelException.class, () -> f.read(b));
                    assertThrows(ClosedChannelException.class, () -> f.read(b, 0));
                    assertThrows(ClosedChannelException.class, () -> f.write(b));
                    assertThrows(ClosedChannelException.class, f::position);
                    assertThrows(ClosedChannelException.class, f::size);
                    assertThrows(ClosedChannelException.class, () -> f.force(true));
                    assertThrows(ClosedChannelException.class, f::lock);
                });
    }

    @Test
    void appendsAtTheEndWhateverThePosition() throws Exception {
        Path path = file("abc");
        inGreenlet(
                () -> {
                    try (FileChannel f = FileObject.open(path, APPEND)) {
                        assertEquals(3, f.position());
                        f.position(0);
                        f.write(text("def"));
                        Files.writeString(path, "!", APPEND);
                        f.write(text("g"));
                        assertEquals(8, f.position());
                    }
                });
        assertEquals("abcdef!g", Files.readString(path));
    }

    @Test
    void truncates() throws Exception {
        Path path = file("0123456789");
        inGreenlet(
                () -> {
                    try (FileChannel f = FileObject.open(path, READ, WRITE)) {
                        f.position(8);
                        assertSame(f, f.truncate(20));
                        assertEquals(8, f.position());
                        f.truncate(4);
                        assertEquals(4, f.position());
                        assertEquals(4, f.size());
                        f.force(true);
                    }
                });
        assertEquals("0123", Files.readString(path));
    }

    @Test
    void leavesHoles() throws Exception {
        Path path = folder.resolve("sparse");
        inGreenlet(
                () -> {
                    try (FileChannel f =
                            FileObject.open(
                                    path,
                                    READ,
                                    WRITE,
                                    SPARSE,
                                    java.nio.file.StandardOpenOption.CREATE_NEW)) {
                        f.write(text("end"), 1L << 33);
                        assertEquals((1L << 33) + 3, f.size());
                        ByteBuffer zeros = ByteBuffer.allocate(4096);
                        assertEquals(4096, f.read(zeros, 1L << 32));
                        assertEquals(0, zeros.get(17));
                        ByteBuffer end = ByteBuffer.allocate(9);
                        assertEquals(3, f.read(end, 1L << 33));
                    }
                });
    }

    @Test
    void maps() throws Exception {
        Path path = file("0123456789");
        inGreenlet(
                () -> {
                    try (FileChannel f = FileObject.open(path, READ, WRITE);
                            Arena arena = Arena.ofConfined()) {
                        var buffer = f.map(FileChannel.MapMode.READ_WRITE, 2, 4);
                        assertEquals('2', buffer.get(0));
                        buffer.put(0, (byte) 'x');
                        MemorySegment all = f.map(FileChannel.MapMode.READ_ONLY, 0, 10, arena);
                        assertEquals('x', all.get(ValueLayout.JAVA_BYTE, 2));
                    }
                });
        assertEquals("01x3456789", Files.readString(path));
    }

    @Test
    void transfersBetweenGreenFilesAndOthers() throws Exception {
        byte[] data = new byte[700_000];
        new Random(3).nextBytes(data);
        Path from = folder.resolve("from");
        Path to = folder.resolve("to");
        Files.write(from, data);
        inGreenlet(
                () -> {
                    try (FileChannel a = FileObject.open(from, READ);
                            FileChannel b = FileObject.open(to, READ, WRITE, CREATE);
                            FileChannel plain =
                                    FileChannel.open(folder.resolve("plain"), WRITE, CREATE)) {
                        b.write(text("head"));
                        assertEquals(data.length, a.transferTo(0, Long.MAX_VALUE >> 1, b));
                        assertEquals(data.length + 4, b.position());
                        assertEquals(0, a.position());
                        assertEquals(0, a.transferTo(data.length, 10, b), "from the end");
                        assertEquals(10, a.transferTo(5, 10, plain));
                        a.position(100);
                        assertEquals(1000, b.transferFrom(a, 4, 1000));
                        assertEquals(1100, a.position());
                        assertEquals(0, b.transferFrom(a, 10_000_000, 10), "past the end");
                        ByteBuffer one = ByteBuffer.allocate(1);
                        b.read(one, 4);
                        assertEquals(data[100], one.get(0));
                    }
                });
        assertEquals(10, Files.size(folder.resolve("plain")));
    }

    @Test
    void transfersToAPipeAndFromOne() throws Exception {
        byte[] data = new byte[300_000];
        new Random(4).nextBytes(data);
        Path from = folder.resolve("from");
        Files.write(from, data);
        Path to = folder.resolve("to");
        try (Pipe pipe = Pipe.open()) {
            together(
                    () -> {
                        try (FileChannel a = FileObject.open(from, READ)) {
                            assertEquals(data.length, a.transferTo(0, data.length, pipe.sink()));
                        }
                        pipe.sink().close();
                    },
                    () -> {
                        try (FileChannel b = FileObject.open(to, WRITE, CREATE)) {
                            assertEquals(data.length, b.transferFrom(pipe.source(), 0, 1L << 40));
                        }
                    });
        }
        assertArrayEquals(data, Files.readAllBytes(to));
    }

    @Test
    void locksExcludeOtherProcessesAndOverlapInThisOne() throws Exception {
        Path path = file("abc");
        inGreenlet(
                () -> {
                    try (FileChannel f = FileObject.open(path, READ, WRITE);
                            FileChannel g = FileObject.open(path, READ, WRITE)) {
                        FileLock lock = f.lock(0, 2, false);
                        assertSame(f, lock.acquiredBy());
                        assertTrue(lock.isValid());
                        assertThrows(OverlappingFileLockException.class, g::tryLock);
                        assertTrue(g.tryLock(2, 1, true).isShared());
                        lock.release();
                        assertFalse(lock.isValid());
                        lock = g.lock(0, 2, false);
                        assertTrue(lock.isValid());
                    }
                });
    }

    @Test
    void aWaitForALockCanBeEndedAndLeavesNoLock() throws Exception {
        try (SlowDisk disk = new SlowDisk(FileChannel.open(file("abc"), READ, WRITE))) {
            FileChannel f = FileObject.wrap(disk);
            disk.slow = true;
            Greenlet<FileLock> g = Jevent.spawn(() -> f.lock());
            until(() -> disk.begun.get() == 1);
            g.kill();
            disk.slow = false;
            disk.permits.release(); // the lock comes when nobody wants it
            until(() -> disk.ended.get() == 1);
            FileLock lock = null;
            while (lock == null) {
                try {
                    lock = f.tryLock();
                } catch (OverlappingFileLockException e) {
                    Jevent.sleep(1); // the other is just being given back
                }
            }
            lock.release();
        }
    }

    // ---- waits

    @Test
    void theHubTurnsWhileTheDiskIsSlow() throws Exception {
        try (SlowDisk disk = new SlowDisk(FileChannel.open(file("abcdef"), READ, WRITE))) {
            FileChannel f = FileObject.wrap(disk);
            disk.slow = true;
            Greenlet<String> reader = Jevent.spawn(() -> read(f, 3));
            until(() -> disk.begun.get() == 1);
            turns(50);
            assertFalse(reader.ready());
            disk.permits.release();
            assertEquals("abc", reader.get());
        }
    }

    private void endsAWaitAndLeavesTheFileOpen(
            boolean write,
            Class<? extends Throwable> expected,
            java.util.function.Consumer<Greenlet<?>> end)
            throws Exception {
        Path path = file("abcdef");
        try (SlowDisk disk = new SlowDisk(FileChannel.open(path, READ, WRITE))) {
            FileChannel f = FileObject.wrap(disk);
            disk.slow = true;
            ByteBuffer mine = text("XY");
            Greenlet<Throwable> g =
                    Jevent.spawn(
                            () ->
                                    thrownBy(
                                            () -> {
                                                int ignored = write ? f.write(mine) : f.read(mine);
                                            }));
            until(() -> disk.begun.get() == 1);
            end.accept(g);
            assertInstanceOf(expected, g.get());
            assertTrue(f.isOpen());
            assertEquals(0, f.position(), "has not moved");
            assertEquals(0, mine.position());
            mine.put(0, (byte) '!'); // ours again
            disk.slow = false;
            disk.permits.release(1);
            assertEquals(4, f.write(text("1234"), 0), "comes after what was left alone");
            assertEquals(write ? 1 : disk.ended.get(), disk.ended.get());
            assertEquals("1234ef", read(f, 10));
            assertFalse(disk.interrupted);
            assertTrue(disk.isOpen());
            f.close();
            assertFalse(disk.isOpen());
        }
    }

    @Test
    void killedReaderLeavesTheFileOpen() throws Exception {
        endsAWaitAndLeavesTheFileOpen(false, GreenletExit.class, g -> g.killLater());
    }

    @Test
    void killedWriterLeavesTheFileOpen() throws Exception {
        endsAWaitAndLeavesTheFileOpen(true, GreenletExit.class, g -> g.killLater());
    }

    @Test
    void interruptedReaderLeavesTheFileOpen() throws Exception {
        endsAWaitAndLeavesTheFileOpen(false, Interrupted.class, g -> g.thread().interrupt());
    }

    @Test
    void interruptedWriterLeavesTheFileOpen() throws Exception {
        endsAWaitAndLeavesTheFileOpen(true, Interrupted.class, g -> g.thread().interrupt());
    }

    @Test
    void timeoutLeavesTheFileOpen() throws Exception {
        try (SlowDisk disk = new SlowDisk(FileChannel.open(file("abc"), READ, WRITE))) {
            FileChannel f = FileObject.wrap(disk);
            disk.slow = true;
            var timeout = new Timeout(Duration.ofMillis(20));
            assertSame(timeout, thrownBy(() -> timeout.run(() -> f.force(true))));
            disk.slow = false;
            disk.permits.release();
            assertEquals("abc", read(f, 3));
        }
    }

    @Test
    void interruptOfAPlainThreadLeavesTheFileOpen() throws Exception {
        Path path = file("abc");
        try (FileChannel f = FileObject.open(path, READ, WRITE)) {
            Throwable[] thrown = new Throwable[1];
            boolean[] still = new boolean[1];
            Thread t =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        Thread.currentThread().interrupt();
                                        thrown[0] = thrownBy(() -> f.write(text("x")));
                                        still[0] = Thread.interrupted();
                                    });
            t.join();
            assertTrue(f.isOpen());
            assertTrue(thrown[0] == null && still[0] || thrown[0] instanceof Interrupted);
            assertEquals(3, f.size());
        }
    }

    @Test
    void workThatHasNotBegunNeverDoes() throws Exception {
        try (SlowDisk disk = new SlowDisk(FileChannel.open(file("abc"), READ, WRITE))) {
            FileChannel f = FileObject.wrap(disk);
            disk.slow = true;
            int limit = Op.FILES.maxSize();
            Greenlet<?>[] busy = new Greenlet<?>[limit];
            for (int i = 0; i < limit; i++) {
                busy[i] = Jevent.spawn(() -> f.read(ByteBuffer.allocate(1), 0));
            }
            until(() -> disk.begun.get() == limit);
            Greenlet<Integer> queued = Jevent.spawn(() -> f.write(text("no"), 0));
            turns(3);
            queued.kill();
            disk.permits.release(limit);
            for (Greenlet<?> g : busy) {
                g.join();
            }
            disk.slow = false;
            assertEquals("abc", read(f, 3));
            assertEquals(limit, disk.begun.get());
        }
    }

    @Test
    void closeEndsARead() throws Exception {
        FileChannel f = FileObject.open(fifo("slow"), READ, WRITE);
        Greenlet<Throwable> reader =
                Jevent.spawn(() -> thrownBy(() -> f.read(ByteBuffer.allocate(1))));
        turns(3);
        Jevent.sleep(5);
        together(f::close);
        assertInstanceOf(ClosedChannelException.class, reader.get());
    }

    @Test
    void aFifoIsASlowFile() throws Exception {
        Path path = fifo("slow");
        try (FileChannel f = FileObject.open(path, READ, WRITE);
                FileChannel other = FileObject.open(path, WRITE)) {
            Greenlet<String> reader = Jevent.spawn(() -> read(f, 100));
            turns(20);
            assertFalse(reader.ready());
            together(() -> other.write(text("there")));
            assertEquals("there", reader.get());
            assertThrows(IOException.class, f::position);
        }
    }

    @Test
    void killedOpenLeaksNothing() throws Exception {
        Path path = fifo("nobody");
        int before = openDescriptors();
        Greenlet<FileChannel> opener = Jevent.spawn(() -> FileObject.open(path, READ));
        Jevent.sleep(5);
        opener.kill();
        try (FileChannel other = FileChannel.open(path, READ, WRITE)) { // lets the open end
            assertTrue(other.isOpen());
            until(() -> openDescriptors() <= before + 1);
        }
        until(() -> openDescriptors() <= before);
    }

    @Test
    void streamsOverItWork() throws Exception {
        Path path = file("line one\nline two\n");
        inGreenlet(
                () -> {
                    try (FileChannel f = FileObject.open(path, READ)) {
                        var reader = Channels.newReader(f, StandardCharsets.UTF_8);
                        var lines = new java.io.BufferedReader(reader);
                        assertEquals("line one", lines.readLine());
                        assertEquals("line two", lines.readLine());
                        assertNull(lines.readLine());
                    }
                });
    }

    @Test
    void anyKindOfThreadMayUseIt() throws Exception {
        Path path = file("abc");
        try (FileChannel f = FileObject.open(path, READ, WRITE)) {
            String[] seen = new String[2];
            Action action =
                    () -> {
                        ByteBuffer b = ByteBuffer.allocate(3);
                        f.read(b, 0);
                        f.write(text("d"), 3);
                        seen[Thread.currentThread().isVirtual() ? 0 : 1] =
                                new String(b.array(), StandardCharsets.UTF_8) + f.size();
                    };
            Throwable[] errors = new Throwable[2];
            Thread v = Thread.ofVirtual().start(() -> errors[0] = thrownBy(action));
            Thread p = Thread.ofPlatform().start(() -> errors[1] = thrownBy(action));
            v.join();
            p.join();
            assertNull(errors[0]);
            assertNull(errors[1]);
            assertEquals("abc4", seen[0]);
            assertEquals("abc4", seen[1]);
        }
    }
}
