package dev.jevent.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.ChildJvm;
import dev.jevent.Greenlet;
import dev.jevent.HubScenario;
import dev.jevent.Interrupted;
import dev.jevent.Jevent;
import dev.jevent.LoopExit;
import dev.jevent.OtherHub;
import dev.jevent.Timeout;
import dev.jevent.Waiter;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Jevent.blocking: what truly blocks holds up nobody else. */
class BlockingTest extends HubScenario {

    /** A task that holds its worker until told, and notes what happens to it. */
    private static final class Held implements java.util.concurrent.Callable<String> {
        final CountDownLatch began = new CountDownLatch(1);
        final CountDownLatch end = new CountDownLatch(1);
        final CompletableFuture<Throwable> thrown = new CompletableFuture<>();

        @Override
        public String call() throws Exception {
            began.countDown();
            try {
                end.await();
                return "value";
            } catch (Throwable e) {
                thrown.complete(e);
                throw e;
            }
        }
    }

    /** Waits for threads; the others of the hub go on meanwhile. */
    private static void until(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            Jevent.sleep(1);
        }
    }

    private static <T> T until(CompletableFuture<T> future) {
        while (!future.isDone()) {
            Jevent.sleep(1);
        }
        return future.join();
    }

    @Test
    void othersRunMeanwhile() throws Exception {
        var held = new Held();
        var g = Jevent.spawn(() -> Jevent.blocking(held));
        until(held.began);
        assertFalse(g.ready());
        held.end.countDown();
        assertEquals("value", g.get());
    }

    @Test
    void rootWaitsToo() throws Exception {
        var here = Thread.currentThread();
        Thread there = Jevent.blocking(() -> Thread.currentThread());
        assertNotSame(here, there);
        assertFalse(there.isVirtual());
        assertTrue(there.isDaemon());
        assertTrue(there.getName().startsWith("jevent-worker-"), there.getName());
        assertNull(Jevent.<Object>blocking(() -> null));
        Jevent.blocking(() -> log.add("action"));
        assertEquals(List.of("action"), log);
    }

    @Test
    void fileIsReadThroughIt(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("text");
        List<Greenlet<String>> all = new ArrayList<>();
        Jevent.blocking(() -> Files.writeString(file, "hello"));
        for (int i = 0; i < 30; i++) {
            all.add(Jevent.spawn(() -> Jevent.blocking(() -> Files.readString(file))));
        }
        for (var g : all) {
            assertEquals("hello", g.get());
        }
    }

    @Test
    void throwsTheVerySame() {
        var error = new IOException("no");
        var g =
                Jevent.spawn(
                        () ->
                                Jevent.blocking(
                                        () -> {
                                            throw error;
                                        }));
        g.join();
        assertSame(error, g.exception());
        assertThrows(
                NullPointerException.class,
                () -> Jevent.blocking((java.util.concurrent.Callable<String>) null));
    }

    @Test
    void plainThreadWithoutHubDoesItInPlace() throws Exception {
        var result = new CompletableFuture<Boolean>();
        Thread.ofPlatform()
                .start(
                        () ->
                                thrownBy(
                                        () ->
                                                result.complete(
                                                        Thread.currentThread()
                                                                == Jevent.<Thread>blocking(
                                                                        () ->
                                                                                Thread
                                                                                        .currentThread()))));
        assertTrue(result.get(20, TimeUnit.SECONDS));
        assertTrue(
                Jevent.blocking(
                        () -> {
                            var me = Thread.currentThread();
                            return Jevent.blocking(() -> Thread.currentThread() == me);
                        }),
                "also in a worker");
    }

    @Test
    void virtualThreadOfTheJdkHasWorkersToo() throws Exception {
        var result = new CompletableFuture<String>();
        Thread.ofPlatform()
                .daemon()
                .start(
                        () ->
                                Thread.ofVirtual()
                                        .start(
                                                () ->
                                                        thrownBy(
                                                                () ->
                                                                        result.complete(
                                                                                Jevent.blocking(
                                                                                        BlockingTest
                                                                                                ::threadName)))));
        assertTrue(result.get(20, TimeUnit.SECONDS).startsWith("jevent-worker-"));
    }

    private static String threadName() {
        return Thread.currentThread().getName();
    }

    @Test
    void greenletOfAnotherHubHasItsOwnWorkers() throws Exception {
        try (var other = new OtherHub()) {
            assertTrue(
                    other.spawn(() -> Jevent.blocking(BlockingTest::threadName))
                            .get()
                            .startsWith("jevent-worker-"));
        }
    }

    // ---- disturbed

    @Test
    void killInterruptsTheTaskAndItsEndIsNoError() {
        var held = new Held();
        var g = Jevent.spawn(() -> Jevent.blocking(held));
        until(held.began);
        g.kill();
        assertTrue(g.isCancelled());
        assertInstanceOf(InterruptedException.class, until(held.thrown));
        Jevent.sleep(5);
        assertEquals(List.of(), reports);
    }

    @Test
    void timeoutAndInterruptOfTheCallerEndTheTaskToo() {
        var first = new Held();
        var timeout = new Timeout(Duration.ofMillis(5));
        assertSame(timeout, thrownBy(() -> timeout.call(() -> Jevent.blocking(first))));
        var second = new Held();
        var g = Jevent.spawn(() -> Jevent.blocking(second));
        until(second.began);
        g.thread().interrupt();
        g.join();
        assertInstanceOf(Interrupted.class, g.exception());
        assertInstanceOf(InterruptedException.class, until(second.thrown));
        if (first.began.getCount() == 0) {
            assertInstanceOf(InterruptedException.class, until(first.thrown));
        }
        assertEquals(1, reports.size(), "the greenlet's own failure only");
    }

    @Test
    void lateErrorIsReported() {
        var began = new CountDownLatch(1);
        var error = new IOException("late");
        var g =
                Jevent.spawn(
                        () ->
                                Jevent.blocking(
                                        () -> {
                                            began.countDown();
                                            try {
                                                new CountDownLatch(1).await();
                                            } catch (InterruptedException e) {
                                                throw error;
                                            }
                                        }));
        until(began);
        g.kill();
        while (reports.isEmpty()) {
            Jevent.sleep(1);
        }
        assertSame(error, reports.getFirst().error());
    }

    @Test
    void lateValueIsDropped() {
        var began = new CountDownLatch(1);
        var ended = new CountDownLatch(1);
        var g =
                Jevent.spawn(
                        () ->
                                Jevent.blocking(
                                        () -> {
                                            began.countDown();
                                            thrownBy(new CountDownLatch(1)::await);
                                            ended.countDown();
                                            return "late";
                                        }));
        until(began);
        g.kill();
        assertTrue(g.isCancelled());
        until(ended);
        assertEquals(List.of(), reports);
    }

    @Test
    void queuedTaskOfAKilledCallerNeverBegins() throws Exception {
        var begun = new AtomicInteger();
        var end = new Semaphore(0);
        List<Greenlet<Void>> all = new ArrayList<>();
        int many = 200; // more than there are workers
        for (int i = 0; i < many; i++) {
            all.add(
                    Jevent.spawn(
                            () ->
                                    Jevent.blocking(
                                            () -> {
                                                begun.incrementAndGet();
                                                end.acquire();
                                            })));
        }
        int size = Math.max(10, Runtime.getRuntime().availableProcessors());
        while (begun.get() < size) {
            Jevent.sleep(1);
        }
        for (int i = size; i < many; i++) {
            all.get(i).kill();
        }
        end.release(many);
        for (int i = 0; i < size; i++) {
            all.get(i).get();
        }
        Jevent.blocking(() -> {});
        assertEquals(size, begun.get());
    }

    @Test
    void interruptNeverHitsTheNextTask() throws Exception {
        var hit = new AtomicInteger();
        for (int i = 0; i < 2000; i++) {
            var began = new CountDownLatch(1);
            var g = Jevent.spawn(() -> Jevent.blocking(() -> began.countDown()));
            Jevent.sleep(0);
            if (i % 2 == 0) {
                began.await();
            }
            g.kill(); // perhaps just when it ends
            Jevent.blocking(
                    () -> {
                        if (Thread.interrupted()) {
                            hit.incrementAndGet();
                        }
                    });
        }
        assertEquals(0, hit.get());
        assertEquals(List.of(), reports);
    }

    @Test
    void interruptStatusThatATaskLeavesIsGone() throws Exception {
        for (int i = 0; i < 20; i++) {
            Jevent.blocking(() -> Thread.currentThread().interrupt());
            assertFalse(Jevent.blocking(() -> Thread.currentThread().isInterrupted()));
        }
    }

    // ---- the loop

    @Test
    void hubJoinWaitsForWhatBlocks() throws Exception {
        var g = Jevent.spawn(() -> Jevent.blocking(() -> Thread.sleep(20)));
        hub.join();
        assertTrue(g.successful());
    }

    @Test
    void noThreadIsLeftAfterTheHubIsDestroyed() throws Exception {
        var workers = new CompletableFuture<List<Thread>>();
        try (var other = new OtherHub()) {
            other.spawn(
                            () -> {
                                Thread idle = Jevent.blocking(() -> Thread.currentThread());
                                var busy = new CompletableFuture<Thread>();
                                Jevent.spawn(
                                        () ->
                                                Jevent.blocking(
                                                        () -> {
                                                            busy.complete(Thread.currentThread());
                                                            new CountDownLatch(1).await();
                                                        }));
                                Thread second = until(busy);
                                workers.complete(List.of(idle, second));
                            })
                    .join();
        }
        for (Thread t : workers.join()) {
            t.join(20_000);
            assertFalse(t.isAlive(), t + " has ended");
        }
    }

    /** Program: idle workers wake nobody, busy ones may. */
    static final class IdleWorkers {
        public static void main(String[] args) throws Exception {
            Jevent.getHub(); // else this is a thread that waits as any thread does
            for (int i = 0; i < 10; i++) {
                Jevent.blocking(() -> {});
                try {
                    new Waiter<Void>().get();
                } catch (LoopExit e) {
                    System.out.print("x");
                }
            }
            var waiter = new Waiter<String>();
            var pool = new ThreadPool(1);
            pool.spawn(
                    () -> {
                        Thread.sleep(300);
                        waiter.switchTo(" woken");
                    });
            System.out.println(waiter.get());
        }
    }

    @Test
    void idleWorkersDoNotHideALoopExitAndBusyOnesDo() throws Exception {
        for (String policy : List.of("auto", "always")) {
            var result = ChildJvm.run(IdleWorkers.class, List.of("-Djevent.loopExit=" + policy));

            assertEquals("x".repeat(10) + " woken", result.output().strip());
        }
    }

    /** Program: tells how many run at once. */
    static final class Size {
        public static void main(String[] args) {
            var atOnce = new AtomicInteger();
            var most = new AtomicInteger();
            List<Greenlet<Void>> all = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                all.add(
                        Jevent.spawn(
                                () ->
                                        Jevent.blocking(
                                                () -> {
                                                    most.accumulateAndGet(
                                                            atOnce.incrementAndGet(), Math::max);
                                                    Thread.sleep(20);
                                                    atOnce.decrementAndGet();
                                                })));
            }
            Jevent.joinAll(all);
            System.out.println(most);
            all.forEach(g -> System.out.print(g.exception() == null ? "" : g.exception() + "\n"));
        }
    }

    @Test
    void numberOfWorkersIsSetByAProperty() throws Exception {
        var three = ChildJvm.run(Size.class, List.of("-Djevent.threadpool=3"));
        assertEquals("3", three.output().strip());
        var none = ChildJvm.run(Size.class, List.of("-Djevent.threadpool=none"));
        assertTrue(none.output().contains("-Djevent.threadpool=none: it has to be"), none.output());
    }
}
