package dev.jevent;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZI_Result;
import org.openjdk.jcstress.infra.results.ZZI_Result;

import java.time.Duration;

/** A value that is given to a {@link Waiter} is received, or the giver learns that it was not. */
public final class WaiterStress {

    private static final int VALUE = 7;
    private static final int OTHER = 8;
    private static final int FAILED = -1;
    private static final int NOTHING = 0;

    private WaiterStress() {}

    /** The waiter is empty, waits, or finds the value already. */
    @JCStressTest
    @Outcome(id = "true, 7", expect = ACCEPTABLE, desc = "Given and received.")
    @Outcome(expect = FORBIDDEN, desc = "The value was lost, or refused to one who waits for it.")
    @State
    public static class SwitchToVsGet {
        private final Waiter<Integer> waiter = new Waiter<>();

        @Actor
        public void giver(ZI_Result r) {
            r.r1 = waiter.switchTo(VALUE);
        }

        @Actor
        public void taker(ZI_Result r) {
            r.r2 = waiter.get();
        }
    }

    /** As above, by the way of the primitives: the waiter is born waiting. */
    @JCStressTest
    @Outcome(id = "true, 7", expect = ACCEPTABLE, desc = "Given and received.")
    @Outcome(expect = FORBIDDEN, desc = "The value was lost, or refused to one who waits for it.")
    @State
    public static class SwitchToVsGetOfCurrent {
        private volatile Waiter<Integer> published;

        @Actor
        public void giver(ZI_Result r) {
            Waiter<Integer> waiter;
            while ((waiter = published) == null) {
                Thread.onSpinWait();
            }
            r.r1 = waiter.switchTo(VALUE);
        }

        @Actor
        public void taker(ZI_Result r) {
            Waiter<Integer> mine = Waiter.ofCurrent();
            published = mine;
            r.r2 = mine.get();
        }
    }

    /** Two givers: one wins, and the waiter has the winner's value. */
    @JCStressTest
    @Outcome(id = "true, false, 7", expect = ACCEPTABLE, desc = "The first was faster.")
    @Outcome(id = "false, true, 8", expect = ACCEPTABLE, desc = "The second was faster.")
    @Outcome(expect = FORBIDDEN, desc = "Both or none won, or the loser's value was kept.")
    @State
    public static class TwoGivers {
        private final Waiter<Integer> waiter = new Waiter<>();

        @Actor
        public void first(ZZI_Result r) {
            r.r1 = waiter.switchTo(VALUE);
        }

        @Actor
        public void second(ZZI_Result r) {
            r.r2 = waiter.switchTo(OTHER);
        }

        @Arbiter
        public void taker(ZZI_Result r) {
            r.r3 = waiter.get();
        }
    }

    /** A value and an error: one wins. */
    @JCStressTest
    @Outcome(id = "true, false, 7", expect = ACCEPTABLE, desc = "The value was faster.")
    @Outcome(id = "false, true, -1", expect = ACCEPTABLE, desc = "The error was faster.")
    @Outcome(expect = FORBIDDEN, desc = "Both or none won, or the loser's was kept.")
    @State
    public static class SwitchToVsThrowInto {
        private final Waiter<Integer> waiter = new Waiter<>();

        @Actor
        public void giver(ZZI_Result r) {
            r.r1 = waiter.switchTo(VALUE);
        }

        @Actor
        public void thrower(ZZI_Result r) {
            r.r2 = waiter.throwInto(new GreenletExit());
        }

        @Arbiter
        public void taker(ZZI_Result r) {
            try {
                r.r3 = waiter.get();
            } catch (GreenletExit e) {
                r.r3 = FAILED;
            }
        }
    }

    private static int getOrNothing(Waiter<Integer> waiter, boolean there) {
        return there ? waiter.get() : NOTHING;
    }

    /** The wait gives up at once. */
    @JCStressTest
    @Outcome(id = "true, 7", expect = ACCEPTABLE, desc = "The value was faster.")
    @Outcome(id = "false, 0", expect = ACCEPTABLE, desc = "It had given up: the giver knows.")
    @Outcome(expect = FORBIDDEN, desc = "The value was lost, or is there twice.")
    @State
    public static class SwitchToVsGivingUpAtOnce {
        private volatile Waiter<Integer> published;

        @Actor
        public void giver(ZI_Result r) {
            Waiter<Integer> waiter;
            while ((waiter = published) == null) {
                Thread.onSpinWait();
            }
            r.r1 = waiter.switchTo(VALUE);
        }

        @Actor
        public void taker(ZI_Result r) {
            Waiter<Integer> mine = Waiter.ofCurrent();
            published = mine;
            r.r2 = getOrNothing(mine, mine.await(Duration.ZERO));
        }
    }

