package dev.jevent.internal.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Children by bare system calls. */
class SpawnTest {

    private static final int ENOENT = 2;
    private static final int ENOTDIR = 20;
    private final Scratch scratch = new Scratch();

    @BeforeEach
    void onlyHere() {
        Assumptions.assumeTrue(Native.isAvailable() && Spawn.isAvailable(), "no Linux");
        Assumptions.assumeTrue(SpawnWait.hasPidfd(), "an old kernel");
    }

    private static Spawn.Request shell(String line) {
        var request = new Spawn.Request();
        request.program = "/bin/sh";
        request.arguments = List.of("sh", "-c", line);
        return request;
    }

    private int collect(int pidfd, int pid) {
        SpawnWait.awaitEnd(pid);
        return SpawnWait.collect(scratch, pidfd, pid);
    }

    @Test
    void exitCodesAndSignalsAreToldApart() {
        for (String line : List.of("exit 200", "kill -9 $$")) {
            int pid = Spawn.start(shell(line));
            assertTrue(pid > 0);
            int fd = SpawnWait.open(scratch, pid);
            assertTrue(fd > 0);
            assertEquals(line.startsWith("exit") ? 200 : -9, collect(fd, pid));
            assertEquals(SpawnWait.COLLECTED_BY_ANOTHER, SpawnWait.collect(scratch, fd, pid));
            assertTrue(SpawnWait.isNobody(SpawnWait.signal(scratch, fd, 15)));
            Fd.close(fd);
        }
    }

    @Test
    void runningChildIsNotCollected() {
        int pid = Spawn.start(shell("exec sleep 100"));
        int fd = SpawnWait.open(scratch, pid);
        assertEquals(SpawnWait.RUNS, SpawnWait.collect(scratch, fd, pid));
        assertEquals(SpawnWait.RUNS, SpawnWait.collect(scratch, -1, pid));
        assertEquals(0, SpawnWait.signal(scratch, fd, 9));
        SpawnWait.awaitEnd(pid);
        assertEquals(-9, SpawnWait.collect(scratch, -1, pid));
        Fd.close(fd);
    }

    @Test
    void groupIsKnownByItsDescriptorAfterItsLeader() {
        var request = shell("sleep 100 & exit 0");
        request.ownGroup = true;
        int pid = Spawn.start(request);
        int fd = SpawnWait.open(scratch, pid);
        assertEquals(0, collect(fd, pid));
        assertTrue(SpawnWait.hasMembers(scratch, fd, pid));
        assertEquals(0, SpawnWait.signalGroup(scratch, fd, pid, 9));
        long end = System.nanoTime() + 10_000_000_000L;
        while (SpawnWait.hasMembers(scratch, fd, pid) && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(1_000_000);
        }
        assertFalse(SpawnWait.hasMembers(scratch, fd, pid));
        Fd.close(fd);
    }

    @Test
    void failureIsTheErrnoOfTheExec() {
        var request = new Spawn.Request();
        request.program = "/no/such/program";
        request.arguments = List.of("x");
        assertEquals(-ENOENT, Spawn.start(request));
    }

    @Test
    void filesAreOpenedAsTold() throws Exception {
        Path file = Files.createTempFile("jevent", "ä.txt");
        try {
            write(SpawnFiles.open(file.toString(), SpawnFiles.WRITE), "old");
            write(SpawnFiles.open(file.toString(), SpawnFiles.WRITE), "a");
            write(SpawnFiles.open(file.toString(), SpawnFiles.APPEND), "b");
            assertEquals("ab", Files.readString(file));
            assertEquals(-ENOTDIR, SpawnFiles.open(file + "/no", SpawnFiles.READ));
            int fd = SpawnFiles.open(file.toString(), SpawnFiles.READ);
            int other = SpawnFiles.duplicate(fd);
            assertTrue(other > 2 && other != fd);
            Fd.close(fd);
            Fd.close(other);
        } finally {
            Files.delete(file);
        }
    }

    private void write(int fd, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        assertEquals(bytes.length, Fd.write(scratch, fd, bytes, 0, bytes.length));
        Fd.close(fd);
    }

    @Test
    void numbersOfTheJdksFilesAreKnown() throws Exception {
        assertEquals(1, SpawnFiles.number(java.io.FileDescriptor.out));
        try (var in = new FileInputStream("/dev/null");
                var out = new FileOutputStream("/dev/null")) {
            int fd = SpawnFiles.number(in.getFD());
            assertTrue(Files.exists(Path.of("/proc/self/fd/" + fd)));
            assertTrue(SpawnFiles.number(out.getFD()) != fd);
            in.getChannel().close();
            assertTrue(SpawnFiles.number(in.getFD()) < 0);
        }
    }
}
