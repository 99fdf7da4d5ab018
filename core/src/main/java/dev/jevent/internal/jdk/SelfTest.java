package dev.jevent.internal.jdk;

import dev.jevent.internal.OwnThread;

import java.util.ArrayDeque;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs one virtual thread through everything that {@link Jdk} promises. A JDK that looks like the
 * one we know but works in another way is found here, and not in a user's program.
 */
final class SelfTest {

    private static final class Scheduler extends HubScheduler {
        final ArrayDeque<Runnable> pieces = new ArrayDeque<>();
        int timers;

        @Override
        public void execute(Runnable piece) {
            pieces.add(piece);
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
            timers++;
            pieces.add(command);
            return new TimedWait() {
                @Override
                public boolean cancel(boolean mayInterruptIfRunning) {
                    return true;
                }
            };
        }

        boolean runOne() {
            Runnable piece = pieces.poll();
            if (piece != null) {
                piece.run();
            }
            return piece != null;
        }
    }

    private final Jdk jdk;
    private final Scheduler scheduler = new Scheduler();
    private int step;
    private Object seenGreenlet;
    private boolean sameCarrier;

    private SelfTest(Jdk jdk) {
        this.jdk = jdk;
    }

    static void run(Jdk jdk) {
        // On a thread of its own: a virtual thread cannot carry another one, and a thread that is
        // interrupted would not be any more after it has carried one.
        Throwable[] failure = new Throwable[1];
        Thread t = new OwnThread("jevent-self-test", () -> new SelfTest(jdk).test());
        t.setUncaughtExceptionHandler((thread, e) -> failure[0] = e);
        t.start();
        boolean interrupted = false;
        while (t.isAlive()) {
            try {
                t.join();
            } catch (InterruptedException e) {
                interrupted = true; // nobody may go on before it has ended
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (failure[0] != null) {
            throw new IllegalStateException(failure[0].getMessage(), failure[0]);
        }
    }

    private void test() {
        Thread root = Thread.currentThread();
        jdk.entry(g -> ((Runnable) g).run());
        Thread[] self = new Thread[1];
        Runnable greenlet =
                () -> {
                    seenGreenlet = jdk.greenlet(self[0]);
                    sameCarrier = jdk.carrier() == root;
                    step = 1;
                    jdk.suspend(self[0]);
                    step = 2;
                    LockSupport.park();
                    step = 3;
                    LockSupport.parkNanos(1);
                    step = 4;
                };
        Thread thread = jdk.newThread(scheduler, null, greenlet);
        self[0] = thread;
        jdk.start(thread);
        expect(scheduler.runOne() && step == 1, "a thread starts on its scheduler");
        expect(seenGreenlet == greenlet, "a thread keeps its greenlet");
        expect(sameCarrier, "a thread runs on the thread that runs its scheduler");
        expect(jdk.isWaiting(thread), "a suspended thread waits");
        expect(thread.getState() == Thread.State.WAITING, "the JDK sees a suspended thread wait");
        expect(jdk.resume(thread, true) == Jdk.RAN, "a suspended thread resumes");
        while (step < 2 && scheduler.runOne()) {
            // with the plain switch, the thread comes back through the scheduler
        }
        expect(step == 2, "a resumed thread goes on");
        expect(scheduler.pieces.isEmpty(), "a parked thread is not scheduled");
        LockSupport.unpark(thread);
        while (scheduler.runOne()) {
            // until the thread has ended
        }
        expect(step == 4 && scheduler.timers == 1, "a timed wait becomes a timer");
        expect(thread.getState() == Thread.State.TERMINATED, "a thread ends");
        expect(
                jdk.resume(thread, true) == Jdk.NOT_RUNNABLE || step == 4,
                "an ended thread stays ended");
    }

    private static void expect(boolean holds, String promise) {
        if (!holds) {
            throw new IllegalStateException(
                    "jevent does not understand the virtual threads of this JVM ("
                            + Runtime.version()
                            + "): «"
                            + promise
                            + "» does not hold");
        }
    }
}
