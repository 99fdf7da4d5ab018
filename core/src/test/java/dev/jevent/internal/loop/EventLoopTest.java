package dev.jevent.internal.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Dose;
import dev.jevent.internal.loop.Phases.Phase;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

class EventLoopTest {

    private final JumpingClock clock = new JumpingClock(1000);
    private final TestLoop loop = new TestLoop();

    EventLoopTest() {
        loop.setClock(clock);
    }

    @AfterEach
    void shutDown() {
        loop.shutDown();
    }

    private static TimerEntry timer(boolean ref, Runnable callback) {
        return new TimerEntry(ref) {
            @Override
            protected void due() {
                callback.run();
            }
        };
    }

    private static TimerEntry timer(Runnable callback) {
        return timer(true, callback);
    }

    // ---- timers

    @Test
    void timersFireInTheOrderOfTheirDeadlinesAndNeverEarly() {
        fireInOrderFrom(1000);
    }

    @Test
    void theOverflowOfTheClockIsNoEvent() {
        fireInOrderFrom(Long.MAX_VALUE - 500_000_000L);
    }

    private void fireInOrderFrom(long start) {
        clock.now = start;
        var random = new Random(3);
        List<Long> fired = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            long delay = random.nextInt(1_000_000_000);
            loop.start(
                    timer(
                            () -> {
                                assertTrue(clock.now - start >= delay, "early");
                                fired.add(delay);
                            }),
                    delay);
        }

        assertFalse(loop.run(), "it ends when no timer is left");

