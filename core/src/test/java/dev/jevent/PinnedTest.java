package dev.jevent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Greenlets that wait where they cannot let go of the hub's thread: inside a class initialiser, or
 * with a native frame on the stack. The others go on.
 */
@Timeout(20)
class PinnedTest extends HubScenario {

    // what the class initialisers below do; each class serves one scenario
    private static volatile Action whileInitialised;

    private static void initialise() {
        try {
            whileInitialised.run();
        } catch (Throwable e) {
            throw Parker.<RuntimeException>sneaky(e);
        }
    }

    private static final AtomicInteger running = new AtomicInteger();

    @AfterEach
    void noStandInStaysAlive() throws Exception {
        for (Thread t : Thread.getAllStackTraces().keySet()) {
            if (t.getName().startsWith("jevent-stand-in for " + hub.name())) {
                t.join(Duration.ofSeconds(5));
                assertFalse(t.isAlive(), t.getName() + " is still there");
            }
        }
    }

    /** One at a time, and the hub does everything it did. */
    private void worksNormally() throws Exception {
        var others = new AtomicInteger();
        for (int i = 0; i < 10; i++) {
            Jevent.spawn(
                    () -> {
                        for (int k = 0; k < 20; k++) {
                            assertEquals(1, running.incrementAndGet());
                            running.decrementAndGet();
                            Jevent.sleep(k % 5 == 0 ? 1 : 0);
                        }
                        others.incrementAndGet();
                    });
        }
        var gate = new Waiter<String>();
        var waiting = Jevent.spawn(gate::get);
        Jevent.sleep(1);
        gate.switchTo("x");
        assertEquals("x", waiting.get());
        hub.join();
        assertEquals(10, others.get());
        assertEquals(Thread.currentThread(), hub.core.runner());
        assertFalse(hub.hasPinned());
        assertEquals(0, hub.core.refs());
    }

    private static final class InSleep {
        static final Object X;

        static {
            initialise();
            X = "done";
        }
    }

    @Test
    void sleepOfJeventInAnInitialiser() throws Exception {
        whileInitialised = () -> Jevent.sleep(200); // longer than the watchdog waits
        var pinned = Jevent.spawn(() -> InSleep.X);
        var busy =
                Jevent.spawn(
                        () -> {
                            int n = 0;
                            while (!pinned.ready()) {
                                assertEquals(1, running.incrementAndGet());
                                n++;
                                running.decrementAndGet();
                                Jevent.sleep(1);
                            }
                            return n;
                        });

        assertEquals("done", pinned.get());
        assertTrue(busy.get() > 2, "others ran meanwhile");
        worksNormally();
    }

    private static final class NeededByTwo {
        static final Object X;

        static {
            initialise();
            X = "done";
        }
    }

    @Test
    void twoNeedOneClassWhoseInitialiserWaits() throws Exception {
        var waiter = new Waiter<String>();
        whileInitialised =
                () -> {
                    Jevent.sleep(1);
                    log.add(waiter.get());
                };
        var first = Jevent.spawn(() -> NeededByTwo.X);
        var second = Jevent.spawn(() -> NeededByTwo.X);
        var third = Jevent.spawn(() -> NeededByTwo.X);
        Jevent.spawn(
                () -> {
                    Jevent.sleep(20); // by then the second holds the stand-in
                    waiter.switchTo("woken");
                });

        assertEquals("done", first.get());
        assertEquals("done", second.get());
        assertEquals("done", third.get());
        assertEquals("woken", log.getFirst());
        worksNormally();
    }

    private static final class KilledInside {
        static final Object X;

        static {
            initialise();
            X = "done";
        }
    }

    @Test
    void killAndTimeoutWaitUntilTheInitialiserHasEnded() throws Exception {
        var waiter = new Waiter<String>();
        var inside = new Waiter<Void>();
        whileInitialised =
                () -> {
                    inside.switchTo(null);
                    log.add(waiter.get());
                    Thread.sleep(1); // nor do the JDK's waits throw in it
                    log.add("initialised");
                };
        var timeout = new dev.jevent.Timeout(Duration.ofMillis(1));
        var g =
                Jevent.spawn(
                        () -> {
                            Object x = timeout.call(() -> KilledInside.X);
                            log.add("x is " + x);
                            Jevent.sleep(60_000);
                        });
        Jevent.spawn( // the root is held, for its thread is
                () -> {
                    inside.get();
                    g.killLater();
                    Jevent.sleep(5);
                    assertFalse(g.ready());
                    waiter.switchTo("woken");
                });
        g.join();

        assertEquals(List.of("woken", "initialised", "x is done"), log);
        assertTrue(g.isCancelled());
        assertEquals("done", KilledInside.X, "the class is usable");
        worksNormally();
    }

