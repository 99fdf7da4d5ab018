package dev.jevent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.lock.Semaphore;

import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;

/** A greenlet is a thread, and everything of the JDK that is made for threads works in it. */
class GreenletThreadTest extends HubScenario {

    private static final ScopedValue<String> USER = ScopedValue.newInstance();

    @Test
    void threadIsTheSameBeforeAndAfterASwitch() throws Exception {
        var g =
                Jevent.spawn(
                        () -> {
                            Thread t = Thread.currentThread();
                            Jevent.sleep(1);
                            assertSame(t, Thread.currentThread());
                            assertTrue(t.isVirtual() && t.isDaemon());
                            assertSame(t, Jevent.getCurrent().thread());
                            return t;
                        });
        assertNotSame(Thread.currentThread(), g.get());
        assertFalse(g.get().isAlive());
    }

    @Test
    void threadLocalsAndScopedValuesAreOfTheGreenlet() throws Exception {
        var local = new ThreadLocal<String>();
        List<Greenlet<String>> all = new ArrayList<>();
        for (String name : List.of("ann", "bob")) {
            all.add(
                    Jevent.spawn(
                            () -> {
                                local.set(name);
                                return ScopedValue.where(USER, name)
                                        .call(
                                                () -> {
                                                    turns(3);
                                                    return local.get() + " " + USER.get();
                                                });
                            }));
        }
        assertEquals("ann ann", all.get(0).get());
        assertEquals("bob bob", all.get(1).get());
        assertNull(local.get());
        assertFalse(USER.isBound());
    }

    @Test
    void monitorsWorkBetweenGreenlets() throws Exception {
        var monitor = new Object();
        var ready = new boolean[1];
        var waiting =
                Jevent.spawn(
                        () -> {
                            synchronized (monitor) {
                                while (!ready[0]) {
                                    monitor.wait();
                                }
                            }
                            return "notified";
                        });
        var holder =
                Jevent.spawn(
                        () -> {
                            synchronized (monitor) {
                                Jevent.sleep(5);
                                ready[0] = true;
                                monitor.notifyAll();
                            }
                        });
        var contender =
                Jevent.spawn(
                        () -> {
                            synchronized (monitor) {
                                return ready[0];
                            }
                        });
        assertEquals("notified", waiting.get());
        holder.get();
        assertEquals(true, contender.get());
    }

    @Test
    void locksAndQueuesOfTheJdkWork() throws Exception {
        var lock = new ReentrantLock();
        var queue = new LinkedBlockingQueue<Integer>(2);
        var sum = new AtomicInteger();
        List<Greenlet<Void>> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            all.add(
                    Jevent.spawn(
                            () -> {
                                for (int k = 0; k < 100; k++) {
                                    queue.put(1);
                                }
                            }));
            all.add(
                    Jevent.spawn(
                            () -> {
                                for (int k = 0; k < 100; k++) {
                                    int n = queue.take();
                                    lock.lock();
                                    try {
                                        int before = sum.get();
                                        Jevent.sleep(0);
                                        sum.set(before + n);
                                    } finally {
                                        lock.unlock();
                                    }
                                }
                            }));
        }
        Jevent.joinAllOrThrow(all);
        assertEquals(400, sum.get());
    }

    @Test
    void completableFutureIsAwaitedGreen() throws Exception {
        var future = new CompletableFuture<String>();
        var g = Jevent.spawn(() -> future.get() + future.join());
        Jevent.spawnLater(Duration.ofMillis(1), () -> future.complete("x"));

        assertEquals("xx", g.get());
    }

    @Test
    void virtualThreadThatAGreenletStartsLandsOnItsHub() throws Exception {
        var g =
                Jevent.spawn(
                        () -> {
                            var seen = new AtomicReference<Hub>();
                            Thread t =
                                    Thread.startVirtualThread(
                                            () -> {
                                                Jevent.sleep(1);
                                                seen.set(Jevent.getHub());
                                                Jevent.spawn(() -> 1).join();
                                            });
                            t.join();
                            return seen.get();
                        });
        assertSame(hub, g.get());
    }

    @Test
    void executorOfVirtualThreadsInAGreenletWorksAndEnds() throws Exception {
        var g =
                Jevent.spawn(
                        () -> {
                            var hubs = new ArrayList<Hub>();
                            try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
                                var service = new ExecutorCompletionService<Hub>(executor);
                                for (int i = 0; i < 5; i++) {
                                    service.submit(
                                            () -> {
                                                Jevent.sleep(1);
                                                return Jevent.getHub();
                                            });
                                }
                                for (int i = 0; i < 5; i++) {
                                    hubs.add(service.take().get());
                                }
                            }
                            return hubs;
                        });
        assertEquals(List.of(hub, hub, hub, hub, hub), g.get());
    }

    @Test
    void otherVirtualThreadsWorkBesideAHubAndWithItsGreenlets() throws Exception {
        var semaphore = new Semaphore(0);
        var waiter = new Waiter<String>();
        var said = new AtomicReference<String>();
        var g = Jevent.spawn(() -> "result of " + waiter.get());
        var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Thread serving =
                Thread.startVirtualThread(
                        () ->
                                thrownBy(
                                        () -> {
                                            try (Socket s = server.accept()) {
                                                s.getOutputStream()
                                                        .write(s.getInputStream().read() + 1);
                                            }
                                        }));
        Thread other =
                Thread.startVirtualThread(
                        () ->
                                thrownBy(
                                        () -> {
                                            semaphore.acquire();
                                            try (var s =
                                                    new Socket(
                                                            InetAddress.getLoopbackAddress(),
                                                            server.getLocalPort())) {
                                                s.getOutputStream().write(41);
                                                waiter.switchTo("" + s.getInputStream().read());
                                            }
                                            g.join();
                                            said.set(g.get());
                                            g.kill();
                                            semaphore.release();
                                        }));
        semaphore.release();
        assertEquals("result of 42", g.get());
        other.join();
        serving.join();
        server.close();
        assertEquals("result of 42", said.get());
        assertEquals(1, semaphore.counter());
    }

    @Test
    void completionServiceRunsGreenlets() throws Exception {
        var service = new ExecutorCompletionService<Integer>(task -> Jevent.spawnRaw(task::run));
        var sum =
                Jevent.spawn(
                        () -> {
                            int all = 0;
                            for (int i = 0; i < 5; i++) {
                                int n = i;
                                service.submit(
                                        () -> {
                                            Jevent.sleep(5 - n);
                                            return n;
                                        });
                            }
                            for (int i = 0; i < 5; i++) {
                                all += service.take().get();
                            }
                            return all;
                        });
        assertEquals(10, sum.get());
    }
}
