package dev.jevent;

import dev.jevent.internal.jdk.Jdk;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * One daemon thread that looks at all hubs, twenty times a second. A hub that has not turned since
 * the last look, and whose thread carries a greenlet that is parked but pinned to it, gets a {@link
 * StandIn}. A hub that has not turned for {@code -Djevent.monitor=MILLIS} is reported on the
 * standard error output, with the stack of the greenlet that holds it; without that setting nothing
 * is reported.
 */
final class Watchdog {

    private static final long PERIOD_MILLIS = 50;
    private static final Watchdog INSTANCE = new Watchdog();

    private static final class Watched {
        final Hub hub;
        long turns = -1;
        int still; // periods without a turn
        boolean reported;

        Watched(Hub hub) {
            this.hub = hub;
        }
    }

    private final List<Watched> hubs = new CopyOnWriteArrayList<>();
    private final long reportAfter = Long.getLong("jevent.monitor", 0);
    private Thread thread; // guarded by this

    private Watchdog() {}

    static void watch(Hub hub) {
        INSTANCE.add(hub);
    }

    static void forget(Hub hub) {
        INSTANCE.hubs.removeIf(w -> w.hub == hub);
    }

    private synchronized void add(Hub hub) {
        hubs.add(new Watched(hub));
        if (thread == null) {
            thread = Thread.ofPlatform().daemon().name("jevent-watchdog").start(this::run);
        }
    }

    private void run() {
        for (; ; ) {
            try {
                Thread.sleep(PERIOD_MILLIS);
                for (Watched w : hubs) {
                    look(w);
                }
            } catch (InterruptedException e) {
                // nobody has a reason to; it watches on
            } catch (RuntimeException | Error e) {
                System.err.println("jevent: the watchdog failed and goes on: " + e);
            }
        }
    }

    private void look(Watched w) {
        var core = w.hub.core;
        long turns = core.turns();
        if (turns != w.turns || core.isAsleep() || !core.isRunning()) {
            w.turns = turns;
            w.still = 0;
            w.reported = false;
            return;
        }
        w.still++;
        Thread runner = core.runner();
        Thread mounted = Jdk.get().mounted(runner);
        if (mounted != null && Jdk.get().isPinned(mounted)) {
            rescue(w.hub, runner, mounted);
        } else if (reportAfter > 0 && !w.reported && w.still * PERIOD_MILLIS >= reportAfter) {
            w.reported = true;
            report(w, runner, mounted);
        }
    }

    /**
     * First the loop is taken away from the runner, then the greenlet is looked at once more. If it
     * is still parked, it will see that the loop is not its thread's any more when it goes on, for
     * it leaves that state before it looks. If it is not, it may have seen either; the loop is
     * given back, and nobody else has touched it.
     */
    private static void rescue(Hub hub, Thread runner, Thread pinned) {
        Thread standIn = StandIn.newThread(hub);
        hub.core.setRunner(standIn);
        if (Jdk.get().isPinned(pinned)) {
            standIn.start();
        } else {
            hub.core.setRunner(runner);
        }
    }

    private static void report(Watched w, Thread runner, Thread mounted) {
        Thread shown = mounted != null ? mounted : runner;
        var text = new StringBuilder();
        text.append("jevent: ").append(w.hub).append(" has not turned for ");
        text.append(w.still * PERIOD_MILLIS).append(" ms; it runs ");
        Object greenlet = Jdk.get().greenlet(shown);
        text.append(greenlet != null ? greenlet : shown);
        for (StackTraceElement frame : shown.getStackTrace()) {
            text.append(System.lineSeparator()).append("    at ").append(frame);
        }
        System.err.println(text);
    }
}
