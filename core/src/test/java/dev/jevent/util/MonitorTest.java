package dev.jevent.util;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.HubScenario;
import dev.jevent.Jevent;
import dev.jevent.OtherHub;
import dev.jevent.programs.Crowd;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** The thread that watches over hubs. A hub is held until the listener lets it go: no sleeps. */
class MonitorTest extends HubScenario {

    private final List<Monitor.Subscription> subscriptions = new ArrayList<>();
    private final BlockingQueue<EventLoopBlocked> seen = new LinkedBlockingQueue<>();

    @BeforeEach
    void itRuns() {
        Monitor.maxBlockingTime(Duration.ofMillis(20));
        Monitor.printReports(false);
        Monitor.start();
    }

    @AfterEach
    void itIsStopped() {
        Monitor.stop();
        subscriptions.forEach(Monitor.Subscription::close);
        Monitor.maxBlockingTime(Duration.ofMillis(100));
        Monitor.printReports(true);
    }

    /** Other hubs of this JVM are none of our business. */
    private void onBlocked(CountDownLatch end) {
        subscriptions.add(
                Monitor.onBlocked(
                        b -> {
                            if (b.hub() == hub) {
                                seen.add(b);
                                end.countDown();
                            }
                        }));
    }

    @Test
    void greenletThatHoldsItsHubIsTold() {
        var end = new CountDownLatch(1);
        onBlocked(end);
        var holder = Crowd.holder(hub, new CountDownLatch(1), end);
        holder.join();

        assertEquals(1, seen.size(), "told once");
        EventLoopBlocked b = seen.remove();
        assertSame(holder, b.greenlet());
        assertSame(hub, b.hub());
        assertTrue(b.blockingTime().compareTo(Duration.ofMillis(20)) >= 0);
        assertTrue(
                b.stack().stream()
                        .anyMatch(
                                f ->
                                        f.getClassName().equals(Crowd.class.getName())
                                                && f.getMethodName().equals("hold")));
    }

    @Test
    void endOfItIsToldWithTheWholeTime() throws Exception {
        var end = new CountDownLatch(1);
        onBlocked(end);
        BlockingQueue<EventLoopBlocked> ends = new LinkedBlockingQueue<>();
        subscriptions.add(
                Monitor.onUnblocked(
                        b -> {
                            if (b.hub() == hub) {
                                ends.add(b);
                            }
                        }));
        var holder = Crowd.holder(hub, new CountDownLatch(1), end);
        holder.join();
        EventLoopBlocked over = ends.take();

        assertSame(holder, over.greenlet());
        assertTrue(over.blockingTime().compareTo(seen.remove().blockingTime()) >= 0);
        assertTrue(seen.isEmpty());
    }

    @Test
    void rootThatKeepsOthersFromRunningIsTold() {
        var end = new CountDownLatch(1);
        onBlocked(end);
        Jevent.spawn(() -> {}); // ready, and nobody lets it run
        Crowd.hold(end);
        turns(1);

        assertSame(hub.rootGreenlet(), seen.remove().greenlet());
    }

    /**
     * Ours sleeps from before another one is held until that is told, for the third time. If a busy
     * machine stops our thread before it sleeps, then that is told rightly, and its end too.
     */
    @Test
    void hubThatSleepsIsNotHeld() throws Exception {
        var begun = new AtomicBoolean();
        var told = Stream.generate(() -> new CountDownLatch(1)).limit(3).toList();
        var seenAsleep = new CompletableFuture<List<EventLoopBlocked>>();
        try (var other = new OtherHub()) {
            onBlocked(new CountDownLatch(0));
            subscriptions.add(Monitor.onUnblocked(b -> seen.removeIf(of -> of.hub() == b.hub())));
            subscriptions.add(
                    Monitor.onBlocked(
                            b -> {
                                if (b.hub() == other.hub) {
                                    told.stream()
                                            .filter(t -> t.getCount() > 0)
                                            .findFirst()
                                            .ifPresent(CountDownLatch::countDown);
                                }
                            }));
            other.spawn(
                    () -> {
                        while (!begun.get() || !isAsleep(hub)) {
                            Jevent.sleep(1);
                        }
                        for (CountDownLatch end : told) {
                            Crowd.hold(end);
                            Jevent.sleep(1); // it turns, and can be told again
                        }
                        seenAsleep.complete(List.copyOf(seen));
                    });
            var sleeper =
                    Jevent.spawn(
                            () -> {
                                begun.set(true);
                                return seenAsleep.get();
                            });
            assertEquals(List.of(), sleeper.get());
        }
    }

    @Test
    void listenerThatThrowsDoesNotEndIt() {
        var end = new CountDownLatch(1);
        subscriptions.add(
                Monitor.onBlocked(
                        b -> {
                            throw new IllegalStateException("a listener that throws");
                        }));
        onBlocked(end);
        String printed = printedBy(() -> Crowd.holder(hub, new CountDownLatch(1), end).join());

        assertEquals(1, seen.size());
        assertTrue(printed.contains("a listener that throws"), printed);
    }

