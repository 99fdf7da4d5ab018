package dev.jevent.stress;

import dev.jevent.Dose;
import dev.jevent.OtherHub;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;

/**
 * Greenlets of two hubs and two threads fight over a primitive, round by round, disturbed by kills,
 * interrupts and timeouts. After each round everybody has ended and the sums are checked.
 *
 * <p>{@code -Djevent.stress=1000000} says how many operations there are, {@code
 * -Djevent.stress.seed=…} repeats the choices of a run (not its races).
 */
final class Fight {

    static final int OPERATIONS = Dose.of("jevent.stress", 4_000, 1_000_000);
    static final long SEED = Long.getLong("jevent.stress.seed", System.nanoTime());

    private static final int ROUND = 4_000;
    private static final int MORE_ROUNDS = 300;
    private static final int GREENLETS = 5; // of each hub; the first one is calm
    private static final int THREADS = 2; // the first one is calm, and never has a hub
    private static final long LIMIT_SECONDS = 30; // without any progress

    private final LongFunction<Contest> newContest;
    private final AtomicLong left = new AtomicLong();
    private final AtomicInteger disturbances = new AtomicInteger();
    private final List<Fighter> fighters = new ArrayList<>();
    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private CountDownLatch fighting;
    private int stalls; // how often all had to be helped

    private Fight(LongFunction<Contest> newContest) {
        this.newContest = newContest;
    }

    /** Fights; throws what went wrong. A contest is made for each round, from a seed. */
    static void over(LongFunction<Contest> newContest) throws Exception {
        long start = System.nanoTime();
        var fight = new Fight(newContest);
        var seeds = new Random(SEED);
        try (var first = new OtherHub();
                var second = new OtherHub()) {
            for (int done = 0; done < OPERATIONS; done += ROUND) {
                fight.round(Math.min(ROUND, OPERATIONS - done), seeds.nextLong(), first, second);
            }
            // a small dose may be over before the others have begun
            for (int i = 0; i < MORE_ROUNDS && fight.disturbances.get() == 0; i++) {
                fight.round(ROUND, seeds.nextLong(), first, second);
            }
        } catch (Throwable e) {
            e.addSuppressed(new AssertionError("-Djevent.stress.seed=" + SEED));
            throw e;
        }
        if (fight.disturbances.get() == 0) {
            throw new AssertionError("nobody was disturbed: this has tested little");
        }
        if (System.getProperty("jevent.stress") != null) {
            System.out.printf(
                    "%,d operations, %,d ms, %,d disturbances, %,d stalls, seed %d%n",
                    OPERATIONS,
                    (System.nanoTime() - start) / 1_000_000,
                    fight.disturbances.get(),
                    fight.stalls,
                    SEED);
        }
    }

    private void round(int operations, long seed, OtherHub first, OtherHub second)
            throws Exception {
        Contest contest = newContest.apply(seed);
        fighters.clear();
        for (int i = 0; i < 2 * GREENLETS + THREADS; i++) {
            boolean thread = i >= 2 * GREENLETS;
            boolean calm = i == 0 || i == GREENLETS || i == 2 * GREENLETS;
            fighters.add(new Fighter(this, contest, i, seed + i, calm, thread && calm));
        }
        fighting = new CountDownLatch(fighters.size());
        left.set(operations);
        for (Fighter f : fighters) {
            if (f.number < 2 * GREENLETS) {
                f.greenlet = (f.number < GREENLETS ? first : second).spawn(f::run);
            } else {
                Thread.ofPlatform().daemon().name("fighter").start(f::run);
            }
        }
        awaitTheEnd(contest);
        for (Throwable failure : failures) {
            throw new AssertionError("a fighter failed: " + failure, failure);
        }
        contest.check();
    }

    private void awaitTheEnd(Contest contest) throws Exception {
        long limit = LIMIT_SECONDS;
        long lastMove = System.nanoTime();
        long before = -1;
        while (!fighting.await(before == 0 ? 1 : 10, TimeUnit.MILLISECONDS)) {
            long now = Math.max(0, left.get()) + fighting.getCount() - 1;
            if (now != before && left.get() > 0) {
                lastMove = System.nanoTime();
            } else {
                stalls += left.get() > 0 ? 1 : 0;
                contest.help(); // all may wait for the same thing, and nobody is there to bring it
            }
            before = left.get() <= 0 ? 0 : now;
            if (!failures.isEmpty()) {
                limit = 1; // the others may wait for the one who failed
            }
            if (System.nanoTime() - lastMove > TimeUnit.SECONDS.toNanos(limit)) {
                var error = new AssertionError("not everybody ended: " + dump());
                failures.forEach(error::addSuppressed);
                throw error;
            }
        }
    }

    // ---- the fighters ask

    boolean takeOperation() {
        return left.getAndDecrement() > 0;
    }

    void disturbSomebody(Random random) {
        fighters.get(random.nextInt(fighters.size())).disturb(random.nextBoolean());
    }

    void disturbed() {
        disturbances.incrementAndGet();
    }

    void failed(Fighter fighter, Throwable error) {
        failures.add(new AssertionError(fighter + " failed", error));
    }

    void ended(Fighter fighter) {
        Thread.interrupted();
        if (!Thread.currentThread().isVirtual()) {
            try {
                Fighter.endHub();
            } catch (Throwable e) {
                failed(fighter, e);
            }
        }
        fighting.countDown();
    }

    private String dump() {
        var text = new StringWriter();
        var out = new PrintWriter(text);
        out.println(fighting.getCount() + " fight on, operations left: " + left.get());
        for (Fighter f : fighters) {
            Thread t = f.thread;
            if (t != null) {
                out.println(f + " " + t + " " + t.getState());
                for (StackTraceElement frame : t.getStackTrace()) {
                    if (frame.getClassName().startsWith("dev.jevent")) {
                        out.println("        at " + frame);
                    }
                }
            }
        }
        return text.toString();
    }
}
