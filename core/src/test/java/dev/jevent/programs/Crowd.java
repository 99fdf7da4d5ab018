package dev.jevent.programs;

import dev.jevent.Action;
import dev.jevent.Greenlet;
import dev.jevent.Hub;
import dev.jevent.Jevent;
import dev.jevent.Waiter;

import java.util.concurrent.CountDownLatch;

/** The code of a user, as it were: it is in no package of jevent's own. */
public final class Crowd {

    private Crowd() {}

    /** Spawns one that spawns another; both wait for the waiters. */
    public static Greenlet<Void> family(Waiter<Void> forParent, Waiter<Void> forChild) {
        Greenlet<Void> parent =
                Jevent.spawn(
                        () -> {
                            var child = Jevent.spawn((Action) () -> await(forChild));
                            child.name("child");
                            await(forParent);
                        });
        parent.name("parent");
        return parent;
    }

    /** Spawns. */
    public static Greenlet<Void> spawn(Action task) {
        return Jevent.spawn(task);
    }

    /** Waits in jevent. */
    public static void await(Waiter<Void> waiter) {
        waiter.get();
    }

    /** Holds its hub. */
    public static void hold(CountDownLatch end) {
        while (end.getCount() > 0) {
            Thread.onSpinWait();
        }
    }

    /** Spawns one that holds its hub. */
    public static Greenlet<Void> holder(Hub hub, CountDownLatch begun, CountDownLatch end) {
        Greenlet<Void> holder =
                hub.spawn(
                        () -> {
                            begun.countDown();
                            hold(end);
                        });
        holder.name("holder");
        return holder;
    }
}
