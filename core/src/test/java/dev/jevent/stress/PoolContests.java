package dev.jevent.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Greenlet;
import dev.jevent.GreenletExit;
import dev.jevent.Jevent;
import dev.jevent.pool.Group;
import dev.jevent.pool.Pool;
import dev.jevent.pool.PoolFull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Groups and pools that are filled from all sides: every task runs, and none is left in there. */
final class PoolContests {

    private PoolContests() {}

    /** All spawn into one group. */
    static final class Spawning implements Contest {
        private final int size; // 0: without a limit
        private final Group group;
        private final AtomicInteger running = new AtomicInteger();
        private final AtomicInteger spawned = new AtomicInteger();
        private final AtomicInteger ended = new AtomicInteger();
        private final ConcurrentHashMap<Fighter, List<Greenlet<?>>> mine =
                new ConcurrentHashMap<>();

        Spawning(int size) {
            this.size = size;
            this.group = size == 0 ? new Group() : new Pool(size);
        }

        @Override
        public void step(Fighter f) throws Exception {
            if (f.greenlet == null && f.thread.isVirtual()) {
                return; // its greenlet is not known yet
            }
            List<Greenlet<?>> own = mine.computeIfAbsent(f, x -> new ArrayList<>());
            switch (f.random.nextInt(8)) {
                case 0 -> group.join(Duration.ofNanos(f.random.nextInt(50_000)));
                case 1 -> joinOwn(own);
                case 2 -> kill(f, own);
                default -> spawn(f, own);
            }
            if (own.size() > 8 || !f.thread.isVirtual()) {
                joinOwn(own); // those of a thread run only while it waits
            }
        }

        @Override
        public void leave(Fighter f) {
            List<Greenlet<?>> own = mine.get(f);
            if (own != null) {
                joinOwn(own);
            }
        }

        private void joinOwn(List<Greenlet<?>> own) {
            while (!own.isEmpty()) {
                Greenlet<?> last = own.getLast();
                last.join();
                assertNull(last.exception());
                own.removeLast();
            }
        }

        private void kill(Fighter f, List<Greenlet<?>> own) {
            if (!own.isEmpty()) {
                Greenlet<?> victim = own.get(f.random.nextInt(own.size()));
                if (f.random.nextBoolean()) {
                    victim.killLater(new GreenletExit());
                } else {
                    group.killOne(victim);
                }
            }
        }

        private void spawn(Fighter f, List<Greenlet<?>> own) throws Exception {
            boolean yields = f.random.nextBoolean();
            var greenlet = new Greenlet<Void>(() -> task(yields));
            boolean in;
            if (group instanceof Pool pool) {
                in = f.attempt(() -> pool.start(greenlet), d -> start(pool, greenlet, d));
            } else {
                group.start(greenlet);
                in = true;
            }
            if (in) {
                spawned.incrementAndGet();
                own.add(greenlet);
                greenlet.rawLink(g -> ended.incrementAndGet());
            } else {
                assertFalse(greenlet.started(), "a full pool starts nothing");
            }
        }

        private static boolean start(Pool pool, Greenlet<?> greenlet, Duration d) {
            try {
                pool.start(greenlet, d);
                return true;
            } catch (PoolFull e) {
                return false;
            }
        }

        private Void task(boolean yields) {
            int n = running.incrementAndGet();
            try {
                assertTrue(size == 0 || n <= size, () -> n + " run in a pool of " + size);
                if (yields) {
                    Jevent.sleep(0);
                }
            } finally {
                running.decrementAndGet();
            }
            return null;
        }

        @Override
        public void check() throws Exception {
            assertTrue(group.join(Duration.ofSeconds(20)), "all end");
            long end = System.nanoTime() + 10_000_000_000L;
            while (ended.get() < spawned.get() && System.nanoTime() < end) {
                Thread.sleep(1); // the loops call back
            }
            assertEquals(spawned.get(), ended.get());
            assertEquals(0, group.size());
            if (group instanceof Pool pool) {
                assertEquals(size, pool.freeCount());
            }
        }
    }
}