    private static final class NeverToBeKilled {
        static final Object X;

        static {
            initialise();
            X = "done";
        }
    }

    @Test
    void killThatWasPendingBeforeTheInitialiserWaitsToo() throws Exception {
        whileInitialised = () -> Jevent.sleep(2);
        var g =
                Jevent.spawn(
                        () -> {
                            log.add("" + NeverToBeKilled.X);
                            Jevent.sleep(60_000);
                        });
        Jevent.sleep(0);
        var late = Jevent.spawn(() -> log.add("" + NeverToBeKilled.X));
        g.kill();
        late.join();
        assertEquals(List.of("done", "done"), log);
        assertTrue(g.isCancelled());
        worksNormally();
    }

    private static final class InWaiter {
        static final Object X;

        static {
            initialise();
            X = "done";
        }
    }

    @Test
    void waiterIsWokenByAnotherGreenletOfTheSameHub() throws Exception {
        var waiter = new Waiter<String>();
        whileInitialised = () -> log.add(waiter.get());
        var pinned = Jevent.spawn(() -> InWaiter.X);
        Jevent.spawn(
                () -> {
                    Jevent.sleep(0);
                    waiter.switchTo("woken");
                });

        assertEquals("done", pinned.get());
        assertEquals("woken", log.getFirst());
        worksNormally();
    }

    private static final class InSocketRead {
        static final Object X;

        static {
            initialise();
            X = "done";
        }
    }

    @Test
    void socketReadFromAServerOfTheSameHub() throws Exception {
        var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        var serving =
                Jevent.spawn(
                        () -> {
                            try (Socket s = server.accept()) {
                                Jevent.sleep(1);
                                s.getOutputStream().write(5);
                            }
                        });
        whileInitialised =
                () -> {
                    try (var s =
                            new Socket(InetAddress.getLoopbackAddress(), server.getLocalPort())) {
                        assertEquals(5, s.getInputStream().read());
                    }
                };
        var pinned = Jevent.spawn(() -> InSocketRead.X);

        assertEquals("done", pinned.get());
        serving.get();
        server.close();
        worksNormally();
    }

    private static final class InQueue {
        static final Object X;

        static {
            initialise();
            X = "done";
        }
    }

    @Test
    void queueOfTheJdkIsFedByAnotherGreenlet() throws Exception {
        var queue = new LinkedBlockingQueue<String>();
        whileInitialised = () -> assertEquals("item", queue.take());
        var pinned = Jevent.spawn(() -> InQueue.X);
        Jevent.spawn(() -> queue.put("item"));

        assertEquals("done", pinned.get());
        worksNormally();
    }

    private static final class InThreadSleep {
        static final Object X;

        static {
            initialise();
            X = "done";
        }
    }

    @Test
    void sleepOfTheJdkInAnInitialiser() throws Exception {
        whileInitialised = () -> Thread.sleep(200);
        var pinned = Jevent.spawn(() -> InThreadSleep.X);
        var other = Jevent.spawn(() -> !pinned.ready());

        assertTrue(other.get(), "it ran meanwhile");
        assertEquals("done", pinned.get());
        worksNormally();
    }

    private static final class FirstOfTwo {
        static final Object X;

        static {
            Jevent.sleep(20);
            X = "first";
        }
    }

    private static final class SecondOfTwo {
        static final Object X;

        static {
            Jevent.sleep(5);
            X = "second";
        }
    }

    @Test
    void twoArePinnedAtOnceAndTheSecondIsDoneFirst() throws Exception {
        var first = Jevent.spawn(() -> FirstOfTwo.X);
        var second = Jevent.spawn(() -> SecondOfTwo.X);

        assertEquals("second", second.get());
        assertEquals("first", first.get());
        worksNormally();
    }

    private static final class FirstForSecond {
        static final Object X;

        static {
            initialise();
            X = "first";
        }
    }

    private static final Waiter<Object> FIRST_DONE = new Waiter<>();

    private static final class SecondForFirst {
        static final Object X = FIRST_DONE.get();
    }

    @Test
    void secondPinnedWaitsForTheFirstThatLiesUnderIt() throws Exception {
        whileInitialised = () -> Jevent.sleep(5);
        var first =
                Jevent.spawn(
                        () -> {
                            Object x = FirstForSecond.X;
                            FIRST_DONE.switchTo("after " + x);
                            return x;
                        });
        var second = Jevent.spawn(() -> SecondForFirst.X);

        assertEquals("after first", second.get());
        assertEquals("first", first.get());
        worksNormally();
    }

