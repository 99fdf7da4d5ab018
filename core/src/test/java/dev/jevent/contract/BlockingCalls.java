package dev.jevent.contract;

import static dev.jevent.contract.BlockingCall.Trait.BREAKS;
import static dev.jevent.contract.BlockingCall.Trait.KEEPS;
import static dev.jevent.contract.BlockingCall.Trait.LATER;
import static dev.jevent.contract.BlockingCall.Trait.NEEDS_HUB;
import static dev.jevent.contract.BlockingCall.Trait.ONCE;
import static dev.jevent.contract.BlockingCall.Trait.SOON;
import static dev.jevent.contract.BlockingCall.Trait.UNTIMED;
import static dev.jevent.contract.BlockingCall.Trait.WAKES_ALL;
import static dev.jevent.contract.BlockingCall.Trait.WORKS;
import static dev.jevent.contract.BlockingCall.call;

import dev.jevent.Greenlet;
import dev.jevent.Jevent;
import dev.jevent.Timeout;
import dev.jevent.Waiter;
import dev.jevent.contract.BlockingCall.Instance;
import dev.jevent.event.AsyncResult;
import dev.jevent.event.Event;
import dev.jevent.lock.Barrier;
import dev.jevent.lock.BoundedSemaphore;
import dev.jevent.lock.CountDownLatch;
import dev.jevent.lock.RLock;
import dev.jevent.lock.ReadWriteLock;
import dev.jevent.lock.Semaphore;
import dev.jevent.pool.Group;
import dev.jevent.pool.Pool;
import dev.jevent.pool.PoolFull;
import dev.jevent.pool.ThreadPool;
import dev.jevent.queue.Channel;
import dev.jevent.queue.Empty;
import dev.jevent.queue.Full;
import dev.jevent.queue.LifoQueue;
import dev.jevent.queue.PriorityQueue;
import dev.jevent.queue.Queue;
import dev.jevent.queue.Select;
import dev.jevent.queue.SimpleQueue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/** Every blocking call of the toolkit. */
final class BlockingCalls {

    private BlockingCalls() {}

    static List<BlockingCall> all() {
        List<BlockingCall> all = new ArrayList<>();
        all.addAll(locks());
        all.addAll(events());
        all.addAll(queues());
        all.addAll(pools());
        return all;
    }

    // ---- parts of an instance

    private interface Timed {
        boolean await(Duration timeout) throws Exception;
    }

    private interface Wake {
        boolean now() throws Exception;
    }

    private static Wake always(dev.jevent.Action action) {
        return () -> {
            action.run();
            return true;
        };
    }

    private static Instance instance(Callable<Object> untimed, Timed timed, Wake wake) {
        return new Instance() {
            @Override
            public Object await() throws Exception {
                return untimed.call();
            }

            @Override
            public boolean await(Duration timeout) throws Exception {
                return timed.await(timeout);
            }

            @Override
            public boolean wake() throws Exception {
                return wake.now();
            }
        };
    }

    /** With a greenlet that ends with the scene. */
    private static Instance with(Waiter<?> end, Instance instance) {
        return new Instance() {
            @Override
            public Object await() throws Exception {
                return instance.await();
            }

            @Override
            public boolean await(Duration timeout) throws Exception {
                return instance.await(timeout);
            }

            @Override
            public boolean wake() throws Exception {
                return instance.wake();
            }

            @Override
            public void close() {
                end.switchTo(null);
            }
        };
    }

    private static Callable<Object> callable(dev.jevent.Action action) {
        return () -> {
            action.run();
            return "done";
        };
    }

    /** Someone who holds a lock until woken, on the hub of the test. */
    private static Instance held(Lock lock, Callable<Object> untimed, Timed timed) {
        var wake = new Waiter<Void>();
        Greenlet<Void> holder =
                Jevent.spawn(
                        () -> {
                            lock.lock();
                            try {
                                wake.get();
                            } finally {
                                lock.unlock();
                            }
                        });
        Jevent.sleep(0);
        return new Instance() {
            @Override
            public Object await() throws Exception {
                return untimed.call();
            }

            @Override
            public boolean await(Duration timeout) throws Exception {
                return timed.await(timeout);
            }

            @Override
            public boolean wake() {
                wake.switchTo(null);
                return true;
            }

            @Override
            public void close() {
                holder.kill();
            }
        };
    }

