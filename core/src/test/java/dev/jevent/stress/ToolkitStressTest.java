package dev.jevent.stress;

import dev.jevent.queue.LifoQueue;
import dev.jevent.queue.PriorityQueue;
import dev.jevent.queue.Queue;
import dev.jevent.queue.SimpleQueue;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;

/**
 * Each primitive of the toolkit between two hubs and two threads, with waits that end in all the
 * ways in which a wait can end. {@link Fight} says how to run it for longer, and with which seed.
 */
class ToolkitStressTest {

    enum Primitive {
        SEMAPHORE(seed -> new LockContests.Permits(seed, false)),
        BOUNDED_SEMAPHORE(seed -> new LockContests.Permits(seed, true)),
        RLOCK(seed -> new LockContests.Reentrant()),
        READ_WRITE_LOCK(seed -> new LockContests.ReadersAndWriters()),
        CONDITION(seed -> new SyncContests.Conditions()),
        BARRIER(SyncContests.Barriers::new),
        COUNT_DOWN_LATCH(seed -> new SyncContests.Latches()),
        EVENT(seed -> new EventContests.Events()),
        ASYNC_RESULT(seed -> new EventContests.Results()),
        WAIT(seed -> new EventContests.Waits()),
        SIMPLE_QUEUE(seed -> new QueueContests.One(new SimpleQueue<>(), true)),
        BOUNDED_SIMPLE_QUEUE(seed -> new QueueContests.One(new SimpleQueue<>(size(seed)), true)),
        QUEUE(seed -> new QueueContests.One(new Queue<>(), true)),
        BOUNDED_QUEUE(seed -> new QueueContests.One(new Queue<>(size(seed)), true)),
        PRIORITY_QUEUE(seed -> new QueueContests.One(new PriorityQueue<>(size(seed)), false)),
        LIFO_QUEUE(seed -> new QueueContests.One(new LifoQueue<>(size(seed)), false)),
        CHANNEL(seed -> new QueueContests.Channels()),
        SELECT(seed -> new QueueContests.Selects()),
        GROUP(seed -> new PoolContests.Spawning(0)),
        POOL(seed -> new PoolContests.Spawning(1 + Math.floorMod(seed, 4)));

        @SuppressWarnings("ImmutableEnumChecker") // a lambda without state
        private final LongFunction<Contest> contest;

        Primitive(LongFunction<Contest> contest) {
            this.contest = contest;
        }

        private static int size(long seed) {
            return 1 + Math.floorMod(seed, 3);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Timeout(value = 15, unit = TimeUnit.MINUTES) // a fight has a limit of its own, for each round
    void nothingIsLostWhoeverFightsForIt(Primitive primitive) throws Exception {
        Fight.over(primitive.contest);
    }
}
