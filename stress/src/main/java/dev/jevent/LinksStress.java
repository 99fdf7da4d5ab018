package dev.jevent;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.jevent.internal.LinkList;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IZ_Result;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.ZZZ_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Who links to a greenlet is told of its end once, whether he comes before, after or with it. */
public final class LinksStress {

    private LinksStress() {}

    /** The links of a greenlet that never runs. */
    private static final class Ending extends Links {
        Ending() {
            super(null); // waiters and immediate callbacks need no hub
        }

        @Override
        void notifyLink(Kind kind, Object callback, ClassLoader loader) {
            ((Told) callback).run();
        }

        void link(Object callback) {
            if (!addLink(Kind.RAW, callback)) {
                tellLater(Kind.RAW, callback, loaderFor(Kind.RAW));
            }
        }
    }

    /** Counts how often it is told. */
    private static final class Told extends AtomicInteger implements LinkList.Immediate {
        private static final long serialVersionUID = 1;

        void run() {
            incrementAndGet();
        }
    }

    /** Somebody begins to wait for the end when it comes. */
    @JCStressTest
    @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "Found by the end, and woken.")
    @Outcome(id = "false, false", expect = ACCEPTABLE, desc = "Learned that it has ended.")
    @Outcome(expect = FORBIDDEN, desc = "Waits for ever, or is woken without having waited.")
    @State
    public static class AddVsEnd {
        private final Ending greenlet = new Ending();
        private final Waiter<Void> waiter = new Waiter<>();

        @Actor
        public void joiner(ZZ_Result r) {
            r.r1 = greenlet.addLink(Links.Kind.WAITER, waiter);
        }

        @Actor
        public void end() {
            greenlet.end();
        }

        @Arbiter
        public void woken(ZZ_Result r) {
            r.r2 = waiter.ready();
        }
    }

    /** A callback, in the way of rawLink: told by the end or by itself, but once. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "Told once.")
    @Outcome(expect = FORBIDDEN, desc = "Not told, or twice.")
    @State
    public static class LinkVsEnd {
        private final Ending greenlet = new Ending();
        private final Told told = new Told();

        @Actor
        public void linker() {
            greenlet.link(told);
        }

        @Actor
        public void end() {
            greenlet.end();
        }

        @Arbiter
        public void count(I_Result r) {
            r.r1 = told.get();
        }
    }

    /** One unlinks when the end comes: he may be told or not, the others are. */
    @JCStressTest
    @Outcome(id = "0, true", expect = ACCEPTABLE, desc = "Unlinked in time.")
    @Outcome(id = "1, true", expect = ACCEPTABLE, desc = "Told before.")
    @Outcome(expect = FORBIDDEN, desc = "Told twice, or the other one was forgotten.")
    @State
    public static class UnlinkVsEnd {
        private final Ending greenlet = new Ending();
        private final Waiter<Void> other = new Waiter<>();
        private final Told told = new Told();

        public UnlinkVsEnd() {
            greenlet.addLink(Links.Kind.WAITER, other);
            greenlet.link(told);
        }

        @Actor
        public void unlinker() {
            greenlet.removeLink(told);
        }

        @Actor
        public void end() {
            greenlet.end();
        }

        @Arbiter
        public void count(IZ_Result r) {
            r.r1 = told.get();
            r.r2 = other.ready();
        }
    }

    /** One comes while another leaves. */
    @JCStressTest
    @Outcome(id = "0, true", expect = ACCEPTABLE, desc = "One left, the other was told.")
    @Outcome(expect = FORBIDDEN, desc = "The one who left was told, or the other forgotten.")
    @State
    public static class AddVsUnlink {
        private final Ending greenlet = new Ending();
        private final Waiter<Void> coming = new Waiter<>();
        private final Told leaving = new Told();

        public AddVsUnlink() {
            greenlet.link(leaving);
        }

        @Actor
        public void unlinker() {
            greenlet.removeLink(leaving);
        }

        @Actor
        public void joiner() {
            greenlet.addLink(Links.Kind.WAITER, coming);
        }

        @Arbiter
        public void end(IZ_Result r) {
            greenlet.end();
            r.r1 = leaving.get();
            r.r2 = coming.ready();
        }
    }

    /** Two come at once. */
    @JCStressTest
    @Outcome(id = "true, true, true", expect = ACCEPTABLE, desc = "Both were found by the end.")
    @Outcome(expect = FORBIDDEN, desc = "One of them was forgotten.")
    @State
    public static class AddVsAdd {
        private final Ending greenlet = new Ending();
        private final Waiter<Void> first = new Waiter<>();
        private final Waiter<Void> second = new Waiter<>();

        @Actor
        public void first() {
            greenlet.addLink(Links.Kind.WAITER, first);
        }

        @Actor
        public void second() {
            greenlet.addLink(Links.Kind.WAITER, second);
        }

        @Arbiter
        public void end(ZZZ_Result r) {
            r.r1 = greenlet.end();
            r.r2 = first.ready();
            r.r3 = second.ready();
        }
    }

    /** It ends once, also when it is killed and its hub destroyed at the same time. */
    @JCStressTest
    @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "The first ended it.")
    @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "The second ended it.")
    @Outcome(expect = FORBIDDEN, desc = "It ended twice, or never.")
    @State
    public static class EndVsEnd {
        private final Ending greenlet = new Ending();

        @Actor
        public void first(ZZ_Result r) {
            r.r1 = greenlet.end();
        }

        @Actor
        public void second(ZZ_Result r) {
            r.r2 = greenlet.end();
        }
    }

    /** Many have given up and are taken out together, while somebody else comes. */
    @JCStressTest
    @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "Who waits was told.")
    @Outcome(expect = FORBIDDEN, desc = "Somebody who waits was taken out with the others.")
    @State
    public static class AddVsTakingOutTheAbandoned {
        private static final int ABANDONED = 40;
        private final Ending greenlet = new Ending();
        private final Waiter<Void> before = new Waiter<>();
        private final Waiter<Void> coming = new Waiter<>();
        private final List<Waiter<Void>> abandoned = new ArrayList<>();

        public AddVsTakingOutTheAbandoned() {
            greenlet.addLink(Links.Kind.WAITER, before);
            for (int i = 0; i < ABANDONED; i++) {
                var waiter = new Waiter<Void>();
                waiter.await(Duration.ZERO);
                abandoned.add(waiter);
                greenlet.addLink(Links.Kind.WAITER, waiter);
            }
        }

        @Actor
        public void leavers() {
            abandoned.forEach(greenlet::removeWaiter);
        }

        @Actor
        public void joiner() {
            greenlet.addLink(Links.Kind.WAITER, coming);
        }

        @Arbiter
        public void end(ZZ_Result r) {
            greenlet.end();
            r.r1 = before.ready();
            r.r2 = coming.ready();
        }
    }
}
