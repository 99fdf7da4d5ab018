package dev.jevent.sweep;

import static dev.jevent.sweep.Sweep.SOON;
import static dev.jevent.sweep.Sweep.allEnd;
import static dev.jevent.sweep.Sweep.attempt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Action;
import dev.jevent.Greenlet;
import dev.jevent.Jevent;
import dev.jevent.Timeout;
import dev.jevent.Waiter;
import dev.jevent.event.AsyncResult;
import dev.jevent.event.Event;
import dev.jevent.file.Pipe;
import dev.jevent.local.Local;
import dev.jevent.lock.Barrier;
import dev.jevent.lock.CountDownLatch;
import dev.jevent.lock.RLock;
import dev.jevent.lock.ReadWriteLock;
import dev.jevent.lock.Semaphore;
import dev.jevent.loop.Timer;
import dev.jevent.pool.Group;
import dev.jevent.pool.Pool;
import dev.jevent.pool.Scope;
import dev.jevent.pool.ThreadPool;
import dev.jevent.queue.Channel;
import dev.jevent.queue.LifoQueue;
import dev.jevent.queue.PriorityQueue;
import dev.jevent.queue.Queue;
import dev.jevent.queue.Select;
import dev.jevent.queue.SimpleQueue;
import dev.jevent.socket.Sockets;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.function.Supplier;

/**
 * A StackOverflowError at any place inside of a primitive leaves it whole: what it says has not
 * happened has not, no lock stays held, nobody sleeps for ever, and nothing that was taken in is
 * lost. {@code -Djevent.sweep=N} tries N times as much; every night it is 20.
 */
class StackSweepTest {

    private static final Duration MOMENT = Duration.ofNanos(20_000);
    private final List<DynamicTest> tests = new ArrayList<>();
    private final Map<String, Sweep.Setting> settings = new LinkedHashMap<>();

    /** All of them. */
    static Map<String, Sweep.Setting> settings() {
        var all = new StackSweepTest();
        all.greenletsAndTime();
        all.eventsAndLocks();
        all.queues();
        all.poolsAndStreams();
        return all.settings;
    }

    private void inGreenlet(String name, Sweep.Setting setting) {
        settings.put(name, setting);
        tests.add(DynamicTest.dynamicTest(name, () -> Sweep.over(name, false, setting)));
    }

    private void both(String name, Sweep.Setting setting) {
        inGreenlet(name, setting);
        String inRoot = name + " in the root";
        tests.add(DynamicTest.dynamicTest(inRoot, () -> Sweep.over(inRoot, true, setting)));
    }

    private static Greenlet<Void> spawned(Action action) {
        Greenlet<Void> g = Jevent.spawn(action);
        Jevent.sleep(0);
        return g;
    }

