package dev.jevent.internal.loop;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** What is sent to a loop arrives: all of it, once, and in the order of each sender. */
public final class InboundStress {

    private InboundStress() {}

    /** Takes everything that has come. */
    private static String take(Inbound inbound) {
        var all = new StringBuilder();
        for (Inbound.Node n = inbound.takeAll(); n != null; n = n.next) {
            all.append(n.entry);
        }
        return all.toString();
    }

    /** Two senders of two entries each. */
    @JCStressTest
    @Outcome(
            id = {"ABab", "AaBb", "AabB", "aABb", "aAbB", "abAB"},
            expect = ACCEPTABLE,
            desc = "All four, A before B and a before b.")
    @Outcome(expect = FORBIDDEN, desc = "An entry was lost or doubled, or is out of order.")
    @State
    public static class TwoSenders {
        private final Inbound inbound = new Inbound();

        @Actor
        public void first() {
            inbound.add("A");
            inbound.add("B");
        }

        @Actor
        public void second() {
            inbound.add("a");
            inbound.add("b");
        }

        @Arbiter
        public void loop(L_Result r) {
            r.r1 = take(inbound);
        }
    }

    /** A sender and the loop, which takes twice meanwhile and once more at the end. */
    @JCStressTest
    @Outcome(id = "ABC", expect = ACCEPTABLE, desc = "All three, in order.")
    @Outcome(expect = FORBIDDEN, desc = "An entry was lost or doubled, or is out of order.")
    @State
    public static class SenderVsLoop {
        private final Inbound inbound = new Inbound();
        private String taken = ""; // loop only

        @Actor
        public void sender() {
            inbound.add("A");
            inbound.add("B");
            inbound.add("C");
        }

        @Actor
        public void loop() {
            taken += take(inbound);
            taken += take(inbound);
        }

        @Arbiter
        public void rest(L_Result r) {
            r.r1 = taken + take(inbound);
        }
    }

    /** The full fence on which the wake-up rests: of two who write and then look, one sees. */
    @JCStressTest
    @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "Each saw the other.")
    @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "The first saw the second.")
    @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "The second saw the first.")
    @Outcome(id = "false, false", expect = FORBIDDEN, desc = "Neither saw the other.")
    @State
    public static class AddIsAFence {
        private final Inbound first = new Inbound();
        private final Inbound second = new Inbound();

        @Actor
        public void first(ZZ_Result r) {
            first.add("A");
            r.r1 = !second.isEmpty();
        }

        @Actor
        public void second(ZZ_Result r) {
            second.add("B");
            r.r2 = !first.isEmpty();
        }
    }
}