    private static Instance heldLock(Lock lock, Lock wanted, boolean interruptibly) {
        return held(
                lock,
                () -> {
                    if (interruptibly) {
                        wanted.lockInterruptibly();
                    } else {
                        wanted.lock();
                    }
                    wanted.unlock();
                    return "done";
                },
                timeout -> {
                    boolean got = wanted.tryLock(timeout.toNanos(), TimeUnit.NANOSECONDS);
                    if (got) {
                        wanted.unlock();
                    }
                    return got;
                });
    }

    // ---- lock

    private static List<BlockingCall> locks() {
        return List.of(
                call("Semaphore.acquire", BlockingCalls::semaphore, KEEPS),
                call("Semaphore.await", BlockingCalls::semaphoreAwait, KEEPS, WAKES_ALL),
                call("Semaphore.hold", BlockingCalls::hold, KEEPS, UNTIMED),
                call("BoundedSemaphore.acquire", BlockingCalls::bounded, KEEPS),
                call("RLock.acquire", BlockingCalls::rlock, KEEPS, WAKES_ALL, SOON),
                call("RLock.lockInterruptibly", () -> rlockLock(true), KEEPS, WAKES_ALL, SOON),
                call("Condition.await", BlockingCalls::condition, SOON),
                call("ReadLock", () -> readWrite(false), KEEPS, WAKES_ALL, SOON),
                call("WriteLock", () -> readWrite(true), KEEPS, WAKES_ALL, SOON),
                call("Barrier.await", BlockingCalls::barrier, BREAKS, SOON, WAKES_ALL, ONCE),
                call("CountDownLatch.await", BlockingCalls::latch, KEEPS, WAKES_ALL, ONCE));
    }

    private static Instance semaphore() {
        var s = new Semaphore(0);
        return instance(callable(s::acquire), s::acquire, always(s::release));
    }

    private static Instance semaphoreAwait() {
        var s = new Semaphore(0);
        return instance(s::await, t -> s.await(t) > 0, always(s::release));
    }

    private static Instance hold() {
        var s = new Semaphore(0);
        return instance(s::hold, s::acquire, always(s::release));
    }

    private static Instance bounded() {
        var s = new BoundedSemaphore(1000);
        for (int i = 0; i < 1000; i++) {
            s.acquire();
        }
        return instance(callable(s::acquire), s::acquire, always(s::release));
    }

    private static Instance rlock() {
        var lock = new RLock();
        return held(
                lock,
                () -> {
                    lock.acquire();
                    lock.release();
                    return "done";
                },
                timeout -> {
                    boolean got = lock.acquire(timeout);
                    if (got) {
                        lock.release();
                    }
                    return got;
                });
    }

    private static Instance rlockLock(boolean interruptibly) {
        var lock = new RLock();
        return heldLock(lock, lock, interruptibly);
    }

    private static Instance readWrite(boolean write) {
        var lock = new ReadWriteLock();
        return heldLock(lock.writeLock(), write ? lock.writeLock() : lock.readLock(), true);
    }

    private static Instance condition() {
        var lock = new RLock();
        Condition condition = lock.newCondition();
        return instance(
                () -> {
                    lock.lock();
                    try {
                        condition.await();
                    } finally {
                        lock.unlock();
                    }
                    return "done";
                },
                timeout -> {
                    lock.lock();
                    try {
                        return condition.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
                    } finally {
                        lock.unlock();
                    }
                },
                always(
                        () -> {
                            lock.lock(); // held for a moment only, never across a wait
                            try {
                                condition.signal();
                            } finally {
                                lock.unlock();
                            }
                        }));
    }

