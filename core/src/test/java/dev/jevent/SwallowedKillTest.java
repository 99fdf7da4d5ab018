package dev.jevent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.pool.Scope;
import dev.jevent.socket.Sockets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/** What a program swallows that was told of a kill or timeout in other words. */
class SwallowedKillTest extends HubScenario {

    private static final Duration SOON = Duration.ofMillis(10);
    private static final Duration LONG = Duration.ofSeconds(20);

    /** A wait of the JDK's that an error may be thrown from. */
    record Throwing(String name, Action action) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Throwing> throwing() {
        return List.of(
                new Throwing("Thread.sleep", () -> Thread.sleep(60_000)),
                new Throwing("CompletableFuture.get", () -> new CompletableFuture<>().get()),
                new Throwing("FutureTask.get", () -> new FutureTask<>(() -> 1).get()));
    }

    static List<WaitCase> told() {
        return WaitCase.all().stream()
                .filter(c -> c.closes() || !c.jevent() && !c.socket())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("throwing")
    void loopThatSwallowsInterruptsEndsAllTheSame(Throwing c) {
        var swallowed = new AtomicInteger();
        var g =
                Jevent.spawn(
                        () -> {
                            while (true) {
                                try {
                                    c.action.run();
                                } catch (Exception e) {
                                    swallowed.incrementAndGet();
                                }
                            }
                        });
        turns(3);
        assertTrue(g.kill(new GreenletExit(), LONG));
        assertTrue(g.isCancelled());
        assertEquals(1, swallowed.get());
    }

    @ParameterizedTest
    @MethodSource("throwing")
    void moveOnAfterMovesOnFromALoopThatSwallows(Throwing c) throws Exception {
        Optional<String> result =
                Jevent.spawn(
                                () ->
                                        Scope.<String>moveOnAfter(
                                                SOON,
                                                s -> {
                                                    while (true) {
                                                        try {
                                                            c.action.run();
                                                        } catch (Exception e) {
                                                            log.add("swallowed");
                                                        }
                                                    }
                                                }))
                        .get();
        assertEquals(Optional.empty(), result);
        assertEquals(List.of("swallowed"), log);
    }

    @ParameterizedTest
    @MethodSource("told")
    void nextWaitOfJeventsThrowsIt(WaitCase c) throws Exception {
        var g =
                Jevent.spawn(
                        () -> {
                            var wait = c.opening().open();
                            var timeout = new Timeout(SOON);
                            Throwable[] seen = new Throwable[2];
                            assertSame(
                                    timeout,
                                    thrownBy(
                                            () ->
                                                    timeout.run(
                                                            () -> {
                                                                seen[0] = thrownBy(wait::await);
                                                                seen[1] =
                                                                        thrownBy(
                                                                                SwallowedKillTest
                                                                                        ::sleep);
                                                            })));
                            assertInstanceOf(Exception.class, seen[0]);
                            assertSame(timeout, seen[1]);
                            assertFalse(Thread.currentThread().isInterrupted());
                            wait.close();
                        });
        g.get();
    }

    private static void sleep() {
        Jevent.sleep(60_000);
    }

    @ParameterizedTest
    @MethodSource("told")
    void killIsTheEndThoughTheBodyReturnsAValue(WaitCase c) throws Exception {
        Jevent.spawn(
                        () -> {
                            var wait = c.opening().open();
                            var g =
                                    Jevent.spawn(
                                            () -> {
                                                assertInstanceOf(
                                                        Exception.class, thrownBy(wait::await));
                                                return "a value";
                                            });
                            turns(5);
                            g.kill();
                            assertTrue(g.isCancelled(), c::name);
                            assertNull(g.value());
                            wait.close();
                        })
                .get();
    }

    @ParameterizedTest
    @MethodSource("told")
    void withTimeoutThrowsThoughTheBodyReturnsAValue(WaitCase c) throws Exception {
        Jevent.spawn(
                        () -> {
                            var wait = c.opening().open();
                            assertEquals(
                                    "late",
                                    Jevent.withTimeout(
                                            SOON,
                                            "late",
                                            () -> {
                                                assertInstanceOf(
                                                        Exception.class, thrownBy(wait::await));
                                                return "swallowed";
                                            }));
                            Jevent.sleep(0);
                            wait.close();
                        })
                .get();
    }

    @Test
    void secondSocketIsClosedAndThrowsTheTimeoutItself() throws Exception {
        try (var server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Jevent.spawn(
                            () -> {
                                var first =
                                        new Socket(server.getInetAddress(), server.getLocalPort());
                                var second =
                                        new Socket(server.getInetAddress(), server.getLocalPort());
                                var timeout = new Timeout(SOON);
                                Throwable thrown =
                                        assertThrows(
                                                Timeout.class,
                                                () ->
                                                        timeout.run(
                                                                () -> {
                                                                    assertThrows(
                                                                            IOException.class,
                                                                            () ->
                                                                                    first.getInputStream()
                                                                                            .read());
                                                                    assertTrue(first.isClosed());
                                                                    second.getInputStream().read();
                                                                }));
                                assertSame(timeout, thrown);
                                assertTrue(second.isClosed());
                                var third =
                                        new Socket(server.getInetAddress(), server.getLocalPort());
                                assertFalse(third.isClosed(), "it was thrown and is gone");
                                third.close();
                            })
                    .get();
        }
    }

    /** One whose queue is full: the kernel does not answer who connects. */
    private static ServerSocket full() throws IOException {
        var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        for (int i = 0; i < 2; i++) {
            SocketChannel.open(server.getLocalSocketAddress()); // collected with the JVM
        }
        return server;
    }

    private static long descriptors() {
        File[] all = new File("/proc/self/fd").listFiles();
        return all == null ? 0 : all.length;
    }

    @Test
    void connectThatIsEndedGivesItsDescriptorBack() throws Exception {
        try (var server = full()) {
            SocketAddress to = server.getLocalSocketAddress();
            Action byAddress = () -> new Socket().connect(to);
            Action byChannel = () -> SocketChannel.open(to);
            Action retried =
                    () -> {
                        assertThrows(IOException.class, () -> new Socket().connect(to));
                        new Socket().connect(to);
                    };
            for (Action connect : List.of(byAddress, byChannel, retried)) {
                Jevent.spawn(
                                () -> {
                                    thrownBy( // loads classes
                                            () ->
                                                    Jevent.withTimeout(
                                                            SOON, Greenlet.callable(connect)));
                                    long before = descriptors();
                                    for (int i = 0; i < 5; i++) {
                                        assertThrows(
                                                Timeout.class,
                                                () ->
                                                        Jevent.withTimeout(
                                                                SOON, Greenlet.callable(connect)));
                                    }
                                    assertEquals(before, descriptors());
                                })
                        .get();
            }
        }
    }

    @Test
    void blockThatKeepsOpenThrowsTheTimeoutAndClosesNothing() throws Exception {
        try (var server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Jevent.spawn(
                            () -> {
                                Socket own = Sockets.socket();
                                own.connect(server.getLocalSocketAddress());
                                var jdk =
                                        new Socket(server.getInetAddress(), server.getLocalPort());
                                for (Socket socket : List.of(own, jdk)) {
                                    var t = Timeout.start(SOON);
                                    assertSame(
                                            t,
                                            thrownBy(
                                                    () ->
                                                            Sockets.keepOpen(
                                                                    () -> {
                                                                        return socket.getInputStream()
                                                                                .read();
                                                                    })));
                                    t.cancel();
                                    assertFalse(socket.isClosed());
                                    assertThrows(
                                            Timeout.class,
                                            () ->
                                                    Jevent.withTimeout(
                                                            SOON,
                                                            () -> socket.getInputStream().read()));
                                    assertTrue(socket.isClosed(), "not in the block any more");
                                }
                            })
                    .get();
        }
    }

    @Test
    void onlyASocketWithADescriptorCanBeKeptOpen() throws Exception {
        assertThrows(SocketException.class, () -> Sockets.keepOpen(new Socket()));
        var closed = new Socket();
        closed.close();
        assertThrows(SocketException.class, () -> Sockets.keepOpen(closed));
        var channel = SocketChannel.open();
        channel.close();
        assertThrows(ClosedChannelException.class, () -> Sockets.keepOpen(channel));
    }

    @Test
    void plainKillIsThrownAsItselfOnce() throws Exception {
        var g =
                Jevent.spawn(
                        () -> {
                            log.add(
                                    ""
                                            + thrownBy(() -> Thread.sleep(60_000))
                                                    .getClass()
                                                    .getSimpleName());
                            log.add(
                                    ""
                                            + thrownBy(() -> Jevent.sleep(60_000))
                                                    .getClass()
                                                    .getSimpleName());
                            Jevent.sleep(1);
                            log.add("goes on");
                        });
        turns(3);
        g.killLater();
        g.join();
        assertEquals(List.of("InterruptedException", "GreenletExit", "goes on"), log);
    }

    @Test
    void cancelledScopeThrowsFromEveryWaitOfItsBodyAndChildren() throws Exception {
        var throwsOfBody = new AtomicInteger();
        var throwsOfChild = new AtomicInteger();
        Optional<String> result =
                Jevent.spawn(
                                () ->
                                        Scope.<String>moveOnAfter(
                                                SOON,
                                                s -> {
                                                    s.spawn(() -> swallow(throwsOfChild, 3));
                                                    swallow(throwsOfBody, 3);
                                                    return "the body returns";
                                                }))
                        .get();
        assertEquals(3, throwsOfBody.get());
        assertEquals(3, throwsOfChild.get());
        assertEquals(Optional.empty(), result, "its time was over when it waited for the child");
    }

    private static void swallow(AtomicInteger count, int times) {
        while (count.get() < times) {
            try (var nothing = new Semaphores()) {
                nothing.await();
            } catch (GreenletExit | Timeout e) {
                count.incrementAndGet();
            }
        }
    }

    /** Whose close waits too, and so throws again: a suppressed one, which is another object. */
    private static final class Semaphores implements AutoCloseable {
        void await() {
            Jevent.sleep(60_000);
        }

        @Override
        public void close() {
            Jevent.sleep(60_000);
        }
    }

    @Test
    void failureOfACleanUpIsNotTakenForTheCancellation() throws Exception {
        var error = new IllegalStateException("in the clean-up");
        Throwable thrown =
                Jevent.spawn(
                                () ->
                                        thrownBy(
                                                () ->
                                                        Scope.run(
                                                                s -> {
                                                                    s.spawn(() -> Jevent.sleep(1))
                                                                            .link(g -> s.cancel());
                                                                    try {
                                                                        Thread.sleep(60_000);
                                                                    } finally {
                                                                        throwIt(error);
                                                                    }
                                                                })))
                        .get();
        assertSame(error, thrown);
    }

    @Test
    void failureOfTheCleanUpOfAKilledGreenletIsReported() throws Exception {
        var error = new IllegalStateException("in the clean-up");
        var g =
                Jevent.spawn(
                        () -> {
                            try {
                                Thread.sleep(60_000);
                            } finally {
                                throwIt(error);
                            }
                        });
        turns(3);
        g.kill();
        assertSame(error, g.exception());
        assertEquals(List.of(new Report(g, error)), reports);
        reports.clear();
    }

    private static void throwIt(RuntimeException error) {
        throw error;
    }

    @Test
    void shieldInACancelledScopeMayWait() throws Exception {
        Jevent.spawn(
                        () ->
                                Scope.moveOnAfter(
                                        SOON,
                                        s -> {
                                            try {
                                                Jevent.sleep(60_000);
                                            } finally {
                                                assertThrows(Timeout.class, () -> Jevent.sleep(1));
                                                Scope.shield(() -> Jevent.sleep(1));
                                                log.add("rolled back");
                                            }
                                            return null;
                                        }))
                .get();
        assertEquals(List.of("rolled back"), log);
    }

    @Test
    void lockIsNotEndedAndKillComesAfterIt() throws Exception {
        var lock = new ReentrantLock();
        var release = new Waiter<Void>();
        Jevent.spawn(
                () -> {
                    lock.lock();
                    release.get();
                    lock.unlock();
                });
        turns(2);
        var g =
                Jevent.spawn(
                        () -> {
                            lock.lock();
                            try {
                                log.add("locked");
                                log.add("interrupted: " + Thread.currentThread().isInterrupted());
                                Jevent.sleep(60_000);
                            } finally {
                                lock.unlock();
                            }
                        });
        turns(3);
        g.killLater();
        turns(3);
        assertFalse(g.ready());
        release.switchTo(null);
        g.join();
        assertEquals(List.of("locked", "interrupted: false"), log);
        assertTrue(g.isCancelled());
    }

    @Test
    void latchThatManyAwaitIsNotBrokenByAKill() throws Exception {
        var latch = new CountDownLatch(1);
        var queue = new LinkedBlockingQueue<String>();
        var swallowing =
                Jevent.spawn(
                        () -> {
                            boolean done = false;
                            while (!done) {
                                try {
                                    latch.await();
                                    queue.take();
                                    done = true;
                                } catch (InterruptedException e) {
                                    log.add("swallowed");
                                }
                            }
                        });
        turns(2);
        var others = Jevent.spawn(() -> latch.await());
        var takes = Jevent.spawn(() -> queue.take());
        turns(2);
        swallowing.killLater();
        turns(5);
        latch.countDown();
        others.join();
        queue.put("x");
        queue.put("y");
        takes.join();
        swallowing.join();
        assertTrue(log.contains("swallowed"));
        assertTrue(swallowing.isCancelled(), "it was told, and ends with that");
    }

    @Test
    void greenletThatSpinsInParksWhileItIsInterruptedHoldsNobodyUp() throws Exception {
        var done = new AtomicInteger();
        var spinner =
                Jevent.spawn(
                        () -> {
                            Thread.currentThread().interrupt(); // as libraries do
                            while (done.get() == 0) {
                                LockSupport.parkNanos(10_000);
                            }
                            return thrownBy(() -> Thread.sleep(60_000));
                        });
        Jevent.spawn(done::incrementAndGet);
        assertTrue(spinner.join(LONG));
        assertInstanceOf(InterruptedException.class, spinner.value(), "the interrupt is not lost");
    }

    @Test
    void killedGreenletThatSpinsInParksIsLeftToEnd() throws Exception {
        var done = new AtomicInteger();
        var spinner =
                Jevent.spawn(
                        () -> {
                            while (done.get() == 0) {
                                LockSupport.parkNanos(10_000);
                            }
                            Thread.sleep(60_000);
                        });
        turns(2);
        spinner.killLater();
        turns(5);
        done.set(1);
        assertTrue(spinner.join(LONG));
        assertTrue(spinner.isCancelled());
    }
}
