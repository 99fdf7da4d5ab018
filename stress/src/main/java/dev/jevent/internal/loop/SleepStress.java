package dev.jevent.internal.loop;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

import java.util.concurrent.atomic.AtomicBoolean;

/** A loop that goes to sleep just when something is sent to it does not sleep through it. */
public final class SleepStress {

    private static final Object LEAVE = new Object();

    private SleepStress() {}

    /** It leaves at the first entry, and sleeps as long as there is none. */
    private static final class LeavingLoop extends EventLoop {
        private final AtomicBoolean sleepy = new AtomicBoolean();

        LeavingLoop(Poll poll) {
            super(poll, Thread.currentThread());
        }

        @Override
        protected boolean dispatch(Object entry) {
            return entry == LEAVE;
        }

        @Override
        protected void arrived(Object entry) {
            push(entry);
        }

        @Override
        protected boolean lostTheLoop() {
            return false;
        }

        /** Asked just before it falls asleep. */
        @Override
        protected boolean staysAlive() {
            sleepy.setOpaque(true);
            return true;
        }

        @Override
        public void failed(Object context, Throwable error) {
            throw new AssertionError(error);
        }

        /** On a thread that may be another one than that which made it. */
        void runHere() {
            setRunner(Thread.currentThread());
            run();
        }
    }

    /**
     * The last step before the sleep: the loop has said that it is asleep and has looked for
     * entries once more. Instead of sleeping it waits until the sender has done all that he does;
     * if it still counts as asleep then, nobody would have woken it.
     */
    @JCStressTest
    @Outcome(id = "awake", expect = ACCEPTABLE, desc = "The loop saw the entry before it slept.")
    @Outcome(id = "woken", expect = ACCEPTABLE, desc = "The sender saw that the loop sleeps.")
    @Outcome(expect = FORBIDDEN, desc = "The entry is there, the loop sleeps, and nobody wakes it.")
    @State
    public static class SubmitVsFallingAsleep {
        private final LeavingLoop loop = new LeavingLoop(new ParkPoll());
        private volatile boolean sent;

        @Actor
        public void sender() {
            while (!loop.sleepy.getOpaque()) {
                Thread.onSpinWait(); // so that it really comes at the last moment
            }
            loop.submit(LEAVE);
            sent = true;
        }

        @Actor
        public void loop(L_Result r) {
            r.r1 = "awake";
            loop.setClock(
                    new Clock() {
                        @Override
                        public long nanoTime() {
                            return 0;
                        }

                        @Override
                        public boolean pass(long nanos) {
                            while (!sent) {
                                Thread.onSpinWait();
                            }
                            r.r1 = loop.isAsleep() ? "lost" : "woken";
                            return true; // does not sleep
                        }
                    });
            loop.runHere();
        }
    }

    /** It really sleeps, in a parked thread. */
    @JCStressTest(Mode.Termination)
    @Outcome(id = "TERMINATED", expect = ACCEPTABLE, desc = "It was woken.")
    @Outcome(id = "STALE", expect = FORBIDDEN, desc = "It sleeps for ever.")
    @State
    public static class WakeupOfAParkedThread {
        private final LeavingLoop loop = new LeavingLoop(new ParkPoll());

        @Actor
        public void loop() {
            loop.runHere();
        }

        @Signal
        public void sender() {
            loop.submit(LEAVE);
        }
    }

    /** The poll for itself: a wake-up ends the wait, the current one or the next. */
    @JCStressTest(Mode.Termination)
    @Outcome(id = "TERMINATED", expect = ACCEPTABLE, desc = "It was woken.")
    @Outcome(id = "STALE", expect = FORBIDDEN, desc = "It sleeps for ever.")
    @State
    public static class WakeupOfTheParkPoll {
        private final ParkPoll poll = new ParkPoll();
        private volatile boolean sent;

        @Actor
        public void sleeper() {
            while (!sent) { // a park may end without a reason
                poll.await(-1);
            }
        }

        @Signal
        public void waker() {
            sent = true;
            poll.wakeup();
        }
    }
}
