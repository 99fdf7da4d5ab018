package dev.jevent.internal.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jevent.Dose;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

class EpollTest {

    @BeforeEach
    void linux() {
        assumeTrue(Native.isAvailable(), "epoll is Linux's");
    }

    private volatile Epoll current;
    private volatile boolean over;

    @Test
    void aWakeUpDuringOrAfterTheCloseNeverReachesAnotherFile() throws Exception {
        current = new Epoll();
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        List<Thread> wakers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            wakers.add(
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        try {
                                            while (!over) {
                                                current.wakeup();
                                            }
                                        } catch (Throwable e) {
                                            failures.add(e);
                                        }
                                    }));
        }
        for (int i = 0; i < Dose.of(20, 100); i++) {
            current.close();
            // the same numbers, for a file that nobody wakes
            try (var other = new Epoll()) {
                assertEquals("0", count(other), "somebody has written into it");
            }
            current = new Epoll();
            while (count(current).equals("0") && failures.isEmpty()) {
                Thread.onSpinWait(); // until the wakers have gone over to it
            }
        }
        over = true;
        for (Thread waker : wakers) {
            waker.join();
        }
        assertEquals(List.of(), List.copyOf(failures));
        current.close();
        current.close(); // does nothing
    }

    @Test
    void aWakeUpEndsTheNextAwait() {
        try (var epoll = new Epoll()) {
            for (int i = 0; i < 3; i++) {
                epoll.wakeup();
                assertEquals(1, epoll.await(-1));
                assertEquals(epoll.eventFd(), epoll.fd(0));
                assertEquals(0, epoll.await(0));
            }
        }
    }

    @Test
    void anAwaitIsNeverShorterThanAsked() {
        try (var epoll = new Epoll()) {
            for (long nanos : new long[] {1, 1_000, 100_000, 3_000_001}) {
                long begin = System.nanoTime();
                assertEquals(0, epoll.await(nanos));
                assertTrue(System.nanoTime() - begin >= nanos);
            }
        }
    }

    private static String count(Epoll epoll) throws Exception {
        for (String line : Files.readAllLines(Path.of("/proc/self/fdinfo/" + epoll.eventFd()))) {
            if (line.startsWith("eventfd-count:")) {
                return line.substring("eventfd-count:".length()).strip();
            }
        }
        throw new AssertionError("no eventfd");
    }
}
