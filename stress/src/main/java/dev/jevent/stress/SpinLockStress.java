package dev.jevent.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.jevent.internal.SpinLock;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** One at a time holds a {@link SpinLock}, and sees what the one before wrote. */
public final class SpinLockStress {

    private SpinLockStress() {}

    /** Each counts once. */
    @JCStressTest
    @Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "The first actor came first.")
    @Outcome(id = "2, 1", expect = ACCEPTABLE, desc = "The second actor came first.")
    @Outcome(expect = FORBIDDEN, desc = "Both were inside, or one did not see the other's count.")
    @State
    public static class MutualExclusion {
        private final SpinLock lock = new SpinLock();
        private int count; // guarded by lock

        private int next() {
            lock.lock();
            try {
                return ++count;
            } finally {
                lock.unlock();
            }
        }

        @Actor
        public void first(II_Result r) {
            r.r1 = next();
        }

        @Actor
        public void second(II_Result r) {
            r.r2 = next();
        }
    }

    /** Each counts many times, so that they really meet at the lock. */
    @JCStressTest
    @Outcome(id = "64", expect = ACCEPTABLE, desc = "Every step was counted.")
    @Outcome(expect = FORBIDDEN, desc = "Steps were lost.")
    @State
    public static class ManySteps {
        private final SpinLock lock = new SpinLock();
        private int count; // guarded by lock

        private void steps() {
            for (int i = 0; i < 32; i++) {
                lock.lock();
                count++;
                lock.unlock();
            }
        }

        @Actor
        public void first() {
            steps();
        }

        @Actor
        public void second() {
            steps();
        }

        @Arbiter
        public void sum(I_Result r) {
            r.r1 = count;
        }
    }

    /** What is written under the lock is seen as a whole, or not at all. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "The reader came first.")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "The writer came first.")
    @Outcome(expect = FORBIDDEN, desc = "The reader saw the work half done.")
    @State
    public static class Visibility {
        private final SpinLock lock = new SpinLock();
        private int a; // guarded by lock
        private int b; // guarded by lock

        @Actor
        public void writer() {
            lock.lock();
            a = 1;
            b = 1;
            lock.unlock();
        }

        @Actor
        public void reader(II_Result r) {
            lock.lock();
            r.r2 = b;
            r.r1 = a;
            lock.unlock();
        }
    }
}