        assertEquals(2000, fired.size());
        assertEquals(fired.stream().sorted().toList(), fired);
        assertEquals(0, loop.refs());
        assertEquals(List.of(), loop.failures);
    }

    @Test
    void theLoopSleepsExactlyUntilTheNextTimer() {
        loop.start(timer(() -> assertEquals(1005, clock.now)), 5);
        loop.start(timer(() -> assertEquals(1007, clock.now)), 7);

        loop.run();

        assertEquals(2, clock.sleeps);
        assertEquals(List.of(), loop.failures);
    }

    @Test
    void aTimerThatStartsATimerOfNoDelayStarvesNobody() {
        List<String> events = new ArrayList<>();
        TimerEntry[] again = new TimerEntry[1];
        again[0] =
                timer(
                        () -> {
                            events.add("again");
                            loop.start(again[0], 0);
                        });
        loop.start(again[0], 0);
        loop.start(timer(() -> loop.push(TestLoop.LEAVE)), 0);

        assertTrue(loop.run());

        assertEquals(1, events.size(), "in this turn it is not fired again");
        loop.later(() -> events.add("callback"));
        loop.push(TestLoop.LEAVE);
        assertTrue(loop.run());
        assertEquals("callback", events.getLast());
    }

    @Test
    void aTimerMayStopAnotherThatIsDueToo() {
        TimerEntry victim = timer(() -> loop.failures.add(new AssertionError("was stopped")));
        loop.start(timer(() -> loop.stop(victim)), 5);
        loop.start(victim, 5);

        assertFalse(loop.run());

        assertEquals(List.of(), loop.failures);
        assertEquals(0, loop.refs());
    }

    @Test
    void startingATimerAgainMovesIt() {
        TimerEntry moved = timer(() -> assertEquals(1030, clock.now));
        loop.start(moved, 10);
        loop.start(timer(() -> loop.start(moved, 25)), 5);

        loop.run();

        assertEquals(1030, clock.now);
        assertEquals(List.of(), loop.failures);
        assertEquals(0, loop.refs());
    }

    @Test
    void ofManyTimersOfWhichHalfIsStoppedTheOthersFireInOrder() {
        int n = Dose.of(100_000, 1_000_000);
        var random = new Random(4);
        long[] last = {0};
        int[] fired = {0};
        TimerEntry[] all = new TimerEntry[n];
        for (int i = 0; i < n; i++) {
            all[i] =
                    new TimerEntry(true) {
                        @Override
                        protected void due() {
                            if (deadline < last[0] || clock.now < deadline) {
                                loop.failures.add(new AssertionError("out of order or early"));
                            }
                            last[0] = deadline;
                            fired[0]++;
                        }
                    };
            loop.start(all[i], random.nextInt(1_000_000_000));
        }
        int[] order = IntStream.range(0, n).toArray();
        for (int i = 0; i < n / 2; i++) {
            int j = i + random.nextInt(n - i);
            int victim = order[j];
            order[j] = order[i];
            loop.stop(all[victim]);
        }

        assertFalse(loop.run());

        assertEquals(n / 2, fired[0]);
        assertEquals(List.of(), loop.failures);
    }

    @Test
    void timersWithoutRefDoNotKeepTheLoopAliveButFireWhileItLives() {
        List<String> events = new ArrayList<>();
        loop.start(timer(false, () -> events.add("weak")), 5);
        loop.start(timer(false, () -> events.add("late")), 50);
        loop.start(timer(() -> events.add("strong")), 10);

        assertFalse(loop.run());

        assertEquals(List.of("weak", "strong"), events);
    }

    // ---- the queue

    @Test
    void callbacksRunInOrderAndWhatTheyAddComesAfterThem() {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            int number = i;
            loop.later(
                    () -> {
                        order.add(number);
                        loop.later(() -> order.add(200 + number));
                    });
        }

        loop.run();

        assertEquals(IntStream.range(0, 400).boxed().toList(), order);
    }

    @Test
    void aFloodOfCallbacksStarvesNeitherTimersNorOtherThreads() throws Exception {
        loop.setClock(Clock.SYSTEM);
        boolean[] timerFired = new boolean[1];
        loop.start(timer(() -> timerFired[0] = true), 1_000_000);
        boolean[] arrived = new boolean[1];
        var running = new CountDownLatch(1);
        Thread sender =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    awaitQuietly(running);
                                    loop.submit((Runnable) () -> arrived[0] = true);
                                });
        for (int i = 0; i < 1000; i++) {
            loop.later(
                    new Runnable() {
                        @Override
                        public void run() {
                            running.countDown();
                            if (!timerFired[0] || !arrived[0]) {
                                loop.later(this);
                            }
                        }
                    });
        }

        assertFalse(loop.run());

        assertTrue(timerFired[0] && arrived[0]);
        sender.join();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatIsWokenDoesNotStandBehindTheQueue() {
        List<String> order = new ArrayList<>();
        loop.submit((Runnable) () -> order.add("woken"));
        loop.later(() -> order.add("queued"));

        loop.run();

        assertEquals(List.of("woken", "queued"), order);
    }

    @Test
    void pushLastStandsBehindTheQueueEvenInATimer() {
        List<String> order = new ArrayList<>();
        loop.start(
                timer(
                        () -> {
                            loop.pushLast((Runnable) () -> order.add("last"));
                            loop.push((Runnable) () -> order.add("woken"));
                        }),
                0);

        loop.run();

        assertEquals(List.of("woken", "last"), order);
    }

    @Test
    void whatTimersAndCallbacksThrowIsReportedAndTheLoopGoesOn() {
        var first = new IllegalStateException("timer");
        var second = new Error("callback");
        List<String> events = new ArrayList<>();
        loop.start(
                timer(
                        () -> {
                            throw first;
                        }),
                1);
        loop.start(timer(() -> events.add("timer")), 2);
        loop.later(
                () -> {
                    throw second;
                });
        loop.later(() -> events.add("callback"));

        assertFalse(loop.run());

        assertEquals(List.of(second, first), loop.failures);
        assertEquals(List.of("callback", "timer"), events);
    }

    // ---- phases

    @Test
    void preparedBeforeAndCheckedAfterEachSleep() {
        List<String> events = new ArrayList<>();
        Clock recording =
                new Clock() {
                    @Override
                    public long nanoTime() {
                        return clock.nanoTime();
                    }

                    @Override
                    public boolean pass(long nanos) {
                        events.add("sleep");
                        return clock.pass(nanos);
                    }
                };
        loop.setClock(recording);
        loop.phases().add(Phase.PREPARE, () -> events.add("prepare"));
        loop.phases().add(Phase.CHECK, () -> events.add("check"));
        loop.start(timer(() -> loop.push(TestLoop.LEAVE)), 10);

        loop.run();

        assertEquals(List.of("prepare", "sleep", "check"), events);
    }

    @Test
    void idleOnlyWhenThereIsNothingElseAndThenTheLoopDoesNotSleep() {
        List<String> events = new ArrayList<>();
        loop.ref();
        loop.phases()
                .add(
                        Phase.IDLE,
                        () -> {
                            events.add("idle");
                            if (events.size() == 4) {
                                loop.push(TestLoop.LEAVE);
                            }
                        });
        loop.later(() -> loop.later(() -> events.add("callback")));

        assertTrue(loop.run());

        assertEquals(List.of("callback", "idle", "idle", "idle"), events);
        assertEquals(0, clock.sleeps);
    }

    // ---- the end

    @Test
    void aLoopThatIsShutDownDoesNotRun() {
        List<String> events = new ArrayList<>();
        loop.onShutDown(() -> events.add("end"));
        loop.shutDown();
        loop.shutDown();

        assertEquals(List.of("end"), events);
        loop.start(timer(() -> {}), 5);
        var e = assertThrows(IllegalStateException.class, loop::run);
        assertTrue(e.getMessage().contains("destroyed"), e.getMessage());
    }
}