    /** The time of the wait is over at about the moment at which the value comes. */
    @JCStressTest
    @Outcome(id = "true, 7", expect = ACCEPTABLE, desc = "The value was faster.")
    @Outcome(id = "false, 0", expect = ACCEPTABLE, desc = "It had given up: the giver knows.")
    @Outcome(expect = FORBIDDEN, desc = "The value was lost, or is there twice.")
    @State
    public static class SwitchToVsTimeout {
        private static final Duration SHORT = Duration.ofNanos(2_000);
        private volatile Waiter<Integer> published;

        @Actor
        public void giver(ZI_Result r) {
            Waiter<Integer> waiter;
            while ((waiter = published) == null) {
                Thread.onSpinWait();
            }
            r.r1 = waiter.switchTo(VALUE);
        }

        @Actor
        public void taker(ZI_Result r) {
            Waiter<Integer> mine = Waiter.ofCurrent();
            published = mine;
            r.r2 = getOrNothing(mine, mine.await(SHORT));
        }
    }

    /** As above; the waiter was made before the wait. When it began, who gives has it already. */
    @JCStressTest
    @Outcome(id = "true, 7", expect = ACCEPTABLE, desc = "The value was there in time.")
    @Outcome(id = "false, 0", expect = ACCEPTABLE, desc = "It had given up: the giver knows.")
    @Outcome(id = "true, 0", expect = FORBIDDEN, desc = "The value was lost.")
    @Outcome(expect = FORBIDDEN, desc = "The value is there twice.")
    @State
    public static class SwitchToVsTimeoutOfAnEmptyOne {
        private final Waiter<Integer> waiter = new Waiter<>();

        @Actor
        public void giver(ZI_Result r) {
            r.r1 = waiter.switchTo(VALUE);
        }

        @Actor
        public void taker(ZI_Result r) {
            r.r2 = getOrNothing(waiter, waiter.await(Duration.ZERO));
        }
    }

    /** A kill is pending when the wait begins. */
    @JCStressTest
    @Outcome(id = "true, 7", expect = ACCEPTABLE, desc = "The value came first; the kill waits.")
    @Outcome(id = "false, -1", expect = ACCEPTABLE, desc = "Killed first; the giver knows.")
    @Outcome(expect = FORBIDDEN, desc = "The value or the kill was lost.")
    @State
    public static class SwitchToVsPendingKill {
        private final Waiter<Integer> waiter = new Waiter<>();

        @Actor
        public void giver(ZI_Result r) {
            r.r1 = waiter.switchTo(VALUE);
        }

        @Actor
        public void taker(ZI_Result r) {
            Parker me = Parker.current();
            me.throwLater(new GreenletExit());
            r.r2 = received(waiter, me);
        }
    }

    /** The kill and then the value come while it waits, or before. */
    @JCStressTest
    @Outcome(id = "true, 7", expect = ACCEPTABLE, desc = "The value won; the kill waits.")
    @Outcome(id = "false, -1", expect = ACCEPTABLE, desc = "The kill won; the giver knows.")
    @Outcome(expect = FORBIDDEN, desc = "The value or the kill was lost.")
    @State
    public static class SwitchToVsKill {
        private final Waiter<Integer> waiter = new Waiter<>();
        private volatile Parker target;

        @Actor
        public void giver(ZI_Result r) {
            Parker t;
            while ((t = target) == null) {
                Thread.onSpinWait();
            }
            t.throwLater(new GreenletExit());
            r.r1 = waiter.switchTo(VALUE);
        }

        @Actor
        public void taker(ZI_Result r) {
            Parker me = Parker.current();
            target = me;
            r.r2 = received(waiter, me);
        }
    }

    /** An interrupt and then the value come while it waits, or before. */
    @JCStressTest
    @Outcome(id = "true, 7", expect = ACCEPTABLE, desc = "The value won; the interrupt waits.")
    @Outcome(id = "false, -1", expect = ACCEPTABLE, desc = "The interrupt won; the giver knows.")
    @Outcome(expect = FORBIDDEN, desc = "The value or the interrupt was lost.")
    @State
    public static class SwitchToVsInterrupt {
        private final Waiter<Integer> waiter = new Waiter<>();
        private volatile Thread target;

        @Actor
        public void giver(ZI_Result r) {
            Thread t;
            while ((t = target) == null) {
                Thread.onSpinWait();
            }
            t.interrupt();
            r.r1 = waiter.switchTo(VALUE);
        }

        @Actor
        public void taker(ZI_Result r) {
            target = Thread.currentThread();
            r.r2 = received(waiter, Parker.current());
        }
    }

    /**
     * The value if that was received and the disturbance is still to be thrown; FAILED if that was
     * thrown and nothing more is pending; something else otherwise. Nothing is left for the next
     * round.
     */
    private static int received(Waiter<Integer> waiter, Parker me) {
        int got;
        try {
            got = waiter.get();
        } catch (GreenletExit | Interrupted e) {
            got = FAILED;
        }
        boolean pending = me.takePending() != null;
        return pending == (got == VALUE) ? got : 100 + got;
    }
}
