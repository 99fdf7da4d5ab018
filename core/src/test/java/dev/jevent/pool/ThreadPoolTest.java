package dev.jevent.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Dose;
import dev.jevent.Greenlet;
import dev.jevent.HubScenario;
import dev.jevent.Interrupted;
import dev.jevent.Jevent;
import dev.jevent.OtherHub;
import dev.jevent.Timeout;
import dev.jevent.Waitable;
import dev.jevent.event.AsyncResult;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Platform threads of one's own. */
class ThreadPoolTest extends HubScenario {

    private final ThreadPool pool = new ThreadPool(1);
    private final CountDownLatch end = new CountDownLatch(1);

    @AfterEach
    void endThePool() {
        pool.shutdownNow();
    }

    /** The pool's only worker is busy until {@link #end}. */
    private AsyncResult<Boolean> occupy() {
        var began = new CountDownLatch(1);
        AsyncResult<Boolean> result =
                pool.spawn(
                        () -> {
                            began.countDown();
                            end.await();
                            return true;
                        });
        while (began.getCount() > 0) {
            Jevent.sleep(1);
        }
        return result;
    }

    @Test
    void badInputIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new ThreadPool(0));
        assertThrows(IllegalArgumentException.class, () -> new ThreadPool(1, Duration.ofNanos(-1)));
        assertThrows(IllegalArgumentException.class, () -> pool.maxSize(0));
        assertThrows(IllegalArgumentException.class, () -> pool.join(Duration.ofNanos(-1)));
        assertThrows(IllegalArgumentException.class, () -> pool.kill(Duration.ofNanos(-1)));
        assertThrows(NullPointerException.class, () -> pool.execute(null));
        assertEquals(0, pool.unfinished());
    }

    @Test
    void resultsComeFromThreads() throws Exception {
        Thread t = pool.spawn(() -> Thread.currentThread()).get();
        assertTrue(t.isDaemon() && !t.isVirtual());
        assertEquals(1, pool.size());
        List<Waitable> both = List.of(pool.spawn(() -> 1), Jevent.spawn(() -> 2));
        assertEquals(2, Jevent.wait(both).size());
        pool.join();
        assertEquals(0, pool.unfinished());
    }

    @Test
    void spawnWaitsWhenAllRunAndOneIsQueued() throws Exception {
        occupy();
        var queued = pool.spawn(() -> log.add("queued"));
        assertTrue(pool.isFull());
        var waiting = Jevent.spawn(() -> pool.spawn(() -> log.add("waited")));
        turns(2);
        assertFalse(waiting.ready());
        end.countDown();
        waiting.get().await();
        assertTrue(queued.ready());
        assertEquals(List.of("queued", "waited"), log);
    }

    @Test
    void whoIsDisturbedWhileWaitingTakesNoPlace() throws Exception {
        occupy();
        pool.spawn(() -> log.add("queued"));
        var killed = Jevent.spawn(() -> pool.spawn(() -> log.add("never")));
        var interrupted = Jevent.spawn(() -> pool.spawn(() -> log.add("never")));
        turns(1);
        killed.kill();
        interrupted.thread().interrupt();
        interrupted.join();
        assertInstanceOf(Interrupted.class, interrupted.exception());
        var timeout = new Timeout(Duration.ofMillis(5));
        assertSame(timeout, thrownBy(() -> timeout.run(() -> pool.spawn(() -> log.add("never")))));
        end.countDown();
        pool.join();
        assertEquals(List.of("queued"), log);
        for (int i = 0; i < 10; i++) {
            pool.spawn(() -> {});
        }
        pool.join();
        assertFalse(pool.isFull());
    }

    @Test
    void errorIsStoredAndReportedOnce() {
        var error = new IOException("no");
        AsyncResult<Void> result =
                pool.spawn(
                        () -> {
                            throw error;
                        });
        result.await();
        assertSame(error, result.exception());
        while (reports.isEmpty()) {
            Jevent.sleep(1);
        }
        assertSame(error, reports.getFirst().error());
        assertSame(
                error,
                thrownBy(
                        () ->
                                pool.apply(
                                        () -> {
                                            throw error;
                                        })));
        turns(3);
        assertEquals(1, reports.size(), "apply throws it");
    }

    // ---- cancel

    @Test
    void cancelInterruptsWhatRuns() {
        var result = occupy();
        assertTrue(result.cancel(true));
        assertTrue(result.isCancelled());
        pool.join();
        turns(2);
        assertEquals(List.of(), reports);
    }

    @Test
    void cancelWithoutInterruptLetsItRun() throws Exception {
        var result = occupy();
        assertTrue(result.cancel(false));
        assertFalse(pool.join(Duration.ZERO));
        end.countDown();
        pool.join();
        assertTrue(result.isCancelled());
        assertEquals(false, pool.apply(() -> Thread.currentThread().isInterrupted()));
    }

    @Test
    void cancelledTaskInTheQueueNeverBegins() {
        occupy();
        var queued = pool.spawn(() -> log.add("never"));
        assertTrue(queued.cancel(false));
        assertEquals(1, pool.unfinished());
        assertFalse(pool.isFull());
        end.countDown();
        pool.join();
        assertEquals(List.of(), log);
    }

    @Test
    void disturbedApplyCancelsItsTask() {
        occupy();
        var caller =
                Jevent.spawn(
                        () ->
                                pool.apply(
                                        () -> {
                                            log.add("never");
                                            return null;
                                        }));
        turns(2);
        caller.kill();
        assertEquals(1, pool.unfinished());
        end.countDown();
        pool.join();
        assertEquals(List.of(), log);
    }

    // ---- workers

    @Test
    void workerMayUseItsOwnPool() throws Exception {
        assertEquals("inside", pool.apply(() -> pool.apply(() -> "inside")));
        assertEquals(List.of(1, 4, 9), pool.apply(() -> pool.map(List.of(1, 2, 3), x -> x * x)));
        var many = new AtomicInteger();
        pool.apply(
                () -> {
                    for (int i = 0; i < 20; i++) {
                        pool.spawn(() -> many.incrementAndGet()); // or it would wait for itself
                    }
                    return null;
                });
        pool.join();
        assertEquals(20, many.get());
    }

    @Test
    void workerCannotWaitForItsOwnEnd() throws Exception {
        List<dev.jevent.Action> calls =
                List.of(pool::join, pool::close, pool::kill, () -> pool.join(Duration.ofDays(1)));
        for (dev.jevent.Action call : calls) {
            assertInstanceOf(IllegalStateException.class, pool.apply(() -> thrownBy(call)));
        }
        assertFalse(pool.isShutdown());
    }

    @Test
    void taskMayUseJeventAndItsHubEndsWithTheThread() throws Exception {
        var short1 = new ThreadPool(1, Duration.ZERO);
        var left = new CompletableFuture<Greenlet<Void>>();
        int sum =
                short1.apply(
                        () -> {
                            var a = Jevent.spawn(() -> 1);
                            var b = Jevent.spawn(() -> 2);
                            left.complete(Jevent.spawn(() -> Jevent.sleep(Duration.ofHours(1))));
                            Jevent.sleep(1);
                            return a.get() + b.get();
                        });
        assertEquals(3, sum);
        left.join().join();
        assertTrue(left.join().isCancelled());
    }

    @Test
    void idleThreadsEnd() throws Exception {
        try (var brief = new ThreadPool(3, Duration.ofMillis(1))) {
            List<Thread> threads = brief.map(List.of(1, 2, 3), x -> Thread.currentThread());
            for (Thread t : threads) {
                t.join(20_000);
                assertFalse(t.isAlive());
            }
            assertEquals(0, brief.size());
            assertEquals("again", brief.apply(() -> "again"));
        }
    }

    @Test
    void sizeCanBeChanged() {
        occupy();
        pool.spawn(() -> log.add("queued"));
        var waiting = Jevent.spawn(() -> pool.spawn(() -> log.add("waited")));
        turns(2);
        pool.maxSize(2);
        assertEquals(2, pool.maxSize());
        waiting.join();
        waiting.value().await();
        assertEquals(2, log.size());
        pool.maxSize(1);
        end.countDown();
        pool.join();
        while (pool.size() > 1) {
            Jevent.sleep(1);
        }
        pool.spawn(() -> {});
        pool.join();
        assertFalse(pool.isFull());
    }

    @Test
    void shrinkingWhileFullIsMadeUpForLater() {
        var two = new ThreadPool(2);
        var go = new CountDownLatch(1);
        for (int i = 0; i < 3; i++) {
            two.spawn(() -> go.await());
        }
        assertTrue(two.isFull());
        two.maxSize(1);
        go.countDown();
        two.join();
        var hold = new CountDownLatch(1);
        two.spawn(() -> hold.await());
        assertFalse(two.isFull());
        two.spawn(() -> {});
        assertTrue(two.isFull(), "one runs, one is queued");
        hold.countDown();
        two.close();
    }

    // ---- the end

    @Test
    void killDropsAllAndThePoolIsUsable() throws Exception {
        var running = occupy();
        var queued = pool.spawn(() -> log.add("never"));
        var waiting = Jevent.spawn(() -> pool.spawn(() -> log.add("perhaps")));
        turns(1);
        pool.kill();
        assertTrue(running.isCancelled());
        assertTrue(queued.isCancelled());
        waiting.join();
        pool.join();
        log.clear();
        assertEquals("after", pool.apply(() -> "after"));
        assertEquals(List.of(), log);
    }

    @Test
    void killWaitsNotLongerThanTheTime() {
        var began = new CountDownLatch(1);
        pool.spawn(
                () -> {
                    began.countDown();
                    while (end.getCount() > 0) {
                        thrownBy(end::await); // stubborn
                    }
                });
        while (began.getCount() > 0) {
            Jevent.sleep(1);
        }
        assertFalse(pool.kill(Duration.ofMillis(5)));
        assertEquals(1, pool.unfinished());
        end.countDown();
        assertTrue(pool.kill(Duration.ofSeconds(20)));
    }

    /** The worker whose task is interrupted is free at once, and looks for the next. */
    @Test
    void killLetsNothingBeginInPlaceOfWhatItInterrupts() {
        var ran = new AtomicInteger();
        for (int i = 0; i < Dose.of(60, 300); i++) {
            occupy();
            pool.spawn(ran::incrementAndGet);
            pool.kill();
        }
        assertEquals(0, ran.get());
    }

    @Test
    void shutdownNowGivesBackWhatHasNotBegun() throws Exception {
        occupy();
        var ran = new AtomicInteger();
        Runnable mine = ran::incrementAndGet;
        var queued = pool.submit(mine);
        List<Runnable> never = pool.shutdownNow();
        assertEquals(List.of(mine), never);
        assertThrows(CancellationException.class, queued::get);
        assertTrue(pool.awaitTermination(20, TimeUnit.SECONDS));
        assertThrows(RejectedExecutionException.class, () -> pool.spawn(() -> 1));
        while (pool.size() > 0) {
            Jevent.sleep(1);
        }
    }

    // ---- threads

    @Test
    void anyThreadMaySpawn() throws Exception {
        var wide = new ThreadPool(2);
        var sum = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Runnable body =
                    () -> {
                        for (int k = 0; k < 100; k++) {
                            wide.spawn(() -> sum.incrementAndGet());
                        }
                    };
            threads.add(
                    i % 2 == 0
                            ? Thread.ofPlatform().start(body)
                            : Thread.ofPlatform()
                                    .start(() -> thrownBy(Thread.ofVirtual().start(body)::join)));
        }
        try (var other = new OtherHub()) {
            other.spawn(
                            () -> {
                                for (int k = 0; k < 100; k++) {
                                    wide.spawn(() -> sum.incrementAndGet());
                                }
                            })
                    .get();
        }
        for (Thread t : threads) {
            t.join();
        }
        wide.close();
        assertEquals(500, sum.get());
    }

    @Test
    void hubJoinWaitsForItsTasks() {
        var result = pool.spawn(() -> Thread.sleep(20));
        hub.join();
        assertTrue(result.successful());
    }

    @Test
    void greenletsRunWhileThreadsWork() {
        var result = occupy();
        var g = Jevent.spawn(() -> turns(10));
        g.join();
        assertFalse(result.ready());
        end.countDown();
        result.await();
    }
}
