package dev.jevent.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.HubScenario;
import dev.jevent.Jevent;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** What java.util.concurrent.ExecutorService says, of groups, pools and thread pools. */
class ExecutorContractTest extends HubScenario {

    record Kind(String name, Supplier<ExecutorService> make) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Kind> all() {
        return List.of(
                new Kind("Group", Group::new),
                new Kind("Pool(1)", () -> new Pool(1)),
                new Kind("Pool(4)", () -> new Pool(4)),
                new Kind("ThreadPool(1)", () -> new ThreadPool(1)),
                new Kind("ThreadPool(4)", () -> new ThreadPool(4)));
    }

    private static void sleepLong() throws InterruptedException {
        Thread.sleep(3_600_000);
    }

    private static <T> Callable<T> never() {
        return () -> {
            sleepLong();
            return null;
        };
    }

    @ParameterizedTest
    @MethodSource("all")
    void submitAnswersAFuture(Kind kind) throws Exception {
        try (ExecutorService e = kind.make.get()) {
            var ran = new AtomicInteger();
            assertEquals("value", e.submit(() -> "value").get());
            assertNull(e.submit((Runnable) ran::incrementAndGet).get());
            assertEquals("given", e.submit(ran::incrementAndGet, "given").get());
            e.execute(ran::incrementAndGet);
            e.shutdown();
            assertTrue(e.awaitTermination(20, TimeUnit.SECONDS));
            assertEquals(3, ran.get());
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void failureIsTheCauseOfAnExecutionException(Kind kind) {
        try (ExecutorService e = kind.make.get()) {
            var error = new IOException("no");
            Future<Object> future =
                    e.submit(
                            () -> {
                                throw error;
                            });
            var thrown = assertThrows(ExecutionException.class, future::get);
            assertSame(error, thrown.getCause());
            assertSame(error, future.exceptionNow());
            assertSame(Future.State.FAILED, future.state());
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void nullsAreRefused(Kind kind) {
        try (ExecutorService e = kind.make.get()) {
            assertThrows(NullPointerException.class, () -> e.execute(null));
            assertThrows(NullPointerException.class, () -> e.submit((Runnable) null));
            assertThrows(NullPointerException.class, () -> e.submit((Callable<String>) null));
            assertThrows(NullPointerException.class, () -> e.invokeAll(null));
            assertThrows(NullPointerException.class, () -> e.invokeAny(null));
            List<Callable<Integer>> withNull = Arrays.asList(() -> 1, null);
            assertThrows(NullPointerException.class, () -> e.invokeAll(withNull));
            assertThrows(NullPointerException.class, () -> e.invokeAny(withNull));
            assertThrows(IllegalArgumentException.class, () -> e.invokeAny(List.of()));
            assertFalse(e.isShutdown());
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void shutdownRefusesAndLetsTheRestEnd(Kind kind) throws Exception {
        ExecutorService e = kind.make.get();
        Future<String> future =
                e.submit(
                        () -> {
                            Thread.sleep(10);
                            return "done";
                        });
        assertFalse(e.awaitTermination(0, TimeUnit.SECONDS));
        e.shutdown();
        e.shutdown();
        assertTrue(e.isShutdown());
        assertThrows(RejectedExecutionException.class, () -> e.execute(() -> {}));
        assertThrows(RejectedExecutionException.class, () -> e.submit(() -> 1));
        assertThrows(RejectedExecutionException.class, () -> e.invokeAll(List.of(() -> 1)));
        assertThrows(RejectedExecutionException.class, () -> e.invokeAny(List.of(() -> 1)));
        assertTrue(e.awaitTermination(20, TimeUnit.SECONDS));
        assertTrue(e.isTerminated());
        assertEquals("done", future.get());
        e.close();
    }

    @ParameterizedTest
    @MethodSource("all")
    void shutdownNowEndsWhatRuns(Kind kind) throws Exception {
        ExecutorService e = kind.make.get();
        Future<Object> future = e.submit(never());
        Jevent.sleep(2);
        e.shutdownNow();
        assertTrue(e.awaitTermination(20, TimeUnit.SECONDS));
        assertTrue(future.isCancelled());
        assertTrue(e.isTerminated());
    }

    @ParameterizedTest
    @MethodSource("all")
    void emptyOneTerminatesAtOnce(Kind kind) {
        ExecutorService e = kind.make.get();
        assertFalse(e.isTerminated());
        e.close();
        assertTrue(e.isTerminated());
        e.close();
    }

    @ParameterizedTest
    @MethodSource("all")
    void invokeAllAnswersAllInOrder(Kind kind) throws Exception {
        try (ExecutorService e = kind.make.get()) {
            List<Callable<Integer>> tasks = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                int n = i;
                tasks.add(
                        () -> {
                            if (n == 5) {
                                throw new IOException("five");
                            }
                            return n;
                        });
            }
            List<Future<Integer>> all = e.invokeAll(tasks);
            for (int i = 0; i < 12; i++) {
                assertTrue(all.get(i).isDone());
                if (i == 5) {
                    assertInstanceOf(IOException.class, all.get(i).exceptionNow());
                } else {
                    assertEquals(i, all.get(i).get());
                }
            }
            assertEquals(List.of(), e.invokeAll(List.<Callable<Integer>>of()));
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void timedInvokeAllCancelsWhatIsNotDone(Kind kind) throws Exception {
        try (ExecutorService e = kind.make.get()) {
            List<Callable<Integer>> tasks = List.of(() -> 1, never(), never(), never());
            List<Future<Integer>> all;
            long millis = 30; // until that was enough for the first one
            do {
                all = e.invokeAll(tasks, millis, TimeUnit.MILLISECONDS);
                for (int i = 1; i < 4; i++) {
                    assertTrue(all.get(i).isCancelled());
                }
                millis *= 2;
            } while (all.get(0).isCancelled());
            assertEquals(1, all.get(0).get());
            assertEquals(
                    4,
                    e.invokeAll(tasks, -1, TimeUnit.SECONDS).stream()
                            .filter(Future::isDone)
                            .count());
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void invokeAnyAnswersTheFirstSuccess(Kind kind) throws Exception {
        try (ExecutorService e = kind.make.get()) {
            Callable<String> fails =
                    () -> {
                        throw new IOException("no");
                    };
            assertEquals("yes", e.invokeAny(List.of(fails, () -> "yes", fails)));
            assertEquals("yes", e.invokeAny(List.of(fails, () -> "yes"), 20, TimeUnit.SECONDS));
            var none =
                    assertThrows(
                            ExecutionException.class, () -> e.invokeAny(List.of(fails, fails)));
            assertInstanceOf(IOException.class, none.getCause());
            assertThrows(
                    TimeoutException.class,
                    () ->
                            e.invokeAny(
                                    List.of(ExecutorContractTest.<String>never()),
                                    20,
                                    TimeUnit.MILLISECONDS));
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void invokeAnyEndsTheOthers(Kind kind) throws Exception {
        ExecutorService e = kind.make.get();
        assertEquals("first", e.invokeAny(List.of(() -> "first", never(), never())));
        e.close(); // would wait for an hour
        assertTrue(e.isTerminated());
    }

    @ParameterizedTest
    @MethodSource("all")
    void interruptOfWhoInvokesIsAnInterruptedException(Kind kind) throws Exception {
        try (ExecutorService e = kind.make.get()) {
            var all = Jevent.spawn(() -> e.invokeAll(List.of(never(), never())));
            var any = Jevent.spawn(() -> e.invokeAny(List.of(never(), never())));
            var waits = Jevent.spawn(() -> e.awaitTermination(1, TimeUnit.HOURS));
            turns(4);
            for (var g : List.of(all, any, waits)) {
                g.thread().interrupt();
                g.join();
                assertInstanceOf(InterruptedException.class, g.exception());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void classesOfTheJdkWorkOnIt(Kind kind) throws Exception {
        try (ExecutorService e = kind.make.get()) {
            var g =
                    Jevent.spawn(
                            () -> {
                                var f = CompletableFuture.supplyAsync(() -> 20, e);
                                int x = f.thenApplyAsync(n -> n + 1, e).get();
                                var done = new ExecutorCompletionService<Integer>(e);
                                done.submit(() -> x);
                                done.submit(() -> x);
                                return done.take().get() + done.take().get();
                            });
            assertEquals(42, g.get());
        }
    }
}
