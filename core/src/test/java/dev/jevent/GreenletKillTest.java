package dev.jevent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/** How greenlets are killed. */
class GreenletKillTest extends HubScenario {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private Greenlet<Void> sleeper() {
        return Jevent.spawn(
                () -> {
                    try {
                        Jevent.sleep(60_000);
                    } finally {
                        log.add("cleaned up");
                    }
                });
    }

    @Test
    void notBegunNeverRunsAndLinksFire() {
        var g = Jevent.spawn(() -> log.add("ran"));
        g.link(x -> log.add("link"));
        g.rawLink(x -> log.add("raw"));
        g.linkValue(x -> log.add("value"));
        g.linkException(x -> log.add("exception"));
        g.kill();
        turns(3);

        assertEquals(List.of("link", "raw", "value"), log);
        assertTrue(g.ready() && g.dead() && g.successful() && !g.started());
        assertNull(g.value());
    }

    @Test
    void neverStartedIsKilledToo() {
        var g = new Greenlet<>(() -> log.add("ran"));
        g.kill();
        g.start();
        turns(2);

        assertTrue(g.ready());
        assertEquals(List.of(), log);
    }

    @Test
    void scheduledForLaterNeverRuns() {
        jumpInTime();
        var g = Jevent.spawnLater(SECOND, () -> log.add("ran"));
        g.kill();
        assertEquals(0, clock.millis());
        Jevent.sleep(2_000);

        assertEquals(List.of(), log);
    }

    @Test
    void waitingIsThrownOutOfItsWaitAndKillReturnsAfterTheEnd() {
        var g = sleeper();
        turns(1);
        g.kill();

        assertEquals(List.of("cleaned up"), log);
        assertTrue(g.ready());
        assertEquals(List.of(), reports);
    }

    @Test
    void killReturnsOnlyAfterTheEndAlsoIfThatTakesLong() {
        jumpInTime();
        var g =
                Jevent.spawn(
                        () -> {
                            try {
                                Jevent.sleep(60_000);
                            } finally {
                                Jevent.sleep(5_000);
                                log.add("end");
                            }
                        });
        turns(1);
        g.kill();

        assertEquals(List.of("end"), log);
        assertEquals(5_000, clock.millis());
    }

    @Test
    void killThatComesWithAValueIsThrownFromTheNextWaitOfTheJdk() {
        for (boolean first : new boolean[] {true, false}) {
            var value = new Waiter<String>();
            var got = new AtomicReference<String>();
            var g =
                    Jevent.spawn(
                            () -> {
                                got.set(value.get());
                                assertThrows(
                                        InterruptedException.class,
                                        () -> new CountDownLatch(1).await());
                                log.add("left");
                            });
            turns(1);
            if (first) {
                g.killLater(new GreenletExit());
            }
            value.switchTo("value");
            if (!first) {
                g.killLater(new GreenletExit());
            }
            assertTrue(g.join(SECOND));
            assertEquals("value", got.get());
        }
        assertEquals(List.of("left", "left"), log);
    }

