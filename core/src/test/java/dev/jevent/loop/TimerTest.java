package dev.jevent.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Hub;
import dev.jevent.Jevent;
import dev.jevent.internal.loop.Clock;
import dev.jevent.internal.loop.JumpingClock;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** In a time that jumps; milliseconds since the start. */
class TimerTest {

    private final Hub hub = Hub.get();
    private final Loop loop = hub.loop();
    private final JumpingClock clock = new JumpingClock(0);
    private final List<Long> fired = new ArrayList<>();

    TimerTest() {
        loop.core.setClock(clock);
    }

    @AfterEach
    void destroy() {
        loop.core.setClock(Clock.SYSTEM);
        hub.destroy();
    }

    private long now() {
        return clock.now / 1_000_000;
    }

    private void work(long millis) {
        clock.now += millis * 1_000_000;
    }

    private static Duration millis(long millis) {
        return Duration.ofMillis(millis);
    }

    @Test
    void firesOnceAndHasStoppedBeforeItCallsBack() {
        Timer timer = loop.timer(millis(10));
        timer.start(
                () -> {
                    assertFalse(timer.active());
                    fired.add(now());
                });
        assertTrue(timer.active());

        hub.join();

        assertEquals(List.of(10L), fired);
        assertNull(timer.callback());
        assertEquals(0, loop.activeCount());
    }

    @Test
    void mayBeStartedAgainAlsoByItsCallback() {
        Timer timer = loop.timer(millis(10));
        timer.start(
                () -> {
                    fired.add(now());
                    if (fired.size() < 3) {
                        timer.start(timer.callback());
                    }
                });

        hub.join();

        assertEquals(List.of(10L, 20L, 30L), fired);
    }

    @Test
    void repeatsUntilItIsStopped() {
        Timer timer = loop.timer(millis(5), millis(10));
        timer.start(
                () -> {
                    fired.add(now());
                    assertTrue(timer.active());
                    if (fired.size() == 3) {
                        timer.stop();
                    }
                });

        hub.join();

        assertEquals(List.of(5L, 15L, 25L), fired);
    }

    @Test
    void keepsItsBeatAndMissedBeatsAreOne() {
        Timer timer = loop.timer(millis(10), millis(10));
        timer.start(
                () -> {
                    fired.add(now());
                    switch (fired.size()) {
                        case 1 -> work(4);
                        case 3 -> work(35);
                        case 6 -> timer.stop();
                        default -> {}
                    }
                });

        hub.join();

        // after the third, the beats at 40, 50 and 60 are one, at 65
        assertEquals(List.of(10L, 20L, 30L, 65L, 70L, 80L), fired);
    }

    @Test
    void aRepeatedTimerThatTakesLongerThanItsPeriodLetsOthersRun() {
        Timer timer = loop.timer(Duration.ZERO, Duration.ofNanos(1));
        timer.start(() -> work(1));
        var other = Jevent.spawn(() -> Jevent.sleep(5));

        other.join();

        timer.stop();
        assertTrue(other.ready());
    }

    @Test
    void againCountsFromNow() {
        Timer timer = loop.timer(millis(10), millis(20));
        timer.start(
                () -> {
                    fired.add(now());
                    timer.stop();
                });
        Timer disturber = loop.timer(millis(6));
        disturber.start(timer::again);

        hub.join();

        assertEquals(List.of(26L), fired, "its period, not its delay, from the moment of again()");
    }

    @Test
    void againWithACallbackStartsAStoppedTimer() {
        Timer timer = loop.timer(millis(10), millis(20));
        timer.again(); // does nothing
        assertFalse(timer.active());
        timer.again(
                () -> {
                    fired.add(now());
                    if (fired.size() == 2) {
                        timer.stop();
                    }
                });
        assertTrue(timer.active());

        hub.join();

        assertEquals(List.of(20L, 40L), fired);
    }

    @Test
    void oneThatIsStoppedByAnotherDueAtTheSameTimeDoesNotFire() {
        Timer victim = loop.timer(millis(10));
        Timer first = loop.timer(millis(10));
        first.start(victim::stop);
        victim.start(() -> fired.add(now()));

        hub.join();

        assertEquals(List.of(), fired);
    }

    @Test
    void withoutRefItDoesNotKeepJoinWaiting() {
        Timer weak = loop.timer(millis(10));
        weak.ref(false);
        weak.start(() -> fired.add(now()));

        assertTrue(hub.join(millis(1000)));
        assertEquals(List.of(), fired);

        Jevent.sleep(20);
        assertEquals(List.of(10L), fired);
        assertFalse(weak.active());
        assertEquals(0, loop.activeCount());
    }

    @Test
    void joinWithATimeEndsWhenThatIsOver() {
        Timer timer = loop.timer(millis(100));
        timer.start(() -> fired.add(now()));

        assertFalse(hub.join(millis(50)));
        assertEquals(50, now());
        assertTrue(hub.join(millis(100)));
        assertEquals(100, now());
        assertEquals(List.of(100L), fired);
    }

    @Test
    void aNegativeDurationIsRefusedAndAVeryLongOneIsNot() {
        assertThrows(IllegalArgumentException.class, () -> loop.timer(millis(-1)));
        assertThrows(IllegalArgumentException.class, () -> loop.timer(millis(1), millis(-1)));
        Timer timer = loop.timer(Duration.ofSeconds(Long.MAX_VALUE));
        timer.start(() -> fired.add(now()));
        Jevent.sleep(1000);
        timer.stop();

        assertEquals(List.of(), fired);
    }
}
