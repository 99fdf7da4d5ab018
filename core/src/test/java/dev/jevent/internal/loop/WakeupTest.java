package dev.jevent.internal.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.jevent.Dose;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/** A loop that sleeps is woken by what other threads send: always, and without needless calls. */
class WakeupTest {

    private static final int THREADS = 4;
    private static final int EACH = 200_000;

    private final TestLoop loop = new TestLoop();
    private long beforeSleep; // loop thread: how often it was about to sleep, or only looked

    WakeupTest() {
        loop.staysAlive = true;
        loop.phases().add(Phases.Phase.PREPARE, () -> beforeSleep++);
    }

    @AfterEach
    void shutDown() {
        loop.shutDown();
    }

    @Test
    void everythingThatFourThreadsSendToALoopThatSleepsAgainAndAgainIsRun() throws Exception {
        int[] next = new int[THREADS];
        int[] left = {THREADS * EACH};
        List<Thread> senders = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            int sender = t;
            senders.add(Thread.ofPlatform().start(() -> send(sender, next, left)));
        }

        assertTrue(loop.run());

        for (int n : next) {
            assertEquals(EACH, n);
        }
        for (Thread sender : senders) {
            sender.join();
        }
        assertEquals(List.of(), loop.failures);
        if (!TestLoop.isPortable()) {
            long wakeups = wakeups();
            assertTrue(wakeups > 0, "else this has tested nothing");
            assertTrue(wakeups <= beforeSleep, wakeups + " wake-ups, " + beforeSleep + " sleeps");
        }
    }

    private void send(int sender, int[] next, int[] left) {
        while (!loop.isAsleep()) {
            Thread.onSpinWait(); // so that it is woken once at least
        }
        for (int i = 0; i < EACH; i++) {
            int number = i;
            loop.submit(
                    (Runnable)
                            () -> {
                                assertEquals(next[sender]++, number, "in order");
                                if (--left[0] == 0) {
                                    loop.push(TestLoop.LEAVE);
                                }
                            });
            if (i % 500 == sender) {
                LockSupport.parkNanos(50_000); // the loop gets time to fall asleep
            }
        }
    }

    /** One at a time: each is sent just when the loop has nothing to do and goes to sleep. */
    @Test
    void noWakeUpIsLostBetweenTheLastLookAndTheSleep() throws Exception {
        int rounds = Dose.of(5_000, 20_000);
        var turn = new AtomicInteger();
        Thread sender =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    for (int i = 0; i < rounds; i++) {
                                        while (turn.get() != i) {
                                            Thread.onSpinWait();
                                        }
                                        loop.submit((Runnable) turn::incrementAndGet);
                                    }
                                    loop.submit(TestLoop.LEAVE);
                                });

        assertTrue(loop.run());

        assertEquals(rounds, turn.get());
        sender.join();
    }

    /** The first sleep is special: until then nobody knows which thread to wake. */
    @Test
    void noWakeUpIsLostAtTheFirstSleep() throws Exception {
        int rounds = Dose.of(300, 2_000);
        var current = new AtomicReference<TestLoop>();
        Thread sender =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    TestLoop before = null;
                                    for (int i = 0; i < rounds; i++) {
                                        TestLoop next;
                                        while ((next = current.get()) == before) {
                                            Thread.onSpinWait();
                                        }
                                        for (int spin = i % 100; spin > 0; spin--) {
                                            Thread.onSpinWait();
                                        }
                                        next.submit(TestLoop.LEAVE);
                                        before = next;
                                    }
                                });
        for (int i = 0; i < rounds; i++) {
            var next = new TestLoop();
            next.staysAlive = true;
            current.set(next);
            assertTrue(next.run());
            next.shutDown();
        }
        sender.join();
    }

    @Test
    void nobodyIsWokenWhoDoesNotSleep() throws Exception {
        assumeFalse(TestLoop.isPortable(), "only an eventfd counts");
        loop.later(
                () -> {
                    Thread sender =
                            Thread.ofPlatform()
                                    .start(
                                            () -> {
                                                for (int i = 0; i < 1000; i++) {
                                                    loop.submit((Runnable) () -> {});
                                                }
                                                loop.submit(TestLoop.LEAVE);
                                            });
                    try {
                        sender.join();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                });

        assertTrue(loop.run());

        assertEquals(0, wakeups());
    }

    /** The loop never reads its eventfd, so that it counts what was ever written to it. */
    private long wakeups() throws Exception {
        int fd = ((EpollPoll) loop.poll()).eventFd;
        return Files.readAllLines(Path.of("/proc/self/fdinfo/" + fd)).stream()
                .filter(line -> line.startsWith("eventfd-count:"))
                .map(line -> line.substring("eventfd-count:".length()).strip())
                .mapToLong(hex -> Long.parseLong(hex, 16))
                .findFirst()
                .orElseThrow();
    }
}
