package dev.jevent.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.BlockingSwitchOutError;
import dev.jevent.Dose;
import dev.jevent.Hub;
import dev.jevent.Jevent;
import dev.jevent.Waiter;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/** Callbacks, async, prepare, check and idle; and how all of them share one loop. */
class LoopTest {

    private final Hub hub = Hub.get();
    private final Loop loop = hub.loop();
    private final List<Object> events = new ArrayList<>();

    @AfterEach
    void destroy() {
        hub.destroy();
    }

    // ---- callbacks

    @Test
    void callbacksRunOnTheHubsThreadInTheirOrder() {
        Thread me = Thread.currentThread();
        for (int i = 0; i < 3; i++) {
            int number = i;
            loop.runCallback(
                    () -> {
                        assertSame(me, Thread.currentThread());
                        events.add(number);
                    });
        }

        assertEquals(3, loop.pendingCount());
        assertTrue(hub.join(Duration.ofSeconds(10)));

        assertEquals(List.of(0, 1, 2), events);
        assertEquals(0, loop.pendingCount());
    }

    @Test
    void aCallbackIsPendingUntilItIsCalledOrStopped() {
        Callback called = loop.runCallback(() -> events.add("called"));
        Callback stopped = loop.runCallback(() -> events.add("stopped"));
        assertTrue(called.pending());
        assertTrue(stopped.pending());
        stopped.stop();
        assertFalse(stopped.pending());

        Jevent.sleep(0);

        assertFalse(called.pending());
        assertEquals(List.of("called"), events);
    }

    @Test
    void aGreenletThatGivesWayStandsBehindTheCallbacksBeforeIt() {
        var greenlet =
                Jevent.spawn(
                        () -> {
                            loop.runCallback(() -> events.add("callback"));
                            Jevent.sleep(0);
                            events.add("greenlet");
                        });

        greenlet.join();

        assertEquals(List.of("callback", "greenlet"), events);
    }

    @Test
    void callbacksOfTimersStandBehindTheOthers() {
        Timer timer = loop.timer(Duration.ZERO);
        timer.start(
                () -> {
                    loop.runCallback(() -> events.add("first"));
                    loop.runCallback(() -> events.add("second"));
                });

        hub.join();

        assertEquals(List.of("first", "second"), events);
    }

    @Test
    void otherThreadsWakeTheLoopWithACallback() throws Exception {
        var waiter = new Waiter<Thread>();
        Async keepsAlive = loop.async();
        keepsAlive.start(() -> {});
        Thread other =
                Thread.ofPlatform()
                        .start(
                                () ->
                                        loop.runCallbackThreadsafe(
                                                () -> waiter.switchTo(Thread.currentThread())));

        assertSame(Thread.currentThread(), waiter.get());
        other.join();
    }

