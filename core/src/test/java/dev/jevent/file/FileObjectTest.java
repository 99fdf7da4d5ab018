package dev.jevent.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Greenlet;
import dev.jevent.Jevent;
import dev.jevent.OtherHub;
import dev.jevent.Timeout;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The doors: whole files, streams, folders, FIFOs. */
class FileObjectTest extends FileScenario {

    @Test
    void wholeFiles() throws Exception {
        Path path = folder.resolve("f");
        together(
                () -> {
                    assertFalse(FileObject.exists(path));
                    FileObject.writeString(path, "grün\n");
                    FileObject.append(path, "zwei\n");
                    FileObject.append(path, new byte[] {'3'});
                    assertEquals("grün\nzwei\n3", FileObject.readString(path));
                    assertEquals(List.of("grün", "zwei", "3"), FileObject.readAllLines(path));
                    assertEquals(12, FileObject.size(path));
                    FileObject.write(path, new byte[] {1, 2, 3});
                    assertArrayEquals(new byte[] {1, 2, 3}, FileObject.readAllBytes(path));
                    byte[] latin = "ä".getBytes(StandardCharsets.ISO_8859_1);
                    FileObject.write(path, latin);
                    assertEquals("ä", FileObject.readString(path, StandardCharsets.ISO_8859_1));
                    assertTrue(FileObject.deleteIfExists(path));
                    assertFalse(FileObject.deleteIfExists(path));
                });
    }

    @Test
    void folders() throws Exception {
        Path deep = folder.resolve("a/b/c");
        together(
                () -> {
                    FileObject.createDirectories(deep);
                    Path one = FileObject.writeString(deep.resolve("1"), "one");
                    FileObject.copy(one, deep.resolve("2"));
                    FileObject.move(one, folder.resolve("3"));
                    assertEquals(List.of(deep.resolve("2")), FileObject.list(deep));
                    assertEquals(6, FileObject.walk(folder).size());
                    assertTrue(FileObject.isDirectory(deep));
                    assertThrows(DirectoryNotEmptyException.class, () -> FileObject.delete(deep));
                    Path temp = FileObject.createTempFile("jevent", ".tmp");
                    FileObject.copy(folder.resolve("3"), temp, StandardCopyOption.REPLACE_EXISTING);
                    assertEquals(3, FileObject.size(temp));
                    FileObject.delete(temp);
                    FileObject.delete(FileObject.createTempDirectory("jevent"));
                });
    }

    @Test
    void errorsAreThoseOfFiles() throws Exception {
        Path missing = folder.resolve("missing");
        together(
                () -> {
                    assertThrows(NoSuchFileException.class, () -> FileObject.readString(missing));
                    assertThrows(NoSuchFileException.class, () -> FileObject.input(missing));
                    assertThrows(NoSuchFileException.class, () -> FileObject.delete(missing));
                    assertThrows(
                            NoSuchFileException.class,
                            () -> FileObject.open(missing, StandardOpenOption.WRITE));
                    assertThrows(IOException.class, () -> FileObject.readAllBytes(folder));
                    assertThrows(IOException.class, () -> FileObject.output(folder));
                    FileObject.writeString(missing, "there");
                    assertThrows(
                            FileAlreadyExistsException.class,
                            () -> FileObject.output(missing, StandardOpenOption.CREATE_NEW));
                    assertThrows(NullPointerException.class, () -> FileObject.readString(null));
                });
    }

