package dev.jevent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;

/** Timeouts; what each blocking call does with one is in {@link DisturbanceTest}. */
class TimeoutTest extends HubScenario {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void nestedTimeoutsAreToldApartByIdentity() throws Exception {
        jumpInTime();
        var g =
                Jevent.spawn(
                        () -> {
                            try (var outer = Timeout.start(SECOND)) {
                                try (var inner = Timeout.start(Duration.ofSeconds(2))) {
                                    assertTrue(inner.pending());
                                    Jevent.sleep(60_000);
                                    return "no timeout";
                                } catch (Timeout t) {
                                    return t == outer ? "outer" : "inner";
                                }
                            }
                        });
        assertEquals("outer", g.get());
        assertEquals(1_000, clock.millis());
    }

    @Test
    void outerTimeoutStillComesAfterTheInnerOneWasSwallowed() throws Exception {
        jumpInTime();
        var g =
                Jevent.spawn(
                        () -> {
                            var outer = Timeout.start(SECOND);
                            var inner = Timeout.start(Duration.ofMillis(500));
                            assertSame(inner, thrownBy(() -> Jevent.sleep(60_000)));
                            assertSame(outer, thrownBy(() -> Jevent.sleep(60_000)));
                            return clock.millis();
                        });
        assertEquals(1_000, g.get());
    }

    @Test
    void bothOverAtOnceAreBothThrown() throws Exception {
        jumpInTime();
        var g =
                Jevent.spawn(
                        () -> {
                            var a = Timeout.start(SECOND);
                            var b = Timeout.start(SECOND);
                            assertSame(a, thrownBy(() -> Jevent.sleep(60_000)));
                            assertSame(b, thrownBy(() -> Jevent.sleep(60_000)));
                            return a.pending() || b.pending();
                        });
        assertEquals(false, g.get());
    }

    @Test
    void zeroIsOverAtTheNextWaitAndNullNever() throws Exception {
        jumpInTime();
        var g =
                Jevent.spawn(
                        () -> {
                            var zero = Timeout.start(Duration.ZERO);
                            assertSame(zero, thrownBy(() -> Jevent.sleep(1)));
                            var never = Timeout.start(null);
                            assertFalse(never.pending());
                            Jevent.sleep(Duration.ofDays(10_000));
                            never.cancel();
                            assertEquals("never", never.getMessage());
                            return Jevent.<String>withTimeout(null, () -> "unlimited");
                        });
        assertEquals("unlimited", g.get());
        assertThrows(IllegalArgumentException.class, () -> Timeout.start(Duration.ofNanos(-1)));
    }

    @Test
    void runningTimeoutIsNotStartedTwiceAndCanBeStartedAgainLater() throws Exception {
        jumpInTime();
        var g =
                Jevent.spawn(
                        () -> {
                            var t = Timeout.start(SECOND);
                            assertTrue(t.pending());
                            assertThrows(IllegalStateException.class, t::start);
                            t.cancel();
                            t.cancel();
                            assertFalse(t.pending());
                            Jevent.sleep(5_000);
                            t.start();
                            assertSame(t, thrownBy(() -> Jevent.sleep(60_000)));
                            t.start();
                            assertSame(t, thrownBy(() -> Jevent.sleep(60_000)));
                            return clock.millis();
                        });
        assertEquals(7_000, g.get());
    }

    @Test
    void cancelledAfterItWasOverButBeforeItWasThrownIsNeverThrown() throws Exception {
        jumpInTime();
        var waiter = new Waiter<String>();
        var g =
                Jevent.spawn(
                        () -> {
                            var t = Timeout.start(SECOND);
                            String value = waiter.get();
                            assertFalse(t.pending(), "it is over");
                            t.cancel();
                            Jevent.sleep(1_000);
                            Jevent.sleep(0);
                            return value;
                        });
        // due at the same moment, and first
        turns(2);
        var first = hub.loop().timer(SECOND);
        hub.loop().timer(Duration.ofMillis(999)).start(() -> clock.pass(2_000_000));
        first.start(() -> waiter.switchTo("just in time"));
        Throwable e = thrownBy(g::get);

        assertTrue(e == null || e.getCause() instanceof Timeout, "" + e);
    }

