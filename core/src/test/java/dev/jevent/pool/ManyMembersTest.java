package dev.jevent.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Dose;
import dev.jevent.Greenlet;
import dev.jevent.HubScenario;
import dev.jevent.Jevent;
import dev.jevent.Waiter;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** 100,000 members: nothing here would end in a minute if it were quadratic. */
class ManyMembersTest extends HubScenario {

    private static final int MANY = Dose.of(20_000, 100_000);

    private final Group group = new Group();

    @Test
    void allEnd() {
        var ran = new AtomicInteger();
        for (int i = 0; i < MANY; i++) {
            group.spawn(() -> ran.incrementAndGet());
        }
        group.join();
        assertEquals(MANY, ran.get());
        assertEquals(0, group.size());
    }

    @Test
    void allAreKilledWhileTheyWait() {
        for (int i = 0; i < MANY; i++) {
            group.spawn(() -> Jevent.sleep(Duration.ofHours(1)));
        }
        turns(3);
        group.kill();
        assertEquals(0, group.size());
    }

    @Test
    void allAreKilledBeforeTheyBegin() {
        List<Greenlet<?>> all = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            all.add(group.spawn(() -> Jevent.sleep(Duration.ofHours(1))));
        }
        group.kill();
        assertEquals(0, group.size());
        assertTrue(all.stream().allMatch(g -> g.ready()));
    }

    @Test
    void allAreDiscardedNewestFirst() {
        List<Greenlet<?>> all = new ArrayList<>();
        var end = new Waiter<Void>();
        for (int i = 0; i < MANY; i++) {
            all.add(group.spawn(() -> {}));
        }
        all.reversed().forEach(group::discard);
        assertEquals(0, group.size());
        end.switchTo(null);
        all.getLast().join();
        assertTrue(all.getLast().ready());
    }

    @Test
    void poolOfFewHasManyTasks() {
        var pool = new Pool(10);
        var atOnce = new AtomicInteger();
        var most = new AtomicInteger();
        List<Greenlet<Void>> all = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            all.add(
                    pool.applyAsync(
                            () -> {
                                most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
                                Jevent.sleep(0);
                                atOnce.decrementAndGet();
                                return null;
                            }));
        }
        Jevent.joinAll(all);
        assertEquals(10, most.get());
        turns(2);
        assertEquals(10, pool.freeCount());
    }
}
