package dev.jevent.sweep;

import dev.jevent.Greenlet;
import dev.jevent.Jevent;
import dev.jevent.event.Event;
import dev.jevent.internal.Monitoring;
import dev.jevent.internal.io.DaemonLoop;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Does everything with no memory left; for a JVM of its own that has little. */
final class ShortOfMemory {

    private ShortOfMemory() {}

    public static void main(String[] arguments) throws Exception {
        var ballast = new Ballast();
        var random = new Random();
        serving(ShortOfMemory::heldBefore);
        List<Map.Entry<String, Sweep.Setting>> all =
                new ArrayList<>(StackSweepTest.settings().entrySet());
        shortages(ballast);
        if (Sweep.DOSE > 1) {
            everythingElse(all, ballast, random);
        }
        serving(ShortOfMemory::heldAfter);
        System.out.println("whole");
        System.exit(0);
    }

    private static void everythingElse(
            List<Map.Entry<String, Sweep.Setting>> all, Ballast ballast, Random random)
            throws Exception {
        for (var e : all) {
            Sweep.Try once = e.getValue().prepare();
            Jevent.spawn(once.around(once::atTheEnd)).join(); // all classes are there
            once.then(true);
        }
        for (int i = 0; i < (Sweep.DOSE - 1) * all.size(); i++) {
            var e = all.get(random.nextInt(all.size()));
            int slack = random.nextInt(1500);
            Thread watch = watch(e.getKey() + " with " + slack + " bytes", ballast);
            Sweep.withoutMemory(e.getKey(), e.getValue(), ballast, slack);
            watch.interrupt();
        }
    }

    /** While those who serve all are at work. */
    private static void shortages(Ballast ballast) throws Exception {
        for (int i = 0; i < 3; i++) {
            var go = new java.util.concurrent.CountDownLatch(1);
            List<Greenlet<?>> callers = new ArrayList<>();
            for (int k = 0; k < 3; k++) {
                callers.add(Jevent.spawn(() -> Jevent.blocking(() -> await(go))));
            }
            Jevent.sleep(1);
            if (i > 0) { // once with memory, so that all that runs here is loaded
                ballast.fill(0);
            }
            go.countDown();
            LockSupport.parkNanos(i == 0 ? 1 : 110_000_000); // two looks of the watchdog
            ballast.drop();
            for (Greenlet<?> g : callers) {
                if (!g.join(Sweep.SOON)) {
                    throw new AssertionError("what a worker has done was lost");
                }
            }
        }
    }

    private static Object await(java.util.concurrent.CountDownLatch go) throws Exception {
        go.await();
        throw new IllegalStateException("something went wrong");
    }

    private static Thread watch(String what, Ballast ballast) {
        return Thread.ofPlatform()
                .daemon()
                .start(
                        () -> {
                            try {
                                Thread.sleep(1_000);
                                ballast.drop(); // from here on it has to go on
                                Thread.sleep(9_000);
                                System.out.println("stuck: " + what);
                                Thread.getAllStackTraces()
                                        .forEach(
                                                (t, s) -> System.out.println(t + " " + List.of(s)));
                                Runtime.getRuntime().halt(1);
                            } catch (InterruptedException e) {
                                // it has ended
                            }
                        });
    }

    /** What serves all is there: the workers, the watchdog, the monitor, the daemon loop. */
    private static void serving(Callable<Boolean> held) throws Exception {
        if (!"done".equals(Jevent.blocking(() -> "done"))) {
            throw new AssertionError();
        }
        var told = new Event();
        var monitor = Monitoring.get();
        monitor.start();
        Runnable function = told::set;
        monitor.add(function, 1_000_000);
        await(told, "the monitor");
        monitor.remove(function);
        var ran = new Event();
        DaemonLoop.get().submit((Runnable) ran::set);
        await(ran, "the daemon loop");
        if (!Jevent.spawn(held).get()) {
            Thread.getAllStackTraces()
                    .forEach((t, st) -> System.out.println(t + " " + List.of(st)));
            throw new AssertionError("the watchdog is gone");
        }
    }

    private static void await(Event what, String name) {
        if (!what.await(Sweep.SOON)) {
            throw new AssertionError(name + " is gone");
        }
    }

    /** Holds the hub's thread, in a call of the JDK's, until the watchdog lets a stand-in run. */
    private static boolean heldBefore() {
        return InTheInitialiser.X;
    }

    private static boolean heldAfter() {
        return InTheInitialiserAgain.X;
    }

    private static boolean hold() {
        var other = new java.util.concurrent.CountDownLatch(1);
        Jevent.spawn(other::countDown);
        try {
            return other.await(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            return false;
        }
    }

    private static final class InTheInitialiser {
        static final boolean X = hold();
    }

    private static final class InTheInitialiserAgain {
        static final boolean X = hold();
    }
}