    private static Instance barrier() {
        var barrier = new Barrier(2);
        return instance(
                barrier::await,
                timeout -> {
                    try {
                        barrier.await(timeout);
                        return true;
                    } catch (TimeoutException e) {
                        return false;
                    } catch (BrokenBarrierException e) {
                        throw new AssertionError("a time that is over is told as such", e);
                    }
                },
                always(() -> Thread.ofPlatform().daemon().start(() -> arrive(barrier))));
    }

    private static void arrive(Barrier barrier) {
        try {
            barrier.await(Duration.ofSeconds(20));
        } catch (BrokenBarrierException | TimeoutException e) {
            // whoever waited is gone: the test sees that
        }
    }

    private static Instance latch() {
        var latch = new CountDownLatch(1);
        return instance(callable(latch::await), latch::await, always(latch::countDown));
    }

    // ---- event, greenlets

    private static List<BlockingCall> events() {
        return List.of(
                call("Event.await", BlockingCalls::event, KEEPS, WAKES_ALL),
                call("AsyncResult.get", BlockingCalls::result, KEEPS, WAKES_ALL, ONCE),
                call("AsyncResult.get(long)", BlockingCalls::futureGet, KEEPS, WAKES_ALL, ONCE),
                call("AsyncResult.await", BlockingCalls::resultAwait, KEEPS, WAKES_ALL, ONCE),
                call("Greenlet.join", BlockingCalls::join, KEEPS, WAKES_ALL, ONCE, SOON),
                call("Greenlet.get", BlockingCalls::greenletGet, KEEPS, WAKES_ALL, ONCE, SOON),
                call("Jevent.wait", BlockingCalls::waitMixture, KEEPS, WAKES_ALL, ONCE),
                call("Jevent.iwait", BlockingCalls::iwait, KEEPS, WAKES_ALL, ONCE, UNTIMED));
    }

    private static Instance event() {
        var event = new Event();
        return instance(callable(event::await), event::await, always(event::set));
    }