    private static String printedBy(Runnable action) {
        PrintStream before = System.err;
        var bytes = new ByteArrayOutputStream();
        System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            action.run();
        } finally {
            System.setErr(before);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void reportIsPrinted() {
        Monitor.printReports(true);
        var end = new CountDownLatch(1);
        onBlocked(end);
        String printed = printedBy(() -> Crowd.holder(hub, new CountDownLatch(1), end).join());

        assertTrue(printed.contains("jevent: " + hub + " is blocked for "), printed);
        assertTrue(printed.contains(" by holder (spawned at "), printed);
        assertTrue(printed.contains("    at dev.jevent.programs.Crowd."), printed);
        assertFalse(printed.contains("VirtualThread"), printed);
    }

    /** The one that is ignored goes on until another hub, held for as long, has been told. */
    @Test
    void ignoredGreenletIsNotTold() {
        var end = new CountDownLatch(1);
        onBlocked(new CountDownLatch(0));
        try (var other = new OtherHub()) {
            subscriptions.add(
                    Monitor.onBlocked(
                            b -> {
                                if (b.hub() == other.hub) {
                                    end.countDown();
                                }
                            }));
            var holder =
                    Jevent.spawn(
                            () -> {
                                Monitor.ignoreCurrentGreenletBlocking();
                                Crowd.holder(other.hub, new CountDownLatch(1), end);
                                Crowd.hold(end);
                            });
            holder.join();
        }
        assertTrue(seen.isEmpty());
    }

    @Test
    void greenletThatGaveWayIsNotIgnoredAnyMore() {
        var end = new CountDownLatch(1);
        onBlocked(end);
        Jevent.spawn(
                        () -> {
                            Monitor.ignoreCurrentGreenletBlocking();
                            Jevent.sleep(0);
                            Crowd.hold(end);
                        })
                .join();
        assertEquals(1, seen.size());
    }

    @Test
    void ignoringCanBeTakenBack() {
        var end = new CountDownLatch(1);
        onBlocked(end);
        Jevent.spawn(
                        () -> {
                            Monitor.ignoreCurrentGreenletBlocking();
                            Monitor.monitorCurrentGreenletBlocking();
                            Crowd.hold(end);
                        })
                .join();
        assertEquals(1, seen.size());
    }

    @Test
    void functionIsCalledAgainAndAgainThoughItThrows() throws Exception {
        var calls = new CountDownLatch(3);
        Runnable function =
                () -> {
                    calls.countDown();
                    throw new IllegalStateException("a function that throws");
                };
        String printed =
                printedBy(
                        () -> {
                            Monitor.addMonitoringFunction(function, Duration.ofNanos(1));
                            var g = Jevent.spawn(() -> calls.await());
                            g.join();
                        });
        assertTrue(Monitor.removeMonitoringFunction(function));
        assertFalse(Monitor.removeMonitoringFunction(function));
        assertTrue(printed.contains("a function that throws"), printed);
    }

    @Test
    void stoppedMonitorCallsNobodyUntilItIsStartedAgain() throws Exception {
        Monitor.stop();
        assertFalse(Monitor.isRunning());
        var calls = new AtomicInteger();
        var called = new CountDownLatch(1);
        Runnable function =
                () -> {
                    assertTrue(Monitor.isRunning());
                    calls.incrementAndGet();
                    called.countDown();
                };
        Monitor.addMonitoringFunction(function, Duration.ofMillis(5));
        assertEquals(0, calls.get());
        Monitor.start();
        called.await();
        Monitor.removeMonitoringFunction(function);
    }

    @Test
    void memoryThatGrowsIsToldAndItsEndToo() {
        var usage = new AtomicLong(50);
        var watch = new MemoryWatch(usage::get);
        List<Object> told = new ArrayList<>();
        watch.exceeded.add(told::add);
        watch.under.add(told::add);
        watch.maxAllowed(100);
        for (long now : new long[] {50, 120, 110, 130, 90, 80}) {
            usage.set(now);
            watch.run();
        }
        assertEquals(
                List.of(
                        new MemoryUsageThresholdExceeded(120, 100),
                        new MemoryUsageThresholdExceeded(130, 100),
                        new MemoryUsageUnderThreshold(90, 100, 130)),
                told);
    }

    @Test
    void badArgumentsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> Monitor.maxBlockingTime(Duration.ZERO));
        assertThrows(
                IllegalArgumentException.class,
                () -> Monitor.addMonitoringFunction(() -> {}, Duration.ofNanos(-1)));
        assertThrows(
                NullPointerException.class,
                () -> Monitor.addMonitoringFunction(null, Duration.ofMillis(1)));
        assertThrows(NullPointerException.class, () -> Monitor.onBlocked(null));
        assertThrows(IllegalArgumentException.class, () -> Monitor.maxMemoryUsage(-1));
        assertThrows(
                IllegalArgumentException.class, () -> Monitor.memoryMonitorPeriod(Duration.ZERO));
        assertEquals(Duration.ofMillis(20), Monitor.maxBlockingTime());
    }
}
