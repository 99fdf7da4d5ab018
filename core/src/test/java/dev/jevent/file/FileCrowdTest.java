package dev.jevent.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Dose;
import dev.jevent.Greenlet;
import dev.jevent.Jevent;

import org.junit.jupiter.api.Test;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** Many files, large files, and what is left afterwards. */
class FileCrowdTest extends FileScenario {

    private static long workers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.getName().startsWith("jevent-worker"))
                .count();
    }

    @Test
    void aThousandFilesByAThousandGreenlets() throws Exception {
        FileObject.exists(folder);
        int before = openDescriptors();
        List<Greenlet<Void>> all = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            int n = i;
            all.add(
                    Jevent.spawn(
                            () -> {
                                Path path = folder.resolve("f" + n);
                                try (OutputStream out = FileObject.output(path)) {
                                    out.write(("content of " + n).getBytes(StandardCharsets.UTF_8));
                                }
                                assertEquals("content of " + n, FileObject.readString(path));
                                FileObject.delete(path);
                            }));
        }
        Jevent.joinAllOrThrow(all);
        assertTrue(Op.FILES.size() <= Op.FILES.maxSize());
        assertEquals(List.of(), FileObject.list(folder));
        assertTrue(openDescriptors() <= before); // what an earlier test left may have gone
    }

    @Test
    void aLargeFileIsCopiedInConstantMemory() throws Exception {
        long size = (long) Dose.of(50, 200) << 20;
        Path from = folder.resolve("from");
        Path to = folder.resolve("to");
        AtomicInteger ticks = new AtomicInteger();
        Greenlet<Void> ticker =
                Jevent.spawn(
                        () -> {
                            for (; ; ) {
                                ticks.incrementAndGet();
                                Jevent.sleep(1);
                            }
                        });
        together(
                () -> {
                    try (OutputStream out = FileObject.output(from)) {
                        byte[] piece = new byte[100_000];
                        for (long done = 0; done < size; done += piece.length) {
                            out.write(piece, 0, (int) Math.min(piece.length, size - done));
                        }
                    }
                    try (InputStream in = FileObject.input(from);
                            OutputStream out = FileObject.output(to)) {
                        assertEquals(size, in.transferTo(out));
                    }
                });
        ticker.kill();
        assertTrue(ticks.get() > 3, "the hub turned");
        assertEquals(size, Files.size(to));
        assertEquals(-1, Files.mismatch(from, to));
    }

    @Test
    void killsInTheMiddleOfEverythingLeakNothing() throws Exception {
        Path path = folder.resolve("f");
        Files.write(path, new byte[1 << 20]);
        FileObject.exists(path);
        long threads = workers();
        int before = openDescriptors();
        for (int round = 0; round < 20; round++) {
            List<Greenlet<Void>> all = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                int n = i;
                all.add(Jevent.spawn(() -> use(path, n)));
            }
            int rounds = ThreadLocalRandom.current().nextInt(20);
            turns(rounds);
            Jevent.killAll(all);
        }
        until(() -> openDescriptors() <= before);
        assertTrue(workers() <= threads + Op.FILES.maxSize() + 40);
        assertEquals(1 << 20, Files.size(path));
    }

    private void use(Path path, int n) throws Exception {
        Path mine = folder.resolve("mine" + n);
        try (FileChannel f = FileObject.open(path, StandardOpenOption.READ);
                OutputStream out = FileObject.output(mine)) {
            ByteBuffer b = ByteBuffer.allocate(50_000);
            while (f.read(b.clear()) > 0) {
                out.write(b.array(), 0, b.position());
                out.flush();
            }
        }
        FileObject.delete(mine);
    }

    @Test
    void concurrentPositionalReadsSeeTheFile() throws Exception {
        Path path = folder.resolve("f");
        ByteBuffer numbers = ByteBuffer.allocate(8 * 100_000);
        for (int i = 0; i < 100_000; i++) {
            numbers.putLong(8 * i, i);
        }
        Files.write(path, numbers.array());
        try (FileChannel f = FileObject.open(path, StandardOpenOption.READ)) {
            Thread[] threads = new Thread[3];
            AtomicInteger wrong = new AtomicInteger();
            for (int t = 0; t < threads.length; t++) {
                threads[t] =
                        Thread.ofPlatform()
                                .start(
                                        () -> {
                                            var random = ThreadLocalRandom.current();
                                            ByteBuffer b = ByteBuffer.allocate(8);
                                            for (int i = 0; i < 20_000; i++) {
                                                int k = random.nextInt(100_000);
                                                if (thrownBy(() -> f.read(b.clear(), 8L * k))
                                                                != null
                                                        || b.getLong(0) != k) {
                                                    wrong.incrementAndGet();
                                                }
                                            }
                                        });
            }
            for (Thread t : threads) {
                t.join();
            }
            assertEquals(0, wrong.get());
        }
    }
}