    @Test
    void whatBelongsToTheHubsThreadIsRefusedToOthers() throws Exception {
        Timer timer = loop.timer(Duration.ofDays(1));
        List<Throwable> thrown = new ArrayList<>();
        Thread other =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    List<Runnable> attempts =
                                            List.of(
                                                    () -> loop.runCallback(() -> {}),
                                                    () -> timer.start(() -> {}),
                                                    timer::stop,
                                                    timer::again,
                                                    () -> timer.feed(() -> {}),
                                                    () -> timer.ref(false),
                                                    () -> loop.closingFd(0));
                                    for (Runnable attempt : attempts) {
                                        thrown.add(
                                                assertThrows(
                                                        IllegalStateException.class, attempt::run));
                                    }
                                });
        other.join();

        assertEquals(7, thrown.size());
        assertTrue(thrown.getFirst().getMessage().contains("runCallbackThreadsafe"));
    }

    @Test
    void whatACallbackThrowsGoesToTheErrorHandlerAndTheLoopGoesOn() {
        var error = new IllegalStateException("thrown");
        hub.errorHandler(
                (context, e) -> {
                    events.add(context);
                    events.add(e);
                });
        Timer timer = loop.timer(Duration.ofMillis(1));
        timer.start(
                () -> {
                    throw error;
                });
        Timer later = loop.timer(Duration.ofMillis(2));
        later.start(() -> events.add("later"));

        assertTrue(hub.join(Duration.ofSeconds(10)));

        assertTrue(events.contains("later"));
        events.remove("later");
        assertEquals(List.of(timer, error), events);
    }

    @Test
    void aCallbackMustNotWait() {
        hub.errorHandler((context, e) -> events.add(e));
        loop.runCallback(() -> Jevent.sleep(1));
        loop.runCallback(() -> new Waiter<Void>().get());
        loop.runCallback(() -> hub.join());

        hub.join();

        assertEquals(3, events.size());
        for (Object e : events) {
            assertInstanceOf(BlockingSwitchOutError.class, e);
        }
    }

    // ---- watchers in general

    @Test
    void aWatcherHoldsItsCallbackOnlyWhileItMayCallIt() {
        Timer timer = loop.timer(Duration.ofDays(1));
        Runnable callback = () -> events.add("called");
        assertNull(timer.callback());

        timer.start(callback);
        assertTrue(timer.active());
        assertSame(callback, timer.callback());

        timer.close();
        assertFalse(timer.active());
        assertNull(timer.callback());
        timer.stop(); // does nothing
    }

    @Test
    void aSecondStartOnlyChangesTheCallback() {
        Timer timer = loop.timer(Duration.ofMillis(1));
        timer.start(() -> events.add("first"));
        timer.start(() -> events.add("second"));
        assertEquals(1, loop.activeCount());

        hub.join();

        assertEquals(List.of("second"), events);
        assertEquals(0, loop.activeCount());
    }

    @Test
    void aFedWatcherCallsBackOnceInTheNextTurnStartedOrNot() {
        Timer timer = loop.timer(Duration.ofDays(1));
        timer.feed(() -> events.add("fed"));
        assertTrue(timer.pending());
        assertEquals(List.of(), events);

        hub.join();

        assertFalse(timer.pending());
        assertFalse(timer.active());
        assertEquals(List.of("fed"), events);
    }

    @Test
    void whatIsFedAndStoppedDoesNotCallBack() {
        Timer timer = loop.timer(Duration.ofDays(1));
        timer.feed(() -> events.add("fed"));
        timer.stop();

        hub.join();

        assertEquals(List.of(), events);
    }

    @Test
    void refDecidesWhetherTheLoopStaysAliveAlsoWhileStarted() {
        Timer timer = loop.timer(Duration.ofDays(1));
        timer.start(() -> {});
        assertEquals(1, loop.activeCount());
        timer.ref(false);
        assertEquals(0, loop.activeCount());
        assertTrue(hub.join(Duration.ofSeconds(10)));

        timer.ref(true);
        assertFalse(hub.join(Duration.ofMillis(5)));
        timer.stop();
        assertTrue(hub.join(Duration.ofSeconds(10)));
    }

    // ---- async

    @Test
    void anyThreadSendsAndTheHubsThreadIsCalled() throws Exception {
        var waiter = new Waiter<Thread>();
        Async async = loop.async();
        async.start(() -> waiter.switchTo(Thread.currentThread()));
        Thread other = Thread.ofPlatform().start(async::send);

        assertSame(Thread.currentThread(), waiter.get());
        other.join();
    }

    @Test
    void whatIsSentBeforeTheCallIsOneCall() {
        Async async = loop.async();
        async.start(() -> events.add("called"));
        async.send();
        async.send();
        assertTrue(async.pending());

        Jevent.sleep(0);
        Jevent.sleep(0);

        assertEquals(List.of("called"), events);
        assertFalse(async.pending());
        async.send();
        Jevent.sleep(0);
        Jevent.sleep(0);
        assertEquals(List.of("called", "called"), events);
    }

    @Test
    void whatIsSentBeforeTheStartOrTheStopIsForNobody() {
        Async async = loop.async();
        async.send();
        async.start(() -> events.add("first"));
        Jevent.sleep(0);
        Jevent.sleep(0);
        async.send();
        async.stop();
        async.start(() -> events.add("second"));
        Jevent.sleep(0);
        Jevent.sleep(0);

        assertEquals(List.of(), events);
        async.send();
        Jevent.sleep(0);
        Jevent.sleep(0);
        assertEquals(List.of("second"), events);
    }

    // ---- prepare, check, idle

    @Test
    void aWatcherThatIsStoppedByAnotherOfItsPhaseDoesNotCallBack() {
        Watcher first = loop.check();
        Watcher second = loop.check();
        first.start(
                () -> {
                    events.add("first");
                    first.stop();
                    second.stop();
                });
        second.start(() -> events.add("second"));
        Timer timer = loop.timer(Duration.ofMillis(1));
        timer.start(() -> {});

        hub.join();

        assertEquals(List.of("first"), events);
    }

    @Test
    void idleIsCalledWhenNobodyElseIsReady() {
        Watcher idle = loop.idle();
        idle.start(
                () -> {
                    events.add("idle");
                    idle.stop();
                });
        Jevent.spawn(
                () -> {
                    for (int i = 0; i < 5; i++) {
                        events.add(i);
                        Jevent.sleep(0);
                    }
                });

        hub.join();

        assertEquals(List.of(0, 1, 2, 3, 4, "idle"), events);
    }

    @Test
    void anIdleWatcherWithoutRefDoesNotKeepTheLoopAlive() {
        Watcher idle = loop.idle();
        idle.ref(false);
        idle.start(() -> {});

        assertTrue(hub.join(Duration.ofSeconds(10)));
    }

    @Test
    void jeventIdleWaitsUntilTheLoopHasNothingToDo() {
        Jevent.spawn(
                () -> {
                    for (int i = 0; i < 5; i++) {
                        Jevent.sleep(0);
                    }
                    events.add("done");
                });

        Jevent.idle();

        assertEquals(List.of("done"), events);
    }

    // ---- fairness

    @Test
    void greenletsThatSpinAndFloodsOfCallbacksStarveNeitherTimersNorThreads() throws Exception {
        var done = new boolean[1];
        for (int i = 0; i < 100; i++) {
            Jevent.spawn(
                    () -> {
                        while (!done[0]) {
                            Jevent.sleep(0);
                        }
                    });
            loop.runCallback(
                    new Runnable() {
                        @Override
                        public void run() {
                            if (!done[0]) {
                                loop.runCallback(this);
                            }
                        }
                    });
        }
        Timer timer = loop.timer(Duration.ofMillis(2));
        timer.start(() -> events.add("timer"));
        Async async = loop.async();
        async.start(() -> events.add("async"));
        Thread other = Thread.ofPlatform().start(async::send);

        while (events.size() < 2) {
            Jevent.sleep(0);
        }

        done[0] = true;
        async.stop();
        other.join();
        hub.join();
    }

    // ---- the end

    @Test
    void aDestroyedHubSaysSoToWhoeverStartsSomething() {
        Timer started = loop.timer(Duration.ofDays(1));
        started.start(() -> {});
        Async async = loop.async();
        async.start(() -> {});
        Watcher prepare = loop.prepare();
        prepare.start(() -> {});

        hub.destroy();

        List<Runnable> attempts =
                List.of(
                        () -> loop.timer(Duration.ZERO).start(() -> {}),
                        () -> loop.runCallback(() -> {}),
                        () -> loop.runCallbackThreadsafe(() -> {}),
                        () -> loop.idle().start(() -> {}),
                        () -> loop.signal("USR1").start(() -> {}),
                        () -> loop.async().start(() -> {}),
                        started::again);
        for (Runnable attempt : attempts) {
            var e = assertThrows(IllegalStateException.class, attempt::run);
            assertTrue(e.getMessage().contains("destroyed"), e.getMessage());
        }
        async.send(); // nobody hears it
        started.stop();
        async.close();
        prepare.close();
        assertFalse(started.active());
    }

    @Test
    void threadsThatSendWhileTheHubIsDestroyedComeToNoHarm() throws Exception {
        hub.destroy();
        var failure = new AtomicReference<Throwable>();
        for (int i = 0; i < Dose.of(5, 20); i++) {
            Hub victim = Hub.get();
            Async async = victim.loop().async();
            async.start(() -> {});
            var begun = new CountDownLatch(3);
            List<Thread> senders = new ArrayList<>();
            for (int t = 0; t < 3; t++) {
                senders.add(
                        Thread.ofPlatform()
                                .start(() -> sendUntilDestroyed(victim, async, begun, failure)));
            }
            begun.await();
            Jevent.sleep(1);
            victim.destroy();
            for (Thread sender : senders) {
                sender.join();
            }
            assertNull(failure.get());
        }
    }

    private static void sendUntilDestroyed(
            Hub victim, Async async, CountDownLatch begun, AtomicReference<Throwable> failure) {
        try {
            for (int i = 0; ; i++) {
                async.send();
                try {
                    victim.loop().runCallbackThreadsafe(() -> {});
                } catch (IllegalStateException e) {
                    return; // it was destroyed, and says so
                }
                if (i == 10) {
                    begun.countDown();
                }
                if (i % 20 == 0) {
                    LockSupport.parkNanos(20_000); // lest the loop has more to do than it can
                }
            }
        } catch (Throwable e) {
            failure.set(e);
        }
    }
}