    /** Does it where the thread cannot be left, as below native code; errors may come out of it. */
    private static Object pinned(Action action) throws Exception {
        Class<?> continuation = Class.forName("jdk.internal.vm.Continuation");
        continuation.getMethod("pin").invoke(null);
        try {
            action.run();
        } finally {
            continuation.getMethod("unpin").invoke(null);
        }
        return "done";
    }

    @Test
    void pinnedInAJeventCallIsKilled() throws Exception {
        Action whilePinned = () -> Jevent.sleep(60_000);
        var pinned = Jevent.spawn(() -> pinned(whilePinned));
        // the root is held too: its thread is
        Jevent.spawn(() -> pinned.kill()).get();

        assertTrue(pinned.isCancelled(), () -> "" + pinned.exception());
        worksNormally();
    }

    @Test
    void pinnedInAJeventCallIsTimedOut() throws Exception {
        Action whilePinned = () -> Jevent.sleep(60_000);
        var timeout = new dev.jevent.Timeout(Duration.ofMillis(10));
        var pinned = Jevent.spawn(() -> thrownBy(() -> timeout.call(() -> pinned(whilePinned))));

        assertEquals(timeout, pinned.get());
        worksNormally();
    }

    @Test
    void pinnedInAJdkCallIsKilled() throws Exception {
        Action whilePinned = () -> Thread.sleep(60_000);
        var pinned = Jevent.spawn(() -> pinned(whilePinned));
        Jevent.spawn(() -> pinned.kill()).get();

        assertTrue(pinned.ready());
        worksNormally();
    }

    @Test
    void pinnedInAJdkCallIsTimedOut() throws Exception {
        Action whilePinned = () -> new LinkedBlockingQueue<String>().take();
        var timeout = new dev.jevent.Timeout(Duration.ofMillis(10));
        var pinned = Jevent.spawn(() -> thrownBy(() -> timeout.call(() -> pinned(whilePinned))));

        assertInstanceOf(Throwable.class, pinned.get());
        worksNormally();
    }

    /** For a native frame. */
    static int compare(MemorySegment a, MemorySegment b) {
        Jevent.sleep(1);
        return Integer.compare(a.get(ValueLayout.JAVA_INT, 0), b.get(ValueLayout.JAVA_INT, 0));
    }

    @Test
    void upcallFromNativeCodeThatWaits() throws Exception {
        var linker = Linker.nativeLinker();
        var found = linker.defaultLookup().find("qsort");
        assumeFalse(found.isEmpty());
        var pointer = ValueLayout.ADDRESS.withTargetLayout(ValueLayout.JAVA_INT);
        var qsort =
                linker.downcallHandle(
                        found.get(),
                        FunctionDescriptor.ofVoid(
                                ValueLayout.ADDRESS,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.ADDRESS));
        var compare =
                MethodHandles.lookup()
                        .findStatic(
                                PinnedTest.class,
                                "compare",
                                MethodType.methodType(
                                        int.class, MemorySegment.class, MemorySegment.class));
        var sorting =
                Jevent.spawn(
                        () -> {
                            try (var arena = Arena.ofShared()) {
                                var stub =
                                        linker.upcallStub(
                                                compare,
                                                FunctionDescriptor.of(
                                                        ValueLayout.JAVA_INT, pointer, pointer),
                                                arena);
                                var numbers =
                                        arena.allocateFrom(ValueLayout.JAVA_INT, 5, 3, 1, 4, 2);
                                qsort.invokeExact(numbers, 5L, 4L, stub);
                                return numbers.toArray(ValueLayout.JAVA_INT);
                            } catch (Throwable e) {
                                throw new AssertionError(e);
                            }
                        });
        var busy =
                Jevent.spawn(
                        () -> {
                            int n = 0;
                            while (!sorting.ready()) {
                                n++;
                                Jevent.sleep(1);
                            }
                            return n;
                        });

        assertEquals("[1, 2, 3, 4, 5]", java.util.Arrays.toString(sorting.get()));
        assertTrue(busy.get() > 1);
        worksNormally();
    }

    private static final class FromAnotherThread {
        static final Object X;

        static {
            initialise();
            X = "done";
        }
    }

    @Test
    void pinnedIsWokenByAnotherThread() throws Exception {
        var waiter = new Waiter<String>();
        whileInitialised = () -> log.add(waiter.get());
        var pinned = Jevent.spawn(() -> FromAnotherThread.X);
        var begun = new CountDownLatch(1);
        Jevent.spawn(begun::countDown);
        Thread t =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    thrownBy(begun::await);
                                    waiter.switchTo("from outside");
                                });

        assertEquals("done", pinned.get());
        assertEquals("from outside", log.getFirst());
        t.join();
        worksNormally();
    }
}
