package dev.jevent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.jevent.internal.loop.Clock;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A fresh hub for each scenario, and nothing of it left afterwards. */
public abstract class HubScenario {

    public record Report(Object context, Throwable error) {}

    /** Time stands still while greenlets run, and jumps to the next timer when none can. */
    public static final class JumpingClock implements Clock {
        private long now = 1_000;

        @Override
        public long nanoTime() {
            return now;
        }

        @Override
        public boolean pass(long nanos) {
            now += Math.max(nanos, 0);
            return nanos > 0;
        }

        public long millis() {
            return (now - 1_000) / 1_000_000;
        }
    }

    protected final List<Report> reports = new CopyOnWriteArrayList<>();
    protected final List<String> log = new ArrayList<>(); // greenlets of one hub only
    protected final JumpingClock clock = new JumpingClock();
    protected Hub hub;

    @BeforeEach
    protected void aFreshHub() {
        hub = Hub.get();
        hub.errorHandler((context, error) -> reports.add(new Report(context, error)));
    }

    @AfterEach
    protected void nothingIsLeft() {
        boolean interrupted = Thread.interrupted();
        List<String> living = hub.living.all().stream().map(RawGreenlet::toString).toList();
        hub.destroy();
        assertEquals(List.of(), living, "every greenlet has ended");
        assertFalse(interrupted, "no interrupt is left over");
    }

    /** Whether it waits for what others do; any thread may ask. */
    protected static boolean isAsleep(Hub hub) {
        return hub.core.isAsleep();
    }

    protected boolean allHaveEnded() {
        return hub.living.size() == 0;
    }

    protected void jumpInTime() {
        hub.clock(clock);
    }

    protected boolean isEpoll() {
        return hub.loop().backend().equals("epoll");
    }

    /** Lets what is ready run, some rounds of it. */
    protected static void turns(int n) {
        for (int i = 0; i < n; i++) {
            Jevent.sleep(0);
        }
    }

    /** How often another greenlet got its turn while this ran, in a greenlet of its own. */
    protected static int turnsDuring(Action action) throws Exception {
        Greenlet<Void> work = Jevent.spawn(action);
        var turns = new int[1];
        Greenlet<Void> other =
                Jevent.spawn(
                        () -> {
                            while (!work.ready()) {
                                turns[0]++;
                                Jevent.sleep(0);
                            }
                        });
        work.get();
        other.get();
        return turns[0];
    }

    protected static Throwable thrownBy(Action action) {
        try {
            action.run();
            return null;
        } catch (Throwable e) {
            return e;
        }
    }

    /** Waits while it cleans up, as one who is cancelled has to: behind a shield. */
    public static void sleepShielded(long millis) {
        try {
            dev.jevent.pool.Scope.shield(() -> Jevent.sleep(millis));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