    @Test
    void oneOnAnotherHubIsKilled() {
        try (var other = new OtherHub()) {
            for (int i = 0; i < Dose.of(50, 200); i++) {
                var begun = new CountDownLatch(1);
                var ended = new AtomicReference<String>();
                var g =
                        other.spawn(
                                () -> {
                                    begun.countDown();
                                    try {
                                        Jevent.sleep(60_000);
                                    } finally {
                                        ended.set("ended");
                                    }
                                });
                if (i % 2 == 0) {
                    await(begun);
                }
                g.kill();
                assertTrue(g.ready());
                if (begun.getCount() == 0) {
                    assertEquals("ended", ended.get());
                }
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void severalKillsAreSwallowedOneByOne() throws Exception {
        var g =
                Jevent.spawn(
                        () -> {
                            int n = 0;
                            while (n < 3) {
                                if (thrownBy(() -> Jevent.sleep(60_000)) instanceof GreenletExit) {
                                    n++;
                                }
                            }
                            return n;
                        });
        turns(1);
        g.killLater();
        g.killLater();
        turns(2);
        assertFalse(g.ready());
        g.kill();

        assertEquals(3, g.get());
    }

    @Test
    void swallowedExitLetsItWaitOn() throws Exception {
        jumpInTime();
        var g =
                Jevent.spawn(
                        () -> {
                            thrownBy(() -> Jevent.sleep(60_000));
                            Jevent.sleep(1_000);
                            return "survived until " + clock.millis();
                        });
        turns(1);
        g.kill();

        assertEquals("survived until 1000", g.get());
    }

    @Test
    void customErrorIsThrownAndIsTheFailure() {
        var e = new IllegalStateException("go away");
        var g = sleeper();
        turns(1);
        g.kill(e);

        assertSame(e, g.exception());
        assertEquals(List.of(new Report(g, e)), reports);
    }

    @Test
    void customErrorForOneThatHasNotBegunIsItsFailure() {
        var e = new IllegalStateException("go away");
        var g = Jevent.spawn(() -> 1);
        g.kill(e);

        assertSame(e, g.exception());
        assertFalse(g.successful());
    }

    @Test
    void killWithATimeEndsWhenTheGreenletRefuses() {
        jumpInTime();
        var g =
                Jevent.spawn(
                        () -> {
                            thrownBy(() -> Jevent.sleep(60_000));
                            Jevent.sleep(10_000);
                        });
        turns(1);

        assertFalse(g.kill(new GreenletExit(), SECOND));
        assertEquals(1_000, clock.millis());
        assertFalse(g.ready());
        g.join();
    }

    @Test
    void killingTheEndedDoesNothing() throws Exception {
        var g = Jevent.spawn(() -> 3);
        g.join();
        g.kill();
        g.killLater(new IllegalStateException());
        assertTrue(g.kill(new IllegalStateException(), Duration.ZERO));
        Jevent.kill(g);
        g.close();
        turns(2);

        assertEquals(3, g.get());
        assertFalse(g.isCancelled());
        assertEquals(List.of(), reports);
    }

    @Test
    void selfKillThrowsAtOnce() {
        var self = new AtomicReference<Greenlet<Void>>();
        self.set(
                Jevent.spawn(
                        () -> {
                            log.add("before");
                            self.get().kill();
                            log.add("after");
                        }));
        self.get().join();

        assertEquals(List.of("before"), log);
        assertTrue(self.get().isCancelled());
    }

    @Test
    void killOfOneThatRunsIsThrownFromItsNextWait() {
        var self = new AtomicReference<Greenlet<Void>>();
        self.set(
                Jevent.spawn(
                        () -> {
                            var killer = Jevent.spawn(() -> self.get().killLater());
                            killer.join(); // the end of it and the kill come together
                            log.add("after the join");
                            Jevent.sleep(60_000);
                        }));
        self.get().join();

        assertTrue(self.get().isCancelled());
    }

    @Test
    void killInSleepZeroIsDelivered() {
        var g =
                Jevent.spawn(
                        () -> {
                            for (; ; ) {
                                Jevent.sleep(0);
                            }
                        });
        turns(5);
        g.kill();

        assertTrue(g.isCancelled());
    }

    @Test
    void catchOfExceptionDoesNotSwallowTheExit() {
        var g =
                Jevent.spawn(
                        () -> {
                            try {
                                Jevent.sleep(60_000);
                            } catch (Exception e) {
                                log.add("swallowed");
                            }
                        });
        turns(1);
        g.kill();

        assertEquals(List.of(), log);
        assertTrue(g.isCancelled());
    }

    @Test
    void rawGreenletIsKilled() {
        RawGreenlet raw =
                Jevent.spawnRaw(
                        () -> {
                            try {
                                Jevent.sleep(60_000);
                            } finally {
                                log.add("raw ended");
                            }
                        });
        turns(1);
        Jevent.kill(raw);
        turns(2);
        RawGreenlet never = Jevent.spawnRaw(() -> log.add("never"));
        Jevent.kill(never);
        turns(2);

        assertEquals(List.of("raw ended"), log);
        assertTrue(raw.dead() && never.dead());
        assertEquals(List.of(), reports);
    }

    @Test
    void killAllKillsThoseThatHaveNotBegunFirst() {
        List<Greenlet<Void>> all = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            all.add(sleeper());
        }
        turns(1);
        all.add(
                Jevent.spawn(
                        () -> {
                            log.add("never");
                        }));
        Jevent.killAll(all);

        assertEquals(List.of("cleaned up", "cleaned up", "cleaned up"), log);
        assertTrue(all.stream().allMatch(Greenlet::isCancelled));
        Jevent.killAll(List.of());
    }

    @Test
    void killAllOfGreenletsOfTwoHubs() {
        try (var other = new OtherHub()) {
            var here = sleeper();
            var there = other.spawn(() -> Jevent.sleep(60_000));
            Jevent.killAll(List.of(here, there));

            assertTrue(here.isCancelled() && there.isCancelled());
        }
    }

    @Test
    void killAllWithATimeThrowsATimeoutIfSomeRefuse() {
        jumpInTime();
        var g =
                Jevent.spawn(
                        () -> {
                            thrownBy(() -> Jevent.sleep(60_000));
                            Jevent.sleep(3_000);
                        });
        var quick = sleeper();
        turns(1);

        Timeout t = assertThrows(Timeout.class, () -> Jevent.killAll(List.of(g, quick), SECOND));
        assertTrue(t.getStackTrace().length > 0);
        assertTrue(quick.ready());
        g.join();
        Jevent.killAll(List.of(g, g), SECOND);
    }

    @Test
    void sameGreenletTwiceInKillAllCountsOnce() {
        jumpInTime();
        var g = sleeper();
        turns(1);
        Jevent.killAll(List.of(g, g), SECOND);

        assertEquals(0, clock.millis());
        assertTrue(g.isCancelled());
    }

    @Test
    void adoptedThreadThatHasEndedIsDeadAndNotPursued() throws Exception {
        var adopted =
                Jevent.spawn(
                                () -> {
                                    var seen = new RawGreenlet[1];
                                    Thread t =
                                            Thread.startVirtualThread(
                                                    () -> {
                                                        seen[0] = Jevent.getCurrent();
                                                        Jevent.sleep(0);
                                                    });
                                    t.join();
                                    return seen[0];
                                })
                        .get();
        adopted.killLater();
        turns(3);

        assertTrue(adopted.dead());
        assertFalse(adopted.started());
        assertEquals(List.of(), hub.undelivered);
    }

    @Test
    void adoptedThreadIsKilled() throws Exception {
        var error =
                Jevent.spawn(
                                () -> {
                                    var seen = new Throwable[1];
                                    var who = new RawGreenlet[1];
                                    Thread t =
                                            Thread.startVirtualThread(
                                                    () -> {
                                                        who[0] = Jevent.getCurrent();
                                                        seen[0] =
                                                                thrownBy(
                                                                        () -> Jevent.sleep(60_000));
                                                    });
                                    Jevent.sleep(1);
                                    who[0].killLater();
                                    t.join();
                                    return seen[0];
                                })
                        .get();

        assertInstanceOf(GreenletExit.class, error);
    }

    @Test
    void raceOfManyKillersFromManyThreadsEndsInOneEnd() throws Exception {
        try (var other = new OtherHub();
                var third = new OtherHub()) {
            for (int i = 0; i < Dose.of(60, 300); i++) {
                var g = other.spawn(() -> Jevent.sleep(60_000));
                var a = third.spawn(() -> g.kill());
                var b = Jevent.spawn(() -> g.kill());
                Thread plain = Thread.ofPlatform().start(() -> g.kill());
                g.kill();
                a.get();
                b.get();
                plain.join();
                assertTrue(g.isCancelled());
            }
        }
    }
}
