package dev.jevent.pool;

import dev.jevent.Greenlet;
import dev.jevent.GreenletExit;
import dev.jevent.RawGreenlet;
import dev.jevent.Waitable;
import dev.jevent.internal.LinkList;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * Starts greenlets in a pool on behalf of somebody who does not want to wait for places; runs in a
 * greenlet of its own. When that ends, in whatever way, those that it has not started have ended.
 */
final class Feeder implements Callable<@Nullable Object>, Consumer<Waitable>, LinkList.Immediate {

    /** Ends a feeder when the greenlet has ended for which it waits. */
    record End(RawGreenlet feeder) implements Consumer<Waitable>, LinkList.Immediate {
        @Override
        public void accept(Waitable greenlet) {
            if (feeder != Spawner.caller()) { // else it is ending, and has ended this one
                feeder.killLater();
            }
        }
    }

    private final Group group;
    private final List<Greenlet<?>> greenlets;
    private int next; // its own greenlet; read by its end
    private @Nullable Throwable error;

    private Feeder(Group group, List<Greenlet<?>> greenlets) {
        this.group = group;
        this.greenlets = greenlets;
    }

    /** Starts those that have a place. The greenlet that starts the others, or null. */
    static @Nullable Greenlet<?> startAll(Group group, List<? extends Future<?>> prepared) {
        List<Greenlet<?>> later = new ArrayList<>();
        for (Future<?> f : prepared) {
            var g = (Greenlet<?>) f;
            if (later.isEmpty() && group.admit(g, 0)) {
                group.begin(g);
            } else {
                later.add(g);
            }
        }
        if (later.isEmpty()) {
            return null;
        }
        var feeder = new Feeder(group, later);
        var greenlet = new Greenlet<>(feeder);
        greenlet.rawLink(feeder);
        greenlet.start();
        return greenlet;
    }

    @Override
    public @Nullable Object call() {
        try {
            for (; next < greenlets.size(); next++) {
                Greenlet<?> g = greenlets.get(next);
                if (!g.ready()) {
                    group.start(g);
                }
            }
        } catch (Throwable e) {
            error = e; // those who wait for the greenlets are told
        }
        return null;
    }

    /** It has ended. */
    @Override
    public void accept(Waitable me) {
        for (; next < greenlets.size(); next++) {
            greenlets.get(next).killLater(error == null ? new GreenletExit() : error);
        }
    }
}