    private static List<Greenlet<?>> three(Action action) {
        List<Greenlet<?>> all = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            all.add(Jevent.spawn(action));
        }
        Jevent.sleep(0);
        return all;
    }

    @TestFactory
    List<DynamicTest> greenletsAndTime() {
        both("sleep", () -> attempt(() -> Jevent.sleep(MOMENT), done -> {}));
        both("sleep(0)", () -> attempt(() -> Jevent.sleep(0), done -> {}));
        both(
                "Timeout.start",
                () -> {
                    var t = new Timeout(Duration.ofHours(1));
                    return attempt(
                            t::start,
                            done -> {
                                assertTrue(done || !t.pending(), "the timer of a failed start");
                                t.cancel();
                            });
                });
        both(
                "withTimeout",
                () ->
                        attempt(
                                () -> {
                                    Object r =
                                            Jevent.withTimeout(
                                                    MOMENT,
                                                    "late",
                                                    () -> {
                                                        Jevent.sleep(SOON);
                                                        return "early";
                                                    });
                                    assertEquals("late", r);
                                },
                                done -> Jevent.sleep(MOMENT)));
        inGreenlet("spawn", StackSweepTest::spawn);
        inGreenlet("spawnLater", StackSweepTest::spawnLater);
        inGreenlet("Greenlet.start", StackSweepTest::start);
        inGreenlet("spawnRaw", StackSweepTest::spawnRaw);
        inGreenlet("kill", StackSweepTest::kill);
        inGreenlet("killLater", StackSweepTest::killLater);
        inGreenlet("link", StackSweepTest::link);
        inGreenlet("unlink", StackSweepTest::unlink);
        both("join", StackSweepTest::join);
        both("joinAll", StackSweepTest::joinAll);
        both("Waiter.get", StackSweepTest::waiterGet);
        inGreenlet("Waiter.switchTo", StackSweepTest::switchTo);
        inGreenlet("Local", StackSweepTest::local);
        inGreenlet("timer", StackSweepTest::timer);
        inGreenlet("callback", StackSweepTest::callback);
        both("blocking", StackSweepTest::blocking);
        return tests;
    }

    private static Sweep.Try spawn() {
        var made = new Greenlet<?>[1];
        var ran = new int[1];
        return attempt(
                () -> made[0] = Jevent.spawn(() -> ran[0]++),
                done -> {
                    Jevent.sleep(0);
                    Jevent.sleep(0);
                    assertTrue(!done || ran[0] == 1);
                });
    }

    private static Sweep.Try spawnRaw() {
        var ran = new int[1];
        return attempt(
                () -> Jevent.spawnRaw(() -> ran[0]++),
                done -> {
                    Jevent.sleep(0);
                    Jevent.sleep(0);
                    assertTrue(!done || ran[0] == 1);
                });
    }

    private static Sweep.Try spawnLater() {
        var made = new Greenlet<?>[1];
        return attempt(
                () -> made[0] = Jevent.spawnLater(MOMENT, () -> {}),
                done -> {
                    if (done) {
                        allEnd(List.of(made[0]));
                    }
                });
    }

    private static Sweep.Try start() {
        var ran = new int[1];
        var g =
                new Greenlet<Object>(
                        () -> {
                            ran[0]++;
                            return "value";
                        });
        return attempt(
                g::start,
                done -> {
                    g.start(); // does nothing if it was started
                    allEnd(List.of(g));
                    assertEquals(1, ran[0]);
                });
    }

    private static Sweep.Try kill() {
        Greenlet<Void> victim = spawned(() -> new Waiter<>().get());
        return attempt(
                victim::kill,
                done -> {
                    assertTrue(!done || victim.dead());
                    victim.kill();
                });
    }

    private static Sweep.Try killLater() {
        Greenlet<Void> victim = spawned(() -> Jevent.sleep(SOON));
        return attempt(
                victim::killLater,
                done -> {
                    if (!done) {
                        victim.killLater();
                    }
                    assertTrue(victim.join(SOON));
                });
    }

    private static Sweep.Try link() {
        var end = new Waiter<Void>();
        var g = spawned(end::get);
        var called = new int[2];
        return attempt(
                () -> {
                    g.link(x -> called[0]++);
                    g.rawLink(x -> called[1]++);
                },
                done -> {
                    end.switchTo(null);
                    allEnd(List.of(g));
                    Jevent.sleep(0);
                    Jevent.sleep(0);
                    assertTrue(called[0] == 1 && called[1] == 1 || !done && called[0] < 2);
                });
    }

    private static Sweep.Try unlink() {
        var end = new Waiter<Void>();
        var g = spawned(end::get);
        var called = new int[2];
        java.util.function.Consumer<Object> one = x -> called[0]++;
        java.util.function.Consumer<Object> other = x -> called[1]++;
        g.rawLink(one);
        g.rawLink(other);
        return attempt(
                () -> g.unlink(one),
                done -> {
                    end.switchTo(null);
                    allEnd(List.of(g));
                    Jevent.sleep(0);
                    Jevent.sleep(0);
                    assertEquals(done ? 0 : 1, called[0]);
                    assertEquals(1, called[1]);
                });
    }

    private static Sweep.Try join() {
        Greenlet<Void> g = Jevent.spawn(() -> Jevent.sleep(MOMENT));
        return attempt(g::join, done -> allEnd(List.of(g)));
    }

    private static Sweep.Try joinAll() {
        List<Greenlet<?>> all = three(() -> Jevent.sleep(MOMENT));
        return attempt(
                () -> {
                    int n = Jevent.wait(all).size();
                    assertEquals(3, n);
                },
                done -> allEnd(all));
    }

    private static Sweep.Try waiterGet() {
        var waiter = new Waiter<String>();
        var taken = new boolean[1];
        Greenlet<Void> giver =
                Jevent.spawn(
                        () -> {
                            Jevent.sleep(0);
                            Jevent.sleep(0);
                            taken[0] = waiter.switchTo("value");
                        });
        return attempt(
                () -> assertEquals("value", waiter.get()),
                done -> {
                    allEnd(List.of(giver));
                    if (!done && taken[0]) {
                        assertEquals("value", waiter.get()); // the next one gets it
                    }
                });
    }

    private static Sweep.Try switchTo() {
        var waiter = new Waiter<String>();
        Greenlet<String> g = Jevent.spawn(waiter::get);
        Jevent.sleep(0);
        return attempt(
                () -> assertTrue(waiter.switchTo("value")),
                done -> {
                    if (!done) {
                        waiter.switchTo("value");
                    }
                    allEnd(List.of(g));
                    assertEquals("value", g.value());
                });
    }

    private static Sweep.Try local() {
        var locals = new ArrayList<Local<String>>();
        for (int i = 0; i < 5; i++) {
            locals.add(new Local<>());
        }
        return new Sweep.Try() {
            private int set;

            @Override
            public void atTheEnd() {
                try {
                    for (Local<String> l : locals) {
                        l.set("here");
                        set++;
                    }
                } finally {
                    for (int i = 0; i < set; i++) {
                        assertEquals("here", locals.get(i).get());
                    }
                }
            }

            @Override
            public void then(boolean done) {}
        };
    }

    private static Sweep.Try timer() {
        var fired = new int[1];
        Timer timer = Jevent.getHub().loop().timer(MOMENT);
        return attempt(
                () -> timer.start(() -> fired[0]++),
                done -> {
                    Jevent.sleep(MOMENT.multipliedBy(3));
                    Jevent.sleep(0);
                    assertTrue(fired[0] == 1 || !done && fired[0] == 0);
                    timer.close();
                });
    }

    private static Sweep.Try callback() {
        var called = new int[1];
        var loop = Jevent.getHub().loop();
        return attempt(
                () -> loop.runCallback(() -> called[0]++),
                done -> {
                    Jevent.sleep(0);
                    Jevent.sleep(0);
                    assertTrue(called[0] == 1 || !done && called[0] == 0);
                });
    }

    private static Sweep.Try blocking() {
        return attempt(
                () -> assertEquals("value", Jevent.blocking(() -> "value")),
                done -> assertEquals("value", Jevent.blocking(() -> "value")));
    }

    // ---- events and locks

    @TestFactory
    List<DynamicTest> eventsAndLocks() {
        inGreenlet("Event.set", StackSweepTest::eventSet);
        both("Event.await", StackSweepTest::eventAwait);
        inGreenlet("Event.rawLink", StackSweepTest::eventLink);
        inGreenlet("AsyncResult.set", StackSweepTest::resultSet);
        both("AsyncResult.get", StackSweepTest::resultGet);
        inGreenlet("Semaphore.acquire", StackSweepTest::acquireFree);
        both("Semaphore.acquire, taken", StackSweepTest::acquireTaken);
        inGreenlet("Semaphore.acquire, in time", StackSweepTest::acquireInTime);
        inGreenlet("Semaphore.release", StackSweepTest::release);
        inGreenlet("RLock", () -> lock(new RLock()));
        inGreenlet("RLock, taken", () -> lockTaken(new RLock()));
        inGreenlet("RLock.unlock", () -> unlock(new RLock()));
        inGreenlet("ReadLock", () -> lock(new ReadWriteLock().readLock()));
        inGreenlet("WriteLock", () -> lock(new ReadWriteLock().writeLock()));
        inGreenlet("WriteLock, taken", () -> lockTaken(new ReadWriteLock().writeLock()));
        inGreenlet("WriteLock.unlock", () -> unlock(new ReadWriteLock().writeLock()));
        inGreenlet("ReadLock, written", StackSweepTest::readWhileWritten);
        inGreenlet("Condition.await", StackSweepTest::conditionAwait);
        inGreenlet("Condition.signal", StackSweepTest::conditionSignal);
        both("Barrier", StackSweepTest::barrier);
        both("CountDownLatch.await", StackSweepTest::latchAwait);
        inGreenlet("CountDownLatch.countDown", StackSweepTest::countDown);
        return tests;
    }

    private static Sweep.Try eventSet() {
        var event = new Event();
        List<Greenlet<?>> waiting = three(event::await);
        return attempt(
                event::set,
                done -> {
                    assertTrue(!done || event.isSet());
                    if (!event.isSet()) {
                        event.set();
                    }
                    allEnd(waiting);
                });
    }

    private static Sweep.Try eventAwait() {
        var event = new Event();
        Greenlet<Void> setter =
                Jevent.spawn(
                        () -> {
                            Jevent.sleep(0);
                            event.set();
                        });
        return attempt(
                event::await,
                done -> {
                    allEnd(List.of(setter));
                    event.clear();
                    List<Greenlet<?>> waiting = three(event::await);
                    event.set();
                    allEnd(waiting);
                });
    }

    private static Sweep.Try eventLink() {
        var event = new Event();
        var called = new int[1];
        return attempt(
                () -> event.rawLink(x -> called[0]++),
                done -> {
                    event.set();
                    Jevent.sleep(0);
                    Jevent.sleep(0);
                    assertTrue(called[0] == 1 || !done && called[0] == 0);
                });
    }

    private static Sweep.Try resultSet() {
        var result = new AsyncResult<String>();
        List<Greenlet<?>> waiting = three(() -> assertEquals("value", result.get()));
        return attempt(
                () -> result.set("value"),
                done -> {
                    assertTrue(!done || result.ready());
                    if (!result.ready()) {
                        result.set("value");
                    }
                    allEnd(waiting);
                });
    }

    private static Sweep.Try resultGet() {
        var result = new AsyncResult<String>();
        Greenlet<Void> setter =
                Jevent.spawn(
                        () -> {
                            Jevent.sleep(0);
                            result.set("value");
                        });
        return attempt(
                () -> assertEquals("value", result.get()),
                done -> {
                    allEnd(List.of(setter));
                    assertEquals("value", result.get());
                });
    }

    private static Sweep.Try acquireFree() {
        var semaphore = new Semaphore(1);
        return attempt(
                semaphore::acquire,
                done -> {
                    assertEquals(!done, semaphore.tryAcquire());
                    semaphore.release();
                    assertTrue(semaphore.acquire(SOON));
                });
    }

    private static Sweep.Try acquireTaken() {
        var semaphore = new Semaphore(0);
        Greenlet<Void> releaser =
                Jevent.spawn(
                        () -> {
                            Jevent.sleep(0);
                            semaphore.release();
                        });
        return attempt(
                semaphore::acquire,
                done -> {
                    allEnd(List.of(releaser));
                    assertEquals(!done, semaphore.tryAcquire());
                });
    }

    private static Sweep.Try acquireInTime() {
        var semaphore = new Semaphore(0);
        return attempt(
                () -> assertFalse(semaphore.acquire(MOMENT)),
                done -> {
                    semaphore.release();
                    assertTrue(semaphore.tryAcquire());
                });
    }

    private static Sweep.Try release() {
        var semaphore = new Semaphore(0);
        Greenlet<Void> g = spawned(semaphore::acquire);
        return attempt(
                semaphore::release,
                done -> {
                    if (!done) {
                        semaphore.release();
                    }
                    allEnd(List.of(g));
                    assertFalse(semaphore.tryAcquire());
                });
    }

    private static Sweep.Try lock(Lock lock) {
        return new Sweep.Try() {
            @Override
            public void atTheEnd() {
                lock.lock();
                lock.unlock();
            }

            @Override
            public void then(boolean done) {
                // unless the unlock has failed, and then the greenlet that has ended holds it
                if (done) {
                    assertTrue(lock.tryLock());
                    lock.unlock();
                }
                allEnd(List.of(Jevent.spawn(() -> lock.tryLock())));
            }
        };
    }

    private static Sweep.Try lockTaken(Lock lock) {
        var go = new Event();
        Greenlet<Void> holder =
                spawned(
                        () -> {
                            lock.lock();
                            go.await();
                            lock.unlock();
                        });
        var locked = new boolean[1];
        return new Sweep.Try() {
            @Override
            public void atTheEnd() throws Exception {
                Jevent.spawn(go::set);
                lock.lock();
                locked[0] = true;
                lock.unlock();
                locked[0] = false;
            }

            @Override
            public void then(boolean done) {
                go.set();
                allEnd(List.of(holder));
                if (!locked[0]) {
                    assertTrue(lock.tryLock(), "somebody holds it");
                    lock.unlock();
                }
            }
        };
    }

    private static Sweep.Try unlock(Lock lock) {
        var waiting = new ArrayList<Greenlet<?>>();
        return new Sweep.Try() {
            @Override
            public void atTheEnd() {
                lock.unlock();
            }

            private void whole(Action end) throws Exception {
                lock.lock();
                waiting.addAll(
                        three(
                                () -> {
                                    lock.lock();
                                    lock.unlock();
                                }));
                try {
                    end.run();
                } catch (StackOverflowError e) {
                    lock.unlock(); // not done, so that it can be done again
                    throw e;
                }
            }

            @Override
            public Action around(Action end) {
                return () -> whole(end);
            }

            @Override
            public void then(boolean done) {
                allEnd(waiting);
            }
        };
    }

    private static Sweep.Try readWhileWritten() {
        var both = new ReadWriteLock();
        both.writeLock().lock();
        var got = new boolean[1];
        var reader =
                spawned(
                        () -> {
                            both.readLock().lock();
                            both.readLock().unlock();
                        });
        return attempt(
                () -> {
                    got[0] = both.readLock().tryLock();
                },
                done -> {
                    both.writeLock().unlock();
                    allEnd(List.of(reader));
                    assertTrue(both.writeLock().tryLock());
                });
    }

    private static Sweep.Try conditionAwait() {
        var lock = new RLock();
        Condition condition = lock.newCondition();
        return new Sweep.Try() {
            private boolean held;

            @Override
            public void atTheEnd() throws Exception {
                assertFalse(condition.await(20, java.util.concurrent.TimeUnit.MICROSECONDS));
            }

            @Override
            public Action around(Action end) {
                return () -> {
                    lock.lock();
                    try {
                        end.run();
                    } finally {
                        held = lock.isHeld();
                        lock.unlock();
                    }
                };
            }

            @Override
            public void then(boolean done) {
                assertTrue(held, "it came back without its lock");
                assertTrue(lock.tryLock());
                condition.signalAll();
                lock.unlock();
            }
        };
    }

    private static Sweep.Try conditionSignal() {
        var lock = new RLock();
        Condition condition = lock.newCondition();
        Greenlet<Void> g =
                spawned(
                        () -> {
                            lock.lock();
                            condition.await();
                            lock.unlock();
                        });
        return new Sweep.Try() {
            @Override
            public void atTheEnd() {
                condition.signal();
            }

            @Override
            public Action around(Action end) {
                return () -> {
                    lock.lock();
                    try {
                        end.run();
                    } finally {
                        lock.unlock();
                    }
                };
            }

            @Override
            public void then(boolean done) {
                if (!done) {
                    lock.lock();
                    condition.signal();
                    lock.unlock();
                }
                allEnd(List.of(g));
            }
        };
    }

    private static Sweep.Try barrier() {
        var barrier = new Barrier(2);
        var other =
                Jevent.spawn(
                        () -> {
                            try {
                                barrier.await(SOON);
                            } catch (java.util.concurrent.BrokenBarrierException e) {
                                // the one at the end of its stack could not go on
                            }
                        });
        return attempt(
                barrier::await,
                done -> {
                    if (!done && !other.ready()) {
                        barrier.reset();
                    }
                    allEnd(List.of(other));
                    barrier.reset();
                    List<Greenlet<?>> two =
                            List.of(
                                    Jevent.spawn(() -> barrier.await()),
                                    Jevent.spawn(() -> barrier.await()));
                    allEnd(two);
                });
    }

    private static Sweep.Try latchAwait() {
        var latch = new CountDownLatch(1);
        var g = Jevent.spawn(latch::countDown);
        return attempt(
                latch::await,
                done -> {
                    allEnd(List.of(g));
                    assertTrue(latch.await(SOON));
                });
    }

    private static Sweep.Try countDown() {
        var latch = new CountDownLatch(1);
        List<Greenlet<?>> waiting = three(latch::await);
        return attempt(
                latch::countDown,
                done -> {
                    if (latch.count() > 0) {
                        assertFalse(done);
                        latch.countDown();
                    }
                    allEnd(waiting);
                });
    }

    // ---- queues

    @TestFactory
    List<DynamicTest> queues() {
        List<Supplier<SimpleQueue<String>>> kinds =
                List.of(
                        SimpleQueue::new,
                        () -> new SimpleQueue<>(4),
                        Queue::new,
                        LifoQueue::new,
                        PriorityQueue::new);
        for (Supplier<SimpleQueue<String>> kind : kinds) {
            String name = kind.get().getClass().getSimpleName();
            inGreenlet(name + ".put", () -> put(kind.get()));
            inGreenlet(name + ".put, awaited", () -> putAwaited(kind.get()));
            inGreenlet(name + ".get", () -> get(kind.get()));
            both(name + ".get, empty", () -> getEmpty(kind.get()));
            inGreenlet(name + ".get, in time", () -> getInTime(kind.get()));
        }
        inGreenlet("put, full", StackSweepTest::putFull);
        inGreenlet("get, full", StackSweepTest::getFull);
        inGreenlet("put, grows", StackSweepTest::putMany);
        inGreenlet("Queue.join", StackSweepTest::queueJoin);
        inGreenlet("Queue.taskDone", StackSweepTest::taskDone);
        inGreenlet("Channel.put", StackSweepTest::channelPut);
        inGreenlet("Channel.get", StackSweepTest::channelGet);
        inGreenlet("Select", StackSweepTest::select);
        inGreenlet("Select, waits", StackSweepTest::selectWaits);
        return tests;
    }

    private static Sweep.Try put(SimpleQueue<String> queue) {
        return attempt(
                () -> queue.put("item"),
                done -> {
                    assertEquals(done ? 1 : 0, queue.size());
                    queue.putNow("item");
                    assertEquals("item", queue.getNow());
                });
    }

    private static Sweep.Try putAwaited(SimpleQueue<String> queue) {
        Greenlet<String> g = Jevent.spawn(() -> queue.get());
        Jevent.sleep(0);
        return attempt(
                () -> queue.put("item"),
                done -> {
                    if (!done) {
                        queue.putNow("item");
                    }
                    allEnd(List.of(g));
                    assertTrue(queue.isEmpty());
                });
    }

    private static Sweep.Try get(SimpleQueue<String> queue) {
        queue.putNow("item");
        return attempt(
                () -> assertEquals("item", queue.get()),
                done -> assertEquals(done ? 0 : 1, queue.size()));
    }

    private static Sweep.Try getEmpty(SimpleQueue<String> queue) {
        Greenlet<Void> putter =
                Jevent.spawn(
                        () -> {
                            Jevent.sleep(0);
                            queue.put("item");
                        });
        return attempt(
                () -> assertEquals("item", queue.get()),
                done -> {
                    allEnd(List.of(putter));
                    assertEquals(done ? 0 : 1, queue.size());
                });
    }

    private static Sweep.Try getInTime(SimpleQueue<String> queue) {
        return attempt(
                () -> assertNull(queue.poll(20, java.util.concurrent.TimeUnit.MICROSECONDS)),
                done -> {
                    queue.putNow("item");
                    assertEquals(1, queue.size());
                });
    }

    private static Sweep.Try putFull() {
        var queue = new SimpleQueue<String>(1);
        queue.putNow("first");
        Greenlet<Void> getter =
                Jevent.spawn(
                        () -> {
                            Jevent.sleep(0);
                            assertEquals("first", queue.get());
                        });
        return attempt(
                () -> queue.put("second"),
                done -> {
                    allEnd(List.of(getter));
                    assertEquals(done ? 1 : 0, queue.size());
                });
    }

    private static Sweep.Try getFull() {
        var queue = new SimpleQueue<String>(1);
        queue.putNow("first");
        Greenlet<Void> putter = spawned(() -> queue.put("second"));
        return attempt(
                () -> assertEquals("first", queue.get()),
                done -> {
                    if (!done) {
                        assertEquals("first", queue.getNow());
                    }
                    allEnd(List.of(putter));
                    assertEquals("second", queue.getNow());
                });
    }

    private static Sweep.Try putMany() {
        var queue = new SimpleQueue<Integer>();
        var put = new int[1];
        return attempt(
                () -> {
                    for (int i = 0; i < 20; i++) {
                        queue.put(i);
                        put[0]++;
                    }
                },
                done -> {
                    assertEquals(put[0], queue.size());
                    for (int i = 0; i < put[0]; i++) {
                        assertEquals(i, queue.getNow());
                    }
                });
    }

    private static Sweep.Try queueJoin() {
        var queue = new Queue<String>();
        queue.putNow("item");
        Greenlet<Void> worker =
                Jevent.spawn(
                        () -> {
                            queue.get();
                            queue.taskDone();
                        });
        return attempt(
                queue::join,
                done -> {
                    allEnd(List.of(worker));
                    queue.join();
                });
    }

    private static Sweep.Try taskDone() {
        var queue = new Queue<String>();
        queue.putNow("item");
        Greenlet<Void> joiner = spawned(queue::join);
        return attempt(
                queue::taskDone,
                done -> {
                    if (!done) {
                        queue.taskDone();
                    }
                    allEnd(List.of(joiner));
                });
    }

    private static Sweep.Try channelPut() {
        var channel = new Channel<String>();
        Greenlet<String> getter = Jevent.spawn(() -> channel.get());
        Jevent.sleep(0);
        return attempt(
                () -> channel.put("item"),
                done -> {
                    if (!done) {
                        channel.put("item");
                    }
                    allEnd(List.of(getter));
                    assertEquals("item", getter.value());
                });
    }

    private static Sweep.Try channelGet() {
        var channel = new Channel<String>();
        Greenlet<Void> putter = spawned(() -> channel.put("item"));
        return attempt(
                () -> assertEquals("item", channel.get()),
                done -> {
                    if (!done) {
                        assertEquals("item", channel.get());
                    }
                    allEnd(List.of(putter));
                });
    }

    private static Sweep.Try select() {
        var one = new SimpleQueue<String>();
        var other = new SimpleQueue<String>();
        other.putNow("item");
        return attempt(
                () -> {
                    var select = new Select<String>().get(one, x -> x).get(other, x -> x);
                    assertEquals("item", select.await());
                },
                done -> assertTrue(!done || other.isEmpty()));
    }

    private static Sweep.Try selectWaits() {
        var one = new SimpleQueue<String>();
        var other = new Channel<String>();
        var select = new Select<String>().get(one, x -> x).get(other, x -> x);
        Greenlet<Void> putter =
                Jevent.spawn(
                        () -> {
                            Jevent.sleep(0);
                            one.put("item");
                        });
        return attempt(
                () -> assertEquals("item", select.await()),
                done -> {
                    allEnd(List.of(putter));
                    assertEquals(done ? 0 : 1, one.size());
                    assertEquals(0, other.balance());
                });
    }

    // ---- pools, scopes, I/O

    @TestFactory
    List<DynamicTest> poolsAndStreams() {
        inGreenlet("Group.spawn", StackSweepTest::groupSpawn);
        inGreenlet("Pool.spawn", StackSweepTest::poolSpawn);
        inGreenlet("Pool.join", StackSweepTest::poolJoin);
        inGreenlet("Pool.map", StackSweepTest::poolMap);
        inGreenlet("ThreadPool.spawn", StackSweepTest::threadPoolSpawn);
        inGreenlet("ThreadPool.apply", StackSweepTest::threadPoolApply);
        inGreenlet("Scope.spawn", StackSweepTest::scopeSpawn);
        inGreenlet("Scope.call", StackSweepTest::scopeCall);
        inGreenlet("Scope.cancel", StackSweepTest::scopeCancel);
        inGreenlet("Pipe.read", StackSweepTest::pipeRead);
        inGreenlet("Pipe.write", StackSweepTest::pipeWrite);
        both("socket read", () -> socketRead(Sockets.pair()));
        inGreenlet("socket write", () -> socketWrite(Sockets.pair()));
        return tests;
    }

    private static Sweep.Try groupSpawn() {
        var group = new Group();
        var made = new Greenlet<?>[1];
        return attempt(
                () -> made[0] = group.spawn(() -> Jevent.sleep(MOMENT)),
                done -> {
                    assertTrue(group.join(SOON), "the group waits for one who never ends");
                    assertEquals(0, group.size());
                });
    }

    private static Sweep.Try poolSpawn() {
        var pool = new Pool(2);
        return attempt(
                () -> pool.spawn(() -> Jevent.sleep(MOMENT)),
                done -> {
                    assertTrue(pool.join(SOON), "the pool waits for one who never ends");
                    assertEquals(2, pool.freeCount());
                });
    }

    private static Sweep.Try poolJoin() {
        var pool = new Pool(2);
        pool.spawn(() -> Jevent.sleep(MOMENT));
        return attempt(
                pool::join,
                done -> {
                    assertTrue(pool.join(SOON));
                    assertEquals(2, pool.freeCount());
                });
    }

    private static Sweep.Try poolMap() {
        var pool = new Pool(2);
        return attempt(
                () -> assertEquals(List.of(2, 3, 4), pool.map(List.of(1, 2, 3), x -> x + 1)),
                done -> {
                    assertTrue(pool.join(SOON));
                    assertEquals(2, pool.freeCount());
                });
    }

    private static Sweep.Try threadPoolSpawn() {
        var pool = new ThreadPool(2);
        var result = new AsyncResult<?>[1];
        return attempt(
                () -> result[0] = pool.spawn(() -> "value"),
                done -> {
                    assertTrue(pool.join(SOON), "the pool waits for a task that never ends");
                    if (done) {
                        assertEquals("value", result[0].get(SOON));
                    }
                    pool.shutdown();
                });
    }

    private static Sweep.Try threadPoolApply() {
        var pool = new ThreadPool(2);
        return attempt(
                () -> assertEquals("value", pool.apply(() -> "value")),
                done -> {
                    assertTrue(pool.join(SOON), "the pool waits for a task that never ends");
                    assertEquals("other", pool.apply(() -> "other"));
                    pool.shutdown();
                });
    }

    private static Sweep.Try scopeSpawn() {
        return new Sweep.Try() {
            private Scope scope;

            @Override
            public void atTheEnd() {
                scope.spawn(() -> Jevent.sleep(MOMENT));
            }

            @Override
            public Action around(Action end) {
                return () -> {
                    try (Scope s = Scope.open()) {
                        scope = s;
                        try {
                            end.run();
                        } finally {
                            s.join();
                        }
                    }
                };
            }

            @Override
            public void then(boolean done) {
                assertEquals(0, scope.size());
            }
        };
    }

    private static Sweep.Try scopeCall() {
        return attempt(
                () ->
                        assertEquals(
                                "value",
                                Scope.call(
                                        scope -> {
                                            scope.spawn(() -> Jevent.sleep(MOMENT));
                                            return "value";
                                        })),
                done -> {});
    }

    private static Sweep.Try scopeCancel() {
        return new Sweep.Try() {
            private Scope scope;

            @Override
            public void atTheEnd() {
                scope.cancel();
            }

            @Override
            public Action around(Action end) {
                return () -> {
                    try (Scope s = Scope.open()) {
                        scope = s;
                        s.spawn(() -> Jevent.sleep(SOON.multipliedBy(4)));
                        Jevent.sleep(0);
                        try {
                            end.run();
                        } finally {
                            s.cancel();
                        }
                    } catch (java.util.concurrent.CancellationException e) {
                        // it was
                    }
                };
            }

            @Override
            public void then(boolean done) {
                assertEquals(0, scope.size());
            }
        };
    }

    private static Sweep.Try pipeRead() throws Exception {
        Pipe pipe = Pipe.open();
        Greenlet<Void> writer =
                Jevent.spawn(
                        () -> {
                            Jevent.sleep(0);
                            pipe.sink().write(7);
                        });
        return attempt(
                () -> assertEquals(7, pipe.source().read()),
                done -> {
                    allEnd(List.of(writer));
                    if (!done) {
                        assertEquals(7, pipe.source().read());
                    }
                    pipe.close();
                });
    }

    private static Sweep.Try pipeWrite() throws Exception {
        Pipe pipe = Pipe.open();
        Greenlet<Integer> reader = Jevent.spawn(() -> pipe.source().read());
        Jevent.sleep(0);
        return attempt(
                () -> pipe.sink().write(7),
                done -> {
                    if (!done && !reader.ready()) {
                        pipe.sink().write(7);
                    }
                    allEnd(List.of(reader));
                    pipe.close();
                });
    }

    private static Sweep.Try socketRead(dev.jevent.socket.Pair pair) {
        Socket mine = pair.left();
        Socket other = pair.right();
        Greenlet<Void> writer =
                Jevent.spawn(
                        () -> {
                            Jevent.sleep(0);
                            other.getOutputStream().write(7);
                        });
        return attempt(
                () -> assertEquals(7, mine.getInputStream().read()),
                done -> {
                    allEnd(List.of(writer));
                    if (!done) {
                        assertEquals(7, mine.getInputStream().read());
                    }
                    mine.close();
                    other.close();
                });
    }

    private static Sweep.Try socketWrite(dev.jevent.socket.Pair pair) {
        Socket mine = pair.left();
        Socket other = pair.right();
        Greenlet<Integer> reader = Jevent.spawn(() -> other.getInputStream().read());
        Jevent.sleep(0);
        return attempt(
                () -> mine.getOutputStream().write(7),
                done -> {
                    if (!done && !reader.ready()) {
                        mine.getOutputStream().write(7);
                    }
                    allEnd(List.of(reader));
                    mine.close();
                    other.close();
                });
    }
}
