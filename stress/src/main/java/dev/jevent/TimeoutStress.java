package dev.jevent;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZI_Result;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * A {@link Timeout} of a thread without a hub: the alarm's thread throws it at about the moment at
 * which its owner cancels it. After that it is not thrown any more.
 */
public final class TimeoutStress {

    private static final Parts PARTS = new Parts();

    private TimeoutStress() {}

    /** What is still to be thrown. */
    private static int pending(Parker owner) {
        int n = 0;
        while (owner.takePending() != null) {
            n++;
        }
        return n;
    }

    /** Stands for the entry in the timer's queue. */
    private static final class Entry extends CompletableFuture<Void>
            implements ScheduledFuture<Void> {
        @Override
        public long getDelay(TimeUnit unit) {
            return 0;
        }

        @Override
        public int compareTo(Delayed other) {
            return 0;
        }
    }

    /** The private parts of a timeout, so that its alarm goes off when the test says so. */
    private static final class Parts {
        private final MethodHandle newAlarm;
        private final MethodHandle due;
        private final VarHandle future;
        private final VarHandle alarm;
        private final VarHandle target;

        Parts() {
            try {
                Class<?> alarmClass = Class.forName("dev.jevent.Timeout$ThreadAlarm");
                Class<?> alarmType = Class.forName("dev.jevent.Timeout$Alarm");
                var here = MethodHandles.lookup();
                var inAlarm = MethodHandles.privateLookupIn(alarmClass, here);
                var inTimeout = MethodHandles.privateLookupIn(Timeout.class, here);
                newAlarm =
                        inAlarm.findConstructor(
                                        alarmClass,
                                        MethodType.methodType(void.class, Timeout.class))
                                .asType(MethodType.methodType(Object.class, Timeout.class));
                due =
                        inAlarm.findVirtual(alarmClass, "due", MethodType.methodType(void.class))
                                .asType(MethodType.methodType(void.class, Object.class));
                future = inAlarm.findVarHandle(alarmClass, "future", ScheduledFuture.class);
                alarm = inTimeout.findVarHandle(Timeout.class, "alarm", alarmType);
                target = inTimeout.findVarHandle(Timeout.class, "target", Parker.class);
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        Object start(Timeout timeout, Parker owner) {
            try {
                Object a = (Object) newAlarm.invokeExact(timeout);
                future.setVolatile(a, new Entry());
                alarm.set(timeout, a);
                target.set(timeout, owner);
                return a;
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
        }

        void goOff(Object a) {
            try {
                due.invokeExact(a);
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
        }
    }

    /** Cancelled when it goes off. */
    @JCStressTest
    @Outcome(id = "false, 0", expect = ACCEPTABLE, desc = "Nothing is thrown after the cancel.")
    @Outcome(expect = FORBIDDEN, desc = "It was over after it was cancelled.")
    @State
    public static class CancelVsOver {
        private final Timeout timeout = new Timeout(Duration.ofSeconds(1));
        private final Parker owner = new Threads.ThreadParker(Thread.currentThread());
        private final Object alarm = PARTS.start(timeout, owner);

        @Actor
        public void owner(ZI_Result r) {
            timeout.cancel();
            r.r1 = owner.takePending() != null;
        }

        @Actor
        public void alarm() {
            PARTS.goOff(alarm);
        }

        @Arbiter
        public void later(ZI_Result r) {
            r.r2 = pending(owner);
        }
    }

    /** Taken, as by a wait, and then cancelled: thrown once or never. */
    @JCStressTest
    @Outcome(id = "true, 0", expect = ACCEPTABLE, desc = "Thrown once.")
    @Outcome(id = "false, 0", expect = ACCEPTABLE, desc = "Cancelled before it was thrown.")
    @Outcome(expect = FORBIDDEN, desc = "It is thrown after the cancel.")
    @State
    public static class WaitAndCancelVsOver {
        private final Timeout timeout = new Timeout(Duration.ofSeconds(1));
        private final Parker owner = new Threads.ThreadParker(Thread.currentThread());
        private final Object alarm = PARTS.start(timeout, owner);

        @Actor
        public void owner(ZI_Result r) {
            r.r1 = owner.takePending() != null;
            timeout.cancel();
        }

        @Actor
        public void alarm() {
            PARTS.goOff(alarm);
        }

        @Arbiter
        public void later(ZI_Result r) {
            r.r2 = pending(owner);
        }
    }
}