    @Test
    void valueAndTimeoutInOneTurnOfAJdkQueue() throws Exception {
        // the put comes first: the item is there, and the timeout is not thrown after its scope
        var queue = new LinkedBlockingQueue<String>();
        for (int i = 0; i < 200; i++) {
            var taker =
                    Jevent.spawn(
                            () -> {
                                String item =
                                        Jevent.withTimeout(
                                                Duration.ofNanos(50_000), "late", queue::take);
                                assertFalse(Thread.currentThread().isInterrupted());
                                Jevent.sleep(0);
                                return item;
                            });
            var putter =
                    Jevent.spawn(
                            () -> {
                                long end = System.nanoTime() + 50_000;
                                Jevent.sleep(0);
                                while (System.nanoTime() - end < 0) {
                                    Thread.onSpinWait();
                                }
                                queue.put("item");
                            });
            putter.get();
            if (taker.get().equals("late")) {
                assertEquals("item", queue.poll(), "nothing is lost");
            }
            assertNull(queue.poll());
        }
    }

    @Test
    void catchOfExceptionDoesNotSwallowIt() throws Exception {
        jumpInTime();
        var g =
                Jevent.spawn(
                        () ->
                                Jevent.withTimeout(
                                        SECOND,
                                        "thrown",
                                        () -> {
                                            try {
                                                Jevent.sleep(60_000);
                                            } catch (Exception e) {
                                                return "swallowed";
                                            }
                                            return "not over";
                                        }));
        assertEquals("thrown", g.get());
    }

    @Test
    void withTimeoutAnswersItsValueForItsOwnTimeoutOnly() throws Exception {
        jumpInTime();
        var g =
                Jevent.spawn(
                        () -> {
                            var outer = new Timeout(Duration.ofMillis(500));
                            return thrownBy(
                                            () ->
                                                    outer.call(
                                                            () ->
                                                                    Jevent.withTimeout(
                                                                            SECOND,
                                                                            "mine",
                                                                            () -> {
                                                                                Jevent.sleep(
                                                                                        60_000);
                                                                                return "";
                                                                            })))
                                    == outer;
                        });
        assertEquals(true, g.get());
    }

    @Test
    void taskThatIsDoneInTimeLeavesNothingBehind() throws Exception {
        jumpInTime();
        assertEquals("v", Jevent.withTimeout(SECOND, () -> "v"));
        hub.join();
        assertEquals(0, clock.millis());
        assertEquals(0, hub.core.refs());
    }

    @Test
    void rootIsTimedOutToo() {
        jumpInTime();
        for (Action wait :
                List.<Action>of(
                        () -> Jevent.sleep(60_000),
                        () -> new Waiter<>().get(),
                        () -> new dev.jevent.lock.Semaphore(0).acquire(),
                        () -> hub.join(Duration.ofHours(1)))) {
            var keeper = Jevent.spawn(() -> new Waiter<>().get());
            var t = new Timeout(SECOND);
            assertSame(
                    t,
                    thrownBy(
                            () ->
                                    t.call(
                                            () -> {
                                                wait.run();
                                                return null;
                                            })));
            assertTrue(t.getStackTrace().length > 0);
            keeper.kill();
        }
    }

    @Test
    void threadsWithoutAHubAreTimedOutInCallsOfJevent() throws Exception {
        for (var builder : List.of(Thread.ofVirtual(), Thread.ofPlatform())) {
            var error = new AtomicReference<Throwable>();
            var mine = new AtomicReference<Timeout>();
            Thread t =
                    builder.start(
                            () -> {
                                mine.set(new Timeout(Duration.ofMillis(5)));
                                error.set(
                                        thrownBy(
                                                () -> mine.get().call(() -> new Waiter<>().get())));
                                if (Hub.ofThread() != null) {
                                    Hub.get().destroy();
                                }
                            });
            t.join();
            assertSame(mine.get(), error.get());
            assertTrue(error.get().getStackTrace().length > 0);
        }
    }

    @Test
    void cancelOnAVirtualThreadOfTheJdkIsFinal() throws Exception {
        var error = new AtomicReference<Throwable>();
        Thread t =
                Thread.startVirtualThread(
                        () ->
                                error.set(
                                        thrownBy(
                                                () -> {
                                                    for (int i = 0; i < 3_000; i++) {
                                                        var timeout =
                                                                Timeout.start(
                                                                        Duration.ofNanos(i * 20L));
                                                        timeout.cancel();
                                                        assertFalse(new Waiter<>().await(i % 50));
                                                    }
                                                })));
        t.join();
        assertNull(error.get());
    }
}
