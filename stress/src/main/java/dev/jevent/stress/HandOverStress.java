package dev.jevent.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.jevent.internal.SpinLock;
import dev.jevent.internal.WaitQueue;
import dev.jevent.internal.Waiting;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.ZZI_Result;

import java.time.Duration;

/** How every primitive hands over: a {@link WaitQueue} under a {@link SpinLock}, give outside. */
public final class HandOverStress {

    private HandOverStress() {}

    /** A semaphore in ten lines. */
    abstract static class Permit {
        private final SpinLock lock = new SpinLock();
        private final WaitQueue<Void> waiters = new WaitQueue<>(); // guarded by lock
        private int permits; // guarded by lock

        final void release() {
            for (; ; ) {
                Waiting<Void> next;
                lock.lock();
                next = waiters.poll();
                if (next == null) {
                    permits++;
                }
                lock.unlock();
                if (next == null || next.give(null)) {
                    return;
                }
            }
        }

        final int acquire(Duration timeout) {
            Waiting<Void> me;
            lock.lock();
            try {
                if (permits > 0) {
                    permits--;
                    return 1;
                }
                me = Waiting.ofTheCaller();
                waiters.add(me);
            } finally {
                lock.unlock();
            }
            if (me.await(timeout)) {
                return 1;
            }
            lock.lock();
            waiters.remove(me);
            lock.unlock();
            return 0;
        }

        /** How many there are; 100 more if somebody still stands in the queue. */
        final int left() {
            lock.lock();
            try {
                return waiters.isEmpty() && waiters.size() == 0 ? permits : 100 + permits;
            } finally {
                lock.unlock();
            }
        }
    }

    /** The taker gives up at about the moment at which it would get the permit. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The permit was taken.")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "The taker gave up; the permit is there.")
    @Outcome(expect = FORBIDDEN, desc = "The permit was lost or doubled, or the queue kept one.")
    @State
    public static class GiveVsGivingUp extends Permit {

        @Actor
        public void giver() {
            release();
        }

        @Actor
        public void taker(II_Result r) {
            r.r1 = acquire(Duration.ofNanos(1_000));
        }

        @Arbiter
        public void count(II_Result r) {
            r.r2 = left();
        }
    }

    /** As above, without patience: what happens between the lock and the first look. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The permit was taken.")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "The taker gave up; the permit is there.")
    @Outcome(expect = FORBIDDEN, desc = "The permit was lost or doubled, or the queue kept one.")
    @State
    public static class GiveVsGivingUpAtOnce extends Permit {

        @Actor
        public void giver() {
            release();
        }

        @Actor
        public void taker(II_Result r) {
            r.r1 = acquire(Duration.ZERO);
        }

        @Arbiter
        public void count(II_Result r) {
            r.r2 = left();
        }
    }

    /** Two who give to the same one, as a select's clauses do. */
    @JCStressTest
    @Outcome(id = "true, false, 1", expect = ACCEPTABLE, desc = "The first gave.")
    @Outcome(id = "false, true, 2", expect = ACCEPTABLE, desc = "The second gave.")
    @Outcome(expect = FORBIDDEN, desc = "Both or none gave, or the loser's value was kept.")
    @State
    public static class GiveVsGive {
        private final Waiting<Integer> waiting = new Waiting<>(false);

        @Actor
        public void first(ZZI_Result r) {
            r.r1 = waiting.give(1);
        }

        @Actor
        public void second(ZZI_Result r) {
            r.r2 = waiting.give(2);
        }

        @Arbiter
        public void taker(ZZI_Result r) {
            r.r3 = waiting.get();
        }
    }
}