    @Test
    void whatIsForbiddenIsAccessDenied() throws Exception {
        Assumptions.assumeFalse("root".equals(System.getProperty("user.name")), "root may");
        Path path = folder.resolve("f");
        Files.createFile(
                path,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("---------")));
        together(() -> assertThrows(AccessDeniedException.class, () -> FileObject.input(path)));
    }

    @Test
    void aFullDiskIsToldOfByFlushOrClose() throws Exception {
        Path full = Path.of("/dev/full");
        Assumptions.assumeTrue(Files.exists(full), "there is no /dev/full here");
        together(
                () -> {
                    assertThrows(IOException.class, () -> FileObject.append(full, "x"));
                    OutputStream out = FileObject.output(full, StandardOpenOption.WRITE);
                    out.write(1);
                    assertThrows(IOException.class, out::flush);
                    out.write(1);
                    assertThrows(IOException.class, out::close);
                    out.close();
                    try (FileChannel f = FileObject.open(full, StandardOpenOption.WRITE)) {
                        assertThrows(IOException.class, () -> f.write(ByteBuffer.allocate(9)));
                        assertEquals(0, f.position());
                    }
                });
    }

    @Test
    void smallPiecesThroughStreams() throws Exception {
        Path path = folder.resolve("f");
        byte[] data = new byte[300_001];
        new Random(5).nextBytes(data);
        together(
                () -> {
                    try (OutputStream out = FileObject.output(path)) {
                        for (int i = 0; i < 1000; i++) {
                            out.write(data[i]);
                        }
                        out.write(data, 1000, data.length - 1000);
                    }
                    assertArrayEquals(data, Files.readAllBytes(path));
                    try (InputStream in = FileObject.input(path)) {
                        for (int i = 0; i < 1000; i++) {
                            assertEquals(data[i] & 0xFF, in.read());
                        }
                        byte[] rest = in.readAllBytes();
                        assertEquals(data.length - 1000, rest.length);
                        assertEquals(data[data.length - 1], rest[rest.length - 1]);
                        assertEquals(-1, in.read());
                    }
                    try (InputStream in = FileObject.input(path)) {
                        assertEquals(300_000, in.skip(300_000));
                        assertEquals(data[300_000] & 0xFF, in.read());
                    }
                });
    }

    @Test
    void flushMakesItVisible() throws Exception {
        Path path = folder.resolve("f");
        together(
                () -> {
                    OutputStream out = FileObject.output(path);
                    out.write(new byte[10]);
                    assertEquals(0, Files.size(path));
                    out.flush();
                    assertEquals(10, Files.size(path));
                    out.close();
                    assertThrows(IOException.class, () -> out.write(1));
                });
    }

    @Test
    void textIsDecodedAcrossBorders() throws Exception {
        Path path = folder.resolve("text");
        String line = "x€😀ü".repeat(20_000); // no border of a buffer falls between characters only
        together(
                () -> {
                    try (Writer w = FileObject.writer(path)) {
                        w.write(line + "\n" + line);
                    }
                    try (BufferedReader r = FileObject.reader(path)) {
                        assertEquals(line, r.readLine());
                        assertEquals(line, r.readLine());
                        assertNull(r.readLine());
                    }
                    try (Writer w =
                            FileObject.writer(
                                    path,
                                    StandardCharsets.UTF_16LE,
                                    StandardOpenOption.TRUNCATE_EXISTING)) {
                        w.write(line);
                    }
                    assertEquals(line, FileObject.readString(path, StandardCharsets.UTF_16LE));
                });
    }

    @Test
    void linesAreStreamed() throws Exception {
        Path path = folder.resolve("lines");
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 50_000; i++) {
            text.append("line ").append(i).append('\n');
        }
        Files.writeString(path, text);
        int before = openDescriptors();
        together(
                () -> {
                    try (var lines = FileObject.lines(path)) {
                        assertEquals("line 9", lines.skip(9).findFirst().orElseThrow());
                    }
                    try (var lines = FileObject.lines(path)) {
                        assertEquals(50_000, lines.count());
                    }
                });
        assertTrue(openDescriptors() <= before); // what an earlier test left may have gone
    }

    @Test
    void filesThatHaveNoSizeAreRead() throws Exception {
        Path status = Path.of("/proc/self/status");
        Assumptions.assumeTrue(Files.exists(status), "there is no /proc here");
        together(
                () -> {
                    assertTrue(FileObject.readString(status).contains("VmRSS"));
                    try (BufferedReader r = FileObject.reader(status)) {
                        assertTrue(r.readLine().startsWith("Name:"));
                    }
                    try (InputStream in = FileObject.input(Path.of("/dev/zero"))) {
                        assertEquals(0, in.read());
                    }
                    try (InputStream in = FileObject.input(Path.of("/dev/null"))) {
                        assertEquals(-1, in.read());
                    }
                });
    }

    @Test
    void writeAllWritesAll() throws Exception {
        Path path = folder.resolve("f");
        together(
                () -> {
                    try (FileChannel f =
                            FileObject.open(
                                    path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                        FileObject.writeAll(f, ByteBuffer.allocate(1_000_000));
                    }
                });
        assertEquals(1_000_000, Files.size(path));
    }

    // ---- FIFOs

    @Test
    void aFifoWaitsForItsOtherEndGreen() throws Exception {
        Path path = fifo("p");
        List<String> seen = new ArrayList<>();
        together(
                () -> {
                    try (InputStream in = FileObject.input(path)) {
                        seen.add(new String(in.readAllBytes(), StandardCharsets.UTF_8));
                    }
                },
                () -> {
                    turns(20);
                    try (OutputStream out = FileObject.output(path)) {
                        out.write("hello ".getBytes(StandardCharsets.UTF_8));
                        turns(5);
                        out.write("fifo".getBytes(StandardCharsets.UTF_8));
                    }
                });
        assertEquals(List.of("hello fifo"), seen);
    }

    @Test
    void openingAFifoForWritingIsKillable() throws Exception {
        notInThePortableMode("a worker opens it");
        Path path = fifo("p");
        int before = openDescriptors();
        Greenlet<OutputStream> opener = Jevent.spawn(() -> FileObject.output(path));
        Jevent.sleep(10);
        opener.kill();
        var timeout = new Timeout(Duration.ofMillis(10));
        assertSame(timeout, thrownBy(() -> timeout.run(() -> FileObject.output(path))));
        assertTrue(openDescriptors() <= before); // what an earlier test left may have gone
    }

    // ---- kill

    @Test
    void aKilledStreamReaderGoesOnWhereItWas() throws Exception {
        Path path = folder.resolve("f");
        Files.writeString(path, "abcdef");
        try (SlowDisk disk = new SlowDisk(FileChannel.open(path, StandardOpenOption.READ))) {
            FileChannel green = FileObject.wrap(disk);
            InputStream in = java.nio.channels.Channels.newInputStream(green);
            disk.slow = true;
            Greenlet<Integer> g = Jevent.spawn(() -> in.read());
            until(() -> disk.begun.get() == 1);
            g.kill();
            disk.slow = false;
            disk.permits.release();
            assertEquals('a', in.read());
        }
    }

    @Test
    void usableFromOtherHubsAndThreads() throws Exception {
        Path path = folder.resolve("f");
        OutputStream out = FileObject.output(path);
        out.write('1');
        try (OtherHub other = new OtherHub()) {
            Greenlet<Void> g =
                    other.spawn(
                            () -> {
                                out.write('2');
                                out.flush();
                            });
            g.get();
        }
        Thread t = Thread.ofPlatform().start(() -> assertNull(thrownBy(() -> out.write('3'))));
        t.join();
        Thread v = Thread.ofVirtual().start(() -> assertNull(thrownBy(() -> out.write('4'))));
        v.join();
        out.close();
        assertEquals("1234", FileObject.readString(path));
    }
}
