package dev.jevent.lock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.BlockingSwitchOutError;
import dev.jevent.HubScenario;
import dev.jevent.Jevent;
import dev.jevent.OtherHub;
import dev.jevent.Timeout;
import dev.jevent.Waitable;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Lets those who wait go on when something has happened so many times. */
class CountDownLatchTest extends HubScenario {

    private final CountDownLatch latch = new CountDownLatch(2);

    @Test
    void lastCountWakesAllAndMoreDoNothing() {
        var first = Jevent.spawn(() -> latch.await());
        var second = Jevent.spawn(() -> latch.await(Duration.ofHours(1)));
        turns(2);
        latch.countDown();
        turns(2);
        assertEquals(1, latch.count());
        assertFalse(first.ready() || latch.ready());
        latch.countDown();
        first.join();
        second.join();
        assertEquals(true, second.value());
        latch.countDown();
        assertEquals(0, latch.count());
        assertTrue(latch.ready());
        latch.await();
        assertTrue(latch.await(Duration.ZERO));
    }

    @Test
    void zeroIsOpenAndNegativeRefused() {
        var open = new CountDownLatch(0);
        open.await();
        assertTrue(open.ready());
        assertThrows(IllegalArgumentException.class, () -> new CountDownLatch(-1));
        assertThrows(IllegalArgumentException.class, () -> open.await(Duration.ofMillis(-1)));
        assertThrows(NullPointerException.class, () -> latch.await(null));
    }

    @Test
    void timeThatIsOverAnswersFalse() {
        jumpInTime();
        assertFalse(latch.await(Duration.ZERO));
        assertFalse(latch.await(Duration.ofMillis(7)));
        assertEquals(7, clock.millis());
    }

    @Test
    void oneWhoIsKilledOrTimedOutConcernsNobodyElse() {
        var killed = Jevent.spawn(() -> latch.await());
        var other = Jevent.spawn(() -> latch.await());
        turns(2);
        killed.kill();
        var mine = new Timeout(Duration.ofMillis(1));
        assertSame(mine, thrownBy(() -> mine.run(() -> latch.await())));
        latch.countDown();
        latch.countDown();
        other.join();

        assertTrue(killed.isCancelled());
        assertTrue(other.successful());
    }

    @Test
    void linksAreTold() {
        List<Waitable> told = new ArrayList<>();
        latch.rawLink(told::add);
        latch.countDown();
        turns(2);
        assertEquals(List.of(), told);
        latch.countDown();
        latch.rawLink(told::add);
        turns(2);

        assertEquals(List.of(latch, latch), told);
    }

    @Test
    void callbackOfTheLoopMayCountAndMayNotWait() {
        List<Throwable> thrown = new ArrayList<>();
        hub.loop()
                .runCallback(
                        () -> {
                            thrown.add(thrownBy(() -> latch.await()));
                            latch.countDown();
                            latch.countDown();
                        });
        latch.await();

        assertInstanceOf(BlockingSwitchOutError.class, thrown.get(0));
    }

    @Test
    void anyThreadCountsAndAnyWaits() throws Exception {
        for (int i = 0; i < 50; i++) {
            var many = new CountDownLatch(3);
            try (var other = new OtherHub()) {
                var there =
                        other.spawn(
                                () -> {
                                    many.countDown();
                                    many.await();
                                });
                var thread =
                        Thread.ofPlatform()
                                .start(
                                        () -> {
                                            many.countDown();
                                            many.await();
                                        });
                many.countDown();
                many.await();
                there.get();
                thread.join();
            }
        }
    }
}