    private static boolean inTime(Callable<?> timed) throws Exception {
        try {
            timed.call();
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    private interface Within {
        Object get(Duration timeout) throws Exception;
    }

    /** Its own Timeout is the answer; another one goes on. */
    private static Timed within(Within call) {
        return timeout -> {
            try {
                call.get(timeout);
                return true;
            } catch (Timeout t) {
                if (timeout.equals(t.duration())) {
                    return false;
                }
                throw t;
            }
        };
    }

    private static Instance result() {
        var result = new AsyncResult<String>();
        return instance(result::get, within(result::get), () -> result.trySet("value"));
    }

    private static Instance futureGet() {
        var result = new AsyncResult<String>();
        return instance(
                result::get,
                t -> inTime(() -> result.get(t.toNanos(), TimeUnit.NANOSECONDS)),
                () -> result.trySet("value"));
    }

    private static Instance resultAwait() {
        var result = new AsyncResult<String>();
        return instance(callable(result::await), result::await, () -> result.trySet("value"));
    }

    private static Instance join() {
        var end = new Waiter<Void>();
        Greenlet<Void> g = Jevent.spawn(() -> end.get());
        return with(end, instance(callable(g::join), g::join, always(() -> end.switchTo(null))));
    }

    private static Instance greenletGet() {
        var end = new Waiter<String>();
        Greenlet<String> g = Jevent.spawn(() -> end.get());
        return with(end, instance(g::get, within(g::get), always(() -> end.switchTo("value"))));
    }

    private static Instance waitMixture() {
        var event = new Event();
        var semaphore = new Semaphore(0);
        var queue = new SimpleQueue<String>();
        var result = new AsyncResult<Void>();
        List<dev.jevent.Waitable> all = List.of(event, semaphore, queue, result);
        return instance(
                () -> Jevent.wait(all),
                t -> Jevent.wait(all, t, 4).size() == 4,
                always(
                        () -> {
                            result.trySet(null);
                            queue.putNow("x");
                            semaphore.release();
                            event.set();
                        }));
    }

    private static Instance iwait() {
        var event = new Event();
        return instance(
                () -> {
                    try (var ready = Jevent.iwait(List.of(event))) {
                        return ready.next();
                    }
                },
                event::await,
                always(event::set));
    }

    // ---- queue

    private static List<BlockingCall> queues() {
        return List.of(
                call("SimpleQueue.get", () -> get(new SimpleQueue<>()), KEEPS),
                call("SimpleQueue.take", BlockingCalls::take, KEEPS),
                call("SimpleQueue.peekWait", BlockingCalls::peek, KEEPS, WAKES_ALL),
                call("SimpleQueue.put", () -> put(new SimpleQueue<>(1)), KEEPS),
                call("SimpleQueue.offer", BlockingCalls::offer, KEEPS),
                call("Queue.get", () -> get(new Queue<>()), KEEPS),
                call("Queue.put", () -> put(new Queue<>(1)), KEEPS),
                call("Queue.join", BlockingCalls::queueJoin, KEEPS, WAKES_ALL, ONCE),
                call("PriorityQueue.get", () -> get(new PriorityQueue<>()), KEEPS),
                call("PriorityQueue.put", () -> put(new PriorityQueue<>(1)), KEEPS),
                call("LifoQueue.get", () -> get(new LifoQueue<>()), KEEPS),
                call("LifoQueue.put", () -> put(new LifoQueue<>(1)), KEEPS),
                call("Channel.get", BlockingCalls::channelGet),
                call("Channel.put", BlockingCalls::channelPut),
                call("Select of gets", BlockingCalls::selectGet, KEEPS),
                call("Select of a put", BlockingCalls::selectPut, KEEPS),
                call("Select of channels", BlockingCalls::selectChannel));
    }

    private static boolean notEmpty(Callable<?> get) throws Exception {
        try {
            get.call();
            return true;
        } catch (Empty e) {
            return false;
        }
    }

    private static boolean notFull(dev.jevent.Action put) throws Exception {
        try {
            put.run();
            return true;
        } catch (Full e) {
            return false;
        }
    }

    private static Instance get(SimpleQueue<Integer> queue) {
        var number = new AtomicInteger();
        return instance(
                queue::get,
                t -> notEmpty(() -> queue.get(t)),
                always(() -> queue.putNow(number.incrementAndGet())));
    }

    private static Instance take() {
        var queue = new SimpleQueue<Integer>();
        return instance(
                queue::take,
                t -> queue.poll(t.toNanos(), TimeUnit.NANOSECONDS) != null,
                always(() -> queue.putNow(1)));
    }

    private static Instance peek() {
        var queue = new SimpleQueue<Integer>();
        return instance(
                queue::peekWait,
                t -> notEmpty(() -> queue.peekWait(t)),
                always(() -> queue.putNow(1)));
    }

    private static Instance put(SimpleQueue<Integer> full) {
        full.putNow(0);
        return instance(
                callable(() -> full.put(1)),
                t -> notFull(() -> full.put(1, t)),
                () -> notEmpty(full::getNow));
    }

    private static Instance offer() {
        var full = new SimpleQueue<Integer>(1);
        full.putNow(0);
        return instance(
                callable(() -> full.put(1)),
                t -> full.offer(1, t.toNanos(), TimeUnit.NANOSECONDS),
                () -> full.poll() != null);
    }

    private static Instance queueJoin() {
        var queue = new Queue<Integer>();
        queue.putNow(1);
        queue.getNow();
        return instance(callable(() -> queue.join()), queue::join, always(queue::taskDone));
    }

    private static Instance channelGet() {
        var channel = new Channel<Integer>();
        return instance(
                channel::get,
                t -> notEmpty(() -> channel.get(t)),
                () -> notFull(() -> channel.putNow(1)));
    }

    private static Instance channelPut() {
        var channel = new Channel<Integer>();
        return instance(
                callable(() -> channel.put(1)),
                t -> notFull(() -> channel.put(1, t)),
                () -> notEmpty(channel::getNow));
    }

    private static Instance selectGet() {
        var queue = new SimpleQueue<Integer>();
        var channel = new Channel<Integer>();
        var other = new Queue<Integer>();
        return instance(
                () -> select(queue, channel, other).await(),
                t -> select(queue, channel, other).await(t).isPresent(),
                always(() -> queue.putNow(1)));
    }

    private static Select<Integer> select(
            SimpleQueue<Integer> queue, Channel<Integer> channel, Queue<Integer> other) {
        return new Select<Integer>().get(channel, i -> i).get(queue, i -> i).get(other, i -> i);
    }

    private static Instance selectPut() {
        var full = new SimpleQueue<Integer>(1);
        full.putNow(0);
        var channel = new Channel<Integer>();
        Callable<Select<String>> select =
                () -> new Select<String>().put(full, 1, () -> "put").get(channel, i -> "got");
        return instance(
                () -> select.call().await(),
                t -> select.call().await(t).isPresent(),
                () -> notEmpty(full::getNow));
    }

    private static Instance selectChannel() {
        var in = new Channel<Integer>();
        var out = new Channel<Integer>();
        Callable<Select<String>> select =
                () -> new Select<String>().put(out, 1, () -> "put").get(in, i -> "got");
        return instance(
                () -> select.call().await(),
                t -> select.call().await(t).isPresent(),
                () -> notEmpty(out::getNow));
    }

    // ---- pool

    private static List<BlockingCall> pools() {
        return List.of(
                call("Group.join", BlockingCalls::groupJoin, KEEPS, WAKES_ALL, ONCE, SOON),
                call("Pool.spawn", BlockingCalls::poolSpawn, KEEPS, WAKES_ALL, SOON, NEEDS_HUB),
                call("Pool.waitAvailable", BlockingCalls::available, KEEPS, WAKES_ALL, SOON),
                call("ThreadPool result", BlockingCalls::worker, KEEPS, WAKES_ALL, ONCE, LATER),
                call(
                        "Jevent.blocking",
                        BlockingCalls::blocking,
                        BREAKS,
                        SOON,
                        UNTIMED,
                        WORKS,
                        NEEDS_HUB));
    }

    private static Instance groupJoin() {
        var group = new Group();
        var end = new Waiter<Void>();
        group.spawn(() -> end.get());
        return with(
                end,
                instance(
                        callable(() -> group.join()),
                        group::join,
                        always(() -> end.switchTo(null))));
    }

    private static Instance poolSpawn() {
        var pool = new Pool(1);
        var end = new Waiter<Void>();
        pool.spawn(() -> end.get());
        return with(
                end,
                instance(
                        () -> pool.spawn(() -> {}),
                        t -> started(pool, t),
                        always(() -> end.switchTo(null))));
    }

    private static boolean started(Pool pool, Duration timeout) {
        try {
            pool.start(new Greenlet<>(() -> "ran"), timeout);
            return true;
        } catch (PoolFull e) {
            return false;
        }
    }

    private static boolean acquired(java.util.concurrent.Semaphore permits) throws Exception {
        Jevent.blocking(() -> permits.acquire());
        return true;
    }

    private static Instance available() {
        var pool = new Pool(1);
        var end = new Waiter<Void>();
        pool.spawn(() -> end.get());
        return with(
                end,
                instance(
                        callable(() -> pool.waitAvailable()),
                        t -> {
                            pool.waitAvailable(t);
                            return !pool.isFull();
                        },
                        always(() -> end.switchTo(null))));
    }

    private static Instance worker() {
        var pool = new ThreadPool(1);
        var end = new java.util.concurrent.CountDownLatch(1);
        AsyncResult<String> result =
                pool.spawn(
                        () -> {
                            end.await();
                            return "value";
                        });
        return new Instance() {
            @Override
            public Object await() throws Exception {
                return result.get();
            }

            @Override
            public boolean await(Duration timeout) throws Exception {
                return within(result::get).await(timeout);
            }

            @Override
            public boolean wake() {
                end.countDown();
                return true;
            }

            @Override
            public void close() {
                pool.kill();
            }
        };
    }

    private static Instance blocking() {
        var permits = new java.util.concurrent.Semaphore(0);
        return instance(
                () ->
                        Jevent.blocking(
                                () -> {
                                    permits.acquire();
                                    return "value";
                                }),
                t -> Jevent.withTimeout(t, false, () -> acquired(permits)),
                always(permits::release));
    }
}
